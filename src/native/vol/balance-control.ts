import { setTimeout as sleep } from "node:timers/promises";
import type {
  BalanceStatus,
  BtrfsProfile,
  ControlBalanceResult,
  VolBalanceStartParams,
  Warning,
} from "../../../generated/types.gen.js";
import { readDevices } from "../../kernel/btrfs-devices.js";
import type { Run } from "../../kernel/btrfs-runs.js";
import { readSpace } from "../../kernel/btrfs-space.js";
import { runLasting } from "../../kernel/lasting.js";
import { rpcError } from "../../rpc/errors.js";
import { type Wanted, wantedOf } from "./balance-filters.js";
import { balanceRun, balanceStatus, CANCELLED, chunksRelocated, wasPaused } from "./balance-status.js";
import { atBtrfs, type BtrfsPlace, throughFolder } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { LOOK_EVERY_MS, mustBeIdle, type OperationDeps, PATIENCE_MS, runFailed, startRun } from "./fs-operation.js";
import { mustBeWritable } from "./fs-parent.js";
import { invalid } from "./fs-place.js";

/** What a balance action came to. */
interface Outcome {
  readonly changed: boolean;
  readonly warnings?: readonly Warning[];
}

/** Starts, stops or resumes the balance of a btrfs; one call after the other for each filesystem. */
export function controlBalance(deps: OperationDeps, params: VolBalanceStartParams): Promise<ControlBalanceResult> {
  const { path, action = "start" } = params;
  return atBtrfs(deps.files, path, "path", (found) => {
    const act = actionOf(params, action);
    return throughFolder(deps.files, found, (place) =>
      deps.state.queue.run([`btrfs exclusive ${place.info.fsid}`], async () => {
        const now = await balanceStatus(deps, place);
        const { changed, warnings = [] } = await act(deps, place, now);
        return {
          changed,
          warnings: [...warnings],
          filesystem: await btrfsIdentity(deps, place),
          action,
          balance: await balanceStatus(deps, place),
        };
      }),
    );
  });
}

type Act = (deps: OperationDeps, place: BtrfsPlace, now: BalanceStatus) => Promise<Outcome>;

/** Checks what the parameters say by themselves and answers what is to be done. */
function actionOf(params: VolBalanceStartParams, action: NonNullable<VolBalanceStartParams["action"]>): Act {
  if (action !== "start") {
    mustBeBare(params);
    return (deps, place, now) => control(deps, place, now, action);
  }
  const wanted = wantedOf(params);
  return (deps, place, now) => start(deps, place, now, wanted, params.force ?? false);
}

function mustBeBare({ data, metadata, system, full, force }: VolBalanceStartParams): void {
  for (const [field, isGiven] of Object.entries({ data, metadata, system, full, force })) {
    if (isGiven) throw invalid(field, "it goes with `start` only");
  }
}

async function start(
  deps: OperationDeps,
  place: BtrfsPlace,
  now: BalanceStatus,
  wanted: Wanted,
  force: boolean,
): Promise<Outcome> {
  if (now.status !== "idle") {
    if (now.status === "running" && (await isSame(deps, place, now, wanted))) return { changed: false };
    throw underWay(now);
  }
  await mustBeIdle(deps.files, place, () => true);
  mustBeWritable(place);
  await mustSuffice(deps, place, wanted);
  if (!force) await mustKeepCopies(place, wanted);
  // `btrfs` wants it for chunks of the system that are named; the kernel's own check was made above.
  const isForced = force || wanted.words.some((word) => word.startsWith("-s"));
  return launch(deps, place, ["balance", "start", ...(isForced ? ["--force"] : []), ...wanted.words]);
}

/** Whether the running balance works on the same chunks: the kernel counts a limit down, so that ours is known by its words. */
async function isSame(deps: OperationDeps, place: BtrfsPlace, now: BalanceStatus, wanted: Wanted): Promise<boolean> {
  const run = await deps.runs.read(balanceRun(place));
  if (run?.isAlive && run.args[1] === "start") {
    return (
      run.args
        .slice(2)
        .filter((word) => word !== "--force")
        .join(" ") === wanted.words.join(" ")
    );
  }
  const bare = (filters: string) => filters.replace(/,?limit=[^,]*/, "");
  const theirs = (now.filters ?? []).map(({ bg_type, filters }) => `${bg_type} ${bare(filters)}`);
  return theirs.join() === [...wanted.filters].map(([kind, filters]) => `${kind} ${bare(filters)}`).join();
}

const underWay = ({ status, filters = [] }: BalanceStatus) =>
  rpcError(
    "conflict",
    {
      expected: "no balance under way",
      actual: `one is ${status}: ${filters.map(({ bg_type, filters: text }) => `${bg_type} ${text}`.trim()).join("; ")}`,
      remedy: status === "paused" ? "action: resume or cancel" : "action: cancel",
    },
    `a balance with other filters is ${status}`,
  );

