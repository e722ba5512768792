import { present } from "../../kernel/identity.js";
import { type BootIdentity, isBootIdentity } from "../../state/boot.js";
import type { FilesystemGroup } from "./filesystem-groups.js";
import type { MountWish } from "./mounts-options.js";

/** A mount as the registry keeps it, by what the filesystem is and not by what its device is called. */
export interface MountEntry {
  /** The mount point, symbolic links resolved; the entry's key too. */
  readonly target: string;
  readonly fstype: string;
  readonly uuid?: string;
  readonly partuuid?: string;
  readonly wwn_or_serial?: string;
  readonly subvol?: string;
  /** From the closed list, `ro` and `nofail` included. */
  readonly options: readonly string[];
  /** The UUIDs of a btrfs's members. */
  readonly members: readonly string[];
  /** Whether the folder is made again where it is missing. */
  readonly create_target: boolean;
  /** The boot in which it was last seen mounted; absent while it never was. */
  readonly mounted_in?: BootIdentity;
}

const isText = (value: unknown): value is string => typeof value === "string";
const isTextOrAbsent = (value: unknown): boolean => value === undefined || isText(value);
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

export function isMountEntry(value: unknown): value is MountEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry: Readonly<Record<string, unknown>> = { ...value };
  return (
    isText(entry.target) &&
    entry.target.startsWith("/") &&
    isText(entry.fstype) &&
    [entry.uuid, entry.partuuid, entry.wwn_or_serial, entry.subvol].every(isTextOrAbsent) &&
    isTexts(entry.options) &&
    isTexts(entry.members) &&
    typeof entry.create_target === "boolean" &&
    (entry.mounted_in === undefined || isBootIdentity(entry.mounted_in))
  );
}

export interface EntryParts {
  readonly target: string;
  readonly group: FilesystemGroup;
  readonly wish: MountWish;
  /** Of the disk. */
  readonly hardware: { readonly wwn?: string; readonly serial?: string };
  readonly isMade: boolean;
}

/** The entry of a mount; undefined where the filesystem has nothing that it could be found again by. */
export function mountEntry({ target, group, wish, hardware, isMade }: EntryParts): MountEntry | undefined {
  const [{ identity }] = group.members;
  const [partuuid, hardwareId] = [identity.entry?.uuid, hardware.wwn ?? hardware.serial];
  if (group.uuid === undefined && partuuid === undefined && hardwareId === undefined) return undefined;
  const { options, readOnly, nofail, subvol } = wish;
  return {
    target,
    fstype: group.fstype,
    ...present({ uuid: group.uuid, partuuid, wwn_or_serial: hardwareId, subvol }),
    options: [...(readOnly ? ["ro"] : []), ...options, ...(nofail ? ["nofail"] : [])],
    members: group.fstype === "btrfs" ? group.members.flatMap((member) => member.identity.uuidSub ?? []) : [],
    create_target: isMade,
  };
}

/** How the entry's filesystem is to be mounted. */
export const wishOf = ({ options, subvol }: MountEntry): MountWish => ({
  options: options.filter((option) => option !== "ro" && option !== "nofail"),
  readOnly: options.includes("ro"),
  nofail: options.includes("nofail"),
  ...(subvol !== undefined && { subvol }),
});

/** Whether two entries ask for the same, whenever each was mounted. */
export const sameEntry = (one: MountEntry, other: MountEntry): boolean => {
  const comparable = ({ mounted_in: _, create_target: __, options, members, ...rest }: MountEntry) =>
    JSON.stringify({ ...rest, options: options.toSorted(), members: members.toSorted() }, KEYS);
  return comparable(one) === comparable(other);
};

const KEYS = ["target", "fstype", "uuid", "partuuid", "wwn_or_serial", "subvol", "options", "members"];
