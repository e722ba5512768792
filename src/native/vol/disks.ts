import type { VolDisksHandlers } from "../../../generated/handlers.gen.js";
import type { Disk } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { mapBounded } from "../../kernel/bounded.js";
import { readDiskGeometry, readDiskType, readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import { readHardware } from "../../kernel/hardware.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present, UNKNOWN_IDENTITY } from "../../kernel/identity.js";
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
export const disks = ({ files, identities, stateDir }: DisksDeps): VolDisksHandlers => ({
  async "vol.list_disks"({ disk, all = false }, { signal }) {
    const [inUse, names] = await Promise.all([InUse.read(files, stateDir), StableNames.read(files)]);
    const nodes =
      disk === undefined
        ? inUse.index.nodes.filter((node) => !node.partition && (all || isOfInterest(node)))
        : [await namedDisk(inUse.index, disk)];
    const known = await identities.of(nodes, { signal });
    return mapBounded(nodes, (node) =>
      describe(files, node, { inUse, names, identity: known.get(node.name) ?? UNKNOWN_IDENTITY }),
    );
  },
});

const RAM_DISK = "1:";

const isOfInterest = ({ majMin, sizeBytes }: BlockNode): boolean => sizeBytes > 0n && !majMin.startsWith(RAM_DISK);

interface Surroundings {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly identity: DeviceIdentity;
}

async function describe(files: Files, node: BlockNode, { inUse, names, identity }: Surroundings): Promise<Disk> {
  const udev = await readUdevRecord(files, node.majMin);
  const geometry = await readDiskGeometry(files, node);
  const { hotplug, ...hardware } = await readHardware(files, node, {
    isRemovable: geometry.removable,
    ...(udev && { udev: udev.properties }),
  });
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    type: await readDiskType(files, node),
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
    read_only: await readReadOnly(files, node.name),
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
