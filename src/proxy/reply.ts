const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

// A byte order mark is not JSON, so it is left in for the parser to refuse.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What an upstream daemon answered; the bytes are its own, as they came. */
export type Reply =
  | { readonly result: Uint8Array }
  | { readonly error: Uint8Array; readonly message: string; readonly kind: unknown }
  | { readonly malformed: string };

/** Reads a JSON-RPC 2.0 response to the request with this id, and leaves `result` or `error` as the bytes they came as. */
export function readReply(body: Uint8Array, id: number): Reply {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(body));
  } catch (error) {
    return { malformed: `it is no JSON: ${error instanceof Error ? error.message.slice(0, 200) : error}` };
  }
  if (!isObject(value)) return { malformed: "it is no response object" };
  if (value.jsonrpc !== "2.0") return { malformed: "it is no JSON-RPC 2.0" };
  if (value.id !== id && !(value.id === null && "error" in value)) return { malformed: "it has another request's id" };
  const spans = membersOf(body);
  const [result, error] = [spans.get("result"), spans.get("error")];
  if ((result === undefined) === (error === undefined)) {
    return { malformed: "it holds not exactly one of `result` and `error`" };
  }
  if (result !== undefined) return { result };
  const failure = value.error;
  if (
    error === undefined ||
    !isObject(failure) ||
    !Number.isInteger(failure.code) ||
    typeof failure.message !== "string"
  ) {
    return { malformed: "its error is no error object" };
  }
  return { error, message: failure.message, kind: isObject(failure.data) ? failure.data.kind : undefined };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The members of a JSON object and the bytes of their values. The text must be valid: it is walked, not checked. */
function membersOf(json: Uint8Array): Map<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  let at = pastBlanks(json, pastBlanks(json, 0) + 1);
  while (!CLOSING.has(json[at] ?? 0)) {
    const keyEnd = endOfString(json, at);
    const key: unknown = JSON.parse(utf8.decode(json.subarray(at, keyEnd)));
    const start = pastBlanks(json, pastBlanks(json, keyEnd) + 1);
    const end = endOfValue(json, start);
    members.set(String(key), json.subarray(start, end));
    at = pastBlanks(json, end);
    if (json[at] === COMMA) at = pastBlanks(json, at + 1);
  }
  return members;
}

function pastBlanks(json: Uint8Array, from: number): number {
  let at = from;
  while (BLANK.has(json[at] ?? 0)) at += 1;
  return at;
}

function endOfString(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

function endOfValue(json: Uint8Array, start: number): number {
  let at = start;
  let depth = 0;
  for (;;) {
    const byte = json[at] ?? 0;
    if (depth === 0 && at > start && (byte === COMMA || CLOSING.has(byte) || BLANK.has(byte))) return at;
    if (byte === QUOTE) at = endOfString(json, at);
    else at += 1;
    if (OPENING.has(byte)) depth += 1;
    else if (CLOSING.has(byte)) depth -= 1;
    if (depth === 0 && (byte === QUOTE || CLOSING.has(byte))) return at;
  }
}
