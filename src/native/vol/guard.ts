import type { FileHandle } from "node:fs/promises";
import type { FoundSignature, Warning } from "../../../generated/types.gen.js";
import { BlockIndex } from "../../kernel/block-index.js";
import type { DiskLock, DiskLocks } from "../../kernel/device-lock.js";
import type { Files } from "../../kernel/files.js";
import { difference, diskseqNow, type Fingerprint, fingerprint } from "../../kernel/fingerprint.js";
import type { Identities } from "../../kernel/identities.js";
import { DeviceReplaced, openDevice } from "../../kernel/open-device.js";
import { removeKernelPartition } from "../../kernel/partx.js";
import type { Steps } from "../../state/steps.js";
import type { NativeState } from "../state.js";
import type { Claims } from "./claims.js";
import { eraseAll, type PlacedSignature, signaturesOf } from "./guard-signatures.js";
import { holdersOf, systemHolders } from "./guard-use.js";
import { InUse } from "./in-use.js";
import { carriesSignatures, inUse as refusedInUse, replaced } from "./refusals.js";
import { refuseOneStorage } from "./same-storage.js";
import { type FieldOf, namedTargets, refuseExtended, type Target } from "./target.js";

/** What every destructive write needs. */
export interface GuardDeps {
  readonly files: Files;
  readonly identities: Identities;
  readonly state: Pick<NativeState, "steps" | "queue">;
  readonly locks: DiskLocks;
  readonly claims: Claims;
  /** The daemon's state folder: its disks count as the system's. */
  readonly stateDir?: string;
}

export interface Wanted {
  readonly method: string;
  readonly devices: readonly string[];
  readonly fieldOf: FieldOf;
  /** Signatures do not refuse; they are erased. */
  readonly force: boolean;
  /** Asked once the devices are found, before they are looked at more closely; may throw. */
  readonly onFound?: (targets: readonly Target[], index: BlockIndex) => Promise<void>;
  /** Asked when all guards are passed and nothing is written yet; may throw. */
  readonly beforeWriting?: () => Promise<void>;
}

/** Devices that every guard let pass, blank, and locked against udev until the work on them ends. */
export interface Cleared {
  readonly targets: readonly Target[];
  readonly erased: readonly FoundSignature[];
  readonly warnings: readonly Warning[];
  /** The steps of this write: what `work` does in one is undone when a later one fails. */
  readonly steps: Steps;
  /** Descriptors that a tool should inherit, so that the disks stay locked as long as it runs. */
  readonly locks: readonly number[];
}

/** A target between its guards: what was seen of it, to be compared right before acting. */
interface Checked {
  readonly target: Target;
  readonly seen: Fingerprint;
  readonly signatures: readonly PlacedSignature[];
}

/**
 * Does `work` on devices that passed the guards, in their order: there, a block device, not the system's, not in use,
 * without signatures (or `force`, which erases them), and still the same device at the last moment.
 * Every device passes a guard before any meets the next one, and nothing is written before all have passed all.
 */
export async function onFreeDevices<T>(
  deps: GuardDeps,
  wanted: Wanted,
  work: (cleared: Cleared) => Promise<T>,
): Promise<T> {
  const { files, claims, state } = deps;
  const index = await BlockIndex.read(files);
  const targets = await namedTargets(files, index, wanted.devices, wanted.fieldOf);
  await refuseOneStorage(files, targets, wanted.fieldOf);
  await refuseExtended(deps.identities, targets, wanted.fieldOf);
  await wanted.onFound?.(targets, index);
  const release = claims.take(targets, wanted.method);
  const held: DiskLock[] = [];
  try {
    return await state.steps(async (steps) => {
      const inUse = await steps.do("found", () => InUse.read(files, index, deps.stateDir));
      refuse(targets, (target) => systemHolders(inUse, target));
      await refuseHeld(files, inUse, targets);
      for (const target of targets) held.push(await lock(deps.locks, target));
      const checked: Checked[] = [];
      for (const target of targets) checked.push(await look(files, inUse, target));
      refuseSignatures(checked, wanted.force);
      await wanted.beforeWriting?.();
      await steps.do("checked", () => {});
      const erased = await steps.do("erased", () => eraseChecked(files, inUse, checked));
      const warnings = erased.length > 0 ? await forgetPartitions(index, targets) : [];
      const answer = await work({ targets, erased, warnings, steps, locks: held.map(({ fd }) => fd) });
      for (const { target, seen } of checked) await refuseSwapped(files, target, seen);
      return answer;
    });
  } catch (error) {
    throw asRefusal(error, targets);
  } finally {
    for (const one of held) await one.release();
    release();
  }
}

