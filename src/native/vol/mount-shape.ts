import type { Mount, MountRawBytes } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { type DeviceIdentity, present } from "../../kernel/identity.js";
import { isReadOnly, mergeOptions, propagation, subvolume } from "../../kernel/mount-options.js";
import type { MountRow, MountText } from "../../kernel/mountinfo.js";
import type { MountDevices } from "./mount-devices.js";

type Shape = (row: MountRow) => Omit<Mount, "usage" | "usage_skipped">;

/** Makes the answer's row of the table's. Thousands of mounts share few filesystems: what those say is worked out once. */
export function mountShape(
  devices: Pick<MountDevices, "of">,
  known: ReadonlyMap<string, DeviceIdentity>,
  isManaged: (row: MountRow) => boolean,
): Shape {
  const options = remembered((row: MountRow) => `${row.vfsOptions}\0${row.fsOptions}`, optionFields);
  const onDevices = remembered(
    (on: readonly BlockNode[]) => on,
    (on) => ({ devices: on.map(({ path }) => path).sort(), ...identityFields(on, known) }),
  );
  return (row) => ({
    mount_id: row.mountId,
    parent_id: row.parentId,
    maj_min: row.majMin,
    root: row.root,
    target: row.target,
    source: row.source,
    fstype: row.fstype,
    vfs_options: row.vfsOptions,
    fs_options: row.fsOptions,
    ...options(row),
    propagation: propagation(row.optFields),
    opt_fields: [...row.optFields],
    ...(row.fstype === "btrfs" && subvolumeFields(row)),
    ...onDevices(devices.of(row)),
    managed: isManaged(row),
    ...(row.raw && { raw_bytes: rawBytes(row, row.raw) }),
  });
}

/** A function that works out each answer once. */
function remembered<T, R>(keyOf: (item: T) => unknown, work: (item: T) => R): (item: T) => R {
  const answers = new Map<unknown, R>();
  return (item) => {
    const key = keyOf(item);
    const known = answers.get(key) ?? work(item);
    answers.set(key, known);
    return known;
  };
}

const optionFields = ({ vfsOptions, fsOptions }: MountRow): Pick<Mount, "options" | "read_only"> => ({
  options: mergeOptions(vfsOptions, fsOptions),
  read_only: isReadOnly(vfsOptions, fsOptions),
});

function subvolumeFields({ fsOptions }: MountRow): Pick<Mount, "subvol" | "subvolid"> {
  const { path, id } = subvolume(fsOptions);
  return present({ subvol: path, subvolid: id });
}

/** All members of a filesystem share its label and UUID; a partition's own names make sense for one only. */
function identityFields(
  on: readonly BlockNode[],
  known: ReadonlyMap<string, DeviceIdentity>,
): Pick<Mount, "label" | "uuid" | "partuuid" | "partlabel"> {
  const [first, ...others] = on.flatMap(({ name }) => known.get(name) ?? []);
  const entry = others.length === 0 ? first?.entry : undefined;
  return present({ label: first?.label, uuid: first?.uuid, partuuid: entry?.uuid, partlabel: entry?.label });
}

const RAW_NAMES: Readonly<Record<MountText, keyof MountRawBytes>> = {
  root: "root",
  target: "target",
  source: "source",
  vfsOptions: "vfs_options",
  fsOptions: "fs_options",
};

function rawBytes(row: MountRow, raw: NonNullable<MountRow["raw"]>): MountRawBytes {
  const exactly: MountRawBytes = {};
  for (const name of ["root", "target", "source", "vfsOptions", "fsOptions"] as const) {
    const bytes = raw[name];
    if (bytes) exactly[RAW_NAMES[name]] = bytes.toString("base64");
  }
  if (raw.vfsOptions || raw.fsOptions) {
    const bytes = (name: "vfsOptions" | "fsOptions") =>
      (raw[name] ?? Buffer.from(row[name], "utf8")).toString("latin1");
    const merged = mergeOptions(bytes("vfsOptions"), bytes("fsOptions"));
    exactly.options = Buffer.from(merged, "latin1").toString("base64");
  }
  return exactly;
}
