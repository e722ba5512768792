import type { FileHandle } from "node:fs/promises";
import type { VolPartitionsHandlers } from "../../../generated/handlers.gen.js";
import type {
  FoundSignature,
  Partition,
  VolCreatePartitionParams,
  VolCreatePartitionResult,
  Warning,
} from "../../../generated/types.gen.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { readDiskGeometry } from "../../kernel/disk.js";
import { type GptEntry, readGpt } from "../../kernel/gpt.js";
import { openDevice } from "../../kernel/open-device.js";
import { usable } from "./disk-table.js";
import { choosePlace, freeExtents } from "./free-extents.js";
import type { GuardDeps } from "./guard.js";
import { asRefusal } from "./guard.js";
import { partitionPath } from "./guard-signatures.js";
import { type Added, addPartition } from "./partition-add.js";
import { guardedDisk } from "./partition-guard.js";
import { showToKernel } from "./partition-node.js";
import { listPartitions } from "./partitions.js";
import { inUse as refusedInUse, signatureWords } from "./refusals.js";
import { exact } from "./space.js";
import { deviceMeant, namedTargets, refuseTarget, type Target } from "./target.js";
import { refuseDifferent, type WantedEntry, wantedEntry } from "./wanted-entry.js";

/** The writing half of the `vol.partitions` topic. */
export const partitionCreate = (deps: GuardDeps): Pick<VolPartitionsHandlers, "vol.create_partition"> => ({
  "vol.create_partition": async (params, { signal }) => {
    const { whole } = await namedDisk(deps, params);
    // One table takes one new entry at a time; a second call waits and then sees the first one's partition.
    return deps.state.queue.run([`disk ${whole.name}`], () => createPartition(deps, params, signal));
  },
});

async function namedDisk(
  { files }: GuardDeps,
  { disk }: VolCreatePartitionParams,
): Promise<Target & { index: BlockIndex }> {
  const index = await BlockIndex.read(files);
  const [target] = await namedTargets(files, index, [disk], () => "disk");
  if (!target) throw new Error("one device was named");
  const { partition } = target.node;
  if (!partition) return { ...target, index };
  throw refuseTarget("disk", disk, `it is partition ${partition.number} of ${target.whole.path}; name the disk`);
}

async function createPartition(
  deps: GuardDeps,
  params: VolCreatePartitionParams,
  signal: AbortSignal,
): Promise<VolCreatePartitionResult> {
  const { index, ...target } = await namedDisk(deps, params);
  const { logicalBlockSize: sectorSize } = await readDiskGeometry(deps.files, target.node);
  const wanted = wantedEntry(params, sectorSize);
  const release = deps.claims.takeTable(target, "vol.create_partition");
  try {
    const lock = await deps.locks.take(target.whole);
    if (!lock)
      throw refusedInUse(target.named, [{ kind: "unknown", reason: "another program keeps its lock (flock)" }], "disk");
    try {
      return await onDisk({ deps, params, index, target, wanted, signal, lock: lock.fd });
    } finally {
      await lock.release();
    }
  } catch (error) {
    throw asRefusal(error, [target]);
  } finally {
    release();
  }
}

interface Task {
  readonly deps: GuardDeps;
  readonly params: VolCreatePartitionParams;
  readonly index: BlockIndex;
  readonly target: Target;
  readonly wanted: WantedEntry;
  readonly signal: AbortSignal;
  readonly lock: number;
}

async function onDisk(task: Task): Promise<VolCreatePartitionResult> {
  const handle = await openDevice(task.target.node, { write: true });
  if (handle === "busy") throw refusedInUse(task.target.named, [{ kind: "unknown", reason: "exclusive open" }], "disk");
  try {
    return (await repeated(task, handle)) ?? (await added(task, handle));
  } finally {
    await handle.close();
  }
}

async function added(task: Task, handle: FileHandle): Promise<VolCreatePartitionResult> {
  const { deps, params, index, target, wanted, lock } = task;
  const { files, stateDir } = deps;
  const { force = false, wipe_signatures: wipe = true } = params;
  return deps.state.steps(async (steps) => {
    await steps.do("found", () => {});
    const guarded = await guardedDisk({ files, index, target, handle, stateDir, force });
    const { first, last, taken } = usable(target.node, guarded.table);
    const place = choosePlace(freeExtents(first, last, taken), wanted, guarded.table.sectorSize);
    const { type, name } = wanted;
    const done = await addPartition(steps, { files, target, handle, guarded, place, type, name, wipe, locks: [lock] });
    return answer(task, {
      ...done,
      changed: true,
      tableCreated: guarded.table.gpt === undefined,
      backupMoved: guarded.table.gpt?.isBackupMisplaced === true && !done.gpt.isBackupMisplaced,
    });
  });
}

