import type { MountFilesystemResult, VolMountParams, Warning } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { defaultSubvolume } from "../../kernel/btrfs-scan.js";
import { readFilesystems } from "../../kernel/filesystems.js";
import type { Folder } from "../../kernel/folder.js";
import { subvolume } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { RpcError, rpcError } from "../../rpc/errors.js";
import type { FilesystemGroup } from "./filesystem-groups.js";
import { InUse } from "./in-use.js";
import { mountAnswer } from "./mounts-answer.js";
import { type MountEntry, mountEntry, sameEntry } from "./mounts-entry.js";
import {
  assertCanMount,
  carriedFilesystem,
  mountsOf,
  refuseClones,
  refuseHeld,
  refuseHiding,
  refuseMissing,
} from "./mounts-guards.js";
import { deviceKey, type MountParts, mountKey } from "./mounts-kept.js";
import { MountsLook } from "./mounts-look.js";
import { holdingFolders, makeMount } from "./mounts-make.js";
import { differences, type MountWish, mountWish } from "./mounts-options.js";
import { type MountTarget, mountTarget, moved, refuseNoFolder, refuseSystemFolder } from "./mounts-target.js";
import { fstabLines, mountWarnings } from "./mounts-warnings.js";
import { deviceIdentity, namedDevice } from "./named-device.js";

/** What a call names, as far as it was found. */
interface Named {
  readonly node: BlockNode;
  readonly target: MountTarget;
}

/** One call's findings, guard by guard. */
interface Call extends Named {
  readonly params: VolMountParams;
  readonly look: MountsLook;
  readonly inUse: InUse;
  readonly group: FilesystemGroup;
  readonly wish: MountWish;
  readonly entry: MountEntry | undefined;
}

/** `vol.mount`. */
export async function addMount(parts: MountParts, params: VolMountParams): Promise<MountFilesystemResult> {
  const { files, state } = parts;
  await assertCanMount(files);
  const rows = await readMountinfo(files);
  const first = await find(parts, params, await BlockIndex.read(files), new MountTree(rows));
  return state.queue.run([mountKey(first.target.path), deviceKey(first.node)], async () => {
    const look = await MountsLook.take(files, parts.identities);
    const { node, target } = await find(parts, params, look.index, look.tree);
    if (target.path !== first.target.path || node.name !== first.node.name) throw moved(params.target, target.path);
    return mountNamed(parts, params, look, { node, target });
  });
}

/** Device and folder: first whether they are there, then whether they are what they should be. */
async function find(
  { files, stateDir }: MountParts,
  params: VolMountParams,
  index: BlockIndex,
  tree: MountTree,
): Promise<Named> {
  const { fstype, create_target: isMade = false } = params;
  const isAbsent = (error: unknown) => error instanceof RpcError && error.kind === "not_found";
  const device = await namedDevice(index, params.device).catch((error: unknown) => {
    if (isAbsent(error)) throw error;
    return { error };
  });
  const target = await mountTarget(params.target, { tree, isMade });
  if ("error" in device) throw device.error;
  await refuseSystemFolder(files, params.target, target, stateDir);
  if (fstype !== undefined && (await readFilesystems(files)).get(fstype)?.onDevice === false) {
    const reason = `${fstype} lies on no block device`;
    throw rpcError("invalid_argument", { field: "fstype", reason }, `fstype: ${reason}`);
  }
  return { node: device, target };
}

async function mountNamed(
  parts: MountParts,
  params: VolMountParams,
  look: MountsLook,
  { node, target }: Named,
): Promise<MountFilesystemResult> {
  await refuseNoFolder(params.target, target);
  const fstype = carriedFilesystem(look, node, params.fstype);
  const wish = mountWish(params, fstype);
  const group = look.groupOf(node);
  const inUse = await InUse.read(parts.files, look.index);
  refuseHeld(inUse, node, group);
  if (group === undefined) throw new Error(`${node.path} has a filesystem and belongs to none`);
  const hardware = await deviceIdentity(parts.files, look.index, node);
  const entry = mountEntry({
    target: target.path,
    group,
    wish,
    hardware,
    isMade: params.create_target ?? false,
  });
  const call: Call = { params, look, inUse, node, target, group, wish, entry };
  const there = look.at(target.path);
  if (there && look.shows(there, group)) return alreadyMounted(parts, call, there);
  return newMount(parts, call, there);
}

