import { covers, type IpPrefix, overlaps, parseIpPrefix } from "./ip-prefix.js";
import { isNftObject, type NftObjectValue, type NftValue, textOf } from "./nft-json.js";
import type { Fit, PacketClass } from "./packet-class.js";

/** How many packets of a class a `match` statement lets through. */
export function matchFit(match: NftObjectValue, packet: PacketClass): Fit {
  const { left = null, right = null } = match;
  const op = textOf(match.op) ?? "==";
  if (op !== "==" && op !== "!=" && op !== "in") return "unforeseeable";
  const one = testOf(left, packet);
  const fit = one === undefined ? "unforeseeable" : anyOf(valuesOf(right).map(one));
  return op === "!=" ? inverted(fit) : fit;
}

/** How many packets of a class have one key of a verdict map. */
export function keyFit(left: NftValue, key: NftValue, packet: PacketClass): Fit {
  return matchFit({ op: "==", left, right: key }, packet);
}

type Test = (value: NftValue) => Fit;

/** The members of an anonymous set, or the one value. */
function valuesOf(right: NftValue): NftValue[] {
  if (Array.isArray(right)) return right;
  return isNftObject(right) && Array.isArray(right.set) ? right.set : [right];
}

function anyOf(fits: readonly Fit[]): Fit {
  if (fits.includes("all")) return "all";
  if (fits.includes("unforeseeable")) return "unforeseeable";
  return fits.includes("some") ? "some" : "none";
}

/** Where a few packets match, most do not: what happens to those is not to be foreseen from one test. */
const inverted = (fit: Fit): Fit => {
  if (fit === "all") return "none";
  return fit === "none" ? "all" : "unforeseeable";
};

/** What compares one value with what the left side speaks of; undefined where that cannot be foreseen. */
function testOf(left: NftValue, packet: PacketClass): Test | undefined {
  if (!isNftObject(left)) return undefined;
  const { meta, payload, ct, fib } = left;
  if (isNftObject(meta)) return metaTest(textOf(meta.key) ?? "", packet);
  if (isNftObject(payload)) return payloadTest(textOf(payload.protocol) ?? "", textOf(payload.field) ?? "", packet);
  if (isNftObject(ct)) return ctTest(textOf(ct.key) ?? "", packet);
  if (isNftObject(fib)) return fibTest(textOf(fib.result) ?? "", packet);
  return isTcpFlags(left) ? () => "some" : undefined;
}

/** Which flags an opening packet bears is known, but rules on them are about packets that no client sends. */
const isTcpFlags = (left: NftObjectValue): boolean => JSON.stringify(left["&"] ?? null).includes('"field":"flags"');

const isText = (wanted: string | undefined): Test => {
  return (value) => (value === wanted ? "all" : "none");
};

function metaTest(key: string, packet: PacketClass): Test | undefined {
  switch (key) {
    case "iifname":
    case "iif":
      return interfaceTest(packet.iif);
    case "oifname":
    case "oif":
      // Packets to this node itself leave by no interface.
      return packet.isLocal ? () => "none" : interfaceTest(packet.oif);
    case "l4proto":
      return protocolTest(packet);
    case "nfproto":
      return isText(packet.family === "inet" ? "ipv4" : "ipv6");
    case "protocol":
      return isText(packet.family === "inet" ? "ip" : "ip6");
    case "pkttype":
      return (value) => (value === "host" || value === "unicast" ? "all" : "none");
    default:
      return undefined;
  }
}

/** Packets from elsewhere never come in by the loopback interface. */
function interfaceTest(ifname: string | undefined): Test {
  return (value) => {
    if (value === "lo") return ifname === "lo" ? "all" : "none";
    if (typeof value !== "string" || value.startsWith("@")) return "unforeseeable";
    if (ifname === undefined) return "some";
    const isPattern = value.endsWith("*") && !value.endsWith("\\*");
    const matches = isPattern ? ifname.startsWith(value.slice(0, -1)) : ifname === value.replace("\\*", "*");
    return matches ? "all" : "none";
  };
}

const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = new Map([
  ["icmp", 1],
  ["tcp", 6],
  ["udp", 17],
  ["icmpv6", 58],
  ["ipv6-icmp", 58],
  ["sctp", 132],
]);

const numberOfProtocol = (value: NftValue): number | undefined =>
  typeof value === "number" ? value : PROTOCOL_NUMBERS.get(typeof value === "string" ? value : "");

function protocolTest({ protocol }: PacketClass): Test {
  return (value) => {
    if (typeof value === "string" && value.startsWith("@")) return "unforeseeable";
    if (protocol === undefined) return "unforeseeable";
    return numberOfProtocol(value) === PROTOCOL_NUMBERS.get(protocol) ? "all" : "none";
  };
}

function payloadTest(protocol: string, field: string, packet: PacketClass): Test | undefined {
  if (protocol === "ip" || protocol === "ip6") {
    if ((protocol === "ip") !== (packet.family === "inet")) return () => "none";
    if (field === "saddr") return addressTest(packet.source);
    if (field === "daddr") return addressTest(packet.destination);
    return field === "protocol" || field === "nexthdr" ? protocolTest(packet) : undefined;
  }
  if (protocol !== "th" && PROTOCOL_NUMBERS.has(protocol)) {
    if (packet.protocol !== undefined && packet.protocol !== protocol) return () => "none";
  }
  if (field === "dport") return portTest(packet);
  return field === "sport" ? () => "some" : undefined;
}

function addressTest(range: IpPrefix | undefined): Test {
  return (value) => {
    const blocks = addressBlocks(value);
    if (blocks === undefined) return "unforeseeable";
    if (range === undefined) return blocks.some(({ length }) => length === 0) ? "all" : "some";
    if (blocks.some((block) => covers(block, range))) return "all";
    return blocks.some((block) => overlaps(block, range)) ? "some" : "none";
  };
}

function addressBlocks(value: NftValue): IpPrefix[] | undefined {
  const text = isNftObject(value) && isNftObject(value.prefix) ? `${value.prefix.addr}/${value.prefix.len}` : value;
  const parsed = typeof text === "string" ? parseIpPrefix(text) : undefined;
  return parsed && [parsed.prefix];
}

function portTest({ destinationPorts, protocol }: PacketClass): Test {
  return (value) => {
    const range = isNftObject(value) && Array.isArray(value.range) ? value.range : [value, value];
    const [first, last] = range;
    if (typeof first !== "number" || typeof last !== "number") return "unforeseeable";
    if (protocol === "icmp" || protocol === "icmpv6") return "none";
    if (destinationPorts === undefined) return "unforeseeable";
    if (first <= destinationPorts.first && destinationPorts.last <= last) return "all";
    return destinationPorts.last < first || last < destinationPorts.first ? "none" : "unforeseeable";
  };
}

/** The packets are the first ones of new connections. */
function ctTest(key: string, packet: PacketClass): Test | undefined {
  if (key === "state") return isText("new");
  if (key !== "status") return undefined;
  return (value) => (value === "dnat" && packet.isTranslated ? "all" : "none");
}

function fibTest(result: string, packet: PacketClass): Test | undefined {
  if (result === "type") return isText(packet.isLocal ? "local" : "unicast");
  // Whether there is a way back, which a packet that is meant well has.
  return (value) => (value === true ? "all" : "none");
}
