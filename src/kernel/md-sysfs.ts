import { posix } from "node:path";
import type { BlockNode } from "./block.js";
import type { Files } from "./files.js";
import { present } from "./identity.js";
import { attribute, entries, linkTarget } from "./sysfs.js";

/** A member as the kernel has it (`/sys/block/<md>/md/dev-<name>`). */
export interface MdDevice {
  /** Its kernel name. */
  readonly name: string;
  /** The kernel's words, such as `in_sync` or `faulty`. */
  readonly state: readonly string[];
  readonly slot?: number;
  readonly errors?: bigint;
}

/** How far a resync or the like has come; sizes are of each member. */
interface MdProgress {
  readonly doneBytes: bigint;
  readonly totalBytes: bigint;
  readonly bytesPerSecond?: bigint;
}

/** An MD array as `/sys/block/<md>/md` has it; what the level does not have is absent. */
export interface MdState {
  readonly level: string;
  readonly metadata: string;
  readonly arrayState: string;
  readonly raidDevices: number;
  readonly componentBytes?: bigint;
  readonly chunkBytes?: bigint;
  readonly syncAction: string;
  /** `delayed` while it waits for another array on the same disks. */
  readonly progress?: MdProgress | "delayed";
  readonly mismatches?: bigint;
  /** `none`, `internal`, `clustered` or `file`. */
  readonly bitmap: string;
  readonly bitmapChunkBytes?: bigint;
  readonly consistencyPolicy?: string;
  /** In libblkid's form; only newer kernels tell it. */
  readonly uuid?: string;
  readonly devices: readonly MdDevice[];
}

const KIB = 1024n;
const SECTOR = 512n;

const whole = (text: string | undefined): bigint | undefined =>
  text !== undefined && /^[0-9]+$/.test(text) ? BigInt(text) : undefined;

const times = (count: bigint | undefined, unit: bigint): bigint | undefined =>
  count === undefined || count === 0n ? undefined : count * unit;

/** Whether the device is an MD array; its partitions are not. */
export const isMdArray = ({ name, partition }: BlockNode): boolean => partition === undefined && /^md[0-9_]/.test(name);

/** The state of one array. */
export async function readMdState(files: Files, { name }: BlockNode): Promise<MdState> {
  const folder = `/sys/class/block/${name}/md`;
  const read = (key: string) => attribute(files, `${folder}/${key}`);
  const metadata = (await read("metadata_version")) ?? "none";
  const level = (await read("level")) ?? (metadata.startsWith("external:") ? "container" : "unknown");
  const syncAction = await read("sync_action");
  return {
    level,
    metadata,
    arrayState: (await read("array_state")) ?? "clear",
    // While a reshape runs: `3 (2)`, the wanted number first.
    raidDevices: Number(/^[0-9]+/.exec((await read("raid_disks")) ?? "")?.[0] ?? 0),
    syncAction: syncAction ?? "none",
    bitmap: await readBitmap(files, folder),
    ...present({
      componentBytes: times(whole(await read("component_size")), KIB),
      chunkBytes: times(whole(await read("chunk_size")), 1n),
      progress: progressOf(await read("sync_completed"), await read("sync_speed")),
      mismatches: whole(await read("mismatch_cnt")),
      bitmapChunkBytes: times(whole(await read("bitmap/chunksize")), 1n),
      consistencyPolicy: await read("consistency_policy"),
      uuid: await read("uuid"),
    }),
    devices: await readDevices(files, folder),
  };
}

async function readBitmap(files: Files, folder: string): Promise<string> {
  const place = (await attribute(files, `${folder}/bitmap/location`)) ?? "none";
  if (place === "none" || place === "file") return place;
  return (await attribute(files, `${folder}/bitmap/metadata`)) === "clustered" ? "clustered" : "internal";
}

/** `sync_completed` is `none`, `delayed`, or sectors: `done / total`; `sync_speed` is in KiB a second. */
function progressOf(completed: string | undefined, speed: string | undefined): MdState["progress"] {
  if (completed === "delayed") return "delayed";
  const [, done, total] = /^([0-9]+) \/ ([0-9]+)$/.exec(completed ?? "") ?? [];
  if (done === undefined || total === undefined) return undefined;
  return {
    doneBytes: BigInt(done) * SECTOR,
    totalBytes: BigInt(total) * SECTOR,
    ...present({ bytesPerSecond: times(whole(speed), KIB) }),
  };
}

async function readDevices(files: Files, folder: string): Promise<MdDevice[]> {
  const devices: MdDevice[] = [];
  for (const entry of await entries(files, folder)) {
    if (!entry.startsWith("dev-")) continue;
    const read = (key: string) => attribute(files, `${folder}/${entry}/${key}`);
    const link = await linkTarget(files, `${folder}/${entry}/block`);
    const slot = whole(await read("slot"));
    devices.push({
      name: link === undefined ? entry.slice("dev-".length) : posix.basename(link),
      state: ((await read("state")) ?? "").split(",").filter(Boolean),
      ...present({ slot: slot === undefined ? undefined : Number(slot), errors: whole(await read("errors")) }),
    });
  }
  return devices;
}

/** The stable names of arrays beneath `/dev/md`, by the kernel name that each leads to. */
export async function readMdLinks(files: Files): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = new Map<string, string[]>();
  for (const name of await entries(files, "/dev/md")) {
    const target = await linkTarget(files, `/dev/md/${name}`);
    if (target === undefined) continue;
    const device = posix.basename(target);
    links.set(device, [...(links.get(device) ?? []), `/dev/md/${name}`]);
  }
  return links;
}
