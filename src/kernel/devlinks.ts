import { posix } from "node:path";
import { mapBounded } from "./bounded.js";
import type { Files } from "./files.js";
import { entries, linkTarget } from "./sysfs.js";

/** A kind of stable names: by what the device is, or by where it is attached. */
export type LinkKind = "by-id" | "by-path";

/** Links by the kernel name of the device that they lead to, each list sorted; undefined where the folder does not exist. */
export async function readDeviceLinks(
  files: Files,
  kind: LinkKind,
): Promise<ReadonlyMap<string, readonly string[]> | undefined> {
  const folder = `/dev/disk/${kind}`;
  if (!(await files.exists(folder))) return undefined;
  const links = new Map<string, string[]>();
  const found = await mapBounded(await entries(files, folder), async (name) => {
    const target = await linkTarget(files, `${folder}/${name}`);
    return { path: `${folder}/${name}`, device: target === undefined ? undefined : posix.resolve(folder, target) };
  });
  for (const { path, device } of found) {
    if (!device?.startsWith("/dev/")) continue;
    const name = device.slice("/dev/".length).replaceAll("/", "!");
    links.set(name, [...(links.get(name) ?? []), path]);
  }
  return links;
}
