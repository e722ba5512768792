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
} as const;

type BtrfsQuestion = keyof typeof READS;

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));

/** The kernel refused a request on a btrfs. */
export class BtrfsRefused extends Error {
  override readonly name = "BtrfsRefused";

  constructor(
    readonly request: BtrfsQuestion,
    /** Such as `EPERM`. */
    readonly code: string,
  ) {
    super(`the kernel answered ${code} to the btrfs request ${request}`);
  }
}

/** One at a time, so that a filesystem that hangs holds one thread of libuv's four. */
let lane: Promise<unknown> = Promise.resolve();

async function put(fd: number, request: BtrfsQuestion, number: number, argument: Buffer): Promise<void> {
  const result = await libc().ioctl(fd, number, argument);
  if (result < 0) throw new BtrfsRefused(request, names.get(-result) ?? `error ${-result}`);
}

/** Puts a question about a btrfs through an open descriptor on it; the answer is written into `argument`. */
export function ask(fd: number, question: BtrfsQuestion, argument: Buffer): Promise<void> {
  const turn = lane.then(() => put(fd, question, READS[question], argument));
  lane = turn.catch(() => {});
  return turn;
}

/** Whether the kernel refused with one of those error names. */
export const isRefused = (error: unknown, ...codes: readonly string[]): error is BtrfsRefused =>
  error instanceof BtrfsRefused && codes.includes(error.code);
