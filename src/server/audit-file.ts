import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  type Stats,
  statfsSync,
  statSync,
  writeSync,
} from "node:fs";
import type { AuditSink } from "../rpc/audit.js";
import type { Log } from "../rpc/log.js";

export interface AuditPlace {
  /** A file's path, or the descriptor of a stream such as standard output. */
  readonly target: string | number;
  /** Size beyond which a file is put aside, in bytes. */
  readonly maxBytes: number;
}

/** Files that were put aside and are kept: `.1` is the latest. */
const KEPT = 5;
// Not blocking: a named pipe that nobody reads must not stop the daemon.
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
const NEWLINE = 10;
/** A write is let begin only while this much room is left for its line, and for those that run already. */
const ROOM_BYTES = 256 * 1024;

/**
 * Lines appended to a file, each before `append` returns and in one write, so that the kernel has it whatever becomes
 * of the process. What cannot be written stays owed and goes first once it can.
 */
export class AuditFile implements AuditSink {
  #fd: number | undefined;
  readonly #owed: Buffer[] = [];
  /** Bytes of the first owed line that the file has already. */
  #done = 0;
  #trouble: string | undefined;
  #rotates = true;

  constructor(
    private readonly place: AuditPlace,
    private readonly log: Log,
  ) {}

  /** What kept the last line from being written. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  obstacle(): string | undefined {
    this.#settle(ROOM_BYTES);
    return this.#trouble;
  }

  append(line: string): void {
    this.#owed.push(Buffer.from(line));
    this.#settle(this.#trouble === undefined ? 0 : ROOM_BYTES);
  }

  /** Writes what is owed, and sees whether `room` bytes more would find their place. */
  #settle(room: number): void {
    try {
      let fd = this.#reach();
      for (let line = this.#owed[0]; line !== undefined; line = this.#owed[0]) {
        const fresh = this.#isFullFor(line) ? this.#rotate() : undefined;
        if (fresh !== undefined) {
          fd = fresh;
          continue;
        }
        this.#done += writeSync(fd, line, this.#done);
        if (this.#done < line.length) continue;
        this.#owed.shift();
        this.#done = 0;
      }
      if (room > 0) this.#requireRoom(room);
      if (this.#trouble !== undefined) this.log.info("the audit is written again", this.#shown);
      this.#trouble = undefined;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (this.#trouble === undefined)
        this.log.error("the audit cannot be written, writes are refused until it can", {
          ...this.#shown,
          reason,
          // What it would have said is said here, should the process end before the file can be written again.
          owed: this.#owed.join("").trimEnd() || undefined,
        });
      this.#trouble = reason;
    }
  }

  get #shown() {
    return { file: typeof this.place.target === "string" ? this.place.target : "standard output" };
  }

  /** The descriptor of what the path names now: somebody may have moved the file, or its folder. */
  #reach(): number {
    const { target } = this.place;
    if (typeof target === "number") return target;
    if (this.#fd !== undefined && isSame(fstatSync(this.#fd), statSync(target, { throwIfNoEntry: false })))
      return this.#fd;
    return this.#open(target);
  }

  #open(target: string): number {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#done = 0;
    this.#fd = openSync(target, FLAGS, 0o600);
    // A machine that lost its power may have left half a line.
    if (endsTorn(target, this.#fd)) this.#owed.unshift(Buffer.from("\n"));
    return this.#fd;
  }

  #requireRoom(bytes: number): void {
    const { target } = this.place;
    if (typeof target === "number") return;
    const { bavail, bfree, blocks, bsize } = statfsSync(target);
    // What is kept back for root is there for root.
    const free = process.geteuid?.() === 0 ? bfree : bavail;
    // A file system without blocks of its own, such as that of devices, does not fill up.
    if (blocks > 0 && free * bsize < bytes) throw new Error(`less than ${bytes} bytes are free where ${target} is`);
  }

  #isFullFor(line: Buffer): boolean {
    if (this.#fd === undefined || this.#done > 0) return false;
    const stats = fstatSync(this.#fd);
    return stats.isFile() && stats.size > 0 && stats.size + line.length > this.place.maxBytes;
  }

  /** Puts the file aside and opens a new one; where that cannot be, the old one grows and the log says so once. */
  #rotate(): number | undefined {
    const { target } = this.place;
    if (typeof target === "number") return undefined;
    try {
      for (let age = KEPT - 1; age > 0; age--) moveIfThere(`${target}.${age}`, `${target}.${age + 1}`);
      renameSync(target, `${target}.1`);
      this.#rotates = true;
    } catch (error) {
      if (this.#rotates)
        this.log.error("the audit file grows beyond its size", { ...this.#shown, reason: String(error) });
      this.#rotates = false;
      return undefined;
    }
    return this.#open(target);
  }
}

const isSame = (held: Stats, named: Stats | undefined): boolean => held.ino === named?.ino && held.dev === named.dev;

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}

function endsTorn(target: string, fd: number): boolean {
  const stats = fstatSync(fd);
  if (!stats.isFile() || stats.size === 0) return false;
  const reading = openSync(target, constants.O_RDONLY);
  try {
    const last = Buffer.alloc(1);
    return readSync(reading, last, 0, 1, stats.size - 1) === 1 && last[0] !== NEWLINE;
  } finally {
    closeSync(reading);
  }
}
