import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { exitCodes, StartRefused, wrongConfig } from "../config/exit.js";
import { type LockOutcome, lockFile } from "../kernel/lock.js";
import type { Log } from "../rpc/log.js";
import type { Degradation } from "./pages.js";

/** Makes the state folder and locks it for the life of the process: two daemons would undo each other's work. */
export function holdStateFolder(folder: string, log: Log): Degradation[] {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    // Recursive, so that it may be there already: another daemon may be making it just now.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw wrongConfig(`state folder ${folder} cannot be made: ${reasonOf(error)}`);
  }
  let outcome: LockOutcome;
  try {
    outcome = lockFile(join(folder, "lock"));
  } catch (error) {
    if (isSystemError(error)) throw wrongConfig(`state folder ${folder} cannot be used: ${error.message}`);
    const reason = `it cannot be locked, so nothing keeps a second daemon away: ${reasonOf(error)}`;
    log.warn("the state folder is not locked", { folder, reason });
    return [{ part: "state folder", reason }];
  }
  if (outcome.held) return [];
  throw new StartRefused(exitCodes.held, `state folder ${folder} is held by process ${outcome.holder || "unknown"}`);
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && "syscall" in error && error.syscall === "open";

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
