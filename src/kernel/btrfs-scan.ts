import { run } from "./exec.js";

/** Makes the btrfs on these devices known to the kernel, which mounts it by any of them from then on. */
export async function scanBtrfs(nodes: readonly string[]): Promise<void> {
  await run("btrfs", ["device", "scan", "--", ...nodes], { deadlineMs: 60_000 });
}
