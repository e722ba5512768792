import { type IpPrefix, prefixAddress } from "./ip-prefix.js";
import type { IpFamily } from "./net-model.js";
import type { NftObjectValue, NftValue } from "./nft-json.js";

/** Ports from the first to the last. */
interface Span {
  readonly first: number;
  readonly last: number;
}

/** Every statement here is written as libnftables lists it again, so that the two can be compared. */
const match = (left: NftValue, right: NftValue, op = "=="): NftObjectValue => ({ match: { op, left, right } });

const meta = (key: string): NftValue => ({ meta: { key } });

export const onInput = (ifname: string): NftObjectValue => match(meta("iifname"), literalName(ifname));
export const onOutput = (ifname: string): NftObjectValue => match(meta("oifname"), literalName(ifname));
export const fromLoopback: NftObjectValue = match(meta("iif"), "lo");

/** Of one address family; only where no address and no protocol of a rule says it: nft leaves it out again there. */
export const ofFamily = (family: IpFamily): NftObjectValue =>
  match(meta("nfproto"), family === "inet" ? "ipv4" : "ipv6");

export const ofProtocol = (name: string): NftObjectValue =>
  match(meta("l4proto"), name === "icmpv6" ? "ipv6-icmp" : name);

export const from = (range: IpPrefix): NftObjectValue => addressMatch("saddr", range);
export const to = (range: IpPrefix): NftObjectValue => addressMatch("daddr", range);

function addressMatch(field: string, range: IpPrefix): NftObjectValue {
  const isOne = range.length === range.bytes.length * 8;
  const addr = prefixAddress(range);
  const protocol = range.family === "inet" ? "ip" : "ip6";
  return match({ payload: { protocol, field } }, isOne ? addr : { prefix: { addr, len: range.length } });
}

/** To any address of this node. */
export const toLocal: NftObjectValue = match({ fib: { result: "type", flags: "daddr" } }, "local");
/** To none of the addresses of the interface that it came in by. */
export const notToArrivalInterface: NftObjectValue = match(
  { fib: { result: "type", flags: ["daddr", "iif"] } },
  "local",
  "!=",
);
/** Not to the loopback addresses, which nothing outside can answer. */
export const notToLoopback = (family: IpFamily): NftObjectValue =>
  family === "inet"
    ? match({ payload: { protocol: "ip", field: "daddr" } }, { prefix: { addr: "127.0.0.0", len: 8 } }, "!=")
    : match({ payload: { protocol: "ip6", field: "daddr" } }, "::1", "!=");

const portValue = ({ first, last }: Span): NftValue => (first === last ? first : { range: [first, last] });

export const toPorts = (protocol: string, ports: Span): NftObjectValue =>
  match({ payload: { protocol, field: "dport" } }, portValue(ports));
export const fromPort = (protocol: string, port: number): NftObjectValue =>
  match({ payload: { protocol, field: "sport" } }, port);

export const established: NftObjectValue = match({ ct: { key: "state" } }, ["established", "related"], "in");
export const translated: NftObjectValue = match({ ct: { key: "status" } }, "dnat", "in");
export const originallyTo = (ports: Span): NftObjectValue =>
  match({ ct: { key: "proto-dst", dir: "original" } }, portValue(ports));

export const counter: NftObjectValue = { counter: { packets: 0, bytes: 0 } };
export const accept: NftObjectValue = { accept: null };
export const setMark = (mark: number): NftObjectValue => ({ mangle: { key: { meta: { key: "mark" } }, value: mark } });

/** Remembers the interface that a packet came in by, twice: as a pair to compare with the one that it leaves by. */
export const rememberInterface = (set: string): NftObjectValue => ({
  set: { op: "add", elem: { concat: [meta("iif"), meta("iif")] }, set: `@${set}` },
});
/** It leaves by the interface that it came in by. */
export const sameInterface = (set: string): NftObjectValue => match({ concat: [meta("iif"), meta("oif")] }, `@${set}`);

const nftFamily = (family: IpFamily): string => (family === "inet" ? "ip" : "ip6");

export const dnatTo = (family: IpFamily, addr: string, port?: number): NftObjectValue => ({
  dnat: { family: nftFamily(family), addr, ...(port !== undefined && { port }) },
});

/** `addr` absent: masquerade. */
export function sourceNat(family: IpFamily, addr: string | undefined, flags: readonly string[]): NftObjectValue {
  const [only] = flags;
  const written = flags.length > 1 ? { flags: [...flags] } : only === undefined ? {} : { flags: only };
  if (addr !== undefined) return { snat: { family: nftFamily(family), addr, ...written } };
  return { masquerade: flags.length === 0 ? null : written };
}

export const masquerade: NftObjectValue = { masquerade: null };

/** Why nft cannot be made to match an interface of this name; undefined where it can. */
export function unmatchable(ifname: string): string | undefined {
  if (ifname.startsWith("@")) return "nft would take a name that begins with @ for a set";
  return ifname.includes("\\") ? "nft cannot match a name with a backslash" : undefined;
}

/** A star at the end is a wildcard to nft unless it is escaped. */
const literalName = (ifname: string): string => ifname.replace(/\*$/, "\\*");

/** The statements with their counters at zero and lists of one collapsed: equal for equal rules, whoever wrote them. */
export const canonical = (expr: readonly NftValue[]): string => JSON.stringify(expr.map(canonicalValue));

function canonicalValue(value: NftValue): NftValue {
  if (Array.isArray(value)) {
    const items = value.map(canonicalValue);
    return items.length === 1 ? (items[0] ?? null) : items;
  }
  if (typeof value !== "object" || value === null) return typeof value === "bigint" ? String(value) : value;
  if (typeof value.counter === "object") return counter;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, canonicalValue(inner)]),
  );
}
