import { ask, isRefused } from "./btrfs-ioctl.js";
import { PROFILE_BITS, type Profile } from "./btrfs-space.js";

/** Which block groups a balance works on, with the filters in `btrfs balance`'s own notation. */
interface BalanceScope {
  readonly type: "data" | "metadata" | "system";
  readonly filters: string;
}

/** A balance that runs or is paused. */
export interface Balance {
  readonly isRunning: boolean;
  readonly isPausing: boolean;
  readonly isCancelling: boolean;
  readonly expected: bigint;
  readonly considered: bigint;
  readonly completed: bigint;
  readonly scopes: readonly BalanceScope[];
}

const STATE = { running: 1n, pause: 2n, cancel: 4n } as const;

/** Each type's bit in the balance's flags, and where its filters begin. */
const SCOPES = [
  ["data", 1n, 16],
  ["metadata", 4n, 152],
  ["system", 2n, 288],
] as const;

/** The balance under way; undefined where there is none. Needs CAP_SYS_ADMIN. */
export async function readBalance(fd: number): Promise<Balance | undefined> {
  const argument = Buffer.alloc(1024);
  try {
    await ask(fd, "balanceProgress", argument);
  } catch (error) {
    if (isRefused(error, "ENOTCONN")) return undefined;
    throw error;
  }
  return parseBalance(argument);
}

/** Reads `struct btrfs_ioctl_balance_args`. */
function parseBalance(argument: Buffer): Balance {
  const [flags, state] = [argument.readBigUInt64LE(0), argument.readBigUInt64LE(8)];
  return {
    isRunning: (state & STATE.running) !== 0n,
    isPausing: (state & STATE.pause) !== 0n,
    isCancelling: (state & STATE.cancel) !== 0n,
    expected: argument.readBigUInt64LE(424),
    considered: argument.readBigUInt64LE(432),
    completed: argument.readBigUInt64LE(440),
    scopes: SCOPES.flatMap(([type, bit, at]) =>
      (flags & bit) === 0n ? [] : [{ type, filters: filterText(argument.subarray(at, at + 136)) }],
    ),
  };
}

const NO_END = 0xffff_ffff_ffff_ffffn;
const NO_COUNT = 0xffff_ffff;

/** `struct btrfs_balance_args` in the notation of `btrfs balance start -d`. */
function filterText(args: Buffer): string {
  const flags = args.readBigUInt64LE(64);
  const has = (bit: bigint) => (flags & bit) !== 0n;
  const long = (at: number) => args.readBigUInt64LE(at);
  const short = (at: number) => args.readUInt32LE(at);
  const parts = [
    has(1n) && `profiles=${profilesIn(long(0)).join("|")}`,
    // `btrfs` sets the plain bit along with that of a range, whose ends stand in the same place.
    has(2n) && !has(0x400n) && `usage=${long(8)}`,
    has(0x400n) && `usage=${counts(short(8), short(12))}`,
    has(4n) && `devid=${long(16)}`,
    has(8n) && `drange=${bytes(long(24), long(32))}`,
    has(0x10n) && `vrange=${bytes(long(40), long(48))}`,
    has(0x80n) && `stripes=${counts(short(80), short(84))}`,
    has(0x20n) && !has(0x40n) && `limit=${long(72)}`,
    has(0x40n) && `limit=${counts(short(72), short(76))}`,
    has(0x100n) && `convert=${profilesIn(long(56)).join("|")}`,
    has(0x200n) && "soft",
  ];
  return parts.filter((part) => part !== false).join(",");
}

const profilesIn = (bits: bigint): Profile[] =>
  PROFILE_BITS.filter(([bit]) => (bits & bit) !== 0n).map(([, profile]) => profile);

const counts = (min: number, max: number): string => `${min || ""}..${max === NO_COUNT ? "" : max}`;
const bytes = (start: bigint, end: bigint): string => `${start || ""}..${end === NO_END ? "" : end}`;
