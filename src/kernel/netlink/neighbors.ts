import type { Names } from "../iproute-names.js";
import {
  type IpFamily,
  type KernelNeighbor,
  type KernelNeighborState,
  NEIGHBOR_STATES,
  type NeighborFilter,
} from "../net-model.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import { Attributes } from "./attributes.js";
import type { LinkIndex } from "./link-index.js";
import { linkLayerAddress } from "./link-layer.js";
import { attributeU32, type Chunk, dumpRequest, LITTLE } from "./message.js";
import { ipOf } from "./route-parts.js";

const RTM_NEWNEIGH = 28;
const RTM_GETNEIGH = 30;
const NDMSG_BYTES = 12;
const USER_HZ = 100;

const NDA = {
  DST: 1,
  LLADDR: 2,
  CACHEINFO: 3,
  PROBES: 4,
  VLAN: 5,
  VNI: 7,
  IFINDEX: 8,
  PROTOCOL: 12,
  NH_ID: 13,
  FLAGS_EXT: 15,
} as const;

const NTF_PROXY = 0x08;
const NTF_EXT_LEARNED = 0x10;
const NUD_NOARP = 0x40;

const FLAGS = [
  [0x80, "router"],
  [NTF_PROXY, "proxy"],
  [NTF_EXT_LEARNED, "extern_learn"],
  [0x20, "offload"],
] as const;
const EXTENDED_FLAGS = [
  [1, "managed"],
  [4, "extern_valid"],
] as const;

/** The neighbours of one family, or its proxy entries. */
export function neighborDump(family: IpFamily, proxy: boolean, ifindex?: number): Buffer {
  const header = Buffer.alloc(NDMSG_BYTES);
  header[0] = family === "inet" ? AF_INET : AF_INET6;
  header[10] = proxy ? NTF_PROXY : 0;
  return dumpRequest(RTM_GETNEIGH, header, ifindex === undefined ? [] : [attributeU32(NDA.IFINDEX, ifindex)]);
}

const stateNames = (state: number): KernelNeighborState[] => NEIGHBOR_STATES.filter((_, bit) => state & (1 << bit));

/** Decodes `RTM_NEWNEIGH` messages of one family that pass a filter; all else is undefined. */
export class NeighborDecoder {
  private readonly attributes = new Attributes();
  private readonly family: number;
  private readonly wantedState: number;

  constructor(
    private readonly familyName: IpFamily,
    private readonly filter: NeighborFilter,
    private readonly index: LinkIndex,
    private readonly protocols: Names,
  ) {
    this.family = familyName === "inet" ? AF_INET : AF_INET6;
    this.wantedState = filter.state === undefined ? 0 : 1 << NEIGHBOR_STATES.indexOf(filter.state);
  }

  decode(type: number, chunk: Chunk, start: number, end: number): KernelNeighbor | undefined {
    if (type !== RTM_NEWNEIGH || start + NDMSG_BYTES > end) return undefined;
    const { view } = chunk;
    const flags = view.getUint8(start + 10);
    const state = view.getUint16(start + 8, LITTLE);
    if (view.getUint8(start) !== this.family || !this.isWanted(state, flags)) return undefined;
    const from = this.attributes.fill(chunk, start + NDMSG_BYTES, end);
    const dst = ipOf(this.family, chunk, from, NDA.DST);
    const ifindex = view.getInt32(start + 4, LITTLE);
    const dev = this.index.name(ifindex);
    if (dst === undefined || (this.filter.dev !== undefined && this.filter.dev !== dev)) return undefined;
    return this.neighbor({ family: this.familyName, dst, dev, state: stateNames(state) }, from, flags, chunk, ifindex);
  }

  /** As `ip neigh` chooses: what the kernel made by itself only where its state is asked for. */
  private isWanted(state: number, flags: number): boolean {
    if (((flags & NTF_PROXY) !== 0) !== (this.filter.proxy ?? false)) return false;
    if (this.wantedState !== 0) return (state & this.wantedState) !== 0;
    return (flags & (NTF_PROXY | NTF_EXT_LEARNED)) !== 0 || (state & ~NUD_NOARP) !== 0;
  }

  private neighbor(
    entry: KernelNeighbor,
    from: Attributes,
    flags: number,
    chunk: Chunk,
    ifindex: number,
  ): KernelNeighbor {
    if (from.has(NDA.LLADDR)) entry.lladdr = linkLayerAddress(from.bytes(NDA.LLADDR), this.index.type(ifindex));
    for (const [bit, name] of FLAGS) if (flags & bit) entry[name] = true;
    const extended = from.u32(NDA.FLAGS_EXT) ?? 0;
    for (const [bit, name] of EXTENDED_FLAGS) if (extended & bit) entry[name] = true;
    const protocol = from.u8(NDA.PROTOCOL);
    if (protocol) entry.protocol = this.protocols.name(protocol);
    const vlan = from.u16(NDA.VLAN);
    if (vlan !== undefined) entry.vlan = vlan;
    const vni = from.u32(NDA.VNI);
    if (vni !== undefined) entry.vni = vni;
    const nhid = from.u32(NDA.NH_ID);
    if (nhid !== undefined) entry.nhid = nhid;
    this.addTimes(entry, from, chunk);
    return entry;
  }

  private addTimes(entry: KernelNeighbor, from: Attributes, { view }: Chunk): void {
    if (from.size(NDA.CACHEINFO) >= 16) {
      const at = from.offset(NDA.CACHEINFO);
      const seconds = (place: number) => Math.floor(view.getUint32(at + place, LITTLE) / USER_HZ);
      const refcnt = view.getUint32(at + 12, LITTLE);
      if (refcnt !== 0) entry.refcnt = refcnt;
      entry.used = seconds(4);
      entry.confirmed = seconds(0);
      entry.updated = seconds(8);
    }
    const probes = from.u32(NDA.PROBES);
    if (probes !== undefined) entry.probes = probes;
  }
}
