import { posix } from "node:path";
import { type BtrfsDevice, type BtrfsInfo, readFilesystemInfo } from "../../kernel/btrfs-devices.js";
import { btrfsLabel, listBtrfs } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { rpcError } from "../../rpc/errors.js";
import { atPath, invalid, opened, type Place, unsupported, wrongKind } from "./fs-place.js";

/** An open file or folder on a mounted btrfs. */
export interface BtrfsPlace extends Place {
  readonly info: BtrfsInfo;
}

/** The same filesystem through a folder, which is all that `btrfs` takes: for a file the one that it lies in. */
export function throughFolder<T>(
  files: Files,
  place: BtrfsPlace,
  work: (folder: BtrfsPlace) => Promise<T>,
): Promise<T> {
  if (place.isFolder) return work(place);
  const path = posix.dirname(place.path);
  return opened(files, { path, at: path, field: place.field }, place.tree, async (found) => {
    const folder = found.mount.fstype === "btrfs" ? await asBtrfs(found) : undefined;
    if (folder?.info.fsid === place.info.fsid) return work(folder);
    throw invalid(place.field, `${place.path} is a file that is mounted by itself; name a folder of its filesystem`);
  });
}

/** The fields that name a device of a btrfs. */
export const named = ({ devid, node }: BtrfsDevice): { devid: number; device?: string } => ({
  devid,
  ...(node && { device: node.path }),
});

/** The label of the filesystem that is meant where no path is given. */
const DATA_LABEL = "MOSDATA";

/** Opens the path, or without one the mount point of the filesystem labelled `MOSDATA`, and hands it to `work`. */
export function onBtrfs<T>(
  files: Files,
  path: string | undefined,
  work: (place: BtrfsPlace) => Promise<T>,
): Promise<T> {
  return path === undefined ? onData(files, work) : atBtrfs(files, path, "path", work);
}

/** Opens what a parameter names, which has to lie on a btrfs. */
export const atBtrfs = <T>(
  files: Files,
  path: string,
  field: string,
  work: (place: BtrfsPlace) => Promise<T>,
): Promise<T> => atPath(files, path, field, async (place) => work(await asBtrfs(place)));

/** The place with what its filesystem says of itself; throws `invalid_argument` where that is no btrfs. */
export async function asBtrfs(place: Place): Promise<BtrfsPlace> {
  if (place.mount.fstype !== "btrfs") throw wrongKind(place.field, place.path, place.mount.fstype);
  return { ...place, info: await readFilesystemInfo(place.fd) };
}

async function onData<T>(files: Files, work: (place: BtrfsPlace) => Promise<T>): Promise<T> {
  if (!files.live) throw unsupported("a recorded machine's filesystems cannot be asked");
  const wanted = new Set<string>();
  for (const { fsid } of await listBtrfs(files)) if ((await btrfsLabel(files, fsid)) === DATA_LABEL) wanted.add(fsid);
  const tree = new MountTree(await readMountinfo(files));
  const found = wanted.size > 0 ? await mountsOf(files, tree, wanted) : [];
  const [only, ...others] = found;
  if (!only) throw notMounted();
  if (others.length > 0) throw several(found.map(({ row }) => row));
  const { target, raw } = only.row;
  return opened(files, { path: target, at: raw?.target ?? target, field: "path" }, tree, async (place) =>
    work(await asBtrfs(place)),
  );
}

interface DataMount {
  readonly fsid: string;
  readonly row: MountRow;
}

/** One mount that can be reached for each of the filesystems, that of its top level first. */
async function mountsOf(files: Files, tree: MountTree, wanted: ReadonlySet<string>): Promise<DataMount[]> {
  const candidates = tree.rows.filter((row) => row.fstype === "btrfs" && tree.isVisible(row) && !tree.isRemote(row));
  const byNumber = new Map<string, MountRow>();
  for (const row of candidates) {
    const rival = byNumber.get(row.majMin);
    if (!rival || (row.root === "/" && rival.root !== "/")) byNumber.set(row.majMin, row);
  }
  const found: DataMount[] = [];
  for (const row of byNumber.values()) {
    const at = { path: row.target, at: row.raw?.target ?? row.target, field: "path" };
    const fsid = await opened(files, at, tree, async (place) => (await asBtrfs(place)).info.fsid).catch(
      () => undefined,
    );
    if (fsid !== undefined && wanted.has(fsid)) found.push({ fsid, row });
  }
  return found;
}

const notMounted = () =>
  rpcError(
    "not_found",
    { resource: "filesystem", name: DATA_LABEL },
    `no btrfs labelled ${DATA_LABEL} is mounted; name a path`,
  );

function several(rows: readonly MountRow[]) {
  const targets = rows.map(({ target }) => target);
  return rpcError(
    "conflict",
    {
      expected: `one mounted btrfs labelled ${DATA_LABEL}`,
      actual: `${rows.length} of them`,
      objects: targets.slice(0, 64).map((target) => target.slice(0, 1024)),
      remedy: "name a path",
    },
    `${rows.length} filesystems labelled ${DATA_LABEL} are mounted (${targets.join(", ").slice(0, 512)}); name a path`,
  );
}
