import type { Names } from "../iproute-names.js";
import {
  type IpFamily,
  type KernelNexthop,
  type KernelRoute,
  type KernelRouteType,
  ROUTE_TYPES,
  type RouteFilter,
} from "../net-model.js";
import { ROUTE_PROTOCOL } from "../ownership.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import { Attributes } from "./attributes.js";
import { align, attributeU32, type Chunk, dumpRequest, LITTLE } from "./message.js";
import { decodeEncap, decodeMetrics, ipOf, realms, routeFlags, RTA as SHARED, via } from "./route-parts.js";

const RTM_NEWROUTE = 24;
const RTM_GETROUTE = 26;
const RTMSG_BYTES = 12;
const RTNEXTHOP_BYTES = 8;
const RTM_F_CLONED = 0x200;
const USER_HZ = 100;

const RTA = {
  ...SHARED,
  DST: 1,
  SRC: 2,
  IIF: 3,
  OIF: 4,
  PRIORITY: 6,
  PREFSRC: 7,
  METRICS: 8,
  MULTIPATH: 9,
  CACHEINFO: 12,
  TABLE: 15,
  PREF: 20,
  TTL_PROPAGATE: 26,
  NH_ID: 30,
} as const;

const PREFERENCES = ["medium", "high", "invalid", "low"];

/** The routes of one family. What the kernel can filter by itself it does; older ones send more. */
export function routeDump(family: IpFamily, filter: RouteFilter, oif?: number): Buffer {
  const header = Buffer.alloc(RTMSG_BYTES);
  header[0] = family === "inet" ? AF_INET : AF_INET6;
  header[5] = filter.protocol !== undefined && filter.protocol < 256 ? filter.protocol : 0;
  header[7] = filter.type === undefined ? 0 : ROUTE_TYPES.indexOf(filter.type) + 1;
  const attributes: Buffer[] = [];
  if (oif !== undefined) attributes.push(attributeU32(RTA.OIF, oif));
  if (filter.table !== undefined) attributes.push(attributeU32(RTA.TABLE, filter.table));
  return dumpRequest(RTM_GETROUTE, header, attributes);
}

export interface RouteNames {
  readonly tables: Names;
  readonly protocols: Names;
  readonly scopes: Names;
  readonly realms: Names;
  readonly dsfield: Names;
  readonly linkName: (index: number) => string;
}

const lengthOf = (dst: string | undefined, family: IpFamily): number | undefined => {
  if (dst === undefined || dst === "default") return dst === undefined ? undefined : 0;
  const [, length] = dst.split("/");
  return length === undefined ? (family === "inet" ? 32 : 128) : Number(length);
};

/** One message under decoding. */
interface Message {
  readonly family: number;
  readonly chunk: Chunk;
  readonly start: number;
  readonly type: KernelRouteType;
  readonly table: number;
  readonly protocol: number;
  readonly from: Attributes;
}

/** Decodes `RTM_NEWROUTE` messages of one family that pass a filter; all else, cached exceptions too, is undefined. */
export class RouteDecoder {
  private readonly attributes = new Attributes();
  private readonly metrics = new Attributes();
  private readonly hop = new Attributes();
  private readonly family: number;
  /** The wanted destination's length, told from the header alone; undefined where any will do. */
  private readonly wantedLength: number | undefined;

  constructor(
    private readonly familyName: IpFamily,
    private readonly filter: RouteFilter,
    private readonly names: RouteNames,
  ) {
    this.family = familyName === "inet" ? AF_INET : AF_INET6;
    this.wantedLength = lengthOf(filter.dst, familyName);
  }

  decode(type: number, chunk: Chunk, start: number, end: number): KernelRoute | undefined {
    if (type !== RTM_NEWROUTE || start + RTMSG_BYTES > end) return undefined;
    const { view } = chunk;
    const kind = ROUTE_TYPES[view.getUint8(start + 7) - 1];
    // Without a handler of its own a family is answered with those of all others.
    if (view.getUint8(start) !== this.family || kind === undefined) return undefined;
    if (view.getUint32(start + 8, LITTLE) & RTM_F_CLONED) return undefined;
    if (this.wantedLength !== undefined && this.wantedLength !== view.getUint8(start + 1)) return undefined;
    const from = this.attributes.fill(chunk, start + RTMSG_BYTES, end);
    const table = from.u32(RTA.TABLE) ?? view.getUint8(start + 4);
    const message = { family: this.family, chunk, start, type: kind, table, protocol: view.getUint8(start + 5), from };
    if (!this.isWanted(message)) return undefined;
    const route = this.route(message);
    return this.passes(route) ? route : undefined;
  }

  private isWanted({ type, table, protocol }: Message): boolean {
    const { filter } = this;
    if (filter.table !== undefined && filter.table !== table) return false;
    if (filter.protocol !== undefined && filter.protocol !== protocol) return false;
    return filter.type === undefined || filter.type === type;
  }

