import { type MethodInfo, type MethodName, methods } from "../../generated/methods.gen.js";
import { rpcError } from "./errors.js";

const neverAborted = new AbortController().signal;

export interface Timed {
  readonly method: MethodName;
  /** Who is waited for, if it is somebody else, for the error to name. */
  readonly answerer?: string | undefined;
  /** Aborted when the caller is gone; that aborts a read. */
  readonly gone: AbortSignal;
  /** Told how a call ended after its caller had got `timeout`: with a failure or, without one, well. */
  late(failure?: { readonly error: unknown }): void;
  /** The call no longer counts: it ended, or it was a read that was told to stop. Called at least once. */
  over(): void;
}

/**
 * Runs a handler under its method's `x-deadline-ms` and answers its value, or throws `timeout`.
 * A read is told to stop then and is counted out; a write goes on to its end and is counted until then.
 */
export async function underDeadline(timed: Timed, run: (signal: AbortSignal) => unknown): Promise<unknown> {
  const info: MethodInfo = methods[timed.method];
  const isWrite = info.right === "write" || info.right === "admin";
  const stop = new AbortController();
  const onGone = () => stop.abort(timed.gone.reason);
  if (timed.gone.aborted) onGone();
  timed.gone.addEventListener("abort", onGone, { once: true });

  const start = async () => {
    if (isWrite) return run(neverAborted);
    stop.signal.throwIfAborted();
    return run(stop.signal);
  };
  const work = start().finally(() => timed.over());
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      work.then(
        () => timed.late(),
        (error) => timed.late({ error }),
      );
      if (!isWrite) timed.over();
      const error = timeout(timed, info.deadlineMs, isWrite);
      stop.abort(error);
      reject(error);
    }, info.deadlineMs);
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
    timed.gone.removeEventListener("abort", onGone);
  }
}

function timeout({ method, answerer }: Timed, deadlineMs: number, isWrite: boolean) {
  const waited = answerer === undefined ? "" : ` (${answerer} has not answered)`;
  const after = isWrite ? " and goes on: ask what is there before asking again" : "";
  const message = `${method} did not end within ${deadlineMs} ms${waited}${after}`;
  return rpcError("timeout", { deadline_ms: deadlineMs, may_have_happened: isWrite }, message);
}
