import { ask, order } from "./btrfs-ioctl.js";
import { uuidText } from "./btrfs-uuid.js";

/** The subvolume that an open file or folder belongs to. */
export interface Belonging {
  readonly id: number;
  readonly uuid: string;
  readonly isReadOnly: boolean;
}

/** Asks an open descriptor for its subvolume (`struct btrfs_ioctl_get_subvol_info_args`). Needs no right. */
export async function readBelonging(fd: number): Promise<Belonging> {
  const argument = Buffer.alloc(504);
  await ask(fd, "subvolumeInfo", argument);
  return {
    id: Number(argument.readBigUInt64LE(0)),
    isReadOnly: (argument.readBigUInt64LE(288) & 1n) !== 0n,
    uuid: uuidText(argument.subarray(296)),
  };
}

/** The longest name, in bytes. */
export const LONGEST_NAME = 255;

/** `struct btrfs_ioctl_vol_args_v2`, with a name beneath the folder that the order goes to. */
function named(name: string): Buffer {
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length === 0 || bytes.length > LONGEST_NAME || bytes.includes(0) || bytes.includes(0x2f)) {
    throw new RangeError("not the name of a subvolume");
  }
  const argument = Buffer.alloc(4096);
  bytes.copy(argument, 56);
  return argument;
}

/** Makes an empty subvolume in an open folder; `EEXIST` where anything has that name. */
export const createSubvolume = (folder: number, name: string): Promise<void> =>
  order(folder, "createSubvolume", named(name));

const READ_ONLY = 2n;
const BY_ID = 16n;

/** Makes a snapshot of an open subvolume in an open folder; `EEXIST` where anything has that name. */
export async function createSnapshot(
  source: number,
  folder: number,
  name: string,
  { isReadOnly }: { readonly isReadOnly: boolean },
): Promise<void> {
  const argument = named(name);
  argument.writeBigInt64LE(BigInt(source), 0);
  if (isReadOnly) argument.writeBigUInt64LE(READ_ONLY, 16);
  await order(folder, "createSnapshot", argument);
}

/** Deletes the subvolume with that id, wherever its name is, through an open folder of the filesystem. */
export async function destroySubvolume(folder: number, id: number): Promise<void> {
  const argument = Buffer.alloc(4096);
  argument.writeBigUInt64LE(BY_ID, 16);
  argument.writeBigUInt64LE(BigInt(id), 56);
  await order(folder, "destroySubvolume", argument);
}
