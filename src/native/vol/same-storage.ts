import { stat } from "node:fs/promises";
import type { BlockNode } from "../../kernel/block.js";
import type { Files } from "../../kernel/files.js";
import { hardwareOf } from "../../kernel/fingerprint.js";
import { attribute } from "../../kernel/sysfs.js";
import { type FieldOf, refuseTarget, shown, type Target } from "./target.js";

/** Device and inode of a file; undefined where it is not there. */
export async function fileIdentity(path: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Throws `invalid_argument` where two devices are one storage: copies of one disk's data on itself would destroy it. */
export async function refuseOneStorage(files: Files, targets: readonly Target[], fieldOf: FieldOf): Promise<void> {
  if (targets.length < 2) return;
  const known = new Map<string, Target>();
  for (const [at, target] of targets.entries()) {
    const key = await storageOf(files, target.whole);
    const earlier = key === undefined ? undefined : known.get(key);
    if (earlier && earlier.whole.name !== target.whole.name) {
      throw refuseTarget(fieldOf(at), target.named, `it is another way to the same storage as ${shown(earlier.named)}`);
    }
    if (key !== undefined) known.set(key, target);
  }
}

/** What tells one storage from another: a loop device's file and place in it, a disk's worldwide name. */
async function storageOf(files: Files, whole: BlockNode): Promise<string | undefined> {
  if (whole.backingFile === undefined) {
    const { wwn } = await hardwareOf(files, whole);
    return wwn && `${wwn} ${whole.sizeBytes}`;
  }
  const file = await fileIdentity(whole.backingFile);
  const offset = await attribute(files, `/sys/class/block/${whole.name}/loop/offset`);
  return file && `${file} ${offset ?? "0"}`;
}
