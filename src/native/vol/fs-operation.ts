import type { BtrfsRuns, Run, RunNote } from "../../kernel/btrfs-runs.js";
import { exclusiveOperation } from "../../kernel/btrfs-sysfs.js";
import { CommandFailed } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import type { NativeState } from "../state.js";
import type { BtrfsPlace } from "./fs-btrfs.js";
import type { FsDeps } from "./fs-identity.js";
import { inUse } from "./refusals.js";

/** What long operations on a btrfs are made from. */
export interface OperationDeps extends FsDeps {
  readonly state: NativeState;
  readonly runs: BtrfsRuns;
}

/** How long a run may take to show itself in the kernel, in milliseconds; then it is taken to be at work. */
export const PATIENCE_MS = 20_000;
/** How often it is looked for. */
export const LOOK_EVERY_MS = 25;

/** `in_use` where the filesystem is in one of these exclusive operations, or without any named in one at all. */
export async function mustBeIdle(
  files: Files,
  { info, mount }: BtrfsPlace,
  isInTheWay: (operation: string) => boolean,
): Promise<void> {
  const operation = await exclusiveOperation(files, info.fsid);
  if (operation === undefined || operation === "none" || !isInTheWay(operation)) return;
  throw inUse(mount.target, [{ kind: "btrfs_operation", name: operation }], "filesystem");
}

/** Starts a run that is the only one of its name; one that has just done its work may still be there for a moment. */
export async function startRun(
  { runs, state }: OperationDeps,
  step: string,
  { name, fd, args }: { readonly name: string; readonly fd: number; readonly args: readonly string[] },
  about: RunNote["about"] = {},
): Promise<void> {
  const words = (at: string) => [...args, at];
  await state.steps((steps) =>
    steps.do(step, async () => {
      while (!(await runs.start(name, fd, words, { args, about }))) await runs.end(name);
    }),
  );
}

/** The failure of a run that has ended, in its own words. */
export const runFailed = ({ args, output }: Run): CommandFailed =>
  new CommandFailed(["btrfs", ...args], 1, output.trim().slice(-4096) || "it ended without a word", "it failed");
