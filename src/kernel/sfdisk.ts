import { CommandFailed, run } from "./exec.js";
import { runLasting } from "./lasting.js";

/** One entry of a partition table, in logical sectors of the disk. */
interface TableEntry {
  readonly number: number;
  readonly start: bigint;
  readonly sectors: bigint;
  /** Upper-case GUID, or the MBR's hexadecimal byte. */
  readonly type: string;
  readonly uuid?: string;
  readonly name?: string;
}

/** A partition table as `sfdisk --json` reads it. */
export interface PartitionTable {
  /** `gpt`, `dos`, … */
  readonly label: string;
  readonly sectorSize: number;
  /** For a GPT: the first and the last sector that partitions may use. */
  readonly first?: bigint;
  readonly last?: bigint;
  readonly entries: readonly TableEntry[];
  /** What sfdisk complained of while it read the table; empty for a sound one. */
  readonly complaints: string;
}

interface Dump {
  readonly partitiontable: {
    readonly label: string;
    readonly firstlba?: number;
    readonly lastlba?: number;
    readonly sectorsize?: number;
    readonly partitions?: readonly {
      readonly node: string;
      readonly start: number;
      readonly size: number;
      readonly type: string;
      readonly uuid?: string;
      readonly name?: string;
    }[];
  };
}

/** Parses `sfdisk --json`. The number of a partition is what follows the disk's name in `node`. */
export function parseSfdisk(stdout: string, complaints: string): PartitionTable {
  const { partitiontable: table }: Dump = JSON.parse(stdout);
  const { label, firstlba, lastlba, sectorsize = 512, partitions = [] } = table;
  return {
    label,
    sectorSize: sectorsize,
    complaints,
    ...(firstlba !== undefined && { first: BigInt(firstlba) }),
    ...(lastlba !== undefined && { last: BigInt(lastlba) }),
    entries: partitions.map(({ node, start, size, type, uuid, name }) => ({
      number: Number(/([0-9]+)$/.exec(node)?.[1] ?? 0),
      start: BigInt(start),
      sectors: BigInt(size),
      type,
      ...(uuid !== undefined && { uuid }),
      ...(name !== undefined && { name }),
    })),
  };
}

/** Reads a disk's table; undefined where sfdisk finds none that it can read. Throws `ToolMissing`. */
export async function readTable(disk: string): Promise<PartitionTable | undefined> {
  try {
    const { stdout, stderr } = await run("sfdisk", ["--json", "--", disk], { deadlineMs: 60_000 });
    return parseSfdisk(stdout, stderr);
  } catch (error) {
    if (error instanceof CommandFailed && error.exitCode === 1) return undefined;
    throw error;
  }
}

/** A partition that is to be added, in logical sectors of the disk. */
export interface NewEntry {
  readonly start: bigint;
  readonly sectors: bigint;
  /** A type GUID. */
  readonly type: string;
  readonly name?: string;
}

/** One line of sfdisk's script; every byte of the name that could mean something else is written `\xNN`. */
function scriptLine({ start, sectors, type, name }: NewEntry): string {
  const escaped = (name ?? "").replace(
    /[^A-Za-z0-9 ._\-\u0080-\uffff]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return `start=${start}, size=${sectors}, type=${type}${escaped === "" ? "" : `, name="${escaped}"`}\n`;
}

/**
 * Writes one more entry into a disk's GPT, or a new GPT with that entry, and tells the kernel nothing. Outlives this process.
 * No signature is touched. Throws `ToolMissing` or `CommandFailed`.
 */
export async function appendEntry(
  disk: string,
  entry: NewEntry,
  { isNewTable, inherit }: { readonly isNewTable: boolean; readonly inherit: readonly number[] },
): Promise<void> {
  const flags = ["--quiet", "--no-reread", "--no-tell-kernel", "--wipe", "never", "--wipe-partitions", "never"];
  const args = [...flags, ...(isNewTable ? [] : ["--append"]), "--", disk];
  const input = `${isNewTable ? "label: gpt\n" : ""}${scriptLine(entry)}`;
  await runLasting("sfdisk", args, { input, inherit });
}
