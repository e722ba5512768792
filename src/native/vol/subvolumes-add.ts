import type {
  VolCreateSubvolumeParams,
  VolSnapshotSubvolumeParams,
  WriteSubvolumeResult,
} from "../../../generated/types.gen.js";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import * as kernel from "../../kernel/btrfs-subvolume.js";
import { ROOT_INODE, TOP_LEVEL } from "../../kernel/btrfs-subvolumes.js";
import { kindAt } from "../../kernel/open-place.js";
import { rpcError } from "../../rpc/errors.js";
import { asBtrfs, atBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { inParent, mustBeWritable, type NamedPlace, readOnly } from "./fs-parent.js";
import { invalid, opened } from "./fs-place.js";
import type { SubvolumesDeps } from "./subvolumes.js";
import { mustStillLead } from "./subvolumes-same.js";
import { Subvolumes } from "./subvolumes-shape.js";

/** One line of writes for each filesystem's subvolumes and quotas. */
export const lineOf = ({ info }: BtrfsPlace): string[] => [`btrfs ${info.fsid}`];

export const createSubvolume = (
  deps: SubvolumesDeps,
  { path }: VolCreateSubvolumeParams,
): Promise<WriteSubvolumeResult> =>
  inParent(deps.files, path, "path", (target) =>
    deps.state.queue.run(lineOf(target.folder), () =>
      deps.state.steps(async (steps) => {
        const there = await subvolumeAt(deps, target, path);
        if (there !== undefined) return answer(deps, target, there, false);
        await mustTakeNames(target.folder);
        await steps.do("create subvolume", () =>
          make(path, () => kernel.createSubvolume(target.folder.fd, target.name)),
        );
        return answer(deps, target, await mustBeThere(deps, target, path), true);
      }),
    ),
  );

export const snapshotSubvolume = (
  deps: SubvolumesDeps,
  { source, target, read_only: isReadOnly = false }: VolSnapshotSubvolumeParams,
): Promise<WriteSubvolumeResult> =>
  atBtrfs(deps.files, source, "source", (from) =>
    inParent(deps.files, target, "target", (to) =>
      deps.state.queue.run(lineOf(to.folder), () =>
        deps.state.steps(async (steps) => {
          if (!isSubvolume(from)) throw invalid("source", `${source} is not a subvolume`);
          if (from.info.fsid !== to.folder.info.fsid) {
            throw invalid("target", `${target} lies on another filesystem than ${source}`);
          }
          const kind = await kindAt(to.at);
          if (kind !== undefined) throw exists(target, kind);
          await mustTakeNames(to.folder);
          await mustStillLead(deps.files, { place: from, path: source, field: "source" });
          await steps.do("create snapshot", () =>
            make(target, () => kernel.createSnapshot(from.fd, to.folder.fd, to.name, { isReadOnly })),
          );
          return answer(deps, to, await mustBeThere(deps, to, target), true);
        }),
      ),
    ),
  );

export const isSubvolume = ({ isFolder, inode }: BtrfsPlace): boolean => isFolder && inode === BigInt(ROOT_INODE);

/** The id of the subvolume of that name; undefined where nothing is there, `already_exists` where anything else is. */
async function subvolumeAt(deps: SubvolumesDeps, place: NamedPlace, path: string): Promise<number | undefined> {
  const kind = await kindAt(place.at);
  if (kind === undefined) return undefined;
  if (kind !== "folder") throw exists(path, kind);
  return opened(deps.files, { path, at: place.at, field: "path" }, place.folder.tree, async (found) => {
    // What is mounted there is not what the folder holds.
    const isOwn = found.mount.fstype === "btrfs" && found.mountId === place.folder.mountId;
    if (!isOwn) throw exists(path, "mount point");
    const there = await asBtrfs(found);
    if (!isSubvolume(there)) throw exists(path, kind);
    return (await kernel.readBelonging(found.fd)).id;
  });
}

const exists = (path: string, kind: string) =>
  rpcError(
    "already_exists",
    { resource: kind.replace(" ", "_"), name: path.slice(0, 4096) },
    `there is a ${kind} at ${path}`,
  );

/** Throws `conflict` where the folder's filesystem or subvolume takes no new names. */
async function mustTakeNames(folder: BtrfsPlace): Promise<void> {
  mustBeWritable(folder);
  if ((await kernel.readBelonging(folder.fd)).isReadOnly) throw readOnly(`the subvolume that holds ${folder.path}`);
}

/** Somebody may have been faster, or made it read-only since. */
async function make(path: string, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (isRefused(error, "EEXIST")) throw exists(path, "file or folder");
    if (isRefused(error, "EROFS")) throw readOnly(path);
    if (isRefused(error, "ENOENT")) {
      throw rpcError("not_found", { resource: "path", name: path.slice(0, 4096) }, `the folder of ${path} was deleted`);
    }
    throw error;
  }
}

async function mustBeThere(deps: SubvolumesDeps, place: NamedPlace, path: string): Promise<number> {
  const id = await subvolumeAt(deps, place, path);
  if (id === undefined) throw gone(path);
  return id;
}

const gone = (path: string) =>
  rpcError(
    "conflict",
    { expected: "the subvolume that was just made", actual: "nothing is there" },
    `${path} was made and is gone again`,
  );

async function answer(
  deps: SubvolumesDeps,
  { folder }: NamedPlace,
  id: number,
  changed: boolean,
): Promise<WriteSubvolumeResult> {
  const found = await Subvolumes.read(folder);
  const record = found.byId(id);
  if (!record || id === TOP_LEVEL) throw gone(folder.path);
  return {
    changed,
    warnings: [],
    filesystem: await btrfsIdentity(deps, folder),
    subvolume: found.shape(record),
  };
}
