import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

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

export interface Ran {
  /** One a call, in order; absent where the process was killed. */
  readonly answers: readonly Outcome[];
  /** The steps that were done, in order. */
  readonly steps: readonly string[];
  /** What verifying says after the calls, of everything that is managed. */
  readonly drift: readonly Drift[];
  readonly waiting: readonly { readonly kind: string; readonly id: string; readonly reason: string }[];
  readonly logged: readonly unknown[];
}

export interface RunOptions {
  /** All calls at once rather than one after the other. */
  readonly atOnce?: boolean;
  /** Ends the process with SIGKILL after the n-th step (from 1) of all that are done. */
  readonly dieAt?: number;
  /** Fails the n-th step. */
  readonly failAt?: number;
  /** The daemon's `PATH`. */
  readonly path?: string;
  /** The address that the caller is said to call from. */
  readonly address?: string;
  /** Milliseconds that the process goes on after its last answer, for what a call leaves to be done behind it. */
  readonly lingerMs?: number;
}

/** The native daemon on a state folder of its own, started anew for each run; `wrapper` puts it into a namespace. */
export class WriteBench {
  readonly stateDir = mkdtempSync(join(tmpdir(), "my-os-writes-"));

  constructor(private readonly wrapper: () => readonly string[]) {}

  /** Starts the daemon (which restores what its registries hold), makes the calls and ends. */
  run(calls: readonly Call[], options: RunOptions = {}): Ran {
    const output = this.start(calls, options);
    if (output === undefined) throw new Error("the process was killed");
    return output;
  }

  /** Runs until the process kills itself after step `dieAt`; false where there was no such step, and all was done. */
  dies(calls: readonly Call[], dieAt: number): boolean {
    return this.start(calls, { dieAt }) === undefined;
  }

  /** What a registry file holds, by key; nothing where there is no file. */
  registry(name: string): Record<string, Record<string, unknown>> {
    if (!readdirSync(this.stateDir).includes(`${name}.json`)) return {};
    return JSON.parse(readFileSync(join(this.stateDir, `${name}.json`), "utf8")).entries;
  }

  remove(): void {
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  private start(calls: readonly Call[], options: RunOptions): Ran | undefined {
    const [command = process.execPath, ...args] = [
      ...this.wrapper(),
      process.execPath,
      join(import.meta.dirname, "call-writes.mjs"),
    ];
    const input = JSON.stringify({ stateDir: this.stateDir, calls, ...options });
    const { stdout, stderr, signal, status } = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
    if (signal === "SIGKILL" || status === 137) return undefined;
    if (status !== 0) throw new Error(`the calls ended with ${status ?? signal}: ${stderr.toString()}`);
    return JSON.parse(stdout.toString());
  }
}
