import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Details } from "../net-model.js";
import type { Attributes } from "./attributes.js";
import {
  bool,
  type Field,
  type FieldContext,
  hex,
  hexText,
  ipv4,
  ipv6,
  link,
  type Read,
  readFields,
  u8,
  u32,
  unlessZero,
  whenSet,
} from "./fields.js";

const anyOf =
  (size: number, format: (bytes: Uint8Array, at: number) => string): Read =>
  (from, type) => {
    const bytes = from.bytes(type);
    return bytes.length >= size && bytes.some(Boolean) ? format(bytes, 0) : "any";
  };

const endpoint4 = anyOf(4, formatIpv4);
const endpoint6 = anyOf(16, formatIpv6);

const when = (set: boolean, name: string): Details => (set ? { [name]: true } : {});

const ENCAP_TYPES = [undefined, "fou", "gue", "mpls"];

/** UDP encapsulation of a tunnel; none is no field. */
const encapsulation = (from: Attributes, first: number): Details => {
  const type = from.u16(first);
  if (!type) return {};
  const flags = from.u16(first + 1) ?? 0;
  return {
    encap: {
      type: ENCAP_TYPES[type] ?? null,
      sport: from.be16(first + 2) ?? 0,
      dport: from.be16(first + 3) ?? 0,
      csum: (flags & 1) !== 0,
      csum6: (flags & 2) !== 0,
      remcsum: (flags & 4) !== 0,
    },
  };
};

const GRE = { IFLAGS: 2, OFLAGS: 3, IKEY: 4, OKEY: 5, ENCAP: 14, COLLECT_METADATA: 18 } as const;
const GRE_CSUM = 0x8000;
const GRE_KEY = 0x2000;
const GRE_SEQ = 0x1000;

const GRE_FIELDS: readonly Field[] = [
  [7, "remote", endpoint4],
  [6, "local", endpoint4],
  [1, "link", link],
  [8, "ttl", u8],
  [9, "tos", hex(unlessZero(u8))],
  [10, "pmtudisc", bool],
  [19, "ignore_df", whenSet],
  [20, "fwmark", hex(unlessZero(u32))],
  [21, "erspan_index", u32],
  [22, "erspan_ver", u8],
  [23, "erspan_dir", (from, type) => (from.u8(type) === 0 ? "ingress" : "egress")],
  [24, "erspan_hwid", hex((from, type) => from.u16(type))],
];

/** Keys, sequence numbers and checksums of one direction, under `ikey`, `oseq`, … */
const direction = (from: Attributes, letter: "i" | "o", flagsType: number, keyType: number): Details => {
  const flags = from.be16(flagsType) ?? 0;
  const key = from.bytes(keyType);
  return {
    ...(flags & GRE_KEY && key.length >= 4 ? { [`${letter}key`]: formatIpv4(key, 0) } : {}),
    ...(flags & GRE_SEQ ? { [`${letter}seq`]: true } : {}),
    ...(flags & GRE_CSUM ? { [`${letter}csum`]: true } : {}),
  };
};

const greCommon = (from: Attributes, fields: readonly Field[], context: FieldContext): Details => ({
  ...when(from.has(GRE.COLLECT_METADATA), "external"),
  ...readFields(from, fields, context),
  ...direction(from, "i", GRE.IFLAGS, GRE.IKEY),
  ...direction(from, "o", GRE.OFLAGS, GRE.OKEY),
  ...encapsulation(from, GRE.ENCAP),
});

export const greData = (from: Attributes, context: FieldContext): Details => greCommon(from, GRE_FIELDS, context);

const IP6_FLAG = {
  IGNORE_ENCAP_LIMIT: 0x1,
  ORIGINAL_TCLASS: 0x2,
  ORIGINAL_FLOWLABEL: 0x4,
  MIP6: 0x8,
  COPY_DSCP: 0x10,
  ORIGINAL_FWMARK: 0x20,
  ALLOW_LOCAL_REMOTE: 0x40,
} as const;

