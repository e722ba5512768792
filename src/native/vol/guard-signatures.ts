import type { FileHandle } from "node:fs/promises";
import type { FoundSignature } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { erase } from "../../kernel/erase.js";
import type { Files } from "../../kernel/files.js";
import { present } from "../../kernel/identity.js";
import { readTable } from "../../kernel/sfdisk.js";
import { attribute } from "../../kernel/sysfs.js";
import { type Signature, signaturesOn, signaturesWithin } from "../../kernel/wipefs.js";
import type { InUse } from "./in-use.js";
import { exact } from "./space.js";
import type { Target } from "./target.js";

/** A signature with the place of its magic on the device that is to be overwritten. */
export interface PlacedSignature {
  readonly found: FoundSignature;
  readonly offset: bigint;
  readonly length: number;
}

/** Every signature that would be lost with the device: its own, those of its partitions, known to the kernel or not. */
export async function signaturesOf(
  files: Files,
  inUse: InUse,
  { node, whole }: Target,
  handle: FileHandle,
): Promise<PlacedSignature[]> {
  const own = (await signaturesOn(node.node)).map((signature) => placed(signature, node.path, 0n));
  if (node !== whole) return own;
  const inside: PlacedSignature[] = [];
  const extents = await partitionExtents(
    files,
    inUse,
    whole,
    own.some(({ found }) => isTable(found)),
  );
  for (const { path, start, size } of extents) {
    const found = await signaturesWithin(handle, start, size);
    inside.push(...found.map((signature) => placed(signature, path, start)));
  }
  // Partitions first: while the table still stands, an interruption leaves a disk that says what it is.
  return [...inside, ...own];
}

const isTable = ({ usage }: FoundSignature): boolean => usage === "partition_table";

interface Extent {
  readonly path: string;
  readonly start: bigint;
  readonly size: bigint;
}

/** The disk's partitions as the kernel has them, and those of its table that the kernel has not. */
async function partitionExtents(files: Files, inUse: InUse, whole: BlockNode, hasTable: boolean): Promise<Extent[]> {
  const known: Extent[] = [];
  for (const { name, path, sizeBytes } of inUse.index.partitionsOf(whole.name)) {
    const start = BigInt((await attribute(files, `/sys/class/block/${name}/start`)) ?? 0) * 512n;
    known.push({ path, start, size: sizeBytes });
  }
  const table = hasTable ? await readTable(whole.node) : undefined;
  const listed = (table?.entries ?? []).map(({ number, start, sectors }) => ({
    path: partitionPath(whole, number),
    start: start * BigInt(table?.sectorSize ?? 512),
    size: sectors * BigInt(table?.sectorSize ?? 512),
  }));
  const unknown = listed.filter(
    ({ start, size }) => start + size <= whole.sizeBytes && !known.some((extent) => extent.start === start),
  );
  return [...known, ...unknown].filter(({ size }) => size > 0n);
}

/** The kernel's name of a partition: a `p` goes between where the disk's name ends in a digit. */
export const partitionPath = ({ node }: BlockNode, number: number): string =>
  `${node}${/[0-9]$/.test(node) ? "p" : ""}${number}`;

export function placed(
  { type, usage, offset, length, label, uuid }: Signature,
  device: string,
  start: bigint,
): PlacedSignature {
  const found = { type, usage, device, offset_bytes: exact(offset), ...present({ label, uuid }) };
  return { found, offset: start + offset, length };
}

/** Other magics may lie beneath those that are found first. */
const MOST_ROUNDS = 8;

/**
 * Erases signatures through an open descriptor and looks again, until none is found.
 * Answers all that were erased, as the caller is told of them.
 */
export async function eraseAll(
  handle: FileHandle,
  first: readonly PlacedSignature[],
  look: () => Promise<readonly PlacedSignature[]>,
): Promise<FoundSignature[]> {
  const erased: FoundSignature[] = [];
  let left = first;
  for (let round = 0; left.length > 0; round += 1) {
    if (round === MOST_ROUNDS)
      throw new Error(`signatures come back: ${left.map(({ found }) => found.type).join(" ")}`);
    await erase(handle, left);
    erased.push(...left.map(({ found }) => ({ ...found, erased: true })));
    left = await look();
  }
  return erased;
}
