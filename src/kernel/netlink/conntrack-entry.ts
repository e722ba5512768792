import type { ConntrackEntry, ConntrackTuple } from "../conntrack-model.js";
import {
  DCCP_STATES,
  DESTINATION_NAT,
  hasPorts,
  protocolName,
  SCTP_STATES,
  SOURCE_NAT,
  statusNames,
  TCP_STATES,
} from "../conntrack-names.js";
import { formatIpv4, formatIpv6 } from "../ip-address.js";
import { type Attributes, bigEndianU64 } from "./attributes.js";
import { type ConntrackMessage, CTA, TUPLE } from "./conntrack-message.js";
import { LITTLE } from "./message.js";

const ICMP = { ID: 4, TYPE: 5, CODE: 6 } as const;
const ICMPV6 = { ID: 7, TYPE: 8, CODE: 9 } as const;
const GRE = 47;
const PROTOINFO = [
  [1, TCP_STATES],
  [2, DCCP_STATES],
  [3, SCTP_STATES],
] as const;
const NANOSECONDS = 1_000_000n;

/** A message of a dump as an entry. `now` is the clock in milliseconds, for how old it is. */
export function conntrackEntry(message: ConntrackMessage, now: number): ConntrackEntry | undefined {
  const { top, id, zone, family, protocol, status } = message;
  const original = tupleOf(message, CTA.TUPLE_ORIG, CTA.COUNTERS_ORIG);
  const reply = tupleOf(message, CTA.TUPLE_REPLY, CTA.COUNTERS_REPLY);
  if (original === undefined || reply === undefined) return undefined;
  const nat: ConntrackEntry["nat"] = [];
  if (status & SOURCE_NAT) nat.push("snat");
  if (status & DESTINATION_NAT) nat.push("dnat");
  const entry: ConntrackEntry = {
    id,
    zone,
    family,
    protocol: protocolName(protocol),
    protocol_number: protocol,
    status: statusNames(status),
    timeout: top.be32(CTA.TIMEOUT) ?? 0,
    mark: message.mark,
    nat,
    original,
    reply,
  };
  addDetails(entry, top, now);
  return entry;
}

function addDetails(entry: ConntrackEntry, top: Attributes, now: number): void {
  const state = stateOf(top);
  if (state !== undefined) entry.state = state;
  const secctx = top.nested(CTA.SECCTX)?.text(1);
  if (secctx !== undefined) entry.secctx = secctx;
  const labels = labelsOf(top.bytes(CTA.LABELS));
  if (labels !== undefined) entry.labels = labels;
  const helper = top.nested(CTA.HELP)?.text(1);
  if (helper !== undefined) entry.helper = helper;
  const use = top.be32(CTA.USE);
  if (use !== undefined) entry.use = use;
  const start = top.nested(CTA.TIMESTAMP);
  const began = start && bigEndianU64(start, 1);
  if (began === undefined) return;
  const ms = Number(BigInt(began) / NANOSECONDS);
  entry.start_at = new Date(ms).toISOString();
  entry.delta_seconds = Math.max(0, Math.floor((now - ms) / 1000));
}

function stateOf(top: Attributes): string | undefined {
  const info = top.nested(CTA.PROTOINFO);
  if (info === undefined) return undefined;
  for (const [type, names] of PROTOINFO) {
    const state = info.nested(type)?.u8(1);
    if (state !== undefined) return names[state] ?? String(state);
  }
  return undefined;
}

/** The bitmap as one number: the kernel keeps its words in the machine's own order. */
function labelsOf(bytes: Buffer): string | undefined {
  const hex = (LITTLE ? Buffer.from(bytes).reverse() : bytes).toString("hex").replace(/^0+/, "");
  return hex === "" ? undefined : `0x${hex}`;
}

function tupleOf({ top, protocol }: ConntrackMessage, type: number, counters: number): ConntrackTuple | undefined {
  const whole = top.nested(type);
  const ip = whole?.nested(TUPLE.IP);
  const ports = whole?.nested(TUPLE.PROTO);
  if (!whole || !ip) return undefined;
  const address = (v4: number, v6: number): string | undefined => {
    if (ip.size(v4) >= 4) return formatIpv4(ip.bytes(v4), 0);
    return ip.size(v6) >= 16 ? formatIpv6(ip.bytes(v6), 0) : undefined;
  };
  const src = address(TUPLE.V4_SRC, TUPLE.V6_SRC);
  const dst = address(TUPLE.V4_DST, TUPLE.V6_DST);
  if (src === undefined || dst === undefined) return undefined;
  const tuple: ConntrackTuple = { src, dst };
  if (ports) addPorts(tuple, ports, protocol);
  const zone = whole.be16(TUPLE.ZONE);
  if (zone !== undefined) tuple.zone = zone;
  const count = top.nested(counters);
  const packets = count && bigEndianU64(count, 1);
  const bytes = count && bigEndianU64(count, 2);
  if (packets !== undefined) tuple.packets = packets;
  if (bytes !== undefined) tuple.bytes = bytes;
  return tuple;
}

function addPorts(tuple: ConntrackTuple, from: Attributes, protocol: number): void {
  const sport = from.be16(TUPLE.SRC_PORT);
  const dport = from.be16(TUPLE.DST_PORT);
  if (hasPorts(protocol)) {
    if (sport !== undefined) tuple.sport = sport;
    if (dport !== undefined) tuple.dport = dport;
  } else if (protocol === GRE && dport !== undefined) {
    tuple.gre_key = dport;
  }
  for (const { ID, TYPE, CODE } of [ICMP, ICMPV6]) {
    const type = from.u8(TYPE);
    if (type === undefined) continue;
    tuple.icmp_type = type;
    tuple.icmp_code = from.u8(CODE) ?? 0;
    tuple.icmp_id = from.be16(ID) ?? 0;
  }
}
