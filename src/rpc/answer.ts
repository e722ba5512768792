import { setImmediate as nextTurn } from "node:timers/promises";
import { type DispatchParts, dispatch, type Origin } from "./dispatch.js";
import { type Chunk, encodeJson, lengthOf } from "./encode.js";
import { type Call, type RequestId, readCall, readMessage } from "./envelope.js";
import { PassedOnError, RpcError, rpcError } from "./errors.js";

export interface AnswerParts extends DispatchParts {
  readonly limits: {
    /** Most requests in a batch. */
    readonly batch: number;
    /** Longest response body, in bytes. */
    readonly responseBytes: number;
  };
}

const MAX_MESSAGE = 1024;
/** How long a batch may keep other connections waiting, in milliseconds. */
const SLICE_MS = 10;

/** The response body to one request body, in pieces; undefined where JSON-RPC answers nothing. Never throws. */
export async function answerBody(parts: AnswerParts, body: Uint8Array, origin: Origin): Promise<Chunk[] | undefined> {
  const message = readMessage(body, parts.limits.batch);
  if (message instanceof RpcError) return refused(parts, message, origin);
  if ("one" in message) return answerOne(parts, message.one, origin, parts.limits.responseBytes);
  return answerBatch(parts, message.batch, origin);
}

async function answerOne(
  parts: AnswerParts,
  call: Call | RpcError,
  origin: Origin,
  room: number,
): Promise<Chunk[] | undefined> {
  if (call instanceof RpcError) return refused(parts, call, origin);
  const outcome = await dispatch(parts, call, origin);
  if (call.id === undefined) return undefined;
  if (outcome instanceof RpcError) return errorReply(outcome, call.id, origin.requestId);
  const reply = resultReply(outcome, call.id);
  return sizeOf(reply) <= room ? reply : errorReply(tooLarge(parts), call.id, origin.requestId);
}

/** What is no call never reaches the dispatcher, which logs the others. */
function refused({ log, metrics }: AnswerParts, error: RpcError, { requestId }: Origin): Chunk[] {
  metrics.called(undefined, error.kind, 0);
  log.debug("no call", { request_id: requestId, outcome: error.kind });
  return errorReply(error, null, requestId);
}

/** Runs a batch in order: whoever sends two writes in one relies on it. */
async function answerBatch(
  parts: AnswerParts,
  batch: readonly unknown[],
  origin: Origin,
): Promise<Chunk[] | undefined> {
  const replies: Chunk[] = [];
  let room = parts.limits.responseBytes - 1;
  let sliceEnds = performance.now() + SLICE_MS;
  for (const entry of batch) {
    const reply = await answerOne(parts, readCall(entry), origin, room);
    if (reply !== undefined) {
      replies.push(replies.length === 0 ? "[" : ",", ...reply);
      room -= sizeOf(reply) + 1;
    }
    if (performance.now() < sliceEnds) continue;
    await nextTurn();
    sliceEnds = performance.now() + SLICE_MS;
  }
  return replies.length === 0 ? undefined : [...replies, "]"];
}

const resultReply = (encoded: Chunk, id: RequestId): Chunk[] => around("result", encoded, id);

const around = (member: "result" | "error", encoded: Chunk, id: RequestId): Chunk[] => {
  const before = `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"${member}":`;
  return typeof encoded === "string" ? [`${before}${encoded}}`] : [before, encoded, "}"];
};

/** An error as a whole response object; `id` is null where the request's own could not be told. */
export function errorReply(error: RpcError, id: RequestId, requestId: string): Chunk[] {
  if (error instanceof PassedOnError) return around("error", error.encoded, id);
  const data = { kind: error.kind, request_id: requestId, ...error.details };
  const body = { code: error.code, message: error.message.slice(0, MAX_MESSAGE), data };
  return [`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${encodeJson(body)}}`];
}

const sizeOf = (chunks: readonly Chunk[]): number => chunks.reduce((sum, chunk) => sum + lengthOf(chunk), 0);

function tooLarge({ limits }: AnswerParts): RpcError {
  const message = `the response would be longer than ${limits.responseBytes} bytes: ask for less`;
  return rpcError("internal_error", { reason: "response_too_large" }, message);
}
