import type { VolFilesystemsHandlers } from "../../../generated/handlers.gen.js";
import type { Filesystem, FilesystemDevice } from "../../../generated/types.gen.js";
import { mapBounded } from "../../kernel/bounded.js";
import { present } from "../../kernel/identity.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import type { Registry } from "../../state/registry.js";
import type { FilesystemGroup, FilesystemMember } from "./filesystem-groups.js";
import { readUsages } from "./mount-usage.js";
import type { MountEntry } from "./mounts-entry.js";
import { managedMounts } from "./mounts-kept.js";
import { exact } from "./space.js";
import { type LookDeps, type StorageLook, storageLook } from "./storage-look.js";

export interface FilesystemsDeps extends LookDeps {
  readonly space: SpaceReader;
  readonly registry: Registry<MountEntry>;
}

/** The reads of the `vol.filesystems` topic. */
export function filesystems(deps: FilesystemsDeps): Pick<VolFilesystemsHandlers, "vol.list_filesystems"> {
  const looks = new SharedLooks<Filesystem[]>();
  return {
    "vol.list_filesystems": ({ all = false }, { signal }) =>
      looks.of(String(all), signal, async (shared) => {
        const found = await filesystemsIn(deps, await storageLook(deps, shared));
        return all ? found : found.filter(({ mos }) => mos);
      }),
  };
}

/** The specification's caps on one filesystem's lists. */
const MOST_DEVICES = 1024;
const MOST_MOUNTPOINTS = 100_000;
const MOST_HOLDERS = 4096;

/** Every filesystem that a look found, MOS-labelled or not. */
export async function filesystemsIn(deps: FilesystemsDeps, look: StorageLook): Promise<Filesystem[]> {
  const tree = look.inUse.mounts;
  const isManaged = managedMounts(deps.registry, tree, { of: (row) => look.inUse.devicesOf(row) }, look.known);
  const rowsOn = new Map<string, MountRow[]>();
  for (const row of tree.rows) {
    for (const { name } of look.inUse.devicesOf(row)) {
      const rows = rowsOn.get(name);
      if (rows) rows.push(row);
      else rowsOn.set(name, [row]);
    }
  }
  return mapBounded(look.groups, async (group) => {
    const rows = [...new Set(group.members.flatMap(({ node }) => rowsOn.get(node.name) ?? []))];
    return { ...shape(look, group, rows.some(isManaged)), ...(await usageOf(deps, look, rows)) };
  });
}

/** The usage through the first mount that can be asked. */
async function usageOf(
  { files, space }: FilesystemsDeps,
  { inUse }: StorageLook,
  rows: readonly MountRow[],
): Promise<Pick<Filesystem, "usage">> {
  if (!files.live) return {};
  for (const row of rows) {
    const usage = (await readUsages([row], inUse.mounts, space)).get(row)?.usage;
    if (usage) return { usage };
  }
  return {};
}

function shape(look: StorageLook, group: FilesystemGroup, managed: boolean): Filesystem {
  const { inUse, index } = look;
  const [{ identity }] = group.members;
  const nodes = group.members.map(({ node }) => node);
  const isMos =
    identity.label?.startsWith("MOS") === true ||
    group.members.some((member) => member.identity.entry?.label?.startsWith("mos") === true);
  const holders = nodes.flatMap((node) => inUse.holders(node));
  const unique = new Map(holders.map((holder) => [JSON.stringify(holder), holder]));
  return {
    fstype: group.fstype,
    ...present({ fsver: identity.fsver, label: identity.label, uuid: identity.uuid }),
    mos: isMos,
    devices: [
      ...group.members.map((member) => device(member, index)),
      ...Array.from({ length: group.missing }, () => ({ path: "/dev/missing", size_bytes: 0, missing: true })),
    ].slice(0, MOST_DEVICES),
    missing_devices: Math.min(group.missing, MOST_DEVICES),
    duplicate_uuid: group.clones.length > 0,
    mountpoints: [...new Set(nodes.flatMap((node) => inUse.mountpoints(node)))].slice(0, MOST_MOUNTPOINTS),
    in_use_by: [...unique.values()].slice(0, MOST_HOLDERS),
    managed,
  };
}

function device(
  { node, identity, super: superblock }: FilesystemMember,
  index: StorageLook["index"],
): FilesystemDevice {
  return {
    path: node.path,
    ...present({
      devid: superblock?.devid,
      disk: node.partition ? index.wholeOf(node).path : undefined,
      partuuid: identity.entry?.uuid,
      partlabel: identity.entry?.label,
      uuid_sub: identity.uuidSub,
    }),
    size_bytes: exact(node.sizeBytes),
    missing: false,
  };
}
