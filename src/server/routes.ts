import type { IncomingMessage } from "node:http";
import { type AnswerParts, answerBody } from "../rpc/answer.js";
import type { Sender } from "../rpc/sender.js";
import { readBody, refuseLongBody } from "./body.js";
import type { Reply, Request, Route, Routes } from "./exchange.js";
import { type PageParts, pages } from "./pages.js";
import { refuse } from "./refusal.js";

export interface RouteParts extends AnswerParts, PageParts {
  readonly limits: AnswerParts["limits"] & { readonly bodyBytes: number; readonly strangerBodyBytes: number };
}

const json = { "Content-Type": "application/json" };

/** What the server has, by path. */
export function routes(parts: RouteParts): Routes {
  const calls: Route = { methods: ["POST"], answer: (request) => answerCalls(parts, request) };
  return new Map([["/rpc", calls], ["/", calls], ...pages(parts)]);
}

/** Answers a request whose body is one call or a batch of them; `read` makes of the body what is answered. */
export async function answerCalls(
  parts: AnswerParts & { readonly limits: RouteParts["limits"] },
  request: Request,
  read: (body: Uint8Array) => Uint8Array = (body) => body,
): Promise<Reply> {
  const { message, connection, requestId } = request;
  const { sender, gone } = connection;
  refuseWrongForm(message, sender);
  refuseLongBody(message, parts.limits.bodyBytes);
  const judged = request.identify();
  const isTrusted = sender.transport === "unix" || judged.isKnown;
  const limit = isTrusted ? parts.limits.bodyBytes : Math.min(parts.limits.bodyBytes, parts.limits.strangerBodyBytes);
  refuseLongBody(message, limit);
  request.goAhead();
  const body = await readBody(message, limit, connection.broken);
  const chunks = await answerBody(parts, read(body), { requestId, caller: judged.verdict(body), sender, gone });
  return chunks === undefined ? { status: 204, chunks: [] } : { status: 200, headers: json, chunks };
}

/** The body must be plain JSON. Without a content type it is taken for that where no browser can have sent it. */
function refuseWrongForm({ headers }: IncomingMessage, { transport }: Sender): void {
  if (headers["content-encoding"] !== undefined) throw refuse(415, "a request body is sent without Content-Encoding");
  const coding = headers["transfer-encoding"];
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw refuse(501, "the only Transfer-Encoding this server knows is `chunked`", { Connection: "close" });
  }
  const type = headers["content-type"];
  if (type === undefined ? transport === "tls" : !isJson(type)) {
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
