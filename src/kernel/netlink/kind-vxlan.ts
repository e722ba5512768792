import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import {
  be16,
  bool,
  type Field,
  type FieldContext,
  hex,
  link,
  marker,
  oneOf,
  readFields,
  u8,
  u32,
  unlessZero,
  whenSet,
} from "./fields.js";

const VXLAN_DF = ["unset", "set", "inherit"];
const IFLA_VXLAN = { GROUP: 2, LOCAL: 4, TTL: 5, PORT_RANGE: 10, GROUP6: 16, LOCAL6: 17, TTL_INHERIT: 28 } as const;

const FIELDS: readonly Field[] = [
  [25, "external", whenSet],
  [30, "vnifilter", whenSet],
  [1, "id", u32],
  [3, "link", link],
  [15, "port", be16],
  [7, "learning", bool],
  [11, "proxy", whenSet],
  [12, "rsc", whenSet],
  [13, "l2miss", whenSet],
  [14, "l3miss", whenSet],
  [6, "tos", hex(unlessZero(u8))],
  [29, "df", oneOf(VXLAN_DF)],
  [26, "label", hex(unlessZero((from, type) => from.be32(type)))],
  [8, "ageing", u32],
  [9, "limit", unlessZero(u32)],
  [18, "udp_csum", bool],
  [19, "udp_zero_csum6_tx", bool],
  [20, "udp_zero_csum6_rx", bool],
  [21, "remcsum_tx", whenSet],
  [22, "remcsum_rx", whenSet],
  [23, "gbp", marker],
  [27, "gpe", marker],
  [31, "localbypass", bool],
];

/** One endpoint of either family; an all-zero address is none. A multicast one is a group, others are the remote. */
const endpoint = (from: Attributes, type4: number, type6: number, name: (multicast: boolean) => string): Details => {
  const v4 = from.bytes(type4);
  if (v4.length === 4) {
    return v4.some(Boolean) ? { [name(((v4[0] ?? 0) & 0xf0) === 0xe0)]: formatIpv4(v4, 0) } : {};
  }
  const v6 = from.bytes(type6);
  return v6.length === 16 && v6.some(Boolean) ? { [`${name(v6[0] === 0xff)}6`]: formatIpv6(v6, 0) } : {};
};

const portRange = (from: Attributes): Details => {
  const range = from.bytes(IFLA_VXLAN.PORT_RANGE);
  return range.length < 4 ? {} : { port_range: { low: range.readUInt16BE(0), high: range.readUInt16BE(2) } };
};

/** One that is inherited from the inner packet is no number, and `ip` leaves it out. */
const ttl = (from: Attributes, inherited: number, type: number): Details =>
  from.u8(inherited) ? {} : { ttl: from.u8(type) ?? 0 };

export const vxlanData = (from: Attributes, context: FieldContext): Details => ({
  ...readFields(from, FIELDS, context),
  ...endpoint(from, IFLA_VXLAN.GROUP, IFLA_VXLAN.GROUP6, (multicast) => (multicast ? "group" : "remote")),
  ...endpoint(from, IFLA_VXLAN.LOCAL, IFLA_VXLAN.LOCAL6, () => "local"),
  ...portRange(from),
  ...ttl(from, IFLA_VXLAN.TTL_INHERIT, IFLA_VXLAN.TTL),
});

const GENEVE_FIELDS: readonly Field[] = [
  [6, "external", marker],
  [1, "id", u32],
  [2, "remote", (from, type) => (from.size(type) === 4 ? formatIpv4(from.bytes(type), 0) : undefined)],
  [7, "remote6", (from, type) => (from.size(type) === 16 ? formatIpv6(from.bytes(type), 0) : undefined)],
  [4, "tos", hex(unlessZero(u8))],
  [13, "df", oneOf(VXLAN_DF)],
  [11, "label", hex(unlessZero((from, type) => from.be32(type)))],
  [5, "port", be16],
  [8, "udp_csum", bool],
  [9, "udp_zero_csum6_tx", bool],
  [10, "udp_zero_csum6_rx", bool],
  [14, "innerprotoinherit", marker],
];

const GENEVE_TTL = 3;
const GENEVE_TTL_INHERIT = 12;

export const geneveData = (from: Attributes, context: FieldContext): Details => ({
  ...readFields(from, GENEVE_FIELDS, context),
  ...ttl(from, GENEVE_TTL_INHERIT, GENEVE_TTL),
});