/** The same call once more: the partition that starts there already, if it is as asked. */
async function repeated(task: Task, handle: FileHandle): Promise<VolCreatePartitionResult | undefined> {
  const { deps, target, wanted } = task;
  if (wanted.start === undefined) return undefined;
  const found = await readGpt(handle, wanted.sectorSize, target.node.sizeBytes);
  const entry = found.kind === "gpt" ? found.gpt.entries.find(({ first }) => first === wanted.start) : undefined;
  if (found.kind !== "gpt" || !entry) return undefined;
  refuseDifferent(target.named, entry, wanted);
  const known = await partitionAt(task, entry);
  // An earlier call may have ended between the table and the kernel.
  const isShown = known !== undefined || (await showToKernel(deps.files, target.node, entry.number));
  return answer(task, {
    entry,
    isShown,
    stale: [],
    changed: known === undefined && isShown,
    tableCreated: false,
    backupMoved: false,
  });
}

interface Done extends Pick<Added, "entry" | "isShown" | "stale"> {
  readonly changed: boolean;
  readonly tableCreated: boolean;
  readonly backupMoved: boolean;
}

async function answer(task: Task, done: Done): Promise<VolCreatePartitionResult> {
  const { deps, target } = task;
  const partition = (await partitionAt(task, done.entry)) ?? unshown(task, done.entry);
  const stale = done.stale.map((signature): FoundSignature => ({ ...signature, device: partition.path }));
  return {
    changed: done.changed,
    warnings: warningsOf(target, partition, done.isShown, stale),
    device: await deviceMeant(deps.files, deps.identities, target),
    partition,
    table_created: done.tableCreated,
    backup_gpt_moved: done.backupMoved,
    stale_signatures: stale.slice(0, 256),
  };
}

async function partitionAt({ deps, target, wanted, signal }: Task, entry: GptEntry): Promise<Partition | undefined> {
  const all = await listPartitions(deps, { disk: target.node.node }, signal);
  return all.find(
    ({ number, start_bytes }) =>
      number === entry.number && BigInt(start_bytes) === entry.first * BigInt(wanted.sectorSize),
  );
}

/** The partition as the table alone has it, while the kernel has none. */
function unshown({ target: { node }, wanted: { sectorSize } }: Task, entry: GptEntry): Partition {
  const path = partitionPath(node, entry.number);
  const sectors = entry.last + 1n - entry.first;
  return {
    path,
    name: path.slice("/dev/".length).replaceAll("/", "!"),
    maj_min: "0:0",
    disk: node.path,
    number: entry.number,
    start_sector: exact(entry.first),
    sectors: exact(sectors),
    sector_size: sectorSize,
    start_bytes: exact(entry.first * BigInt(sectorSize)),
    size_bytes: exact(sectors * BigInt(sectorSize)),
    read_only: false,
    table_type: "gpt",
    parttype: entry.type,
    partuuid: entry.uuid,
    attrs: [],
    by_id: [],
    by_path: [],
    ambivalent: false,
    identity_source: "none",
    mountpoints: [],
    holders: [],
    in_use_by: [],
    is_root_disk: false,
    ...(entry.name !== "" && { partlabel: entry.name }),
  };
}

function warningsOf(
  { whole }: Target,
  { path }: Partition,
  isShown: boolean,
  stale: readonly FoundSignature[],
): Warning[] {
  const wiped = stale
    .filter(({ erased }) => erased)
    .map((signature): Warning => {
      const message = `Old data lay in the new partition and was erased: ${signatureWords(signature)}.`.slice(0, 1024);
      return { kind: "stale_signature_wiped", message, object: path };
    });
  if (isShown) return wiped.slice(0, 64);
  const message = `The table of ${whole.path} has the partition, and the kernel does not show it.`;
  const remedy = `partx --update ${whole.path}`;
  return [{ kind: "kernel_table_not_reread", message, object: path, remedy }, ...wiped.slice(0, 63)];
}
