import { setTimeout as wait } from "node:timers/promises";
import type { BlockNode } from "../../kernel/block.js";
import { blockNumberAt, readBlockNode } from "../../kernel/block.js";
import type { Files } from "../../kernel/files.js";
import { addKernelPartition, removeKernelPartition } from "../../kernel/partx.js";
import { partitionPath } from "./guard-signatures.js";

/** devtmpfs makes a node at once, udev a moment later. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 20;

/** Tells the kernel of one partition and waits for its node; false where the kernel does not take it, or no node comes. */
export async function showToKernel(files: Files, disk: BlockNode, number: number): Promise<boolean> {
  try {
    await addKernelPartition(disk.node, number);
  } catch {
    // It may have been told already, by udev or by an earlier call.
  }
  const path = partitionPath(disk, number);
  const name = path.slice("/dev/".length).replaceAll("/", "!");
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const node = await readBlockNode(files, name);
    if (node === undefined) return false;
    if ((await blockNumberAt(node.node)) === node.majMin) return true;
    if (performance.now() > until) return false;
    await wait(PAUSE_MS);
  }
}

/** Takes it from the kernel again. */
export const hideFromKernel = (disk: BlockNode, number: number): Promise<void> =>
  removeKernelPartition(disk.node, number);
