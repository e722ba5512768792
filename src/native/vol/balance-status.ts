import type { BalanceOutcome, BalanceStatus } from "../../../generated/types.gen.js";
import { type Balance, readBalance } from "../../kernel/btrfs-balance.js";
import type { BtrfsRuns, Run } from "../../kernel/btrfs-runs.js";
import { exclusiveOperation } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import { exact } from "./space.js";

interface StatusDeps {
  readonly files: Files;
  readonly runs: BtrfsRuns;
}

/** The name of the run that balances a filesystem for us. */
export const balanceRun = ({ info }: BtrfsPlace): string => `balance-${info.fsid}`;

/** Whether a balance is under way, by the kernel's own word, and how our last one ended. */
export async function balanceStatus({ files, runs }: StatusDeps, place: BtrfsPlace): Promise<BalanceStatus> {
  const { fd, info, mount } = place;
  const run = await runs.read(balanceRun(place));
  const balance = await readBalance(fd);
  const last = run && !run.isAlive && balance === undefined ? outcomeOf(run) : undefined;
  return {
    uuid: info.fsid,
    target: mount.target,
    ...(balance ? shape(balance) : { status: "idle" as const }),
    exclusive_operation: (await exclusiveOperation(files, info.fsid)) ?? "unknown",
    ...(last && { last }),
  };
}

function shape(balance: Balance) {
  const { expected, considered, completed, scopes } = balance;
  return {
    status: statusOf(balance),
    chunks_balanced: exact(completed),
    chunks_considered: exact(considered),
    chunks_expected: exact(expected),
    percent: expected === 0n ? 0 : Math.min(100, Number((completed * 100n) / expected)),
    filters: scopes.map(({ type, filters }) => ({ bg_type: type, filters: filters.slice(0, 512) })),
  };
}

function statusOf({ isRunning, isPausing, isCancelling }: Balance): BalanceStatus["status"] {
  if (!isRunning) return "paused";
  if (isCancelling) return "cancelling";
  return isPausing ? "pausing" : "running";
}

/** How many chunks `btrfs balance` says that it rewrote; undefined where it did not come to that. */
export function chunksRelocated(output: string): number | undefined {
  const count = /^Done, had to relocate (\d+) out of \d+ chunks$/m.exec(output)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** What `btrfs balance` says where somebody cancelled it. */
export const CANCELLED = "balance canceled by user\n";

/** Whether it was paused, and what became of it then is not known to this run. */
export const wasPaused = (output: string): boolean =>
  /^balance paused by user$/m.test(output) && !output.includes(CANCELLED);

function outcomeOf({ output, lastWordAt }: Run): BalanceOutcome | undefined {
  const finished = { finished_at: lastWordAt.toISOString() };
  const relocated = chunksRelocated(output);
  if (relocated !== undefined) return { outcome: "completed", ...finished, chunks_relocated: relocated };
  if (output.includes(CANCELLED)) return { outcome: "cancelled", ...finished };
  // The kernel may have resumed it at a mount, and says nothing of its end.
  if (wasPaused(output)) return undefined;
  const message = output.trim().slice(-1024) || "it ended without a word";
  return { outcome: "failed", ...finished, message };
}
