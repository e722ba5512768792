import { connect } from "node:net";
import type { CallContext } from "../rpc/context.js";
import { encodeJson } from "../rpc/encode.js";
import { isErrorKind, PassedOnError, rpcError } from "../rpc/errors.js";
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
    this.calls += 1;
    const id = this.calls;
    const body = `{"jsonrpc":"2.0","id":${id},"method":${JSON.stringify(method)},"params":${encodeJson(params)}}`;
    const headers: Record<string, string> = { host: "localhost", ...(key !== undefined && { "x-public-key": key }) };
    const answered = await this.exchanged(forwarded, { body, headers, repeatable: !isWrite, signal });
    const reply = answerOf(answered, id);
    if ("malformed" in reply) throw this.unavailable(forwarded, "malformed", true, reply.malformed);
    this.isUp();
    if ("result" in reply) return reply.result;
    throw new PassedOnError(isErrorKind(reply.kind) ? reply.kind : "internal_error", reply.error, reply.message);
  }

  /** Why the daemon cannot be reached now, in words that name it; undefined where its socket takes a connection. */
  async trouble(): Promise<{ part: string; reason: string } | undefined> {
    const { name, socket } = this.options;
    const reason = await obstacleAt(socket);
    return reason === undefined ? undefined : { part: name, reason: `${socket}: ${reason}` };
  }

  private async exchanged(forwarded: Forwarded, post: Parameters<UpstreamHttp["post"]>[0]): Promise<Answered> {
    try {
      return await this.http.post(post);
    } catch (error) {
      if (!(error instanceof ExchangeFailed)) throw forwarded.isWrite ? this.silent(forwarded) : error;
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
    const { name, socket, log } = this.options;
    if (this.down !== reason)
      log.warn("an upstream daemon does not answer as it should", { upstream: name, socket, reason, why });
    this.down = reason;
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

/** Connects and hangs up again. */
const obstacleAt = (socket: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const probe = connect(socket);
    const end = (obstacle: string | undefined) => {
      probe.destroy();
      resolve(obstacle);
    };
    probe.setTimeout(PROBE_MS, () => end("it takes no connection in time"));
    probe.once("connect", () => end(undefined));
    probe.once("error", (error) => end(error.message));
  });
