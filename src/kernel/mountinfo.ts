import type { Files } from "./files.js";
import { decodeText, unescapeOctal } from "./text.js";

/** The texts of a row that can hold any bytes. */
export type MountText = "root" | "target" | "source" | "vfsOptions" | "fsOptions";

/** One row of mountinfo (`proc_pid_mountinfo(5)`), octal escapes undone. */
export interface MountRow {
  readonly mountId: number;
  readonly parentId: number;
  /** `major:minor`; major 0 for filesystems without a block device of their own. */
  readonly majMin: string;
  readonly root: string;
  readonly target: string;
  readonly source: string;
  readonly fstype: string;
  readonly vfsOptions: string;
  readonly fsOptions: string;
  readonly optFields: readonly string[];
  /** The exact bytes of those texts that are not valid UTF-8. */
  readonly raw?: Readonly<Partial<Record<MountText, Buffer>>>;
}

// Everything is split as bytes (latin1): a mount point may hold any byte but NUL.
const NOT_ASCII = /[\x80-\xff]/;

/** Splits one line; undefined for one that is no row (an empty last line). */
function parseRow(line: string): MountRow | undefined {
  const fields = line.split(" ");
  // Optional fields are `tag[:value]` and never a lone hyphen; the separator is the first one after them.
  const separator = fields.indexOf("-", 6);
  const [mountId, parentId, majMin, root, target, vfsOptions] = fields;
  if (separator < 0 || majMin === undefined || root === undefined || target === undefined) return undefined;
  const row = {
    mountId: Number(mountId),
    parentId: Number(parentId),
    majMin,
    optFields: fields.slice(6, separator),
    fstype: unescapeOctal(fields[separator + 1] ?? ""),
  };
  const texts: Record<MountText, string> = {
    root: unescapeOctal(root),
    target: unescapeOctal(target),
    source: unescapeOctal(fields[separator + 2] ?? ""),
    vfsOptions: unescapeOctal(vfsOptions ?? ""),
    // Some filesystems print their options unescaped: what follows is theirs, spaces included.
    fsOptions: unescapeOctal(fields.slice(separator + 3).join(" ")),
  };
  return { ...row, ...asText(texts) };
}

function asText(texts: Record<MountText, string>): Pick<MountRow, MountText | "raw"> {
  const raw: Partial<Record<MountText, Buffer>> = {};
  const shown = (name: MountText): string => {
    const text = texts[name];
    if (!NOT_ASCII.test(text)) return text;
    const bytes = Buffer.from(text, "latin1");
    const decoded = decodeText(bytes);
    if (!Buffer.from(decoded, "utf8").equals(bytes)) raw[name] = bytes;
    return decoded;
  };
  const { root, target, source, vfsOptions, fsOptions } = {
    root: shown("root"),
    target: shown("target"),
    source: shown("source"),
    vfsOptions: shown("vfsOptions"),
    fsOptions: shown("fsOptions"),
  };
  const isExact = Object.keys(raw).length === 0;
  return { root, target, source, vfsOptions, fsOptions, ...(isExact ? {} : { raw }) };
}

/** Parses a mountinfo table, in the kernel's order. */
export function parseMountinfo(bytes: Buffer): MountRow[] {
  const rows: MountRow[] = [];
  for (const line of bytes.toString("latin1").split("\n")) {
    const row = parseRow(line);
    if (row) rows.push(row);
  }
  return rows;
}

/** The mount table that a process sees. Rejects where the process is gone or may not be looked at. */
export async function readMountinfo(files: Files, process: number | "self" = "self"): Promise<MountRow[]> {
  return parseMountinfo(await files.bytes(`/proc/${process}/mountinfo`));
}
