import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from "node:fs";
import { type Files, isAbsent } from "./files.js";
import { breathe } from "./slices.js";

// Files that live in memory (sysfs, devtmpfs, udev's database, the links of /proc) answer in microseconds, a round trip
// through the thread pool takes ten times that: on the live machine they are read in place, in slices. A recorded
// machine lies on a disk, where every link must be followed by hand, and is read asynchronously.

/** The text of an attribute without padding and line end; undefined where it is absent or empty. */
export async function attribute(files: Files, path: string): Promise<string | undefined> {
  const text = (await attributeBytes(files, path))?.toString("utf8").replaceAll("\0", " ").trim();
  return text === "" ? undefined : text;
}

/** The bytes of an attribute; undefined where it is absent. */
export function attributeBytes(files: Files, path: string): Promise<Buffer | undefined> {
  return ifReadable(files.live ? inPlace(() => bytesNow(path)) : files.bytes(path));
}

/** The names in a folder, sorted by code unit; none where there is no such folder. */
export async function entries(files: Files, path: string): Promise<string[]> {
  return (await ifReadable(files.live ? inPlace(() => readdirSync(path).sort()) : files.list(path))) ?? [];
}

/** The target of a symbolic link as it is written, or undefined where the path is none. */
export function linkTarget(files: Files, path: string): Promise<string | undefined> {
  return ifReadable(files.live ? inPlace(() => readlinkSync(path)) : files.link(path));
}

async function inPlace<T>(read: () => T): Promise<T> {
  await breathe();
  return read();
}

/** Attributes that only root may read, folders in their place, devices that fail while they go away: no value for us. */
const UNREADABLE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EIO", "EBUSY", "EISDIR"]);

async function ifReadable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    if (error instanceof Error && "code" in error && UNREADABLE.has(String(error.code))) return undefined;
    throw error;
  }
}

/** sysfs hands out at most one page at a time. */
const page = Buffer.alloc(4096);

function bytesNow(path: string): Buffer {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const parts: Buffer[] = [];
    for (let length = readSync(fd, page); length > 0; length = readSync(fd, page)) {
      parts.push(Buffer.from(page.subarray(0, length)));
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  } finally {
    closeSync(fd);
  }
}
