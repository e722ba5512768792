import type { BlockNode } from "./block.js";
import { ask, order } from "./btrfs-ioctl.js";
import { readExtentOf } from "./open-place.js";

/** A mounted filesystem's size in its own blocks. */
export interface Blocks {
  readonly blockSize: bigint;
  readonly count: bigint;
}

const SUPERBLOCK_AT = 1024;
const HAS_64_BITS = 0x80;

/** The size of an ext4, from its superblock, which a mounted one keeps current in the device's cache. */
export async function readExt4Blocks({ node }: BlockNode): Promise<Blocks> {
  const block = await readExtentOf(node, SUPERBLOCK_AT, 1024);
  if (block.length < 1024 || block.readUInt16LE(0x38) !== 0xef53) throw new Error(`${node} holds no ext4`);
  const isWide = (block.readUInt32LE(0x60) & HAS_64_BITS) !== 0;
  const upper = isWide ? BigInt(block.readUInt32LE(0x150)) << 32n : 0n;
  return { blockSize: 1024n << BigInt(block.readUInt32LE(0x18)), count: upper | BigInt(block.readUInt32LE(4)) };
}

/** Grows a mounted ext4 to so many blocks. */
export async function growExt4(fd: number, blocks: bigint): Promise<void> {
  const argument = Buffer.alloc(8);
  argument.writeBigUInt64LE(blocks, 0);
  await order(fd, "growExt4", argument);
}

/** `struct xfs_fsop_geom_v1`. */
async function geometry(fd: number): Promise<Buffer> {
  const argument = Buffer.alloc(112);
  await ask(fd, "xfsGeometry", argument);
  return argument;
}

/** The size of an xfs, as it says itself. */
export async function readXfsBlocks(fd: number): Promise<Blocks> {
  const answer = await geometry(fd);
  return { blockSize: BigInt(answer.readUInt32LE(0)), count: answer.readBigUInt64LE(32) };
}

/** Grows a mounted xfs to so many blocks; the share that inodes may take stays. */
export async function growXfs(fd: number, blocks: bigint): Promise<void> {
  const argument = Buffer.alloc(16);
  argument.writeBigUInt64LE(blocks, 0);
  argument.writeUInt32LE((await geometry(fd)).readUInt32LE(28), 8);
  await order(fd, "growXfs", argument);
}
