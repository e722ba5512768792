import { setTimeout as sleep } from "node:timers/promises";
import type { ControlScrubResult, ScrubStatus, VolScrubStartParams } from "../../../generated/types.gen.js";
import { runLasting } from "../../kernel/lasting.js";
import { rpcError } from "../../rpc/errors.js";
import { type BtrfsPlace, onBtrfs, throughFolder } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { LOOK_EVERY_MS, mustBeIdle, type OperationDeps, PATIENCE_MS, runFailed, startRun } from "./fs-operation.js";
import { mustBeWritable } from "./fs-parent.js";
import { invalid } from "./fs-place.js";
import { scrubStatus } from "./scrub-status.js";

/** What a `scrub` action came to. */
interface Outcome {
  readonly changed: boolean;
  readonly scrub: ScrubStatus;
}

type Action = (deps: OperationDeps, place: BtrfsPlace, now: ScrubStatus, isReadOnly: boolean) => Promise<Outcome>;

/** Starts, stops or resumes the scrub of a btrfs; one call after the other for each filesystem. */
export function controlScrub(
  deps: OperationDeps,
  { path, action = "start", read_only: isReadOnly = false }: VolScrubStartParams,
): Promise<ControlScrubResult> {
  return onBtrfs(deps.files, path, (found) => {
    if (isReadOnly && action !== "start") throw invalid("read_only", "it goes with `start` only");
    return throughFolder(deps.files, found, (place) =>
      deps.state.queue.run([`btrfs scrub ${place.info.fsid}`], async () => {
        const now = await scrubStatus(deps.files, place);
        const { changed, scrub } = await ACTIONS[action](deps, place, now, isReadOnly);
        return { changed, warnings: [], filesystem: await btrfsIdentity(deps, place), action, scrub };
      }),
    );
  });
}

const nameOf = ({ info }: BtrfsPlace): string => `scrub-${info.fsid}`;

const start: Action = async (deps, place, now, isReadOnly) => {
  if (now.status === "running") {
    const run = await deps.runs.read(nameOf(place));
    const other = run?.isAlive && run.about.read_only !== isReadOnly;
    if (other) throw otherMode(isReadOnly);
    return { changed: false, scrub: now };
  }
  await mustBeReady(deps, place, isReadOnly);
  return launch(deps, place, ["scrub", "start", "-B"], isReadOnly);
};

const resume: Action = async (deps, place, now) => {
  if (now.status === "running") return { changed: false, scrub: now };
  if (!canGoOn(now)) throw nothingTo("resume", now);
  const last = await deps.runs.read(nameOf(place));
  const isReadOnly = last?.about.read_only === true;
  await mustBeReady(deps, place, isReadOnly);
  return launch(deps, place, ["scrub", "resume", "-B"], isReadOnly);
};

const pause: Action = async (deps, place, now) => {
  if (now.status === "running") return stop(deps, place);
  if (!canGoOn(now)) throw nothingTo("pause", now);
  return { changed: false, scrub: now };
};

const cancel: Action = async (deps, place, now) =>
  now.status === "running" ? stop(deps, place) : { changed: false, scrub: now };

const ACTIONS = { start, resume, pause, cancel } as const;

const canGoOn = ({ status }: ScrubStatus): boolean => status === "aborted" || status === "interrupted";

async function mustBeReady(deps: OperationDeps, place: BtrfsPlace, isReadOnly: boolean): Promise<void> {
  await mustBeIdle(deps.files, place, (operation) => operation === "device replace");
  if (!isReadOnly) mustBeWritable(place);
}

/** Starts `btrfs` in a session of its own and waits until the kernel scrubs, or it is over already. */
async function launch(
  deps: OperationDeps,
  place: BtrfsPlace,
  words: readonly string[],
  isReadOnly: boolean,
): Promise<Outcome> {
  const name = nameOf(place);
  const args = isReadOnly ? [...words, "-r"] : words;
  await startRun(deps, "start scrub", { name, fd: place.fd, args }, { read_only: isReadOnly });
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOOK_EVERY_MS)) {
    const run = await deps.runs.read(name);
    const scrub = await scrubStatus(deps.files, place);
    if (scrub.status === "running" && run?.isAlive && Date.now() < until) return { changed: true, scrub };
    if (run && !run.isAlive) {
      // What was found on the disks is told by the counters; it is no failure of the scrub.
      if (!/^scrub (done|canceled)/m.test(run.output)) throw runFailed(run);
      return { changed: true, scrub: await scrubStatus(deps.files, place) };
    }
    if (Date.now() >= until) return { changed: true, scrub };
  }
}

/** Stops the scrub, whoever started it, and waits until its end is on record. */
async function stop(deps: OperationDeps, place: BtrfsPlace): Promise<Outcome> {
  await deps.state
    .steps((steps) =>
      steps.do("cancel scrub", () =>
        runLasting("btrfs", ["scrub", "cancel", "/proc/self/fd/3"], { inherit: [place.fd] }),
      ),
    )
    .catch((error: unknown) => {
      // It may have come to its end by itself meanwhile.
      if (!String(error instanceof Error && "stderr" in error ? error.stderr : error).includes("not running"))
        throw error;
    });
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOOK_EVERY_MS)) {
    const scrub = await scrubStatus(deps.files, place);
    if (scrub.status !== "running" || Date.now() >= until) return { changed: true, scrub };
  }
}

const nothingTo = (action: string, { status }: ScrubStatus) =>
  rpcError(
    "conflict",
    { expected: "a scrub that runs or was stopped", actual: `its status is \`${status}\``, remedy: "action: start" },
    `there is nothing to ${action}: the scrub's status is \`${status}\``,
  );

function otherMode(isReadOnly: boolean) {
  const [expected, actual] = isReadOnly
    ? ["a scrub that checks only", "one that repairs is running"]
    : ["a scrub that repairs", "one that checks only is running"];
  return rpcError(
    "conflict",
    { expected, actual, remedy: "action: cancel" },
    `${actual}, and ${expected} was asked for`,
  );
}
