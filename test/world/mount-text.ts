import type { Mount, MountRawBytes } from "../../generated/types.gen.js";
import type { FindmntRow } from "./findmnt.js";

type TextField = "root" | "target" | "source" | "options" | "vfs_options" | "fs_options";

/** A mount's text as its bytes, one character each. */
function latin1(mount: Mount, field: TextField): string {
  const raw: MountRawBytes = mount.raw_bytes ?? {};
  const exact = raw[field];
  return Buffer.from(exact ?? mount[field], exact === undefined ? "utf8" : "base64").toString("latin1");
}

/** A mount in the form in which `findmnt` shows it. */
export const asFindmnt = (mount: Mount): FindmntRow => ({
  mount_id: Number(mount.mount_id),
  parent_id: Number(mount.parent_id),
  maj_min: mount.maj_min,
  root: latin1(mount, "root"),
  target: latin1(mount, "target"),
  source: latin1(mount, "source"),
  fstype: mount.fstype,
  options: latin1(mount, "options"),
  vfs_options: latin1(mount, "vfs_options"),
  fs_options: latin1(mount, "fs_options"),
  propagation: mount.propagation,
  opt_fields: mount.opt_fields,
});
