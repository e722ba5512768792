import { type MethodName, methods } from "../../generated/methods.gen.js";
import { nearest } from "../words/nearest.js";
import { isMethod, refusalFor, rightFor } from "./access.js";
import type { Admission } from "./admission.js";
import { type Audit, type AuditedCall, isWrite } from "./audit.js";
import { auditedParams } from "./audit-params.js";
import type { ResultCheck } from "./check-results.js";
import type { CallContext } from "./context.js";
import { type Timed, underDeadline } from "./deadline.js";
import { type Chunk, EncodedJson, encodeJson } from "./encode.js";
import type { Call } from "./envelope.js";
import { RpcError, rpcError } from "./errors.js";
import type { Service } from "./handlers.js";
import type { Caller, Verdict } from "./identity.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";
import type { Sender } from "./sender.js";
import { validParams } from "./validate.js";

/** The HTTP request that a call came in. */
export interface Origin {
  readonly requestId: string;
  /** Who asks, or why that is not known: then every call is refused with it. */
  readonly caller: Verdict;
  readonly sender: Sender;
  /** Aborted when the caller is gone. */
  readonly gone: AbortSignal;
}

export interface DispatchParts {
  readonly service: Service;
  readonly admission: Admission;
  readonly audit: Audit;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Present where results are checked against the specification. */
  readonly checkResult?: ResultCheck;
}

/** Runs one call, find → authorise → validate → call, and answers its encoded result or its error; never throws. */
export async function dispatch(parts: DispatchParts, call: Call, origin: Origin): Promise<Chunk | RpcError> {
  const started = performance.now();
  const admitted = admit(call.method, origin);
  if (admitted instanceof RpcError) refuse(parts, call, origin, admitted, started);
  const outcome = admitted instanceof RpcError ? admitted : await answer(parts, call, admitted, origin);
  const ms = performance.now() - started;
  const kind = outcome instanceof RpcError ? outcome.kind : "ok";
  parts.metrics.called(isMethod(call.method) ? call.method : undefined, kind, ms);
  parts.log.debug("call", {
    request_id: origin.requestId,
    method: call.method.slice(0, 256),
    outcome: kind,
    ms: Math.round(ms * 1000) / 1000,
  });
  return outcome;
}

/** A call whose caller may make it. */
interface Admitted {
  readonly method: MethodName;
  readonly caller: Caller;
}

function admit(method: string, { caller }: Origin): Admitted | RpcError {
  if (caller instanceof RpcError) return caller;
  const refusal = refusalFor(caller, method, rightFor(method));
  if (refusal !== undefined) return refusal;
  return isMethod(method) ? { method, caller } : unknownMethod(method);
}

function refuse({ audit }: DispatchParts, { method, params }: Call, origin: Origin, error: RpcError, started: number) {
  if (error.kind === "method_not_found") return;
  const isNamed = !(origin.caller instanceof RpcError) && isMethod(method);
  const refused = { what: method, error, started };
  audit.refused(isNamed ? { ...refused, params: () => auditedParams(methods[method], params) } : refused, origin);
}

/** Runs a call, and a write only where it can be audited. */
async function answer(parts: DispatchParts, call: Call, admitted: Admitted, origin: Origin): Promise<Chunk | RpcError> {
  const { method } = admitted;
  if (!isWrite(method)) return outcomeOf(parts, call, admitted, origin);
  const audited = parts.audit.begin(method, call, origin);
  if (audited instanceof RpcError) return audited;
  const outcome = await outcomeOf(parts, call, admitted, origin, audited.late);
  audited.end(outcome instanceof RpcError ? outcome : undefined);
  return outcome;
}

async function outcomeOf(
  parts: DispatchParts,
  { params }: Call,
  admitted: Admitted,
  origin: Origin,
  late?: AuditedCall["late"],
): Promise<Chunk | RpcError> {
  const { method } = admitted;
  const explained = (error: unknown) =>
    error instanceof RpcError ? error : (parts.service.explain(error) ?? unexpected(parts, method, origin, error));
  try {
    const valid = parts.service.passesParams ? (params ?? {}) : validParams(method, params);
    const value = await run(parts, admitted, valid, origin, (failure) => late?.(failure && explained(failure.error)));
    const encoded = value instanceof EncodedJson ? value.bytes : encodeJson(value);
    parts.checkResult?.(method, encoded, origin.requestId);
    return encoded;
  } catch (error) {
    return explained(error);
  }
}

function run(
  { service, admission, log }: DispatchParts,
  { method, caller }: Admitted,
  params: Readonly<Record<string, unknown>> | readonly unknown[],
  { requestId, gone }: Origin,
  ended: Timed["late"],
): unknown {
  const handler: ((params: never, context: CallContext) => unknown) | undefined = service.handlers[method];
  if (handler === undefined) throw service.absent(method);
  // Health must be told under load too, and these answer at once.
  const over = methods[method].right === "none" ? () => {} : admission.enter(caller, service.laneOf?.(method));
  const late: Timed["late"] = (failure) => {
    const fields = { request_id: requestId, method };
    if (failure !== undefined)
      log.debug("a call failed after its deadline", { ...fields, reason: String(failure.error) });
    ended(failure);
  };
  // The method's own schema has just accepted the parameters, which is what its handler's type says of them;
  // where it was not asked, the handler takes anything.
  return underDeadline({ method, gone, late, over, answerer: service.answererOf?.(method) }, (signal) =>
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
function unexpected({ log }: DispatchParts, method: MethodName, { requestId, gone }: Origin, error: unknown): RpcError {
  const fields = { request_id: requestId, method };
  if (gone.aborted) log.debug("a call was given up: its caller is gone", fields);
  else log.error("a call failed", { ...fields, error: error instanceof Error ? error.stack : String(error) });
  return rpcError("internal_error", {}, "internal error; the daemon's log says more under this request_id");
}
