import type { VolMountParams } from "../../../generated/types.gen.js";
import { splitOptions, subvolume } from "../../kernel/mount-options.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import { rpcError } from "../../rpc/errors.js";

/** How a filesystem is to be mounted, contradictions sorted out. */
export interface MountWish {
  /** From the closed list, each once, without `ro`, `rw` and `nofail`. */
  readonly options: readonly string[];
  readonly readOnly: boolean;
  /** A missing device is no degradation. */
  readonly nofail: boolean;
  /** A btrfs subvolume's path from the top, with a slash before it; absent: the default one, or `subvolid=` says which. */
  readonly subvol?: string;
}

const DEFAULT_OPTIONS = ["nodev", "nosuid"];

const FAT = ["vfat", "msdos", "exfat", "ntfs", "ntfs3", "hfs", "hfsplus", "udf"];

/** Options that only some filesystems have; all others are of every mount. */
const ONLY_OF: Readonly<Record<string, readonly string[]>> = {
  compress: ["btrfs"],
  "compress-force": ["btrfs"],
  subvolid: ["btrfs"],
  user_subvol_rm_allowed: ["btrfs"],
  uid: FAT,
  gid: FAT,
  umask: FAT,
  commit: ["btrfs", "ext3", "ext4"],
  discard: ["bcachefs", "btrfs", "exfat", "ext3", "ext4", "f2fs", "jfs", "nilfs2", "ntfs3", "vfat", "xfs"],
};

const CONTRARY = [
  ["ro", "rw"],
  ["noatime", "relatime"],
  ["compress", "compress-force"],
] as const;

/** The largest id; the next number means none. */
const LAST_ID = 0xffff_fffe;

const nameOf = (option: string): string => option.split("=", 1)[0] ?? "";
const textOf = (option: string): string => option.slice(nameOf(option).length + 1);

const invalid = (field: string, reason: string) =>
  rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);

/** Checks a call's options against each other and against the filesystem. Throws `invalid_argument`. */
export function mountWish(
  { options = DEFAULT_OPTIONS, subvol, read_only = false, degraded = false }: VolMountParams,
  fstype: string,
): MountWish {
  const given = byName(options, fstype);
  if (read_only && given.has("rw")) throw invalid("options", "rw contradicts read_only");
  if (degraded && fstype !== "btrfs") throw invalid("degraded", `${fstype} is no btrfs`);
  const path = subvol === undefined ? undefined : subvolumePath(subvol, fstype);
  if (path !== undefined && given.has("subvolid")) throw invalid("subvol", "it excludes the option subvolid=");
  return {
    options: [...given.values()].filter((option) => !["ro", "rw", "nofail"].includes(option)),
    readOnly: read_only || given.has("ro"),
    nofail: given.has("nofail"),
    ...(path !== undefined && { subvol: path }),
  };
}

/** The options by their names, none against another and each of the filesystem. */
function byName(options: readonly string[], fstype: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const option of options) {
    const name = nameOf(option);
    const other = given.get(name);
    if (other !== undefined && other !== option)
      throw invalid("options", `${other} and ${option} contradict each other`);
    given.set(name, option);
  }
  for (const [one, other] of CONTRARY) {
    if (given.has(one) && given.has(other)) throw invalid("options", `${one} and ${other} contradict each other`);
  }
  for (const name of given.keys()) {
    if (ONLY_OF[name] && !ONLY_OF[name].includes(fstype)) throw invalid("options", `${fstype} has no option ${name}`);
  }
  for (const id of ["uid", "gid"]) {
    if (Number(textOf(given.get(id) ?? "")) > LAST_ID) throw invalid("options", `${given.get(id)} is no id`);
  }
  return given;
}

function subvolumePath(subvol: string, fstype: string): string {
  if (fstype !== "btrfs") throw invalid("subvol", `${fstype} has no subvolumes`);
  const parts = subvol.split("/").filter((part) => part !== "");
  if (parts.includes(".") || parts.includes("..")) throw invalid("subvol", "it must not lead through . or ..");
  // mount(8) separates options by commas, and gives quotes a meaning of their own.
  if (/[,"]/.test(subvol)) {
    throw invalid("subvol", "a path with a comma or a quote cannot be handed to the kernel; name it by subvolid=");
  }
  return `/${parts.join("/")}`;
}

/** The words for `mount -o`; the subvolume last, for a path may end in a backslash. */
export const mountWords = (
  { options, readOnly, subvol }: MountWish,
  { degraded }: { readonly degraded: boolean },
): string[] => [
  readOnly ? "ro" : "rw",
  ...options,
  ...(degraded ? ["degraded"] : []),
  ...(subvol === undefined ? [] : [`subvol=${subvol}`]),
];

/** Options of the mount itself: each is either in the table or it is not. */
const FLAGS = ["nodev", "nosuid", "noexec", "nodiratime", "noatime"];

/** What filesystems do without being told, so that their tables do not name it. */
const SILENT_COMMIT: Readonly<Record<string, string>> = { btrfs: "30", ext3: "5", ext4: "5" };

/** How a mount that is there differs from the one that is wanted, in words; empty where it is the same. */
export function differences(wish: MountWish, row: MountRow): string[] {
  const own = new Set(splitOptions(row.vfsOptions));
  const fs = new Set(splitOptions(row.fsOptions));
  const flags = FLAGS.filter((flag) => own.has(flag) !== wish.options.includes(flag)).map((flag) =>
    own.has(flag) ? `it has ${flag}` : `it lacks ${flag}`,
  );
  // Whether the superblock is read-only is not the mount's doing: writing may be wanted in vain.
  if (own.has("ro") !== wish.readOnly) flags.unshift(own.has("ro") ? "it is read-only" : "it is writable");
  const lacking = wish.options
    .filter((option) => !FLAGS.includes(option) && option !== "relatime")
    .filter((option) => !hasOption(option, row, fs))
    .map((option) => `it lacks ${option}`);
  return [...flags, ...lacking];
}

function hasOption(option: string, { fstype, fsOptions }: MountRow, fs: ReadonlySet<string>): boolean {
  const [name, value] = [nameOf(option), textOf(option)];
  const startsWith = (start: string) => [...fs].some((word) => word === start || word.startsWith(`${start}:`));
  switch (name) {
    case "compress":
    case "compress-force":
      return value === "no" ? ![...fs].some((word) => word.startsWith("compress")) : startsWith(option);
    case "discard":
      return [...fs].some((word) => word === name || word.startsWith("discard="));
    case "subvolid":
      return subvolume(fsOptions).id === (Number(value) || 5);
    case "commit":
      return fs.has(option) || (value === SILENT_COMMIT[fstype] && ![...fs].some((word) => word.startsWith("commit=")));
    case "uid":
    case "gid":
      return (
        fs.has(`${name}=${Number(value)}`) ||
        (Number(value) === 0 && ![...fs].some((word) => word.startsWith(`${name}=`)))
      );
    case "umask":
      return [...fs].some((word) => nameOf(word) === "fmask" && sameMask(textOf(word), value)) || fs.has(option);
    default:
      return fs.has(option);
  }
}

const sameMask = (one: string, other: string): boolean => Number.parseInt(one, 8) === Number.parseInt(other, 8);
