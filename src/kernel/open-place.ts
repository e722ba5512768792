import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import type { Files } from "./files.js";

/** An open file or folder, with the mount that it lies on as the kernel knows it: whatever path led there. */
export interface Opened {
  readonly handle: FileHandle;
  readonly mountId: number;
  readonly isFolder: boolean;
  /** A subvolume's own root folder has the inode 256. */
  readonly inode: bigint;
  readonly device: bigint;
}

const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = constants;

/**
 * Opens a file or folder without following a link at its end; undefined where something else is there (a device, a
 * FIFO, a link), which is never opened. Rejects with Node's system error.
 */
export async function openPlace(files: Files, path: string | Buffer): Promise<Opened | undefined> {
  const there = await lstat(path);
  if (!there.isFile() && !there.isDirectory()) return undefined;
  const handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  try {
    const found = await handle.stat({ bigint: true });
    const mountId = /^mnt_id:\s*(\d+)$/m.exec(await files.read(`/proc/self/fdinfo/${handle.fd}`))?.[1];
    if ((!found.isFile() && !found.isDirectory()) || mountId === undefined) {
      await handle.close();
      return undefined;
    }
    return {
      handle,
      mountId: Number(mountId),
      isFolder: found.isDirectory(),
      inode: found.ino,
      device: found.dev,
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
