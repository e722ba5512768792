import { BlockIndex } from "../../kernel/block-index.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { StableNames } from "./block-identity.js";
import { type FilesystemGroup, groupFilesystems } from "./filesystem-groups.js";
import { InUse } from "./in-use.js";

export interface LookDeps {
  readonly files: Files;
  readonly identities: Identities;
  /** The daemon's state folder: its disks count as the system's. */
  readonly stateDir?: string;
}

/** All block devices, what is on them and what holds them, in one look. */
export interface StorageLook {
  readonly index: BlockIndex;
  readonly inUse: InUse;
  readonly names: StableNames;
  readonly known: ReadonlyMap<string, DeviceIdentity>;
  readonly groups: readonly FilesystemGroup[];
}

/** Takes a look; the signal ends the probing. */
export async function storageLook(
  { files, identities, stateDir }: LookDeps,
  signal: AbortSignal,
): Promise<StorageLook> {
  const index = await BlockIndex.read(files);
  // The probing is other processes' work: sysfs is read meanwhile.
  const [known, names, inUse] = await Promise.all([
    identities.of(index.nodes, { signal }),
    StableNames.read(files),
    InUse.read(files, index, stateDir),
  ]);
  return { index, inUse, names, known, groups: await groupFilesystems(files, index, known) };
}
