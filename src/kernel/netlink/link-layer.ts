import { formatIpv4, formatIpv6 } from "../ip-address.js";

/** Hardware types (`ARPHRD_*`) under the names that `ip` prints. */
const LINK_TYPES: ReadonlyMap<number, string> = new Map([
  [0, "netrom"],
  [1, "ether"],
  [2, "eether"],
  [3, "ax25"],
  [4, "pronet"],
  [5, "chaos"],
  [6, "ieee802"],
  [7, "arcnet"],
  [8, "atalk"],
  [15, "dlci"],
  [19, "atm"],
  [23, "metricom"],
  [24, "ieee1394"],
  [32, "infiniband"],
  [256, "slip"],
  [257, "cslip"],
  [258, "slip6"],
  [259, "cslip6"],
  [260, "rsrvd"],
  [264, "adapt"],
  [270, "rose"],
  [271, "x25"],
  [272, "hwx25"],
  [280, "can"],
  [290, "mctp"],
  [512, "ppp"],
  [513, "hdlc"],
  [516, "lapb"],
  [517, "ddcmp"],
  [518, "rawhdlc"],
  [519, "rawip"],
  [768, "ipip"],
  [769, "tunnel6"],
  [770, "frad"],
  [771, "skip"],
  [772, "loopback"],
  [773, "ltalk"],
  [774, "fddi"],
  [775, "bif"],
  [776, "sit"],
  [777, "ip/ddp"],
  [778, "gre"],
  [779, "pimreg"],
  [780, "hippi"],
  [781, "ash"],
  [782, "econet"],
  [783, "irda"],
  [784, "fcpp"],
  [785, "fcal"],
  [786, "fcpl"],
  [800, "tr"],
  [801, "ieee802.11"],
  [802, "ieee802.11/prism"],
  [803, "ieee802.11/radiotap"],
  [804, "ieee802.15.4"],
  [805, "ieee802.15.4/monitor"],
  [820, "phonet"],
  [821, "phonet_pipe"],
  [822, "caif"],
  [823, "gre6"],
  [824, "netlink"],
  [825, "6lowpan"],
  [826, "vsockmon"],
  [0xfffe, "none"],
  [0xffff, "void"],
]);

const TUNNEL = 768;
const TUNNEL6 = 769;
const SIT = 776;
const GRE = 778;
const GRE6 = 823;

/** A hardware type's name; `[n]` where it has none. */
export const linkTypeName = (type: number): string => LINK_TYPES.get(type) ?? `[${type}]`;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as colon-separated hexadecimal pairs. */
export function colonHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += text === "" ? HEX[byte] : `:${HEX[byte]}`;
  return text;
}

/** Bytes as hexadecimal digits without separators. */
export const plainHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A link-layer address as `ip` prints it: an IP address on tunnels, else hexadecimal pairs. */
export function linkLayerAddress(bytes: Uint8Array, type: number): string {
  if (bytes.length === 4 && (type === TUNNEL || type === SIT || type === GRE)) return formatIpv4(bytes, 0);
  if (bytes.length === 16 && (type === TUNNEL6 || type === GRE6)) return formatIpv6(bytes, 0);
  return colonHex(bytes);
}
