import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { type Files, isAbsent } from "./files.js";

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

/** The path of a name beneath an open folder, whatever becomes of the folder's own path meanwhile. */
export const beneath = ({ fd }: FileHandle, name: string): string => `/proc/self/fd/${fd}/${name}`;

/** What is at a path, a link not followed; undefined where nothing is. */
export async function kindAt(path: string): Promise<"folder" | "file" | "link" | "special file" | undefined> {
  try {
    const there = await lstat(path);
    if (there.isDirectory()) return "folder";
    if (there.isFile()) return "file";
    return there.isSymbolicLink() ? "link" : "special file";
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

/** Some bytes of a device or file. */
export async function readExtentOf(path: string, at: number, length: number): Promise<Buffer> {
  const file = await open(path, O_RDONLY);
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, at);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
