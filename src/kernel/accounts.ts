import type { Files } from "./files.js";

/** Names of numeric ids, from `/etc/passwd` or `/etc/group`; an id without a name is absent. */
export async function accountNames(files: Files, database: "passwd" | "group"): Promise<ReadonlyMap<number, string>> {
  const names = new Map<number, string>();
  for (const line of ((await files.readIfThere(`/etc/${database}`)) ?? "").split("\n")) {
    const [name = "", , id = ""] = line.split(":");
    // The first entry wins, as it does for the C library.
    if (name !== "" && /^[0-9]+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
