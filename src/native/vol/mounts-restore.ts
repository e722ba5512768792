import { setTimeout as sleep } from "node:timers/promises";
import type { DriftItem } from "../../../generated/types.gen.js";
import { mapBounded } from "../../kernel/bounded.js";
import { subvolume } from "../../kernel/mount-options.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { sameBoot } from "../../state/boot.js";
import type { Delayed, Managed } from "../managed.js";
import type { FilesystemGroup } from "./filesystem-groups.js";
import { InUse } from "./in-use.js";
import { type MountEntry, wishOf } from "./mounts-entry.js";
import { assertCanMount, mountsOf, refuseClones, refuseHeld, refuseHiding, refuseMissing } from "./mounts-guards.js";
import { type MountParts, mountKey } from "./mounts-kept.js";
import { MountsLook } from "./mounts-look.js";
import { holdingFolders, makeMount } from "./mounts-make.js";
import { differences } from "./mounts-options.js";
import { mountTarget } from "./mounts-target.js";
import { deviceIdentity } from "./named-device.js";

/** A disk that does not answer must not keep the daemon from starting: its mount goes on by itself. */
const PATIENCE_MS = 15_000;

interface How {
  /** In the first round after the daemon's start. */
  readonly isStart: boolean;
  /** The target of another entry, on whose mount this one lies and which waits itself. */
  readonly waitsFor?: string;
}

/** The registry's mounts, made again after a boot. */
export class ManagedMounts implements Managed {
  readonly kind = "mount";
  /** What waits, since when and why. */
  private readonly waiting = new Map<string, { readonly since: string; readonly reason: string }>();
  /** Mounts that go on although nobody waits for them any more. */
  private readonly running = new Map<string, Promise<string | undefined>>();
  private isFirst = true;

