import { run } from "./exec.js";

/** Makes the btrfs on these devices known to the kernel, which mounts it by any of them from then on. */
export async function scanBtrfs(nodes: readonly string[]): Promise<void> {
  await run("btrfs", ["device", "scan", "--", ...nodes], { deadlineMs: 60_000 });
}

/** The number of the subvolume that is mounted where none is named; `path` is absolute, the tool takes no `--`. */
export async function defaultSubvolume(path: string): Promise<number | undefined> {
  const { stdout } = await run("btrfs", ["subvolume", "get-default", path]);
  const id = /^ID ([0-9]+)/.exec(stdout)?.[1];
  return id === undefined ? undefined : Number(id);
}
