import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFile,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ToolMissing } from "./exec.js";
import { libc } from "./libc.js";
import { findTool } from "./tools.js";

/** What is noted of a run of `btrfs` that may outlive this process. */
export interface RunNote {
  /** Its words, without the path that it works on. */
  readonly args: readonly string[];
  readonly startedAt: string;
  /** What the caller wants to know again later. */
  readonly about: Readonly<Record<string, string | boolean>>;
}

/** A run as it is now. */
export interface Run extends RunNote {
  readonly name: string;
  readonly isAlive: boolean;
  /** What it has written so far. */
  readonly output: string;
  /** When it wrote its last words, or was started where it has written nothing. */
  readonly lastWordAt: Date;
}

const LOCK = { shared: 1, exclusive: 2, noWait: 4, unlock: 8 } as const;
/** The most of a run's output that is looked at: its end. */
const KEPT = 64 * 1024;
/** How often a run is looked at by those who wait for its end, in milliseconds. */
const PACE_MS = 100;

/**
 * Runs of `btrfs` in sessions of their own, which this process's end does not end, and which the next one finds again.
 * Each has a note and a log in the folder; whoever runs holds a lock on the log that is gone with its last process.
 */
export class BtrfsRuns {
  constructor(private readonly folder: string) {}

  /**
   * Starts `btrfs` on an open file or folder; `words` get the path at which the run finds it.
   * False where a run of that name is alive. Rejects with `ToolMissing`.
   */
  async start(
    name: string,
    fd: number,
    words: (path: string) => readonly string[],
    note: Omit<RunNote, "startedAt">,
  ): Promise<boolean> {
    const { path } = await findTool("btrfs");
    if (path === undefined) throw new ToolMissing("btrfs");
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const log = await open(this.logOf(name), "a", 0o600);
    try {
      if (!isTaken(log)) return false;
      await log.truncate(0);
      await this.write(name, { ...note, startedAt: new Date().toISOString() });
      // The child inherits the log's lock with the log, and the place as descriptor 3.
      const child = spawn(path, words("/proc/self/fd/3"), {
        argv0: "btrfs",
        detached: true,
        env: { ...process.env, LC_ALL: "C", LANGUAGE: "C" },
        stdio: ["ignore", log.fd, log.fd, fd],
      });
      await once(child, "spawn");
      child.unref();
      return true;
    } finally {
      await log.close();
    }
  }

  /** The run of that name that lives or was the last; undefined where there was none. */
  async read(name: string): Promise<Run | undefined> {
    const note = await this.note(name);
    const log = await open(this.logOf(name), "r").catch(() => undefined);
    if (!log) return undefined;
    try {
      // Asked for first: what is written after that is read too.
      const isAlive = isHeld(log);
      const { size, mtime } = await log.stat();
      const bytes = Buffer.alloc(Math.min(size, KEPT));
      const { bytesRead } = await log.read(bytes, 0, bytes.length, size - bytes.length);
      return note && { ...note, name, isAlive, output: bytes.toString("utf8", 0, bytesRead), lastWordAt: mtime };
    } finally {
      await log.close();
    }
  }

  /** The runs whose names begin so. */
  async list(prefix: string): Promise<Run[]> {
    const files = await readdir(this.folder).catch(() => []);
    const names = files.flatMap((file) =>
      file.startsWith(prefix) && file.endsWith(".log") ? [file.slice(0, -4)] : [],
    );
    const runs = await Promise.all(names.map((name) => this.read(name)));
    return runs.filter((run) => run !== undefined);
  }

  /** Waits until the run has ended. */
  async end(name: string): Promise<Run | undefined> {
    for (;;) {
      const run = await this.read(name);
      if (!run?.isAlive) return run;
      await sleep(PACE_MS);
    }
  }

  /** Adds to what a run that has ended wrote: what became of its work afterwards. */
  async append(name: string, words: string): Promise<void> {
    await appendFile(this.logOf(name), words);
  }

  /** Forgets a run that has ended. */
  async forget(name: string): Promise<void> {
    await unlink(this.noteOf(name)).catch(() => {});
    await unlink(this.logOf(name)).catch(() => {});
  }

  private async note(name: string): Promise<RunNote | undefined> {
    try {
      const value: unknown = JSON.parse(await readFile(this.noteOf(name), "utf8"));
      return isNote(value) ? value : undefined;
    } catch {
      // A note that is not there, or is none, says nothing; the kernel still does.
      return undefined;
    }
  }

  private async write(name: string, note: RunNote): Promise<void> {
    const fresh = `${this.noteOf(name)}.tmp`;
    await writeFile(fresh, JSON.stringify(note), { mode: 0o600 });
    await rename(fresh, this.noteOf(name));
  }

  private noteOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }

  private logOf(name: string): string {
    return join(this.folder, `${name}.log`);
  }
}

/** Takes the lock that a run holds; false where another run has it. It goes with the last descriptor of the log. */
const isTaken = ({ fd }: FileHandle): boolean => libc().flock(fd, LOCK.exclusive | LOCK.noWait) === 0;

/** Whether a run holds the lock: asked in one turn, so that no start finds ours. */
function isHeld({ fd }: FileHandle): boolean {
  if (libc().flock(fd, LOCK.shared | LOCK.noWait) !== 0) return true;
  libc().flock(fd, LOCK.unlock);
  return false;
}

function isNote(value: unknown): value is RunNote {
  if (typeof value !== "object" || value === null) return false;
  if (!("args" in value) || !("startedAt" in value) || !("about" in value)) return false;
  return (
    Array.isArray(value.args) &&
    value.args.every((word) => typeof word === "string") &&
    typeof value.startedAt === "string" &&
    typeof value.about === "object" &&
    value.about !== null
  );
}
