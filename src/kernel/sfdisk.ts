import { CommandFailed, run } from "./exec.js";

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
