import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { rpcError } from "../../rpc/errors.js";

/** The whole device that a caller named, by any of its names. Throws `not_found`, or `invalid_argument` for anything but a disk. */
export async function namedDisk(index: BlockIndex, path: string): Promise<BlockNode> {
  const found = await index.at(path);
  if (found === undefined)
    throw rpcError("not_found", { resource: "disk", name: path }, `there is no block device ${path}`);
  if (found === "other") throw wrong(path, "not a block device");
  if (found.partition) {
    const { disk, number } = found.partition;
    throw wrong(path, `it is partition ${number} of ${index.byName(disk)?.path ?? disk}; name the disk`);
  }
  return found;
}

const wrong = (path: string, reason: string) =>
  rpcError("invalid_argument", { field: "disk", reason }, `disk ${path}: ${reason}`);
