import type { VolCreatePartitionParams } from "../../../generated/types.gen.js";
import type { GptEntry } from "../../kernel/gpt.js";
import { rpcError } from "../../rpc/errors.js";
import { shown } from "./target.js";

/** What is asked of a new partition, in sectors of the disk. */
export interface WantedEntry {
  readonly sectorSize: number;
  readonly start?: bigint;
  readonly sectors?: bigint;
  /** A type GUID in lower case. */
  readonly type: string;
  readonly name?: string;
}

const TYPES: Readonly<Record<string, string>> = {
  linux: "0fc63daf-8483-4772-8e79-3d69d8477de4",
  swap: "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f",
  uefi: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
  "bios-boot": "21686148-6449-6e6f-744e-656564454649",
  lvm: "e6d6d379-f507-44c2-a23c-238f2a3df928",
  raid: "a19d880f-05fc-4d3b-a006-743f0f84911e",
  home: "933ac7e1-2eb4-4f13-b844-0e14e2aef915",
};

/** Throws `invalid_argument` for what no entry of this disk's table can say. */
export function wantedEntry(
  { start_bytes, size_bytes, type = "linux", name }: VolCreatePartitionParams,
  sectorSize: number,
): WantedEntry {
  const start = sectorsOf("start_bytes", start_bytes, sectorSize);
  const sectors = sectorsOf("size_bytes", size_bytes, sectorSize);
  if (sectors === 0n) throw wrong("size_bytes", "a partition has at least one sector");
  refuseName(name);
  const guid = TYPES[type] ?? type.toLowerCase();
  if (/^[0-]+$/.test(guid)) throw wrong("type", "the GUID of zeros marks an entry that is not used");
  return {
    sectorSize,
    type: guid,
    ...(start !== undefined && { start }),
    ...(sectors !== undefined && { sectors }),
    ...(name !== undefined && { name }),
  };
}

function sectorsOf(field: string, bytes: number | bigint | undefined, sectorSize: number): bigint | undefined {
  if (bytes === undefined) return undefined;
  if (BigInt(bytes) % BigInt(sectorSize) === 0n) return BigInt(bytes) / BigInt(sectorSize);
  throw wrong(field, `${bytes} is no multiple of the disk's logical sector size, ${sectorSize} bytes`);
}

/** sfdisk drops a whole name that has a character of four UTF-8 bytes. */
function refuseName(name: string | undefined): void {
  if (name !== undefined && /[\ud800-\udfff]/.test(name))
    throw wrong("name", "sfdisk writes no characters beyond U+FFFF");
}

const wrong = (field: string, reason: string) => rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);

/** Throws `conflict` where the partition that is there differs from the one that is asked for. */
export function refuseDifferent(named: string, entry: GptEntry, wanted: WantedEntry): void {
  const size = (sectors: bigint) => `${sectors * BigInt(wanted.sectorSize)} bytes`;
  const sectors = entry.last + 1n - entry.first;
  const differs =
    entry.type !== wanted.type ||
    (wanted.sectors !== undefined && wanted.sectors !== sectors) ||
    (wanted.name !== undefined && wanted.name !== entry.name);
  if (!differs) return;
  const words = (type: string, length: string, name: string) => `type ${type}, ${length}, name "${name}"`;
  const expected = words(wanted.type, size(wanted.sectors ?? sectors), wanted.name ?? entry.name);
  const actual = words(entry.type, size(sectors), entry.name);
  throw rpcError("conflict", { expected, actual }, `${shown(named)} has partition ${entry.number} there: ${actual}`);
}
