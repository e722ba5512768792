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

/**
 * Every other mount namespace with a process that the daemon may look at, and with mounts on block devices; the process
 * with the lowest id speaks for it. Mounts of the devices whose numbers are in `except` are left out: services and
 * containers see thousands that everybody sees.
 */
export async function readForeignMounts(
  files: Files,
  except: ReadonlySet<string> = new Set(),
): Promise<ForeignMounts[]> {
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
  const found = await mapBounded([...members], ([mntNs, candidates]) =>
    throughOne(files, { mntNs, pids: candidates, except }),
  );
  return found.flatMap((mounts) => (mounts && mounts.rows.length > 0 ? [mounts] : []));
}

interface Namespace {
  readonly mntNs: number;
  readonly pids: readonly number[];
  readonly except: ReadonlySet<string>;
}

/** What the first of these processes sees that has not ended since. */
async function throughOne(files: Files, { mntNs, pids, except }: Namespace): Promise<ForeignMounts | undefined> {
  let isTable = false;
  const isWanted = (line: string) => {
    isTable ||= line !== "";
    return mayRestOnDevice(line) && !except.has(numberIn(line));
  };
  for (const pid of pids) {
    const rows = await readMountinfo(files, pid, isWanted).catch(() => undefined);
    // A process that has just ended has an empty table, or none.
    if (rows && isTable) return { pid, mntNs, rows };
  }
  return undefined;
}

/** The device number in a line of mountinfo: its third field. */
function numberIn(line: string): string {
  const start = line.indexOf(" ", line.indexOf(" ") + 1) + 1;
  return line.slice(start, line.indexOf(" ", start));
}