/** What IPv6 tunnels of both sorts say in a flag word, an encapsulation limit and a flow label. */
const ip6Common = (
  from: Attributes,
  flagsType: number,
  limitType: number,
  flowType: number,
  fwmark: number,
): Details => {
  const flags = from.u32(flagsType) ?? 0;
  const flow = from.be32(flowType) ?? 0;
  const has = (bit: number) => (flags & bit) !== 0;
  const mark = from.u32(fwmark) ?? 0;
  return {
    ...(has(IP6_FLAG.IGNORE_ENCAP_LIMIT)
      ? { ip6_tnl_f_ign_encap_limit: true }
      : { encap_limit: from.u8(limitType) ?? 0 }),
    ...(has(IP6_FLAG.ORIGINAL_TCLASS)
      ? { ip6_tnl_f_use_orig_tclass: true }
      : { tclass: `0x${((flow >>> 20) & 0xff).toString(16).padStart(2, "0")}` }),
    ...(has(IP6_FLAG.ORIGINAL_FLOWLABEL)
      ? { ip6_tnl_f_use_orig_flowlabel: true }
      : { flowlabel: `0x${(flow & 0xfffff).toString(16).padStart(5, "0")}` }),
    ...when(has(IP6_FLAG.COPY_DSCP), "ip6_tnl_f_rcv_dscp_copy"),
    ...when(has(IP6_FLAG.MIP6), "ip6_tnl_f_mip6_dev"),
    ...when(has(IP6_FLAG.ALLOW_LOCAL_REMOTE), "ip6_tnl_f_allow_local_remote"),
    ...(has(IP6_FLAG.ORIGINAL_FWMARK)
      ? { ip6_tnl_f_use_orig_fwmark: true }
      : mark === 0
        ? {}
        : { fwmark: hexText(mark) }),
  };
};

const GRE6_FIELDS: readonly Field[] = GRE_FIELDS.filter(
  ([, name]) => !["tos", "pmtudisc", "ignore_df", "fwmark"].includes(name),
).map((field) => (field[2] === endpoint4 ? [field[0], field[1], endpoint6] : field));

export const gre6Data = (from: Attributes, context: FieldContext): Details => ({
  ...greCommon(from, GRE6_FIELDS, context),
  ...ip6Common(from, 13, 11, 12, 20),
});

const IP_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, "any"],
  [4, "ipip"],
  [41, "ip6ip"],
  [137, "mplsip"],
]);
const IPTUN = {
  PREFIX: 11,
  RELAY_PREFIX: 12,
  PREFIXLEN: 13,
  RELAY_PREFIXLEN: 14,
  ENCAP: 15,
  COLLECT_METADATA: 19,
} as const;

const IPTUN_FIELDS: readonly Field[] = [
  [9, "proto", (from, type) => IP_PROTOCOLS.get(from.u8(type) ?? 0)],
  [3, "remote", endpoint4],
  [2, "local", endpoint4],
  [1, "link", link],
  [4, "ttl", u8],
  [5, "tos", hex(unlessZero(u8))],
  [10, "pmtudisc", bool],
  [8, "isatap", (from, type) => ((from.u16(type) ?? 0) & 1 ? true : undefined)],
  [20, "fwmark", hex(unlessZero(u32))],
];

/** The prefixes of IPv6 rapid deployment (6rd), where they are set. */
const rapidDeployment = (from: Attributes, context: FieldContext): Details => {
  const prefixlen = from.u16(IPTUN.PREFIXLEN);
  if (!prefixlen) return {};
  const relay = from.u32(IPTUN.RELAY_PREFIX)
    ? {
        relay_prefix: ipv4(from, IPTUN.RELAY_PREFIX, context) ?? null,
        relay_prefixlen: from.u16(IPTUN.RELAY_PREFIXLEN) ?? 0,
      }
    : {};
  return { prefix: ipv6(from, IPTUN.PREFIX, context) ?? null, prefixlen, ...relay };
};

export const ipTunnelData = (from: Attributes, context: FieldContext): Details => ({
  ...when(from.has(IPTUN.COLLECT_METADATA), "external"),
  ...readFields(from, IPTUN_FIELDS, context),
  ...rapidDeployment(from, context),
  ...encapsulation(from, IPTUN.ENCAP),
});

const IP6_PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [0, "any"],
  [4, "ipip6"],
  [41, "ip6ip6"],
]);

const IP6TNL_FIELDS: readonly Field[] = [
  [9, "proto", (from, type) => IP6_PROTOCOLS.get(from.u8(type) ?? 0)],
  [3, "remote", endpoint6],
  [2, "local", endpoint6],
  [1, "link", link],
  [4, "ttl", u8],
];

export const ip6TunnelData = (from: Attributes, context: FieldContext): Details => ({
  ...when(from.has(IPTUN.COLLECT_METADATA), "external"),
  ...readFields(from, IP6TNL_FIELDS, context),
  ...ip6Common(from, 8, 6, 7, 20),
  ...encapsulation(from, IPTUN.ENCAP),
});

const vtiFields = (endpoint: Read): readonly Field[] => [
  [5, "remote", endpoint],
  [4, "local", endpoint],
  [1, "link", link],
  [2, "ikey", unlessZero((from, type, context) => (from.u32(type) ? ipv4(from, type, context) : undefined))],
  [3, "okey", unlessZero((from, type, context) => (from.u32(type) ? ipv4(from, type, context) : undefined))],
  [6, "fwmark", hex(unlessZero(u32))],
];

export const vtiData = (from: Attributes, context: FieldContext): Details =>
  readFields(from, vtiFields(endpoint4), context);
export const vti6Data = (from: Attributes, context: FieldContext): Details =>
  readFields(from, vtiFields(endpoint6), context);
