import type { BalanceStatus } from "../../../generated/types.gen.js";
import { type Balance, readBalance } from "../../kernel/btrfs-balance.js";
import { exclusiveOperation } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import { exact } from "./space.js";

/** Whether a balance is under way, by the kernel's own word. */
export async function balanceStatus(files: Files, { fd, info, mount }: BtrfsPlace): Promise<BalanceStatus> {
  const balance = await readBalance(fd);
  return {
    uuid: info.fsid,
    target: mount.target,
    ...(balance ? shape(balance) : { status: "idle" as const }),
    exclusive_operation: (await exclusiveOperation(files, info.fsid)) ?? "unknown",
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
