import type { Subvolume, SubvolumeQuota } from "../../../generated/types.gen.js";
import type { QuotaGroup, Quotas } from "../../kernel/btrfs-quota.js";
import { readQuotas } from "../../kernel/btrfs-quota.js";
import { listSubvolumes, type SubvolumeRecord } from "../../kernel/btrfs-subvolumes.js";
import type { MountTree } from "../../kernel/mount-tree.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { decodeText } from "../../kernel/text.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import { exact } from "./space.js";

/** A path's bytes, one character each: subvolumes are compared so, since names need not be UTF-8. */
export const asBytes = (text: string, raw?: Buffer): string => (raw ?? Buffer.from(text, "utf8")).toString("latin1");

/** Bytes as `asBytes` has them, as the wire shows them. */
export const shown = (bytes: string): string => decodeText(Buffer.from(bytes, "latin1"));

/** Whether a path is another one or lies beneath it; both from the filesystem's top level, with a leading slash. */
export const isWithin = (path: string, folder: string): boolean =>
  path === folder || folder === "/" || path.startsWith(`${folder}/`);

/** The path on the filesystem of something that is reached through a mount of it. */
export function within(row: MountRow, path: string): string {
  const [root, target] = [asBytes(row.root, row.raw?.root), asBytes(row.target, row.raw?.target)];
  const rest = target === "/" ? path : path.slice(target.length);
  return `${root === "/" ? "" : root}${rest === "/" ? "" : rest}` || "/";
}

/** A mount of the filesystem in the daemon's namespace, as bytes. */
interface Way {
  readonly row: MountRow;
  readonly root: string;
  readonly target: string;
}

/** A btrfs's subvolumes with where they can be reached and what their quotas are. */
export class Subvolumes {
  private constructor(
    readonly records: readonly SubvolumeRecord[],
    private readonly ways: readonly Way[],
    private readonly tree: MountTree,
    private readonly quotas: Quotas | undefined,
  ) {}

  /** Reads them through an open descriptor; the top level is among `records`. */
  static async read({ fd, mount, tree }: BtrfsPlace): Promise<Subvolumes> {
    const records = await listSubvolumes(fd);
    const ways = tree.rows
      .filter((row) => row.fstype === "btrfs" && row.majMin === mount.majMin)
      .map((row) => ({ row, root: asBytes(row.root, row.raw?.root), target: asBytes(row.target, row.raw?.target) }))
      // The nearest way first: the subvolume's own mount before that of what holds it.
      .sort((a, b) => b.root.length - a.root.length);
    return new Subvolumes(records, ways, tree, await readQuotas(fd));
  }

  byId(id: number): SubvolumeRecord | undefined {
    return this.records.find((record) => record.id === id);
  }

  /** Those that hang beneath one, the deepest first. */
  beneath({ id }: SubvolumeRecord): SubvolumeRecord[] {
    const found: SubvolumeRecord[] = [];
    const inside = new Set([id]);
    // Depth by depth: a child can have a lower id than its parent, where it was moved.
    for (let grew = true; grew; ) {
      const next = this.records.filter((record) => inside.has(record.parentId) && !inside.has(record.id));
      for (const record of next) inside.add(record.id);
      found.unshift(...next);
      grew = next.length > 0;
    }
    return found;
  }

  shape(record: SubvolumeRecord): Subvolume {
    const path = `/${record.path}`;
    const fullPath = this.fullPath(path);
    const quota = this.quotaOf(record);
    return {
      id: record.id,
      parent_id: record.parentId,
      top_level: record.parentId,
      generation: exact(record.generation),
      origin_generation: exact(record.originGeneration),
      path: shown(record.path),
      ...(fullPath !== undefined && { full_path: shown(fullPath) }),
      uuid: record.uuid,
      ...(record.parentUuid !== undefined && { parent_uuid: record.parentUuid }),
      ...(record.receivedUuid !== undefined && { received_uuid: record.receivedUuid }),
      ...(record.createdAt !== undefined && { created_at: record.createdAt }),
      read_only: record.isReadOnly,
      default: record.isDefault,
      mounted_at: this.ways.filter(({ root }) => root === path).map(({ row }) => row.target),
      ...(quota && { quota }),
    };
  }

  /** A path at which it can be reached now; undefined where every way is hidden by another mount, or there is none. */
  private fullPath(path: string): string | undefined {
    for (const { row, root, target } of this.ways) {
      if (!isWithin(path, root)) continue;
      const rest = root === "/" ? path : path.slice(root.length);
      const whole = `${target === "/" ? "" : target}${rest === "/" ? "" : rest}` || "/";
      if (this.tree.at(shown(whole)) === row) return whole;
    }
    return undefined;
  }

  private quotaOf({ id }: SubvolumeRecord): SubvolumeQuota | undefined {
    const group = this.quotas?.groups.get(id);
    return group && quotaShape(group, this.quotas?.isInconsistent ?? false);
  }
}

export const quotaShape = (
  { referenced, exclusive, maxReferenced, maxExclusive }: QuotaGroup,
  isInconsistent: boolean,
): SubvolumeQuota => ({
  referenced_bytes: exact(referenced),
  exclusive_bytes: exact(exclusive),
  ...(maxReferenced !== undefined && { max_referenced_bytes: exact(maxReferenced) }),
  ...(maxExclusive !== undefined && { max_exclusive_bytes: exact(maxExclusive) }),
  inconsistent: isInconsistent,
});
