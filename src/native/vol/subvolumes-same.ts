import { isRefused } from "../../kernel/btrfs-ioctl.js";
import { readBelonging } from "../../kernel/btrfs-subvolume.js";
import type { Files } from "../../kernel/files.js";
import { RpcError, rpcError } from "../../rpc/errors.js";
import { atBtrfs, type BtrfsPlace } from "./fs-btrfs.js";

/** The subvolume that a call has open, and what it was called. */
export interface Meant {
  readonly place: BtrfsPlace;
  readonly path: string;
  readonly field: string;
}

/**
 * Throws `conflict` where a path no longer leads to the subvolume that was opened through it, as after waiting in line:
 * ids are never used again, so that another one in its place has another id.
 */
export async function mustStillLead(files: Files, { place, path, field }: Meant): Promise<void> {
  const meant = await nameOf(place).catch((error: unknown) => {
    // Open still, and no longer a part of its filesystem.
    if (isRefused(error, "ENOENT")) return `the subvolume that was at ${path}, which is deleted`.slice(0, 4096);
    throw error;
  });
  const found = await atBtrfs(files, path, field, nameOf).catch((error: unknown) => {
    if (error instanceof RpcError) return `${error.kind}: ${error.message}`;
    throw error;
  });
  if (found === meant) return;
  throw rpcError(
    "conflict",
    { expected: meant, actual: found.slice(0, 4096) },
    `${path} was exchanged while the call waited; nothing was changed`,
  );
}

const nameOf = async ({ fd, info }: BtrfsPlace): Promise<string> =>
  `subvolume ${(await readBelonging(fd)).id} of btrfs ${info.fsid}`;
