import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./exec.js";
import type { Folder } from "./folder.js";

/** Mounting replays journals and reads whole trees; the caller's own deadline passes earlier. */
const MOUNT_DEADLINE_MS = 600_000;

export interface MountCall {
  /** The node, such as `/dev/sdb1`. */
  readonly device: string;
  readonly fstype: string;
  /** For `-o`, in this order; none may hold a comma. */
  readonly options: readonly string[];
  /** The folder to mount at. */
  readonly at: Folder;
}

/**
 * Mounts with `mount(8)`: no helper programs, no look at fstab or symbolic links, and the folder by its handle, so that
 * nothing but the very folder can become the mount point. Rejects with `ToolMissing` or `CommandFailed`.
 */
export async function mountDevice({ device, fstype, options, at }: MountCall): Promise<void> {
  const words = options.length === 0 ? [] : ["-o", options.join(",")];
  const place = ["--source", device, "--target", at.path];
  await run("mount", ["-c", "-i", "-n", "-t", fstype, ...words, ...place], { deadlineMs: MOUNT_DEADLINE_MS });
}

export interface UnmountCall {
  /** The folder that holds the mount point, by a handle's path, and the mount point's name in it, as bytes. */
  readonly parent: Pick<Folder, "path">;
  readonly name: Buffer;
  /** Detach it although it is busy. */
  readonly lazy?: boolean;
}

/**
 * Unmounts the topmost mount at `parent/name` with `umount(8)`. A mount point cannot be renamed, and its folder is held:
 * no change of a path meanwhile can turn the call to another mount.
 */
export async function unmount({ parent, name, lazy = false }: UnmountCall): Promise<void> {
  const words = ["-c", "-i", "-n", ...(lazy ? ["-l"] : []), "--"];
  const text = name.toString("utf8");
  const end = (path: string) => run("umount", [...words, path], { deadlineMs: MOUNT_DEADLINE_MS });
  if (Buffer.from(text, "utf8").equals(name)) await end(`${parent.path}/${text}`);
  // An argument is text: a name that is none is reached through a link that holds its bytes.
  else await throughLink(Buffer.concat([Buffer.from(`${parent.path}/`), name]), end);
}

async function throughLink(target: Buffer, act: (path: string) => Promise<unknown>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "my-os-unmount-"));
  try {
    const link = join(folder, "target");
    await symlink(target, link);
    await act(link);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether a failure of either means that the device or the mount is in use. */
export const isBusy = (stderr: string): boolean => /\bbusy\b|already mounted/.test(stderr);
