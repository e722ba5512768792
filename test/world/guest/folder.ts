import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "mos-t-guest-";

/** A temporary folder that names the process it belongs to; those of dead processes are removed on the way. */
export function ownedFolder(): string {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const owner = readIfThere(join(folder, "owner"));
    // One without an owner was made this very moment, by someone else.
    if (owner !== undefined && !isRunning(owner)) rmSync(folder, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(folder, "owner"), identity(process.pid) ?? "");
  return folder;
}

const isRunning = (owner: string): boolean => identity(Number.parseInt(owner, 10)) === owner;

/** A process id and when it started, so that a later process of the same id is not taken for it. */
function identity(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const started = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return started && `${pid} ${started}`;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
