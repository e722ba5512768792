import { Agent, type IncomingMessage, request } from "node:http";

/** Where and how long the answers are. */
export interface Line {
  readonly socket: string;
  /** Longest answer that is taken, in bytes. */
  readonly maxBytes: number;
}

export interface Post {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a kept-alive connection may carry it, and whether it may be sent again where that one was dead. */
  readonly repeatable: boolean;
  readonly signal: AbortSignal;
}

/** What an upstream daemon's HTTP answered. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
}

/** The exchange failed before there was an answer. */
export class ExchangeFailed extends Error {
  override readonly name = "ExchangeFailed";

  constructor(
    readonly reason: "absent" | "refused" | "lost" | "too_large",
    /** Whether a byte of the request may have reached the other side. */
    readonly sent: boolean,
    message: string,
  ) {
    super(message);
  }
}

/** HTTP to one upstream daemon: kept-alive connections for what may be repeated, a fresh one for what may not. */
export class UpstreamHttp {
  private readonly kept = new Agent({ keepAlive: true, maxSockets: 64, keepAliveMsecs: 30_000 });

  constructor(readonly line: Line) {}

  /** Sends one request. Rejects with `ExchangeFailed`, or the signal's reason. */
  async post(post: Post): Promise<Answered> {
    if (!post.repeatable) return (await this.attempt(post, false)).answered();
    const first = await this.attempt(post, this.kept);
    // A kept connection can be closed by the other side in the instant it is used again.
    const { failure } = first;
    const wasStale = first.reused && failure instanceof ExchangeFailed && failure.reason === "lost" && !first.begun;
    return wasStale ? (await this.attempt(post, false)).answered() : first.answered();
  }

  private attempt({ body, headers, signal }: Post, agent: Agent | false): Promise<Attempt> {
    return new Promise((resolve) => {
      const attempt = new Attempt(resolve);
      const sent = request({
        socketPath: this.line.socket,
        path: "/rpc",
        method: "POST",
        agent,
        signal,
        headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      });
      let connected = false;
      sent.on("socket", (socket) => {
        connected = !socket.connecting;
        // A kept connection would collect a listener a request, for what has happened already.
        if (!connected)
          socket.once("connect", () => {
            connected = true;
          });
      });
      sent.on("response", (response) => attempt.take(response, this.line.maxBytes));
      sent.on("error", (error: NodeJS.ErrnoException) => {
        attempt.reused = sent.reusedSocket;
        attempt.fail(signal.aborted ? signal.reason : failed(error, connected, this.line.socket));
      });
      sent.end(body);
    });
  }
}

/** One try of one request. */
class Attempt {
  reused = false;
  /** Whether any of the answer has come. */
  begun = false;
  failure: unknown;
  private answer: Answered | undefined;

  constructor(private readonly done: (attempt: Attempt) => void) {}

  answered(): Answered {
    if (this.answer === undefined) throw this.failure;
    return this.answer;
  }

  fail(error: unknown): void {
    this.failure ??= error;
    this.done(this);
  }

  take(response: IncomingMessage, maxBytes: number): void {
    this.begun = true;
    const pieces: Buffer[] = [];
    let size = 0;
    response.on("data", (piece: Buffer) => {
      size += piece.length;
      pieces.push(piece);
      if (size > maxBytes)
        response.destroy(new ExchangeFailed("too_large", true, `its answer is longer than ${maxBytes} bytes`));
    });
    response.on("error", (error) =>
      this.fail(error instanceof ExchangeFailed ? error : new ExchangeFailed("lost", true, "it closed in mid-answer")),
    );
    response.on("end", () => {
      if (!response.complete) return this.fail(new ExchangeFailed("lost", true, "it closed in mid-answer"));
      const { statusCode: status = 0, headers } = response;
      this.answer = { status, type: headers["content-type"] ?? "", body: Buffer.concat(pieces) };
      this.done(this);
    });
  }
}

function failed(error: NodeJS.ErrnoException, connected: boolean, socket: string): ExchangeFailed {
  if (error instanceof ExchangeFailed) return error;
  const { code, message } = error;
  if (connected) return new ExchangeFailed("lost", true, `it closed before it answered (${message})`);
  if (code === "ENOENT") return new ExchangeFailed("absent", false, `there is no socket ${socket}`);
  return new ExchangeFailed("refused", false, `its socket takes no connection (${message})`);
}
