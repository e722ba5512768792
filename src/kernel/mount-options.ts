/** Splits mount options at their commas; a comma within double quotes (SELinux contexts) belongs to the value. */
export function splitOptions(options: string): string[] {
  if (options === "") return [];
  return options.includes('"') ? (options.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []) : options.split(",");
}

const nameOf = (option: string): string => option.split("=", 1)[0] ?? "";

/** Takes the first option of that name out; whether there was one. */
function takeOut(options: string[], name: string): boolean {
  const at = options.findIndex((option) => nameOf(option) === name);
  if (at < 0) return false;
  options.splice(at, 1);
  return true;
}

/**
 * The mount's own options and the filesystem's as one list, as libmount merges them: `rw` first only where both say so,
 * else `ro`; then the mount's, then the filesystem's.
 */
export function mergeOptions(vfs: string, fs: string): string {
  if (vfs === "" || fs === "" || vfs === fs) return fs === "" ? vfs : fs;
  const options = [...splitOptions(vfs), ...splitOptions(fs)];
  const writable = [takeOut(options, "rw"), takeOut(options, "rw")].filter(Boolean).length;
  let readOnly = 0;
  if (writable < 2 && takeOut(options, "ro")) readOnly += 1;
  if (writable + readOnly < 2 && takeOut(options, "ro")) readOnly += 1;
  return [readOnly > 0 ? "ro" : "rw", ...options].join(",");
}

/** Whether mount or filesystem is read-only. */
export const isReadOnly = (vfs: string, fs: string): boolean =>
  splitOptions(vfs).includes("ro") || splitOptions(fs).includes("ro");

/** The propagation that the optional fields say, as libmount writes it. */
export function propagation(optFields: readonly string[]): string {
  const has = (tag: string) => optFields.some((field) => field === tag || field.startsWith(`${tag}:`));
  return [
    has("shared") ? "shared" : "private",
    ...(has("master") ? ["slave"] : []),
    ...(has("unbindable") ? ["unbindable"] : []),
  ].join(",");
}

/** The subvolume that btrfs names among its options: `subvolid=` and, last because a path may hold commas, `subvol=`. */
export function subvolume(fsOptions: string): { readonly id?: number; readonly path?: string } {
  const id = /(?:^|,)subvolid=([0-9]+)(?:,|$)/.exec(fsOptions)?.[1];
  const path = /(?:^|,)subvol=(\/[\s\S]*)$/.exec(fsOptions)?.[1];
  return { ...(id !== undefined && { id: Number(id) }), ...(path !== undefined && { path }) };
}

/** The folders that an overlay is made of, the writable one first. A backslash stands before their own commas and colons. */
export function overlayFolders(fsOptions: string): string[] {
  const folders: string[] = [];
  for (const option of fsOptions.match(/(?:[^\\,]|\\[\s\S]?)+/g) ?? []) {
    const [name, value] = [nameOf(option), option.slice(option.indexOf("=") + 1)];
    if (name === "upperdir") folders.unshift(unescaped(value));
    else if (name === "lowerdir") folders.push(...(value.match(/(?:[^\\:]|\\[\s\S]?)+/g) ?? []).map(unescaped));
    else if (name === "lowerdir+" || name === "datadir+") folders.push(unescaped(value));
  }
  return folders.filter((folder) => folder.startsWith("/"));
}

const unescaped = (path: string): string => path.replace(/\\([\s\S])/g, "$1");
