import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Names } from "../iproute-names.js";
import type { Details, KernelEncap, KernelMetrics, KernelRealms, KernelVia } from "../net-model.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import { Attributes } from "./attributes.js";
import { hexText } from "./fields.js";
import { type Chunk, LITTLE } from "./message.js";

/** Attributes that a route and each of its next hops share. */
export const RTA = { GATEWAY: 5, FLOW: 11, VIA: 18, ENCAP_TYPE: 21, ENCAP: 22 } as const;

/** An address of the family; undefined where the attribute is absent or too short. */
export function ipOf(family: number, chunk: Chunk, from: Attributes, type: number): string | undefined {
  if (from.size(type) < (family === AF_INET ? 4 : 16)) return undefined;
  return family === AF_INET ? formatIpv4(chunk.bytes, from.offset(type)) : formatIpv6(chunk.bytes, from.offset(type));
}

/** A next hop of the other family: two bytes of family, then the address. */
export function via(from: Attributes): KernelVia | undefined {
  const bytes = from.bytes(RTA.VIA);
  if (bytes.length < 6) return undefined;
  const family = new DataView(bytes.buffer, bytes.byteOffset).getUint16(0, LITTLE);
  if (family === AF_INET) return { family: "inet", host: formatIpv4(bytes, 2) };
  return family === AF_INET6 && bytes.length >= 18 ? { family: "inet6", host: formatIpv6(bytes, 2) } : undefined;
}

/** Realms: the source in the upper half, the destination in the lower. */
export function realms(from: Attributes, names: Names): KernelRealms | undefined {
  const flow = from.u32(RTA.FLOW);
  if (flow === undefined) return undefined;
  return { ...(flow >>> 16 && { from: names.name(flow >>> 16) }), to: names.name(flow & 0xffff) };
}

const RTNH_FLAGS = [
  [0x01, "dead"],
  [0x04, "onlink"],
  [0x02, "pervasive"],
  [0x08, "offload"],
  [0x40, "trap"],
  [0x100, "notify"],
  [0x10, "linkdown"],
  [0x20, "unresolved"],
  [0x4000, "rt_offload"],
  [0x8000, "rt_trap"],
  [0x2000_0000, "rt_offload_failed"],
] as const;

/** A route's or a next hop's flags under the names that `ip` prints; clones and lookups have none of their own. */
export function routeFlags(flags: number): string[] {
  const names: string[] = [];
  if (flags !== 0) for (const [bit, name] of RTNH_FLAGS) if (flags & bit) names.push(name);
  return names;
}

const RTAX = { LOCK: 1, RTT: 4, RTTVAR: 5, HOPLIMIT: 10, FEATURES: 12, CC_ALGO: 16 } as const;
const METRICS = [
  [2, "mtu"],
  [3, "window"],
  [RTAX.RTT, "rtt"],
  [RTAX.RTTVAR, "rttvar"],
  [6, "ssthresh"],
  [7, "cwnd"],
  [8, "advmss"],
  [9, "reordering"],
  [RTAX.HOPLIMIT, "hoplimit"],
  [11, "initcwnd"],
  [13, "rto_min"],
  [14, "initrwnd"],
  [15, "quickack"],
  [17, "fastopen_no_cookie"],
] as const;

/** The kernel counts round trips in eighths of a millisecond and their variance in quarters. */
const PARTS_PER_MS: ReadonlyMap<number, number> = new Map([
  [RTAX.RTT, 8],
  [RTAX.RTTVAR, 4],
]);
const DEFAULT_HOPLIMIT = 0xffff_ffff;

const FEATURE_ECN = 1;
const FEATURE_TCP_USEC_TS = 16;

const features = (bits: number): KernelMetrics => {
  const rest = (bits & ~(FEATURE_ECN | FEATURE_TCP_USEC_TS)) >>> 0;
  return {
    ...(bits & FEATURE_ECN && { ecn: true }),
    ...(bits & FEATURE_TCP_USEC_TS && { tcp_usec_ts: true }),
    ...(rest !== 0 && { features: hexText(bits >>> 0) }),
  };
};

