import type {
  DeviceIdentity,
  Holder,
  MountNamespaceHolder,
  UnmountFilesystemResult,
  VolUnmountParams,
  Warning,
} from "../../../generated/types.gen.js";
import { CommandFailed } from "../../kernel/exec.js";
import { Folder } from "../../kernel/folder.js";
import { present } from "../../kernel/identity.js";
import { isBusy, unmount } from "../../kernel/mount-calls.js";
import { readForeignMounts } from "../../kernel/mount-namespaces.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { rpcError } from "../../rpc/errors.js";
import { mountAnswer } from "./mounts-answer.js";
import { holdersOf, mountsBeneath } from "./mounts-busy.js";
import { assertCanMount } from "./mounts-guards.js";
import { type MountParts, managedMounts, mountKey } from "./mounts-kept.js";
import { MountsLook } from "./mounts-look.js";
import { isSystemMount, ownerHint } from "./mounts-owner.js";
import { remake } from "./mounts-restore.js";
import { moved } from "./mounts-target.js";
import { unmountTarget } from "./mounts-unmount-target.js";
import { fstabLines, fstabWarnings } from "./mounts-warnings.js";
import { deviceIdentity } from "./named-device.js";

/** The specification's cap on holders and namespaces in one answer. */
const MOST = 256;

/** `vol.unmount`. */
export async function removeMount(parts: MountParts, params: VolUnmountParams): Promise<UnmountFilesystemResult> {
  await assertCanMount(parts.files);
  const find = async () =>
    unmountTarget(params.target, new MountTree(await readMountinfo(parts.files)), parts.registry);
  const { path } = await find();
  return parts.state.queue.run([mountKey(path)], async () => {
    const found = await find();
    if (found.path !== path) throw moved(params.target, path);
    if (found.row === undefined) return forget(parts, path);
    const look = await MountsLook.take(parts.files, parts.identities);
    const row = look.tree.rows.find(({ mountId }) => mountId === found.row?.mountId);
    if (row === undefined) throw moved(params.target, path);
    return unmountRow(parts, params, look, row);
  });
}

/** A registry entry without a mount: its disk is missing, or somebody unmounted it. */
async function forget({ registry }: MountParts, target: string): Promise<UnmountFilesystemResult> {
  await registry.remove(target);
  return {
    changed: true,
    warnings: [],
    target,
    forgotten: true,
    remaining_at_target: 0,
    still_mounted_in: [],
    holders: [],
  };
}

async function unmountRow(
  parts: MountParts,
  { force = false, lazy = false }: VolUnmountParams,
  look: MountsLook,
  row: MountRow,
): Promise<UnmountFilesystemResult> {
  const { files, registry, state, stateDir } = parts;
  await refuseSystem(parts, look, row, stateDir);
  const isOurs = managedMounts(registry, look.tree, look.devices, look.known)(row);
  if (!isOurs && !force) throw await foreign(parts, row);
  refuseBeneath(look, row);
  const before = {
    mount: await mountAnswer(parts, row, look.known),
    ...present({ device: await deviceOf(parts, look, row) }),
    // Whatever works in a detached mount has no path there any more.
    holders: lazy ? await holdersOf(files, look, row) : [],
  };
  const kept = isOurs ? registry.get(row.target) : undefined;
  await state.steps(async (steps) => {
    await steps.do(
      "unmount",
      () => take(parts, look, row, lazy),
      () => (kept ? remake(parts, kept) : undefined),
    );
    if (kept) await steps.do("forget", () => registry.remove(row.target));
  });
  return {
    changed: true,
    ...before,
    target: row.target,
    forgotten: kept !== undefined,
    ...(await aftermath(parts, look, row)),
  };
}

async function refuseSystem({ files }: MountParts, look: MountsLook, row: MountRow, stateDir: string): Promise<void> {
  if (!(await isSystemMount(files, look.tree, row, stateDir))) return;
  const holders: Holder[] = [{ kind: "system", name: row.target }];
  throw rpcError(
    "in_use",
    { resource: "mount", name: row.target, holders },
    `the running system lives on ${row.target}`,
  );
}

async function foreign({ files }: MountParts, row: MountRow) {
  const owner = await ownerHint(files, row);
  const details = {
    expected: "a mount of this daemon",
    actual: `${row.source} (${row.fstype}) at ${row.target} is not`.slice(0, 4096),
    managed: false,
    ...(owner !== undefined && { owner_hint: owner }),
    remedy: "force: true",
  };
  const whose = owner === undefined ? "" : `; it seems to be ${owner}'s`;
  return rpcError("conflict", details, `${row.target} was not mounted by this daemon${whose}`);
}

