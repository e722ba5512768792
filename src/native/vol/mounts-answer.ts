import type { Mount } from "../../../generated/types.gen.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { MountDevices } from "./mount-devices.js";
import { mountShape } from "./mount-shape.js";
import { readUsages } from "./mount-usage.js";
import { type MountParts, managedMounts } from "./mounts-kept.js";

/** A mount as `vol.list_mounts` shows it, as it is now. */
export async function mountAnswer(
  { files, registry, space }: MountParts,
  row: MountRow,
  known: ReadonlyMap<string, DeviceIdentity>,
): Promise<Mount> {
  const tree = new MountTree(await readMountinfo(files));
  // Rows are compared by themselves: take the table's.
  const now = tree.rows.find(({ mountId }) => mountId === row.mountId) ?? row;
  const { devices } = await MountDevices.read(files, [now]);
  const usages = await readUsages([now], tree, space);
  const shape = mountShape(devices, known, managedMounts(registry, tree, devices, known));
  return { ...shape(now), ...(usages.get(now) ?? { usage_skipped: "not_asked" as const }) };
}
