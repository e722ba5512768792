import { GPT_TYPES } from "./gpt-types.js";
import { MBR_TYPES } from "./mbr-types.js";

/** A partition type in words, as `lsblk` and `sfdisk` have it; undefined where it is not a known one. */
export function partitionTypeName(scheme: string, type: string): string | undefined {
  if (scheme === "gpt") return GPT_TYPES.get(type.toLowerCase());
  return scheme === "dos" ? MBR_TYPES.get(Number(type)) : undefined;
}

/** GPT's attribute bits that have a meaning for every type (UEFI 2.10, table 5.7). */
const GPT_ATTRIBUTES = ["RequiredPartition", "NoBlockIOProtocol", "LegacyBIOSBootable"];
const FIRST_TYPE_SPECIFIC_BIT = 48;
const MBR_ACTIVE = 0x80n;

/** A partition's attribute bits by name, as `sfdisk` prints them. */
export function attributeNames(scheme: string, flags: bigint): string[] {
  if (scheme === "dos") return (flags & MBR_ACTIVE) === 0n ? [] : ["bootable"];
  if (scheme !== "gpt") return [];
  const isSet = (bit: number) => ((flags >> BigInt(bit)) & 1n) === 1n;
  const specific = Array.from({ length: 16 }, (_, at) => FIRST_TYPE_SPECIFIC_BIT + at);
  return [...GPT_ATTRIBUTES.filter((_, bit) => isSet(bit)), ...specific.filter(isSet).map((bit) => `GUID:${bit}`)];
}
