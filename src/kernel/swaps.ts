import type { Files } from "./files.js";
import { decodeText, unescapeOctal } from "./text.js";

/** One row of `/proc/swaps`. */
export interface Swap {
  /** The device or file; ` (deleted)` is appended where it was removed. */
  readonly path: string;
  readonly isFile: boolean;
  readonly sizeBytes: bigint;
  readonly usedBytes: bigint;
  readonly priority: number;
}

const KIB = 1024n;

/** Parses `/proc/swaps`: a heading, then path, type, size, used and priority, separated by blanks. */
export function parseSwaps(bytes: Buffer): Swap[] {
  return bytes
    .toString("latin1")
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [path, type, size, used, priority] = line.split(/[ \t]+/);
      if (!path || !type) return [];
      return [
        {
          path: decodeText(Buffer.from(unescapeOctal(path), "latin1")),
          isFile: type === "file",
          sizeBytes: BigInt(size || 0) * KIB,
          usedBytes: BigInt(used || 0) * KIB,
          priority: Number(priority || 0),
        },
      ];
    });
}

/** The swap areas in use; none where the kernel knows no swap. */
export async function readSwaps(files: Files): Promise<Swap[]> {
  return (await files.exists("/proc/swaps")) ? parseSwaps(await files.bytes("/proc/swaps")) : [];
}
