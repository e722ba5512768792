import type { Files } from "./files.js";
import { entries } from "./sysfs.js";

/** A btrfs that is mounted somewhere, as `/sys/fs/btrfs` lists it. */
export interface BtrfsInstance {
  readonly fsid: string;
  /** Kernel names of the members that are present. */
  readonly devices: readonly string[];
}

/** Every btrfs that is mounted in any mount namespace. */
export async function listBtrfs(files: Files): Promise<BtrfsInstance[]> {
  const ids = (await entries(files, "/sys/fs/btrfs")).filter((name) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name),
  );
  return Promise.all(
    ids.map(async (fsid) => ({ fsid, devices: await entries(files, `/sys/fs/btrfs/${fsid}/devices`) })),
  );
}