/** The metrics of a path; undefined where none is set. */
export function decodeMetrics(from: Attributes | undefined): KernelMetrics[] | undefined {
  if (!from) return undefined;
  const lock = from.u32(RTAX.LOCK) ?? 0;
  const metrics: KernelMetrics = {};
  const locked: string[] = [];
  for (const [type, name] of METRICS) {
    const value = from.u32(type);
    if (value === undefined || (type === RTAX.HOPLIMIT && value === DEFAULT_HOPLIMIT)) continue;
    metrics[name] = Math.floor(value / (PARTS_PER_MS.get(type) ?? 1));
    if (lock & (1 << type)) locked.push(name);
  }
  const congestion = from.text(RTAX.CC_ALGO);
  if (congestion !== undefined) metrics.congestion = congestion;
  if (congestion !== undefined && lock & (1 << RTAX.CC_ALGO)) locked.push("congestion");
  Object.assign(metrics, features(from.u32(RTAX.FEATURES) ?? 0));
  if (locked.length > 0) metrics.locked = locked;
  return Object.keys(metrics).length === 0 ? undefined : [metrics];
}

const ENCAP_NAMES = ["none", "mpls", "ip", "ila", "ip6", "seg6", "bpf", "seg6local", "rpl", "ioam6", "xfrm"];
const ENCAP_MPLS = 1;
const ENCAP_IP = 2;
const ENCAP_IP6 = 4;
const ENCAP_SEG6 = 5;
const ENCAP_XFRM = 10;

/** An MPLS label stack, outermost first: 20 bits of label, bottom-of-stack bit 8. */
const labels = (stack: Buffer): string => {
  const list: number[] = [];
  for (let at = 0; at + 4 <= stack.length; at += 4) list.push(stack.readUInt32BE(at) >>> 12);
  return list.join("/");
};

const mplsTunnel = (from: Attributes): Details => {
  const ttl = from.u8(2);
  return { dst: labels(from.bytes(1)), ...(ttl !== undefined && { ttl }) };
};

/** The 64-bit id is in network byte order. */
const tunnelId = (from: Attributes): Details => {
  const id = from.bytes(1);
  if (id.length < 8) return {};
  const value = id.readBigUInt64BE(0);
  return { id: value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value };
};

const TUNNEL_FLAGS = [
  [0x4, "key"],
  [0x1, "csum"],
  [0x8, "seq"],
] as const;

const ipTunnel = (from: Attributes, size: number, hops: string, trafficClass: string): Details => {
  const format = size === 4 ? formatIpv4 : formatIpv6;
  const flags = from.be16(6) ?? 0;
  const details: Details = tunnelId(from);
  if (from.size(3) >= size) details.src = format(from.bytes(3), 0);
  if (from.size(2) >= size) details.dst = format(from.bytes(2), 0);
  const ttl = from.u8(4);
  const tos = from.u8(5);
  if (ttl !== undefined) details[hops] = ttl;
  if (tos !== undefined) details[trafficClass] = tos;
  for (const [bit, name] of TUNNEL_FLAGS) if (flags & bit) details[name] = true;
  return details;
};

const SEG6_MODES = ["inline", "encap", "l2encap", "encap.red", "l2encap.red"];

/** A mode, then a segment routing header: the last segment first on the wire, the first one first here. */
const segmentRouting = (from: Attributes): Details => {
  const bytes = from.bytes(1);
  if (bytes.length < 12) return {};
  const mode = SEG6_MODES[new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, LITTLE)] ?? "unknown";
  const segs: string[] = [];
  for (let left = bytes[8] ?? 0; left >= 0; left--) {
    const at = 12 + left * 16;
    if (at + 16 <= bytes.length) segs.push(formatIpv6(bytes, at));
  }
  return { mode, segs };
};

const transform = (from: Attributes): Details => ({ if_id: hexText(from.u32(1) ?? 0) });

const tunnelDetails = (type: number, from: Attributes): Details => {
  if (type === ENCAP_MPLS) return mplsTunnel(from);
  if (type === ENCAP_IP) return ipTunnel(from, 4, "ttl", "tos");
  if (type === ENCAP_IP6) return ipTunnel(from, 16, "hoplimit", "tc");
  if (type === ENCAP_SEG6) return segmentRouting(from);
  return type === ENCAP_XFRM ? transform(from) : {};
};

/** The lightweight tunnel of a route or a next hop; kinds whose details we do not know are told by their name. */
export function decodeEncap(from: Attributes): KernelEncap | undefined {
  const type = from.u16(RTA.ENCAP_TYPE);
  if (!type) return undefined;
  const details = from.nested(RTA.ENCAP, new Attributes());
  return { ...(details && tunnelDetails(type, details)), type: ENCAP_NAMES[type] ?? String(type) };
}
