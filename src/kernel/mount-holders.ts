import type { Files } from "./files.js";
import { attribute, attributeBytes, entries, linkTarget } from "./sysfs.js";
import { decodeText } from "./text.js";

/** A process that keeps a mount busy. */
export interface ProcessOnMount {
  readonly pid: number;
  /** Its command's name. */
  readonly name: string;
}

export interface MountPlace {
  readonly mountId: number;
  readonly target: string;
}

/**
 * The processes with open files, working folder, root, program or mapped files on a mount. Open files are told by the
 * mount's own id, the rest by its path, which only means the same in the daemon's mount namespace.
 */
export async function processesOn(files: Files, place: MountPlace): Promise<ProcessOnMount[]> {
  const own = await linkTarget(files, "/proc/self/ns/mnt");
  const found: ProcessOnMount[] = [];
  for (const name of await entries(files, "/proc")) {
    if (!/^[0-9]+$/.test(name)) continue;
    const folder = `/proc/${name}`;
    const isHere = (await linkTarget(files, `${folder}/ns/mnt`)) === own;
    if ((isHere && (await livesOn(files, folder, place.target))) || (await hasOpen(files, folder, place.mountId))) {
      found.push({ pid: Number(name), name: (await attribute(files, `${folder}/comm`)) ?? name });
    }
  }
  return found.sort((a, b) => a.pid - b.pid);
}

async function livesOn(files: Files, folder: string, target: string): Promise<boolean> {
  for (const link of ["cwd", "root", "exe"]) {
    if (isBeneath((await linkTarget(files, `${folder}/${link}`)) ?? "", target)) return true;
  }
  const maps = await attributeBytes(files, `${folder}/maps`);
  if (!maps?.includes(` ${target}/`)) return false;
  // A line ends with the path of the file that is mapped.
  return decodeText(maps)
    .split("\n")
    .some((line) => isBeneath(line.slice(line.indexOf("/")), target));
}

const isBeneath = (path: string, target: string): boolean => path === target || path.startsWith(`${target}/`);

async function hasOpen(files: Files, folder: string, mountId: number): Promise<boolean> {
  for (const fd of await entries(files, `${folder}/fd`)) {
    const link = await linkTarget(files, `${folder}/fd/${fd}`);
    // Sockets, pipes and the like lie on no mount.
    if (!link?.startsWith("/")) continue;
    const told = (await attributeBytes(files, `${folder}/fdinfo/${fd}`))?.toString("latin1");
    if (Number(/^mnt_id:\s*([0-9]+)$/m.exec(told ?? "")?.[1]) === mountId) return true;
  }
  return false;
}
