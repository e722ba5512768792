import type { Mount } from "../../../generated/types.gen.js";
import { mapBounded } from "../../kernel/bounded.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { mapInSlices } from "../../kernel/slices.js";
import type { NoSpace, Space, SpaceReader } from "../../kernel/statfs.js";
import { spaceUsage } from "./space.js";

type Usage = Pick<Mount, "usage" | "usage_skipped">;

/** Filesystems whose `statfs` tells every folder the same: no project quota can give one figures of its own. */
const SAME_EVERYWHERE = new Set(
  "bpf btrfs cgroup cgroup2 debugfs devpts devtmpfs efivarfs erofs fusectl hugetlbfs iso9660 mqueue nsfs overlay proc pstore ramfs securityfs squashfs sysfs tmpfs tracefs vfat".split(
    " ",
  ),
);

/** Mounts with one key get one answer: mounts of one filesystem, or of one folder of it. */
export const usageKey = ({ majMin, fstype, root }: MountRow): string =>
  SAME_EVERYWHERE.has(fstype) ? majMin : `${majMin} ${root}`;

/** The usage of each mount, or why it has none; a filesystem that is mounted many times is asked once. */
export async function readUsages(
  rows: readonly MountRow[],
  tree: MountTree,
  space: SpaceReader,
): Promise<ReadonlyMap<MountRow, Usage>> {
  const usages = new Map<MountRow, Usage>();
  const askable = new Map<string, MountRow[]>();
  await mapInSlices(rows, (row) => {
    const skipped = reasonNotToAsk(row, tree);
    if (skipped) return usages.set(row, skipped);
    const group = askable.get(usageKey(row));
    return group ? group.push(row) : askable.set(usageKey(row), [row]);
  });
  await mapBounded([...askable], async ([key, group]) => {
    const usage = await ask(key, group, space);
    for (const row of group) usages.set(row, usage);
  });
  return usages;
}

function reasonNotToAsk(row: MountRow, tree: MountTree): Usage | undefined {
  if (tree.isRemote(row)) return { usage_skipped: "remote" };
  return tree.isVisible(row) ? undefined : { usage_skipped: "covered" };
}

/** Asks through one mount point after the other until one can be reached. */
async function ask(key: string, group: readonly MountRow[], space: SpaceReader): Promise<Usage> {
  let answer: Space | NoSpace = "failed";
  for (const { raw, target } of group) {
    answer = await space.of(raw?.target ?? target, key);
    if (typeof answer !== "string")
      return answer.size === 0n ? { usage_skipped: "virtual" } : { usage: spaceUsage(answer) };
  }
  return { usage_skipped: answer };
}
