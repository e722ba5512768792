import { blockNumberAt } from "../../kernel/block.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { walkPath } from "../../kernel/path-walk.js";
import { rpcError } from "../../rpc/errors.js";
import type { Registry } from "../../state/registry.js";
import type { MountEntry } from "./mounts-entry.js";

/** What a call to unmount means: a mount, or an entry of the registry that has none. */
export interface UnmountTarget {
  readonly path: string;
  /** The topmost mount there. */
  readonly row?: MountRow;
}

/** A mount point by its text, as `vol.list_mounts` shows it, or by a path with symbolic links. */
export async function unmountTarget(
  text: string,
  tree: MountTree,
  registry: Registry<MountEntry>,
): Promise<UnmountTarget> {
  // The table knows its mount points without a look at any filesystem, which may hang.
  const plain = text.length > 1 ? text.replace(/\/+$/, "") || "/" : text;
  const shown = mountAt(plain, tree);
  if (shown) return { path: plain, row: shown };
  if (registry.get(plain)) return { path: plain };
  const walked = await walkPath(text, tree);
  if (!walked.ok) throw none(text);
  const row = mountAt(walked.place, tree);
  if (row) return { path: walked.place, row };
  if (registry.get(walked.place)) return { path: walked.place };
  if (/^[0-9]/.test((await blockNumberAt(walked.place)) ?? "")) {
    const reason = "it is no mount point; devices are not unmounted by their names";
    throw rpcError("invalid_argument", { field: "target", reason }, `target ${text}: ${reason}`);
  }
  throw none(text);
}

const none = (text: string) =>
  rpcError(
    "not_found",
    { resource: "mount", name: text },
    `nothing is mounted at ${text}, and the registry has no such entry`,
  );

/** The topmost mount whose mount point is shown so; refuses a text that stands for several. */
function mountAt(text: string, tree: MountTree): MountRow | undefined {
  const rows = tree.rows.filter(({ target }) => target === text);
  const raws = new Set(rows.map(({ raw }) => raw?.target?.toString("hex")));
  if (raws.size > 1) {
    const reason = "several mount points with different bytes are shown by this text";
    throw rpcError("invalid_argument", { field: "target", reason }, `target ${text}: ${reason}`);
  }
  const top = tree.at(text);
  // A mount that another one hides, further up, cannot be reached.
  return top?.target === text ? top : undefined;
}
