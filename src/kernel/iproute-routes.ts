import { IpObject } from "./iproute-json.js";
import { detail, details } from "./iproute-links.js";
import type { Names } from "./iproute-names.js";
import {
  type Details,
  type IpFamily,
  type KernelEncap,
  type KernelMetrics,
  type KernelNeighbor,
  type KernelNexthop,
  type KernelRealms,
  type KernelRoute,
  type KernelVia,
  NEIGHBOR_STATES,
  ROUTE_TYPES,
} from "./net-model.js";
import { ROUTE_PROTOCOL } from "./ownership.js";

/** The keys that may follow a tunnel's own in a route or a next hop. */
const AFTER_ENCAP: ReadonlySet<string> = new Set(["gateway", "via", "nhid", "dev", "table", "weight", "flow"]);

/** Takes a tunnel's fields, which `ip` prints in the middle of the route's own, out of them. */
const splitEncap = (from: IpObject): { own: IpObject; encap?: KernelEncap } => {
  const start = from.entries.findIndex(([name]) => name === "encap");
  const type = from.text("encap");
  if (start < 0 || type === undefined) return { own: from };
  const rest = from.entries.slice(start + 1).findIndex(([name]) => AFTER_ENCAP.has(name));
  const end = rest < 0 ? from.entries.length : start + 1 + rest;
  const tunnel = details(new IpObject(from.entries.slice(start + 1, end)));
  for (const [name, value] of Object.entries(tunnel)) if (value === null) tunnel[name] = true;
  const own = new IpObject([...from.entries.slice(0, start), ...from.entries.slice(end)]);
  return { own, encap: { ...tunnel, type } };
};

const family = (name: string | undefined): IpFamily => (name === "inet" ? "inet" : "inet6");

const via = (from: IpObject): KernelVia | undefined => {
  const object = from.object("via");
  return object && { family: family(object.text("family")), host: object.text("host") ?? "" };
};

const realms = (from: IpObject): KernelRealms | undefined => {
  const object = from.object("flow");
  const source = object?.text("from");
  return object && { ...(source !== undefined && { from: source }), to: object.text("to") ?? "" };
};

const hopParts = (own: IpObject, encap: KernelEncap | undefined): Partial<KernelNexthop> => {
  const gateway = own.text("gateway");
  const other = via(own);
  const dev = own.text("dev");
  const flow = realms(own);
  return {
    ...(gateway !== undefined && { gateway }),
    ...(other && { via: other }),
    ...(dev !== undefined && { dev }),
    ...(encap && { encap }),
    ...(flow && { flow }),
  };
};

const nexthop = (from: IpObject): KernelNexthop => {
  const { own, encap } = splitEncap(from);
  return { ...hopParts(own, encap), weight: own.number("weight") ?? 1, flags: own.texts("flags") };
};

const metrics = (from: IpObject): KernelMetrics => {
  const values: Details = {};
  for (const [name, value] of from.entries) values[name] = value === null ? true : detail(value);
  return values;
};

const SELDOM_TEXTS = ["from", "tos", "prefsrc", "pref", "iif"] as const;
const SELDOM_NUMBERS = ["nhid", "metric", "expires", "error"] as const;

/** One object of `ip -j -d route`; routes of a type that we do not know are undefined. */
export function routeFromIp(familyName: IpFamily, from: IpObject, protocols: Names): KernelRoute | undefined {
  const { own, encap } = splitEncap(from);
  const type = ROUTE_TYPES.find((name) => name === (own.text("type") ?? "unicast"));
  if (!type) return undefined;
  const protocol = own.text("protocol") ?? "boot";
  const route: KernelRoute = {
    family: familyName,
    type,
    dst: own.text("dst") ?? "default",
    ...hopParts(own, encap),
    table: own.text("table") ?? "main",
    protocol,
    scope: own.text("scope") ?? "global",
    flags: own.texts("flags"),
    managed: protocols.number(protocol) === ROUTE_PROTOCOL,
  };
  for (const name of SELDOM_TEXTS) {
    const value = own.text(name);
    if (value !== undefined) route[name] = value;
  }
  for (const name of SELDOM_NUMBERS) {
    const value = own.number(name);
    if (value !== undefined) route[name] = value;
  }
  const hops = own.objects("nexthops");
  if (hops.length > 0) route.nexthops = hops.map(nexthop);
  const path = own.objects("metrics");
  if (path.length > 0) route.metrics = path.map(metrics);
  const propagate = own.get("ttl-propogate");
  if (typeof propagate === "boolean") route.ttl_propagate = propagate;
  return route;
}

const FLAGS = ["router", "proxy", "extern_learn", "offload", "managed", "extern_valid"] as const;
const NEIGHBOR_NUMBERS = ["vlan", "vni", "nhid", "refcnt", "used", "confirmed", "updated", "probes"] as const;

/** One object of `ip -j -s neigh`. */
export function neighborFromIp(familyName: IpFamily, from: IpObject): KernelNeighbor {
  const states = from.texts("state");
  const entry: KernelNeighbor = {
    family: familyName,
    dst: from.text("dst") ?? "",
    dev: from.text("dev") ?? "",
    state: NEIGHBOR_STATES.filter((state) => states.includes(state)),
  };
  const lladdr = from.text("lladdr");
  if (lladdr !== undefined) entry.lladdr = lladdr;
  const protocol = from.text("protocol");
  if (protocol !== undefined) entry.protocol = protocol;
  for (const name of FLAGS) if (from.flag(name)) entry[name] = true;
  for (const name of NEIGHBOR_NUMBERS) {
    const value = from.number(name);
    if (value !== undefined) entry[name] = value;
  }
  return entry;
}
