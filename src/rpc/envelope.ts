import { type RpcError, rpcError } from "./errors.js";
import { parseExactly } from "./exact.js";

export type RequestId = string | number | null;

/** One well-formed request object of JSON-RPC 2.0. */
export interface Call {
  /** Absent for a notification. */
  readonly id?: RequestId;
  readonly method: string;
  /** By position, by name, or absent. */
  readonly params?: readonly unknown[] | Readonly<Record<string, unknown>>;
}

/** What a body holds; an error stands where a request object should. */
export type Message = RpcError | { readonly one: Call | RpcError } | { readonly batch: readonly unknown[] };

const MAX_ID_BYTES = 256;
// A byte order mark is not JSON, so it is left in for the parser to refuse.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a body: a parse error, one request, or a batch whose entries `readCall` then reads one by one. */
export function readMessage(body: Uint8Array, maxBatch: number): Message {
  const parsed = parse(body);
  if ("error" in parsed) return parsed.error;
  const { value } = parsed;
  if (!Array.isArray(value)) return { one: readCall(value) };
  if (value.length === 0) return invalid("a batch must hold at least one request");
  if (value.length > maxBatch)
    return invalid(`a batch may hold at most ${maxBatch} requests; this one has ${value.length}`);
  return { batch: value };
}

function parse(body: Uint8Array): { readonly value: unknown } | { readonly error: RpcError } {
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { error: parseError("the body is not UTF-8") };
  }
  if (text === "") return { error: parseError("the body is empty") };
  try {
    return { value: parseExactly(text) };
  } catch (error) {
    // The parser's words quote the body: enough to find the place, not enough to send it back.
    const words = error instanceof SyntaxError ? error.message.slice(0, 256) : "it is too deeply nested";
    return { error: parseError(`the body is not JSON: ${words}`) };
  }
}

/** Checks one entry against JSON-RPC 2.0 §4. */
export function readCall(value: unknown): Call | RpcError {
  if (!isObject(value)) return invalid("a request must be an object");
  if (own(value, "jsonrpc") !== "2.0") return invalid('`jsonrpc` must be the string "2.0"');
  const method = own(value, "method");
  if (typeof method !== "string") return invalid("`method` must be a string");
  const params = own(value, "params");
  if (params !== undefined && !Array.isArray(params) && !isObject(params)) {
    return invalid("`params` must be an array or an object, or absent");
  }
  const id = own(value, "id");
  if (id !== undefined && !isRequestId(id)) {
    return invalid(`\`id\` must be a string of at most ${MAX_ID_BYTES} bytes, a number up to 2^53 - 1, or null`);
  }
  return { method, ...(params === undefined ? {} : { params }), ...(id === undefined ? {} : { id }) };
}

// Beyond the safe numbers an id would come back as another one.
function isRequestId(id: unknown): id is RequestId {
  if (typeof id === "string") return Buffer.byteLength(id) <= MAX_ID_BYTES;
  return id === null || (typeof id === "number" && Math.abs(id) <= Number.MAX_SAFE_INTEGER);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// A missing member must not be found on the prototype.
const own = (object: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const parseError = (reason: string): RpcError => rpcError("parse_error", { reason }, reason);
const invalid = (reason: string): RpcError => rpcError("invalid_request", { reason }, reason);
