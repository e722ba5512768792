import type { VolPartitionsHandlers } from "../../../generated/handlers.gen.js";
import type { Partition, VolListPartitionsParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { readDiskGeometry, readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present, UNKNOWN_IDENTITY } from "../../kernel/identity.js";
import { attributeNames, partitionTypeName } from "../../kernel/partition-types.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import { mapInSlices } from "../../kernel/slices.js";
import { attribute } from "../../kernel/sysfs.js";
import { readUdevRecord } from "../../kernel/udevdb.js";
import { identityFields, StableNames } from "./block-identity.js";
import { InUse } from "./in-use.js";
import { namedDisk } from "./named-disk.js";
import { exact } from "./space.js";

export interface PartitionsDeps {
  readonly files: Files;
  readonly identities: Identities;
  /** The daemon's state folder: its disks count as the system's. */
  readonly stateDir?: string;
}

/** The `vol.partitions` topic, as far as it is built: the partitions that the kernel has. */
export function partitions(deps: PartitionsDeps): Pick<VolPartitionsHandlers, "vol.list_partitions"> {
  const looks = new SharedLooks<Partition[]>();
  return {
    "vol.list_partitions": (params, { signal }) =>
      looks.of(JSON.stringify(params), signal, (shared) => listPartitions(deps, params, shared)),
  };
}

/** Every partition that the kernel has, of one disk or of all, by a look of its own. */
export async function listPartitions(
  { files, identities, stateDir }: PartitionsDeps,
  { disk }: VolListPartitionsParams,
  signal: AbortSignal,
): Promise<Partition[]> {
  const index = await BlockIndex.read(files);
  const disks = disk === undefined ? index.nodes.filter((node) => !node.partition) : [await namedDisk(index, disk)];
  const nodes = disks.flatMap(({ name }) => index.partitionsOf(name));
  // The probing is other processes' work: sysfs is read meanwhile.
  const [known, names, inUse, parts] = await Promise.all([
    identities.of(nodes, { signal }),
    StableNames.read(files),
    InUse.read(files, index, stateDir),
    readAllParts(files, index, disks),
  ]);
  return shapeAll(parts, { known, names, inUse });
}

/** The partitions of a look, as `vol.list_partitions` answers them without parameters. */
export async function partitionsIn(files: Files, look: PartitionLook): Promise<Partition[]> {
  const { index } = look.inUse;
  const parts = await readAllParts(
    files,
    index,
    index.nodes.filter((node) => !node.partition),
  );
  return shapeAll(parts, look);
}

/** What the partitions are shaped with. */
interface PartitionLook {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly known: ReadonlyMap<string, DeviceIdentity>;
}

interface AllParts {
  readonly parts: readonly Parts[];
  readonly sectorSizes: ReadonlyMap<string, number>;
}

async function readAllParts(files: Files, index: BlockIndex, disks: readonly BlockNode[]): Promise<AllParts> {
  const nodes = disks.flatMap(({ name }) => index.partitionsOf(name));
  const [sectorSizes, parts] = await Promise.all([
    sectorSizesOf(
      files,
      disks.filter(({ name }) => index.partitionsOf(name).length > 0),
    ),
    mapBounded(nodes, (node) => readParts(files, node)),
  ]);
  return { parts, sectorSizes };
}

const shapeAll = ({ parts, sectorSizes }: AllParts, { known, inUse, names }: PartitionLook): Promise<Partition[]> =>
  mapInSlices(parts, (part) =>
    shape(part, {
      inUse,
      names,
      identity: known.get(part.node.name) ?? UNKNOWN_IDENTITY,
      sectorSize: sectorSizes.get(inUse.index.wholeOf(part.node).name) ?? SYSFS_SECTOR,
    }),
  );

/** sysfs counts in these, whatever the disk's own sectors are. */
const SYSFS_SECTOR = 512;

async function sectorSizesOf(files: Files, disks: readonly BlockNode[]): Promise<Map<string, number>> {
  return new Map(
    await mapBounded(
      disks,
      async (disk) => [disk.name, (await readDiskGeometry(files, disk)).logicalBlockSize] as const,
    ),
  );
}

/** What sysfs and udev say of one partition. */
async function readParts(files: Files, node: BlockNode) {
  const start = await attribute(files, `/sys/class/block/${node.name}/start`);
  return {
    node,
    startBytes: BigInt(start ?? 0) * BigInt(SYSFS_SECTOR),
    isReadOnly: await readReadOnly(files, node.name),
    udev: await readUdevRecord(files, node.majMin),
  };
}

interface Surroundings {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly identity: DeviceIdentity;
  readonly sectorSize: number;
}

type Parts = Awaited<ReturnType<typeof readParts>>;

function shape(
  { node, startBytes, isReadOnly, udev }: Parts,
  { inUse, names, identity, sectorSize }: Surroundings,
): Partition {
  const { entry } = identity;
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    disk: inUse.index.wholeOf(node).path,
    number: node.partition?.number ?? 0,
    start_sector: exact(startBytes / BigInt(sectorSize)),
    sectors: exact(node.sizeBytes / BigInt(sectorSize)),
    sector_size: sectorSize,
    start_bytes: exact(startBytes),
    size_bytes: exact(node.sizeBytes),
    read_only: isReadOnly,
    ...(entry && {
      table_type: entry.scheme,
      ...present({
        parttype: entry.type,
        parttypename: entry.type === undefined ? undefined : partitionTypeName(entry.scheme, entry.type),
        partuuid: entry.uuid,
        partlabel: entry.label,
        partflags: entry.flags,
      }),
    }),
    attrs: entry?.flags === undefined ? [] : attributeNames(entry.scheme, BigInt(entry.flags)),
    ...names.of(node, udev),
    ...identityFields(identity),
    mountpoints: inUse.mountpoints(node),
    holders: inUse.pathsOf(node.holders),
    in_use_by: inUse.holders(node),
    is_root_disk: inUse.isSystem(node),
  };
}