  constructor(
    private readonly parts: MountParts,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  count(): number {
    return this.parts.registry.entries.size;
  }

  async restore(): Promise<readonly Delayed[]> {
    const { registry, log } = this.parts;
    // During the daemon's life a mount that somebody undoes stays in the registry; at its start it is let go.
    const isStart = this.isFirst;
    this.isFirst = false;
    const entries = [...registry.entries.values()].sort((a, b) => a.target.length - b.target.length);
    const turns = new Map<string, Promise<string | undefined>>();
    const reasons = await mapBounded(entries, (entry) => {
      const turn = this.afterThatBeneath(entry, turns, isStart);
      turns.set(entry.target, turn);
      return turn;
    });
    const delayed: Delayed[] = [];
    for (const [at, { target, options }] of entries.entries()) {
      const reason = reasons[at];
      const since = this.waiting.get(target)?.since ?? new Date().toISOString();
      if (reason === undefined) this.waiting.delete(target);
      else {
        this.waiting.set(target, { since, reason });
        if (options.includes("nofail")) log.info("a mount waits", { target, reason });
        delayed.push({ id: target, reason, ...(options.includes("nofail") && { isExpected: true }) });
      }
    }
    return delayed;
  }

  async verify(): Promise<readonly DriftItem[]> {
    const { files, identities, registry } = this.parts;
    if (registry.entries.size === 0) return [];
    const look = await MountsLook.take(files, identities);
    return [...registry.entries.values()].flatMap((entry) => this.verified(entry, look));
  }

  private verified(entry: MountEntry, look: MountsLook): DriftItem[] {
    const row = look.at(entry.target);
    const item = { kind: this.kind, id: entry.target, repairable: true } as const;
    const differs = (field: string, expected: string, actual: string): DriftItem => ({
      ...item,
      state: "differs",
      field,
      expected: expected.slice(0, 4096),
      actual: actual.slice(0, 4096),
      repairable: false,
    });
    if (row === undefined) {
      const wait = this.waiting.get(entry.target);
      return [
        wait
          ? { ...item, state: "delayed", actual: wait.reason.slice(0, 4096), since: wait.since }
          : { ...item, state: "missing" },
      ];
    }
    if (!isSame(look, row, entry))
      return [differs("filesystem", entry.uuid ?? entry.fstype, `${row.source} (${row.fstype})`)];
    const found = differences(wishOf(entry), row);
    if (found.length > 0) return [differs("options", entry.options.join(","), found.join(", "))];
    return [{ ...item, state: "ok", repairable: false }];
  }

  /** A mount on a folder of another one comes after it: the other way round it would be hidden. The shorter path comes first. */
  private async afterThatBeneath(
    entry: MountEntry,
    turns: ReadonlyMap<string, Promise<string | undefined>>,
    isStart: boolean,
  ): Promise<string | undefined> {
    const beneath = [...turns.keys()].findLast((other) => entry.target.startsWith(`${other}/`));
    if (beneath === undefined || (await turns.get(beneath)) === undefined) return this.inTime(entry, { isStart });
    return this.inTime(entry, { isStart, waitsFor: beneath });
  }

  /** Why the entry must wait; undefined where it is mounted, or let go. */
  private async inTime(entry: MountEntry, how: How): Promise<string | undefined> {
    const stop = new AbortController();
    const turn = this.running.get(entry.target) ?? this.begin(entry.target, how);
    const late = sleep(this.patienceMs, "its device does not answer in time", { signal: stop.signal });
    try {
      return await Promise.race([turn, late]);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    } finally {
      stop.abort();
      late.catch(() => {});
    }
  }

  private begin(target: string, how: How): Promise<string | undefined> {
    const { queue } = this.parts.state;
    const turn = queue.run([mountKey(target)], () => restoreOne(this.parts, target, how));
    this.running.set(target, turn);
    const ended = () => void this.running.delete(target);
    turn.then(ended, ended);
    return turn;
  }
}

async function restoreOne(parts: MountParts, target: string, { isStart, waitsFor }: How): Promise<string | undefined> {
  const { files, identities, registry, state, log } = parts;
  const entry = registry.get(target);
  // Somebody unmounted it meanwhile.
  if (entry === undefined) return undefined;
  const look = await MountsLook.take(files, identities);
  const row = look.at(target);
  if (row && isSame(look, row, entry)) {
    await noteMounted(parts, entry);
    return undefined;
  }
  if (row) return `${row.source} (${row.fstype}) is mounted there instead`;
  if (entry.mounted_in && sameBoot(entry.mounted_in, state.boot)) {
    if (!isStart) return undefined;
    log.warn("somebody unmounted it since: it is let go", { target });
    await registry.remove(target);
    return undefined;
  }
  if (waitsFor !== undefined) return `it lies on ${waitsFor}, which is not mounted yet`;
  await makeAgain(parts, look, entry);
  await noteMounted(parts, entry);
  log.info("mounted again", { target });
  return undefined;
}

async function noteMounted({ registry, state }: MountParts, entry: MountEntry): Promise<void> {
  if (entry.mounted_in && sameBoot(entry.mounted_in, state.boot)) return;
  await registry.put(entry.target, { ...entry, mounted_in: state.boot });
}

/** Mounts an entry's filesystem again, in the turn of its target: what a later failure undoes. */
export async function remake(parts: MountParts, entry: MountEntry): Promise<void> {
  await makeAgain(parts, await MountsLook.take(parts.files, parts.identities), entry);
}

async function makeAgain(parts: MountParts, look: MountsLook, entry: MountEntry): Promise<void> {
  const { files, state } = parts;
  await assertCanMount(files);
  const group = await filesystemOf(parts, look, entry);
  const inUse = await InUse.read(files, look.index);
  const [member] = group.members;
  refuseHeld(inUse, member.node, group);
  const mounts = mountsOf(inUse, group);
  if (mounts.length === 0) refuseClones(group);
  refuseMissing(group, false);
  const target = await mountTarget(entry.target, { tree: look.tree, isMade: entry.create_target });
  if (target.path !== entry.target) throw new Error(`${entry.target} leads to ${target.path} by now`);
  refuseHiding(look.tree, target.path);
  const make = { group, member, wish: wishOf(entry), degraded: false, mounts, text: entry.target, target };
  await holdingFolders((handles) => state.steps((steps) => makeMount(files, look, { steps, handles }, make)));
}

/** The entry's filesystem among those that are there: by its UUID, else by its partition's, else by its disk. */
async function filesystemOf(parts: MountParts, look: MountsLook, entry: MountEntry): Promise<FilesystemGroup> {
  const candidates = look.groups.filter(({ fstype }) => fstype === entry.fstype);
  const found =
    entry.uuid !== undefined
      ? candidates.filter(({ uuid }) => uuid === entry.uuid)
      : await byPlace(parts, look, candidates, entry);
  const [group] = found;
  if (group === undefined) {
    const what = entry.uuid ?? entry.partuuid ?? entry.wwn_or_serial;
    throw new Error(`the device with the ${entry.fstype} ${what} is not there`);
  }
  if (found.length > 1) refuseClones(group);
  return group;
}

async function byPlace(
  { files }: MountParts,
  look: MountsLook,
  candidates: readonly FilesystemGroup[],
  entry: MountEntry,
): Promise<FilesystemGroup[]> {
  const found: FilesystemGroup[] = [];
  for (const group of candidates) {
    const [{ node, identity }] = group.members;
    const { wwn, serial } = await deviceIdentity(files, look.index, node);
    const isIt =
      entry.partuuid !== undefined
        ? identity.entry?.uuid === entry.partuuid
        : node.partition === undefined && (wwn ?? serial) === entry.wwn_or_serial;
    if (isIt) found.push(group);
  }
  return found;
}

/** Whether the mount shows the entry's filesystem, and for a btrfs its subvolume. */
function isSame(look: MountsLook, row: MountRow, entry: MountEntry): boolean {
  const group = look.groups.find((one) => look.shows(row, one));
  if (group?.fstype !== entry.fstype) return false;
  if (entry.uuid !== undefined && group.uuid !== entry.uuid) return false;
  if (entry.uuid === undefined && entry.partuuid !== group.members[0].identity.entry?.uuid) return false;
  return entry.subvol === undefined || subvolume(row.fsOptions).path === entry.subvol;
}
