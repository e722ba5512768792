import { createServer, type IncomingMessage, type Server, type ServerOptions } from "node:http";
import type { Socket } from "node:net";
import { peerOf } from "../kernel/peer.js";
import type { Sender } from "../rpc/sender.js";

/** What one kind of listener has and another has not. */
export interface Transport {
  /** The event of the server that brings a connection which is ready for HTTP. */
  readonly ready: "connection" | "secureConnection";
  /** Makes the server; `refusePlain` answers who speaks HTTP where TLS is spoken. */
  serve(options: ServerOptions, refusePlain: (socket: Socket) => void): Server;
  /** Who is at the other end; undefined where that cannot be told any more. */
  senderOf(socket: Socket): Sender | undefined;
  /** Throws the `Refusal` of a request that only this kind of listener refuses. */
  admit(message: IncomingMessage): void;
}

/** The Unix socket: the kernel says who calls, and no browser can. */
export const unixTransport: Transport = {
  ready: "connection",
  serve(options) {
    const server = createServer(options);
    // Node's own switch, missing from its documentation: who shuts its sending half still gets its answers.
    Object.assign(server, { httpAllowHalfOpen: true });
    return server;
  },
  senderOf: (socket) => ({ transport: "unix", peer: peerOf(socket) }),
  admit: () => {},
};
