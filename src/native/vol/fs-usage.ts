import type { BtrfsDeviceUsage, BtrfsProfileUsage, BtrfsUsage } from "../../../generated/types.gen.js";
import { type BtrfsDevice, readDevices } from "../../kernel/btrfs-devices.js";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import { type Chunk, copiesOf, type Profile, readChunks, readSpace, type SpaceInfo } from "../../kernel/btrfs-space.js";
import type { Files } from "../../kernel/files.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import { type BtrfsPlace, named } from "./fs-btrfs.js";
import { unsupported } from "./fs-place.js";
import { exact } from "./space.js";

/** What `btrfs filesystem usage` says, from the same sources. */
export async function btrfsUsage(
  files: Files,
  reader: SpaceReader,
  { fd, info, mount }: BtrfsPlace,
): Promise<BtrfsUsage> {
  const [devices, space, chunks] = [await readDevices(files, fd, info), await readSpace(fd), await chunksIfAllowed(fd)];
  const groups = space.filter(({ type }) => type !== "global_reserve");
  const reserve = space.find(({ type }) => type === "global_reserve");
  const statfs = await reader.of(`/proc/self/fd/${fd}`, mount.majMin);
  if (typeof statfs === "string") throw unsupported("the filesystem did not answer statfs in time");
  const { available } = statfs;
  const total = sum(devices, (device) => device.total);
  const raw = rawUse(groups, chunks);
  const unallocated = total - raw.allocated;
  const free = freeEstimates(raw, unallocated, groups.some(({ type }) => type === "mixed") ? reserve : undefined);
  return {
    uuid: info.fsid,
    target: mount.target,
    device_size_bytes: exact(total),
    device_allocated_bytes: exact(raw.allocated),
    device_unallocated_bytes: exact(positive(unallocated)),
    device_missing_bytes: exact(sum(devices, (device) => (device.isMissing ? device.total : 0n))),
    device_slack_bytes: exact(sum(devices, slackOf)),
    used_bytes: exact(raw.used),
    free_estimated_bytes: exact(free.estimated),
    free_estimated_min_bytes: exact(free.least),
    free_statfs_bytes: exact(available),
    data_ratio: raw.dataRatio,
    metadata_ratio: raw.metadataRatio,
    global_reserve_bytes: exact(reserve?.total ?? 0n),
    global_reserve_used_bytes: exact(reserve?.used ?? 0n),
    multiple_profiles: hasSeveralProfiles(groups),
    profiles: groups.map((group) => profileUsage(group, devices, chunks)),
    devices: devices.map(deviceUsage),
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => bigint): bigint =>
  items.reduce((all, item) => all + of(item), 0n);
const positive = (value: bigint): bigint => (value > 0n ? value : 0n);

/** The chunk tree is for root alone; without it the answer has everything but where block groups lie. */
async function chunksIfAllowed(fd: number): Promise<Chunk[] | undefined> {
  try {
    return await readChunks(fd);
  } catch (error) {
    if (isRefused(error, "EPERM", "EACCES")) return undefined;
    throw error;
  }
}

interface RawUse {
  /** On the devices, copies and parity counted. */
  readonly allocated: bigint;
  readonly used: bigint;
  readonly dataAllocated: bigint;
  readonly dataUsed: bigint;
  readonly dataRatio: number;
  readonly metadataRatio: number;
  readonly highestRatio: number;
}

interface OnDevices {
  readonly group: SpaceInfo;
  readonly allocated: bigint;
  readonly used: bigint;
  readonly ratio: number;
}

function rawUse(groups: readonly SpaceInfo[], chunks: readonly Chunk[] | undefined): RawUse {
  const all = groups.map((group) => onDevices(group, chunks));
  const of = (...types: SpaceInfo["type"][]) => all.filter(({ group }) => types.includes(group.type));
  const [data, metadata] = [of("data", "mixed"), of("metadata", "mixed")];
  return {
    allocated: sum(all, ({ allocated }) => allocated),
    used: sum(all, ({ used }) => used),
    dataAllocated: sum(data, ({ allocated }) => allocated),
    dataUsed: sum(data, ({ used }) => used),
    dataRatio: ratioOf(data),
    metadataRatio: ratioOf(metadata),
    highestRatio: Math.max(1, ...all.map(({ ratio }) => ratio)),
  };
}

const ratioOf = (groups: readonly OnDevices[]): number => {
  const total = sum(groups, ({ group }) => group.total);
  return total === 0n ? 1 : Number(sum(groups, ({ allocated }) => allocated)) / Number(total);
};

const hasParity = (profile: Profile): boolean => profile === "raid5" || profile === "raid6";

/** What block groups take on the devices; with parity that depends on how many devices each chunk is spread over. */
function onDevices(group: SpaceInfo, chunks: readonly Chunk[] | undefined): OnDevices {
  const { profile, total, used } = group;
  if (!hasParity(profile)) {
    const copies = copiesOf(profile);
    return { group, allocated: total * copies, used: used * copies, ratio: Number(copies) };
  }
  if (!chunks) throw unsupported(`what ${profile} takes depends on each chunk, which only root may look at`);
  const own = chunks.filter((chunk) => isOf(chunk, group));
  const allocated = sum(own, ({ stripeBytes, devids }) => stripeBytes * BigInt(devids.length));
  return {
    group,
    allocated,
    used: total === 0n ? 0n : (allocated * used) / total,
    ratio: Math.max(
      1,
      ...own.map(({ stripeBytes, devids, length }) => (Number(stripeBytes) * devids.length) / Number(length)),
    ),
  };
}

const isOf = (chunk: Chunk, { type, profile }: SpaceInfo): boolean => chunk.type === type && chunk.profile === profile;

/** Less than this much unallocated space makes no new block group. */
const SMALLEST_CHUNK = 16n << 20n;

/** What can still be written as data: free in block groups, and what unallocated space would give. */
function freeEstimates(
  { dataAllocated, dataUsed, dataRatio, highestRatio }: RawUse,
  unallocated: bigint,
  reserveAmongData: SpaceInfo | undefined,
): { estimated: bigint; least: bigint } {
  const kept = reserveAmongData ? reserveAmongData.total - reserveAmongData.used : 0n;
  const inGroups = divided(dataAllocated - dataUsed, dataRatio) - kept;
  const canGrow = unallocated >= SMALLEST_CHUNK;
  return {
    estimated: positive(inGroups + (canGrow ? divided(unallocated, dataRatio) : 0n)),
    least: positive(inGroups + (canGrow ? divided(unallocated, highestRatio) : 0n)),
  };
}

/** Ratios are whole numbers but with parity, where the result is an estimate anyway. */
const divided = (value: bigint, ratio: number): bigint =>
  Number.isInteger(ratio) ? value / BigInt(ratio) : BigInt(Math.floor(Number(value) / ratio));

const hasSeveralProfiles = (groups: readonly SpaceInfo[]): boolean =>
  new Set(groups.map(({ type }) => type)).size < groups.length;

function profileUsage(
  group: SpaceInfo,
  devices: readonly BtrfsDevice[],
  chunks: readonly Chunk[] | undefined,
): BtrfsProfileUsage {
  const own = chunks?.filter((chunk) => isOf(chunk, group));
  const on = (devid: number) =>
    sum(own ?? [], ({ devids, stripeBytes }) => stripeBytes * BigInt(devids.filter((id) => id === devid).length));
  return {
    bg_type: group.type,
    bg_profile: group.profile,
    size_bytes: exact(group.total),
    used_bytes: exact(group.used),
    ...(own && {
      devices: devices
        .map((device) => ({ ...named(device), bytes: exact(on(device.devid)) }))
        .filter(({ bytes }) => bytes > 0),
    }),
  };
}

const slackOf = ({ node, total }: BtrfsDevice): bigint => (node ? positive(node.sizeBytes - total) : 0n);

const deviceUsage = (device: BtrfsDevice): BtrfsDeviceUsage => ({
  ...named(device),
  missing: device.isMissing,
  size_bytes: exact(device.total),
  allocated_bytes: exact(device.allocated),
  unallocated_bytes: exact(positive(device.total - device.allocated)),
  slack_bytes: exact(slackOf(device)),
});