/** The fewest devices that the kernel makes a profile on. */
const FEWEST: Readonly<Partial<Record<BtrfsProfile, number>>> = {
  raid1: 2,
  raid10: 2,
  raid5: 2,
  raid1c3: 3,
  raid6: 3,
  raid1c4: 4,
};

async function mustSuffice({ files }: OperationDeps, { fd, info }: BtrfsPlace, { converts }: Wanted): Promise<void> {
  if (converts.size === 0) return;
  const there = (await readDevices(files, fd, info)).filter(({ isMissing }) => !isMissing).length;
  for (const [kind, profile] of converts) {
    const needed = FEWEST[profile] ?? 1;
    if (there < needed) throw invalid(`${kind}.convert`, `${profile} needs ${needed} devices, and there are ${there}`);
  }
}

/** How much a profile survives: nothing, a bad block, one, two or three lost devices. */
const ENDURES: Readonly<Record<BtrfsProfile, number>> = {
  single: 0,
  raid0: 0,
  dup: 1,
  raid1: 2,
  raid10: 2,
  raid5: 2,
  raid6: 3,
  raid1c3: 3,
  raid1c4: 4,
};

/** The guard that `force` takes away. */
async function mustKeepCopies({ fd }: BtrfsPlace, { converts }: Wanted): Promise<void> {
  const groups = await readSpace(fd);
  for (const [kind, profile] of converts) {
    if (kind === "data") continue;
    const better = groups.find(
      ({ type, profile: now }) => (type === kind || type === "mixed") && ENDURES[now] > ENDURES[profile],
    );
    if (!better) continue;
    throw rpcError(
      "conflict",
      {
        expected: `${kind} with at least the redundancy of ${better.profile}`,
        actual: `${profile} has less`,
        remedy: "force: true",
      },
      `converting ${kind} from ${better.profile} to ${profile} lowers its redundancy; \`force: true\` allows it`,
    );
  }
}

async function launch(deps: OperationDeps, place: BtrfsPlace, args: readonly string[]): Promise<Outcome> {
  const name = balanceRun(place);
  await startRun(deps, "start balance", { name, fd: place.fd, args });
  for (const until = Date.now() + PATIENCE_MS; ; await sleep(LOOK_EVERY_MS)) {
    const run = await deps.runs.read(name);
    if (run && !run.isAlive) return ended(run, place);
    const { status, chunks_expected: expected = 0 } = await balanceStatus(deps, place);
    // Until the kernel has counted, nobody knows whether there is anything to do.
    const isAtWork = status !== "idle" && status !== "paused" && expected > 0;
    if (isAtWork || Date.now() >= until) return { changed: true };
  }
}

function ended(run: Run, { mount }: BtrfsPlace): Outcome {
  const relocated = chunksRelocated(run.output);
  if (relocated === undefined) {
    if (/^balance (paused|canceled) by user$/m.test(run.output)) return { changed: true };
    throw runFailed(run);
  }
  if (relocated > 0) return { changed: true };
  const message = "No chunk passes the filters.";
  return { changed: false, warnings: [{ kind: "nothing_to_balance", message, object: mount.target.slice(0, 4096) }] };
}

async function control(
  deps: OperationDeps,
  place: BtrfsPlace,
  { status }: BalanceStatus,
  action: "pause" | "resume" | "cancel",
): Promise<Outcome> {
  if (action === "resume" && status === "running") return { changed: false };
  if (action === "pause" && status === "paused") return { changed: false };
  if (status === "idle") {
    if (action === "cancel") return { changed: false };
    throw rpcError(
      "conflict",
      { expected: "a balance that runs or is paused", actual: "there is none", remedy: "action: start" },
      `there is no balance to ${action}`,
    );
  }
  if (action !== "resume") return stop(deps, place, action);
  mustBeWritable(place);
  return launch(deps, place, ["balance", "resume"]);
}

/** Takes effect after the chunk in work, which `btrfs` waits for. */
async function stop(deps: OperationDeps, place: BtrfsPlace, action: "pause" | "cancel"): Promise<Outcome> {
  try {
    await deps.state.steps((steps) =>
      steps.do(`${action} balance`, () =>
        runLasting("btrfs", ["balance", action, "/proc/self/fd/3"], { inherit: [place.fd] }),
      ),
    );
  } catch (error) {
    const words = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    // It may have come to its end by itself meanwhile.
    if (!/Not (in progress|running)/.test(words)) throw error;
    return { changed: false };
  }
  // The run that was stopped says so a moment later.
  const run = await deps.runs.end(balanceRun(place));
  if (action === "cancel" && run && wasPaused(run.output)) await deps.runs.append(run.name, CANCELLED);
  return { changed: true };
}
