import { type MethodName, methods } from "../../generated/methods.gen.js";
import { nearest } from "../words/nearest.js";
import { authorise, isMethod, rightFor } from "./access.js";
import type { Admission } from "./admission.js";
import type { ResultCheck } from "./check-results.js";
import type { CallContext } from "./context.js";
import { underDeadline } from "./deadline.js";
import { type Chunk, EncodedJson, encodeJson } from "./encode.js";
import type { Call } from "./envelope.js";
import { RpcError, rpcError } from "./errors.js";
import type { Service } from "./handlers.js";
import type { Caller, Verdict } from "./identity.js";
import type { Log } from "./log.js";
import { validParams } from "./validate.js";

/** The HTTP request that a call came in. */
export interface Origin {
  readonly requestId: string;
  /** Who asks, or why that is not known: then every call is refused with it. */
  readonly caller: Verdict;
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal;
}

export interface DispatchParts {
  readonly service: Service;
  readonly admission: Admission;
  readonly log: Log;
  /** Present where results are checked against the specification. */
  readonly checkResult?: ResultCheck;
}

/** Runs one call, find → authorise → validate → call, and answers its encoded result or its error; never throws. */
export async function dispatch(parts: DispatchParts, call: Call, origin: Origin): Promise<Chunk | RpcError> {
  const { log } = parts;
  const started = performance.now();
  let outcome: Chunk | RpcError;
  try {
    outcome = await answer(parts, call, origin);
  } catch (error) {
    outcome =
      error instanceof RpcError ? error : (parts.service.explain(error) ?? unexpected(parts, call, origin, error));
  }
  log.debug("call", {
    request_id: origin.requestId,
    method: call.method.slice(0, 256),
    outcome: outcome instanceof RpcError ? outcome.kind : "ok",
    ms: Math.round((performance.now() - started) * 1000) / 1000,
  });
  return outcome;
}

async function answer(parts: DispatchParts, { method, params }: Call, origin: Origin): Promise<Chunk> {
  const { caller } = origin;
  if (caller instanceof RpcError) throw caller;
  authorise(caller, method, rightFor(method));
  if (!isMethod(method)) throw unknownMethod(method);
  const valid = validParams(method, params);
  const value = await run(parts, method, valid, caller, origin);
  const encoded = value instanceof EncodedJson ? value.bytes : encodeJson(value);
  parts.checkResult?.(method, encoded, origin.requestId);
  return encoded;
}

function run(
  { service, admission, log }: DispatchParts,
  method: MethodName,
  params: Readonly<Record<string, unknown>>,
  caller: Caller,
  { requestId, gone }: Origin,
): unknown {
  const handler: ((params: never, context: CallContext) => unknown) | undefined = service.handlers[method];
  if (handler === undefined) throw service.absent(method);
  // Health must be told under load too, and these answer at once.
  const over = methods[method].right === "none" ? () => {} : admission.enter(caller);
  const late = (error: unknown) =>
    log.debug("a call failed after its deadline", { request_id: requestId, method, reason: String(error) });
  // The method's own schema has just accepted the parameters, which is what its handler's type says of them.
  return underDeadline({ method, gone, late, over }, (signal) =>
    handler(params as never, { signal, requestId, caller, log }),
  );
}

function unknownMethod(method: string): RpcError {
  const shown = method.slice(0, 256);
  const meant = nearest(method, Object.keys(methods));
  const message = `there is no method \`${shown}\`${meant === undefined ? "" : `; did you mean \`${meant}\`?`}`;
  return rpcError("method_not_found", { method: shown, ...(meant === undefined ? {} : { nearest: meant }) }, message);
}

/** What nobody foresaw is told in the log, under the request's id, and nowhere else. */
function unexpected({ log }: DispatchParts, { method }: Call, { requestId, gone }: Origin, error: unknown): RpcError {
  const fields = { request_id: requestId, method: method.slice(0, 256) };
  if (gone.aborted) log.debug("a call was given up: its caller is gone", fields);
  else log.error("a call failed", { ...fields, error: error instanceof Error ? error.stack : String(error) });
  return rpcError("internal_error", {}, "internal error; the daemon's log says more under this request_id");
}
