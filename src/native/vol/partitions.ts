import type { VolPartitionsHandlers } from "../../../generated/handlers.gen.js";
import type { Partition } from "../../../generated/types.gen.js";
import { attribute, type BlockNode } from "../../kernel/block.js";
import { mapBounded } from "../../kernel/bounded.js";
import { readDiskGeometry, readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present, UNKNOWN_IDENTITY } from "../../kernel/identity.js";
import { attributeNames, partitionTypeName } from "../../kernel/partition-types.js";
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
export const partitions = ({
  files,
  identities,
  stateDir,
}: PartitionsDeps): Pick<VolPartitionsHandlers, "vol.list_partitions"> => ({
  async "vol.list_partitions"({ disk }, { signal }) {
    const [inUse, names] = await Promise.all([InUse.read(files, stateDir), StableNames.read(files)]);
    const { index } = inUse;
    const disks = disk === undefined ? index.nodes.filter((node) => !node.partition) : [await namedDisk(index, disk)];
    const nodes = disks.flatMap(({ name }) => index.partitionsOf(name));
    const known = await identities.of(nodes, { signal });
    const sectorSizes = await sectorSizesOf(
      files,
      disks.filter(({ name }) => index.partitionsOf(name).length > 0),
    );
    return mapBounded(nodes, (node) =>
      describe(files, node, {
        inUse,
        names,
        identity: known.get(node.name) ?? UNKNOWN_IDENTITY,
        sectorSize: sectorSizes.get(index.wholeOf(node).name) ?? SYSFS_SECTOR,
      }),
    );
  },
});

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

interface Surroundings {
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly identity: DeviceIdentity;
  readonly sectorSize: number;
}

async function describe(
  files: Files,
  node: BlockNode,
  { inUse, names, identity, sectorSize }: Surroundings,
): Promise<Partition> {
  const start = BigInt((await attribute(files, `/sys/class/block/${node.name}/start`)) ?? 0) * BigInt(SYSFS_SECTOR);
  const { entry } = identity;
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    disk: inUse.index.wholeOf(node).path,
    number: node.partition?.number ?? 0,
    start_sector: exact(start / BigInt(sectorSize)),
    sectors: exact(node.sizeBytes / BigInt(sectorSize)),
    sector_size: sectorSize,
    start_bytes: exact(start),
    size_bytes: exact(node.sizeBytes),
    read_only: await readReadOnly(files, node.name),
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
    ...names.of(node, await readUdevRecord(files, node.majMin)),
    ...identityFields(identity),
    mountpoints: inUse.mountpoints(node),
    holders: inUse.pathsOf(node.holders),
    in_use_by: inUse.holders(node),
    is_root_disk: inUse.isSystem(node),
  };
}
