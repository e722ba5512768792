import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Detail, Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import { type Field, type FieldContext, link, mac, oneOf, type Read, readFields, s32, u8, u16, u32 } from "./fields.js";

const MODES = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];
const ARP_VALIDATE = ["none", "active", "backup", "all", "filter", "filter_active", "filter_backup"];
const HASH_POLICIES = ["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"];

/** The addresses of a nested list; left out where it is empty. */
const targets =
  (size: number, format: (bytes: Uint8Array, at: number) => string): Read =>
  (from, type) => {
    const list: Detail[] = [];
    from.each(type, (_, chunk, at, length) => {
      if (length >= size) list.push(format(chunk.bytes, at));
    });
    return list.length === 0 ? undefined : list;
  };

/** `ip` prints null where nothing is validated. */
const arpValidate: Read = (from, type, context) =>
  from.u32(type) === 0 ? null : oneOf(ARP_VALIDATE, u32)(from, type, context);

const AD_INFO_FIELDS: readonly Field[] = [
  [1, "aggregator", u16],
  [2, "num_ports", u16],
  [3, "actor_key", u16],
  [4, "partner_key", u16],
  [5, "partner_mac", mac],
];

const adInfo: Read = (from, type, context) => {
  const nested = from.nested(type);
  return nested && readFields(nested, AD_INFO_FIELDS, context);
};

const FIELDS: readonly Field[] = [
  [1, "mode", oneOf(MODES)],
  [2, "active_slave", link],
  [3, "miimon", u32],
  [4, "updelay", u32],
  [5, "downdelay", u32],
  [28, "peer_notify_delay", u32],
  [6, "use_carrier", u8],
  [7, "arp_interval", u32],
  [30, "arp_missed_max", u8],
  [8, "arp_ip_target", targets(4, formatIpv4)],
  [31, "ns_ip6_target", targets(16, formatIpv6)],
  [9, "arp_validate", arpValidate],
  [10, "arp_all_targets", oneOf(["any", "all"], u32)],
  [11, "primary", link],
  [12, "primary_reselect", oneOf(["always", "better", "failure"])],
  [13, "fail_over_mac", oneOf(["none", "active", "follow"])],
  [14, "xmit_hash_policy", oneOf(HASH_POLICIES)],
  [15, "resend_igmp", u32],
  [16, "num_peer_notif", u8],
  [17, "all_slaves_active", u8],
  [18, "min_links", u32],
  [19, "lp_interval", u32],
  [20, "packets_per_slave", u32],
  [29, "ad_lacp_active", oneOf(["off", "on"])],
  [21, "ad_lacp_rate", oneOf(["slow", "fast"])],
  [22, "ad_select", oneOf(["stable", "bandwidth", "count"])],
  [23, "ad_info", adInfo],
  [24, "ad_actor_sys_prio", u16],
  [25, "ad_user_port_key", u16],
  [26, "ad_actor_system", mac],
  [27, "tlb_dynamic_lb", u8],
  [32, "coupled_control", oneOf(["off", "on"])],
];

export const bondData = (from: Attributes, context: FieldContext): Details => readFields(from, FIELDS, context);

const PORT_STATE_BITS = [
  "active",
  "short_timeout",
  "aggregating",
  "in_sync",
  "collecting",
  "distributing",
  "defaulted",
  "expired",
];

const portState: Read = (from, type) => {
  const bits = from.u8(type) ?? 0;
  return PORT_STATE_BITS.filter((_, bit) => bits & (1 << bit));
};

const SLAVE_FIELDS: readonly Field[] = [
  [1, "state", oneOf(["ACTIVE", "BACKUP"])],
  [2, "mii_status", oneOf(["UP", "GOING_DOWN", "DOWN", "GOING_BACK"])],
  [3, "link_failure_count", u32],
  [4, "perm_hwaddr", mac],
  [5, "queue_id", u16],
  [9, "prio", s32],
  [6, "ad_aggregator_id", u16],
  [7, "ad_actor_oper_port_state", u8],
  [7, "ad_actor_oper_port_state_str", portState],
  [8, "ad_partner_oper_port_state", u16],
  [8, "ad_partner_oper_port_state_str", portState],
];

export const bondSlaveData = (from: Attributes, context: FieldContext): Details =>
  readFields(from, SLAVE_FIELDS, context);
