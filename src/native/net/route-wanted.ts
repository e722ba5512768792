import type { NetRoutesAddParams, NetRoutesDeleteParams, WantedNexthop } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { canonicalAddress, parsePrefix } from "../../kernel/ip-address.js";
import { type NameTable, readNames } from "../../kernel/iproute-names.js";
import type { IpFamily, KernelLink, KernelRoute } from "../../kernel/net-model.js";
import type { NewRoute, RoutePath } from "../../kernel/netlink/route-changes.js";
import type { KeptPath, RouteEntry } from "./link-entries.js";
import type { Links } from "./link-state.js";
import { invalidArgument, notFound } from "./refusals.js";

/** What tells one route from another for the kernel; the type hangs on it as every other value does. */
export interface RouteIdentity {
  readonly family: IpFamily;
  readonly table: number;
  readonly dst: string;
  readonly metric: number;
  readonly tos: number;
}

const IPV6_DEFAULT_METRIC = 1024;
const MAIN_TABLE = 254;
const MAX_U32 = 0xffff_ffff;
const IPV6_MIN_MTU = 1280;
const SCOPES = { global: 0, site: 200, link: 253, host: 254 } as const;
/** Types whose packets go nowhere, so that no path can be told. */
const PATHLESS: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

/** The number of a name in one of iproute2's tables. */
export async function numberOf(files: Files, names: NameTable, field: string, name: string): Promise<number> {
  const number = (await readNames(files, names)).number(name);
  if (number !== undefined && number <= MAX_U32) return number;
  const reason = `this node knows no routing ${field} of that name: see /etc/iproute2/${names}, or give a number`;
  throw invalidArgument(field, reason);
}

const familyOfAddress = (address: string): IpFamily => (address.includes(":") ? "inet6" : "inet");

/** A destination and its family; `others` tell that of `default`. */
function destination(dst: string, others: readonly (string | undefined)[]): { text: string; family: IpFamily } {
  const prefix = parsePrefix(dst);
  if (!prefix) throw invalidArgument("dst", `${dst} is no address, prefix or \`default\``);
  if (prefix.hostBits) throw invalidArgument("dst", `host bits are set; did you mean ${prefix.text}?`);
  const told = others.find((address) => address !== undefined);
  return { text: prefix.text, family: prefix.family ?? (told === undefined ? "inet" : familyOfAddress(told)) };
}

/** An address of the route's family, in the kernel's spelling. */
function addressOf(field: string, text: string, family: IpFamily): string {
  const address = canonicalAddress(text);
  if (address === undefined) throw invalidArgument(field, `${text} is no address`);
  if (familyOfAddress(address) === family) return address;
  throw invalidArgument(
    field,
    `${text} is not of the family of the destination (${family === "inet" ? "IPv4" : "IPv6"})`,
  );
}

type Identified = Pick<NetRoutesAddParams, "dst" | "gateway" | "metric" | "table" | "src" | "tos"> & {
  readonly nexthops?: readonly WantedNexthop[];
};

/** Which route the parameters speak of. */
export async function identityOf(files: Files, params: Identified): Promise<RouteIdentity> {
  const { dst, gateway, nexthops = [], src, metric, table, tos } = params;
  const { text, family } = destination(dst, [gateway, ...nexthops.map((hop) => hop.gateway), src]);
  return {
    family,
    dst: text,
    table: table === undefined ? MAIN_TABLE : await tableOf(files, table),
    // To IPv6 no metric and 0 are the same.
    metric: family === "inet6" ? metric || IPV6_DEFAULT_METRIC : (metric ?? 0),
    tos: await tosOf(files, family, tos),
  };
}

async function tableOf(files: Files, name: string): Promise<number> {
  const number = name === "all" ? 0 : await numberOf(files, "rt_tables", "table", name);
  if (number === 0) throw invalidArgument("table", "a route stands in one table");
  return number;
}

async function tosOf(files: Files, family: IpFamily, name: string | undefined): Promise<number> {
  if (name === undefined) return 0;
  const number = await numberOf(files, "rt_dsfield", "tos", name);
  if (number > 0xff) throw invalidArgument("tos", "a type of service is a number of one byte");
  if (number !== 0 && family === "inet6") throw invalidArgument("tos", "IPv6 routes have no type of service");
  return number;
}

/** The whole route that `net.routes.add` asks for, checked against itself and this node's links and addresses. */
export async function wantedRoute(files: Files, params: NetRoutesAddParams, links: Links): Promise<RouteEntry> {
  const identity = await identityOf(files, params);
  const { type = "unicast", onlink = false, scope, mtu, src, persist = true } = params;
  const { family } = identity;
  if (mtu !== undefined && family === "inet6" && mtu < IPV6_MIN_MTU) {
    throw invalidArgument("mtu", `IPv6 needs at least ${IPV6_MIN_MTU}`);
  }
  if (scope !== undefined && family === "inet6") throw invalidArgument("scope", "IPv6 routes have no scope");
  const ways = waysOf(params, family, links);
  if (onlink && ways.path?.gateway === undefined && ways.nexthops === undefined) {
    throw invalidArgument("onlink", "there is no gateway that it could speak of");
  }
  return {
    ...identity,
    type,
    onlink,
    persist,
    ...(scope !== undefined ? { scope: SCOPES[scope] } : scopeOf(identity.family, type, ways)),
    ...(mtu !== undefined && { mtu }),
    ...(src !== undefined && { src: sourceOf(src, family, links) }),
    ...ways,
  };
}

type Ways = Pick<RouteEntry, "path" | "nexthops">;

