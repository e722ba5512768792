/** What `findmnt` shows of a mount, in the names that the daemon uses; texts are bytes in latin1. */
export interface FindmntRow {
  readonly mount_id: number;
  readonly parent_id: number;
  readonly maj_min: string;
  readonly root: string;
  readonly target: string;
  readonly source: string;
  readonly fstype: string;
  readonly options: string;
  readonly vfs_options: string;
  readonly fs_options: string;
  readonly propagation: string;
  readonly opt_fields: readonly string[];
}

/** Flat, in the table's order, sources without the root in brackets. */
export const FINDMNT_ARGS = [
  "--json",
  "--list",
  "--nofsroot",
  "--output",
  "ID,PARENT,MAJ:MIN,FSROOT,TARGET,SOURCE,FSTYPE,OPTIONS,VFS-OPTIONS,FS-OPTIONS,PROPAGATION,OPT-FIELDS",
];

type Printed = Readonly<Record<string, string | number | null>>;

/** Reads `findmnt --json`, whose output is bytes: it prints names that are no UTF-8 as they are. */
export function parseFindmnt(output: Buffer): FindmntRow[] {
  const { filesystems }: { filesystems: readonly Printed[] } = JSON.parse(output.toString("latin1"));
  return filesystems.map((row) => {
    const text = (column: string) => String(row[column] ?? "");
    return {
      mount_id: Number(row.id),
      parent_id: Number(row.parent),
      maj_min: text("maj:min"),
      root: text("fsroot"),
      target: text("target"),
      source: text("source"),
      fstype: text("fstype"),
      options: text("options"),
      vfs_options: text("vfs-options"),
      fs_options: text("fs-options"),
      propagation: text("propagation"),
      opt_fields: text("opt-fields").split(" ").filter(Boolean),
    };
  });
}
