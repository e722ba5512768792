import type { Files } from "./files.js";
import { mapInSlices } from "./slices.js";
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
  const plain = line.includes("\\") ? unescapeOctal : (text: string) => text;
  const row: MountRow = {
    mountId: Number(mountId),
    parentId: Number(parentId),
    majMin,
    root: plain(root),
    target: plain(target),
    source: plain(fields[separator + 2] ?? ""),
    fstype: plain(fields[separator + 1] ?? ""),
    vfsOptions: plain(vfsOptions ?? ""),
    // Some filesystems print their options unescaped: what follows is theirs, spaces included.
    fsOptions: plain(
      fields.length === separator + 4 ? (fields[separator + 3] ?? "") : fields.slice(separator + 3).join(" "),
    ),
    optFields: separator === 6 ? NO_FIELDS : fields.slice(6, separator),
  };
  // An octal escape can stand for a byte beyond ASCII too.
  return NOT_ASCII.test(line) || plain === unescapeOctal ? asText(row) : row;
}

const NO_FIELDS: readonly string[] = [];

/** The row with its bytes as text, and as they are where they are no UTF-8. */
function asText(row: MountRow): MountRow {
  const raw: Partial<Record<MountText, Buffer>> = {};
  const shown = (name: MountText): string => {
    const text = row[name];
    if (!NOT_ASCII.test(text)) return text;
    const bytes = Buffer.from(text, "latin1");
    const decoded = decodeText(bytes);
    if (!Buffer.from(decoded, "utf8").equals(bytes)) raw[name] = bytes;
    return decoded;
  };
  const texts = {
    root: shown("root"),
    target: shown("target"),
    source: shown("source"),
    vfsOptions: shown("vfsOptions"),
    fsOptions: shown("fsOptions"),
  };
  const isExact = Object.keys(raw).length === 0;
  return { ...row, ...texts, ...(isExact ? {} : { raw }) };
}

/** Parses a mountinfo table, in the kernel's order; `isWanted` can refuse a line (one character a byte) unparsed. */
export async function parseMountinfo(bytes: Buffer, isWanted?: (line: string) => boolean): Promise<MountRow[]> {
  const lines = bytes.toString("latin1").split("\n");
  const rows = await mapInSlices(isWanted ? lines.filter(isWanted) : lines, parseRow);
  return rows.filter((row) => row !== undefined);
}

/** The mount table that a process sees. Rejects where the process is gone or may not be looked at. */
export async function readMountinfo(
  files: Files,
  process: number | "self" = "self",
  isWanted?: (line: string) => boolean,
): Promise<MountRow[]> {
  return parseMountinfo(await files.bytes(`/proc/${process}/mountinfo`), isWanted);
}
