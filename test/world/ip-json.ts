import { decodeText } from "../../src/kernel/text.js";
import type { Namespace } from "./namespace.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type IpEntry = { [key: string]: Json };

/** `ip` writes `\'`, which JSON does not know, and names as raw bytes. */
const repair = (output: Buffer): string =>
  output.toString("latin1").replace(/"(?:[^"\\]|\\[\s\S])*"/g, (quoted) =>
    JSON.stringify(
      decodeText(
        Buffer.from(
          quoted.slice(1, -1).replace(/\\(.)/g, (_, mark: string) => ({ n: "\n", t: "\t" })[mark] ?? mark),
          "latin1",
        ),
      ),
    ),
  );

/** A tunnel's `dst` stands in the route's own object, beside the route's: renamed, or the parser would keep one of them. */
const apart = (json: string): string =>
  json.replace(/("encap":"\w+",(?:"(?:id|src)":[^,]*,)*)"dst":/g, '$1"encap_dst":');

/** Integers that a number cannot hold, as text, which is what `Namespace.ask` makes of a bigint. */
const exact = (json: string): string =>
  json.replace(/(?<!\\)":([0-9]{16,})/g, (whole, digits: string) =>
    Number.isSafeInteger(Number(digits)) ? whole : `":"${digits}"`,
  );

/** What runs `ip` in the network that is looked at. */
export type IpRunner = Pick<Namespace, "run">;

/** What `ip -j` lists inside a namespace. */
export function ipJson(namespace: IpRunner, words: string): IpEntry[] {
  const output = namespace.run("ip", "-j", ...words.split(" "));
  return output.length === 0 ? [] : JSON.parse(exact(apart(repair(output))));
}

/** The same keys, without those named. */
const without = (entry: IpEntry, ...names: string[]): IpEntry =>
  Object.fromEntries(Object.entries(entry).filter(([name]) => !names.includes(name)));

const isEntry = (value: Json | undefined): value is IpEntry =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const entries = (value: Json | undefined): IpEntry[] => (Array.isArray(value) ? value.filter(isEntry) : []);

/** `ip` prints a flag as null in some places and true in others. */
const flagsTrue = (entry: IpEntry, names: readonly string[]): IpEntry =>
  Object.fromEntries(Object.entries(entry).map(([name, value]) => [name, names.includes(name) ? true : value]));

/** A link of `ip addr` and `ip link` as `net.interfaces` answers it. Every key of `ip`'s stays unless named here. */
export function asInterface(addr: IpEntry, link: IpEntry): IpEntry {
  const { linkmode, inet6_addr_gen_mode } = link;
  const whole: IpEntry = {
    ...addr,
    ...(linkmode && { linkmode }),
    ...(inet6_addr_gen_mode && { inet6_addr_gen_mode }),
  };
  // A tunnel that is bound to no link has `link: null`; we leave the field out.
  const plain = whole.link === null ? without(whole, "link") : whole;
  const { linkinfo } = plain;
  // A kind with details of its own prints an empty object where the kernel sent none.
  const info = isEntry(linkinfo)
    ? Object.entries(linkinfo).filter(([, v]) => !isEntry(v) || Object.keys(v).length)
    : [];
  return {
    ...plain,
    ...(info.length > 0 && { linkinfo: Object.fromEntries(info) }),
    addr_info: entries(plain.addr_info).map((entry) => {
      const { "stable-privacy": stable, ...rest } = entry;
      return stable === undefined ? rest : { ...rest, stable_privacy: true };
    }),
    managed: String(plain.ifalias ?? "").startsWith("my_os_server:"),
  };
}

/** A tunnel's own fields, which `ip` prints among the route's. */
const TUNNEL_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["ip", ["id", "src", "encap_dst", "ttl", "tos", "key", "csum", "seq"]],
  ["ip6", ["id", "src", "encap_dst", "hoplimit", "tc", "key", "csum", "seq"]],
  ["seg6", ["mode", "segs"]],
]);

const nestEncap = (entry: IpEntry): IpEntry => {
  if (typeof entry.encap !== "string") return entry;
  const keys = TUNNEL_KEYS.get(entry.encap) ?? [];
  const tunnel = keys.flatMap((key) => (key in entry ? [[key.replace("encap_", ""), entry[key]]] : []));
  return { ...without(entry, ...keys, "encap"), encap: { ...Object.fromEntries(tunnel), type: entry.encap } };
};

/** A route of `ip -d route` as `net.routes` answers it. */
export function asRoute(family: string, route: IpEntry): IpEntry {
  // `nh_info` is a second look-up, of the nexthop object itself; `nhid` names the object and the rest of the route
  // shows what the kernel made of it.
  const { metrics, nexthops, ...plain } = nestEncap(without(route, "nh_info"));
  return {
    ...plain,
    family,
    managed: plain.protocol === "109" || plain.protocol === "my_os_server",
    ...(metrics !== undefined && { metrics: entries(metrics).map((entry) => flagsTrue(entry, ["ecn"])) }),
    ...(nexthops !== undefined && { nexthops: entries(nexthops).map(nestEncap) }),
  };
}

const NEIGHBOR_FLAGS = ["router", "proxy", "extern_learn", "offload", "managed", "extern_valid"];

/** A neighbour of `ip -s neigh` as `net.neighbors` answers it. */
export const asNeighbor = (family: string, entry: IpEntry): IpEntry => ({
  ...flagsTrue(entry, NEIGHBOR_FLAGS),
  family,
  // A proxy entry has no state.
  state: entry.state ?? [],
});
