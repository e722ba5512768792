import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Names } from "../iproute-names.js";
import type { KernelFdbEntry } from "../net-model.js";
import { Attributes } from "./attributes.js";
import type { LinkIndex } from "./link-index.js";
import { colonHex } from "./link-layer.js";
import { type Chunk, dumpRequest, LITTLE } from "./message.js";

const AF_BRIDGE = 7;
const RTM_NEWNEIGH = 28;
const RTM_GETNEIGH = 30;
const NDMSG_BYTES = 12;
const USER_HZ = 100;

const NDA = {
  DST: 1,
  LLADDR: 2,
  CACHEINFO: 3,
  VLAN: 5,
  PORT: 6,
  VNI: 7,
  IFINDEX: 8,
  MASTER: 9,
  SRC_VNI: 11,
  PROTOCOL: 12,
  NH_ID: 13,
  FLAGS_EXT: 15,
} as const;

/** Flags in the order in which `bridge` prints them. */
const FLAGS = [
  [0x02, "self"],
  [0x80, "router"],
  [0x10, "extern_learn"],
  [0x20, "offload"],
  [0x04, "master"],
  [0x40, "sticky"],
] as const;
const NTF_EXT_LOCKED = 2;

const STATES: ReadonlyMap<number, string> = new Map([
  [0x80, "permanent"],
  [0x40, "static"],
  [0x04, "stale"],
  // `bridge` prints nothing for an address that was learned.
  [0x02, "learned"],
]);

/** By the bits in this order, as `bridge` does: a VXLAN's entry is permanent and static at once. */
function stateOf(bits: number): string {
  for (const [bit, name] of STATES) if ((bits & bit) !== 0) return name;
  return `0x${bits.toString(16)}`;
}

/** The forwarding tables of all bridges, and the address lists of all links. */
export function fdbDump(): Buffer {
  const header = Buffer.alloc(NDMSG_BYTES);
  header[0] = AF_BRIDGE;
  return dumpRequest(RTM_GETNEIGH, header);
}

/** Decodes `RTM_NEWNEIGH` messages of bridges; all else is undefined. */
export class FdbDecoder {
  private readonly attributes = new Attributes();

  constructor(
    private readonly index: LinkIndex,
    private readonly protocols: Names,
  ) {}

  decode(type: number, chunk: Chunk, start: number, end: number): KernelFdbEntry | undefined {
    if (type !== RTM_NEWNEIGH || start + NDMSG_BYTES > end) return undefined;
    const { view } = chunk;
    const from = this.attributes.fill(chunk, start + NDMSG_BYTES, end);
    if (view.getUint8(start) !== AF_BRIDGE || from.size(NDA.LLADDR) !== 6) return undefined;
    const state = view.getUint16(start + 8, LITTLE);
    const flags = view.getUint8(start + 10);
    const names: string[] = FLAGS.filter(([bit]) => flags & bit).map(([, name]) => name);
    if ((from.u32(NDA.FLAGS_EXT) ?? 0) & NTF_EXT_LOCKED) names.push("locked");
    const master = from.u32(NDA.MASTER);
    return {
      mac: colonHex(from.bytes(NDA.LLADDR)),
      ifname: this.index.name(view.getInt32(start + 4, LITTLE)),
      ...(master && { master: this.index.name(master) }),
      flags: names,
      state: stateOf(state),
      ...this.details(from),
      ...this.times(from, chunk),
    };
  }

  private details(from: Attributes): Partial<KernelFdbEntry> {
    const numbers = (
      [
        ["vlan", from.u16(NDA.VLAN)],
        ["port", from.be16(NDA.PORT)],
        ["vni", from.u32(NDA.VNI)],
        ["src_vni", from.u32(NDA.SRC_VNI)],
        ["nhid", from.u32(NDA.NH_ID)],
      ] as const
    ).filter(([, value]) => value !== undefined);
    const dst = from.bytes(NDA.DST);
    const via = from.u32(NDA.IFINDEX);
    const protocol = from.u8(NDA.PROTOCOL);
    return {
      ...Object.fromEntries(numbers),
      ...(dst.length === 4 && { dst: formatIpv4(dst, 0) }),
      ...(dst.length === 16 && { dst: formatIpv6(dst, 0) }),
      ...(via && { via_if: this.index.name(via) }),
      ...(protocol && { protocol: this.protocols.name(protocol) }),
    };
  }

  private times(from: Attributes, { view }: Chunk): Partial<KernelFdbEntry> {
    if (from.size(NDA.CACHEINFO) < 16) return {};
    const at = from.offset(NDA.CACHEINFO);
    const seconds = (place: number) => Math.floor(view.getUint32(at + place, LITTLE) / USER_HZ);
    return { used: seconds(4), updated: seconds(8) };
  }
}
