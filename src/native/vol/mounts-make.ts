import { basename } from "node:path";
import type { Holder } from "../../../generated/types.gen.js";
import { readBlockNode } from "../../kernel/block.js";
import { scanBtrfs } from "../../kernel/btrfs-scan.js";
import { CommandFailed } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import type { Folder } from "../../kernel/folder.js";
import { isBusy, mountDevice, unmount } from "../../kernel/mount-calls.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import type { FilesystemGroup, FilesystemMember } from "./filesystem-groups.js";
import type { MountsLook } from "./mounts-look.js";
import { type MountWish, mountWords } from "./mounts-options.js";
import { type MountTarget, moved, openTarget } from "./mounts-target.js";

export interface MountToMake {
  readonly group: FilesystemGroup;
  /** The member that is named to the kernel. */
  readonly member: FilesystemMember;
  readonly wish: MountWish;
  readonly degraded: boolean;
  /** Where the filesystem is mounted already, in any mount namespace. */
  readonly mounts: readonly Holder[];
  /** The mount point as it was asked for, and where that leads. */
  readonly text: string;
  readonly target: MountTarget;
}

/** Folders that stay open until the write has ended: its undoing needs them too. */
export async function holdingFolders<T>(work: (handles: Folder[]) => Promise<T>): Promise<T> {
  const handles: Folder[] = [];
  try {
    return await work(handles);
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

/** Makes one mount in steps, each undone when a later one fails, and answers its row of the table. */
export async function makeMount(
  files: Files,
  look: MountsLook,
  { steps, handles }: { readonly steps: Steps; readonly handles: Folder[] },
  make: MountToMake,
): Promise<MountRow> {
  const at = await openTarget(steps, make.text, make.target, handles);
  const below = await at.mountId();
  // Another mount over the folder since it was looked at: what is asked for would land on that.
  if (below !== look.tree.at(make.target.base)?.mountId) throw moved(make.text, make.target.path);
  await assertSameDevice(files, look, make.member);
  const { members } = make.group;
  if (members.length > 1) await scanBtrfs(members.map(({ node }) => node.node));
  return steps.do(
    "mount",
    () => mountAt(files, look, make, { at, below }),
    () => undo(at, make.target),
  );
}

async function mountAt(
  files: Files,
  look: MountsLook,
  { group, member, wish, degraded, mounts, text, target }: MountToMake,
  { at, below }: { readonly at: Folder; readonly below: number },
): Promise<MountRow> {
  try {
    const options = mountWords(wish, { degraded });
    await mountDevice({ device: member.node.node, fstype: group.fstype, options, at });
  } catch (error) {
    throw explained(error, { group, member, wish, mounts });
  }
  const before = new Set(look.tree.rows.map(({ mountId }) => mountId));
  const rows = await readMountinfo(files);
  const row = rows.findLast(({ mountId, target: shown }) => shown === target.path && !before.has(mountId));
  if (row?.parentId === below) return row;
  // The path was moved meanwhile, or another mount came between: this one is not where it was asked for.
  await undo(at, target);
  throw moved(text, target.path);
}

/** The device must be the one whose filesystem was looked at: another disk under the same name has another number. */
async function assertSameDevice(files: Files, look: MountsLook, { node }: FilesystemMember): Promise<void> {
  const disk = look.index.wholeOf(node);
  const [now, diskNow] = await Promise.all([readBlockNode(files, node.name), readBlockNode(files, disk.name)]);
  if (now?.majMin === node.majMin && now.sizeBytes === node.sizeBytes && diskNow?.diskseq === disk.diskseq) return;
  throw rpcError(
    "conflict",
    { expected: `${node.path} as it was looked at`, actual: "another device, or none, under the same name" },
    `${node.path} was exchanged while it was looked at; nothing was mounted`,
  );
}

/** Takes a mount away again: from its folder up and down by its name, which a mount point keeps, whatever its path is by now. */
async function undo(at: Folder, { path }: MountTarget): Promise<void> {
  await unmount({ parent: { path: `${at.path}/..` }, name: Buffer.from(basename(path)) });
}

type Wanted = Pick<MountToMake, "group" | "member" | "wish" | "mounts">;

function explained(error: unknown, { group, member, wish, mounts }: Wanted): unknown {
  if (!(error instanceof CommandFailed)) return error;
  const { path } = member.node;
  if (isBusy(error.stderr)) {
    const unseen: Holder[] = [{ kind: "unknown", reason: "exclusive open" }];
    const holders = mounts.length > 0 ? [...mounts] : unseen;
    // Most filesystems are either read-only or writable, wherever they are mounted.
    const why =
      mounts.length > 0
        ? `is mounted ${wish.readOnly ? "writable" : "read-only"} elsewhere, and the kernel gives no other mount beside`
        : "is held exclusively";
    return rpcError("in_use", { resource: "device", name: path, holders }, `${path} ${why}`);
  }
  const subvolume = wish.subvol ?? wish.options.find((option) => option.startsWith("subvolid="));
  if (group.fstype === "btrfs" && subvolume !== undefined && /No such file or directory/.test(error.stderr)) {
    const details = { resource: "subvolume", name: subvolume };
    return rpcError("not_found", details, `the btrfs on ${path} has no subvolume ${subvolume}`);
  }
  return error;
}
