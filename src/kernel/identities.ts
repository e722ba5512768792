import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { Blkid, type ProbeOptions } from "./blkid.js";
import { type BlockNode, blockNumberAt } from "./block.js";
import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { type DeviceIdentity, identityOf, UNKNOWN_IDENTITY } from "./identity.js";
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
    const identities = await mapBounded(nodes, async ({ node, majMin }) => {
      const properties = probed.get(node);
      if (properties) return identityOf(properties, "probe");
      const record = await readUdevRecord(this.files, majMin);
      return record ? identityOf(record.properties, "udev") : UNKNOWN_IDENTITY;
    });
    return new Map(nodes.map(({ name }, at) => [name, identities[at] ?? UNKNOWN_IDENTITY]));
  }
}

/** Whether the node may be opened and is that very device: in a container another one can stand in its place. */
async function isReadable({ node, majMin, sizeBytes }: BlockNode): Promise<boolean> {
  if (sizeBytes === 0n || majMin.startsWith(FLOPPY)) return false;
  try {
    await access(node, constants.R_OK);
    return (await blockNumberAt(node)) === majMin;
  } catch {
    return false;
  }
}
