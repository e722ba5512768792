import { ask, isRefused, order } from "./btrfs-ioctl.js";
import { keysBetween, searchTree, TREES } from "./btrfs-tree.js";

/** What one quota group counts and allows, in bytes. */
export interface QuotaGroup {
  readonly referenced: bigint;
  readonly exclusive: bigint;
  readonly maxReferenced?: bigint;
  readonly maxExclusive?: bigint;
}

/** The quotas of a filesystem that has them switched on. */
export interface Quotas {
  /** The counts are not to be relied on: a rescan is running or due. */
  readonly isInconsistent: boolean;
  /** Of level 0, which is one for each subvolume, by the subvolume's id. */
  readonly groups: ReadonlyMap<number, QuotaGroup>;
}

const ITEM = { status: 240, info: 242, limit: 244 } as const;
const STATUS = { rescan: 2n, inconsistent: 4n } as const;
const LIMITS = { referenced: 1n, exclusive: 2n } as const;
/** The level stands in the upper 16 bits of a group's id. */
const LEVEL_1 = 1n << 48n;

/** The quotas as last committed; undefined where they are off. Needs CAP_SYS_ADMIN. */
export async function readQuotas(fd: number): Promise<Quotas | undefined> {
  const counts = new Map<number, { referenced: bigint; exclusive: bigint }>();
  const limits = new Map<number, Partial<QuotaGroup>>();
  let status = 0n;
  try {
    for await (const batch of searchTree(fd, TREES.quota, ...keysBetween(0n, ITEM.status, 0n, ITEM.limit))) {
      for (const { type, offset, data } of batch) {
        if (type === ITEM.status) status = data.readBigUInt64LE(16);
        if (offset >= LEVEL_1) continue;
        const id = Number(offset);
        if (type === ITEM.info)
          counts.set(id, { referenced: data.readBigUInt64LE(8), exclusive: data.readBigUInt64LE(24) });
        else if (type === ITEM.limit) limits.set(id, parseLimits(data));
      }
    }
  } catch (error) {
    if (isRefused(error, "ENOENT")) return undefined;
    throw error;
  }
  const isExact = (status & (STATUS.rescan | STATUS.inconsistent)) === 0n;
  return {
    // A rescan that has just begun shows in the tree with the next commit.
    isInconsistent: !isExact || (await isRescanRunning(fd)),
    groups: new Map([...counts].map(([id, count]) => [id, { ...count, ...limits.get(id) }])),
  };
}

function parseLimits(data: Buffer): Partial<QuotaGroup> {
  const flags = data.readBigUInt64LE(0);
  return {
    ...((flags & LIMITS.referenced) !== 0n && { maxReferenced: data.readBigUInt64LE(8) }),
    ...((flags & LIMITS.exclusive) !== 0n && { maxExclusive: data.readBigUInt64LE(16) }),
  };
}

/** Whether the kernel is counting right now. */
export async function isRescanRunning(fd: number): Promise<boolean> {
  const argument = Buffer.alloc(64);
  await ask(fd, "rescanStatus", argument);
  return argument.readBigUInt64LE(0) !== 0n;
}

const CONTROL = { enable: 1n, disable: 2n } as const;

/** Switches quotas of the whole filesystem; switching on starts a count of all data. */
export async function switchQuotas(fd: number, to: keyof typeof CONTROL): Promise<void> {
  const argument = Buffer.alloc(16);
  argument.writeBigUInt64LE(CONTROL[to], 0);
  await order(fd, "quotaControl", argument);
}

/** Makes the group of a subvolume that has none: quotas were switched on by something that made none. */
export async function createQuotaGroup(fd: number, subvolume: number): Promise<void> {
  const argument = Buffer.alloc(16);
  argument.writeBigUInt64LE(1n, 0);
  argument.writeBigUInt64LE(BigInt(subvolume), 8);
  await order(fd, "createQuotaGroup", argument);
}

const NO_LIMIT = 0xffff_ffff_ffff_ffffn;

/** Limits of a subvolume's own group; `null` takes one away, an absent one stays. */
export interface LimitChange {
  readonly maxReferenced?: bigint | null;
  readonly maxExclusive?: bigint | null;
}

/** Changes the limits of a subvolume's own group in one transaction. */
export async function limitQuotaGroup(fd: number, subvolume: number, change: LimitChange): Promise<void> {
  const argument = Buffer.alloc(48);
  const flags =
    (change.maxReferenced === undefined ? 0n : LIMITS.referenced) |
    (change.maxExclusive === undefined ? 0n : LIMITS.exclusive);
  argument.writeBigUInt64LE(BigInt(subvolume), 0);
  argument.writeBigUInt64LE(flags, 8);
  // The kernel clears a limit whose flag is set and whose value is the largest one.
  argument.writeBigUInt64LE(change.maxReferenced ?? NO_LIMIT, 16);
  argument.writeBigUInt64LE(change.maxExclusive ?? NO_LIMIT, 24);
  await order(fd, "limitQuotaGroup", argument);
}
