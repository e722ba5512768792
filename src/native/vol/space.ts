import type { SpaceUsage } from "../../../generated/types.gen.js";
import type { Space } from "../../kernel/statfs.js";

/** A 64-bit figure as the wire encoder takes it: a number while that is exact. */
export const exact = (value: bigint): number | bigint =>
  value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;

/** Shapes what `statfs` says. */
export const spaceUsage = ({ blockSize, size, used, available, reserved, usePercent, inodes }: Space): SpaceUsage => ({
  // A filesystem without blocks may say 0.
  block_size: blockSize || 1,
  size_bytes: exact(size),
  used_bytes: exact(used),
  available_bytes: exact(available),
  reserved_bytes: exact(reserved),
  use_percent: usePercent,
  ...(inodes && {
    inodes: exact(inodes.total),
    inodes_used: exact(inodes.used),
    inodes_free: exact(inodes.free),
    inodes_use_percent: inodes.usePercent,
  }),
});
