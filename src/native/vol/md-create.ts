import type { VolMdHandlers } from "../../../generated/handlers.gen.js";
import type { MdArray, VolCreateMdArrayParams, VolCreateMdArrayResult } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { requireTool } from "../../kernel/exec.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { isMdArray } from "../../kernel/md-sysfs.js";
import { createArray, hasMd, loadMd, type NewArray, stopArray, zeroSuperblock } from "../../kernel/mdadm.js";
import { readArrayName } from "../../kernel/mdadm-reads.js";
import { rpcError } from "../../rpc/errors.js";
import { type GuardDeps, onFreeDevices } from "./guard.js";
import { InUse } from "./in-use.js";
import { mdArrays } from "./md-reads.js";
import { deviceMeant, type Target } from "./target.js";

/** The creating part of the `vol.md` topic. */
export const mdCreate = (deps: GuardDeps): Pick<VolMdHandlers, "vol.create_md_array"> => ({
  "vol.create_md_array": (params) => createMdArray(deps, params),
});

/** The superblock has 32 bytes for `host:name`, and a NUL ends it. */
const MOST_NAME_BYTES = 31;

/** Thrown by the look at the names, so that an array that is there already answers the call. */
class AlreadyMade extends Error {
  constructor(
    readonly array: MdArray,
    readonly targets: readonly Target[],
  ) {
    super("the array is there already");
  }
}

async function createMdArray(deps: GuardDeps, params: VolCreateMdArrayParams): Promise<VolCreateMdArrayResult> {
  const { name, devices, metadata = "1.2", force = false, bitmap = "internal", homehost = "any" } = params;
  const { assume_clean: assumeClean = false, missing = 0 } = params;
  refuseImpossible(name, homehost, devices.length + missing);
  const wanted = {
    method: "vol.create_md_array",
    devices,
    fieldOf: (at: number) => `devices[${at}]`,
    force,
    onFound: (targets: readonly Target[], index: BlockIndex) =>
      refuseName(deps, index, targets, { name, metadata, slots: devices.length + missing }),
    beforeWriting: () => requireMd(deps),
  };
  // Two calls for one name would both find it free.
  return deps.state.queue.run([`md ${name}`], () =>
    onFreeDevices(deps, wanted, async ({ targets, erased, warnings, steps, locks }) => {
      const nodes = targets.map(({ node }) => node.node);
      const made = { name, homehost, metadata, bitmap, assumeClean, missing, nodes };
      await steps.do(
        "created",
        () => createOrUndo(deps, made, targets, locks),
        () => unmake(deps, targets),
      );
      return {
        changed: true,
        warnings: [...warnings],
        array: await arrayOver(deps, targets),
        devices: await Promise.all(targets.map((target) => deviceMeant(deps.files, deps.identities, target))),
        erased_signatures: [...erased].slice(0, 256),
      };
    }).catch((error: unknown) => asUnchanged(deps, error)),
  );
}

function refuseImpossible(name: string, homehost: string, slots: number): void {
  const bytes = Buffer.byteLength(`${homehost}:${name}`);
  const [field, reason] =
    bytes > MOST_NAME_BYTES
      ? ["name", `with its home host it has ${bytes} bytes, and a superblock holds ${MOST_NAME_BYTES}`]
      : slots < 2
        ? ["devices", "a mirror needs two devices, or one and a missing slot"]
        : [];
  if (field !== undefined && reason !== undefined)
    throw rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);
}

async function requireMd({ files }: GuardDeps): Promise<void> {
  await requireTool("mdadm");
  if (await hasMd(files)) return;
  await loadMd().catch(() => undefined);
  if (await hasMd(files)) return;
  const reason = "the kernel has no MD (no /proc/mdstat)";
  throw rpcError("unsupported", { reason, mode: "native" }, reason);
}

interface Key {
  readonly name: string;
  readonly metadata: string;
  readonly slots: number;
}

