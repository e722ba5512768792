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

/** What other objects' decoding needs of a link. */
export interface LinkEntry {
  readonly ifindex: number;
  readonly name: string;
  /** ARPHRD number. */
  readonly type: number;
  readonly up: boolean;
}

const attributes = new Attributes();

/** Reads one `RTM_NEWLINK` message; undefined where it is no such message. */
export function linkEntry(type: number, chunk: Chunk, start: number, end: number): LinkEntry | undefined {
  if (type !== RTM_NEWLINK || start + IFINFOMSG_BYTES > end) return undefined;
  const ifindex = chunk.view.getInt32(start + 4, LITTLE);
  return {
    ifindex,
    name: attributes.fill(chunk, start + IFINFOMSG_BYTES, end).text(IFLA_IFNAME) ?? `if${ifindex}`,
    type: chunk.view.getUint16(start + 2, LITTLE),
    up: (chunk.view.getUint32(start + 8, LITTLE) & IFF_UP) !== 0,
  };
}

/** Names of links by index, as they were at one dump: made of a whole one, so that no name of a repeated try lives on. */
export class LinkIndex {
  private readonly byIndex = new Map<number, LinkEntry>();
  private readonly byName = new Map<string, number>();

  constructor(entries: Iterable<LinkEntry> = []) {
    for (const entry of entries) this.add(entry);
  }

  add(entry: LinkEntry): void {
    this.byIndex.set(entry.ifindex, entry);
    this.byName.set(entry.name, entry.ifindex);
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
  return new LinkIndex(await pool.dump(linkDump(RTEXT_FILTER_SKIP_STATS), linkEntry, signal));
}
