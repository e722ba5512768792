import { LONGEST_NAME } from "../../kernel/btrfs-subvolume.js";
import type { Files } from "../../kernel/files.js";
import { isReadOnly } from "../../kernel/mount-options.js";
import { beneath } from "../../kernel/open-place.js";
import { rpcError } from "../../rpc/errors.js";
import { asBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { atPath, invalid, type Place } from "./fs-place.js";

/** A name in an open folder, of a btrfs where nothing else is said; the folder stays the one that was found, whatever becomes of its path. */
export interface NamedPlace<F extends Place = BtrfsPlace> {
  readonly folder: F;
  readonly name: string;
  /** The path of the name through the open folder. */
  readonly at: string;
}

/** Opens the folder that a path lies in, links followed once, and leaves its last component as a name. */
export function inParent<T>(
  files: Files,
  path: string,
  field: string,
  work: (place: NamedPlace) => Promise<T>,
): Promise<T> {
  return inFolder(files, path, field, async ({ folder, ...place }) =>
    work({ ...place, folder: await asBtrfs(folder) }),
  );
}

/** The same for a folder on any filesystem. */
export function inFolder<T>(
  files: Files,
  path: string,
  field: string,
  work: (place: NamedPlace<Place>) => Promise<T>,
): Promise<T> {
  const { parent, name } = split(path, field);
  return atPath(files, parent, field, async (folder) => {
    if (!folder.isFolder) throw invalid(field, `${folder.path} is no folder`);
    return work({ folder, name, at: beneath(folder.handle, name) });
  });
}

function split(path: string, field: string): { parent: string; name: string } {
  const trimmed = path.replace(/\/+$/, "");
  const at = trimmed.lastIndexOf("/");
  const name = trimmed.slice(at + 1);
  if (name === "" || name === "." || name === "..") throw invalid(field, `${path} does not end in a name`);
  if (Buffer.byteLength(name) > LONGEST_NAME) throw invalid(field, `the name has more than ${LONGEST_NAME} bytes`);
  return { parent: trimmed.slice(0, at) || "/", name };
}

/** Throws `conflict` where nothing can be written through the place's mount. */
export function mustBeWritable({ mount }: Pick<BtrfsPlace, "mount">): void {
  if (!isReadOnly(mount.vfsOptions, mount.fsOptions)) return;
  throw readOnly(`the filesystem mounted at ${mount.target}`);
}

/** `conflict` with something that cannot be written to. */
export const readOnly = (what: string) =>
  rpcError(
    "conflict",
    { expected: "a filesystem and subvolume that can be written to", actual: `${what} is read-only`.slice(0, 4096) },
    `${what} is read-only`,
  );
