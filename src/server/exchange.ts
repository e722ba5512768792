import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { finished } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { type Chunk, lengthOf } from "../rpc/encode.js";
import { rpcError } from "../rpc/errors.js";
import type { Judged } from "../rpc/identity.js";
import type { Log } from "../rpc/log.js";
import { SenderGone } from "./body.js";
import type { Connection } from "./connection.js";
import { bodyOf, Refusal, refusalOf, refuse } from "./refusal.js";

/** One HTTP request as a route sees it. */
export interface Request {
  readonly message: IncomingMessage;
  readonly requestId: string;
  readonly connection: Connection;
  /** Throws the `Refusal` of what this listener does not take. */
  admit(): void;
  /** Judges by the head who asks; once per request. */
  identify(): Judged;
  /** Tells a sender that waits for it (`Expect: 100-continue`) to send the body, or refuses an unknown expectation. */
  goAhead(): void;
  /** Whether the connection ends with this answer, for the daemon is ending. */
  isLast(): boolean;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body's pieces; none for a status that has no body. */
  readonly chunks: readonly Chunk[];
}

export interface Route {
  /** Allowed methods, the first being the one to recommend. */
  readonly methods: readonly string[];
  answer(request: Request): Reply | Promise<Reply>;
}

export type Routes = ReadonlyMap<string, Route>;

/** How long a refused body is still read away, so that its sender comes to read the answer. */
const LINGER_MS = 1000;
/** A reader that takes nothing of its answer for this long is cut off. */
const STALLED_MS = 30_000;

/** Answers one request and ends when its response is out, or its connection closed; never throws. */
export async function exchange(routes: Routes, request: Request, response: ServerResponse, log: Log): Promise<void> {
  if (!request.connection.isOpen) return;
  const closed = once(response, "close", { signal: request.connection.gone }).catch(() => {});
  response.setHeader("X-Request-Id", request.requestId);
  // A call may take minutes of silence: only an answer that is not taken is timed, and an earlier one's clock may run.
  request.connection.socket.setTimeout(0);
  try {
    write(request, response, await answer(routes, request));
    response.end();
  } catch (error) {
    if (error instanceof SenderGone) return;
    const refusal = error instanceof Refusal ? error : unexpected(error, request, log);
    logRefusal(log, refusal, request.requestId);
    await sendRefusal(request, response, refusal);
  }
  await closed;
}

async function answer(routes: Routes, request: Request): Promise<Reply> {
  const { message } = request;
  if (message.httpVersionMajor !== 1) throw refuse(505, "this server speaks HTTP/1.1", { Connection: "close" });
  const hosts = countOf(message, "host");
  // Two hosts are two readings of one request, and HTTP/1.1 wants one.
  if (hosts > 1) throw refuse(400, "there are two Host headers", { Connection: "close" });
  if (hosts === 0 && message.httpVersion === "1.1")
    throw refuse(400, "the Host header is missing", { Connection: "close" });
  request.admit();
  const path = pathOf(message.url ?? "");
  const route = routes.get(path);
  if (route === undefined) throw refuse(404, "there is nothing here; calls go to POST /rpc");
  const { methods } = route;
  if (!methods.includes(message.method ?? "")) {
    throw refuse(405, `${path} takes ${methods.join(" and ")}`, { Allow: methods.join(", ") });
  }
  return route.answer(request);
}

/** Every id on the wire is found in a verbose log. */
export const logRefusal = (log: Log, { status, message }: Refusal, requestId: string): void =>
  log.debug("refused", { request_id: requestId, status, reason: message });

/** How often a header came; `headers` hides repetitions. */
function countOf({ rawHeaders }: IncomingMessage, name: string): number {
  return rawHeaders.filter((word, index) => index % 2 === 0 && word.toLowerCase() === name).length;
}

/** The path of a request target in origin form, or in the absolute form that RFC 9112 makes every server take. */
function pathOf(target: string): string {
  const path = target.startsWith("/") ? target : target.replace(/^https?:\/\/[^/?]*/i, "");
  const [bare = ""] = path.split("?", 1);
  return bare === "" && path !== target ? "/" : bare;
}

function write(request: Request, response: ServerResponse, { status, headers, chunks }: Reply): void {
  const length = chunks.reduce((sum, chunk) => sum + lengthOf(chunk), 0);
  response.setTimeout(STALLED_MS);
  if (request.isLast()) response.setHeader("Connection", "close");
  response.writeHead(status, { ...headers, ...(chunks.length > 0 ? { "Content-Length": length } : {}) });
  response.cork();
  for (const chunk of chunks) response.write(chunk);
  response.uncork();
}

async function sendRefusal(request: Request, response: ServerResponse, refusal: Refusal): Promise<void> {
  const { message, connection } = request;
  // Without the rest of the body the next request cannot be found, and the rest is not worth keeping.
  const last: Record<string, string> = message.complete ? {} : { Connection: "close" };
  const headers = { "Content-Type": "application/json", ...refusal.headers, ...last };
  write(request, response, { status: refusal.status, headers, chunks: bodyOf(refusal, request.requestId) });
  if (!message.complete && !connection.broken.aborted) {
    message.resume();
    await Promise.race([finished(message).catch(() => {}), wait(LINGER_MS, undefined, { ref: false })]);
  }
  response.end();
}

function unexpected(error: unknown, { requestId }: Request, log: Log): Refusal {
  log.error("a request failed", { request_id: requestId, error: error instanceof Error ? error.stack : String(error) });
  return refusalOf(rpcError("internal_error", {}, "internal error; the daemon's log says more under this request_id"));
}
