import type { Warning } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import type { Files } from "../../kernel/files.js";
import { attribute } from "../../kernel/sysfs.js";

/** Less than this behind a partition is left for alignment and the backup of the table. */
const WORTH_TELLING = 2n << 20n;
const SYSFS_SECTOR = 512n;

/** A warning for each partition that ends before the space that it could have. */
export async function partitionWarnings(
  files: Files,
  devices: readonly { readonly node: BlockNode }[],
): Promise<Warning[]> {
  const parts = devices.filter(({ node }) => node.partition);
  const index = parts.length > 0 ? await BlockIndex.read(files) : undefined;
  const warnings: Warning[] = [];
  for (const { node } of parts) {
    const free = index ? await freeBehind(files, index, node) : 0n;
    if (free < WORTH_TELLING) continue;
    const disk = index?.wholeOf(node).path ?? node.path;
    warnings.push({
      kind: "partition_smaller_than_disk",
      message: `${node.path} ends ${free} bytes before it has to.`,
      object: node.path,
      remedy: `growpart ${disk} ${node.partition?.number}`,
    });
  }
  return warnings;
}

/** The bytes between a partition's end and the next one's start, or the disk's end. */
async function freeBehind(files: Files, index: BlockIndex, node: BlockNode): Promise<bigint> {
  const disk = index.wholeOf(node);
  const startOf = async ({ name }: BlockNode) =>
    BigInt((await attribute(files, `/sys/class/block/${name}/start`)) ?? 0) * SYSFS_SECTOR;
  const end = (await startOf(node)) + node.sizeBytes;
  let limit = disk.sizeBytes;
  for (const other of index.partitionsOf(disk.name)) {
    const start = await startOf(other);
    if (start >= end && start < limit) limit = start;
  }
  return limit > end ? limit - end : 0n;
}
