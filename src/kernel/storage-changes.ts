import { createHash } from "node:crypto";
import type { Files } from "./files.js";
import { attribute } from "./sysfs.js";

/**
 * A mark that changes when a device comes, goes or changes, or something is mounted or unmounted: the kernel's count of
 * uevents, and the mount table.
 */
export async function storageMark(files: Files): Promise<string> {
  const [events, mounts] = await Promise.all([
    attribute(files, "/sys/kernel/uevent_seqnum"),
    files.bytes("/proc/self/mountinfo"),
  ]);
  return `${events ?? ""} ${createHash("sha256").update(mounts).digest("base64")}`;
}
