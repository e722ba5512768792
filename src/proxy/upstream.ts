import type { CallContext } from "../rpc/context.js";
import { encodeJson } from "../rpc/encode.js";
import { isErrorKind, PassedOnError, RpcError, rpcError } from "../rpc/errors.js";
import { type Answered, ExchangeFailed, UpstreamHttp } from "./exchange.js";
import { readReply } from "./reply.js";

const PROBE_MS = 1000;

export interface UpstreamOptions {
  /** What people call the daemon. */
  readonly name: string;
  readonly socket: string;
  /** Longest answer that is taken, in bytes. */
  readonly maxBytes: number;
  readonly log: CallContext["log"];
}

/** One call as the upstream daemon gets it. */
export interface Forwarded {
  /** As the upstream knows it. */
  readonly method: string;
  readonly params: unknown;
  /** The caller's verified public key, if there is one. */
  readonly key: string | undefined;
  readonly isWrite: boolean;
  /** The method's, from the specification. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/** One of the two daemons that a MOS node answers through. */
export class Upstream {
  private readonly http: UpstreamHttp;
  private calls = 0;
  private down: string | undefined;

  constructor(private readonly options: UpstreamOptions) {
    this.http = new UpstreamHttp(options);
  }

  /** Answers the result's bytes as they came. Throws `PassedOnError`, `upstream_unavailable` or `internal_error`. */
  async call(forwarded: Forwarded): Promise<Uint8Array> {
    const { method, params, key, isWrite, signal } = forwarded;
    const [id, body] = this.request(method, encodeJson(params));
    const headers: Record<string, string> = { host: "localhost", ...(key !== undefined && { "x-public-key": key }) };
    const answered = await this.exchanged(forwarded, { body, headers, repeatable: !isWrite, signal });
    const reply = answerOf(answered, id);
    if ("malformed" in reply) throw this.unavailable(forwarded, "malformed", true, reply.malformed);
    this.isUp();
    if ("result" in reply) return reply.result;
    throw new PassedOnError(isErrorKind(reply.kind) ? reply.kind : "internal_error", reply.error, reply.message);
  }

  /** What is wrong with the daemon now, in words that name it; undefined where it answers a call. */
  async trouble(): Promise<{ part: string; reason: string } | undefined> {
    const { name, socket } = this.options;
    const reason = await this.obstacle();
    return reason === undefined ? undefined : { part: name, reason: `${socket}: ${reason}` };
  }

  /** Asks what costs nothing; that the daemon has no such method is an answer too. */
  private async obstacle(): Promise<string | undefined> {
    const [id, body] = this.request("rpc.health", "{}");
    const signal = AbortSignal.timeout(PROBE_MS);
    try {
      const reply = answerOf(
        await this.http.post({ body, headers: { host: "localhost" }, repeatable: false, signal }),
        id,
      );
      return "malformed" in reply ? reply.malformed : undefined;
    } catch (error) {
      return error instanceof ExchangeFailed ? error.message : `it has not answered within ${PROBE_MS} ms`;
    }
  }

  /** A request's id, which is our own, and its text. */
  private request(method: string, params: string): [id: number, body: string] {
    this.calls += 1;
    const id = this.calls;
    return [id, `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${params}}`];
  }

  private async exchanged(forwarded: Forwarded, post: Parameters<UpstreamHttp["post"]>[0]): Promise<Answered> {
    try {
      return await this.http.post(post);
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw forwarded.isWrite ? this.silent(forwarded) : this.waited(error);
      if (error.reason !== "too_large") throw this.unavailable(forwarded, error.reason, error.sent, error.message);
      const message = `${forwarded.method} of ${this.options.name}: ${error.message}: ask for less`;
      throw rpcError("internal_error", { reason: "response_too_large" }, message);
    }
  }

  private unavailable(
    { method, isWrite }: Forwarded,
    reason: "absent" | "refused" | "lost" | "malformed",
    sent: boolean,
    why: string,
  ) {
    const { name, socket } = this.options;
    this.isDown(reason, why);
    const may_have_happened = isWrite && sent;
    const after = may_have_happened
      ? "; the call may have been carried out: ask what is there before asking again"
      : "";
    return rpcError(
      "upstream_unavailable",
      { upstream: name, socket, upstream_method: method, reason, may_have_happened },
      `${name} does not answer ${method}: ${why}${after}`,
    );
  }

  /** A read was given up; where its deadline was why, that is the daemon's trouble. */
  private waited(error: unknown): unknown {
    if (error instanceof RpcError && error.kind === "timeout") this.isDown("silent", error.message);
    return error;
  }

  private isDown(reason: string, why: string): void {
    const { name, socket, log } = this.options;
    if (this.down !== reason)
      log.warn("an upstream daemon does not answer as it should", { upstream: name, socket, reason, why });
    this.down = reason;
  }

  /** A write was waited for beyond its deadline and beyond all patience. */
  private silent({ method, deadlineMs }: Forwarded) {
    const { name, log } = this.options;
    log.warn("an upstream daemon never answered a write", { upstream: name, upstream_method: method });
    const details = { deadline_ms: deadlineMs, may_have_happened: true };
    return rpcError("timeout", details, `${name} did not answer ${method}: ask what is there before asking again`);
  }

  private isUp(): void {
    if (this.down === undefined) return;
    this.down = undefined;
    this.options.log.info("an upstream daemon answers again", { upstream: this.options.name });
  }
}

function answerOf({ status, type, body }: Answered, id: number): ReturnType<typeof readReply> {
  const reply = readReply(body, id);
  if (!("malformed" in reply)) return reply;
  return { malformed: `HTTP ${status}${type === "" ? "" : ` with ${type.slice(0, 100)}`}: ${reply.malformed}` };
}
