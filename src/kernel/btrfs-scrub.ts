import { stat } from "node:fs/promises";
import { ask, isRefused } from "./btrfs-ioctl.js";
import type { Files } from "./files.js";

/** What a scrub counts, in the order of the kernel's structure; names are those of `btrfs scrub status -R`. */
const COUNTERS = [
  "data_extents_scrubbed",
  "tree_extents_scrubbed",
  "data_bytes_scrubbed",
  "tree_bytes_scrubbed",
  "read_errors",
  "csum_errors",
  "verify_errors",
  "no_csum",
  "csum_discards",
  "super_errors",
  "malloc_errors",
  "uncorrectable_errors",
  "corrected_errors",
  "last_physical",
  "unverified_errors",
] as const;

export type ScrubCounter = (typeof COUNTERS)[number];
export type ScrubProgress = Readonly<Record<ScrubCounter, bigint>>;

/** A progress in which each counter is what `value` says. */
export const progressOf = (value: (counter: ScrubCounter, index: number) => bigint): ScrubProgress =>
  // Every counter of the list is a key of the record.
  Object.fromEntries(COUNTERS.map((counter, index) => [counter, value(counter, index)])) as ScrubProgress;

/** How far the kernel is with the scrub of a device; undefined where none runs on it. Needs CAP_SYS_ADMIN. */
export async function readScrubProgress(fd: number, devid: number): Promise<ScrubProgress | undefined> {
  const argument = Buffer.alloc(1024);
  argument.writeBigUInt64LE(BigInt(devid), 0);
  try {
    await ask(fd, "scrubProgress", argument);
  } catch (error) {
    if (isRefused(error, "ENOTCONN", "ENODEV")) return undefined;
    throw error;
  }
  return progressOf((_, index) => argument.readBigUInt64LE(32 + index * 8));
}

/** The scrub of one device as `btrfs` notes it. Times are seconds since 1970, 0 where it never happened. */
export interface ScrubRecord {
  readonly devid: number;
  readonly progress: ScrubProgress;
  readonly started: number;
  readonly resumed: number;
  readonly durationSeconds: number;
  readonly isCanceled: boolean;
  readonly isFinished: boolean;
}

/** The last second that a date can have here: the record is a file that anything may stand in. */
const LAST_SECOND = 253_402_300_799;

/** Parses the record that `btrfs` writes; lines of other filesystems, or that are none, are passed over. */
export function parseScrubRecords(text: string, fsid: string): ScrubRecord[] {
  return text.split("\n").flatMap((line) => {
    const [head = "", ...fields] = line.split("|");
    const [owner, devid] = head.split(":");
    if (owner !== fsid || !/^\d+$/.test(devid ?? "")) return [];
    const values = new Map(fields.map((field) => [field.slice(0, field.indexOf(":")), field.split(":")[1] ?? ""]));
    const value = (key: string) => (/^\d{1,19}$/.test(values.get(key) ?? "") ? BigInt(values.get(key) ?? 0) : 0n);
    const seconds = (key: string) => Math.min(Number(value(key)), LAST_SECOND);
    return [
      {
        devid: Number(devid),
        progress: progressOf(value),
        started: seconds("t_start"),
        resumed: seconds("t_resumed"),
        durationSeconds: seconds("duration"),
        isCanceled: value("canceled") !== 0n,
        isFinished: value("finished") !== 0n,
      },
    ];
  });
}

/** What the record says, and when it was written, in milliseconds since 1970. */
export interface ScrubNotes {
  readonly records: readonly ScrubRecord[];
  readonly writtenAt: number;
}

const FOLDER = "/var/lib/btrfs";

/** The record of the running or last scrub; `btrfs` renews it every five seconds. */
export async function readScrubNotes(files: Files, fsid: string): Promise<ScrubNotes | undefined> {
  const path = `${FOLDER}/scrub.status.${fsid}`;
  const text = await files.readIfThere(path);
  if (text === undefined) return undefined;
  const written = await stat(await files.place(path)).catch(() => undefined);
  return { records: parseScrubRecords(text, fsid), writtenAt: written?.mtimeMs ?? Date.now() };
}

/**
 * Whether a `btrfs` is at work on a scrub: it keeps a socket open until it has written how the scrub ended. The socket
 * is only looked for: whoever connects and goes away before the answer ends the scrub, for `btrfs` dies of SIGPIPE.
 */
export async function isScrubberThere(files: Files, fsid: string): Promise<boolean> {
  const sockets = (await files.readIfThere("/proc/net/unix")) ?? "";
  return sockets.includes(` ${FOLDER}/scrub.progress.${fsid}\n`);
}