/** As iproute2 chooses where nothing is told. */
function scopeOf(family: IpFamily, type: string, { path, nexthops }: Ways): { scope?: number } {
  if (family === "inet6") return {};
  if (type === "local") return { scope: SCOPES.host };
  const isDirect = type === "unicast" && path?.gateway === undefined && nexthops === undefined;
  return { scope: isDirect ? SCOPES.link : SCOPES.global };
}

function sourceOf(src: string, family: IpFamily, links: Links): string {
  const address = addressOf("src", src, family);
  if (links.all.some(({ addr_info }) => addr_info.some(({ local }) => local === address))) return address;
  throw invalidArgument("src", `${address} is no address of this node`);
}

function waysOf(params: NetRoutesAddParams, family: IpFamily, links: Links): Ways {
  const { type = "unicast", gateway, dev, nexthops } = params;
  if (nexthops === undefined) {
    if (gateway === undefined && dev === undefined) {
      if (PATHLESS.has(type)) return {};
      throw invalidArgument("gateway", `a ${type} route needs a gateway, a dev or nexthops`);
    }
    if (PATHLESS.has(type)) {
      throw invalidArgument(gateway === undefined ? "dev" : "gateway", `a ${type} route takes no path`);
    }
    return { path: pathOf("", { gateway, dev }, family, links) };
  }
  if (gateway !== undefined || dev !== undefined) {
    throw invalidArgument("nexthops", "the paths stand here alone: gateway and dev must be absent");
  }
  if (type !== "unicast") throw invalidArgument("nexthops", `a ${type} route takes no several paths`);
  if (nexthops.length === 0) throw invalidArgument("nexthops", "at least one path is needed");
  return { nexthops: nexthops.map((hop, at) => pathOf(`nexthops[${at}].`, hop, family, links)) };
}

type Told = { readonly gateway?: string | undefined; readonly dev?: string | undefined; readonly weight?: number };

function pathOf(prefix: string, { gateway, dev, weight }: Told, family: IpFamily, links: Links): KeptPath {
  if (gateway === undefined && dev === undefined) {
    throw invalidArgument(`${prefix}gateway`, "at least one of gateway and dev is needed");
  }
  if (dev !== undefined && links.get(dev) === undefined) throw notFound("interface", dev);
  return {
    ...(gateway !== undefined && { gateway: gatewayOf(`${prefix}gateway`, gateway, family) }),
    ...(dev !== undefined && { dev }),
    ...(weight !== undefined && { weight }),
  };
}

/** To the kernel the unspecified address is no gateway at all: it would make a direct route. */
function gatewayOf(field: string, text: string, family: IpFamily): string {
  const address = addressOf(field, text, family);
  if (address === "0.0.0.0" || address === "::") throw invalidArgument(field, "the unspecified address is no host");
  return address;
}

/** A path in the kernel's terms; undefined where its interface is not there. */
function kernelPath({ gateway, dev, weight }: KeptPath, links: Links): RoutePath | undefined {
  const link = dev === undefined ? undefined : links.get(dev);
  if (dev !== undefined && link === undefined) return undefined;
  return {
    ...(gateway !== undefined && { gateway }),
    ...(link && { ifindex: link.ifindex }),
    ...(weight !== undefined && { weight }),
  };
}

/** The route as the kernel takes it, or the interface that it lacks. */
export function kernelRoute(entry: RouteEntry, links: Links): NewRoute | { readonly absent: string } {
  const { path, nexthops, family, type, dst, table, metric, tos, scope, src, onlink, mtu } = entry;
  const kept = nexthops ?? (path ? [path] : []);
  const absent = kept.find(({ dev }) => dev !== undefined && links.get(dev) === undefined)?.dev;
  if (absent !== undefined) return { absent };
  const ways = kept.flatMap((one) => kernelPath(one, links) ?? []);
  const [only] = ways;
  return {
    ...{ family, type, dst, table, metric, tos, onlink },
    ...(scope !== undefined && { scope }),
    ...(src !== undefined && { src }),
    ...(mtu !== undefined && { mtu }),
    ...(nexthops ? { nexthops: ways } : only && { path: only }),
  };
}

/** The links that a route goes out by, where it says so. */
export const devicesOf = ({ path, nexthops }: Ways): string[] =>
  (nexthops ?? (path ? [path] : [])).flatMap(({ dev }) => dev ?? []);

/** Whether any of a route's links is down or absent. */
export const isWayDown = (links: Links, devices: readonly (string | undefined)[]): string | undefined =>
  devices.find((dev) => {
    const link: KernelLink | undefined = dev === undefined ? undefined : links.get(dev);
    return dev !== undefined && (link === undefined || !link.flags.includes("UP") || link.flags.includes("NO-CARRIER"));
  });

/** Whether a route of the kernel has the identity. */
export const hasIdentity = (route: KernelRoute, { family, dst, metric }: RouteIdentity): boolean =>
  // The table is chosen when asking; one of another source prefix or interface is another route to IPv6.
  route.family === family && route.dst === dst && (route.metric ?? 0) === metric && route.from === undefined;

/** What `net.routes.delete` narrows by besides the identity. */
export type Narrowed = Pick<NetRoutesDeleteParams, "gateway" | "dev" | "src">;

export function narrowedTo({ gateway, dev, src }: Narrowed, family: IpFamily): (route: KernelRoute) => boolean {
  const wanted = gateway === undefined ? undefined : addressOf("gateway", gateway, family);
  const source = src === undefined ? undefined : addressOf("src", src, family);
  return (route) => {
    const ways: readonly { gateway?: string; dev?: string }[] = route.nexthops ?? [route];
    return (
      (source === undefined || route.prefsrc === source) &&
      ways.some((way) => (wanted === undefined || way.gateway === wanted) && (dev === undefined || way.dev === dev))
    );
  };
}
