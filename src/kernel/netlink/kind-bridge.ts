import type { Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import type { FieldContext } from "./fields.js";
import {
  bool,
  type Field,
  hex,
  hundredths,
  link,
  mac,
  oneOf,
  type Read,
  readFields,
  u8,
  u16,
  u32,
  u64,
} from "./fields.js";
import { plainHex } from "./link-layer.js";
import { chunkOf, LITTLE } from "./message.js";

/** Two bytes of priority, a dot, and the address; the C library's form, which pads no byte of it. */
const bridgeId: Read = (from, type) => {
  const bytes = from.bytes(type);
  if (bytes.length < 8) return undefined;
  const address = [...bytes.subarray(2, 8)].map((byte) => byte.toString(16)).join(":");
  return `${plainHex(bytes.subarray(0, 2))}.${address}`;
};

const etherProtocol: Read = (from, type) => {
  const value = from.be16(type);
  if (value === undefined) return undefined;
  return value === 0x8100 ? "802.1Q" : value === 0x88a8 ? "802.1ad" : `[${value}]`;
};

const BRIDGE_FIELDS: readonly Field[] = [
  [1, "forward_delay", u32],
  [2, "hello_time", u32],
  [3, "max_age", u32],
  [4, "ageing_time", u32],
  [5, "stp_state", u32],
  [6, "priority", u16],
  [7, "vlan_filtering", u8],
  [8, "vlan_protocol", etherProtocol],
  [11, "bridge_id", bridgeId],
  [10, "root_id", bridgeId],
  [12, "root_port", u16],
  [13, "root_path_cost", u32],
  [14, "topology_change", u8],
  [15, "topology_change_detected", u8],
  [16, "hello_timer", hundredths],
  [17, "tcn_timer", hundredths],
  [18, "topology_change_timer", hundredths],
  [19, "gc_timer", hundredths],
  [39, "vlan_default_pvid", u16],
  [41, "vlan_stats_enabled", u8],
  [45, "vlan_stats_per_port", u8],
  [9, "group_fwd_mask", hex(u16)],
  [20, "group_addr", mac],
  [23, "mcast_snooping", u8],
  [22, "mcast_router", u8],
  [24, "mcast_query_use_ifaddr", u8],
  [25, "mcast_querier", u8],
  [26, "mcast_hash_elasticity", u32],
  [27, "mcast_hash_max", u32],
  [28, "mcast_last_member_cnt", u32],
  [29, "mcast_startup_query_cnt", u32],
  [30, "mcast_last_member_intvl", u64],
  [31, "mcast_membership_intvl", u64],
  [32, "mcast_querier_intvl", u64],
  [33, "mcast_query_intvl", u64],
  [34, "mcast_query_response_intvl", u64],
  [35, "mcast_startup_query_intvl", u64],
  [42, "mcast_stats_enabled", u8],
  [43, "mcast_igmp_version", u8],
  [44, "mcast_mld_version", u8],
  [36, "nf_call_iptables", u8],
  [37, "nf_call_ip6tables", u8],
  [38, "nf_call_arptables", u8],
  [48, "fdb_n_learned", u32],
  [49, "fdb_max_learned", u32],
];

const MULTI_BOOLOPT = 46;
/** Options that share one attribute, by bit. */
const BOOLEAN_OPTIONS = ["no_linklocal_learn", "mcast_vlan_snooping", "mst_enabled"] as const;

const booleanOptions = (from: Attributes): Details => {
  const bytes = from.bytes(MULTI_BOOLOPT);
  if (bytes.length < 8) return {};
  const { view } = chunkOf(bytes);
  const values = view.getUint32(0, LITTLE);
  const known = view.getUint32(4, LITTLE);
  const options: Details = {};
  for (const [bit, name] of BOOLEAN_OPTIONS.entries()) if (known & (1 << bit)) options[name] = (values >> bit) & 1;
  return options;
};

export const bridgeData = (from: Attributes, context: FieldContext): Details => ({
  ...readFields(from, BRIDGE_FIELDS, context),
  ...booleanOptions(from),
});

const PORT_STATES = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** Link-local protocols that a port can be told to forward, by bit. */
const FORWARD_MASK_NAMES: ReadonlyMap<number, string> = new Map([
  [0, "stp"],
  [2, "lacp"],
  [14, "lldp"],
]);

const forwardMaskText: Read = (from, type) => {
  const mask = from.u16(type) ?? 0;
  const names: string[] = [];
  for (let bit = 0; bit < 16; bit++) {
    if (mask & (1 << bit)) names.push(FORWARD_MASK_NAMES.get(bit) ?? `0x${(1 << bit).toString(16)}`);
  }
  return names.length === 0 ? "0x0" : names.join(",");
};

const PORT_FIELDS: readonly Field[] = [
  [1, "state", oneOf(PORT_STATES)],
  [2, "priority", u16],
  [3, "cost", u32],
  [4, "hairpin", bool],
  [5, "guard", bool],
  [6, "root_block", bool],
  [7, "fastleave", bool],
  [8, "learning", bool],
  [9, "flood", bool],
  [17, "id", hex(u16)],
  [18, "no", hex(u16)],
  [15, "designated_port", u16],
  [16, "designated_cost", u16],
  [14, "bridge_id", bridgeId],
  [13, "root_id", bridgeId],
  [23, "hold_timer", hundredths],
  [21, "message_age_timer", hundredths],
  [22, "forward_delay_timer", hundredths],
  [19, "topology_change_ack", u8],
  [20, "config_pending", u8],
  [10, "proxy_arp", bool],
  [12, "proxy_arp_wifi", bool],
  [25, "multicast_router", u8],
  [27, "mcast_flood", bool],
  [30, "bcast_flood", bool],
  [28, "mcast_to_unicast", bool],
  [32, "neigh_suppress", bool],
  [43, "neigh_vlan_suppress", bool],
  [31, "group_fwd_mask", hex(u16)],
  [31, "group_fwd_mask_str", forwardMaskText],
  [29, "vlan_tunnel", bool],
  [33, "isolated", bool],
  [39, "locked", bool],
  [40, "mab", bool],
  [34, "backup_port", link],
  [44, "backup_nhid", u32],
];

export const bridgePortData = (from: Attributes, context: FieldContext): Details =>
  readFields(from, PORT_FIELDS, context);
