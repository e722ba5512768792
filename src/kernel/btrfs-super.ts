import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { formatUuid } from "./uuid.js";

/** What a device's btrfs superblock says of its filesystem and of its own part in it. */
export interface BtrfsSuper {
  /** The filesystem's UUID. */
  readonly fsid: string;
  /** Counts up with every commit: a member that lags behind was not there. */
  readonly generation: bigint;
  /** How many devices the filesystem has, missing ones included. */
  readonly devices: number;
  /** The device's own number and UUID. */
  readonly devid: number;
  readonly uuidSub: string;
}

// btrfs's on-disk format, `struct btrfs_super_block`: the first copy lies at 64 KiB.
const PLACE = 0x10000;
const LENGTH = 4096;
const MAGIC = Buffer.from("_BHRfS_M", "latin1");
const AT = { fsid: 0x20, magic: 0x40, generation: 0x48, devices: 0x88, devid: 0xc9, uuidSub: 0xc9 + 0x42 };

/** Parses a superblock; undefined where the bytes are none. */
function parseBtrfsSuper(bytes: Buffer): BtrfsSuper | undefined {
  if (bytes.length < LENGTH || !bytes.subarray(AT.magic, AT.magic + MAGIC.length).equals(MAGIC)) return undefined;
  return {
    fsid: formatUuid(bytes.subarray(AT.fsid, AT.fsid + 16)),
    generation: bytes.readBigUInt64LE(AT.generation),
    devices: Number(bytes.readBigUInt64LE(AT.devices)),
    devid: Number(bytes.readBigUInt64LE(AT.devid)),
    uuidSub: formatUuid(bytes.subarray(AT.uuidSub, AT.uuidSub + 16)),
  };
}

/** A device's superblock; undefined where the device carries none, is gone, or may not be read. */
export async function readBtrfsSuper(node: string): Promise<BtrfsSuper | undefined> {
  try {
    const file = await open(node, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const bytes = Buffer.alloc(LENGTH);
      const { bytesRead } = await file.read(bytes, 0, LENGTH, PLACE);
      return parseBtrfsSuper(bytes.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
