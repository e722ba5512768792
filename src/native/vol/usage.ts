import type { VolUsageHandlers } from "../../../generated/handlers.gen.js";
import type { FilesystemUsage } from "../../../generated/types.gen.js";
import { mapBounded } from "../../kernel/bounded.js";
import type { Files } from "../../kernel/files.js";
import { isReadOnly } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { walkPath } from "../../kernel/path-walk.js";
import type { NoSpace, Space, SpaceReader } from "../../kernel/statfs.js";
import { rpcError } from "../../rpc/errors.js";
import { usageKey } from "./mount-usage.js";
import { spaceUsage } from "./space.js";

export interface UsageDeps {
  readonly files: Files;
  readonly space: SpaceReader;
}

/** The `vol.usage` topic, as far as it is built: what `statfs` says, computed as `df` does. */
export const usage = ({ files, space }: UsageDeps): Pick<VolUsageHandlers, "vol.usage"> => ({
  async "vol.usage"({ path }) {
    if (!files.live) throw unsupported("a recorded machine's filesystems cannot be asked for their usage");
    const tree = new MountTree(await readMountinfo(files));
    return path === undefined ? allFilesystems(tree, space) : [await filesystemOf(path, tree, space)];
  },
});

async function allFilesystems(tree: MountTree, space: SpaceReader): Promise<FilesystemUsage[]> {
  const answers = await mapBounded(onePerFilesystem(tree), async (row) => {
    const answer = await space.of(row.raw?.target ?? row.target, usageKey(row));
    return typeof answer === "string" || answer.size === 0n ? undefined : shape(row, answer);
  });
  return answers.filter((entry) => entry !== undefined);
}

/** For each filesystem the mount of its root, else the one with the shortest mount point, in the order of the table. */
function onePerFilesystem(tree: MountTree): MountRow[] {
  const chosen = new Map<string, MountRow>();
  for (const row of tree.rows) {
    const rival = chosen.get(row.majMin);
    if (rival && !isBetter(row, rival)) continue;
    if (!tree.isRemote(row) && tree.isVisible(row)) chosen.set(row.majMin, row);
  }
  const rows = new Set(chosen.values());
  return tree.rows.filter((row) => rows.has(row));
}

const isBetter = (row: MountRow, rival: MountRow): boolean => {
  const [own, others] = [row, rival].map(({ root }) => root === "/");
  return own === others ? row.target.length < rival.target.length : own === true;
};

async function filesystemOf(path: string, tree: MountTree, space: SpaceReader): Promise<FilesystemUsage> {
  const walked = await walkPath(path, tree);
  if (!walked.ok) throw nowhere(path, walked.why, walked.at);
  const { mount: row, place } = walked;
  if (tree.isRemote(row))
    throw unsupported(
      `${row.target} is a ${row.fstype} filesystem: a dead server would hang the call, so it is never asked`,
    );
  const answer = await space.of(place, usageKey(row));
  if (typeof answer === "string") throw refusal(answer, path);
  return shape(row, answer);
}

const unsupported = (reason: string) => rpcError("unsupported", { reason, mode: "native" }, reason);

function nowhere(path: string, why: "missing" | "denied" | "too many links" | "too long", at: string) {
  if (why === "missing") return rpcError("not_found", { resource: "path", name: path }, `there is no ${at}`);
  if (why === "denied") return refusal(why, path);
  const reason =
    why === "too long"
      ? "a component is longer than its filesystem allows"
      : "it leads through too many symbolic links";
  return rpcError("invalid_argument", { field: "path", reason }, `${path}: ${reason}`);
}

const refusal = (why: NoSpace, path: string) =>
  why === "denied"
    ? rpcError(
        "invalid_argument",
        { field: "path", reason: "the daemon may not look there" },
        `the daemon may not look at ${path}`,
      )
    : unsupported(`the filesystem of ${path} answered an error, or not in time`);

const shape = (row: MountRow, space: Space): FilesystemUsage => ({
  target: row.target,
  source: row.source,
  fstype: row.fstype,
  maj_min: row.majMin,
  mount_id: row.mountId,
  read_only: isReadOnly(row.vfsOptions, row.fsOptions),
  ...spaceUsage(space),
});
