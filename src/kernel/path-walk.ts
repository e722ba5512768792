import { readlink } from "node:fs/promises";
import type { MountTree } from "./mount-tree.js";
import type { MountRow } from "./mountinfo.js";

/** The kernel follows at most 40 symbolic links in one path (`path_resolution(7)`). */
const MAX_LINKS = 40;

/** Where a path leads: the place with links followed, and the mount that it lies on; or why it leads nowhere. */
export type Walked =
  | { readonly ok: true; readonly place: string; readonly mount: MountRow }
  | {
      readonly ok: false;
      readonly why: "missing" | "denied" | "too many links" | "too long";
      readonly at: string;
      /** The components after `at` that were not looked at. */
      readonly rest: readonly string[];
    };

/**
 * Follows a live path's symbolic links one component at a time and stops at a remote filesystem, whose mount is then
 * the answer: to look any further could wait for a dead server.
 */
export async function walkPath(path: string, tree: MountTree): Promise<Walked> {
  const pending = path.split("/").reverse();
  const walked: string[] = [];
  let links = 0;
  for (let part = pending.pop(); part !== undefined; part = pending.pop()) {
    if (part === "" || part === ".") continue;
    if (part === "..") {
      walked.pop();
      continue;
    }
    walked.push(part);
    const at = `/${walked.join("/")}`;
    const mount = tree.at(at);
    if (mount && tree.isRemote(mount)) break;
    const found = await linkAt(at);
    if (typeof found !== "string" && found !== undefined)
      return { ok: false, at, rest: pending.toReversed(), ...found };
    if (found === undefined) continue;
    links += 1;
    if (links > MAX_LINKS) return { ok: false, why: "too many links", at, rest: [] };
    if (found.startsWith("/")) walked.length = 0;
    else walked.pop();
    pending.push(...found.split("/").reverse());
  }
  const place = `/${walked.join("/")}`;
  const mount = tree.at(place);
  return mount ? { ok: true, place, mount } : { ok: false, why: "missing", at: place, rest: [] };
}

const REASONS = new Map([
  ["ENOENT", "missing"],
  ["ENOTDIR", "missing"],
  ["EACCES", "denied"],
  ["EPERM", "denied"],
  ["ENAMETOOLONG", "too long"],
] as const);

type Obstacle = { readonly why: "missing" | "denied" | "too long" };

/** A link's target; undefined for anything else that is there. */
async function linkAt(place: string): Promise<string | Obstacle | undefined> {
  try {
    return await readlink(place);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EINVAL") return undefined;
    const why = [...REASONS].find(([name]) => name === code)?.[1];
    if (why === undefined) throw error;
    return { why };
  }
}
