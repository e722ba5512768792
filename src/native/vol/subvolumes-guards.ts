import type { Holder } from "../../../generated/types.gen.js";
import { BlockIndex } from "../../kernel/block-index.js";
import type { SubvolumeRecord } from "../../kernel/btrfs-subvolumes.js";
import type { Files } from "../../kernel/files.js";
import { type ForeignMounts, readForeignMounts } from "../../kernel/mount-namespaces.js";
import { overlayFolders } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { readSwaps } from "../../kernel/swaps.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import { SYSTEM_FOLDERS } from "./in-use.js";
import { asBytes, isWithin, within } from "./subvolumes-shape.js";

/** Something that keeps a part of the filesystem: where that part lies, from the top level, and what it is. */
interface Keeper {
  /** One character a byte, with a leading slash. */
  readonly path: string;
  readonly holder: Holder;
}

/** What keeps parts of a btrfs from being deleted: the running system, mounts of every namespace, swap and loop files. */
export class Keepers {
  private constructor(private readonly all: readonly Keeper[]) {}

  static async read(files: Files, { mount }: BtrfsPlace, stateDir?: string): Promise<Keepers> {
    const tree = new MountTree(await readMountinfo(files));
    const isOurs = (row: MountRow) => row.fstype === "btrfs" && row.majMin === mount.majMin;
    const folders = [...SYSTEM_FOLDERS, ...(stateDir === undefined ? [] : [stateDir])];
    const resolved = await Promise.all(
      folders.map(async (path) => (await files.resolve(path).catch(() => undefined)) ?? path),
    );
    const system = resolved.flatMap((path) =>
      placesOf(path, tree, isOurs).map((place) => keeper(place, { kind: "system", name: path })),
    );
    const swaps = (await readSwaps(files)).flatMap(({ path }) =>
      placesOf(path, tree, isOurs).map((place) => keeper(place, { kind: "swap", name: path })),
    );
    const loops = (await BlockIndex.read(files)).nodes.flatMap(({ path, backingFile }) =>
      backingFile === undefined
        ? []
        : placesOf(backingFile, tree, isOurs).map((place) => keeper(place, { kind: "loop", name: path })),
    );
    const foreign = (await readForeignMounts(files)).flatMap((namespace) => mountKeepers(namespace, isOurs));
    const own = mountKeepers({ rows: tree.rows }, isOurs);
    return new Keepers([...system, ...own, ...foreign, ...swaps, ...loops]);
  }

  /** What keeps the subvolume or anything within it. */
  of({ path }: SubvolumeRecord): Holder[] {
    return this.all.filter((kept) => isWithin(kept.path, `/${path}`)).map(({ holder }) => holder);
  }
}

const keeper = (path: string, holder: Holder): Keeper => ({ path, holder });

/** Where a path of the daemon's namespace lies on the filesystem, through overlays too; nowhere where it is on another. */
function placesOf(path: string, tree: MountTree, isOurs: (row: MountRow) => boolean, depth = 0): string[] {
  const row = tree.at(path);
  if (!row) return [];
  if (isOurs(row)) return [within(row, asBytes(path))];
  if (row.fstype !== "overlay" || depth > 8) return [];
  return overlayFolders(row.fsOptions).flatMap((folder) => placesOf(folder, tree, isOurs, depth + 1));
}

/** Mounts of the filesystem, others' mounts on folders of it and overlays over such, which its deletion would take away. */
function mountKeepers(
  { rows, pid, mntNs }: Pick<ForeignMounts, "rows"> & Partial<ForeignMounts>,
  isOurs: (row: MountRow) => boolean,
): Keeper[] {
  const tree = new MountTree(rows);
  const ids = new Map(rows.map((row) => [row.mountId, row]));
  return rows.flatMap((row) => {
    const holder: Holder = {
      kind: "mount",
      name: row.target.slice(0, 4096),
      ...(pid !== undefined && { pid }),
      ...(mntNs !== undefined && { mnt_ns: mntNs }),
    };
    const parent = ids.get(row.parentId);
    const layers = row.fstype === "overlay" ? overlayFolders(row.fsOptions) : [];
    const isOn = parent !== undefined && parent !== row && isOurs(parent);
    return [
      ...(isOurs(row) ? [keeper(asBytes(row.root, row.raw?.root), holder)] : []),
      ...(isOn ? [keeper(within(parent, asBytes(row.target, row.raw?.target)), holder)] : []),
      ...layers.flatMap((folder) => placesOf(folder, tree, isOurs)).map((place) => keeper(place, holder)),
    ];
  });
}
