import { rpcError } from "../../rpc/errors.js";

/** A stretch of a disk in logical sectors; `end` is the first sector behind it. */
export interface Extent {
  readonly start: bigint;
  readonly end: bigint;
}

const ALIGNMENT_BYTES = 1n << 20n;

/** What no entry covers between the first and the last usable sector. */
export function freeExtents(first: bigint, last: bigint, taken: readonly Extent[]): Extent[] {
  const free: Extent[] = [];
  let start = first;
  for (const entry of taken.toSorted((a, b) => (a.start < b.start ? -1 : 1))) {
    if (entry.start > start) free.push({ start, end: entry.start < last + 1n ? entry.start : last + 1n });
    if (entry.end > start) start = entry.end;
  }
  if (start <= last) free.push({ start, end: last + 1n });
  return free.filter((extent) => extent.end > extent.start);
}

/** What is asked of a new partition's place, in sectors; what is absent is chosen. */
export interface Place {
  readonly start?: bigint | undefined;
  readonly sectors?: bigint | undefined;
}

/** The place of a new partition; throws `conflict` where there is none such. */
export function choosePlace(free: readonly Extent[], wanted: Place, sectorSize: number): Extent {
  const unit = ALIGNMENT_BYTES / BigInt(sectorSize);
  const found = wanted.start === undefined ? anywhere(free, wanted.sectors, unit) : exactly(free, wanted, unit);
  if (found) return found;
  const largest = free.map((extent) => aligned(extent, unit)).toSorted(bySize)[0];
  const bytes = (sectors: bigint) => sectors * BigInt(sectorSize);
  const size = wanted.sectors === undefined ? "" : ` of ${bytes(wanted.sectors)} bytes`;
  const expected = `free space${size}${wanted.start === undefined ? "" : ` at byte ${bytes(wanted.start)}`}`;
  const actual = largest
    ? `the largest free extent has ${bytes(largest.end - largest.start)} bytes, at byte ${bytes(largest.start)}`
    : "no free space";
  const remedy = "`vol.list_free_space` lists the free extents.";
  throw rpcError("conflict", { expected, actual, remedy }, `expected ${expected}; ${actual}`);
}

function anywhere(free: readonly Extent[], sectors: bigint | undefined, unit: bigint): Extent | undefined {
  if (sectors === undefined) return free.map((extent) => aligned(extent, unit)).toSorted(bySize)[0];
  const fitting = free.find((extent) => up(extent.start, unit) + sectors <= extent.end);
  return fitting && { start: up(fitting.start, unit), end: up(fitting.start, unit) + sectors };
}

function exactly(free: readonly Extent[], { start = 0n, sectors }: Place, unit: bigint): Extent | undefined {
  const extent = free.find((one) => one.start <= start && start < one.end);
  if (!extent) return undefined;
  if (sectors !== undefined) return start + sectors <= extent.end ? { start, end: start + sectors } : undefined;
  const end = down(extent.end, unit);
  return { start, end: end > start ? end : extent.end };
}

/** Trimmed inwards to whole units; as it is where that leaves nothing. */
function aligned(extent: Extent, unit: bigint): Extent {
  const [start, end] = [up(extent.start, unit), down(extent.end, unit)];
  return end > start ? { start, end } : extent;
}

const up = (sector: bigint, unit: bigint): bigint => ((sector + unit - 1n) / unit) * unit;
const down = (sector: bigint, unit: bigint): bigint => (sector / unit) * unit;

/** Larger first, the earlier one on a tie. */
function bySize(a: Extent, b: Extent): number {
  const [left, right] = [a.end - a.start, b.end - b.start];
  if (left !== right) return left > right ? -1 : 1;
  return a.start < b.start ? -1 : 1;
}
