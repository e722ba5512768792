import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { libc } from "./libc.js";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;
const HOLDER_LOOKS = 25;
const HOLDER_WAIT_MS = 10;

/** Takes the exclusive `flock` of an open file or folder without waiting; false where another process has it. */
export function tryLock(fd: number): boolean {
  if (libc().flock(fd, LOCK_EX | LOCK_NB) === 0) return true;
  const errno = libc().errno();
  if (errno === EWOULDBLOCK) return false;
  throw new Error(`flock failed with errno ${errno}`);
}

export type LockOutcome = { readonly held: true; release(): void } | { readonly held: false; readonly holder: string };

/**
 * Locks a file, which is made if missing, until `release` or the end of the process.
 * The file holds the holder's pid, so that who comes second can name the first.
 */
export function lockFile(path: string): LockOutcome {
  const fd = openSync(path, "a+", 0o600);
  try {
    if (!tryLock(fd)) {
      const holder = holderIn(path);
      closeSync(fd);
      return { held: false, holder };
    }
    writePid(fd);
    return { held: true, release: () => closeSync(fd) };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Who has the lock writes its pid a moment later: that is worth a short wait, once at a start that is refused anyway. */
function holderIn(path: string): string {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let left = HOLDER_LOOKS; left > 0; left -= 1) {
    const holder = readFileSync(path, "utf8").trim();
    if (holder !== "") return holder;
    Atomics.wait(sleeper, 0, 0, HOLDER_WAIT_MS);
  }
  return "";
}

// A courtesy to who comes second: on a full disk the lock holds without it.
function writePid(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } catch {
    // `flock` has already decided.
  }
}
