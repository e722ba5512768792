import { createServer } from "node:https";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { Log } from "../../rpc/log.js";
import type { Metrics } from "../../rpc/metrics.js";
import { type ClientCertificate, plainAddress, type Sender } from "../../rpc/sender.js";
import type { Transport } from "../transport.js";
import { Door, type DoorLimits } from "./door.js";
import { contextOf, type TlsInForce } from "./in-force.js";
import { refuseStrangers } from "./rules.js";

export interface TlsParts {
  readonly inForce: TlsInForce;
  /** The hosts that the daemon answers for; undefined for those of the certificate. */
  readonly names: readonly string[] | undefined;
  readonly limits: DoorLimits;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** TCP, and on it TLS 1.3 only: HTTP in the clear is told so and refused. */
export function tlsTransport({ inForce, names, limits, log, metrics }: TlsParts): Transport {
  return {
    ready: "secureConnection",
    serve(options, refusePlain) {
      const server = createServer({
        ...options,
        ...contextOf(inForce.material),
        // Who has no certificate is asked for none again; a strange one is refused with words, not with an alert.
        requestCert: true,
        rejectUnauthorized: false,
        handshakeTimeout: limits.headerMs,
      });
      const begin = server.listeners("connection");
      const door = new Door(limits, log, metrics);
      server.removeAllListeners("connection");
      server.on("connection", (socket: Socket) => {
        const toTls = () => {
          for (const listener of begin) listener.call(server, socket);
        };
        door.enter(socket, toTls, () => refusePlain(socket));
      });
      // Node's own listener would have HTTP's error handler write to a connection that has no keys yet.
      server.removeAllListeners("tlsClientError");
      server.on("tlsClientError", ({ code, message }: NodeJS.ErrnoException, socket) => {
        log.debug("no TLS connection was made", { address: socket.remoteAddress, reason: code ?? message });
        metrics.connectionRefused("handshake");
        socket.destroy();
      });
      inForce.servedBy(server);
      return server;
    },
    senderOf: (socket) => senderOf(socket, inForce.material.hasClientCa),
    admit: (message) => refuseStrangers(message, names ?? inForce.material.names),
  };
}

function senderOf(socket: Socket, hasClientCa: boolean): Sender | undefined {
  const { remoteAddress } = socket;
  if (remoteAddress === undefined || !(socket instanceof TLSSocket)) return undefined;
  const certificate = clientCertificate(socket, hasClientCa);
  return { transport: "tls", address: plainAddress(remoteAddress), ...(certificate && { certificate }) };
}

function clientCertificate(socket: TLSSocket, hasClientCa: boolean): ClientCertificate | undefined {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  return {
    spki: certificate.publicKey.export({ type: "spki", format: "der" }),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    ...(hasClientCa && !socket.authorized ? { objection: String(socket.authorizationError) } : {}),
  };
}
