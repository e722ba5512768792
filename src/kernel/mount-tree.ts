import { overlayFolders } from "./mount-options.js";
import type { MountRow } from "./mountinfo.js";

/** Filesystems whose answers come over a network or from another process: one that is dead hangs whoever asks. */
const REMOTE = new Set(
  "9p acfs afs autofs beegfs ceph cifs coda davfs gfs gfs2 gpfs lustre ncp ncpfs nfs nfs4 ocfs2 orangefs prl_fs pvfs2 shfs smb3 smbfs vboxsf virtiofs vmhgfs".split(
    " ",
  ),
);

const isRemoteType = (fstype: string): boolean => REMOTE.has(fstype) || /^fuse(blk|\.|$)/.test(fstype);

/** A mount table as a tree: what is mounted on what, what hides what, what a path lies on. */
export class MountTree {
  private readonly ids = new Map<number, MountRow>();
  private readonly children = new Map<number, Map<string, MountRow>>();
  private readonly root: MountRow | undefined;

  constructor(readonly rows: readonly MountRow[]) {
    for (const row of rows) this.ids.set(row.mountId, row);
    for (const row of rows) {
      const parent = this.parentOf(row);
      // The namespace's own root, and whatever hangs off a mount outside our view (in a chroot), starts the tree.
      if (!parent && row.target === "/") this.root ??= row;
      const key = parent?.mountId ?? OUTSIDE;
      const siblings = this.children.get(key);
      if (siblings) siblings.set(row.target, row);
      else this.children.set(key, new Map([[row.target, row]]));
    }
  }

  /** The mount that a path lies on: the one that the kernel would reach, symbolic links aside. */
  at(path: string): MountRow | undefined {
    let current = this.stacked(this.root, "/");
    for (let end = path.indexOf("/", 1); current?.target !== path; end = path.indexOf("/", end + 1)) {
      const prefix = end < 0 ? path : path.slice(0, end);
      current = this.stacked(current, prefix);
      if (end < 0) break;
    }
    return current;
  }

  /** Whether the row's mount point leads to it, and not to another mount that hides it. */
  isVisible(row: MountRow): boolean {
    return this.at(row.target) === row;
  }

  /** Whether asking this mount could wait for a dead server: it is remote, on the way to it is one, or an overlay rests on one. */
  isRemote(row: MountRow): boolean {
    if (isRemoteType(row.fstype)) return true;
    if (row.fstype === "overlay" && this.restsOnRemote(row)) return true;
    for (let up = this.parentOf(row), left = this.rows.length; up && left > 0; up = this.parentOf(up), left -= 1) {
      // A mount on an automount point is reached without the automounter.
      if (up.fstype !== "autofs" && isRemoteType(up.fstype)) return true;
    }
    return false;
  }

  private restsOnRemote(overlay: MountRow): boolean {
    return overlayFolders(overlay.fsOptions).some((folder) => isRemoteType(this.at(folder)?.fstype ?? ""));
  }

  private parentOf({ mountId, parentId }: MountRow): MountRow | undefined {
    return parentId === mountId ? undefined : this.ids.get(parentId);
  }

  /** From one mount to the topmost that is stacked at `path`. */
  private stacked(from: MountRow | undefined, path: string): MountRow | undefined {
    let current = from;
    for (;;) {
      const next = this.children.get(current?.mountId ?? OUTSIDE)?.get(path);
      if (!next || next === current) return current;
      current = next;
    }
  }
}

/** Stands for the mount that the table does not show. */
const OUTSIDE = -1;
