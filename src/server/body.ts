import type { IncomingMessage } from "node:http";
import { refuse } from "./refusal.js";

/** The sender went away in the middle: there is nobody to answer. */
export class SenderGone extends Error {
  override readonly name = "SenderGone";
}

/** Refuses at once what says of itself that it is too long. */
export function refuseLongBody(request: IncomingMessage, limit: number): void {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLong(limit);
}

/**
 * The whole body, never more than `limit` bytes of it.
 * Throws `Refusal` 413, the refusal with which `broken` is aborted, or `SenderGone`.
 */
export async function readBody(request: IncomingMessage, limit: number, broken: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  await new Promise<void>((resolve, reject) => {
    const settle = (done: () => void) => () => {
      request.off("data", onData).off("end", onEnd).off("close", onClose);
      broken.removeEventListener("abort", onBroken);
      done();
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) settle(() => reject(tooLong(limit)))();
      else chunks.push(chunk);
    };
    const onEnd = settle(resolve);
    const onClose = settle(() => reject(new SenderGone()));
    const refuseBroken = settle(() => reject(broken.reason));
    // What broke off may be a later request of the connection: this one is whole then.
    const onBroken = () => {
      if (!request.complete) refuseBroken();
    };
    if (broken.aborted && !request.complete) return refuseBroken();
    broken.addEventListener("abort", onBroken);
    request
      .on("data", onData)
      .on("end", onEnd)
      .on("close", onClose)
      .on("error", () => {});
  });
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length);
}

const tooLong = (limit: number) => refuse(413, `a request body may hold at most ${limit} bytes`);
