import type { Files } from "./files.js";
import { decodeText, unescapeOctal } from "./text.js";

/** One row of `/proc/swaps`. */
export interface Swap {
  /** The device or file; ` (deleted)` is appended where it was removed. */
  readonly path: string;
  readonly isFile: boolean;
}

/** Parses `/proc/swaps`: a heading, then path, type, size, used and priority, separated by blanks. */
export function parseSwaps(bytes: Buffer): Swap[] {
  return bytes
    .toString("latin1")
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [path, type] = line.split(/[ \t]+/);
      if (!path || !type) return [];
      return [{ path: decodeText(Buffer.from(unescapeOctal(path), "latin1")), isFile: type === "file" }];
    });
}

/** The swap areas in use; none where the kernel knows no swap. */
export async function readSwaps(files: Files): Promise<Swap[]> {
  return (await files.exists("/proc/swaps")) ? parseSwaps(await files.bytes("/proc/swaps")) : [];
}
