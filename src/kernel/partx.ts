import { run } from "./exec.js";

/** Takes one partition from the kernel; the disk's table stays as it is. */
export async function removeKernelPartition(disk: string, number: number): Promise<void> {
  await run("partx", ["--delete", "--nr", `${number}:${number}`, "--", disk], { deadlineMs: 30_000 });
}
/** Tells the kernel of one partition that stands in the disk's table. Throws `ToolMissing` or `CommandFailed`. */
export async function addKernelPartition(disk: string, number: number): Promise<void> {
  await run("partx", ["--add", "--nr", `${number}:${number}`, "--", disk], { deadlineMs: 30_000 });
}
