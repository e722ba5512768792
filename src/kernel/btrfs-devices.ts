import { type BlockNode, blockNumberAt, readBlockNode, readBlockNodeByNumber } from "./block.js";
import { ask, isRefused } from "./btrfs-ioctl.js";
import { uuidText } from "./btrfs-uuid.js";
import type { Files } from "./files.js";
import { attribute, entries } from "./sysfs.js";

/** A filesystem as it says itself. */
export interface BtrfsInfo {
  readonly fsid: string;
  readonly devices: number;
  readonly highestDevid: number;
}

/** Needs no right. */
export async function readFilesystemInfo(fd: number): Promise<BtrfsInfo> {
  const argument = Buffer.alloc(1024);
  await ask(fd, "filesystemInfo", argument);
  return {
    highestDevid: Number(argument.readBigUInt64LE(0)),
    devices: Number(argument.readBigUInt64LE(8)),
    fsid: uuidText(argument.subarray(16)),
  };
}

/** A device of a btrfs, there or missing. */
export interface BtrfsDevice {
  readonly devid: number;
  /** Absent for one that is missing. */
  readonly node?: BlockNode;
  readonly isMissing: boolean;
  /** How much of the device the filesystem has, and how much of that is in block groups. */
  readonly total: bigint;
  readonly allocated: bigint;
}

/** The devices by `devid`, missing ones included, those of a seed filesystem not. Needs no right. */
export async function readDevices(files: Files, fd: number, info: BtrfsInfo): Promise<BtrfsDevice[]> {
  const folder = `/sys/fs/btrfs/${info.fsid}/devinfo`;
  const listed = (await entries(files, folder)).map(Number).filter(Number.isSafeInteger);
  // Kernels before 5.6 have no such folder.
  const devids = listed.length > 0 ? listed : Array.from({ length: info.highestDevid + 1 }, (_, devid) => devid);
  const found: BtrfsDevice[] = [];
  for (const devid of devids.sort((a, b) => a - b)) {
    const owner = await attribute(files, `${folder}/${devid}/fsid`);
    if (owner !== undefined && owner !== info.fsid) continue;
    const device = await readDevice(files, fd, devid, `${folder}/${devid}`);
    if (device) found.push(device);
  }
  return found;
}

/** `struct btrfs_ioctl_dev_info_args`. */
async function readDevice(files: Files, fd: number, devid: number, folder: string): Promise<BtrfsDevice | undefined> {
  const argument = Buffer.alloc(4096);
  argument.writeBigUInt64LE(BigInt(devid), 0);
  try {
    await ask(fd, "deviceInfo", argument);
  } catch (error) {
    if (isRefused(error, "ENODEV")) return undefined;
    throw error;
  }
  const path = argument.toString("utf8", 3072, argument.indexOf(0, 3072));
  const isMissing = path === "" || (await attribute(files, `${folder}/missing`)) === "1";
  const node = isMissing ? undefined : await nodeAt(files, path);
  return {
    devid,
    isMissing,
    allocated: argument.readBigUInt64LE(24),
    total: argument.readBigUInt64LE(32),
    ...(node && { node }),
  };
}

/** The device at the path under which btrfs knows it; by the name alone where the node is not there, as in a container. */
async function nodeAt(files: Files, path: string): Promise<BlockNode | undefined> {
  const number = files.live ? await blockNumberAt(path) : undefined;
  if (number !== undefined && number !== "other") return readBlockNodeByNumber(files, number);
  return path.startsWith("/dev/") ? readBlockNode(files, path.slice("/dev/".length).replaceAll("/", "!")) : undefined;
}

/** The error counters of a device. */
export interface ErrorCounters {
  readonly write: bigint;
  readonly read: bigint;
  readonly flush: bigint;
  readonly corruption: bigint;
  readonly generation: bigint;
}

/** `struct btrfs_ioctl_get_dev_stats`: five counters behind three words. Needs no right; undefined while there are none. */
export async function readErrorCounters(fd: number, devid: number): Promise<ErrorCounters | undefined> {
  const argument = Buffer.alloc(1032);
  argument.writeBigUInt64LE(BigInt(devid), 0);
  argument.writeBigUInt64LE(5n, 8);
  try {
    await ask(fd, "deviceStats", argument);
  } catch (error) {
    if (isRefused(error, "ENODEV")) return undefined;
    throw error;
  }
  const counter = (index: number) => argument.readBigUInt64LE(24 + index * 8);
  return { write: counter(0), read: counter(1), flush: counter(2), corruption: counter(3), generation: counter(4) };
}
