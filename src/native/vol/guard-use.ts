import { setTimeout as wait } from "node:timers/promises";
import type { Holder } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { openersOf } from "../../kernel/device-openers.js";
import type { Files } from "../../kernel/files.js";
import { openDevice } from "../../kernel/open-device.js";
import type { InUse } from "./in-use.js";
import { fileIdentity } from "./same-storage.js";
import type { Target } from "./target.js";

/** Probers, and a table being written, let go of a device within this time. */
const PASSING_MS = 1000;
const PAUSE_MS = 100;

/** Why the running system's disks are refused: what of it lies there. Empty where nothing does. */
export const systemHolders = (inUse: InUse, { whole }: Target): Holder[] =>
  inUse.systemUses(whole).map((name) => ({ kind: "system", name, device: whole.path }));

/** Everything that holds the device, whichever way it shows: in the kernel's tables, as an open file, or only as `EBUSY`. */
export async function holdersOf(files: Files, inUse: InUse, { node, whole }: Target): Promise<Holder[]> {
  const visible = [
    ...inUse.holders(node),
    ...(node === whole ? [] : inUse.ownHolders(whole).map((holder) => ({ device: whole.path, ...holder }))),
    ...(await twinHolders(inUse, node)),
  ];
  if (visible.length > 0) return unique(visible);
  return lasting(async () => {
    const found = await openHolders(files, node, node, true);
    if (node !== whole) {
      // The kernel calls a disk busy for the sake of any partition: what holds all of it makes this one busy too.
      return [...found, ...(await openHolders(files, whole, node, false))];
    }
    for (const part of inUse.index.partitionsOf(whole.name))
      found.push(...(await openHolders(files, part, node, true)));
    return found;
  });
}

/** What holds a disk besides the uses of its partitions. */
export async function wholeHolders(files: Files, inUse: InUse, { whole }: Target): Promise<Holder[]> {
  const visible = [...inUse.ownHolders(whole), ...(await twinHolders(inUse, whole))];
  if (visible.length > 0) return unique(visible);
  return lasting(async () => {
    // While a partition is held the kernel calls its disk busy, and the other way round: only a visible holder tells which.
    const parts = inUse.index.partitionsOf(whole.name);
    const openers = await Promise.all(parts.map((part) => openersOf(files, part)));
    const isPartHeld = openers.flat().length > 0 || parts.some((part) => inUse.holders(part).length > 0);
    return openHolders(files, whole, whole, !isPartHeld);
  });
}

/** Looks again for a while: what passes is no holder. */
async function lasting(look: () => Promise<Holder[]>): Promise<Holder[]> {
  const until = performance.now() + PASSING_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > until) return found;
    await wait(PAUSE_MS);
  }
}

/** Writers, exclusive or not, and the exclusive open itself where nobody is visible. */
async function openHolders(files: Files, device: BlockNode, asked: BlockNode, isExclusive: boolean): Promise<Holder[]> {
  const through = device === asked ? {} : { device: device.path };
  const openers = (await openersOf(files, device)).filter(({ pid }) => pid !== process.pid);
  const isBusy = isExclusive && (await isHeld(device));
  const holders = openers
    .filter(({ canWrite }) => canWrite || isBusy)
    .map(({ pid, command, canWrite }): Holder => {
      const reason = canWrite ? "has it open for writing" : "has it open while the kernel says busy";
      return { kind: "process", name: command, pid, reason, ...through };
    });
  if (holders.length > 0 || !isBusy) return holders;
  return [{ kind: "unknown", reason: "exclusive open", ...through }];
}

/** Whether the kernel refuses an exclusive open. */
async function isHeld(device: BlockNode): Promise<boolean> {
  const handle = await openDevice(device, { exclusive: true });
  if (handle === "busy") return true;
  await handle.close();
  return false;
}

/** Another loop device over the same file is the same data: what holds that one holds this. */
async function twinHolders(inUse: InUse, node: BlockNode): Promise<Holder[]> {
  const own = inUse.index.wholeOf(node);
  if (own.backingFile === undefined) return [];
  const file = await fileIdentity(own.backingFile);
  const holders: Holder[] = [];
  for (const other of inUse.index.nodes) {
    if (other.name === own.name || other.backingFile === undefined) continue;
    const isSame = other.backingFile === own.backingFile || (file && (await fileIdentity(other.backingFile)) === file);
    if (isSame) holders.push(...inUse.holders(other).map((holder) => ({ device: other.path, ...holder })));
  }
  return holders;
}

const unique = (holders: readonly Holder[]): Holder[] => [
  ...new Map(holders.map((holder) => [JSON.stringify(holder), holder])).values(),
];
