import type { Files } from "../../kernel/files.js";
import { isAbsent, isForbidden } from "../../kernel/files.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { type Opened, openPlace } from "../../kernel/open-place.js";
import { walkPath } from "../../kernel/path-walk.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";

/** An open file or folder on a mounted filesystem; everything that is done is done through its descriptor. */
export interface Place extends Opened {
  readonly fd: number;
  /** Where it was found, links followed. */
  readonly path: string;
  /** The parameter that named it. */
  readonly field: string;
  readonly mount: MountRow;
  readonly tree: MountTree;
}

/** Opens what a parameter names, links followed once, hands it to `work` and closes it. Nothing remote is touched. */
export async function atPath<T>(
  files: Files,
  path: string,
  field: string,
  work: (place: Place) => Promise<T>,
  refuseRemote: (fstype: string) => RpcError = (fstype) => wrongKind(field, path, fstype),
): Promise<T> {
  if (!files.live) throw unsupported("a recorded machine's filesystems cannot be asked");
  const tree = new MountTree(await readMountinfo(files));
  const walked = await walkPath(path, tree);
  if (!walked.ok) throw nowhere(path, field, walked.why, walked.at);
  if (tree.isRemote(walked.mount)) throw refuseRemote(walked.mount.fstype);
  return opened(files, { path: walked.place, at: walked.place, field }, tree, work);
}

/** The same for a path that is reached as `at`: beneath an open folder, or as the bytes of a mount point. */
export async function opened<T>(
  files: Files,
  { path, at, field }: { readonly path: string; readonly at: string | Buffer; readonly field: string },
  tree: MountTree,
  work: (place: Place) => Promise<T>,
): Promise<T> {
  const found = await openPlace(files, at).catch((error: unknown) => {
    throw obstacle(error, path, field) ?? error;
  });
  if (!found) throw invalid(field, `${path} is neither a file nor a folder`);
  try {
    const known = await mountOf(files, found.mountId, tree);
    return await work({ ...found, fd: found.handle.fd, path, field, ...known });
  } finally {
    await found.handle.close();
  }
}

/** The mount by its id; the table is read again where it was mounted after our look. */
async function mountOf(files: Files, id: number, tree: MountTree): Promise<{ mount: MountRow; tree: MountTree }> {
  const known = tree.rows.find(({ mountId }) => mountId === id);
  if (known) return { mount: known, tree };
  const fresh = new MountTree(await readMountinfo(files));
  const mount = fresh.rows.find(({ mountId }) => mountId === id);
  if (!mount) throw unsupported("the mount went away while it was looked at");
  return { mount, tree: fresh };
}

export const unsupported = (reason: string): RpcError => rpcError("unsupported", { reason, mode: "native" }, reason);

export const invalid = (field: string, reason: string): RpcError =>
  rpcError("invalid_argument", { field, reason: reason.slice(0, 1024) }, `${field}: ${reason}`);

export const wrongKind = (field: string, path: string, fstype: string): RpcError =>
  invalid(field, `${path} lies on a ${fstype} filesystem, not on btrfs`);

export const notThere = (path: string, at = path): RpcError =>
  rpcError("not_found", { resource: "path", name: path.slice(0, 4096) }, `there is no ${at}`);

function nowhere(
  path: string,
  field: string,
  why: "missing" | "denied" | "too many links" | "too long",
  at: string,
): RpcError {
  if (why === "missing") return notThere(path, at);
  if (why === "denied") return invalid(field, `the daemon may not look at ${at}`);
  if (why === "too long") return invalid(field, `a component of ${path} is longer than its filesystem allows`);
  return invalid(field, `${path} leads through too many symbolic links`);
}

/** What a failed open says of the path; undefined for a failure that nobody foresaw. */
function obstacle(error: unknown, path: string, field: string): RpcError | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  // A link that came there after the path was followed.
  if (code === "ELOOP") return invalid(field, `${path} is a symbolic link`);
  if (isAbsent(error)) return notThere(path);
  if (isForbidden(error)) return invalid(field, `the daemon may not open ${path}`);
  return code === "ENAMETOOLONG" ? invalid(field, `${path} has a component that is too long`) : undefined;
}
