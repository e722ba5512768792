import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { OutputFile } from "./source.js";

/** Paths of all files in a folder, relative to it, sorted; none where there is no folder. */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
}

/** Makes a folder hold exactly these files: writes them, and removes what an earlier generation left. */
export async function writeOutput(folder: string, files: readonly OutputFile[]): Promise<void> {
  const wanted = new Set(files.map(({ path }) => path));
  for (const { path, text } of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const path of await listFiles(folder)) {
    if (!wanted.has(path)) await rm(join(folder, path));
  }
}

/** How a folder differs from what would be generated, one sentence a file; none where it is fresh. */
export async function staleness(folder: string, files: readonly OutputFile[]): Promise<string[]> {
  const present = new Set(await listFiles(folder));
  const problems: string[] = [];
  for (const { path, text } of files) {
    if (!present.delete(path)) problems.push(`${path} is missing`);
    else if ((await readFile(join(folder, path), "utf8")) !== text) problems.push(`${path} differs`);
  }
  return [...problems, ...[...present].map((path) => `${path} is generated from nothing`)];
}
