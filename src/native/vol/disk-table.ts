import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { readDiskGeometry } from "../../kernel/disk.js";
import { put } from "../../kernel/erase.js";
import type { Files } from "../../kernel/files.js";
import { readExtent } from "../../kernel/fingerprint.js";
import { type Gpt, readGpt } from "../../kernel/gpt.js";
import { signaturesOn } from "../../kernel/wipefs.js";
import { rpcError } from "../../rpc/errors.js";
import type { Extent } from "./free-extents.js";
import { type PlacedSignature, placed } from "./guard-signatures.js";
import { carriesSignatures } from "./refusals.js";
import { shown, type Target } from "./target.js";

/** What a disk's table is before a partition is added to it. */
export interface DiskTable {
  readonly sectorSize: number;
  /** Absent where the disk has no table yet. */
  readonly gpt?: Gpt;
  /** What a disk without a table carries as a whole. */
  readonly signatures: readonly PlacedSignature[];
}

/** A GPT of sfdisk's: 128 entries of 128 bytes at either end, and the first MiB free of partitions. */
const HEAD_BYTES = 1n << 20n;
const ENTRIES_BYTES = 128n * 128n;

/** Reads the table. Throws `conflict` where it is none that an entry can be added to. */
export async function readDiskTable(files: Files, { named, node }: Target, handle: FileHandle): Promise<DiskTable> {
  const { logicalBlockSize: sectorSize } = await readDiskGeometry(files, node);
  const found = await readGpt(handle, sectorSize, node.sizeBytes);
  if (found.kind === "damaged") throw wrongTable(named, `a GPT that is damaged: ${found.reason}`);
  if (found.kind === "gpt") return { sectorSize, gpt: found.gpt, signatures: [] };
  const signatures = (await signaturesOn(node.node)).map((signature) => placed(signature, node.path, 0n));
  const other = signatures.find(({ found: { usage, type } }) => usage === "partition_table" && type !== "PMBR");
  if (other) throw wrongTable(named, `a partition table of type ${other.found.type}`);
  return { sectorSize, signatures };
}

const wrongTable = (named: string, actual: string) =>
  rpcError(
    "conflict",
    { expected: "a sound GPT, or no partition table", actual, remedy: "Nothing is converted or repaired here." },
    `${shown(named)} has ${actual}`,
  );

/** Throws `conflict` for a disk without a table that carries something else. */
export function refuseWhole({ named }: Target, { gpt, signatures }: DiskTable, force: boolean): void {
  if (gpt || force || signatures.length === 0) return;
  const found = signatures.map((signature) => signature.found);
  throw carriesSignatures(named, found, "`force: true` erases it and makes a GPT");
}

/** The usable part of the disk and what is taken of it, in sectors. */
export function usable(
  { sizeBytes }: Target["node"],
  { sectorSize, gpt }: DiskTable,
): {
  readonly first: bigint;
  readonly last: bigint;
  readonly taken: readonly Extent[];
} {
  const size = BigInt(sectorSize);
  if (!gpt) return { first: HEAD_BYTES / size, last: sizeBytes / size - ENTRIES_BYTES / size - 2n, taken: [] };
  return {
    first: gpt.first,
    last: gpt.last,
    taken: gpt.entries.map(({ first, last }) => ({ start: first, end: last + 1n })),
  };
}

/** The bytes that a table takes on a disk, to be put back exactly as they were. */
export class SavedTable {
  private constructor(private readonly parts: readonly { readonly offset: bigint; readonly bytes: Buffer }[]) {}

  /** Head and tail of the disk, as far as no partition may reach, and the sector of a backup that is not at the end. */
  static async read(handle: FileHandle, { node }: Target, { sectorSize, gpt }: DiskTable): Promise<SavedTable> {
    const size = BigInt(sectorSize);
    const sectors = node.sizeBytes / size;
    const head = gpt ? gpt.first : ENTRIES_BYTES / size + 2n;
    const tail = gpt ? gpt.last + 1n : sectors - ENTRIES_BYTES / size - 1n;
    const extents = [
      { offset: 0n, length: Number(head * size) },
      { offset: tail * size, length: Number((sectors - tail) * size) },
    ];
    const parts = [];
    for (const { offset, length } of extents) parts.push({ offset, bytes: await readExtent(handle, offset, length) });
    return new SavedTable(parts);
  }

  /** SHA-256 of them all. */
  get digest(): string {
    const hash = createHash("sha256");
    for (const { bytes } of this.parts) hash.update(bytes);
    return hash.digest("hex");
  }

  async restore(handle: FileHandle): Promise<void> {
    for (const { offset, bytes } of this.parts) await put(handle, offset, bytes);
    await handle.sync();
  }
}
