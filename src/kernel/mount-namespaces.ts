import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { type MountRow, readMountinfo } from "./mountinfo.js";
import { entries, linkTarget } from "./sysfs.js";

/** The mounts of a mount namespace that is not the daemon's, seen through one process that lives in it. */
export interface ForeignMounts {
  readonly pid: number;
  /** The namespace's inode number. */
  readonly mntNs: number;
  /** Only those that lie on block devices, and overlays, which rest on folders of those. */
  readonly rows: readonly MountRow[];
}

/** Whether a line of mountinfo names a block device, by number or as its source, or an overlay: a look before it is taken apart. */
const mayRestOnDevice = (line: string): boolean =>
  !/^[0-9]+ [0-9]+ 0:/.test(line) || / - ([^ ]+ \/dev\/|overlay )/.test(line);

const namespaceOf = async (files: Files, process: string): Promise<number | undefined> => {
  const link = await linkTarget(files, `/proc/${process}/ns/mnt`);
  const inode = /^mnt:\[([0-9]+)\]$/.exec(link ?? "")?.[1];
  return inode === undefined ? undefined : Number(inode);
};

/** Every other mount namespace with a process that the daemon may look at; the one with the lowest id speaks for it. */
export async function readForeignMounts(files: Files): Promise<ForeignMounts[]> {
  const own = await namespaceOf(files, "self");
  const pids = (await entries(files, "/proc"))
    .filter((name) => /^[0-9]+$/.test(name))
    .sort((a, b) => Number(a) - Number(b));
  const namespaces = await mapBounded(pids, (pid) => namespaceOf(files, pid));
  const members = new Map<number, number[]>();
  for (const [index, mntNs] of namespaces.entries()) {
    if (mntNs === undefined || mntNs === own) continue;
    members.set(mntNs, [...(members.get(mntNs) ?? []), Number(pids[index])]);
  }
  const found = await mapBounded([...members], ([mntNs, candidates]) => throughOne(files, mntNs, candidates));
  return found.filter((mounts) => mounts !== undefined);
}

/** What the first of these processes sees that has not ended since. */
async function throughOne(files: Files, mntNs: number, pids: readonly number[]): Promise<ForeignMounts | undefined> {
  for (const pid of pids) {
    const rows = await readMountinfo(files, pid, mayRestOnDevice).catch(() => undefined);
    // A process that has just ended has an empty table, or none.
    if (rows && rows.length > 0) return { pid, mntNs, rows };
  }
  return undefined;
}
