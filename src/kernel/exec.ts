import { findTool, TOOL_PACKAGES, type Tool } from "./tools.js";

/** The end of a tool's standard error that an error keeps: enough for its last words, bounded for the wire. */
const STDERR_KEPT = 4096;

export interface RunOptions {
  /** Ends the tool (SIGTERM, a second later SIGKILL) when the caller's deadline passes or the caller is gone. */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the tool is ended; default 10,000. */
  readonly deadlineMs?: number;
  /** The most bytes of output that are taken; default 64 MiB. More is a `CommandFailed`. */
  readonly maxBytes?: number;
  /** What the tool reads on standard input; default nothing. */
  readonly input?: string | Uint8Array;
  /** Exit codes that are answers and no failures; default only 0. */
  readonly okCodes?: readonly number[];
}

export interface RunResult {
  /** Everything on standard output, as bytes: names and paths need not be UTF-8. */
  readonly bytes: Buffer;
  /** The same as UTF-8 text. */
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The tool is not on `PATH`. The native layer answers it as `tool_missing`. */
export class ToolMissing extends Error {
  override readonly name = "ToolMissing";
  /** The Debian package that holds the tool. */
  readonly package: string;

  constructor(readonly tool: Tool) {
    super(`${tool} is not on PATH; the Debian package ${TOOL_PACKAGES[tool]} holds it`);
    this.package = TOOL_PACKAGES[tool];
  }
}

/** Throws `ToolMissing` where the tool is not installed: asked before a write that needs it begins. */
export async function requireTool(tool: Tool): Promise<void> {
  if ((await findTool(tool)).path === undefined) throw new ToolMissing(tool);
}

/** The tool ran and failed, was ended, or said too much. The native layer answers it as `command_failed`. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";

  constructor(
    /** The command, tool first. */
    readonly argv: readonly string[],
    /** −1 where a signal ended it. */
    readonly exitCode: number,
    /** The last 4,096 characters of standard error. */
    readonly stderr: string,
    why: string,
  ) {
    super(`${argv.join(" ")}: ${why}`);
  }
}

interface Outcome {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly code?: string | undefined;
}

/** Why a run is a failure, in words; undefined where its exit code is an answer. */
const failure = (outcome: Outcome, okCodes: readonly number[]): string | undefined => {
  if (outcome.timedOut) return "did not end within its deadline";
  if (outcome.isMaxBuffer) return "wrote more output than is taken";
  if (outcome.exitCode === undefined) return `ended by ${outcome.signal ?? outcome.code ?? "an unknown cause"}`;
  return okCodes.includes(outcome.exitCode) ? undefined : `exit code ${outcome.exitCode}`;
};

const lastWords = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? "" : Buffer.from(bytes).toString("utf8").trim().slice(-STDERR_KEPT);

/**
 * Runs a system tool: an argument array (never a shell), `LC_ALL=C`, a deadline, a cap on its output.
 * Rejects with `ToolMissing`, `CommandFailed`, or the signal's reason.
 */
export async function run(tool: Tool, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, deadlineMs = 10_000, maxBytes = 64 * 1024 * 1024, input, okCodes = [0] } = options;
  signal?.throwIfAborted();
  const { path } = await findTool(tool);
  if (path === undefined) throw new ToolMissing(tool);
  // Loaded at the first use: a daemon that reads the kernel directly never pays for it.
  const { execa } = await import("execa");
  const result = await execa(path, args, {
    argv0: tool,
    encoding: "buffer",
    env: { LC_ALL: "C", LANGUAGE: "C" },
    forceKillAfterDelay: 1000,
    maxBuffer: maxBytes,
    reject: false,
    stripFinalNewline: false,
    timeout: deadlineMs,
    ...(signal && { cancelSignal: signal }),
    ...(input === undefined ? { stdin: "ignore" as const } : { input }),
  });
  signal?.throwIfAborted();
  if (result.code === "ENOENT") throw new ToolMissing(tool);
  const why = failure(result, okCodes);
  const exitCode = result.exitCode ?? -1;
  const stderr = lastWords(result.stderr);
  if (why !== undefined) throw new CommandFailed([tool, ...args], exitCode, stderr, why);
  const bytes = Buffer.from(result.stdout ?? []);
  return { bytes, stdout: bytes.toString("utf8"), stderr, exitCode };
}
