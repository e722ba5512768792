import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { type BootIdentity, isBootIdentity } from "./boot.js";

/** The form of the files that this build writes and reads. */
const REGISTRY_VERSION = 1;

/** A registry's file as it was found at start. */
export type Found<E> =
  | { readonly state: "absent" }
  | { readonly state: "good"; readonly boot: BootIdentity; readonly entries: ReadonlyMap<string, E> }
  /** It is no registry: it was put aside under another name, and nothing of it is in force. */
  | { readonly state: "corrupt"; readonly reason: string; readonly setAside: string }
  /** It cannot be used and was left as it is: written by a newer build, or not to be read. */
  | { readonly state: "refused"; readonly reason: string };

type Check<E> = (value: unknown) => value is E;
type Parsed<E> = Exclude<Found<E>, { state: "absent" | "corrupt" }> | { readonly state: "broken"; reason: string };

/** Reads a registry's file and puts a broken one aside (`<path>.corrupt-<time>`). */
export function readRegistryFile<E>(path: string, isEntry: Check<E>): Found<E> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { state: "absent" };
    return { state: "refused", reason: messageOf(error) };
  }
  const parsed = parseRegistry(text, isEntry);
  if (parsed.state !== "broken") return parsed;
  const setAside = `${path}.corrupt-${new Date().toISOString().replaceAll(":", "-")}`;
  try {
    renameSync(path, setAside);
  } catch (error) {
    return { state: "refused", reason: `${parsed.reason}; and it cannot be put aside: ${messageOf(error)}` };
  }
  return { state: "corrupt", reason: parsed.reason, setAside };
}

function parseRegistry<E>(text: string, isEntry: Check<E>): Parsed<E> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { state: "broken", reason: messageOf(error) };
  }
  if (!isObject(value)) return { state: "broken", reason: "it is no object" };
  const { version, boot, entries } = value;
  if (typeof version === "number" && version > REGISTRY_VERSION) {
    return { state: "refused", reason: `version ${version} is newer than this build's ${REGISTRY_VERSION}` };
  }
  if (version !== REGISTRY_VERSION) return { state: "broken", reason: "it has no version" };
  if (!isBootIdentity(boot)) return { state: "broken", reason: "it does not say in which boot it was written" };
  if (!isObject(entries)) return { state: "broken", reason: "it has no entries" };
  const good = new Map<string, E>();
  for (const [id, entry] of Object.entries(entries)) {
    if (!isEntry(entry)) return { state: "broken", reason: `entry ${JSON.stringify(id)} is none` };
    good.set(id, entry);
  }
  return { state: "good", boot, entries: good };
}

/** Replaces the file in one step that survives a power cut: the whole old or the whole new one is found afterwards. */
export async function writeRegistryFile<E>(
  path: string,
  boot: BootIdentity,
  entries: ReadonlyMap<string, E>,
): Promise<void> {
  const { O_CREAT, O_WRONLY, O_TRUNC, O_NOFOLLOW, O_RDONLY, O_DIRECTORY } = constants;
  const fresh = `${path}.tmp`;
  const text = `${JSON.stringify({ version: REGISTRY_VERSION, boot, entries: Object.fromEntries(entries) }, null, 1)}\n`;
  const file = await open(fresh, O_CREAT | O_WRONLY | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  const folder = openSync(dirname(path), O_RDONLY | O_DIRECTORY);
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