function refuseBeneath(look: MountsLook, row: MountRow): void {
  const beneath = mountsBeneath(look.tree, row);
  if (beneath.length === 0) return;
  const names = beneath.map(({ target }) => target);
  const holders = names.slice(0, MOST).map((name): Holder => ({ kind: "mount", name }));
  const details = { resource: "mount", name: row.target, holders };
  throw rpcError("in_use", details, `${row.target} has mounts beneath it: ${names.slice(0, 3).join(", ")}`);
}

async function deviceOf({ files }: MountParts, look: MountsLook, row: MountRow): Promise<DeviceIdentity | undefined> {
  const [first, ...others] = look.devices.of(row);
  // Of several devices the one that was named to the kernel.
  const node = [first, ...others].find((one) => one?.path === row.source || one?.node === row.source) ?? first;
  return node && deviceIdentity(files, look.index, node, look.known.get(node.name));
}

/** Takes the very mount that was looked at. */
async function take({ files }: MountParts, look: MountsLook, row: MountRow, lazy: boolean): Promise<void> {
  const target = row.raw?.target ?? Buffer.from(row.target);
  const cut = target.lastIndexOf("/");
  const parent = await Folder.open(cut === 0 ? "/" : target.subarray(0, cut));
  if (parent === undefined) throw moved(row.target, row.target);
  try {
    const now = new MountTree(await readMountinfo(files)).at(row.target);
    if ((await parent.mountId()) !== parentIdOf(look, row) || now?.mountId !== row.mountId) {
      throw moved(row.target, row.target);
    }
    await unmount({ parent, name: target.subarray(cut + 1), lazy });
  } catch (error) {
    if (error instanceof CommandFailed && isBusy(error.stderr)) throw await busy(files, look, row);
    throw error;
  } finally {
    await parent.close();
  }
}

/** The mount that the mount point's folder lies on: below everything that is stacked there. */
function parentIdOf(look: MountsLook, row: MountRow): number {
  let lowest = row;
  for (;;) {
    const below = look.tree.rows.find(({ mountId }) => mountId === lowest.parentId);
    if (below === undefined || below === lowest || below.target !== row.target) return lowest.parentId;
    lowest = below;
  }
}

async function busy(files: MountParts["files"], look: MountsLook, row: MountRow) {
  const found = await holdersOf(files, look, row);
  const unseen: Holder[] = [{ kind: "unknown", reason: "the kernel says busy and nobody is visible" }];
  const holders = found.length > 0 ? found : unseen;
  const who = holders.map(({ kind, name, pid }) => [name ?? kind, pid].filter(Boolean).join(" ")).slice(0, 5);
  const details = { resource: "mount", name: row.target, holders };
  return rpcError("in_use", details, `${row.target} is busy: ${who.join(", ")}`);
}

type Aftermath = Pick<UnmountFilesystemResult, "warnings" | "remaining_at_target" | "still_mounted_in">;

async function aftermath({ files }: MountParts, look: MountsLook, row: MountRow): Promise<Aftermath> {
  const rows = await readMountinfo(files);
  const nodes = look.devices.of(row);
  const devices = nodes.map((node) => ({ paths: [node.path, node.node], identity: look.known.get(node.name) }));
  const still_mounted_in = nodes.length === 0 ? [] : await elsewhere(files, row);
  const warnings: Warning[] = [];
  if (still_mounted_in.length > 0) {
    const device = nodes[0]?.path ?? row.source;
    const message = `The filesystem is still mounted in another mount namespace; ${device} stays in use.`;
    warnings.push({ kind: "still_mounted_elsewhere", message: message.slice(0, 1024), object: device });
  }
  warnings.push(...fstabWarnings(await fstabLines(files, row.target, devices)));
  const remaining_at_target = rows.filter(({ target, raw }) => isAt(row, target, raw?.target)).length;
  return { warnings, remaining_at_target, still_mounted_in };
}

const isAt = (row: MountRow, target: string, raw: Buffer | undefined): boolean =>
  target === row.target && (raw === row.raw?.target || (raw !== undefined && row.raw?.target?.equals(raw) === true));

async function elsewhere(files: MountParts["files"], row: MountRow): Promise<MountNamespaceHolder[]> {
  const foreign = await readForeignMounts(files);
  return foreign
    .filter(({ rows }) => rows.some(({ majMin, fstype }) => majMin === row.majMin && fstype === row.fstype))
    .map(({ pid, mntNs }) => ({ pid, mnt_ns: mntNs }))
    .slice(0, MOST);
}
