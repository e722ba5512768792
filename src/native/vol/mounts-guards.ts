import type { Holder } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { Files } from "../../kernel/files.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import { sharesMountsWithInit } from "../../kernel/shared-mounts.js";
import { rpcError } from "../../rpc/errors.js";
import type { FilesystemGroup } from "./filesystem-groups.js";
import type { InUse } from "./in-use.js";
import type { MountsLook } from "./mounts-look.js";

/** The specification's cap on an error's holders. */
const MOST_HOLDERS = 256;

/** Refuses where nobody else would see what is mounted, and without the right to mount at all. */
export async function assertCanMount(files: Files): Promise<void> {
  const reason =
    process.getuid?.() !== 0
      ? "mounting needs root"
      : (await sharesMountsWithInit(files)) === false
        ? "the daemon lives in a mount namespace of its own: what it mounts there nobody else would see"
        : undefined;
  if (reason !== undefined) throw rpcError("unsupported", { reason, mode: "native" }, reason);
}

/** What the device carries, once it is what was expected. Throws `conflict`. */
export function carriedFilesystem(look: MountsLook, node: BlockNode, fstype: string | undefined): string {
  const identity = look.known.get(node.name);
  const expected = fstype === undefined ? "a filesystem" : `a ${fstype} filesystem`;
  const differs = (actual: string) =>
    rpcError("conflict", { expected, actual }, `${node.path}: wanted ${expected}, there is ${actual}`);
  if (identity?.ambivalent) throw differs("signatures that contradict each other");
  if (identity?.fstype === undefined)
    throw differs(identity?.table ? `a ${identity.table.type} partition table` : "none");
  if (identity.usage !== "filesystem" || (fstype !== undefined && identity.fstype !== fstype)) {
    throw differs(identity.fstype);
  }
  return identity.fstype;
}

/** Holders that keep others from opening the device; mounts of the same filesystem do not. */
const EXCLUSIVE: ReadonlySet<Holder["kind"]> = new Set(["swap", "device_mapper", "md_array", "unknown"]);

/** Refuses a device that something stacked on it holds. */
export function refuseHeld(inUse: InUse, node: BlockNode, group: FilesystemGroup | undefined): void {
  const all = inUse.holders(node).filter(({ device }) => device === undefined);
  const holders = group === undefined ? all : all.filter(({ kind }) => EXCLUSIVE.has(kind));
  if (group !== undefined && holders.length === 0) return;
  const said = holders.length > 0 ? holders : [{ kind: "unknown" as const, reason: "another device is stacked on it" }];
  const details = { resource: "device", name: node.path, holders: said.slice(0, MOST_HOLDERS) };
  throw rpcError("in_use", details, `${node.path} is held by ${said.map(({ kind, name }) => name ?? kind).join(", ")}`);
}

/** Where the filesystem is mounted, in any mount namespace; a btrfs may be without anybody who is seen to. */
export const mountsOf = (inUse: InUse, { members }: FilesystemGroup): Holder[] =>
  members
    .flatMap(({ node }) => inUse.holders(node))
    .filter(({ kind, device }) => device === undefined && (kind === "mount" || kind === "btrfs_member"))
    .slice(0, MOST_HOLDERS);

/** Refuses a mount over a folder with mounts beneath it: nobody would reach them any more, nor could unmount them. */
export function refuseHiding(tree: MountTree, target: string): void {
  const hidden = tree.rows.filter((row) => row.target.startsWith(`${target}/`) && tree.isVisible(row));
  if (hidden.length === 0) return;
  const holders = hidden.slice(0, MOST_HOLDERS).map((row): Holder => ({ kind: "mount", name: row.target }));
  const names = holders.slice(0, 3).map(({ name }) => name);
  throw rpcError(
    "in_use",
    { resource: "folder", name: target, holders },
    `${target} would hide the mounts beneath it: ${names.join(", ")}`,
  );
}

/** Refuses a filesystem that has a clone: mounting either could damage the data. */
export function refuseClones({ members, clones, uuid }: FilesystemGroup): void {
  if (clones.length === 0) return;
  const own = members.map(({ node }) => node.path);
  const others = clones.map(({ path }) => path);
  throw rpcError(
    "conflict",
    {
      expected: `one filesystem with the UUID ${uuid}`,
      actual: `${own.join(", ")} and ${others.join(", ")} carry it, and are not members of one filesystem`,
      objects: [...own, ...others].slice(0, 64),
      remedy: "detach the clone, or give it another UUID",
    },
    `${own.join(", ")} and ${others.join(", ")} carry the same UUID ${uuid}: one of them is a clone`,
  );
}

/** Refuses a btrfs that is not complete. */
export function refuseMissing({ members, missing, uuid }: FilesystemGroup, degraded: boolean): void {
  if (missing === 0 || degraded) return;
  throw rpcError(
    "conflict",
    {
      expected: `all ${members.length + missing} devices of the btrfs ${uuid}`,
      actual: `${missing} of them ${missing === 1 ? "is" : "are"} missing`,
      objects: members.map(({ node }) => node.path).slice(0, 64),
      remedy: "attach what is missing, or mount it with `degraded: true`",
    },
    `the btrfs ${uuid} lacks ${missing} of its ${members.length + missing} devices`,
  );
}
