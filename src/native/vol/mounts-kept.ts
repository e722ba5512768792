import type { BlockNode } from "../../kernel/block.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import type { CallContext } from "../../rpc/context.js";
import type { Registry } from "../../state/registry.js";
import type { NativeState } from "../state.js";
import type { MountDevices } from "./mount-devices.js";
import type { MountEntry } from "./mounts-entry.js";

/** What the mounts topic works with. */
export interface MountParts {
  readonly files: Files;
  readonly identities: Identities;
  readonly space: SpaceReader;
  readonly state: NativeState;
  readonly registry: Registry<MountEntry>;
  /** The daemon's state folder. */
  readonly stateDir: string;
  readonly log: CallContext["log"];
}

/** The queue's name for what is mounted at a path. */
export const mountKey = (target: string): string => `mount ${target}`;

/** The queue's name for a block device: writes that need it quiet take it too. */
export const deviceKey = ({ name }: BlockNode): string => `block ${name}`;

/** Tells the daemon's own mounts: the one on top at an entry's target, of the entry's filesystem. */
export function managedMounts(
  registry: Registry<MountEntry>,
  tree: MountTree,
  devices: Pick<MountDevices, "of">,
  known: ReadonlyMap<string, DeviceIdentity>,
): (row: MountRow) => boolean {
  const { entries } = registry;
  return (row) => {
    const entry = entries.get(row.target);
    if (entry === undefined || row.raw?.target !== undefined || tree.at(row.target) !== row) return false;
    const uuids = devices.of(row).flatMap(({ name }) => known.get(name)?.uuid ?? []);
    // Without the right to read devices nobody knows their UUIDs.
    return (
      row.fstype === entry.fstype && (entry.uuid === undefined || uuids.length === 0 || uuids.includes(entry.uuid))
    );
  };
}
