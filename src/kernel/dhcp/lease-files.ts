import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { type Files, isAbsent, isForbidden } from "../files.js";
import { MAX_LEASE_FILE } from "./lease.js";

/** A client's file as it is now. */
export interface LeaseFile {
  readonly path: string;
  /** Its end, where it is longer than `MAX_LEASE_FILE`: clients append. */
  readonly bytes: Buffer;
  readonly isCut: boolean;
  /** When the client last wrote it, in milliseconds since the epoch. */
  readonly writtenAt: number;
}

/** Reads a lease file; undefined where there is none, where it is no plain file, and where the daemon's user may not look. */
export async function leaseFile(files: Files, path: string): Promise<LeaseFile | undefined> {
  try {
    // Never waits for a FIFO's other end.
    const file = await open(await files.place(path), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { size, mtimeMs, isFile } = await file.stat().then((stats) => ({
        size: stats.size,
        mtimeMs: stats.mtimeMs,
        isFile: stats.isFile(),
      }));
      if (!isFile) return undefined;
      const start = Math.max(0, size - MAX_LEASE_FILE);
      const bytes = Buffer.alloc(Math.min(size, MAX_LEASE_FILE));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      return { path, bytes: bytes.subarray(0, bytesRead), isCut: start > 0, writtenAt: mtimeMs };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isAbsent(error) || isForbidden(error)) return undefined;
    throw error;
  }
}

/** More files than the interfaces of any node have leases. */
const MAX_FILES = 4096;

/** The paths in a folder whose names match; none where there is no such folder or the daemon's user may not look. */
export async function matching(files: Files, folder: string, name: RegExp): Promise<string[]> {
  const names = await files.listIfThere(folder).catch((error: unknown) => {
    if (isForbidden(error)) return [];
    throw error;
  });
  return names
    .filter((one) => name.test(one))
    .slice(0, MAX_FILES)
    .map((one) => `${folder}/${one}`);
}