  private passes({ dst, dev, nexthops }: KernelRoute): boolean {
    const { filter } = this;
    if (filter.dst !== undefined && filter.dst !== dst) return false;
    if (filter.dev === undefined || filter.dev === dev) return true;
    return nexthops?.some((hop) => hop.dev === filter.dev) ?? false;
  }

  private route(message: Message): KernelRoute {
    const { chunk, start, from, family, protocol } = message;
    const { view } = chunk;
    const route: KernelRoute = {
      family: this.familyName,
      type: message.type,
      dst: this.prefix(message, RTA.DST, view.getUint8(start + 1)) ?? "default",
      table: this.names.tables.name(message.table),
      protocol: this.names.protocols.name(protocol),
      scope: this.names.scopes.name(view.getUint8(start + 6)),
      flags: routeFlags(view.getUint32(start + 8, LITTLE)),
      managed: protocol === ROUTE_PROTOCOL,
    };
    const gateway = ipOf(family, chunk, from, RTA.GATEWAY);
    if (gateway !== undefined) route.gateway = gateway;
    const oif = from.u32(RTA.OIF);
    if (oif !== undefined) route.dev = this.names.linkName(oif);
    const prefsrc = ipOf(family, chunk, from, RTA.PREFSRC);
    if (prefsrc !== undefined) route.prefsrc = prefsrc;
    const metric = from.u32(RTA.PRIORITY);
    if (metric !== undefined) route.metric = metric;
    this.addRare(route, message);
    if (family === AF_INET6) this.addIpv6(route, message);
    return route;
  }

  /** The text of a destination or source; undefined where there is none, which means all. */
  private prefix({ family, chunk, from }: Message, attribute: number, length: number): string | undefined {
    const address = ipOf(family, chunk, from, attribute);
    if (address === undefined) return length === 0 ? undefined : `0/${length}`;
    return length === (family === AF_INET ? 32 : 128) ? address : `${address}/${length}`;
  }

  /** What few routes have; each is looked at only where its attribute is there. */
  private addRare(route: KernelRoute, message: Message): void {
    const { from, chunk, start } = message;
    const source = this.prefix(message, RTA.SRC, chunk.view.getUint8(start + 2));
    if (source !== undefined) route.from = source;
    const tos = chunk.view.getUint8(start + 3);
    if (tos !== 0) route.tos = this.names.dsfield.name(tos);
    const nhid = from.u32(RTA.NH_ID);
    if (nhid) route.nhid = nhid;
    const iif = from.u32(RTA.IIF);
    if (iif !== undefined) route.iif = this.names.linkName(iif);
    const propagate = from.u8(RTA.TTL_PROPAGATE);
    if (propagate !== undefined) route.ttl_propagate = propagate !== 0;
    if (from.has(RTA.METRICS)) {
      const metrics = decodeMetrics(from.nested(RTA.METRICS, this.metrics));
      if (metrics) route.metrics = metrics;
    }
    this.addHop(route, from);
    if (from.has(RTA.MULTIPATH)) route.nexthops = this.nexthops(message);
  }

  /** What a route and each of its next hops may have besides a gateway. */
  private addHop(target: KernelRoute | KernelNexthop, from: Attributes): void {
    const other = from.has(RTA.VIA) ? via(from) : undefined;
    if (other) target.via = other;
    const encap = from.has(RTA.ENCAP) ? decodeEncap(from) : undefined;
    if (encap) target.encap = encap;
    const flow = from.has(RTA.FLOW) ? realms(from, this.names.realms) : undefined;
    if (flow) target.flow = flow;
  }

  private addIpv6(route: KernelRoute, { from, chunk }: Message): void {
    const preference = from.u8(RTA.PREF);
    if (preference !== undefined) route.pref = PREFERENCES[preference] ?? String(preference);
    if (from.size(RTA.CACHEINFO) < 16) return;
    const at = from.offset(RTA.CACHEINFO);
    const expires = chunk.view.getInt32(at + 8, LITTLE);
    const error = chunk.view.getInt32(at + 12, LITTLE);
    if (expires !== 0) route.expires = Math.max(0, Math.trunc(expires / USER_HZ));
    if (error !== 0) route.error = error;
  }

  private nexthops({ family, chunk, from }: Message): KernelNexthop[] {
    const { view } = chunk;
    const hops: KernelNexthop[] = [];
    const start = from.offset(RTA.MULTIPATH);
    const end = start + from.size(RTA.MULTIPATH);
    for (let at = start; at + RTNEXTHOP_BYTES <= end; ) {
      const length = view.getUint16(at, LITTLE);
      if (length < RTNEXTHOP_BYTES || at + length > end) break;
      const inner = this.hop.fill(chunk, at + RTNEXTHOP_BYTES, at + length);
      const gateway = ipOf(family, chunk, inner, RTA.GATEWAY);
      const hop: KernelNexthop = {
        ...(gateway !== undefined && { gateway }),
        dev: this.names.linkName(view.getInt32(at + 4, LITTLE)),
        weight: view.getUint8(at + 3) + 1,
        flags: routeFlags(view.getUint8(at + 2)),
      };
      this.addHop(hop, inner);
      hops.push(hop);
      at += align(length);
    }
    return hops;
  }
}
