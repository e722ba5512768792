import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BCACHEFS_MAGIC_LENGTH, readBcachefs } from "./bcachefs.js";
import { run } from "./exec.js";
import { readExtent } from "./fingerprint.js";

const MIB = 1 << 20;
/** Every magic that libblkid knows lies this near to the start or to the end of what carries it. */
const HEAD = 5 * MIB;
const TAIL = 2 * MIB;

type SignatureUsage = "filesystem" | "raid" | "crypto" | "swap" | "partition_table" | "other";

/** One signature as `wipefs` finds it: where its magic lies, and how long that is. */
export interface Signature {
  /** In libblkid's words: `ext4`, `swap`, `LVM2_member`, `gpt`, `PMBR`, … */
  readonly type: string;
  readonly usage: SignatureUsage;
  /** Bytes from the start of what was looked at. */
  readonly offset: bigint;
  readonly length: number;
  readonly label?: string;
  readonly uuid?: string;
}

const USAGES: Readonly<Record<string, SignatureUsage>> = {
  filesystem: "filesystem",
  raid: "raid",
  crypto: "crypto",
  "partition-table": "partition_table",
};

interface Row {
  readonly offset: string;
  readonly type: string | null;
  readonly usage: string | null;
  readonly uuid: string | null;
  readonly label: string | null;
  readonly length: number;
}

/** Parses `wipefs --json`; nothing at all is printed where nothing is found. */
export function parseWipefs(stdout: string): Signature[] {
  if (stdout.trim() === "") return [];
  const { signatures }: { signatures: readonly Row[] } = JSON.parse(stdout);
  return signatures.map(({ offset, type, usage, uuid, label, length }) => ({
    type: type ?? "unknown",
    usage: type === "swap" || type === "swsuspend" ? "swap" : (USAGES[usage ?? ""] ?? "other"),
    offset: BigInt(offset),
    length,
    ...(label && { label }),
    ...(uuid && { uuid }),
  }));
}

/** Every signature on a device, the backup GPT included. Only reads. Throws `ToolMissing` or `CommandFailed`. */
export async function signaturesOn(path: string): Promise<Signature[]> {
  const columns = "OFFSET,TYPE,USAGE,UUID,LABEL,LENGTH";
  const { stdout } = await run("wipefs", ["--json", "--output", columns, "--", path], { deadlineMs: 60_000 });
  const found = parseWipefs(stdout);
  if (found.some(({ type }) => type === "bcachefs")) return found;
  const bcachefs = await readBcachefs(path);
  return bcachefs
    ? [...found, { type: "bcachefs", usage: "filesystem", length: BCACHEFS_MAGIC_LENGTH, ...bcachefs }]
    : found;
}

/**
 * Every signature in an extent of an open device that has no node of its own: its head and tail are laid into a sparse
 * file of the same size, and that is looked at. Offsets count from the start of the extent.
 */
export async function signaturesWithin(handle: FileHandle, start: bigint, size: bigint): Promise<Signature[]> {
  const folder = await mkdtemp(join(tmpdir(), "my-os-extent-"));
  try {
    const path = join(folder, "extent");
    const shadow = await open(path, "wx", 0o600);
    try {
      await shadow.truncate(Number(size));
      await copy(handle, start, shadow, 0n, size < BigInt(HEAD) ? size : BigInt(HEAD));
      if (size > BigInt(HEAD)) {
        const tail = size - BigInt(HEAD) < BigInt(TAIL) ? size - BigInt(HEAD) : BigInt(TAIL);
        await copy(handle, start + size - tail, shadow, size - tail, tail);
      }
    } finally {
      await shadow.close();
    }
    return await signaturesOn(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function copy(from: FileHandle, at: bigint, to: FileHandle, offset: bigint, length: bigint): Promise<void> {
  const bytes = await readExtent(from, at, Number(length));
  await to.write(bytes, 0, bytes.length, Number(offset));
}
