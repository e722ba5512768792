import type { NewFilesystemType } from "../../../generated/types.gen.js";
import { rpcError } from "../../rpc/errors.js";

/** How many bytes of label each filesystem holds: some of the tools cut a longer one without a word. */
const MOST_BYTES: Readonly<Record<NewFilesystemType, number>> = {
  btrfs: 255,
  ext4: 16,
  vfat: 11,
  swap: 15,
  bcachefs: 32,
};

/** What FAT allows in a label, as `mkfs.vfat` does, without lower case, which other systems do not read. */
const FAT_LABEL = /^[A-Z0-9 !#$%&'()@^_`{}~-]*$/;

/** Throws `invalid_argument` for a label that the filesystem cannot hold exactly as it is. */
export function refuseLabel(fstype: NewFilesystemType, label: string | undefined): void {
  if (label === undefined) return;
  const reason = whyNot(fstype, label);
  if (reason !== undefined) throw rpcError("invalid_argument", { field: "label", reason }, `label: ${reason}`);
}

function whyNot(fstype: NewFilesystemType, label: string): string | undefined {
  const most = MOST_BYTES[fstype];
  const bytes = Buffer.byteLength(label);
  if (/\p{Cs}/u.test(label)) return "it holds half of a surrogate pair, which is no text";
  if (bytes > most) return `it has ${bytes} bytes, and a label of ${fstype} has at most ${most}`;
  if (label !== label.trim()) return "it starts or ends with blanks, which probers take for padding";
  if (fstype !== "vfat") return undefined;
  if (!FAT_LABEL.test(label)) return `a label of vfat is upper-case ASCII without any of *?.,;:/\\|+=<>[]"`;
  // This is what FAT writes where there is no label.
  return label === "NO NAME" ? "FAT writes NO NAME where there is no label" : undefined;
}
