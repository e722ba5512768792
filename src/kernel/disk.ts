import type { BlockNode } from "./block.js";
import type { Files } from "./files.js";
import { attribute } from "./sysfs.js";

/** A whole device's geometry and flags, as its `queue` folder has them. Sizes are in bytes. */
export interface DiskGeometry {
  readonly logicalBlockSize: number;
  readonly physicalBlockSize: number;
  readonly minimumIoSize?: number;
  readonly optimalIoSize?: number;
  readonly discardGranularity?: number;
  readonly rotational: boolean;
  readonly removable: boolean;
  /** `none`, `host-aware` or `host-managed`. */
  readonly zoned: string;
  /** The active I/O scheduler, where there is a choice. */
  readonly scheduler?: string;
}

const count = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : undefined;

/** What sysfs says of a whole device's geometry; 512-byte blocks where it says nothing. */
export async function readDiskGeometry(files: Files, { name }: BlockNode): Promise<DiskGeometry> {
  const queue = (key: string) => attribute(files, `/sys/class/block/${name}/queue/${key}`);
  const logical = count(await queue("logical_block_size"));
  const physical = count(await queue("physical_block_size"));
  const minimum = count(await queue("minimum_io_size"));
  const optimal = count(await queue("optimal_io_size"));
  const discard = count(await queue("discard_granularity"));
  const scheduler = /\[([^\]]+)\]/.exec((await queue("scheduler")) ?? "")?.[1];
  return {
    logicalBlockSize: logical || 512,
    physicalBlockSize: physical || logical || 512,
    ...(minimum !== undefined && { minimumIoSize: minimum }),
    ...(optimal !== undefined && { optimalIoSize: optimal }),
    ...(discard !== undefined && { discardGranularity: discard }),
    rotational: (await queue("rotational")) === "1",
    removable: (await attribute(files, `/sys/class/block/${name}/removable`)) === "1",
    zoned: (await queue("zoned")) ?? "none",
    ...(scheduler !== undefined && { scheduler }),
  };
}

/** Whether the kernel refuses writes to the device, whole or partition. */
export const readReadOnly = async (files: Files, name: string): Promise<boolean> =>
  (await attribute(files, `/sys/class/block/${name}/ro`)) === "1";

/** SCSI peripheral device types (SPC-5, table 150) by the names that lsblk gives them. */
const SCSI_TYPES: Readonly<Record<string, string>> = {
  "0": "disk",
  "1": "tape",
  "2": "printer",
  "3": "processor",
  "4": "worm",
  "5": "rom",
  "6": "scanner",
  "7": "mo-disk",
  "8": "changer",
  "9": "comm",
  "12": "raid",
  "14": "rbc",
  "17": "osd",
};

/** What kind of device it is, as lsblk says it: `disk`, `loop`, `rom`, `raid1`, `crypt`, `lvm`, … */
export async function readDiskType(files: Files, { name, dmUuid }: BlockNode): Promise<string> {
  if (name.startsWith("dm-")) return mapperType(dmUuid);
  if (name.startsWith("loop")) return "loop";
  if (/^md[0-9_]/.test(name))
    return (await attribute(files, `/sys/class/block/${name}/md/level`))?.toLowerCase() ?? "md";
  const type = (await attribute(files, `/sys/class/block/${name}/device/type`)) ?? "0";
  return Object.hasOwn(SCSI_TYPES, type) ? (SCSI_TYPES[type] ?? "disk") : "disk";
}

/** The part of a mapping's UUID before its first hyphen says who made it; kpartx appends the partition's number. */
function mapperType(uuid: string | undefined): string {
  const prefix = /^([^-]+)-/.exec(uuid ?? "")?.[1]?.toLowerCase();
  if (prefix === undefined) return "dm";
  return prefix.startsWith("part") ? "part" : prefix;
}
