import { posix } from "node:path";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import { createQuotaGroup, type LimitChange, limitQuotaGroup, type QuotaGroup } from "../../kernel/btrfs-quota.js";
import type { Files } from "../../kernel/files.js";
import { RpcError, rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { asBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { opened } from "./fs-place.js";
import type { SubvolumesDeps } from "./subvolumes.js";

export interface GroupChange {
  /** The subvolume's, which is its quota group's too. */
  readonly id: number;
  /** As it is; undefined where the kernel has none yet. */
  readonly group: QuotaGroup | undefined;
  readonly change: LimitChange;
}

/** Sets or removes the limits of a subvolume's own group, in steps. */
export async function setLimits(
  { files }: SubvolumesDeps,
  steps: Steps,
  place: BtrfsPlace,
  { id, group, change }: GroupChange,
): Promise<void> {
  if (!group) await steps.do("create quota group", () => createQuotaGroup(place.fd, id).catch(unlessThere));
  const was: LimitChange = {
    ...(change.maxReferenced !== undefined && { maxReferenced: group?.maxReferenced ?? null }),
    ...(change.maxExclusive !== undefined && { maxExclusive: group?.maxExclusive ?? null }),
  };
  await steps.do(
    "set limits",
    () => limitThroughAny(files, place, id, change),
    () => limitThroughAny(files, place, id, was),
  );
}

/** The kernel makes groups by itself meanwhile. */
function unlessThere(error: unknown): void {
  if (!isRefused(error, "EEXIST")) throw error;
}

/**
 * To the kernel a change of limits is a write to the subvolume that it is asked through: one that is full or over its
 * limit takes none, not even a higher limit. Then any other one of the filesystem will do.
 */
async function limitThroughAny(files: Files, place: BtrfsPlace, id: number, change: LimitChange): Promise<void> {
  const isDone = await hasLimited(place.fd, id, change);
  if (isDone) return;
  for (const at of placesBeside(place)) {
    const isDoneThere = await opened(files, { path: place.path, at, field: place.field }, place.tree, async (found) => {
      const other = found.mount.fstype === "btrfs" ? await asBtrfs(found) : undefined;
      return other?.info.fsid === place.info.fsid && hasLimited(other.fd, id, change);
    }).catch(unlessObstructed);
    if (isDoneThere) return;
  }
  throw rpcError(
    "conflict",
    {
      expected: "a subvolume that has room for the change",
      actual: `${place.path} is over its limit, and no other subvolume of the filesystem that is not is mounted`.slice(
        0,
        4096,
      ),
      remedy: "mount a subvolume of it that has room, and repeat the call",
    },
    `${place.path} is over its limit, through which the kernel takes no other one; mount another subvolume first`,
  );
}

/** False where the subvolume that it was asked through has no room. */
async function hasLimited(fd: number, id: number, change: LimitChange): Promise<boolean> {
  try {
    await limitQuotaGroup(fd, id, change);
    return true;
  } catch (error) {
    if (isRefused(error, "EDQUOT")) return false;
    throw error;
  }
}

/** The folder that holds the subvolume, and where the filesystem is mounted besides. */
const placesBeside = ({ path, mount, tree }: BtrfsPlace): (string | Buffer)[] => [
  ...(path === mount.target ? [] : [posix.dirname(path)]),
  ...tree.rows
    .filter((row) => row.fstype === "btrfs" && row.majMin === mount.majMin && tree.isVisible(row))
    .map(({ target, raw }) => raw?.target ?? target),
];

/** A place that cannot be opened, or is mounted read-only, is no way to it. */
function unlessObstructed(error: unknown): false {
  if (error instanceof RpcError || isRefused(error, "EROFS", "ENOENT")) return false;
  throw error;
}
