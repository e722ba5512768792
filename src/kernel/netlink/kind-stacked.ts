import type { Detail, Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import {
  bool,
  type Field,
  type FieldContext,
  hex,
  marker,
  oneOf,
  type Read,
  readFields,
  s32,
  u16,
  u32,
} from "./fields.js";
import { colonHex } from "./link-layer.js";
import { LITTLE } from "./message.js";

const ETHER_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0x8100, "802.1Q"],
  [0x88a8, "802.1ad"],
]);

const VLAN_FLAGS = ["REORDER_HDR", "GVRP", "LOOSE_BINDING", "MVRP", "BRIDGE_BINDING"] as const;

const vlanFlags: Read = (from, type) => {
  const bits = from.u32(type) ?? 0;
  return VLAN_FLAGS.filter((_, bit) => bits & (1 << bit));
};

const priorityMap: Read = (from, type) => {
  const pairs: Detail[] = [];
  from.each(type, (_, { view }, at, size) => {
    if (size >= 8) pairs.push({ from: view.getUint32(at, LITTLE), to: view.getUint32(at + 4, LITTLE) });
  });
  return pairs;
};

const VLAN_FIELDS: readonly Field[] = [
  [5, "protocol", (from, type) => ETHER_PROTOCOLS.get(from.be16(type) ?? 0)],
  [1, "id", u16],
  [2, "flags", vlanFlags],
  [4, "ingress_qos", priorityMap],
  [3, "egress_qos", priorityMap],
];

export const vlanData = (from: Attributes, context: FieldContext): Details => readFields(from, VLAN_FIELDS, context);

const MACVLAN_MODES: ReadonlyMap<number, string> = new Map([
  [1, "private"],
  [2, "vepa"],
  [4, "bridge"],
  [8, "passthru"],
  [16, "source"],
]);

const bit =
  (mask: number): Read =>
  (from, type) =>
    (from.u16(type) ?? 0) & mask ? true : undefined;

const macAddresses: Read = (from, type) => {
  const list: Detail[] = [];
  from.each(type, (_, { bytes }, at, size) => list.push(colonHex(bytes.subarray(at, at + size))));
  return list;
};

const MACVLAN_FIELDS: readonly Field[] = [
  [1, "mode", (from, type) => MACVLAN_MODES.get(from.u32(type) ?? 0) ?? "unknown"],
  [2, "nopromisc", bit(1)],
  [2, "nodst", bit(2)],
  [7, "bcqueuelen", u32],
  [8, "usedbcqueuelen", u32],
  [9, "bclim", s32],
];

const MACADDR_COUNT = 6;
const SOURCE_FIELDS: readonly Field[] = [
  [MACADDR_COUNT, "macaddr_count", u32],
  [5, "macaddr_data", macAddresses],
];

/** The list of allowed sources is shown in mode `source` only, where it means something. */
export const macvlanData = (from: Attributes, context: FieldContext): Details => ({
  ...readFields(from, MACVLAN_FIELDS, context),
  ...(from.u32(MACADDR_COUNT) ? readFields(from, SOURCE_FIELDS, context) : {}),
});

const IPVLAN_FIELDS: readonly Field[] = [
  [1, "mode", oneOf(["l2", "l3", "l3s"], u16)],
  [2, "private", bit(1)],
  [2, "vepa", (from, type) => ((from.u16(type) ?? 0) & 3) === 2 || undefined],
  [2, "bridge", (from, type) => ((from.u16(type) ?? 0) & 3) === 0 || undefined],
];

export const ipvlanData = (from: Attributes, context: FieldContext): Details =>
  readFields(from, IPVLAN_FIELDS, context);

/** A VRF names its routing table, and so does each of its members. */
export const vrfData = (from: Attributes, context: FieldContext): Details =>
  readFields(from, [[1, "table", u32]], context);

const XFRM_FIELDS: readonly Field[] = [
  [2, "if_id", hex(u32)],
  [3, "external", marker],
];

export const xfrmData = (from: Attributes, context: FieldContext): Details => readFields(from, XFRM_FIELDS, context);

const account =
  (names: "users" | "groups"): Read =>
  (from, type, context) => {
    const id = from.u32(type);
    return id === undefined ? undefined : (context[names].get(id) ?? id);
  };

const MULTI_QUEUE = 7;
const TUN_FIELDS: readonly Field[] = [
  [3, "type", oneOf(["", "tun", "tap"])],
  [4, "pi", bool],
  [5, "vnet_hdr", bool],
  [MULTI_QUEUE, "multi_queue", bool],
  [6, "persist", bool],
  [1, "user", account("users")],
  [2, "group", account("groups")],
];
const TUN_QUEUES: readonly Field[] = [
  [8, "numqueues", u32],
  [9, "numdisabled", u32],
];

export const tunData = (from: Attributes, context: FieldContext): Details => ({
  ...readFields(from, TUN_FIELDS, context),
  ...(from.u8(MULTI_QUEUE) ? readFields(from, TUN_QUEUES, context) : {}),
});
