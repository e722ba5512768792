import { type RunResult, requireTool } from "./exec.js";
import { runLasting } from "./lasting.js";
import type { Tool } from "./tools.js";

export type MadeFilesystem = "btrfs" | "ext4" | "vfat" | "swap" | "bcachefs";

export interface MkfsOptions {
  readonly label?: string;
  /** The device is no partition. */
  readonly isWhole: boolean;
}

const TOOLS: Readonly<Record<MadeFilesystem, Tool>> = {
  btrfs: "mkfs.btrfs",
  ext4: "mkfs.ext4",
  vfat: "mkfs.vfat",
  swap: "mkswap",
  bcachefs: "bcachefs",
};

/** Throws `ToolMissing` where the tool that makes such a filesystem is not installed. */
export const requireMkfs = (fstype: MadeFilesystem): Promise<void> => requireTool(TOOLS[fstype]);

/** The tool's arguments: none of them makes it pass over anything that it finds on the device. */
export function mkfsArguments(fstype: MadeFilesystem, node: string, { label, isWhole }: MkfsOptions): string[] {
  const named = (...flags: string[]) => (label === undefined || label === "" ? [] : [...flags, label]);
  switch (fstype) {
    case "btrfs":
      return ["--quiet", ...named("--label"), "--", node];
    case "ext4":
      return ["-q", ...named("-L"), "--", node];
    case "vfat":
      // Without a table of its own on the device, a false one would hide the filesystem from probers; -I only allows a whole disk.
      return ["--mbr=n", ...(isWhole ? ["-I"] : []), ...named("-n"), "--", node];
    case "swap":
      return [...named("--label"), "--", node];
    case "bcachefs":
      return ["format", "--quiet", ...(label ? [`--fs_label=${label}`] : []), node];
  }
}

/** Makes a filesystem or swap area; outlives this process. `inherit` are descriptors that the tool keeps open. */
export const makeFilesystem = (
  fstype: MadeFilesystem,
  node: string,
  options: MkfsOptions,
  inherit: readonly number[],
): Promise<RunResult> => runLasting(TOOLS[fstype], mkfsArguments(fstype, node, options), { inherit });

interface BtrfsRaidOptions {
  readonly label?: string;
  readonly dataProfile: string;
  readonly metadataProfile: string;
}

/** The arguments of `mkfs.btrfs` for several devices. */
const btrfsRaidArguments = (
  nodes: readonly string[],
  { label, dataProfile, metadataProfile }: BtrfsRaidOptions,
): string[] => [
  "--quiet",
  "--data",
  dataProfile,
  "--metadata",
  metadataProfile,
  ...(label ? ["--label", label] : []),
  "--",
  ...nodes,
];

/** Makes one btrfs over several devices; outlives this process. */
export const makeBtrfsRaid = (
  nodes: readonly string[],
  options: BtrfsRaidOptions,
  inherit: readonly number[],
): Promise<RunResult> => runLasting("mkfs.btrfs", btrfsRaidArguments(nodes, options), { inherit });

const MIB = 1n << 20n;

/** What a profile adds to the least size of each device, beyond `single`. */
const COSTS = {
  single: { data: 0n, metadata: 0n },
  dup: { data: 120n, metadata: 64n },
  spread: { data: 56n, metadata: 24n },
};
const costOf = (profile: string) => (profile === "single" || profile === "dup" ? COSTS[profile] : COSTS.spread);

/** The least that `mkfs.btrfs` takes of each device, in bytes. */
export const leastForBtrfs = (dataProfile: string, metadataProfile: string): bigint =>
  (45n + costOf(dataProfile).data + costOf(metadataProfile).metadata) * MIB;

/** FAT counts sectors in 32 bits. */
const MOST_FAT_SECTORS = (1n << 32n) - 1n;

/** Why a device of this size cannot hold such a filesystem; undefined where it can. */
export function misfit(fstype: MadeFilesystem, sizeBytes: bigint, sectorSize: number): string | undefined {
  const least = fstype === "btrfs" ? leastForBtrfs("single", "dup") : MIB;
  if (sizeBytes < least) return `it has ${sizeBytes} bytes, and ${fstype} needs at least ${least}`;
  const most = fstype === "vfat" ? MOST_FAT_SECTORS * BigInt(sectorSize) : undefined;
  return most !== undefined && sizeBytes > most
    ? `it has ${sizeBytes} bytes, and ${fstype} holds at most ${most}`
    : undefined;
}
