import type { Warning } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { type FstabLine, readFstab } from "../../kernel/fstab.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { isReadOnly } from "../../kernel/mount-options.js";
import type { MountRow } from "../../kernel/mountinfo.js";
import type { FilesystemGroup } from "./filesystem-groups.js";
import type { MountWish } from "./mounts-options.js";

/** The lines of fstab that name the target, or a device by one of its paths or tags. */
export async function fstabLines(
  files: Files,
  target: string,
  devices: readonly { readonly paths: readonly string[]; readonly identity: DeviceIdentity | undefined }[],
): Promise<FstabLine[]> {
  const names = new Set(devices.flatMap(({ paths, identity }) => [...paths, ...tags(identity)]));
  return (await readFstab(files)).filter((line) => line.target === target || names.has(comparable(line.source)));
}

const tags = (identity: DeviceIdentity | undefined): string[] =>
  [
    ["UUID", identity?.uuid],
    ["LABEL", identity?.label],
    ["PARTUUID", identity?.entry?.uuid],
    ["PARTLABEL", identity?.entry?.label],
  ].flatMap(([tag, value]) =>
    value === undefined ? [] : [comparable(`${tag}=${value}`), ...linked(tag ?? "", value)],
  );

/** The link that udev makes of a tag; names with characters that it escapes are not looked for. */
const linked = (tag: string, value: string): string[] =>
  /^[\w.-]+$/.test(value) ? [`/dev/disk/by-${tag.toLowerCase()}/${value}`] : [];

const comparable = (source: string): string =>
  /^(PART)?UUID=/.test(source) ? source.replace(/=.*$/, (value) => value.toLowerCase()) : source;

/** What is worth knowing about a mount that is there. */
export function mountWarnings(
  row: MountRow,
  {
    group,
    wish,
    isKept,
    fstab,
  }: {
    readonly group: FilesystemGroup;
    readonly wish: MountWish;
    readonly isKept: boolean;
    readonly fstab: readonly FstabLine[];
  },
): Warning[] {
  const warnings: Warning[] = [];
  if (!wish.readOnly && isReadOnly(row.vfsOptions, row.fsOptions)) {
    const message =
      "Writing was wanted and the mount is read-only: the device is, or another mount of the same filesystem.";
    warnings.push({ kind: "mounted_read_only", message, object: row.target });
  }
  if (group.missing > 0) {
    const message = `${group.missing} of the filesystem's ${group.missing + group.members.length} devices are missing.`;
    warnings.push({ kind: "degraded", message, object: row.target });
  }
  if (group.clones.length > 0) {
    const object = group.clones.map(({ path }) => path).join(", ");
    const message = `Another filesystem carries the same UUID ${group.uuid}: one of them is a clone.`;
    warnings.push({ kind: "duplicate_uuid", message, object, remedy: "Detach the clone, or give it another UUID." });
  }
  warnings.push(...fstabWarnings(fstab));
  if (!isKept) {
    const message = "The registry does not hold this mount: it is gone after a reboot.";
    warnings.push({ kind: "not_persisted", message, object: row.target });
  }
  return warnings;
}

export const fstabWarnings = ([line]: readonly FstabLine[]): Warning[] =>
  line === undefined
    ? []
    : [
        {
          kind: "also_in_fstab",
          message: `/etc/fstab mounts ${line.source} at ${line.target}.`.slice(0, 1024),
          object: line.target.slice(0, 4096),
          remedy: "Keep the mount in one of the two places only.",
        },
      ];
