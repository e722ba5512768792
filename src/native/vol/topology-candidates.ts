import type { DeviceIdentity, FoundSignature, Holder, LeftOutDisk } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { readDiskGeometry, readDiskType, readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import { readHardware } from "../../kernel/hardware.js";
import { type DeviceIdentity as Probed, present } from "../../kernel/identity.js";
import { readUdevRecord } from "../../kernel/udevdb.js";
import { type Signature, signaturesOn } from "../../kernel/wipefs.js";
import { deviceIdentity } from "./named-device.js";
import { exact } from "./space.js";
import type { StorageLook } from "./storage-look.js";

export const MIB = 1 << 20;

/** The specification's caps on a disk's lists. */
const MOST_SIGNATURES = 256;

/** A disk that was judged. */
export interface Candidate {
  readonly node: BlockNode;
  readonly identity: DeviceIdentity;
  readonly rotational: boolean;
  /** What would be lost with it. */
  readonly erases: readonly FoundSignature[];
  readonly holders: readonly Holder[];
  /** Why no topology takes it; undefined for one that is eligible. */
  readonly obstacle?: Pick<LeftOutDisk, "code" | "reason">;
}

export interface Demands {
  readonly isChosen: boolean;
  readonly minBytes: bigint;
  readonly takesRemovable: boolean;
  readonly blankOnly: boolean;
}

/** Judges one disk, by the first demand that it does not meet. */
export async function candidateOf(
  files: Files,
  look: StorageLook,
  node: BlockNode,
  demands: Demands,
): Promise<Candidate> {
  const geometry = await readDiskGeometry(files, node);
  const holders = look.inUse.holders(node);
  const facts = {
    isSystem: look.inUse.isSystem(node),
    holders,
    isReadOnly: await readReadOnly(files, node.name),
    type: await readDiskType(files, node),
    isRemovable: await isRemovable(files, node, geometry.removable),
    zoned: geometry.zoned,
  };
  const first = obstacleOf(node, facts, demands);
  // What is on a disk that is out of the question anyway need not be known.
  const erases = first === undefined ? await signaturesOf(files, look, node) : [];
  const obstacle =
    first ?? (demands.blankOnly && erases.length > 0 ? notBlank(erases) : undefined) ?? notChosen(demands);
  return {
    node,
    identity: await deviceIdentity(files, look.index, node, look.known.get(node.name)),
    rotational: geometry.rotational,
    erases,
    holders,
    ...(obstacle && { obstacle }),
  };
}

async function isRemovable(files: Files, node: BlockNode, removable: boolean): Promise<boolean> {
  const udev = await readUdevRecord(files, node.majMin);
  const { hotplug } = await readHardware(files, node, {
    isRemovable: removable,
    ...(udev && { udev: udev.properties }),
  });
  return removable || hotplug;
}

interface Facts {
  readonly isSystem: boolean;
  readonly holders: readonly Holder[];
  readonly isReadOnly: boolean;
  readonly type: string;
  readonly isRemovable: boolean;
  readonly zoned: string;
}

function obstacleOf(node: BlockNode, facts: Facts, demands: Demands): Candidate["obstacle"] {
  if (facts.isSystem) return { code: "system", reason: "The running system lives on it." };
  if (facts.holders.length > 0) {
    const names = facts.holders.slice(0, 3).map(({ kind, name }) => `${kind} ${name ?? ""}`.trim());
    return { code: "in_use", reason: `It is in use: ${names.join(", ")}.`.slice(0, 1024) };
  }
  if (facts.isReadOnly) return { code: "read_only", reason: "The kernel refuses writes to it." };
  if (facts.type !== "disk")
    return { code: "not_a_disk", reason: `It is a device of type ${facts.type}, and no disk.` };
  if (facts.isRemovable && !demands.takesRemovable) {
    return { code: "removable", reason: "It is removable or hot-pluggable; `include_removable` would take it." };
  }
  if (node.sizeBytes < demands.minBytes) {
    return { code: "too_small", reason: `It has ${node.sizeBytes} bytes; ${demands.minBytes} are wanted.` };
  }
  return facts.zoned === "host-managed"
    ? { code: "zoned", reason: "It is host-managed zoned, and cannot be written to at random." }
    : undefined;
}

const notBlank = (erases: readonly FoundSignature[]): Candidate["obstacle"] => ({
  code: "not_blank",
  reason: `It carries ${erases
    .slice(0, 5)
    .map(({ type, device }) => `${type} on ${device}`)
    .join(", ")}.`.slice(0, 1024),
});

const notChosen = ({ isChosen }: Demands): Candidate["obstacle"] =>
  isChosen ? undefined : { code: "not_chosen", reason: "It is not among `disks`." };

/** What is on the disk and its partitions: with the place of each magic where they may be read, else as far as udev knows. */
async function signaturesOf(files: Files, look: StorageLook, disk: BlockNode): Promise<FoundSignature[]> {
  const found: FoundSignature[] = [];
  for (const node of [disk, ...look.index.partitionsOf(disk.name)]) {
    const known = look.known.get(node.name);
    const read =
      files.live && known?.source === "probe" ? await signaturesOn(node.node).catch(() => undefined) : undefined;
    if (read) found.push(...read.map((signature) => placed(signature, node.path)));
    else if (known) found.push(...unplaced(known, node));
  }
  return found.slice(0, MOST_SIGNATURES);
}

const placed = ({ type, usage, offset, label, uuid }: Signature, device: string): FoundSignature => ({
  type,
  usage,
  device,
  offset_bytes: exact(offset),
  ...present({ label, uuid }),
});

const USAGES = { filesystem: "filesystem", raid: "raid", crypto: "crypto" } as const;
const isUsage = (usage: string | undefined): usage is keyof typeof USAGES => usage !== undefined && usage in USAGES;

/** What udev's database says, which does not tell where the magic lies. */
function unplaced({ fstype, usage, label, uuid, table }: Probed, { path, partition }: BlockNode): FoundSignature[] {
  const kind = fstype === "swap" ? "swap" : isUsage(usage) ? USAGES[usage] : "other";
  return [
    ...(fstype === undefined
      ? []
      : [{ type: fstype, usage: kind, device: path, offset_bytes: 0, ...present({ label, uuid }) } as const]),
    // A partition's record names the table that the partition stands in.
    ...(table === undefined || partition !== undefined
      ? []
      : [
          {
            type: table.type,
            usage: "partition_table",
            device: path,
            offset_bytes: 0,
            ...present({ uuid: table.uuid }),
          } as const,
        ]),
  ];
}