function refuse(targets: readonly Target[], holders: (target: Target) => ReturnType<typeof systemHolders>): void {
  for (const target of targets) {
    const found = holders(target);
    if (found.length > 0) throw refusedInUse(target.named, found);
  }
}

async function refuseHeld(files: Files, inUse: InUse, targets: readonly Target[]): Promise<void> {
  for (const target of targets) {
    const found = await holdersOf(files, inUse, target);
    if (found.length > 0) throw refusedInUse(target.named, found);
  }
}

async function lock(locks: DiskLocks, { named, whole }: Target): Promise<DiskLock> {
  const taken = await locks.take(whole);
  if (taken) return taken;
  throw refusedInUse(named, [
    { kind: "unknown", reason: "another program keeps its lock (flock)", device: whole.path },
  ]);
}

async function look(files: Files, inUse: InUse, target: Target): Promise<Checked> {
  const handle = await openDevice(target.node);
  if (handle === "busy") throw refusedInUse(target.named, [{ kind: "unknown", reason: "exclusive open" }]);
  try {
    const seen = await fingerprint(files, target.node, target.whole, handle);
    const found = target.whole.diskseq;
    if (found !== undefined && `${found}` !== seen.diskseq) throw swapped(target, `${found}`, seen.diskseq);
    return { target, seen, signatures: await signaturesOf(files, inUse, target, handle) };
  } finally {
    await handle.close();
  }
}

function refuseSignatures(checked: readonly Checked[], force: boolean): void {
  if (force) return;
  const carriers = checked.filter(({ signatures }) => signatures.length > 0);
  const [first] = carriers;
  if (!first) return;
  const found = carriers.flatMap(({ signatures }) => signatures.map((signature) => signature.found));
  throw carriesSignatures(first.target.named, found, "`force: true` erases it first");
}

/** Holds every device exclusively at once, compares each with what the guards saw, and only then erases. */
async function eraseChecked(files: Files, inUse: InUse, checked: readonly Checked[]): Promise<FoundSignature[]> {
  const handles: FileHandle[] = [];
  try {
    for (const { target, seen } of checked) {
      const handle = await openDevice(target.node, { exclusive: true, write: true });
      if (handle === "busy") throw refusedInUse(target.named, [{ kind: "unknown", reason: "exclusive open" }]);
      handles.push(handle);
      const change = difference(seen, await fingerprint(files, target.node, target.whole, handle));
      if (change) throw replaced(target.named, change);
    }
    const erased: FoundSignature[] = [];
    for (const [at, { target, signatures }] of checked.entries()) {
      const handle = handles[at];
      if (!handle) continue;
      erased.push(...(await eraseAll(handle, signatures, () => signaturesOf(files, inUse, target, handle))));
    }
    return erased;
  } finally {
    for (const handle of handles) await handle.close();
  }
}

/** A disk whose table is erased has no partitions: the kernel is told, one by one. */
async function forgetPartitions(index: BlockIndex, targets: readonly Target[]): Promise<Warning[]> {
  const warnings: Warning[] = [];
  for (const { node, whole } of targets) {
    if (node !== whole) continue;
    for (const { partition, path } of index.partitionsOf(whole.name)) {
      const isGone = await removeKernelPartition(whole.node, partition?.number ?? 0).then(
        () => true,
        () => false,
      );
      if (isGone) continue;
      const message = `The partition table of ${whole.path} is erased, and the kernel still shows ${path}.`;
      warnings.push({ kind: "kernel_table_not_reread", message, object: path, remedy: `partx --delete ${whole.path}` });
    }
  }
  return warnings;
}

/** The path could have been given to another disk while the tool ran: then nobody knows which one it wrote on. */
async function refuseSwapped(files: Files, target: Target, { diskseq }: Fingerprint): Promise<void> {
  const now = await diskseqNow(files, target.whole);
  if (now !== diskseq) throw swapped(target, diskseq, now);
}

const swapped = ({ named }: Target, expected: string | undefined, actual: string | undefined) =>
  replaced(named, {
    expected: `disk sequence number ${expected ?? "none"}`,
    actual: `disk sequence number ${actual ?? "none"}`,
  });

export function asRefusal(error: unknown, targets: readonly Target[]): unknown {
  if (!(error instanceof DeviceReplaced)) return error;
  const target = targets.find(({ node }) => node.node === error.node);
  return replaced(target?.named ?? error.node, {
    expected: `device ${error.expected}`,
    actual: error.actual,
  });
}
