import { statSync } from "node:fs";
import { type BlockNode, deviceNumber } from "./block.js";
import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { breathe } from "./slices.js";
import { attribute, entries, linkTarget } from "./sysfs.js";

/** A process that has a device open. */
export interface Opener {
  readonly pid: number;
  /** The command's name, as `/proc/<pid>/comm` has it. */
  readonly command: string;
  readonly canWrite: boolean;
}

const ACCESS_MODE = 0o3;

/** The processes that have a block device open, under whatever name; those of other users only where the daemon may look. */
export async function openersOf(files: Files, { majMin }: BlockNode): Promise<Opener[]> {
  const pids = (await entries(files, "/proc")).filter((name) => /^[0-9]+$/.test(name));
  const found = await mapBounded(pids, async (pid): Promise<Opener | undefined> => {
    const modes = await modesOf(files, pid, majMin);
    if (modes.length === 0) return undefined;
    const command = (await attribute(files, `/proc/${pid}/comm`)) ?? "?";
    return { pid: Number(pid), command, canWrite: modes.some((mode) => (mode & ACCESS_MODE) !== 0) };
  });
  return found.filter((opener) => opener !== undefined);
}

async function modesOf(files: Files, pid: string, majMin: string): Promise<number[]> {
  const modes: number[] = [];
  for (const fd of await entries(files, `/proc/${pid}/fd`)) {
    const path = `/proc/${pid}/fd/${fd}`;
    // Only what lies in some /dev is asked what it is: a file on a dead server would never answer.
    if (!(await linkTarget(files, path))?.includes("/dev/")) continue;
    if (!(await isDevice(path, majMin))) continue;
    const info = (await attribute(files, `/proc/${pid}/fdinfo/${fd}`)) ?? "";
    modes.push(Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? "0", 8));
  }
  return modes;
}

async function isDevice(path: string, majMin: string): Promise<boolean> {
  await breathe();
  try {
    const found = statSync(path, { bigint: true });
    return found.isBlockDevice() && deviceNumber(found.rdev) === majMin;
  } catch {
    return false;
  }
}
