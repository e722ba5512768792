import { run } from "./exec.js";

/** Takes one partition from the kernel; the disk's table stays as it is. */
export async function removeKernelPartition(disk: string, number: number): Promise<void> {
  await run("partx", ["--delete", "--nr", `${number}:${number}`, "--", disk], { deadlineMs: 30_000 });
}
