import { parseAddress } from "../ip-address.js";
import { type IpFamily, type KernelRouteType, ROUTE_TYPES } from "../net-model.js";
import { ROUTE_PROTOCOL } from "../ownership.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import {
  align,
  attribute,
  attributeNested,
  attributesOf,
  attributeU32,
  changeRequest,
  chunkOf,
  LITTLE,
  type WholeAttribute,
} from "./message.js";

const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const RTM_GETROUTE = 26;
const NLM_F_REPLACE = 0x100;
const NLM_F_EXCL = 0x200;
const NLM_F_CREATE = 0x400;
const RTMSG_BYTES = 12;
const RTNEXTHOP_BYTES = 8;
const RTNH_F_ONLINK = 4;
const RTM_F_LOOKUP_TABLE = 0x1000;
const RTM_F_FIB_MATCH = 0x2000;
const RTAX_MTU = 2;
/** Lasting flags of a route; the others are states that the kernel gives and does not take. */
const TAKEN_FLAGS = RTNH_F_ONLINK | 0x02;
const USER_HZ = 100;

const RTA = {
  DST: 1,
  SRC: 2,
  OIF: 4,
  GATEWAY: 5,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  CACHEINFO: 12,
  TABLE: 15,
  VIA: 18,
  EXPIRES: 23,
  NH_ID: 30,
} as const;

/** One way of a route. */
export interface RoutePath {
  readonly gateway?: string;
  readonly ifindex?: number;
  readonly weight?: number;
}

/** A route to be made; addresses in any spelling, names already numbers. */
export interface NewRoute {
  readonly family: IpFamily;
  readonly type: KernelRouteType;
  /** `192.0.2.0/24`, a bare address, or `default`. */
  readonly dst: string;
  readonly table: number;
  readonly metric?: number;
  readonly tos?: number;
  /** As a number; IPv4 only. */
  readonly scope?: number;
  readonly src?: string;
  readonly onlink?: boolean;
  readonly mtu?: number;
  readonly path?: RoutePath;
  readonly nexthops?: readonly RoutePath[];
}

const addressBytes = (text: string): Uint8Array => {
  const bytes = parseAddress(text);
  if (!bytes) throw new RangeError(`not an address: ${text}`);
  return bytes;
};

const splitPrefix = (dst: string, family: IpFamily): { address?: Uint8Array; length: number } => {
  if (dst === "default") return { length: 0 };
  const [text = "", length] = dst.split("/");
  return {
    address: addressBytes(text),
    length: length === undefined ? (family === "inet" ? 32 : 128) : Number(length),
  };
};

interface Header {
  readonly family: IpFamily;
  readonly length: number;
  readonly sourceLength?: number;
  readonly table: number;
  readonly tos?: number;
  readonly protocol?: number;
  readonly scope?: number;
  readonly type?: KernelRouteType;
  readonly flags?: number;
}

function header({
  family,
  length,
  sourceLength = 0,
  table,
  tos = 0,
  protocol = 0,
  scope = 0,
  type,
  flags = 0,
}: Header) {
  const bytes = Buffer.alloc(RTMSG_BYTES);
  bytes.set([
    family === "inet" ? AF_INET : AF_INET6,
    length,
    sourceLength,
    tos,
    table < 256 ? table : 0,
    protocol,
    scope,
    type === undefined ? 0 : ROUTE_TYPES.indexOf(type) + 1,
  ]);
  chunkOf(bytes).view.setUint32(8, flags, LITTLE);
  return bytes;
}

const pathAttributes = ({ gateway, ifindex }: RoutePath): Buffer[] => [
  ...(gateway === undefined ? [] : [attribute(RTA.GATEWAY, addressBytes(gateway))]),
  ...(ifindex === undefined ? [] : [attributeU32(RTA.OIF, ifindex)]),
];

function multipath(hops: readonly RoutePath[], onlink: boolean): Buffer {
  const parts = hops.map(({ gateway, ifindex = 0, weight = 1 }) => {
    const inner = pathAttributes({ ...(gateway !== undefined && { gateway }) });
    const head = Buffer.alloc(RTNEXTHOP_BYTES);
    const { view } = chunkOf(head);
    view.setUint16(0, RTNEXTHOP_BYTES + inner.reduce((sum, part) => sum + part.length, 0), LITTLE);
    view.setUint8(2, onlink ? RTNH_F_ONLINK : 0);
    view.setUint8(3, weight - 1);
    view.setInt32(4, ifindex, LITTLE);
    return Buffer.concat([head, ...inner]);
  });
  return attribute(RTA.MULTIPATH, Buffer.concat(parts));
}

