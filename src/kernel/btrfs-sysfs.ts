import type { Files } from "./files.js";
import { attribute, attributeBytes, entries } from "./sysfs.js";
import { decodeText } from "./text.js";

/** A btrfs that is mounted somewhere, as `/sys/fs/btrfs` lists it. */
export interface BtrfsInstance {
  readonly fsid: string;
  /** Kernel names of the members that are present. */
  readonly devices: readonly string[];
}

/** Every btrfs that is mounted in any mount namespace. */
export async function listBtrfs(files: Files): Promise<BtrfsInstance[]> {
  const ids = (await entries(files, "/sys/fs/btrfs")).filter((name) =>
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name),
  );
  return Promise.all(
    ids.map(async (fsid) => ({ fsid, devices: await entries(files, `/sys/fs/btrfs/${fsid}/devices`) })),
  );
}

/** The label of a mounted btrfs; undefined where it has none. */
export const btrfsLabel = async (files: Files, fsid: string): Promise<string | undefined> => {
  const bytes = await attributeBytes(files, `/sys/fs/btrfs/${fsid}/label`);
  const text = bytes && decodeText(bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes);
  return text === "" ? undefined : text;
};

/** The exclusive operation that a btrfs is in, in the kernel's words (`none`, `balance`, …); undefined before Linux 5.14. */
export const exclusiveOperation = (files: Files, fsid: string): Promise<string | undefined> =>
  attribute(files, `/sys/fs/btrfs/${fsid}/exclusive_operation`);
