import type { BridgeVlanEntry } from "../bridge-vlans.js";
import { Attributes, eachAttribute } from "./attributes.js";
import { attributeU32, type Chunk, dumpRequest, LITTLE } from "./message.js";

const RTM_NEWVLAN = 112;
const RTM_GETVLAN = 114;
const BRIDGE_VLANDB_ENTRY = 1;
const BRIDGE_VLANDB_DUMP_FLAGS = 1;
const BRIDGE_VLANDB_DUMPF_STATS = 1;
const BR_VLAN_MSG_BYTES = 8;
const PF_BRIDGE = 7;

const ENTRY = { INFO: 1, RANGE: 2, STATE: 3, TUNNEL: 4, STATS: 5 } as const;
const TUNNEL_ID = 1;
const STATS = { RX_BYTES: 1, RX_PACKETS: 2, TX_BYTES: 3, TX_PACKETS: 4 } as const;

const FLAG_PVID = 0x2;
const FLAG_UNTAGGED = 0x4;

const STATES = ["disabled", "listening", "learning", "forwarding", "blocking"] as const;

/** The VLAN tables of all bridges and ports; with `counted` VLAN by VLAN with its counters, else in ranges. */
export function vlanDump(counted: boolean): Buffer {
  const header = Buffer.alloc(BR_VLAN_MSG_BYTES);
  header[0] = PF_BRIDGE;
  return dumpRequest(
    RTM_GETVLAN,
    header,
    counted ? [attributeU32(BRIDGE_VLANDB_DUMP_FLAGS, BRIDGE_VLANDB_DUMPF_STATS)] : [],
  );
}

/** Decodes the entries of one `RTM_NEWVLAN` message, which is one port's; anything else is undefined. */
export function decodeVlans(type: number, chunk: Chunk, start: number, end: number): BridgeVlanEntry[] | undefined {
  if (type !== RTM_NEWVLAN || start + BR_VLAN_MSG_BYTES > end) return undefined;
  const ifindex = chunk.view.getUint32(start + 4, LITTLE);
  const entries: BridgeVlanEntry[] = [];
  eachAttribute(chunk, start + BR_VLAN_MSG_BYTES, end, (kind, payload, size) => {
    if (kind !== BRIDGE_VLANDB_ENTRY) return;
    const entry = entryOf(ifindex, new Attributes().fill(chunk, payload, payload + size), chunk);
    if (entry) entries.push(entry);
  });
  return entries;
}

function entryOf(ifindex: number, from: Attributes, { view }: Chunk): BridgeVlanEntry | undefined {
  if (from.size(ENTRY.INFO) < 4) return undefined;
  const bits = view.getUint16(from.offset(ENTRY.INFO), LITTLE);
  const vlan = view.getUint16(from.offset(ENTRY.INFO) + 2, LITTLE);
  const last = from.u16(ENTRY.RANGE);
  const state = STATES[from.u8(ENTRY.STATE) ?? -1];
  const tunnel = from.nested(ENTRY.TUNNEL)?.u32(TUNNEL_ID);
  const isRange = last !== undefined && last !== vlan;
  return {
    ifindex,
    vlan,
    ...(isRange && { vlan_end: last }),
    flags: [...(bits & FLAG_PVID ? ["PVID"] : []), ...(bits & FLAG_UNTAGGED ? ["Egress Untagged"] : [])],
    ...(tunnel !== undefined && { tunid: tunnel, ...(isRange && { tunid_end: tunnel + last - vlan }) }),
    ...(state && { state }),
    ...countersOf(from.nested(ENTRY.STATS)),
  };
}

const countersOf = (stats: Attributes | undefined): Partial<BridgeVlanEntry> =>
  stats
    ? {
        rx_bytes: stats.u64(STATS.RX_BYTES) ?? 0,
        rx_packets: stats.u64(STATS.RX_PACKETS) ?? 0,
        tx_bytes: stats.u64(STATS.TX_BYTES) ?? 0,
        tx_packets: stats.u64(STATS.TX_PACKETS) ?? 0,
      }
    : {};
