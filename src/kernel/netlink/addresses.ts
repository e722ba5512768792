import { formatIpv4, formatIpv6 } from "../ip-address.js";
import type { Names } from "../iproute-names.js";
import type { KernelAddress } from "../net-model.js";
import { Attributes } from "./attributes.js";
import { type Chunk, dumpRequest, LITTLE } from "./message.js";

const RTM_NEWADDR = 20;
const RTM_GETADDR = 22;
const IFADDRMSG_BYTES = 8;

export const AF_INET = 2;
export const AF_INET6 = 10;

const IFA = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  ANYCAST: 5,
  CACHEINFO: 6,
  FLAGS: 8,
  RT_PRIORITY: 9,
  PROTO: 11,
} as const;

const F_SECONDARY = 0x01;
const F_PERMANENT = 0x80;
const FOREVER = 0xffff_ffff;

/** Flags with a field of their own, in the order in which `ip` prints them. */
const FLAG_FIELDS = [
  [0x04, "optimistic"],
  [0x08, "dadfailed"],
  [0x10, "home"],
  [0x20, "deprecated"],
  [0x40, "tentative"],
  [0x02, "nodad"],
  [0x100, "mngtmpaddr"],
  [0x200, "noprefixroute"],
  [0x400, "autojoin"],
  [0x800, "stable_privacy"],
] as const;

const KNOWN_FLAGS = FLAG_FIELDS.reduce((all, [bit]) => all | bit, F_SECONDARY | F_PERMANENT);

const PROTOCOLS = ["unspec", "kernel_lo", "kernel_ra", "kernel_ll"];

/** The addresses of all links of both families, or of one link where its index is given. */
export function addressDump(ifindex = 0): Buffer {
  const header = Buffer.alloc(IFADDRMSG_BYTES);
  new DataView(header.buffer, header.byteOffset).setUint32(4, ifindex, LITTLE);
  return dumpRequest(RTM_GETADDR, header);
}

const flagFields = (family: number, flags: number): Partial<KernelAddress> => {
  const fields: Partial<KernelAddress> = {};
  if (flags & F_SECONDARY) fields[family === AF_INET6 ? "temporary" : "secondary"] = true;
  for (const [bit, name] of FLAG_FIELDS) if (flags & bit) fields[name] = true;
  if (!(flags & F_PERMANENT)) fields.dynamic = true;
  const unknown = flags & ~KNOWN_FLAGS;
  if (unknown !== 0) fields.ifa_flags = (unknown >>> 0).toString(16).padStart(2, "0");
  return fields;
};

/** Decodes `RTM_NEWADDR` messages of both families; anything else is undefined. */
export class AddressDecoder {
  private readonly attributes = new Attributes();

  constructor(private readonly scopes: Names) {}

  decode(
    type: number,
    chunk: Chunk,
    start: number,
    end: number,
  ): { ifindex: number; address: KernelAddress } | undefined {
    if (type !== RTM_NEWADDR || start + IFADDRMSG_BYTES > end) return undefined;
    const family = chunk.view.getUint8(start);
    if (family !== AF_INET && family !== AF_INET6) return undefined;
    const attributes = this.attributes.fill(chunk, start + IFADDRMSG_BYTES, end);
    const ip = (attribute: number): string | undefined => {
      if (attributes.size(attribute) < (family === AF_INET ? 4 : 16)) return undefined;
      return (family === AF_INET ? formatIpv4 : formatIpv6)(chunk.bytes, attributes.offset(attribute));
    };
    const local = ip(IFA.LOCAL) ?? ip(IFA.ADDRESS);
    if (local === undefined) return undefined;
    const peer = ip(IFA.ADDRESS);
    const prefixlen = chunk.view.getUint8(start + 1);
    const scope = this.scopes.name(chunk.view.getUint8(start + 3));
    const flags = attributes.u32(IFA.FLAGS) ?? chunk.view.getUint8(start + 2);
    const address: KernelAddress = {
      family: family === AF_INET ? "inet" : "inet6",
      local,
      ...(peer !== undefined && peer !== local && { address: peer }),
      prefixlen,
      ...this.optional(attributes, ip),
      scope,
      ...flagFields(family, flags),
      ...this.lifetimes(attributes),
    };
    return { ifindex: chunk.view.getUint32(start + 4, LITTLE), address };
  }

  private optional(attributes: Attributes, ip: (attribute: number) => string | undefined): Partial<KernelAddress> {
    const metric = attributes.u32(IFA.RT_PRIORITY);
    const broadcast = ip(IFA.BROADCAST);
    const anycast = ip(IFA.ANYCAST);
    const protocol = attributes.u8(IFA.PROTO);
    const label = attributes.text(IFA.LABEL);
    return {
      ...(metric && { metric }),
      ...(broadcast !== undefined && { broadcast }),
      ...(anycast !== undefined && { anycast }),
      ...(protocol && { protocol: PROTOCOLS[protocol] ?? String(protocol) }),
      ...(label !== undefined && { label }),
    };
  }

  private lifetimes(attributes: Attributes): Pick<KernelAddress, "valid_life_time" | "preferred_life_time"> {
    const info = attributes.bytes(IFA.CACHEINFO);
    if (info.length < 8) return { valid_life_time: FOREVER, preferred_life_time: FOREVER };
    const view = new DataView(info.buffer, info.byteOffset, info.length);
    return { valid_life_time: view.getUint32(4, LITTLE), preferred_life_time: view.getUint32(0, LITTLE) };
  }
}
