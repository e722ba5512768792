import type { Names } from "../iproute-names.js";
import { type KernelLink, OPERSTATES } from "../net-model.js";
import { LINK_ALIAS_PREFIX } from "../ownership.js";
import { decodeText } from "../text.js";
import { Attributes } from "./attributes.js";
import type { FieldContext } from "./fields.js";
import type { LinkIndex } from "./link-index.js";
import { decodeLinkInfo } from "./link-info.js";
import { linkLayerAddress, linkTypeName, plainHex } from "./link-layer.js";
import { decodeVirtualFunctions, decodeXdp } from "./link-offload.js";
import { type Chunk, LITTLE } from "./message.js";
import { decodeStats } from "./stats.js";

export const IFINFOMSG_BYTES = 16;
const AF_INET6 = 10;
const INET6_ADDR_GEN_MODE = 8;
const PROTO_DOWN_REASON_VALUE = 2;

const IFLA = {
  ADDRESS: 1,
  BROADCAST: 2,
  IFNAME: 3,
  MTU: 4,
  LINK: 5,
  QDISC: 6,
  MASTER: 10,
  TXQLEN: 13,
  OPERSTATE: 16,
  LINKMODE: 17,
  IFALIAS: 20,
  AF_SPEC: 26,
  GROUP: 27,
  PHYS_PORT_ID: 34,
  PHYS_SWITCH_ID: 36,
  LINK_NETNSID: 37,
  PHYS_PORT_NAME: 38,
  PROTO_DOWN: 39,
  NEW_NETNSID: 45,
  PROP_LIST: 52,
  ALT_IFNAME: 53,
  PERM_ADDRESS: 54,
  PROTO_DOWN_REASON: 55,
  PARENT_DEV_NAME: 56,
  PARENT_DEV_BUS_NAME: 57,
} as const;

/** Numbers that stand in the answer as they come. */
const PLAIN = [
  [50, "min_mtu"],
  [51, "max_mtu"],
  [30, "promiscuity"],
  [61, "allmulti"],
  [31, "num_tx_queues"],
  [32, "num_rx_queues"],
  [41, "gso_max_size"],
  [40, "gso_max_segs"],
  [59, "tso_max_size"],
  [60, "tso_max_segs"],
  [58, "gro_max_size"],
  [63, "gso_ipv4_max_size"],
  [64, "gro_ipv4_max_size"],
] as const;

const IFF = { UP: 0x1, POINTOPOINT: 0x10, RUNNING: 0x40 } as const;

/** Flags in the order in which `ip` prints them. */
const FLAGS = [
  [0x8, "LOOPBACK"],
  [0x2, "BROADCAST"],
  [IFF.POINTOPOINT, "POINTOPOINT"],
  [0x1000, "MULTICAST"],
  [0x80, "NOARP"],
  [0x200, "ALLMULTI"],
  [0x100, "PROMISC"],
  [0x400, "MASTER"],
  [0x800, "SLAVE"],
  [0x4, "DEBUG"],
  [0x8000, "DYNAMIC"],
  [0x4000, "AUTOMEDIA"],
  [0x2000, "PORTSEL"],
  [0x20, "NOTRAILERS"],
  [IFF.UP, "UP"],
  [0x10000, "LOWER_UP"],
  [0x20000, "DORMANT"],
  [0x40000, "ECHO"],
] as const;
const KNOWN_FLAGS = FLAGS.reduce((all, [bit]) => all | bit, IFF.RUNNING as number);

const GENERATION_MODES = ["eui64", "none", "stable_secret", "random"];

const flagNames = (flags: number, lowerIsDown: boolean): string[] => {
  const names: string[] = flags & IFF.UP && !(flags & IFF.RUNNING) ? ["NO-CARRIER"] : [];
  for (const [bit, name] of FLAGS) if (flags & bit) names.push(name);
  const unknown = (flags & ~KNOWN_FLAGS) >>> 0;
  if (unknown !== 0) names.push(unknown.toString(16));
  if (lowerIsDown) names.push("M-DOWN");
  return names;
};

export interface LinkContext extends FieldContext {
  readonly index: LinkIndex;
  readonly groupNames: Names;
}

type Part = Partial<KernelLink>;

/** The link below or at the other end, and the master. */
const relations = (from: Attributes, { index }: LinkContext): Part => {
  const lower = from.u32(IFLA.LINK) ?? 0;
  const namespace = from.s32(IFLA.LINK_NETNSID);
  const moving = from.s32(IFLA.NEW_NETNSID);
  const master = from.u32(IFLA.MASTER);
  return {
    ...(lower > 0 && (namespace === undefined ? { link: index.name(lower) } : { link_index: lower })),
    ...(namespace !== undefined && { link_netnsid: namespace }),
    ...(moving !== undefined && { new_netnsid: moving }),
    ...(master && { master: index.name(master) }),
  };
};

