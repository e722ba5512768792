import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { BlockNode } from "./block.js";
import { readDiskGeometry } from "./disk.js";
import type { Files } from "./files.js";
import { type Hardware, readHardware } from "./hardware.js";
import { attribute } from "./sysfs.js";
import { readUdevRecord } from "./udevdb.js";

const MIB = 1 << 20;

/** What tells a device from any other one that could stand in its place. */
export interface Fingerprint {
  readonly number: string;
  /** The kernel's sequence number of the disk since boot; absent before Linux 5.15. */
  readonly diskseq?: string;
  readonly size: string;
  /** For a partition: its first sector of 512 bytes. */
  readonly start?: string;
  readonly serial?: string;
  readonly wwn?: string;
  /** SHA-256 of what stands in its first and last sectors. */
  readonly content: string;
}

/** The hardware that a device is, or that its partition lies on. */
export async function hardwareOf(files: Files, whole: BlockNode): Promise<Hardware> {
  const [udev, geometry] = await Promise.all([readUdevRecord(files, whole.majMin), readDiskGeometry(files, whole)]);
  return readHardware(files, whole, { isRemovable: geometry.removable, ...(udev && { udev: udev.properties }) });
}

/** The sequence number that the disk has now; undefined where it is gone or the kernel counts none. */
export const diskseqNow = (files: Files, whole: BlockNode): Promise<string | undefined> =>
  attribute(files, `/sys/class/block/${whole.name}/diskseq`);

/** Takes the fingerprint of a device, read through an open descriptor of it and from sysfs. */
export async function fingerprint(
  files: Files,
  node: BlockNode,
  whole: BlockNode,
  handle: FileHandle,
  contentOf: (size: bigint) => Promise<string> = (size) => digest(handle, size),
): Promise<Fingerprint> {
  const folder = `/sys/class/block/${node.name}`;
  const sectors = (await attribute(files, `${folder}/size`)) ?? "0";
  const size = BigInt(sectors) * 512n;
  const [number, diskseq, start, { serial, wwn }, content] = await Promise.all([
    attribute(files, `${folder}/dev`),
    diskseqNow(files, whole),
    attribute(files, `${folder}/start`),
    hardwareOf(files, whole),
    contentOf(size),
  ]);
  return {
    number: number ?? "none",
    size: `${size}`,
    content,
    ...(diskseq !== undefined && { diskseq }),
    ...(start !== undefined && { start }),
    ...(serial !== undefined && { serial }),
    ...(wwn !== undefined && { wwn }),
  };
}

const FIELDS = ["number", "diskseq", "size", "start", "serial", "wwn", "content"] as const;

const WORDS: Readonly<Record<keyof Fingerprint, string>> = {
  number: "device number",
  diskseq: "disk sequence number",
  size: "size in bytes",
  start: "first sector",
  serial: "serial number",
  wwn: "world-wide name",
  content: "digest of its first and last sectors",
};

/** The first thing in which two fingerprints differ, in words; undefined where they are the same. */
export function difference(
  seen: Fingerprint,
  now: Fingerprint,
): { readonly expected: string; readonly actual: string } | undefined {
  const field = FIELDS.find((name) => seen[name] !== now[name]);
  if (field === undefined) return undefined;
  const told = (value: string | undefined) => `${WORDS[field]} ${value ?? "none"}`;
  return { expected: told(seen[field]), actual: told(now[field]) };
}

/** Reads exactly these bytes of a device; fewer where it ends before. */
export async function readExtent(handle: FileHandle, offset: bigint, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    // An offset beyond 2^53 is past any disk's end.
    const { bytesRead } = await handle.read(bytes, filled, length - filled, Number(offset) + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

async function digest(handle: FileHandle, size: bigint): Promise<string> {
  const hash = createHash("sha256");
  hash.update(await readExtent(handle, 0n, MIB));
  if (size > BigInt(MIB)) hash.update(await readExtent(handle, size - BigInt(MIB), MIB));
  return hash.digest("hex");
}
