import { Attributes } from "./attributes.js";
import { attributeU32, type Chunk, dumpRequest, LITTLE } from "./message.js";
import type { NetlinkPool } from "./pool.js";

const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const IFINFOMSG_BYTES = 16;
const IFLA_IFNAME = 3;
const IFLA_EXT_MASK = 29;
const IFF_UP = 1;

/** Bits of `IFLA_EXT_MASK`: what a link dump holds beyond or short of the usual. */
export const RTEXT_FILTER_VF = 1;
const RTEXT_FILTER_SKIP_STATS = 8;

/** A dump of all links. */
export const linkDump = (extendedMask: number): Buffer =>
  dumpRequest(RTM_GETLINK, Buffer.alloc(IFINFOMSG_BYTES), [attributeU32(IFLA_EXT_MASK, extendedMask)]);

interface Entry {
  readonly name: string;
  /** ARPHRD number. */
  readonly type: number;
  readonly up: boolean;
}

/** Names of links by index, as they were at one dump. */
export class LinkIndex {
  private readonly byIndex = new Map<number, Entry>();
  private readonly byName = new Map<string, number>();
  private readonly attributes = new Attributes();

  /** Takes one `RTM_NEWLINK` message; answers the link's index, or undefined where it is no such message. */
  take(type: number, chunk: Chunk, start: number, end: number): number | undefined {
    if (type !== RTM_NEWLINK || start + IFINFOMSG_BYTES > end) return undefined;
    const index = chunk.view.getInt32(start + 4, LITTLE);
    const name = this.attributes.fill(chunk, start + IFINFOMSG_BYTES, end).text(IFLA_IFNAME) ?? `if${index}`;
    const up = (chunk.view.getUint32(start + 8, LITTLE) & IFF_UP) !== 0;
    this.byIndex.set(index, { name, type: chunk.view.getUint16(start + 2, LITTLE), up });
    this.byName.set(name, index);
    return index;
  }

  /** The name, or `if<index>` for a link that came or went while it was read. */
  name(index: number): string {
    return this.byIndex.get(index)?.name ?? `if${index}`;
  }

  /** The index of a name, or undefined where there is no such link. */
  index(name: string): number | undefined {
    return this.byName.get(name);
  }

  has(index: number): boolean {
    return this.byIndex.has(index);
  }

  /** The ARPHRD number; 0 for an unknown link. */
  type(index: number): number {
    return this.byIndex.get(index)?.type ?? 0;
  }

  /** False only for a link that is known to be down. */
  isUp(index: number): boolean {
    return this.byIndex.get(index)?.up ?? true;
  }
}

/** The names of all links now. */
export async function readLinkIndex(pool: NetlinkPool, signal?: AbortSignal): Promise<LinkIndex> {
  const index = new LinkIndex();
  await pool.dump(linkDump(RTEXT_FILTER_SKIP_STATS), index.take.bind(index), signal);
  return index;
}
