import { randomBytes } from "node:crypto";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { rpcError } from "../rpc/errors.js";
import type { Identify, Verdict } from "../rpc/identity.js";
import type { Log } from "../rpc/log.js";
import type { Metrics } from "../rpc/metrics.js";
import { Connection } from "./connection.js";
import { exchange, logRefusal, type Routes } from "./exchange.js";
import type { Limits } from "./limits.js";
import { type Refusal, rawResponse, refusalOf, refusalOfConnection, refuse } from "./refusal.js";
import type { Transport } from "./transport.js";

export interface HttpParts {
  readonly transport: Transport;
  readonly routes: Routes;
  readonly identify: Identify;
  readonly limits: Limits;
  readonly log: Log;
  readonly metrics: Metrics;
}

const tooMany = (open: number): Refusal =>
  refusalOf(rpcError("overloaded", { retry_after_ms: 1000 }, `${open} requests are not answered yet; ask again later`));

/** The HTTP/1.1 front: framing, limits and turns. What a request means is its route's matter. */
export class HttpFront {
  readonly server: Server;
  readonly #connections = new WeakMap<Duplex, Connection>();
  readonly #instance = randomBytes(4).toString("hex");
  #requests = 0;
  #open = 0;
  #connected = 0;
  #draining = false;
  #onIdle = () => {};

  constructor(private readonly parts: HttpParts) {
    const { limits, transport } = parts;
    const options = {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: Math.min(limits.headerMs, limits.requestMs),
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      // Ours says so in the one error shape.
      requireHostHeader: false,
      // Node's own default would notice a slow request half a minute late.
      connectionsCheckingInterval: 1000,
    };
    const plain = refuse(400, "this port speaks TLS 1.3, and this is something else: use https");
    this.server = transport.serve(options, (socket) => {
      parts.metrics.connectionRefused("plain_text");
      this.#breakOff(socket, plain);
    });
    this.server.maxConnections = limits.connections;
    this.#listen();
  }

  /** Requests that are not answered yet. */
  get open(): number {
    return this.#open;
  }

  /** Connections that are open for HTTP. */
  get connections(): number {
    return this.#connected;
  }

  /** From now on each answer closes its connection; resolves when none is owed. */
  async drain(): Promise<void> {
    this.#draining = true;
    if (this.#open === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  #listen(): void {
    const { server } = this;
    const { transport } = this.parts;
    server.on(transport.ready, (socket: Socket) => {
      // At once: the kernel's word is about whoever connected, and the process may end at any moment.
      const sender = transport.senderOf(socket);
      if (sender === undefined) return void socket.destroy();
      this.#connections.set(socket, new Connection(socket, sender));
      this.#connected += 1;
      socket.once("close", () => {
        this.#connected -= 1;
      });
    });
    server.on("drop", () => this.parts.metrics.connectionRefused("limit"));
    server.on("request", (request, response) => this.#take(request, response, () => {}));
    server.on("checkContinue", (request, response) => this.#take(request, response, () => response.writeContinue()));
    server.on("checkExpectation", (request, response) =>
      this.#take(request, response, () => {
        throw refuse(417, "the only expectation this server meets is `100-continue`");
      }),
    );
    server.on("connect", (_request, socket) =>
      this.#breakOff(socket, refuse(405, "this server is no proxy", { Allow: "POST, GET, HEAD" })),
    );
    server.on("clientError", (error: NodeJS.ErrnoException, socket) =>
      this.#breakOff(socket, refusalOfConnection(error.code)),
    );
  }

  #take(message: IncomingMessage, response: ServerResponse, goAhead: () => void): void {
    const connection = this.#connections.get(message.socket);
    if (connection === undefined) return void message.socket.destroy();
    // What came in one piece with a request that was refused is not looked at any more.
    if (connection.isBroken) return;
    if (this.#open >= this.parts.limits.requests) return void this.#breakOff(message.socket, tooMany(this.#open));
    const { method = "", url: target = "", rawHeaders } = message;
    const identify = () => {
      const judged = this.parts.identify({ method, target, rawHeaders, sender: connection.sender });
      return { ...judged, verdict: (body: Uint8Array) => this.#counted(judged.verdict(body)) };
    };
    const admit = () => this.parts.transport.admit(message);
    const isLast = () => this.#draining;
    const request = { message, requestId: this.#nextId(), admit, identify, connection, goAhead, isLast };
    this.#open += 1;
    const answered = connection.inTurn(message, () => exchange(this.parts.routes, request, response, this.parts.log));
    answered.finally(() => {
      this.#open -= 1;
      if (this.#open === 0) this.#onIdle();
    });
  }

  #counted(verdict: Verdict): Verdict {
    this.parts.metrics.identified(verdict);
    return verdict;
  }

  #breakOff(socket: Duplex, refusal: Refusal): void {
    const end = () => {
      if (!socket.writable) return void socket.destroy();
      const requestId = this.#nextId();
      logRefusal(this.parts.log, refusal, requestId);
      socket.end(rawResponse(refusal, requestId), () => socket.destroy());
    };
    const connection = this.#connections.get(socket);
    if (connection === undefined) end();
    else void connection.breakOff(refusal, end);
  }

  /** Unique across restarts, short, and in order. */
  #nextId(): string {
    this.#requests += 1;
    return `${this.#instance}-${this.#requests}`;
  }
}
