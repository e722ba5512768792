import { constants } from "node:os";
import { libc } from "./libc.js";

/** The requests of `linux/btrfs.h` that are used here, each with the size of its argument encoded in it. */
const READS = {
  spaceInfo: 0xc010_9414,
  deviceInfo: 0xd000_941e,
  filesystemInfo: 0x8400_941f,
  deviceStats: 0xc408_9434,
  treeSearch: 0xc070_9411,
  inodeLookup: 0xd000_9412,
  scrubProgress: 0xc400_941d,
  balanceProgress: 0x8400_9422,
  rescanStatus: 0x8040_942d,
  subvolumeInfo: 0x81f8_943c,
  /** Of xfs: `XFS_IOC_FSGEOMETRY_V1`. */
  xfsGeometry: 0x8070_5864,
} as const;

const WRITES = {
  createSubvolume: 0x5000_9418,
  createSnapshot: 0x5000_9417,
  destroySubvolume: 0x5000_943f,
  quotaControl: 0xc010_9428,
  limitQuotaGroup: 0x8030_942b,
  createQuotaGroup: 0x4010_942a,
  /** Of ext4 and xfs: `EXT4_IOC_RESIZE_FS`, `XFS_IOC_FSGROWFSDATA`. */
  growExt4: 0x4008_6610,
  growXfs: 0x4010_586e,
} as const;

type BtrfsQuestion = keyof typeof READS;
type BtrfsOrder = keyof typeof WRITES;

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** The kernel refused a request on a btrfs. */
export class BtrfsRefused extends Error {
  override readonly name = "BtrfsRefused";

  constructor(
    readonly request: BtrfsQuestion | BtrfsOrder,
    /** Such as `EPERM`. */
    readonly code: string,
  ) {
    super(`the kernel answered ${code} to the filesystem request ${request}`);
  }
}

type Lane = "read" | "write" | "grow";

/** One at a time in each, so that filesystems that hang, or take long to grow, never hold all of libuv's four threads. */
const lanes: Record<Lane, Promise<unknown>> = {
  read: Promise.resolve(),
  write: Promise.resolve(),
  grow: Promise.resolve(),
};

function inLane<T>(lane: Lane, work: () => Promise<T>): Promise<T> {
  const turn = lanes[lane].then(work);
  lanes[lane] = turn.catch(() => {});
  return turn;
}

async function put(fd: number, request: BtrfsQuestion | BtrfsOrder, number: number, argument: Buffer): Promise<void> {
  const result = await libc().ioctl(fd, number, argument);
  if (result < 0) throw new BtrfsRefused(request, names.get(-result) ?? `error ${-result}`);
}

/** Puts a question about a btrfs through an open descriptor on it; the answer is written into `argument`. */
export const ask = (fd: number, question: BtrfsQuestion, argument: Buffer): Promise<void> =>
  inLane("read", () => put(fd, question, READS[question], argument));

/** Gives a btrfs an order through an open descriptor on it. */
export const order = (fd: number, what: BtrfsOrder, argument: Buffer): Promise<void> =>
  inLane(what === "growExt4" || what === "growXfs" ? "grow" : "write", () => put(fd, what, WRITES[what], argument));

/** Whether the kernel refused with one of those error names. */
export const isRefused = (error: unknown, ...codes: readonly string[]): error is BtrfsRefused =>
  error instanceof BtrfsRefused && codes.includes(error.code);
