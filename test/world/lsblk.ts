import { tool } from "./loop.js";

/** What `lsblk` prints of a device. */
export type LsblkRow = Readonly<Record<string, string | number | boolean | null | readonly (string | null)[]>>;

interface Printed {
  readonly blockdevices: readonly (LsblkRow & { readonly children?: readonly LsblkRow[] })[];
}

/** Every device that `lsblk` shows, partitions and stacked ones included, by kernel name; sizes in bytes. */
export function lsblk(...args: string[]): Map<string, LsblkRow> {
  const printed: Printed = JSON.parse(tool("lsblk", ["--json", "--bytes", "--output-all", "--list", ...args]));
  return new Map(printed.blockdevices.map((row) => [String(row.kname), row]));
}

/** What `blkid` itself reads from a device, by property name; empty where it finds nothing. */
export function blkid(path: string): Map<string, string> {
  let text = "";
  try {
    text = tool("blkid", ["-p", "-o", "udev", path]);
  } catch {
    return new Map();
  }
  return new Map(
    text
      .split("\n")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
}
