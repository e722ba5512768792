import type { IncomingMessage } from "node:http";
import { type AnswerParts, answerBody } from "../rpc/answer.js";
import { readBody, refuseLongBody } from "./body.js";
import type { Reply, Request, Route, Routes } from "./exchange.js";
import { type PageParts, pages } from "./pages.js";
import { refuse } from "./refusal.js";

export interface RouteParts extends AnswerParts, PageParts {
  readonly limits: AnswerParts["limits"] & { readonly bodyBytes: number };
}

const json = { "Content-Type": "application/json" };

/** What the server has, by path. */
export function routes(parts: RouteParts): Routes {
  const calls: Route = { methods: ["POST"], answer: (request) => answerCalls(parts, request) };
  return new Map([["/rpc", calls], ["/", calls], ...pages(parts)]);
}

async function answerCalls(parts: RouteParts, request: Request): Promise<Reply> {
  const { message, connection, requestId } = request;
  refuseWrongForm(message);
  refuseLongBody(message, parts.limits.bodyBytes);
  const callerOf = request.identify();
  request.goAhead();
  const body = await readBody(message, parts.limits.bodyBytes, connection.broken);
  const { peer, gone } = connection;
  const chunks = await answerBody(parts, body, { requestId, caller: callerOf(body), peer, gone });
  return chunks === undefined ? { status: 204, chunks: [] } : { status: 200, headers: json, chunks };
}

/** The body must be plain JSON; a missing content type is taken for that, since the socket is local. */
function refuseWrongForm({ headers }: IncomingMessage): void {
  if (headers["content-encoding"] !== undefined) throw refuse(415, "a request body is sent without Content-Encoding");
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw refuse(501, "the only Transfer-Encoding this server knows is `chunked`", { Connection: "close" });
  }
  const type = headers["content-type"];
  if (type !== undefined && !isJson(type)) {
    throw refuse(415, "send the body as `Content-Type: application/json`", { Accept: "application/json" });
  }
}

function isJson(type: string): boolean {
  const [media = "", ...parameters] = type
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters.find((part) => part.startsWith("charset="));
  return media === "application/json" && (charset === undefined || /^charset="?utf-8"?$/.test(charset));
}
