import { open } from "node:fs/promises";
import { readExtent } from "./fingerprint.js";
import { decodeText } from "./text.js";

// libblkid knows bcachefs only since 2.40: without our own look its disks would count as blank.

/** A bcachefs superblock: what is on every member (`struct bch_sb`). */
export interface BcachefsSuper {
  /** Where its magic lies, in bytes from the start of the device. */
  readonly offset: bigint;
  readonly label?: string;
  /** The filesystem's, the same on every member. */
  readonly uuid: string;
}

const SUPERBLOCK = 4096n;
const MAGIC_AT = 24;
export const BCACHEFS_MAGIC_LENGTH = 16;
const MAGICS: ReadonlySet<string> = new Set(["c68573f666ce90a9d96a60cf803df7ef", "c68573f64e1a45ca8265f57f48ba6d81"]);
const BCACHEFS_VERSION_AT = 16;

/** bcache, its ancestor, has the older magic in the same place, and versions of one digit. */
const LEAST_VERSION = 10;

/** Parses the superblock that lies 4,096 bytes into a device; undefined where there is none. */
export function parseBcachefs(bytes: Buffer): BcachefsSuper | undefined {
  if (bytes.length < 104 || !MAGICS.has(bytes.toString("hex", MAGIC_AT, MAGIC_AT + BCACHEFS_MAGIC_LENGTH)))
    return undefined;
  if (bytes.readUInt16LE(BCACHEFS_VERSION_AT) < LEAST_VERSION) return undefined;
  const uuid = bytes.toString("hex", 56, 72).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const label = decodeText(bytes.subarray(72, 104)).replace(/\0.*$/s, "");
  return { offset: SUPERBLOCK + BigInt(MAGIC_AT), uuid, ...(label !== "" && { label }) };
}

/** The bcachefs superblock of a device or an image of one; undefined where there is none. */
export async function readBcachefs(path: string): Promise<BcachefsSuper | undefined> {
  const file = await open(path, "r");
  try {
    return parseBcachefs(await readExtent(file, SUPERBLOCK, 104));
  } finally {
    await file.close();
  }
}
