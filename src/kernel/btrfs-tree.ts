import { ask } from "./btrfs-ioctl.js";

/** The trees that are searched, by their ids. */
export const TREES = { root: 1n, chunk: 3n, quota: 8n } as const;

/** A key of a btrfs tree; keys are ordered by object, type and offset. */
export interface TreeKey {
  readonly objectid: bigint;
  readonly type: number;
  readonly offset: bigint;
}

/** One item of a tree; `data` is a view that is good until the next batch. */
export interface TreeItem extends TreeKey {
  readonly data: Buffer;
}

const MAX_U64 = 0xffff_ffff_ffff_ffffn;
/** `struct btrfs_ioctl_search_args_v2` before its buffer, and what stands before each item in it. */
const ARGUMENTS = 112;
const HEADER = 32;
/** A node has at most 64 KiB, so that every item fits; one more batch costs less than a long look at the tree. */
const BUFFER = 64 * 1024;
/** Where the fields of `struct btrfs_ioctl_search_key` begin. */
const FIELD = {
  tree: 0,
  minObject: 8,
  maxObject: 16,
  minOffset: 24,
  maxOffset: 32,
  minTransaction: 40,
  maxTransaction: 48,
  minType: 56,
  maxType: 60,
  count: 64,
  bufferSize: 104,
} as const;

/**
 * The items of a tree between two keys, both included, in batches. Needs CAP_SYS_ADMIN (`EPERM`); a tree that is not
 * there is `ENOENT`. As the kernel does, it answers every type between the keys.
 */
export async function* searchTree(
  fd: number,
  tree: bigint,
  from: TreeKey,
  to: TreeKey,
): AsyncGenerator<TreeItem[], void, void> {
  const buffer = Buffer.alloc(ARGUMENTS + BUFFER);
  for (let start: TreeKey | undefined = from; start; ) {
    writeKeys(buffer, tree, start, to);
    await ask(fd, "treeSearch", buffer);
    const items = parseItems(buffer);
    const last = items.at(-1);
    if (!last) return;
    start = after(last);
    yield items;
  }
}

function writeKeys(buffer: Buffer, tree: bigint, from: TreeKey, to: TreeKey): void {
  buffer.fill(0, 0, ARGUMENTS);
  buffer.writeBigUInt64LE(tree, FIELD.tree);
  buffer.writeBigUInt64LE(from.objectid, FIELD.minObject);
  buffer.writeBigUInt64LE(to.objectid, FIELD.maxObject);
  buffer.writeBigUInt64LE(from.offset, FIELD.minOffset);
  buffer.writeBigUInt64LE(to.offset, FIELD.maxOffset);
  buffer.writeBigUInt64LE(MAX_U64, FIELD.maxTransaction);
  buffer.writeUInt32LE(from.type, FIELD.minType);
  buffer.writeUInt32LE(to.type, FIELD.maxType);
  buffer.writeUInt32LE(0xffff_ffff, FIELD.count);
  buffer.writeBigUInt64LE(BigInt(BUFFER), FIELD.bufferSize);
}

/** Splits what the kernel wrote: a header and the item's bytes, again and again. */
function parseItems(buffer: Buffer): TreeItem[] {
  const items: TreeItem[] = [];
  let at = ARGUMENTS;
  for (let left = buffer.readUInt32LE(FIELD.count); left > 0; left -= 1) {
    const length = buffer.readUInt32LE(at + 28);
    items.push({
      objectid: buffer.readBigUInt64LE(at + 8),
      offset: buffer.readBigUInt64LE(at + 16),
      type: buffer.readUInt32LE(at + 24),
      data: buffer.subarray(at + HEADER, at + HEADER + length),
    });
    at += HEADER + length;
  }
  return items;
}

/** The next possible key; undefined after the very last one. */
function after({ objectid, type, offset }: TreeKey): TreeKey | undefined {
  if (offset < MAX_U64) return { objectid, type, offset: offset + 1n };
  if (type < 0xff) return { objectid, type: type + 1, offset: 0n };
  return objectid < MAX_U64 ? { objectid: objectid + 1n, type: 0, offset: 0n } : undefined;
}

/** Every key of objects from `first` to `last` with types from `minType` to `maxType` lies between these. */
export const keysBetween = (first: bigint, minType: number, last: bigint, maxType: number): [TreeKey, TreeKey] => [
  { objectid: first, type: minType, offset: 0n },
  { objectid: last, type: maxType, offset: MAX_U64 },
];
