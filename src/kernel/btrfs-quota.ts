import { isRefused } from "./btrfs-ioctl.js";
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
  return {
    isInconsistent: (status & (STATUS.rescan | STATUS.inconsistent)) !== 0n,
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
