import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { libc } from "./libc.js";

const LOCK_EX = 2;
const LOCK_NB = 4;
const EWOULDBLOCK = 11;

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
      const holder = readFileSync(path, "utf8").trim();
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

// A courtesy to who comes second: on a full disk the lock holds without it.
function writePid(fd: number): void {
  try {
    ftruncateSync(fd);
    writeSync(fd, `${process.pid}\n`);
  } catch {
    // `flock` has already decided.
  }
}
