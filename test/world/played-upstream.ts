import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";

/** What came over one connection: the text of a whole HTTP request with a body. */
export interface Heard {
  readonly head: string;
  readonly body: { readonly id: number; readonly method: string; readonly params: unknown };
  readonly text: string;
  /** Which connection it came over, counted from 0. */
  readonly connection: number;
}

/** Answers a request, or does something else with its connection. */
export type Behaviour = (heard: Heard, socket: Socket) => void;

export const http = (body: string, status = "200 OK", type = "application/json"): string =>
  `HTTP/1.1 ${status}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Answers every call with this JSON. */
export const answering =
  (result: string): Behaviour =>
  ({ body }, socket) =>
    socket.write(http(`{"jsonrpc":"2.0","id":${body.id},"result":${result}}`));

/** An upstream daemon that a test plays, down to the bytes. */
export class PlayedUpstream {
  readonly heard: Heard[] = [];
  behave: Behaviour = answering("null");
  private connections = 0;
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  constructor(readonly path: string) {}

  async start(): Promise<void> {
    rmSync(this.path, { force: true });
    const server = createServer((socket) => this.take(socket));
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
  }

  /** Ends it as a killed process ends: its socket's file stays. */
  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => (this.server === undefined ? resolve(undefined) : this.server.close(resolve)));
  }

  private take(socket: Socket): void {
    const connection = this.connections;
    this.connections += 1;
    this.sockets.add(socket);
    let text = "";
    socket.on("error", () => {});
    socket.on("close", () => this.sockets.delete(socket));
    socket.setEncoding("utf8").on("data", (piece) => {
      text += piece;
      for (;;) {
        const end = text.indexOf("\r\n\r\n");
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
        const whole = Buffer.from(text);
        const until = Buffer.byteLength(text.slice(0, end + 4)) + length;
        if (end < 0 || !(whole.length >= until)) return;
        const request = whole.subarray(0, until).toString();
        text = whole.subarray(until).toString();
        const body = request.slice(end + 4);
        const heard = { head: request.slice(0, end), body: JSON.parse(body), text: body, connection };
        this.heard.push(heard);
        this.behave(heard, socket);
      }
    });
  }
}
