import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { type ConnectionProblem, MyOsConnectionError } from "./errors.js";
import type { Address } from "./options.js";

export interface Sent {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether the daemon may have changed something once the request is on its way. */
  readonly isWrite: boolean;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** HTTP to one daemon over kept-alive connections. */
export class Transport {
  private readonly agent: HttpAgent;

  constructor(
    readonly address: Address,
    maxConnections: number,
  ) {
    const options = { keepAlive: true, maxSockets: maxConnections };
    this.agent =
      "socketPath" in address ? new HttpAgent(options) : new HttpsAgent({ ...options, minVersion: "TLSv1.3" });
  }

  /** The `Host` of every request. */
  get authority(): string {
    return "socketPath" in this.address ? "localhost" : this.address.authority;
  }

  /** Rejects with `MyOsConnectionError`, or the signal's reason. A write goes over a connection of its own. */
  send(sent: Sent): Promise<Received> {
    sent.signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const body = Buffer.from(sent.body);
      const headers = {
        host: this.authority,
        ...sent.headers,
        ...(sent.method === "POST" ? { "content-type": "application/json", "content-length": body.length } : {}),
      };
      const fail = (error: unknown) => {
        clearTimeout(timer);
        reject(sent.signal?.aborted ? sent.signal.reason : error);
      };
      const { path, method, signal } = sent;
      const request = this.request({ path, method, headers, signal, agent: sent.isWrite ? false : this.agent });
      let connected = false;
      const timer = setTimeout(() => {
        request.destroy(
          new MyOsConnectionError(
            "timeout",
            this.words(`did not answer in ${sent.timeoutMs} ms`),
            sent.isWrite && connected,
          ),
        );
      }, sent.timeoutMs);
      request.on("socket", (socket) => {
        connected = !socket.connecting;
        socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
          connected = true;
        });
      });
      request.on("error", (error) => fail(this.failed(error, connected, sent.isWrite)));
      request.on("response", (response) => {
        textOf(response).then(
          (text) => {
            clearTimeout(timer);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
          },
          (error) => fail(this.failed(error, true, sent.isWrite)),
        );
      });
      request.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }

  private request(options: object) {
    if ("socketPath" in this.address) return httpRequest({ ...options, socketPath: this.address.socketPath });
    const { host, port, tls } = this.address;
    const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
    return httpsRequest({ ...options, ...given, host, port, minVersion: "TLSv1.3" });
  }

  private failed(cause: NodeJS.ErrnoException, connected: boolean, isWrite: boolean): MyOsConnectionError {
    if (cause instanceof MyOsConnectionError) return cause;
    const reason: ConnectionProblem = connected ? "lost" : "unreachable";
    const why = connected
      ? `ended the connection before its answer (${cause.message})`
      : `cannot be reached: ${hint(cause)}`;
    return new MyOsConnectionError(reason, this.words(why), isWrite && connected, { cause });
  }

  private words(what: string): string {
    return `the daemon at ${"socketPath" in this.address ? this.address.socketPath : this.address.authority} ${what}`;
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

/** What keeps a connection from being made, in words that help. */
function hint({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return "there is no such socket; is my-os-server running?";
  if (code === "ECONNREFUSED") return "nobody listens there; is my-os-server running?";
  if (code === "EACCES") return "this user may not open the socket; is it in the socket's group?";
  if (code === "CERT_HAS_EXPIRED") return "its certificate has expired";
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return `its certificate is for another host (${message})`;
  if (code === "DEPTH_ZERO_SELF_SIGNED_CERT" || code === "SELF_SIGNED_CERT_IN_CHAIN") {
    return `its certificate is signed by an authority that is not trusted (${message}): name the authority with \`ca\``;
  }
  if (code === "UNABLE_TO_VERIFY_LEAF_SIGNATURE" || code === "UNABLE_TO_GET_ISSUER_CERT_LOCALLY") {
    return "its certificate is signed by an authority that is not trusted: name the authority with `ca`";
  }
  return message;
}
