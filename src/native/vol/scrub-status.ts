import type { ScrubCounters, ScrubDevice, ScrubState, ScrubStatus } from "../../../generated/types.gen.js";
import { type BtrfsDevice, readDevices } from "../../kernel/btrfs-devices.js";
import {
  isScrubberThere,
  progressOf,
  readScrubNotes,
  readScrubProgress,
  type ScrubNotes,
  type ScrubProgress,
  type ScrubRecord,
} from "../../kernel/btrfs-scrub.js";
import { copiesOf, readSpace } from "../../kernel/btrfs-space.js";
import type { Files } from "../../kernel/files.js";
import { type BtrfsPlace, named } from "./fs-btrfs.js";
import { exact } from "./space.js";

/** What is known of one device's scrub. */
interface Known {
  readonly device: BtrfsDevice;
  readonly state: ScrubState;
  readonly progress: ScrubProgress;
  readonly seconds: number;
  readonly record?: ScrubRecord;
}

/** The running or the last scrub: from the kernel and the `btrfs` that runs it, else from the record. */
export async function scrubStatus(files: Files, place: BtrfsPlace): Promise<ScrubStatus> {
  const { fd, info, mount } = place;
  const devices = await readDevices(files, fd, info);
  const running = new Map<number, ScrubProgress>();
  for (const { devid } of devices) {
    const progress = await readScrubProgress(fd, devid);
    if (progress) running.set(devid, progress);
  }
  // In this order: whoever scrubs writes its record before it hangs up, so that no end looks like a break.
  const isRunning = (await isScrubberThere(files, info.fsid)) || running.size > 0;
  const notes = await readScrubNotes(files, info.fsid);
  const known = devices.map((device) => knownOf(device, { notes, running, isRunning }));
  return shape(place, known, isRunning, await bytesInUse(fd), mount.target);
}

interface Sources {
  readonly notes: ScrubNotes | undefined;
  readonly running: ReadonlyMap<number, ScrubProgress>;
  readonly isRunning: boolean;
}

const NOTHING = progressOf(() => 0n);
const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function knownOf(device: BtrfsDevice, { notes, running, isRunning }: Sources): Known {
  const record = notes?.records.find(({ devid }) => devid === device.devid);
  const now = running.get(device.devid);
  const isOver = record !== undefined && (record.isFinished || record.isCanceled);
  // The record of an earlier scrub says nothing of one that something else than `btrfs` started.
  if (!record || (now && isOver)) {
    return { device, state: now ? "running" : "never", progress: now ?? NOTHING, seconds: 0 };
  }
  const isActive = isRunning && !isOver;
  const writtenAt = notes?.writtenAt ?? 0;
  // `btrfs` renews its record every few seconds.
  const age = isActive ? Math.max(0, Math.floor((Date.now() - writtenAt) / 1000)) : 0;
  return {
    device,
    state: stateOf(record, isActive),
    // The kernel knows nothing of what was done before a resumption, and the record is a few seconds old.
    progress: progressOf((counter) => larger(record.progress[counter], now?.[counter] ?? 0n)),
    seconds: record.durationSeconds + age,
    // The first record is written at the start and does not say when that was.
    record: record.started === 0 && isActive ? { ...record, started: Math.floor(writtenAt / 1000) } : record,
  };
}

function stateOf({ isFinished, isCanceled }: ScrubRecord, isActive: boolean): ScrubState {
  if (isActive) return "running";
  // The scrub of a device that is missing ends at once: cancelled and finished.
  if (isCanceled) return "aborted";
  return isFinished ? "finished" : "interrupted";
}

/** The state of the whole: what is worst of its devices. */
const overall = (known: readonly Known[], isRunning: boolean): ScrubState => {
  if (isRunning) return "running";
  const states = new Set(known.map(({ state }) => state));
  for (const state of ["aborted", "interrupted", "finished"] as const) if (states.has(state)) return state;
  return "never";
};

