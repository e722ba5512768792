import type { Holder } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { processesOn } from "../../kernel/mount-holders.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { readSwaps } from "../../kernel/swaps.js";
import type { MountsLook } from "./mounts-look.js";

/** The specification's cap on an error's holders. */
const MOST_HOLDERS = 256;

/** The mounts on a mount's folders, those on its own mount point included. */
export const mountsBeneath = ({ rows }: MountTree, row: MountRow): MountRow[] =>
  rows.filter(({ parentId, mountId }) => parentId === row.mountId && mountId !== row.mountId);

/** What keeps a mount busy: processes, and the kernel's own uses of files on it. */
export async function holdersOf(files: Files, look: MountsLook, row: MountRow): Promise<Holder[]> {
  const isOn = (path: string) => look.tree.at(path)?.mountId === row.mountId;
  const [processes, swaps] = await Promise.all([processesOn(files, row), readSwaps(files)]);
  const holders: Holder[] = [
    ...processes.map(({ pid, name }): Holder => ({ kind: "process", name, pid })),
    ...swaps
      .filter(({ isFile, path }) => isFile && isOn(path))
      .map(({ path }): Holder => ({ kind: "swap", name: path })),
    ...look.index.nodes
      .filter(({ backingFile }) => backingFile !== undefined && !backingFile.startsWith("/dev/") && isOn(backingFile))
      .map(({ path }): Holder => ({ kind: "loop", name: path })),
  ];
  return holders.slice(0, MOST_HOLDERS);
}
