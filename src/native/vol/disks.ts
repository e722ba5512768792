import type { VolDisksHandlers } from "../../../generated/handlers.gen.js";
import type { Disk, VolListDisksParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { readDiskGeometry, readDiskType, readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import { readHardware } from "../../kernel/hardware.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present, UNKNOWN_IDENTITY } from "../../kernel/identity.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import { mapInSlices } from "../../kernel/slices.js";
import { readUdevRecord } from "../../kernel/udevdb.js";
import { identityFields, StableNames } from "./block-identity.js";
import { InUse } from "./in-use.js";
import { namedDisk } from "./named-disk.js";
import { exact } from "./space.js";

export interface DisksDeps {
  readonly files: Files;
  readonly identities: Identities;
  /** The daemon's state folder: its disks count as the system's. */
  readonly stateDir?: string;
}

/** The `vol.disks` topic: every block device that is not a partition. */
export function disks(deps: DisksDeps): VolDisksHandlers {
  const looks = new SharedLooks<Disk[]>();
  return {
    "vol.list_disks": (params, { signal }) =>
      looks.of(JSON.stringify(params), signal, (shared) => listDisks(deps, params, shared)),
  };
}

async function listDisks(
  { files, identities, stateDir }: DisksDeps,
  { disk, all = false }: VolListDisksParams,
  signal: AbortSignal,
): Promise<Disk[]> {
  const index = await BlockIndex.read(files);
  const nodes = disk === undefined ? listedDisks(index, all) : [await namedDisk(index, disk)];
  // The probing is other processes' work: sysfs is read meanwhile.
  const [known, names, inUse, parts] = await Promise.all([
    identities.of(nodes, { signal }),
    StableNames.read(files),
    InUse.read(files, index, stateDir),
    mapBounded(nodes, (node) => readParts(files, node)),
  ]);
  return shapeAll(parts, { known, names, inUse });
}

/** The whole devices that are listed when none is named: all, or without empty drives and RAM disks. */
const listedDisks = (index: BlockIndex, all: boolean): BlockNode[] =>
  index.nodes.filter((node) => !node.partition && (all || isOfInterest(node)));

/** The disks of a look, as `vol.list_disks` answers them without parameters. */
export async function disksIn(files: Files, look: DiskLook): Promise<Disk[]> {
  const nodes = listedDisks(look.inUse.index, false);
  return shapeAll(await mapBounded(nodes, (node) => readParts(files, node)), look);
}

/** What the disks are shaped with. */
interface DiskLook {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly known: ReadonlyMap<string, DeviceIdentity>;
}

const shapeAll = (parts: readonly Parts[], { known, ...look }: DiskLook): Promise<Disk[]> =>
  mapInSlices(parts, (part) => shape(part, { ...look, identity: known.get(part.node.name) ?? UNKNOWN_IDENTITY }));

const RAM_DISK = "1:";

const isOfInterest = ({ majMin, sizeBytes }: BlockNode): boolean => sizeBytes > 0n && !majMin.startsWith(RAM_DISK);

/** What sysfs and udev say of one device. */
async function readParts(files: Files, node: BlockNode) {
  const udev = await readUdevRecord(files, node.majMin);
  const geometry = await readDiskGeometry(files, node);
  const hardware = await readHardware(files, node, {
    isRemovable: geometry.removable,
    ...(udev && { udev: udev.properties }),
  });
  const [type, isReadOnly] = [await readDiskType(files, node), await readReadOnly(files, node.name)];
  return { node, udev, geometry, hardware, type, isReadOnly };
}

interface Surroundings {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly identity: DeviceIdentity;
}

type Parts = Awaited<ReturnType<typeof readParts>>;

function shape(
  { node, udev, geometry, hardware: { hotplug, ...hardware }, type, isReadOnly }: Parts,
  { inUse, names, identity }: Surroundings,
): Disk {
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    type,
    size_bytes: exact(node.sizeBytes),
    logical_block_size: geometry.logicalBlockSize,
    physical_block_size: geometry.physicalBlockSize,
    ...present({
      minimum_io_size: geometry.minimumIoSize,
      optimal_io_size: geometry.optimalIoSize,
      discard_granularity: geometry.discardGranularity,
      scheduler: geometry.scheduler,
      diskseq: node.diskseq,
      backing_file: node.backingFile,
      partition_table: identity.table,
    }),
    ...hardware,
    rotational: geometry.rotational,
    removable: geometry.removable,
    hotplug,
    read_only: isReadOnly,
    zoned: geometry.zoned,
    ...names.of(node, udev),
    ...identityFields(identity),
    mountpoints: inUse.mountpoints(node),
    slaves: inUse.pathsOf(node.slaves),
    holders: inUse.pathsOf([node, ...inUse.index.partitionsOf(node.name)].flatMap(({ holders }) => holders)),
    in_use_by: inUse.holders(node),
    is_root_disk: inUse.isSystem(node),
  };
}