/** The name is the key: the same array answers the call, any other of that name refuses it. */
async function refuseName(deps: GuardDeps, index: BlockIndex, targets: readonly Target[], key: Key): Promise<void> {
  const inUse = await InUse.read(deps.files, index, deps.stateDir);
  for (const array of await mdArrays(deps, inUse, index.nodes.filter(isMdArray))) {
    if (!(await isNamed(array, key.name))) continue;
    if (isSame(array, targets, key)) throw new AlreadyMade(array, targets);
    throw nameTaken(key.name, array.path);
  }
  const known = await deps.identities.of(index.nodes.filter(({ sizeBytes }) => sizeBytes > 0n));
  const given = new Set(targets.map(({ node }) => node.name));
  const asleep = index.nodes.find(
    ({ name, holders }) => !given.has(name) && holders.length === 0 && nameOn(known.get(name)) === key.name,
  );
  if (asleep) throw nameTaken(key.name, `not assembled, with the member ${asleep.path}`);
}

/** Where no member answers a probe in time, as on a machine under load, mdadm is asked, and a link is as good. */
async function isNamed({ array_name, links, path }: MdArray, name: string): Promise<boolean> {
  if (array_name !== undefined) return array_name === name;
  return links.includes(`/dev/md/${name}`) || (await readArrayName(path).catch(() => undefined)) === name;
}

/** The name of the array that a device is a member of: what follows its host. */
const nameOn = (identity: DeviceIdentity | undefined): string | undefined =>
  identity?.fstype === "linux_raid_member" ? identity.label?.replace(/^[^:]*:/, "") : undefined;

const nameTaken = (name: string, where: string) =>
  rpcError("already_exists", { resource: "md array", name }, `an array named ${name} is there already: ${where}`);

function isSame(array: MdArray, targets: readonly Target[], { metadata, slots }: Key): boolean {
  const members = array.members.flatMap(({ path }) => path ?? []).sort();
  const asked = targets.map(({ node }) => node.path).sort();
  const isActive = array.array_state !== "inactive" && array.array_state !== "clear";
  return isActive && array.metadata === metadata && array.raid_devices === slots && `${members}` === `${asked}`;
}

async function asUnchanged(deps: GuardDeps, error: unknown): Promise<VolCreateMdArrayResult> {
  if (!(error instanceof AlreadyMade)) throw error;
  const devices = error.targets.map((target) => deviceMeant(deps.files, deps.identities, target));
  return {
    changed: false,
    warnings: [],
    array: error.array,
    devices: await Promise.all(devices),
    erased_signatures: [],
  };
}

/** All or nothing: a creation that fails half-way leaves no array and no superblock. */
async function createOrUndo(
  deps: GuardDeps,
  array: NewArray,
  targets: readonly Target[],
  locks: readonly number[],
): Promise<void> {
  try {
    await createArray(array, locks);
  } catch (error) {
    await unmake(deps, targets);
    throw error;
  }
}

async function unmake({ files }: GuardDeps, targets: readonly Target[]): Promise<void> {
  const index = await BlockIndex.read(files);
  for (const array of arraysOver(index, targets)) await stopArray(array.node);
  for (const { node } of targets) await zeroSuperblock(node.node).catch(() => undefined);
}

function arraysOver(index: BlockIndex, targets: readonly Target[]): BlockNode[] {
  const ours = new Set(targets.map(({ node }) => node.name));
  // An array with any other member is not the one that was made of these.
  return index.nodes.filter(
    (node) => isMdArray(node) && node.slaves.length > 0 && node.slaves.every((name) => ours.has(name)),
  );
}

async function arrayOver(deps: GuardDeps, targets: readonly Target[]): Promise<MdArray> {
  const index = await BlockIndex.read(deps.files);
  const inUse = await InUse.read(deps.files, index, deps.stateDir);
  const [array] = await mdArrays(deps, inUse, arraysOver(index, targets));
  if (array) return array;
  throw rpcError(
    "conflict",
    { expected: "an array over the devices", actual: "none" },
    "mdadm ended well, and the kernel shows no array over the devices",
  );
}