/** Makes a route of ours. Without `replace` the kernel refuses where the identity is taken (`EEXIST`); it never appends. */
export function addRoute(route: NewRoute, replace: boolean): Buffer {
  const { family, dst, table, metric, src, mtu, path, nexthops, onlink = false } = route;
  const { address, length } = splitPrefix(dst, family);
  const head = header({
    ...route,
    length,
    protocol: ROUTE_PROTOCOL,
    // Of a multipath route each way carries the flag itself.
    flags: onlink && !nexthops ? RTNH_F_ONLINK : 0,
  });
  return changeRequest(RTM_NEWROUTE, NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), [
    head,
    ...(address ? [attribute(RTA.DST, address)] : []),
    attributeU32(RTA.TABLE, table),
    ...(metric === undefined ? [] : [attributeU32(RTA.PRIORITY, metric)]),
    ...(src === undefined ? [] : [attribute(RTA.PREFSRC, addressBytes(src))]),
    ...(mtu === undefined ? [] : [attributeNested(RTA.METRICS, [attributeU32(RTAX_MTU, mtu)])]),
    ...(path ? pathAttributes(path) : []),
    ...(nexthops ? [multipath(nexthops, onlink)] : []),
  ]);
}

/** What a nexthop object says already, and may not be said beside it. */
const SAID_BY_OBJECT: ReadonlySet<number> = new Set([RTA.OIF, RTA.GATEWAY, RTA.VIA, RTA.MULTIPATH]);

const lifetime = ({ type, whole }: WholeAttribute): Buffer | undefined => {
  if (type !== RTA.CACHEINFO || whole.length < 20) return undefined;
  const ticks = chunkOf(whole).view.getInt32(4 + 8, LITTLE);
  return ticks > 0 ? attributeU32(RTA.EXPIRES, Math.ceil(ticks / USER_HZ)) : undefined;
};

/** The message of a route that the kernel sent, as it takes it back; with other links by index where they are to change. */
function replayed(message: Buffer, links: ReadonlyMap<number, number>): Buffer[] {
  const head = Buffer.from(message.subarray(0, RTMSG_BYTES));
  const { view } = chunkOf(head);
  view.setUint32(8, view.getUint32(8, LITTLE) & TAKEN_FLAGS, LITTLE);
  const all = attributesOf(message, RTMSG_BYTES);
  const byObject = all.some(({ type, whole }) => type === RTA.NH_ID && chunkOf(whole).view.getUint32(4, LITTLE) !== 0);
  const kept = all.filter(({ type }) => type !== RTA.CACHEINFO && !(byObject && SAID_BY_OBJECT.has(type)));
  for (const { type, whole } of kept) {
    if (type === RTA.OIF) relink(whole, 4, links);
    if (type === RTA.MULTIPATH) relinkHops(whole, links);
  }
  return [head, ...kept.map(({ whole }) => whole), ...all.flatMap((one) => lifetime(one) ?? [])];
}

function relink(whole: Buffer, at: number, links: ReadonlyMap<number, number>): void {
  const { view } = chunkOf(whole);
  const other = links.get(view.getInt32(at, LITTLE));
  if (other !== undefined) view.setInt32(at, other, LITTLE);
}

function relinkHops(whole: Buffer, links: ReadonlyMap<number, number>): void {
  const { view } = chunkOf(whole);
  for (let at = 4; at + RTNEXTHOP_BYTES <= whole.length; ) {
    const length = view.getUint16(at, LITTLE);
    if (length < RTNEXTHOP_BYTES) return;
    // States such as `linkdown` are given and not taken.
    view.setUint8(at + 2, view.getUint8(at + 2) & TAKEN_FLAGS);
    relink(whole, at + 4, links);
    at += align(length);
  }
}

const NO_LINKS: ReadonlyMap<number, number> = new Map();

/** Makes a route again as it was, whoever's it is; `links` puts it on other links, `replace` in the place of its namesake. */
export const replayRoute = (message: Buffer, { replace = false, links = NO_LINKS } = {}): Buffer =>
  changeRequest(RTM_NEWROUTE, NLM_F_CREATE | (replace ? NLM_F_REPLACE : NLM_F_EXCL), replayed(message, links));

/** Deletes exactly the route that the kernel sent: every value of it must still be so. */
export const deleteRoute = (message: Buffer): Buffer => changeRequest(RTM_DELROUTE, 0, replayed(message, NO_LINKS));

/** Asks for the routing entry that packets to an address take, from a source of ours where one is given. */
export function lookupRoute(family: IpFamily, to: Uint8Array, from?: Uint8Array): Buffer {
  const head = header({
    family,
    length: to.length * 8,
    sourceLength: from ? from.length * 8 : 0,
    table: 0,
    // IPv6 always tells the table, and refuses the flag that asks for it.
    flags: family === "inet" ? RTM_F_LOOKUP_TABLE | RTM_F_FIB_MATCH : RTM_F_FIB_MATCH,
  });
  return changeRequest(RTM_GETROUTE, 0, [head, attribute(RTA.DST, to), ...(from ? [attribute(RTA.SRC, from)] : [])]);
}
