import type { FileHandle } from "node:fs/promises";
import type { BlockIndex } from "../../kernel/block-index.js";
import type { Files } from "../../kernel/files.js";
import { difference, type Fingerprint, fingerprint } from "../../kernel/fingerprint.js";
import { openDevice } from "../../kernel/open-device.js";
import { type DiskTable, readDiskTable, refuseWhole, SavedTable } from "./disk-table.js";
import { systemHolders, wholeHolders } from "./guard-use.js";
import { InUse } from "./in-use.js";
import { kernelPartitions, refuseUnlisted } from "./kernel-partitions.js";
import { inUse as refusedInUse, replaced } from "./refusals.js";
import type { Target } from "./target.js";

export interface DiskGuards {
  readonly files: Files;
  readonly index: BlockIndex;
  readonly target: Target;
  readonly handle: FileHandle;
  readonly stateDir?: string | undefined;
  readonly force: boolean;
}

/** A disk that a partition may be added to: its table, the bytes of that, and what the disk was seen to be. */
export interface GuardedDisk {
  readonly table: DiskTable;
  readonly saved: SavedTable;
  readonly seen: Fingerprint;
}

/** The guards on a disk whose free space is the target: partitions in use are nothing to it. */
export async function guardedDisk({ files, index, target, handle, stateDir, force }: DiskGuards): Promise<GuardedDisk> {
  const inUse = await InUse.read(files, index, stateDir);
  const system = force ? [] : systemHolders(inUse, target);
  if (system.length > 0) throw refusedInUse(target.named, system, "disk");
  const holders = await wholeHolders(files, inUse, target);
  if (holders.length > 0) throw refusedInUse(target.named, holders, "disk");
  const table = await readDiskTable(files, target, handle);
  refuseUnlisted(
    target,
    await kernelPartitions(files, index, target.node, table.sectorSize),
    (table.gpt?.entries ?? []).map(({ first, last }) => ({ start: first, end: last + 1n })),
  );
  refuseWhole(target, table, force);
  const saved = await SavedTable.read(handle, target, table);
  const seen = await fingerprint(files, target.node, target.whole, handle, async () => saved.digest);
  const found = target.node.diskseq;
  if (found !== undefined && `${found}` !== seen.diskseq) {
    const words = (diskseq: string | undefined) => `disk sequence number ${diskseq ?? "none"}`;
    throw replaced(target.named, { expected: words(`${found}`), actual: words(seen.diskseq) });
  }
  return { table, saved, seen };
}

/** Throws `conflict` where the path now leads to another disk, or to one with another table, than the guards saw. */
export async function refuseOtherDisk(files: Files, target: Target, { table, seen }: GuardedDisk): Promise<void> {
  const handle = await openDevice(target.node);
  if (handle === "busy") throw refusedInUse(target.named, [{ kind: "unknown", reason: "exclusive open" }], "disk");
  try {
    const saved = await SavedTable.read(handle, target, table);
    const change = difference(
      seen,
      await fingerprint(files, target.node, target.whole, handle, async () => saved.digest),
    );
    if (change) throw replaced(target.named, change);
  } finally {
    await handle.close();
  }
}