function shape(
  { info }: BtrfsPlace,
  known: readonly Known[],
  isRunning: boolean,
  inUse: bigint,
  target: string,
): ScrubStatus {
  const status = overall(known, isRunning);
  const all = progressOf((counter) => known.reduce((sum, { progress }) => sum + progress[counter], 0n));
  const scrubbed = all.data_bytes_scrubbed + all.tree_bytes_scrubbed;
  const seconds = Math.max(0, ...known.map((device) => device.seconds));
  return {
    uuid: info.fsid,
    target,
    status,
    ...times(known.flatMap(({ record }) => record ?? [])),
    duration_seconds: seconds,
    counters: countersOf(all),
    scrubbed_bytes: exact(scrubbed),
    ...(status !== "never" && {
      total_bytes: exact(inUse),
      percent: status === "finished" ? 100 : percentOf(scrubbed, inUse),
      ...speed(scrubbed, inUse, seconds, status),
    }),
    error_count: exact(all.read_errors + all.csum_errors + all.verify_errors + all.super_errors + all.malloc_errors),
    devices: known.map(deviceShape),
  };
}

const percentOf = (part: bigint, whole: bigint): number =>
  whole === 0n ? 100 : Math.min(100, Number((part * 10_000n) / whole) / 100);

function speed(
  scrubbed: bigint,
  inUse: bigint,
  seconds: number,
  status: ScrubState,
): Pick<ScrubStatus, "rate_bytes_per_second" | "eta_seconds"> {
  // Within the first second the whole counts as its speed, as with `btrfs`.
  const rate = seconds === 0 ? scrubbed : scrubbed / BigInt(seconds);
  const left = inUse > scrubbed ? inUse - scrubbed : 0n;
  return {
    rate_bytes_per_second: exact(rate),
    ...(status === "running" && rate > 0n && { eta_seconds: Number(left / rate) }),
  };
}

function deviceShape({ device, state, progress, seconds, record }: Known): ScrubDevice {
  return {
    ...named(device),
    status: state,
    ...times(record ? [record] : []),
    duration_seconds: seconds,
    counters: countersOf(progress),
    last_physical_bytes: exact(progress.last_physical),
  };
}

/** The first start, and the last resumption, of some devices' scrubs. */
function times(records: readonly ScrubRecord[]): { started_at?: string; resumed_at?: string } {
  const started = records.map((record) => record.started).filter((second) => second > 0);
  const resumed = records.map((record) => record.resumed).filter((second) => second > 0);
  return {
    ...(started.length > 0 && { started_at: moment(Math.min(...started)) }),
    ...(resumed.length > 0 && { resumed_at: moment(Math.max(...resumed)) }),
  };
}

const moment = (seconds: number): string => new Date(seconds * 1000).toISOString();

function countersOf({ last_physical: _, ...counters }: ScrubProgress): ScrubCounters {
  return {
    data_extents_scrubbed: exact(counters.data_extents_scrubbed),
    tree_extents_scrubbed: exact(counters.tree_extents_scrubbed),
    data_bytes_scrubbed: exact(counters.data_bytes_scrubbed),
    tree_bytes_scrubbed: exact(counters.tree_bytes_scrubbed),
    read_errors: exact(counters.read_errors),
    csum_errors: exact(counters.csum_errors),
    verify_errors: exact(counters.verify_errors),
    no_csum: exact(counters.no_csum),
    csum_discards: exact(counters.csum_discards),
    super_errors: exact(counters.super_errors),
    malloc_errors: exact(counters.malloc_errors),
    uncorrectable_errors: exact(counters.uncorrectable_errors),
    unverified_errors: exact(counters.unverified_errors),
    corrected_errors: exact(counters.corrected_errors),
  };
}

/** What a scrub has to read: everything in use, copies counted. */
async function bytesInUse(fd: number): Promise<bigint> {
  const groups = (await readSpace(fd)).filter(({ type }) => type !== "global_reserve");
  return groups.reduce((sum, { profile, used }) => sum + used * copiesOf(profile), 0n);
}
