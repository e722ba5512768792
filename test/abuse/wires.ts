import { once } from "node:events";
import { connect } from "node:net";
import { pause, statuses, Wire } from "../server/front.js";
import { Certificates } from "../world/certificates.js";
import { Daemon } from "../world/daemon.js";
import { accessListText, tokens } from "../world/people.js";
import { listening, portOf, Remote } from "../world/remote.js";
import type { Seen } from "./attacks.js";

/** A daemon with both of its listeners, for bytes that no client would send. */
export class Wires {
  private constructor(
    readonly daemon: Daemon,
    private readonly remote: Remote,
    private readonly made: Certificates,
  ) {}

  static async start(...flags: string[]): Promise<Wires> {
    const made = new Certificates();
    const own = made.make({ hosts: ["localhost", "127.0.0.1", "node"] });
    const acl = made.write("acl.toml", accessListText("read"));
    const daemon = await Daemon.start(["--acl", acl, ...listening(own), "--check-results", ...flags]);
    return new Wires(daemon, new Remote(portOf(daemon), own.certificate), made);
  }

  async stop(): Promise<void> {
    await this.daemon.stop();
    this.made.remove();
  }

  async open(transport: Transport, from?: string): Promise<Wire> {
    if (transport === "tls") return this.remote.open(from);
    const socket = connect(this.daemon.socket);
    await once(socket, "connect");
    return new Wire(socket);
  }

  /** What comes back for some bytes: until the daemon closes, or all that is expected is there and a moment has passed. */
  async exchange(transport: Transport, bytes: string, expected: Seen): Promise<string> {
    const wire = await this.open(transport);
    wire.socket.write(Buffer.from(bytes, "latin1"));
    const isAll = () =>
      statuses(wire.received).length >= expected.statuses.length &&
      answered(wire.received).length >= expected.ids.length;
    for (let waited = 0; waited < 20_000 && !wire.closed && !isAll(); waited += 2) await pause(2);
    // Long enough for an answer that nobody should get.
    for (let waited = 0; waited < 40 && !wire.closed; waited += 2) await pause(2);
    wire.socket.destroy();
    return wire.received;
  }
}

export type Transport = "unix" | "tls";
export const transports = ["unix", "tls"] as const;

/** A request to `POST /rpc` by a reader, with its length announced unless the headers say otherwise. */
export const request = (id: string, ...headers: readonly string[]): string => {
  const body = call(id);
  return head([`Content-Length: ${body.length}`, ...headers]) + body;
};

export const call = (id: string): string => JSON.stringify({ jsonrpc: "2.0", id, method: "rpc.health" });

/** A request's head by a reader. */
export const head = (headers: readonly string[], first = "POST /rpc HTTP/1.1"): string =>
  [
    first,
    "Host: node",
    "Content-Type: application/json",
    `Authorization: Bearer ${tokens.reader}`,
    ...headers,
    "",
    "",
  ].join("\r\n");

/** The ids of the calls that were answered well. */
export const answered = (text: string): string[] =>
  [...text.matchAll(/"id":"([^"]+)","result"/g)].map(([, id]) => id ?? "");
