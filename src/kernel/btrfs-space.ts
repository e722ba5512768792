import { ask } from "./btrfs-ioctl.js";
import { keysBetween, searchTree, TREES } from "./btrfs-tree.js";

/** What block groups hold. */
type BlockGroupType = "data" | "metadata" | "system" | "mixed" | "global_reserve";
export type Profile = "single" | "dup" | "raid0" | "raid1" | "raid1c3" | "raid1c4" | "raid10" | "raid5" | "raid6";

/** Block groups of one type and profile, in bytes, copies and parity not counted. */
export interface SpaceInfo {
  readonly type: BlockGroupType;
  readonly profile: Profile;
  readonly total: bigint;
  readonly used: bigint;
}

const DATA = 1n;
const METADATA = 4n;
const GLOBAL_RESERVE = 1n << 49n;

/** A profile's bit in a block group's flags; none of them is `single`. */
const PROFILES: readonly (readonly [bigint, Profile])[] = [
  [8n, "raid0"],
  [0x10n, "raid1"],
  [0x20n, "dup"],
  [0x40n, "raid10"],
  [0x80n, "raid5"],
  [0x100n, "raid6"],
  [0x200n, "raid1c3"],
  [0x400n, "raid1c4"],
];

function typeOf(flags: bigint): BlockGroupType {
  if ((flags & GLOBAL_RESERVE) !== 0n) return "global_reserve";
  if ((flags & DATA) !== 0n) return (flags & METADATA) === 0n ? "data" : "mixed";
  return (flags & METADATA) === 0n ? "system" : "metadata";
}

const profileOf = (flags: bigint): Profile => PROFILES.find(([bit]) => (flags & bit) !== 0n)?.[1] ?? "single";

/** The profile of a bit of a balance filter, which has one for `single` too. */
const SINGLE_BIT = 1n << 48n;
/** Every profile with its bit as balance filters have it, in the order of `btrfs balance`'s own notation. */
export const PROFILE_BITS: readonly (readonly [bigint, Profile])[] = [...PROFILES, [SINGLE_BIT, "single"]];

const ENTRY = 24;

/** Space by type and profile, in the kernel's order, the global reserve last. Needs no right. */
export async function readSpace(fd: number): Promise<SpaceInfo[]> {
  // The first question is for how many there are; some more may have come until the second.
  const count = Buffer.alloc(16);
  await ask(fd, "spaceInfo", count);
  const slots = Number(count.readBigUInt64LE(8)) + 8;
  const argument = Buffer.alloc(16 + slots * ENTRY);
  argument.writeBigUInt64LE(BigInt(slots), 0);
  await ask(fd, "spaceInfo", argument);
  return Array.from({ length: Math.min(slots, Number(argument.readBigUInt64LE(8))) }, (_, index) => {
    const at = 16 + index * ENTRY;
    const flags = argument.readBigUInt64LE(at);
    return {
      type: typeOf(flags),
      profile: profileOf(flags),
      total: argument.readBigUInt64LE(at + 8),
      used: argument.readBigUInt64LE(at + 16),
    };
  });
}

/** What a chunk takes on the devices. */
export interface Chunk {
  readonly type: BlockGroupType;
  readonly profile: Profile;
  /** Of the filesystem's own address space. */
  readonly length: bigint;
  /** The device of each stripe; one device can hold several. */
  readonly devids: readonly number[];
  /** Bytes that each stripe takes. */
  readonly stripeBytes: bigint;
}

const FIRST_CHUNK_TREE = 256n;
const CHUNK_ITEM = 228;
const STRIPES = 48;
const STRIPE = 32;

/** Every chunk. Needs CAP_SYS_ADMIN. */
export async function readChunks(fd: number): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  const keys = keysBetween(FIRST_CHUNK_TREE, CHUNK_ITEM, FIRST_CHUNK_TREE, CHUNK_ITEM);
  for await (const batch of searchTree(fd, TREES.chunk, ...keys)) {
    for (const { type, data } of batch) if (type === CHUNK_ITEM) chunks.push(parseChunk(data));
  }
  return chunks;
}

/** `struct btrfs_chunk`. */
function parseChunk(data: Buffer): Chunk {
  const [length, flags] = [data.readBigUInt64LE(0), data.readBigUInt64LE(24)];
  const [stripes, subStripes] = [data.readUInt16LE(44), data.readUInt16LE(46)];
  const profile = profileOf(flags);
  return {
    type: typeOf(flags),
    profile,
    length,
    devids: Array.from({ length: stripes }, (_, index) => Number(data.readBigUInt64LE(STRIPES + index * STRIPE))),
    stripeBytes: length / BigInt(dataStripes(profile, stripes, subStripes)),
  };
}

/** Over how many stripes a chunk's own bytes are spread: copies and parity take none of them. */
function dataStripes(profile: Profile, stripes: number, subStripes: number): number {
  if (profile === "raid0") return stripes;
  if (profile === "raid10") return stripes / Math.max(1, subStripes);
  if (profile === "raid5") return stripes - 1;
  return profile === "raid6" ? stripes - 2 : 1;
}

const COPIES: Readonly<Partial<Record<Profile, bigint>>> = { dup: 2n, raid1: 2n, raid10: 2n, raid1c3: 3n, raid1c4: 4n };

/** How many copies a profile keeps; parity is none. */
export const copiesOf = (profile: Profile): bigint => COPIES[profile] ?? 1n;
