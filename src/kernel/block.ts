import { stat } from "node:fs/promises";
import { posix } from "node:path";
import { mapBounded } from "./bounded.js";
import { type Files, isAbsent, isForbidden } from "./files.js";
import { attribute, attributeBytes, entries, linkTarget } from "./sysfs.js";
import { decodeText } from "./text.js";

/** sysfs counts in sectors of 512 bytes, whatever the device's own are. */
const SYSFS_SECTOR = 512n;

/** A block device as `/sys/class/block` knows it: who it is and what it is stacked on. */
export interface BlockNode {
  /** The kernel's name, such as `sda1` or `cciss!c0d0`. */
  readonly name: string;
  readonly majMin: string;
  /** The node that the kernel asks for, such as `/dev/dm-0`. */
  readonly node: string;
  /** The node as people name it: `/dev/mapper/<name>` for device-mapper, else the same. */
  readonly path: string;
  readonly sizeBytes: bigint;
  /** For a partition: its disk's kernel name and its number. */
  readonly partition?: { readonly disk: string; readonly number: number };
  readonly diskseq?: number;
  readonly dmUuid?: string;
  /** For an attached loop device: the file behind it, as the kernel has it. */
  readonly backingFile?: string;
  /** Kernel names of the devices directly below and above it. */
  readonly slaves: readonly string[];
  readonly holders: readonly string[];
}

/** The `KEY=value` lines of a device's uevent. */
const parseUevent = (text: string): Map<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );

const sizeOf = (sectors: string | undefined): bigint =>
  /^[0-9]+$/.test(sectors ?? "") ? BigInt(sectors ?? 0) * SYSFS_SECTOR : 0n;

async function backingFile(files: Files, folder: string, name: string): Promise<string | undefined> {
  if (!name.startsWith("loop")) return undefined;
  const bytes = await attributeBytes(files, `${folder}/loop/backing_file`);
  return bytes === undefined ? undefined : decodeText(bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
}

/** Partitions are the disk's own subfolder: the last but one component of where the class link leads. */
async function partitionOf(files: Files, folder: string, uevent: Map<string, string>): Promise<BlockNode["partition"]> {
  if (uevent.get("DEVTYPE") !== "partition") return undefined;
  const target = await linkTarget(files, folder);
  const number = Number(uevent.get("PARTN") ?? (await attribute(files, `${folder}/partition`)));
  return target === undefined || !(number >= 1) ? undefined : { disk: posix.basename(posix.dirname(target)), number };
}

/** One device by its kernel name; undefined where it is gone, or hidden (a single path of NVMe multipath: it has no node). */
export async function readBlockNode(files: Files, name: string): Promise<BlockNode | undefined> {
  const folder = `/sys/class/block/${name}`;
  const uevent = parseUevent((await attribute(files, `${folder}/uevent`)) ?? "");
  const [major, minor] = [uevent.get("MAJOR"), uevent.get("MINOR")];
  if (major === undefined || minor === undefined) return undefined;
  const isMapped = name.startsWith("dm-");
  const partition = await partitionOf(files, folder, uevent);
  // Only NVMe hides devices: the single paths of a multipath one.
  if (name.startsWith("nvme") && (await attribute(files, `${folder}/hidden`)) === "1") return undefined;
  const dmName = isMapped ? await attribute(files, `${folder}/dm/name`) : undefined;
  const dmUuid = isMapped ? await attribute(files, `${folder}/dm/uuid`) : undefined;
  const file = await backingFile(files, folder, name);
  const diskseq = uevent.get("DISKSEQ");
  const node = `/dev/${uevent.get("DEVNAME") ?? name.replaceAll("!", "/")}`;
  return {
    name,
    majMin: `${major}:${minor}`,
    node,
    path: dmName === undefined ? node : `/dev/mapper/${dmName}`,
    sizeBytes: sizeOf(await attribute(files, `${folder}/size`)),
    slaves: partition || name.startsWith("loop") ? [] : await entries(files, `${folder}/slaves`),
    holders: await entries(files, `${folder}/holders`),
    ...(partition && { partition }),
    ...(diskseq !== undefined && { diskseq: Number(diskseq) }),
    ...(dmUuid !== undefined && { dmUuid }),
    ...(file !== undefined && { backingFile: file }),
  };
}

/** Every block device that has a node, whole disks and partitions, in the natural order of their names. */
export async function listBlockNodes(files: Files): Promise<BlockNode[]> {
  const nodes = await mapBounded(await entries(files, "/sys/class/block"), (name) => readBlockNode(files, name));
  return nodes.filter((node) => node !== undefined).sort((a, b) => naturalOrder(a.name, b.name));
}

/** The device with that number, wherever its node is. */
export async function readBlockNodeByNumber(files: Files, majMin: string): Promise<BlockNode | undefined> {
  const target = await linkTarget(files, `/sys/dev/block/${majMin}`);
  return target === undefined ? undefined : readBlockNode(files, posix.basename(target));
}

/** The number of the block device at a path, links followed; `other` where something else is there, undefined where nothing is. */
export async function blockNumberAt(path: string): Promise<string | "other" | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return found.isBlockDevice() ? deviceNumber(found.rdev) : "other";
  } catch (error) {
    // A name that is too long for any filesystem, or lies where the daemon may not look, names no device that we know.
    if (isAbsent(error) || isForbidden(error) || isTooLong(error)) return undefined;
    throw error;
  }
}

const isTooLong = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENAMETOOLONG";

/** `major:minor` of a `dev_t` as `stat(2)` gives it. */
export function deviceNumber(device: bigint): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

/** Disks are lettered `a` to `z`, then `aa`: within a driver's family the shorter name comes first. */
const LETTERED = /^(sd|hd|vd|xvd|dasd|ubd)([a-z]+)([0-9]*)$/;

/** Orders kernel names as people count: `sda` `sdb` `sdaa`, `loop2` `loop10`. */
export function naturalOrder(a: string, b: string): number {
  const [left, right] = [a, b].map((name) => sortKey(name));
  for (const [at, part] of (left ?? []).entries()) {
    const other = right?.[at];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (typeof part === "number" && typeof other === "number") return part - other;
    return String(part) < String(other) ? -1 : 1;
  }
  return (left?.length ?? 0) - (right?.length ?? 0);
}

function sortKey(name: string): (string | number)[] {
  const [, family, letters, number] = LETTERED.exec(name) ?? [];
  if (family !== undefined && letters !== undefined) return [family, letters.length, letters, Number(number || -1)];
  return (name.match(/[0-9]+|[^0-9]+/g) ?? []).map((part) => (/^[0-9]/.test(part) ? Number(part) : part));
}
