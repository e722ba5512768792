import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from "node:fs";

/** Room for some 3,000 keys; to check more (0.2 ms each) would hold up every call when the list is reloaded. */
export const MOST_BYTES = 256 * 1024;

export type Source = { readonly text: string } | { readonly reason: string };

/**
 * The text of an access list, or why it is not to be trusted. Whoever can write it decides who is admin, so it must
 * be a regular file owned by one of `owners`, and writable by its owner alone; a symbolic link counts as its target.
 * The folders above are not judged: who replaces the file cannot give the new one to an owner that is trusted.
 */
export function readSource(file: string, owners: readonly number[]): Source {
  let descriptor: number | undefined;
  try {
    // Looked at before it is opened: opening a device or a FIFO can do things, or wait.
    const before = objection(statSync(file), owners);
    if (before !== undefined) return { reason: before };
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
    const after = objection(fstatSync(descriptor), owners);
    return after === undefined ? decoded(bytesOf(descriptor)) : { reason: after };
  } catch (error) {
    return { reason: `cannot be read: ${error instanceof Error ? error.message : error}` };
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function objection(stats: Stats, owners: readonly number[]): string | undefined {
  if (!stats.isFile()) return `is ${kindOf(stats)}, and an access list is a regular file`;
  if (!owners.includes(stats.uid)) {
    const trusted = [...new Set(owners)].join(" or ");
    return `belongs to uid ${stats.uid}, who could make anybody admin; it must belong to uid ${trusted}: chown it`;
  }
  if (stats.mode & 0o022) {
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, "0");
    return `can be written by others than its owner (mode ${mode}), who could make anybody admin: chmod go-w`;
  }
  return undefined;
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return "a folder";
  if (stats.isFIFO()) return "a FIFO";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

/** At most one byte more than allowed, whatever the file claims its size to be. */
function bytesOf(descriptor: number): Buffer {
  const buffer = Buffer.alloc(MOST_BYTES + 1);
  let length = 0;
  for (let got = -1; got !== 0 && length < buffer.length; length += got)
    got = readSync(descriptor, buffer, length, buffer.length - length, null);
  return buffer.subarray(0, length);
}

function decoded(bytes: Buffer): Source {
  if (bytes.length > MOST_BYTES) return { reason: `is longer than ${MOST_BYTES} bytes` };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return { reason: "is not UTF-8 text" };
  }
}
