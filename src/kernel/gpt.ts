import type { FileHandle } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { readExtent } from "./fingerprint.js";

// UEFI specification 2.10, section 5.3. Everything is counted in logical sectors of the disk.

/** One entry of a GPT. */
export interface GptEntry {
  readonly number: number;
  readonly first: bigint;
  readonly last: bigint;
  /** Lower-case GUIDs. */
  readonly type: string;
  readonly uuid: string;
  readonly name: string;
  /** The entry's bytes as they are on the disk. */
  readonly bytes: Buffer;
}

export interface Gpt {
  readonly first: bigint;
  /** The last sector that partitions may use; counted to the disk's real end where the backup is not there. */
  readonly last: bigint;
  readonly capacity: number;
  readonly entries: readonly GptEntry[];
  /** The disk has grown: the backup is not in its last sector. */
  readonly isBackupMisplaced: boolean;
}

export type FoundTable =
  | { readonly kind: "gpt"; readonly gpt: Gpt }
  /** There is a GPT, and it is not sound. */
  | { readonly kind: "damaged"; readonly reason: string }
  | { readonly kind: "none" };

interface Header {
  readonly own: bigint;
  readonly other: bigint;
  readonly first: bigint;
  readonly last: bigint;
  readonly guid: string;
  readonly entriesAt: bigint;
  readonly count: number;
  readonly size: number;
  readonly crc: number;
}

const SIGNATURE = "EFI PART";
const PROTECTIVE = 0xee;
const UNUSED = "00000000-0000-0000-0000-000000000000";
/** What sfdisk makes: more would be no table that anybody writes. */
const MOST_ENTRIES = 1024;

/** Reads the GPT of an open disk and checks both copies of it. */
export async function readGpt(handle: FileHandle, sectorSize: number, sizeBytes: bigint): Promise<FoundTable> {
  const end = sizeBytes / BigInt(sectorSize) - 1n;
  const sector = (lba: bigint) => readExtent(handle, lba * BigInt(sectorSize), sectorSize);
  const primary = parseHeader(await sector(1n), 1n);
  const atEnd = parseHeader(await sector(end), end);
  if (primary === undefined && atEnd === undefined) return { kind: "none" };
  if (typeof primary !== "object") return damaged(`the primary header ${primary ?? "is missing"}`);
  if (primary.other > end) return damaged("its backup lies beyond the disk's end: the disk has shrunk");
  const backup = primary.other === end ? atEnd : parseHeader(await sector(primary.other), primary.other);
  if (typeof backup !== "object") return damaged(`the backup header ${backup ?? "is missing"}`);
  if (backup.guid !== primary.guid || backup.crc !== primary.crc) return damaged("its two copies differ");
  for (const header of [primary, backup]) {
    const bytes = await readExtent(handle, header.entriesAt * BigInt(sectorSize), header.count * header.size);
    if (crc32(bytes) !== header.crc) return damaged("the checksum of its entries is wrong");
  }
  const mbr = protective(await sector(0n));
  if (mbr !== undefined) return damaged(mbr);
  const entries = await readExtent(handle, primary.entriesAt * BigInt(sectorSize), primary.count * primary.size);
  const reserved = BigInt(Math.ceil((primary.count * primary.size) / sectorSize)) + 1n;
  const isBackupMisplaced = primary.other !== end;
  return {
    kind: "gpt",
    gpt: {
      first: primary.first,
      last: isBackupMisplaced ? end - reserved : primary.last,
      capacity: primary.count,
      entries: parseEntries(entries, primary.size),
      isBackupMisplaced,
    },
  };
}

const damaged = (reason: string): FoundTable => ({ kind: "damaged", reason });

/** A header; what is wrong with it; or undefined where nothing says that there is one. */
function parseHeader(bytes: Buffer, at: bigint): Header | string | undefined {
  if (bytes.toString("latin1", 0, 8) !== SIGNATURE) return undefined;
  const length = bytes.readUInt32LE(12);
  if (length < 92 || length > bytes.length) return "has an impossible length";
  const checked = Buffer.from(bytes.subarray(0, length));
  checked.writeUInt32LE(0, 16);
  if (crc32(checked) !== bytes.readUInt32LE(16)) return "has a wrong checksum";
  const header: Header = {
    own: bytes.readBigUInt64LE(24),
    other: bytes.readBigUInt64LE(32),
    first: bytes.readBigUInt64LE(40),
    last: bytes.readBigUInt64LE(48),
    guid: guid(bytes, 56),
    entriesAt: bytes.readBigUInt64LE(72),
    count: bytes.readUInt32LE(80),
    size: bytes.readUInt32LE(84),
    crc: bytes.readUInt32LE(88),
  };
  if (header.own !== at) return "says that it lies elsewhere";
  const isPlausible = header.count >= 1 && header.count <= MOST_ENTRIES && header.size >= 128 && header.size <= 4096;
  return isPlausible && header.first <= header.last ? header : "has impossible values";
}

/** Why the first sector does not protect the GPT; undefined where it does. */
function protective(mbr: Buffer): string | undefined {
  if (mbr.readUInt16LE(510) !== 0xaa55) return "its protective MBR is missing, so that the kernel does not see it";
  const types = [0, 1, 2, 3].map((slot) => mbr.readUInt8(446 + slot * 16 + 4)).filter((type) => type !== 0);
  if (!types.includes(PROTECTIVE)) return "an MBR with other partitions lies before it";
  return types.length > 1 ? "it is a hybrid with an MBR, whose partitions would not follow" : undefined;
}

function parseEntries(bytes: Buffer, size: number): GptEntry[] {
  const entries: GptEntry[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    const entry = bytes.subarray(at, at + size);
    if (guid(entry, 0) === UNUSED) continue;
    entries.push({
      number: at / size + 1,
      first: entry.readBigUInt64LE(32),
      last: entry.readBigUInt64LE(40),
      type: guid(entry, 0),
      uuid: guid(entry, 16),
      name: entry.toString("utf16le", 56, 128).replace(/\0.*$/s, ""),
      bytes: entry,
    });
  }
  return entries;
}

/** A GUID as text: its first three fields are little-endian. */
function guid(bytes: Buffer, at: number): string {
  const hex = (from: number, to: number) => bytes.toString("hex", at + from, at + to);
  const swapped = (from: number, to: number) =>
    Buffer.from(bytes.subarray(at + from, at + to))
      .reverse()
      .toString("hex");
  return `${swapped(0, 4)}-${swapped(4, 6)}-${swapped(6, 8)}-${hex(8, 10)}-${hex(10, 16)}`;
}
