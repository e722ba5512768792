import type { Files } from "./files.js";
import { readMountinfo } from "./mountinfo.js";
import { linkTarget } from "./sysfs.js";

/**
 * Whether the daemon lives in the mount namespace of pid 1, so that what it mounts is there for everybody. Where pid 1's
 * namespace may not be looked at (a container's root), the tables tell: an id is one mount of one namespace. Undefined
 * where neither can be read.
 */
export async function sharesMountsWithInit(files: Files): Promise<boolean | undefined> {
  const [own, init] = await Promise.all(["self", "1"].map((process) => linkTarget(files, `/proc/${process}/ns/mnt`)));
  if (own !== undefined && init !== undefined) return own === init;
  const [ours, theirs] = await Promise.all([readMountinfo(files), readMountinfo(files, 1).catch(() => undefined)]);
  if (theirs === undefined || theirs.length === 0) return undefined;
  const ids = new Set(theirs.map(({ mountId }) => mountId));
  return ours.some(({ mountId }) => ids.has(mountId));
}
