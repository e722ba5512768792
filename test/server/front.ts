import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Right } from "../../generated/methods.gen.js";
import type { AnswerParts } from "../../src/rpc/answer.js";
import { identifyWithoutList } from "../../src/rpc/credentials.js";
import type { HandlerTable } from "../../src/rpc/handlers.js";
import { readSpecification } from "../../src/rpc/specification.js";
import { HttpFront } from "../../src/server/http.js";
import type { Limits } from "../../src/server/limits.js";
import type { Degradation } from "../../src/server/pages.js";
import { routes } from "../../src/server/routes.js";
import { listenOn } from "../../src/server/socket.js";
import { unixTransport } from "../../src/server/transport.js";
import { partsWith } from "../rpc/parts.js";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface FrontOptions {
  readonly handlers?: Partial<HandlerTable>;
  readonly limits?: Partial<Limits>;
  readonly parts?: Partial<AnswerParts>;
  readonly degraded?: () => readonly Degradation[];
  /** What every caller may do. */
  readonly right?: Right;
}

const defaults: Limits = {
  calls: 256,
  callsPerPeer: 32,
  batch: 1000,
  responseBytes: 64 << 20,
  bodyBytes: 1 << 20,
  strangerBodyBytes: 64 << 10,
  headerBytes: 16 << 10,
  headerMs: 5000,
  requestMs: 30_000,
  keepAliveMs: 75_000,
  requests: 8192,
  connections: 1024,
  connectionsPerAddress: 128,
};

const specification = readSpecification();

/** The HTTP front on a real socket in a folder of its own, around handlers of a test's own. */
export class Front {
  readonly folder = mkdtempSync(join(tmpdir(), "my-os-front-"));
  readonly socket = join(this.folder, "os.sock");
  readonly http: HttpFront;
  #stop = () => {};

  private constructor({
    handlers = {},
    limits: changed = {},
    parts: more = {},
    degraded = () => [],
    right = "read",
  }: FrontOptions) {
    const limits = { ...defaults, ...changed };
    const parts = partsWith(handlers, { limits, ...more });
    const figures = { metrics: parts.metrics, connections: () => ({ unix: this.http.connections }), owed: () => 0 };
    const place = { socket: this.socket, node: "0123456789abcdef0123456789abcdef" };
    const table = routes({ ...parts, limits, specification, place, degraded, groupsOf: () => [], figures });
    const identify = identifyWithoutList({ rightOf: () => right });
    this.http = new HttpFront({
      transport: unixTransport,
      routes: table,
      identify,
      limits,
      log: parts.log,
      metrics: parts.metrics,
    });
  }

  static async start(options: FrontOptions = {}): Promise<Front> {
    const front = new Front(options);
    front.#stop = await listenOn(front.http.server, front.socket);
    return front;
  }

  stop(): void {
    this.#stop();
    this.http.server.closeAllConnections();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One request through Node's own client. */
  send(method: string, path: string, headers: Record<string, string> = {}, body = ""): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.socket, method, path, headers, agent: false }, async (response) => {
        response.setEncoding("utf8");
        let text = "";
        for await (const chunk of response) text += chunk;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  post(body: string, headers: Record<string, string> = { "content-type": "application/json" }): Promise<Answer> {
    return this.send("POST", "/rpc", headers, body);
  }

  /** A connection of bare bytes. */
  async open(): Promise<Wire> {
    const socket = connect(this.socket);
    await once(socket, "connect");
    return new Wire(socket);
  }

  /** Everything that comes back for some bytes, until the server closes or `until` is seen. */
  async exchange(bytes: string | Buffer, until?: string | RegExp): Promise<string> {
    const wire = await this.open();
    wire.socket.write(bytes);
    const text = await wire.read(until);
    wire.socket.destroy();
    return text;
  }
}

/** A connection of bare bytes, and what came back on it. */
export class Wire {
  received = "";
  closed = false;

  constructor(readonly socket: Socket) {
    socket.setEncoding("utf8").on("data", (text) => {
      this.received += text;
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.closed = true;
    });
  }

  /** Everything received, once the server closed the connection or `until` is in it. */
  async read(until?: string | RegExp): Promise<string> {
    for (let waited = 0; waited < 20_000 && !this.closed; waited += 5) {
      if (until !== undefined && this.received.search(until instanceof RegExp ? until : escaped(until)) >= 0) break;
      await pause(5);
    }
    return this.received;
  }
}

const escaped = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A request's bytes, its length announced. */
export const post = (body: string, ...headers: readonly string[]): string =>
  [
    "POST /rpc HTTP/1.1",
    "Host: node",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
    "",
    body,
  ].join("\r\n");

export const rpc = (method: string, id: unknown = 1, params?: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) });

/** The status codes of all responses in what a connection received. */
export const statuses = (text: string): number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
