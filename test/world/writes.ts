import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FirewallConfig } from "../../src/native/net/nft-state.js";

/** A method's call; `happen` instead runs `{command}` in between, again and again until it prints `until` where that is given. */
export type Call = readonly [method: string, params?: object];

/** One call's outcome: the result, or the error's kind, message and details. */
export interface Outcome {
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly kind: string; readonly [field: string]: unknown };
}

export interface Drift {
  readonly kind: string;
  readonly id: string;
  readonly state: string;
  readonly [field: string]: unknown;
}

/** How things stand: what the commands of `look` print, and what verifying says of everything that is managed. */
export interface State {
  readonly looks: readonly string[];
  readonly drift: readonly Drift[];
}

interface Waiting {
  readonly waiting: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
}

export interface Ran extends State, Waiting {
  /** As the process found it when it had restored, before any call. */
  readonly found: State & Waiting;
  /** One a call, in order. */
  readonly answers: readonly Outcome[];
  /** The steps that were done, in order. */
  readonly steps: readonly string[];
  readonly logged: readonly unknown[];
}

/** What a step that failed left behind. */
interface Failure extends State {
  readonly step: string;
  readonly answers: readonly Outcome[];
  /** The registries are as they were before. */
  readonly isKept: boolean;
}

/** What a process reports that made a write whole, and then failed it at each of its steps. */
interface Failures {
  readonly old: { readonly looks: readonly string[] };
  readonly steps: readonly string[];
  readonly sites: readonly string[];
  readonly looks: readonly string[];
  readonly failures: readonly Failure[];
}

export interface RunOptions {
  /** Calls made before the others; their steps do not count. */
  readonly first?: readonly Call[];
  /** Commands whose output says how things stand, such as `["ip", "-j", "link"]`. */
  readonly look?: readonly (readonly string[])[];
  /** All calls at once rather than one after the other. */
  readonly atOnce?: boolean;
  /** Fails the n-th step (from 1) of all that the calls do. */
  readonly failAt?: number;
  /** The daemon's `PATH`. */
  readonly path?: string;
  /** The address that the caller is said to call from. */
  readonly address?: string;
  /** Milliseconds that the process goes on after its last answer, for what a call leaves to be done behind it. */
  readonly lingerMs?: number;
  /** The daemon's packet filter. */
  readonly firewall?: FirewallConfig;
}

interface Inner extends RunOptions {
  readonly dieAt?: number;
  /** Calls that bring the old state back. */
  readonly failEverywhere?: readonly Call[];
}

/** A write to be killed and failed at each of its steps. */
export interface Trial {
  /** Makes the state in which the write is made. */
  readonly setup: readonly Call[];
  readonly write: Call;
  /** Makes that state again, whether the write was done or not. */
  readonly reset: readonly Call[];
  readonly look: RunOptions["look"];
  /** What of a look tells one state from another (no counters, no generated addresses). */
  readonly normal: (looks: readonly string[]) => unknown;
}

export interface TrialReport {
  readonly old: unknown;
  readonly new: unknown;
  /** The lines of the built daemon at which the write's steps are, as `stepSites` tells them. */
  readonly sites: readonly string[];
  /** What a start found after each kill, in order of the steps. */
  readonly kills: readonly { readonly step: string; readonly state: unknown; readonly drift: readonly Drift[] }[];
  /** What each failed step left, in order. */
  readonly failures: readonly (Pick<Failure, "step" | "answers" | "isKept"> & { readonly state: unknown })[];
}

const isClean = ({ state }: Drift): boolean => state !== "ok";

/** What of a verification is not as it should be. */
export const uncleanOf = ({ drift }: { readonly drift: readonly Drift[] }): Drift[] => drift.filter(isClean);

/** Every step that the built code of a folder of `src` has, as `native/net/vm.js:69`. */
export function stepSites(folder: string): string[] {
  const built = join(import.meta.dirname, "../../dist/src", folder);
  return readdirSync(built)
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) =>
      readFileSync(join(built, name), "utf8")
        .split("\n")
        .flatMap((line, at) => (line.includes("steps.do(") ? [`${folder}/${name}:${at + 1}`] : [])),
    );
}

/** The native daemon on a state folder of its own, started anew for each run; `wrapper` puts it into a namespace. */
export class WriteBench {
  readonly stateDir = mkdtempSync(join(tmpdir(), "my-os-writes-"));

  constructor(private readonly wrapper: () => readonly string[]) {}

  /** Starts the daemon (which restores what its registries hold), makes the calls and ends. */
  run(calls: readonly Call[], options: RunOptions = {}): Ran {
    const [found, done] = this.start(calls, options);
    return { ...done, ...found };
  }

  /**
   * Kills the daemon with SIGKILL after each step of a write, and fails each step once; answers what was found after.
   * One process a step: each start first tells what the kill before it left and what restoring made of that.
   */
  trial({ setup, write, reset, look = [], normal }: Trial): TrialReport {
    const failed: Failures = this.start([write], { first: setup, look, failEverywhere: reset })[1];
    const found: State[] = [];
    for (let dieAt = 1; dieAt <= failed.steps.length; dieAt += 1) {
      const [before, after] = this.start([write], { first: reset, look, dieAt });
      if (after) throw new Error(`the write had no step ${dieAt} this time`);
      if (dieAt > 1) found.push(before.found);
    }
    found.push(this.start([], { look })[0].found);
    return {
      old: normal(failed.old.looks),
      new: normal(failed.looks),
      sites: failed.sites,
      kills: found.map((state, at) => ({
        step: failed.steps[at] ?? "",
        state: normal(state.looks),
        drift: uncleanOf(state),
      })),
      failures: failed.failures.map(({ looks, ...failure }) => ({ ...failure, state: normal(looks) })),
    };
  }

  /** What a registry file holds, by key; nothing where there is no file. */
  registry(name: string): Record<string, Record<string, unknown>> {
    if (!readdirSync(this.stateDir).includes(`${name}.json`)) return {};
    return JSON.parse(readFileSync(join(this.stateDir, `${name}.json`), "utf8")).entries;
  }

  remove(): void {
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** The two reports of a process: before its calls, and after them where it lived so long. */
  // biome-ignore lint/suspicious/noExplicitAny: what the script prints follows from what it was asked.
  private start(calls: readonly Call[], options: Inner): any[] {
    const [command = process.execPath, ...args] = [
      ...this.wrapper(),
      process.execPath,
      join(import.meta.dirname, "call-writes.mjs"),
    ];
    const input = JSON.stringify({ stateDir: this.stateDir, calls, ...options });
    const { stdout, stderr, signal, status } = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
    const isKilled = signal === "SIGKILL" || status === 137;
    if (status !== 0 && !isKilled) throw new Error(`the calls ended with ${status ?? signal}: ${stderr.toString()}`);
    return stdout
      .toString()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}
