import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import type { Files } from "../../kernel/files.js";
import { attribute } from "../../kernel/sysfs.js";
import { rpcError } from "../../rpc/errors.js";
import type { Extent } from "./free-extents.js";
import { shown, type Target } from "./target.js";

const SYSFS_SECTOR = 512n;

interface KernelPartition extends Extent {
  readonly path: string;
}

/**
 * The partitions that the kernel shows on a disk, in the disk's sectors. A tool that changes a table while a partition
 * is mounted leaves the kernel with the old one: data is still read and written there.
 */
export async function kernelPartitions(
  files: Files,
  index: BlockIndex,
  disk: BlockNode,
  sectorSize: number,
): Promise<KernelPartition[]> {
  const size = BigInt(sectorSize);
  return Promise.all(
    index.partitionsOf(disk.name).map(async ({ name, path, sizeBytes }) => {
      const start = BigInt((await attribute(files, `/sys/class/block/${name}/start`)) ?? 0) * SYSFS_SECTOR;
      return { path, start: start / size, end: (start + sizeBytes + size - 1n) / size };
    }),
  );
}

/** Throws `conflict` where the kernel shows a partition that no entry of the table covers: its place is not free. */
export function refuseUnlisted(
  { named, node }: Target,
  partitions: readonly KernelPartition[],
  entries: readonly Extent[],
): void {
  const unlisted = partitions.filter((one) => !entries.some(({ start, end }) => start <= one.start && one.end <= end));
  if (unlisted.length === 0) return;
  const paths = unlisted.map(({ path }) => path);
  const actual = `the kernel shows ${paths.join(", ")} where the table has no such partition`.slice(0, 4096);
  throw rpcError(
    "conflict",
    {
      expected: "a table with every partition that the kernel shows",
      actual,
      objects: paths.slice(0, 64),
      remedy: `partx --update ${node.path}, once nothing uses them any more`,
    },
    `${shown(named)}: ${actual}`,
  );
}
