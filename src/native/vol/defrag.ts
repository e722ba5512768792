import { createHash } from "node:crypto";
import type { VolDefragHandlers } from "../../../generated/handlers.gen.js";
import type { DefragmentResult, VolDefragParams } from "../../../generated/types.gen.js";
import type { Run } from "../../kernel/btrfs-runs.js";
import { readBelonging } from "../../kernel/btrfs-subvolume.js";
import { rpcError } from "../../rpc/errors.js";
import { atBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { type OperationDeps, runFailed } from "./fs-operation.js";
import { mustBeWritable, readOnly } from "./fs-parent.js";
import { invalid } from "./fs-place.js";
import { inUse } from "./refusals.js";
import { asBytes, isWithin, shown, within } from "./subvolumes-shape.js";

/** The `vol.defrag` topic: `btrfs` does it in a session of its own, and calls wait for its end. */
export const defrag = (deps: OperationDeps): VolDefragHandlers => ({
  "vol.defrag": (params) => atBtrfs(deps.files, params.path, "path", (place) => defragment(deps, place, params)),
});

/** What a run works on; `path` is one from the filesystem's top level, one character a byte. */
interface Job {
  readonly name: string;
  readonly path: string;
  readonly recursive: boolean;
  readonly compress?: "zlib" | "lzo" | "zstd";
}

async function defragment(
  deps: OperationDeps,
  place: BtrfsPlace,
  { recursive = false, compress }: VolDefragParams,
): Promise<DefragmentResult> {
  if (recursive && !place.isFolder) throw invalid("recursive", `${place.path} is a file`);
  mustBeWritable(place);
  if ((await readBelonging(place.fd)).isReadOnly) throw readOnly(`the subvolume that holds ${place.path}`);
  const job = jobOf(place, { recursive, ...(compress !== undefined && { compress }) });
  const isNew = await deps.state.queue.run([`btrfs defrag ${place.info.fsid}`], () => begin(deps, place, job));
  const run = await deps.runs.end(job.name);
  if (!run)
    throw rpcError(
      "conflict",
      { expected: "the run that was started", actual: "its note is gone" },
      "the run's note is gone",
    );
  return {
    changed: isNew,
    warnings: [],
    filesystem: await btrfsIdentity(deps, place),
    path: place.path,
    recursive,
    ...(compress !== undefined && { compress }),
    joined: !isNew,
    failed_files: failuresOf(run),
    started_at: run.startedAt,
    ended_at: later(run.lastWordAt, run.startedAt),
  };
}

function jobOf({ info, mount, path }: BtrfsPlace, how: Pick<Job, "recursive" | "compress">): Job {
  const inside = within(mount, asBytes(path));
  const digest = createHash("sha256").update(JSON.stringify([inside, how.recursive, how.compress ?? null]));
  return { ...how, path: inside, name: `defrag-${info.fsid}-${digest.digest("hex").slice(0, 32)}` };
}

/** Starts the run, or answers false where the same one is under way; another one in its way is `in_use`. */
async function begin(deps: OperationDeps, place: BtrfsPlace, job: Job): Promise<boolean> {
  for (const run of await deps.runs.list(`defrag-${place.info.fsid}-`)) {
    if (run.name === job.name && run.isAlive) return false;
    if (run.isAlive && overlaps(run, job)) throw inTheWay(place, run);
    if (!run.isAlive && Date.now() - run.lastWordAt.getTime() > FORGOTTEN_AFTER_MS) await deps.runs.forget(run.name);
  }
  const args = [
    "filesystem",
    "defragment",
    ...(job.recursive ? ["-r"] : []),
    ...(job.compress === undefined ? [] : [`-c${job.compress}`]),
  ];
  const about = { path: job.path, recursive: job.recursive, ...(job.compress && { compress: job.compress }) };
  return deps.state.steps((steps) =>
    steps.do("start defragmentation", () =>
      // A walk does not follow the link that a descriptor's path is: the folder itself has to be named.
      deps.runs.start(job.name, place.fd, (at) => [...args, job.recursive ? `${at}/.` : at], { args, about }),
    ),
  );
}

/** Whoever waited for a run has read it long before. */
const FORGOTTEN_AFTER_MS = 600_000;

function overlaps({ about }: Run, { path, recursive }: Job): boolean {
  const theirs = String(about.path);
  return (
    theirs === path || (about.recursive === true && isWithin(path, theirs)) || (recursive && isWithin(theirs, path))
  );
}

const inTheWay = ({ path }: BtrfsPlace, { about, startedAt, args }: Run) =>
  inUse(
    path,
    [
      {
        kind: "btrfs_operation",
        name: "defrag",
        reason: `\`btrfs ${args.join(" ")}\` on ${shown(String(about.path)).slice(0, 800)} since ${startedAt}`,
      },
    ],
    "path",
  );

/** How many files `btrfs` says that it could not do; throws where it failed altogether. */
function failuresOf(run: Run): number {
  const total = /^total (\d+) failures$/m.exec(run.output)?.[1];
  if (total !== undefined) return Number(total);
  const failed = run.output.match(/^(ERROR|WARNING): (defrag failed on|cannot open) /gm)?.length ?? 0;
  if (failed === 0 && /^ERROR: /m.test(run.output)) throw runFailed(run);
  return failed;
}

/** A run that has nothing to say leaves its log as it was at its start. */
const later = (lastWord: Date, startedAt: string): string =>
  lastWord.getTime() > Date.parse(startedAt) ? lastWord.toISOString() : startedAt;