/** The same filesystem is mounted there: nothing is done to the mount, but the registry follows `persist`. */
async function alreadyMounted(parts: MountParts, call: Call, row: MountRow): Promise<MountFilesystemResult> {
  const { registry, state } = parts;
  const { params, target, wish, entry } = call;
  const kept = registry.get(target.path);
  // Of an entry's own mount the default subvolume may have become another one since.
  const isEntrys = kept !== undefined && entry !== undefined && sameEntry(kept, entry);
  const found = [...(isEntrys ? [] : await otherSubvolume(wish, row)), ...differences(wish, row)];
  if (found.length > 0) throw differs(call, row, found);
  const isKept = params.persist !== false && entry !== undefined;
  const changed = isKept !== (kept !== undefined);
  if (isKept) await registry.put(target.path, { ...(kept ?? entry), mounted_in: state.boot });
  else if (kept) await registry.remove(target.path);
  return answer(parts, call, row, { changed, isKept, isTargetMade: false });
}

/** Whether another subvolume than the wanted one is mounted, in words. */
async function otherSubvolume(wish: MountWish, row: MountRow): Promise<string[]> {
  if (row.fstype !== "btrfs") return [];
  const { id, path } = subvolume(row.fsOptions);
  // `subvolid=` is compared with the other options.
  if (wish.options.some((option) => option.startsWith("subvolid="))) return [];
  const isWanted =
    wish.subvol === undefined
      ? id === ((await defaultSubvolume(row.target).catch(() => undefined)) ?? TOP_LEVEL)
      : path === wish.subvol;
  return isWanted ? [] : [`it shows the subvolume ${path}`];
}

const TOP_LEVEL = 5;

function differs({ target, wish }: Call, row: MountRow, found: readonly string[]) {
  const expected = [wish.readOnly ? "ro" : "rw", ...wish.options, ...(wish.subvol ? [`subvol=${wish.subvol}`] : [])];
  return rpcError(
    "conflict",
    { expected: expected.join(",").slice(0, 4096), actual: `${row.vfsOptions} ${row.fsOptions}`.slice(0, 4096) },
    `the filesystem is mounted at ${target.path} in another way: ${found.join(", ")}; unmount it first`,
  );
}

async function newMount(parts: MountParts, call: Call, there: MountRow | undefined): Promise<MountFilesystemResult> {
  const { files, registry, state } = parts;
  const { params, look, inUse, node, target, group, wish, entry } = call;
  const { degraded = false, persist = true } = params;
  const mounts = mountsOf(inUse, group);
  if (mounts.length === 0) refuseClones(group);
  refuseMissing(group, degraded);
  refuseOccupied(call, there, registry.get(target.path));
  refuseHiding(look.tree, target.path);
  const isKept = persist && entry !== undefined;
  const before = registry.get(target.path);
  const member = group.members.find((one) => one.node.name === node.name) ?? group.members[0];
  const make = { group, member, wish, degraded, mounts, text: params.target, target };
  const write = (handles: Folder[]) =>
    state.steps(async (steps) => {
      if (isKept) {
        await steps.do(
          "register",
          () => registry.put(target.path, entry),
          () => registry.restore(target.path, before),
        );
      }
      const made = await makeMount(files, look, { steps, handles }, make);
      if (isKept) {
        await steps.do("note", () => registry.put(target.path, { ...entry, mounted_in: state.boot }));
      } else if (before) {
        await steps.do("forget", () => registry.remove(target.path));
      }
      return made;
    });
  const row = await holdingFolders(write);
  return answer(parts, call, row, { changed: true, isKept, isTargetMade: target.missing.length > 0 });
}

/** Refuses a target where something else is mounted, or that the registry keeps for another filesystem. */
function refuseOccupied({ target, group }: Call, there: MountRow | undefined, kept: MountEntry | undefined): void {
  const expected = `nothing mounted at ${target.path}`;
  if (there) {
    const actual = `${there.source} (${there.fstype}) is mounted there`;
    throw rpcError("conflict", { expected, actual: actual.slice(0, 4096) }, `${target.path}: ${actual}`);
  }
  if (kept && (kept.fstype !== group.fstype || kept.uuid !== group.uuid)) {
    const actual = `the registry keeps it for the ${kept.fstype} ${kept.uuid ?? kept.partuuid ?? ""}`.trim();
    const remedy = "forget that one with vol.unmount";
    throw rpcError("conflict", { expected, actual, remedy, managed: true }, `${target.path}: ${actual}`);
  }
}

async function answer(
  parts: MountParts,
  { look, node, group, wish }: Call,
  row: MountRow,
  { changed, isKept, isTargetMade }: { changed: boolean; isKept: boolean; isTargetMade: boolean },
): Promise<MountFilesystemResult> {
  const devices = group.members.map((member) => ({
    paths: [member.node.path, member.node.node],
    identity: member.identity,
  }));
  const fstab = await fstabLines(parts.files, row.target, devices);
  const warnings: Warning[] = mountWarnings(row, { group, wish, isKept, fstab });
  return {
    changed,
    warnings,
    device: await deviceIdentity(parts.files, look.index, node, look.known.get(node.name)),
    mount: await mountAnswer(parts, row, look.known),
    persisted: isKept,
    target_created: isTargetMade,
  };
}
