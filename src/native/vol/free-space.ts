import type { VolPartitionsHandlers } from "../../../generated/handlers.gen.js";
import type { FoundSignature, FreeExtent, FreeSpace, VolListFreeSpaceParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { readDiskGeometry } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import { readGpt } from "../../kernel/gpt.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present } from "../../kernel/identity.js";
import { openDevice } from "../../kernel/open-device.js";
import { type PartitionTable, readTable } from "../../kernel/sfdisk.js";
import { type Signature, signaturesOn, signaturesWithin } from "../../kernel/wipefs.js";
import { rpcError } from "../../rpc/errors.js";
import { type Extent, freeExtents } from "./free-extents.js";
import { kernelPartitions } from "./kernel-partitions.js";
import { deviceIdentity } from "./named-device.js";
import { namedDisk } from "./named-disk.js";
import { exact } from "./space.js";

export interface FreeSpaceDeps {
  readonly files: Files;
  readonly identities: Identities;
}

type FileHandle = Exclude<Awaited<ReturnType<typeof openDevice>>, "busy">;

const MIB = 1 << 20;

/** The specification's cap on an extent's signatures. */
const MOST_SIGNATURES = 256;

/** The free space of the `vol.partitions` topic, from the table on the disk and the disk's real size. */
export const freeSpace = (deps: FreeSpaceDeps): Pick<VolPartitionsHandlers, "vol.list_free_space"> => ({
  async "vol.list_free_space"(params, { signal }) {
    const index = await BlockIndex.read(deps.files);
    const node = await namedDisk(index, params.disk);
    if (!deps.files.live) throw unsupported("a recorded machine's disks cannot be read");
    const { logicalBlockSize: sectorSize } = await readDiskGeometry(deps.files, node);
    const alignment = params.alignment_bytes ?? MIB;
    if (alignment % sectorSize !== 0) {
      const reason = `${alignment} is no multiple of the disk's logical sector size ${sectorSize}`;
      throw rpcError("invalid_argument", { field: "alignment_bytes", reason }, `alignment_bytes: ${reason}`);
    }
    const handle = await openDevice(node).catch((error: unknown) => refuseUnreadable(node, error));
    if (handle === "busy") throw new Error(`${node.path}: an ordinary open was refused as busy`);
    try {
      const known = (await deps.identities.of([node], { signal })).get(node.name);
      const layout = await layOut(handle, node, sectorSize, known);
      // What the kernel still shows is not free, whatever the table says by now.
      const shown = layout.table?.type === "dos" ? [] : await kernelPartitions(deps.files, index, node, sectorSize);
      const shape = { ...layout, taken: [...layout.taken, ...shown] };
      const disk = await deviceIdentity(deps.files, index, node, known);
      return { disk, ...(await freeSpaceOf(handle, node, shape, params)) };
    } finally {
      await handle.close();
    }
  },
});

const unsupported = (reason: string) => rpcError("unsupported", { reason, mode: "native" }, reason);

function refuseUnreadable(node: BlockNode, error: unknown): never {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EACCES" || code === "EPERM") throw unsupported(`the daemon may not read ${node.path}`);
  throw error;
}

/** How a disk is divided; places are logical sectors. */
interface Layout {
  readonly sectorSize: number;
  readonly table?: { readonly type: string; readonly uuid?: string };
  /** Where partitions may lie; none where the disk is a filesystem or container as a whole. */
  readonly room?: Extent;
  /** What a table's entries cover, and what the table itself needs between them. */
  readonly taken: readonly Extent[];
  readonly signatures: readonly FoundSignature[];
  readonly isBackupMisplaced: boolean;
}

async function layOut(
  handle: FileHandle,
  node: BlockNode,
  sectorSize: number,
  known: DeviceIdentity | undefined,
): Promise<Layout> {
  const sectors = node.sizeBytes / BigInt(sectorSize);
  const blank: Layout = { sectorSize, taken: [], signatures: [], isBackupMisplaced: false };
  if (known?.table === undefined) {
    const signatures = (await signaturesOn(node.node)).map((signature) => found(signature, node.path, 0n));
    if (signatures.length > 0) return { ...blank, signatures: signatures.slice(0, MOST_SIGNATURES) };
    return { ...blank, ...present({ room: roomOfNew(sectorSize, sectors) }) };
  }
  const { table } = known;
  if (table.type === "gpt") {
    const read = await readGpt(handle, sectorSize, node.sizeBytes);
    if (read.kind !== "gpt") throw unreadable(node, table.type, read.kind === "damaged" ? read.reason : "it is gone");
    const { first, last, entries, isBackupMisplaced } = read.gpt;
    const taken = entries.map((entry) => ({ start: entry.first, end: entry.last + 1n }));
    return { ...blank, table, room: { start: first, end: last + 1n }, taken, isBackupMisplaced };
  }
  const read = table.type === "dos" ? await readTable(node.node) : undefined;
  if (read?.label !== "dos") throw unreadable(node, table.type, "only GPT and MBR are read");
  // The first sector is the table, and an MBR counts sectors with 32 bits.
  const room = { start: 1n, end: sectors < 1n << 32n ? sectors : 1n << 32n };
  return { ...blank, table, room, taken: mbrTaken(read) };
}

const unreadable = (node: BlockNode, type: string, why: string) =>
  unsupported(`the ${type} partition table of ${node.path} tells no free space: ${why}`);

/** What `create_partition` would make: 128 entries of 128 bytes after the header, and a copy of both at the disk's end. */
function roomOfNew(sectorSize: number, sectors: bigint): Extent | undefined {
  const entries = BigInt(Math.ceil((128 * 128) / sectorSize));
  const room = { start: 2n + entries, end: sectors - 1n - entries };
  return room.start < room.end ? room : undefined;
}

const EXTENDED = new Set([0x05, 0x0f, 0x85]);
const FIRST_LOGICAL = 5;

/** Primary partitions, the logical ones, and in an extended one the sector before each gap, where the next logical one is noted. */
function mbrTaken({ entries }: PartitionTable): Extent[] {
  const extended = entries.find(
    ({ number, type }) => number < FIRST_LOGICAL && EXTENDED.has(Number.parseInt(type, 16)),
  );
  const extents = entries
    .filter((entry) => entry !== extended)
    .map(({ start, sectors }) => ({ start, end: start + sectors }));
  if (extended === undefined) return extents;
  const end = extended.start + extended.sectors;
  const notes = freeExtents(extended.start, end - 1n, extents).map(({ start }) => ({ start, end: start + 1n }));
  // Free space within and behind the extended partition is not one.
  return [...extents, ...notes, { start: end, end }];
}

async function freeSpaceOf(
  handle: FileHandle,
  node: BlockNode,
  { room, table, sectorSize, signatures, taken, isBackupMisplaced }: Layout,
  { alignment_bytes: alignment = MIB, min_bytes: least = MIB }: VolListFreeSpaceParams,
): Promise<Omit<FreeSpace, "disk">> {
  const bytes = (sectors: bigint) => sectors * BigInt(sectorSize);
  const wanted = (room === undefined ? [] : freeExtents(room.start, room.end - 1n, taken))
    .map((extent) => trimmed(extent, BigInt(alignment / sectorSize)))
    .filter(({ start, end }) => bytes(end - start) >= BigInt(least));
  const extents: FreeExtent[] = [];
  for (const extent of wanted) extents.push(await shape(handle, node, extent, sectorSize));
  const sizes = wanted.map(({ start, end }) => bytes(end - start));
  return {
    ...present({ partition_table: table }),
    signatures: [...signatures],
    alignment_bytes: alignment,
    backup_gpt_misplaced: isBackupMisplaced,
    ...(room && { first_usable_bytes: exact(bytes(room.start)), end_usable_bytes: exact(bytes(room.end)) }),
    extents,
    total_bytes: exact(sizes.reduce((sum, size) => sum + size, 0n)),
    largest_bytes: exact(sizes.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? 0n),
  };
}

interface Aligned extends Extent {
  readonly aligned: boolean;
}

/** Trimmed inwards to whole units; as it is where that would leave nothing. */
function trimmed({ start, end }: Extent, unit: bigint): Aligned {
  const first = ((start + unit - 1n) / unit) * unit;
  const last = (end / unit) * unit;
  return first < last ? { start: first, end: last, aligned: true } : { start, end, aligned: false };
}

async function shape(
  handle: FileHandle,
  node: BlockNode,
  { start, end, aligned }: Aligned,
  sectorSize: number,
): Promise<FreeExtent> {
  const [from, size] = [start * BigInt(sectorSize), (end - start) * BigInt(sectorSize)];
  const stale = await signaturesWithin(handle, from, size);
  return {
    start_bytes: exact(from),
    size_bytes: exact(size),
    start_sector: exact(start),
    sectors: exact(end - start),
    sector_size: sectorSize,
    aligned,
    stale_signatures: stale.map((signature) => found(signature, node.path, from)).slice(0, MOST_SIGNATURES),
  };
}

/** A signature by its place on the disk. */
const found = ({ type, usage, offset, label, uuid }: Signature, device: string, start: bigint): FoundSignature => ({
  type,
  usage,
  device,
  offset_bytes: exact(start + offset),
  ...present({ label, uuid }),
});
