import { accessSync, constants, statSync } from "node:fs";
import { Blkid, type ProbeOptions } from "./blkid.js";
import { type BlockNode, deviceNumber } from "./block.js";
import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { type DeviceIdentity, identityOf, UNKNOWN_IDENTITY } from "./identity.js";
import { breathe } from "./slices.js";
import { attribute } from "./sysfs.js";
import { readUdevRecord } from "./udevdb.js";

/** A floppy drive without a disk holds a probe up for seconds. */
const FLOPPY = "2:";

/** What is on block devices: read from the devices where the daemon may open them, else as udev last saw it. */
export class Identities {
  constructor(
    private readonly files: Files,
    private readonly blkid: Blkid = new Blkid(),
  ) {}

  /** The identity of each device by its kernel name. */
  async of(nodes: readonly BlockNode[], options: ProbeOptions = {}): Promise<Map<string, DeviceIdentity>> {
    const readable = this.files.live ? await mapBounded(nodes, isReadable) : [];
    const probed = await this.blkid.probe(
      nodes.filter((_, at) => readable[at]).map(({ node }) => node),
      options,
    );
    const identities = await mapBounded(nodes, async (node) => {
      const properties = probed.get(node.node);
      if (properties) return (await isStill(this.files, node)) ? identityOf(properties, "probe") : UNKNOWN_IDENTITY;
      const record = await readUdevRecord(this.files, node.majMin);
      return record ? identityOf(record.properties, "udev") : UNKNOWN_IDENTITY;
    });
    return new Map(nodes.map(({ name }, at) => [name, identities[at] ?? UNKNOWN_IDENTITY]));
  }
}

/** Whether the node may be opened and is that very device: in a container another one can stand in its place. */
async function isReadable({ node, majMin, sizeBytes }: BlockNode): Promise<boolean> {
  if (sizeBytes === 0n || majMin.startsWith(FLOPPY)) return false;
  await breathe();
  try {
    // Nodes lie in memory (devtmpfs): neither call opens the device.
    accessSync(node, constants.R_OK);
    const found = statSync(node, { bigint: true });
    return found.isBlockDevice() && deviceNumber(found.rdev) === majMin;
  } catch {
    return false;
  }
}

/** Whether the device is the one that was listed: what was read from another in its place would be told of the wrong one. */
async function isStill(files: Files, { name, partition, diskseq }: BlockNode): Promise<boolean> {
  if (diskseq === undefined) return true;
  const now = await attribute(files, `/sys/class/block/${partition?.disk ?? name}/diskseq`);
  return now !== undefined && Number(now) === diskseq;
}
