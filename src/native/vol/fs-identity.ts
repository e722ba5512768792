import type { DeviceIdentity, FilesystemIdentity } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { readDevices } from "../../kernel/btrfs-devices.js";
import { btrfsLabel } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import { deviceIdentity } from "./named-device.js";

export interface FsDeps {
  readonly files: Files;
  readonly identities: Identities;
}

/** Which btrfs was meant, for the answer to a write. */
export async function btrfsIdentity(deps: FsDeps, { fd, info, mount }: BtrfsPlace): Promise<FilesystemIdentity> {
  const devices = await readDevices(deps.files, fd, info);
  const label = await btrfsLabel(deps.files, info.fsid);
  return {
    fstype: "btrfs",
    uuid: info.fsid,
    ...(label !== undefined && { label }),
    target: mount.target,
    devices: await devicesMeant(
      deps,
      devices.flatMap(({ node }) => node ?? []),
    ),
  };
}

/** Which devices were meant, in their order. */
export async function devicesMeant(
  { files, identities }: FsDeps,
  nodes: readonly BlockNode[],
): Promise<DeviceIdentity[]> {
  const index = await BlockIndex.read(files);
  const known = await identities.of(nodes.filter(({ partition }) => partition));
  return Promise.all(nodes.map((node) => deviceIdentity(files, index, node, known.get(node.name))));
}
