import { STATUS_CODES } from "node:http";
import { errorReply } from "../rpc/answer.js";
import type { Chunk } from "../rpc/encode.js";
import { type RpcError, rpcError } from "../rpc/errors.js";

/** An answer below JSON-RPC. Its body is an error object all the same: clients learn one shape. */
export class Refusal extends Error {
  override readonly name = "Refusal";

  constructor(
    readonly status: number,
    readonly error: RpcError,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message);
  }
}

/** Refuses a request for its HTTP form; `reason` says what would be right. */
export const refuse = (status: number, reason: string, headers?: Readonly<Record<string, string>>): Refusal =>
  new Refusal(status, rpcError("invalid_request", { reason }, reason), headers);

/** A GET is refused with the same error as a call, and with HTTP's own word for it. */
export function refusalOf(error: RpcError, headers: Readonly<Record<string, string>> = {}): Refusal {
  switch (error.kind) {
    case "unauthenticated":
      return new Refusal(401, error, { "WWW-Authenticate": "Bearer", ...headers });
    case "permission_denied":
      return new Refusal(403, error, headers);
    case "overloaded":
      return new Refusal(503, error, headers);
    default:
      return new Refusal(500, error, headers);
  }
}

/** What Node's parser or its clock found wrong with a connection. */
export function refusalOfConnection(code: string | undefined): Refusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return refuse(431, "the request's head is too long");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return refuse(413, "the chunk extensions are too long");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refuse(408, "the request did not arrive in time");
    default:
      return refuse(400, "this is not a well-formed HTTP/1.1 request");
  }
}

export const bodyOf = (refusal: Refusal, requestId: string): Chunk[] => errorReply(refusal.error, null, requestId);

/** The whole response as text, for a connection whose parser has given up. */
export function rawResponse(refusal: Refusal, requestId: string): string {
  const body = bodyOf(refusal, requestId).join("");
  const head = {
    "Content-Type": "application/json",
    "Content-Length": String(Buffer.byteLength(body)),
    "X-Request-Id": requestId,
    ...refusal.headers,
    Connection: "close",
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ""}\r\n${lines.join("")}\r\n${body}`;
}
