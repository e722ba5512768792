import { expect } from "vitest";
import type { Right } from "../../generated/methods.gen.js";
import { Admission } from "../../src/rpc/admission.js";
import { type AnswerParts, answerBody } from "../../src/rpc/answer.js";
import { Audit } from "../../src/rpc/audit.js";
import type { Origin } from "../../src/rpc/dispatch.js";
import { rpcError } from "../../src/rpc/errors.js";
import type { HandlerTable } from "../../src/rpc/handlers.js";
import type { Caller } from "../../src/rpc/identity.js";
import type { Log, LogFields } from "../../src/rpc/log.js";
import { Metrics } from "../../src/rpc/metrics.js";

/** A local caller with a right, whatever policy gave it. */
export const localWith = (right: Right): Caller => ({ kind: "anonymous_local", right, countedAs: "uid:1000" });
export const local = localWith("read");
export const remote: Caller = { kind: "anonymous_remote", right: "none", countedAs: "198.51.100.7" };

/** What was logged, as `level message` with its fields. */
export interface LogBook extends Log {
  readonly lines: { readonly said: string; readonly fields: LogFields }[];
}

export function logBook(): LogBook {
  const lines: LogBook["lines"] = [];
  const at =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ said: `${level} ${message}`, fields });
    };
  return { lines, error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
}

/** An audit that nobody reads. */
const unaudited = new Audit({ obstacle: () => undefined, append: () => {} });

/** Everything that answers a body, around handlers of a test's own. */
export function partsWith(handlers: Partial<HandlerTable>, changes: Partial<AnswerParts> = {}): AnswerParts {
  return {
    service: {
      handlers: { "rpc.health": () => ({ status: "ok" }), ...handlers },
      absent: () => rpcError("unsupported", { reason: "not in this test", mode: "native" }, "not in this test"),
      explain: () => undefined,
    },
    admission: new Admission({ calls: 256, callsPerPeer: 32 }),
    audit: unaudited,
    log: logBook(),
    metrics: new Metrics(),
    limits: { batch: 1000, responseBytes: 1 << 20 },
    ...changes,
  };
}

export const origin = (changes: Partial<Origin> = {}): Origin => ({
  requestId: "test-1",
  caller: local,
  sender: { transport: "unix", peer: undefined },
  gone: new AbortController().signal,
  ...changes,
});

/** Sends a body as it is (or a value as JSON) and answers the text that came back, undefined for no content. */
export async function send(parts: AnswerParts, body: unknown, from: Origin = origin()): Promise<string | undefined> {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const chunks = await answerBody(parts, bytes, from);
  return chunks === undefined ? undefined : Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))).toString("utf8");
}

/** As `send`, parsed. */
export async function ask(parts: AnswerParts, body: unknown, from: Origin = origin()): Promise<unknown> {
  const text = await send(parts, body, from);
  return text === undefined ? undefined : JSON.parse(text);
}

export const call = (method: string, params?: unknown, id: unknown = 1): Record<string, unknown> => ({
  jsonrpc: "2.0",
  method,
  ...(params === undefined ? {} : { params }),
  ...(id === undefined ? {} : { id }),
});

/** The error object that a kind of the catalogue has on the wire, whatever else its data holds. */
export const failure = (code: number, kind: string, data: Record<string, unknown> = {}, id: unknown = 1) => ({
  jsonrpc: "2.0",
  id,
  error: expect.objectContaining({ code, data: expect.objectContaining({ kind, request_id: "test-1", ...data }) }),
});