const hardware = (from: Attributes, type: number, flags: number): Part => {
  const address = from.has(IFLA.ADDRESS) && linkLayerAddress(from.bytes(IFLA.ADDRESS), type);
  const broadcast = from.has(IFLA.BROADCAST) && linkLayerAddress(from.bytes(IFLA.BROADCAST), type);
  const permanent = from.has(IFLA.PERM_ADDRESS) && linkLayerAddress(from.bytes(IFLA.PERM_ADDRESS), type);
  return {
    ...(address && { address }),
    ...(broadcast && (flags & IFF.POINTOPOINT) !== 0 && { link_pointtopoint: true }),
    ...(broadcast && { broadcast }),
    ...(permanent && permanent !== address && { permaddr: permanent }),
  };
};

const protoDown = (from: Attributes): Part => {
  const bits = from.nested(IFLA.PROTO_DOWN_REASON)?.u32(PROTO_DOWN_REASON_VALUE) ?? 0;
  const reasons: string[] = [];
  for (let bit = 0; bits >>> bit !== 0 && bit < 32; bit++) if ((bits >>> bit) & 1) reasons.push(String(bit));
  return {
    ...(from.u8(IFLA.PROTO_DOWN) && { proto_down: true }),
    ...(reasons.length > 0 && { proto_down_reason: reasons }),
  };
};

const identity = (from: Attributes): Part => {
  const text = (type: number, name: keyof Part): Part => {
    const value = from.text(type);
    return value ? { [name]: value } : {};
  };
  const altnames: string[] = [];
  from.each(IFLA.PROP_LIST, (type, { bytes }, at, size) => {
    // The text ends with a NUL.
    if (type === IFLA.ALT_IFNAME) altnames.push(decodeText(bytes.subarray(at, at + Math.max(0, size - 1))));
  });
  return {
    ...text(IFLA.PHYS_PORT_NAME, "phys_port_name"),
    ...(from.has(IFLA.PHYS_PORT_ID) && { phys_port_id: plainHex(from.bytes(IFLA.PHYS_PORT_ID)) }),
    ...(from.has(IFLA.PHYS_SWITCH_ID) && { phys_switch_id: plainHex(from.bytes(IFLA.PHYS_SWITCH_ID)) }),
    ...text(IFLA.PARENT_DEV_BUS_NAME, "parentbus"),
    ...text(IFLA.PARENT_DEV_NAME, "parentdev"),
    ...text(IFLA.IFALIAS, "ifalias"),
    ...(altnames.length > 0 && { altnames }),
  };
};

const generationMode = (from: Attributes): Part => {
  const mode = from.nested(IFLA.AF_SPEC)?.nested(AF_INET6)?.u8(INET6_ADDR_GEN_MODE);
  if (mode === undefined) return {};
  return { inet6_addr_gen_mode: GENERATION_MODES[mode] ?? `0x${mode.toString(16).padStart(2, "0")}` };
};

const numbers = (from: Attributes): Part => {
  const part: Part = {};
  for (const [type, name] of PLAIN) {
    const value = from.u32(type);
    if (value !== undefined) part[name] = value;
  }
  return part;
};

const queueing = (from: Attributes): Part => {
  const qdisc = from.text(IFLA.QDISC);
  const txqlen = from.u32(IFLA.TXQLEN);
  const linkmode = from.u8(IFLA.LINKMODE);
  return {
    ...(qdisc && { qdisc }),
    ...(txqlen && { txqlen }),
    ...(linkmode !== undefined && { linkmode: ["DEFAULT", "DORMANT"][linkmode] ?? String(linkmode) }),
  };
};

const attached = (from: Attributes, type: number, context: LinkContext): Part => {
  const linkinfo = decodeLinkInfo(from, context);
  const xdp = decodeXdp(from);
  const functions = decodeVirtualFunctions(from, type);
  return { ...(linkinfo && { linkinfo }), ...(xdp && { xdp }), ...(functions && { vfinfo_list: functions }) };
};

/** Decodes one `RTM_NEWLINK` message that `LinkIndex` took; addresses are added by the caller. */
export function decodeLink(chunk: Chunk, start: number, end: number, context: LinkContext): KernelLink {
  const from = new Attributes().fill(chunk, start + IFINFOMSG_BYTES, end);
  const type = chunk.view.getUint16(start + 2, LITTLE);
  const ifindex = chunk.view.getInt32(start + 4, LITTLE);
  const flags = chunk.view.getUint32(start + 8, LITTLE);
  const lower = from.has(IFLA.LINK_NETNSID) ? 0 : (from.u32(IFLA.LINK) ?? 0);
  const lowerIsDown = lower > 0 && !context.index.isUp(lower);
  return {
    ifindex,
    ifname: context.index.name(ifindex),
    ...relations(from, context),
    flags: flagNames(flags, lowerIsDown),
    mtu: from.u32(IFLA.MTU) ?? 0,
    ...queueing(from),
    operstate: OPERSTATES[from.u8(IFLA.OPERSTATE) ?? 0] ?? "UNKNOWN",
    group: context.groupNames.name(from.u32(IFLA.GROUP) ?? 0),
    link_type: linkTypeName(type),
    ...hardware(from, type, flags),
    ...protoDown(from),
    ...numbers(from),
    ...attached(from, type, context),
    ...generationMode(from),
    ...identity(from),
    addr_info: [],
    stats64: decodeStats(from),
    managed: from.text(IFLA.IFALIAS)?.startsWith(LINK_ALIAS_PREFIX) ?? false,
  };
}
