import type { Files } from "../../kernel/files.js";
import { Folder } from "../../kernel/folder.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import { walkPath } from "../../kernel/path-walk.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";

/** What a node's programs live on: a filesystem over one of these takes the system away. */
const SYSTEM_FOLDERS =
  "/ /bin /boot /dev /etc /lib /lib32 /lib64 /libx32 /proc /root /run /sbin /sys /tmp /usr /var".split(" ");

/** Where to mount: a path without symbolic links, and how much of it has to be made. */
export interface MountTarget {
  readonly path: string;
  /** The deepest folder that is there. */
  readonly base: string;
  /** The names of the folders to make beneath it. */
  readonly missing: readonly string[];
}

/** Where a mount's `target` leads. Throws `not_found` for a folder that is not there and is not to be made. */
export async function mountTarget(
  text: string,
  { tree, isMade }: { readonly tree: MountTree; readonly isMade: boolean },
): Promise<MountTarget> {
  const walked = await walkPath(text, tree);
  if (walked.ok) {
    if (tree.isRemote(walked.mount)) throw remote(text, walked.mount.target);
    return { path: walked.place, base: walked.place, missing: [] };
  }
  if (walked.why !== "missing") throw invalid(text, `${walked.at}: ${REASONS[walked.why]}`);
  if (!isMade) throw rpcError("not_found", { resource: "folder", name: text }, `there is no folder ${walked.at}`);
  const [base, name] = [walked.at.slice(0, walked.at.lastIndexOf("/")) || "/", walked.at.split("/").at(-1) ?? ""];
  const missing = [name, ...walked.rest.filter((part) => part !== "" && part !== ".")];
  if (missing.includes("..")) throw invalid(text, `${walked.at} is not there, and .. leads out of it again`);
  return { path: `${base === "/" ? "" : base}/${missing.join("/")}`, base, missing };
}

const REASONS = {
  denied: "the daemon may not look there",
  "too many links": "it leads through too many symbolic links",
  "too long": "a component is longer than its filesystem allows",
} as const;

/** Refuses `/` and the system's own folders, under whatever name, and what would hide the daemon's state. */
export async function refuseSystemFolder(
  files: Files,
  text: string,
  { path }: MountTarget,
  stateDir: string,
): Promise<void> {
  const resolved = (folder: string) => files.resolve(folder).catch(() => undefined);
  const lead = await Promise.all(SYSTEM_FOLDERS.map(resolved));
  const found = [...SYSTEM_FOLDERS, ...lead].find((folder) => folder === path);
  if (found !== undefined) throw invalid(text, `${found} is the system's own folder`);
  const state = (await resolved(stateDir)) ?? stateDir;
  if (`${state}/`.startsWith(`${path}/`)) throw invalid(text, `the daemon's state lies in ${state}`);
}

/** Refuses a target whose deepest part that is there is no folder. */
export async function refuseNoFolder(text: string, { base }: MountTarget): Promise<void> {
  await (await opened(base, text)).close();
}

/** Opens the folder to mount at, and makes it first where it is missing; made folders are removed again by undoing. */
export async function openTarget(steps: Steps, text: string, target: MountTarget, handles: Folder[]): Promise<Folder> {
  let folder = await opened(target.base, text);
  handles.push(folder);
  for (const name of target.missing) {
    const parent = folder;
    folder = await steps.do(
      "make folder",
      async () => {
        const made = await parent.make(name).catch((error: unknown) => refuse(text, error));
        // Before the step is told of: who fails there has it closed too.
        handles.push(made);
        return made;
      },
      () => parent.remove(name),
    );
  }
  return folder;
}

async function opened(path: string, text: string): Promise<Folder> {
  const folder = await Folder.open(path).catch((error: unknown) => refuse(text, error));
  if (folder === undefined) throw moved(text, path);
  return folder;
}

/** Somebody changed the path between two looks at it. */
export const moved = (text: string, path: string) =>
  rpcError(
    "conflict",
    { expected: `${text} leads to ${path}`, actual: "it led elsewhere a moment later" },
    `${text} was changed while it was looked at; nothing was done`,
  );

function refuse(text: string, error: unknown): never {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOTDIR" || code === "ELOOP") throw invalid(text, "it is not a folder");
  if (code === "ENOENT") throw rpcError("not_found", { resource: "folder", name: text }, `there is no folder ${text}`);
  if (code === "EROFS") throw invalid(text, "the folder cannot be made: its filesystem is read-only");
  if (code === "EACCES" || code === "EPERM" || code === "ENOSPC" || code === "ENAMETOOLONG" || code === "EEXIST") {
    throw invalid(text, `the folder cannot be made or opened: ${code}`);
  }
  throw error;
}

const invalid = (text: string, reason: string) =>
  rpcError("invalid_argument", { field: "target", reason }, `target ${text}: ${reason}`);

const remote = (text: string, mountPoint: string) => {
  const reason = `${text} lies on the network filesystem at ${mountPoint}: a dead server would hang the call`;
  return rpcError("unsupported", { reason, mode: "native" }, reason);
};
