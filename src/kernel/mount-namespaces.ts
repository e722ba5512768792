import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { type MountRow, readMountinfo } from "./mountinfo.js";

/** The mounts of a mount namespace that is not the daemon's, seen through one process that lives in it. */
export interface ForeignMounts {
  readonly pid: number;
  /** The namespace's inode number. */
  readonly mntNs: number;
  readonly rows: readonly MountRow[];
}

const namespaceOf = async (files: Files, process: string): Promise<number | undefined> => {
  const link = await files.link(`/proc/${process}/ns/mnt`).catch(() => undefined);
  const inode = /^mnt:\[([0-9]+)\]$/.exec(link ?? "")?.[1];
  return inode === undefined ? undefined : Number(inode);
};

/** Every other mount namespace with a process that the daemon may look at; the process with the lowest id speaks for it. */
export async function readForeignMounts(files: Files): Promise<ForeignMounts[]> {
  const own = await namespaceOf(files, "self");
  const pids = (await files.listIfThere("/proc"))
    .filter((name) => /^[0-9]+$/.test(name))
    .sort((a, b) => Number(a) - Number(b));
  const namespaces = await mapBounded(pids, (pid) => namespaceOf(files, pid));
  const speakers = new Map<number, number>();
  for (const [index, mntNs] of namespaces.entries()) {
    if (mntNs !== undefined && mntNs !== own && !speakers.has(mntNs)) speakers.set(mntNs, Number(pids[index]));
  }
  const found = await mapBounded([...speakers], async ([mntNs, pid]) => ({
    pid,
    mntNs,
    // It may have ended since.
    rows: await readMountinfo(files, pid).catch(() => []),
  }));
  return found.filter(({ rows }) => rows.length > 0);
}
