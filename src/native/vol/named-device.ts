import type { DeviceIdentity } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { readDiskType } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import { hardwareOf } from "../../kernel/fingerprint.js";
import { type DeviceIdentity as Probed, present } from "../../kernel/identity.js";
import { rpcError } from "../../rpc/errors.js";
import { exact } from "./space.js";

/** The block device that a caller named, by any of its names. Throws `not_found`, or `invalid_argument` for anything else. */
export async function namedDevice(index: BlockIndex, path: string, field = "device"): Promise<BlockNode> {
  const found = await index.at(path);
  if (found === undefined)
    throw rpcError("not_found", { resource: "device", name: path }, `there is no block device ${path}`);
  if (found === "other") {
    const reason = "not a block device";
    throw rpcError("invalid_argument", { field, reason }, `${field} ${path}: ${reason}`);
  }
  return found;
}

/** Which device was meant, as answers tell it: its hardware is its disk's. */
export async function deviceIdentity(
  files: Files,
  index: Pick<BlockIndex, "wholeOf">,
  node: BlockNode,
  probed?: Probed,
): Promise<DeviceIdentity> {
  const disk = index.wholeOf(node);
  const { model, serial, wwn } = await hardwareOf(files, disk);
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    type: node.partition ? "part" : await readDiskType(files, node),
    size_bytes: exact(node.sizeBytes),
    ...present({ model, serial, wwn, diskseq: disk.diskseq, partuuid: probed?.entry?.uuid }),
  };
}
