import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { listBtrfs } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { subvolume } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { type FilesystemGroup, groupFilesystems } from "./filesystem-groups.js";
import { MountDevices } from "./mount-devices.js";

/** The mounts of the daemon's namespace and every filesystem of the machine, in one look. */
export class MountsLook {
  private constructor(
    readonly index: BlockIndex,
    readonly tree: MountTree,
    readonly devices: MountDevices,
    readonly known: ReadonlyMap<string, DeviceIdentity>,
    readonly groups: readonly FilesystemGroup[],
  ) {}

  static async take(files: Files, identities: Identities): Promise<MountsLook> {
    const [index, rows, btrfs] = await Promise.all([BlockIndex.read(files), readMountinfo(files), listBtrfs(files)]);
    const [devices, known] = await Promise.all([MountDevices.resolve(index, rows, btrfs), identities.of(index.nodes)]);
    const groups = await groupFilesystems(files, index, known);
    return new MountsLook(index, new MountTree(rows), devices, known, groups);
  }

  /** The filesystem that a device belongs to. */
  groupOf(node: BlockNode): FilesystemGroup | undefined {
    return this.groups.find(({ members }) => members.some((member) => member.node.name === node.name));
  }

  /** What one would see mounted at exactly this path. */
  at(path: string): MountRow | undefined {
    const row = this.tree.at(path);
    return row?.target === path && row.raw?.target === undefined ? row : undefined;
  }

  /** Whether a mount shows the filesystem as a whole, or for a btrfs one of its subvolumes, and no folder of it. */
  shows(row: MountRow, group: FilesystemGroup): boolean {
    const isOnIt = this.devices.of(row).some(({ name }) => group.members.some(({ node }) => node.name === name));
    return isOnIt && row.root === (row.fstype === "btrfs" ? (subvolume(row.fsOptions).path ?? "/") : "/");
  }
}
