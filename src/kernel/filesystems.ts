import type { Files } from "./files.js";

/** Filesystem types that the kernel knows now, and whether each lies on a block device. A type whose module is not loaded is not among them. */
export async function readFilesystems(files: Files): Promise<ReadonlyMap<string, { readonly onDevice: boolean }>> {
  const text = (await files.readIfThere("/proc/filesystems")) ?? "";
  return new Map(
    text.split("\n").flatMap((line) => {
      const [flag, type] = line.split("\t");
      return type ? [[type.trim(), { onDevice: flag !== "nodev" }] as const] : [];
    }),
  );
}
