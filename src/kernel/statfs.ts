import type { BigIntStatsFs } from "node:fs";
import { statfs } from "node:fs/promises";

/** What `statfs(2)` says, in bytes; computed as `df` does. */
export interface Space {
  readonly blockSize: number;
  readonly size: bigint;
  readonly used: bigint;
  /** What a process without privileges can still write. */
  readonly available: bigint;
  /** Free, but for root only. */
  readonly reserved: bigint;
  readonly usePercent: number;
  /** Absent where the filesystem does not count its inodes. */
  readonly inodes?: {
    readonly total: bigint;
    readonly used: bigint;
    readonly free: bigint;
    readonly usePercent: number;
  };
}

/** Why there are no figures: the daemon may not look there, or the filesystem failed or did not answer in time. */
export type NoSpace = "denied" | "failed";

const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** A share in percent, rounded up as `df` does; 0 of nothing. */
const percentUp = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number((part * 100n + whole - 1n) / whole);

/** Counts blocks in bytes. Linux's local filesystems count in `f_bsize`; only remote ones, which are never asked, differ. */
export function spaceOf({ bsize, blocks, bfree, bavail, files, ffree }: BigIntStatsFs): Space {
  const used = positive(blocks - bfree);
  const usedInodes = positive(files - ffree);
  return {
    blockSize: Number(bsize),
    size: blocks * bsize,
    used: used * bsize,
    available: bavail * bsize,
    reserved: positive(bfree - bavail) * bsize,
    usePercent: percentUp(used, used + bavail),
    ...(files > 0n && {
      inodes: { total: files, used: usedInodes, free: ffree, usePercent: percentUp(usedInodes, files) },
    }),
  };
}

const reasonOf = (error: unknown): NoSpace =>
  error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM")
    ? "denied"
    : "failed";

export interface SpaceReaderOptions {
  readonly ask?: (path: string | Buffer) => Promise<BigIntStatsFs>;
  /** How many questions run at once: a filesystem that hangs holds one of libuv's four threads. */
  readonly atOnce?: number;
  /** Milliseconds after which a question counts as failed. */
  readonly patienceMs?: number;
}

/**
 * Asks filesystems for their space, few at a time. A question that does not come back keeps its slot until it does;
 * while all slots are lost so, every further one fails at once instead of waiting, and the same one is never put twice.
 */
export class SpaceReader {
  private readonly ask: (path: string | Buffer) => Promise<BigIntStatsFs>;
  private readonly patienceMs: number;
  private readonly overdue = new Set<string>();
  private free: number;
  private readonly slots: number;
  private waiting: ((got: boolean) => void)[] = [];

  constructor({
    ask = (path) => statfs(path, { bigint: true }),
    atOnce = 2,
    patienceMs = 1500,
  }: SpaceReaderOptions = {}) {
    this.ask = ask;
    this.slots = atOnce;
    this.free = atOnce;
    this.patienceMs = patienceMs;
  }

  /** The space of the filesystem at `path`; `key` names the filesystem for as long as a question about it is overdue. */
  async of(path: string | Buffer, key: string): Promise<Space | NoSpace> {
    if (this.overdue.has(key) || !(await this.slot())) return "failed";
    // Two calls may have waited for the same filesystem.
    if (this.overdue.has(key)) {
      this.release();
      return "failed";
    }
    return this.put(path, key);
  }

  private put(path: string | Buffer, key: string): Promise<Space | NoSpace> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.overdue.add(key);
        if (this.overdue.size >= this.slots) this.giveUp();
        resolve("failed");
      }, this.patienceMs);
      const done = (answer: Space | NoSpace) => {
        clearTimeout(timer);
        this.overdue.delete(key);
        this.release();
        resolve(answer);
      };
      this.ask(path).then(
        (stats) => done(spaceOf(stats)),
        (error: unknown) => done(reasonOf(error)),
      );
    });
  }

  private async slot(): Promise<boolean> {
    if (this.free > 0) {
      this.free -= 1;
      return true;
    }
    if (this.overdue.size >= this.slots) return false;
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next) next(true);
    else this.free += 1;
  }

  private giveUp(): void {
    for (const give of this.waiting.splice(0)) give(false);
  }
}
