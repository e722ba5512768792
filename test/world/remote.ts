import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Agent, type AgentOptions, request } from "node:https";
import { connect as connectPlain } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Wire } from "../server/front.js";
import type { Certified } from "./certificates.js";
import type { Daemon } from "./daemon.js";
import type { Received } from "./peer.js";

/** The flags with which a daemon listens on a free port of the loopback, with this certificate. */
export const listening = ({ certificate, key }: Certified): readonly string[] => [
  ...["--listen", "127.0.0.1:0"],
  ...["--tls-certificate", certificate],
  ...["--tls-key", key],
];

/** The port that a daemon listens on, which its log tells. */
export function portOf(daemon: Daemon): number {
  const [, port] = /"listen":"[^"]*:(\d+)"/.exec(daemon.log) ?? [];
  if (port === undefined) throw new Error(`the daemon does not listen on the network:\n${daemon.log}`);
  return Number(port);
}

export interface RemoteRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
}

/** A client somewhere else: it trusts `ca`, and has a certificate of its own or none. */
export class Remote {
  constructor(
    readonly port: number,
    private readonly ca: string,
    private readonly own?: Certified,
    private readonly host = "localhost",
  ) {}

  /** The same, with a certificate. */
  with(own: Certified): Remote {
    return new Remote(this.port, this.ca, own, this.host);
  }

  /** What `Host` says. */
  get authority(): string {
    return `${this.host}:${this.port}`;
  }

  get tls() {
    const own = this.own && { cert: readFileSync(this.own.certificate), key: readFileSync(this.own.key) };
    return { ca: readFileSync(this.ca), ...own };
  }

  agent(options: AgentOptions = {}): Agent {
    return new Agent({ ...this.tls, ...options });
  }

  /** One request, on a connection of its own unless there is an agent. */
  send(
    { method = "POST", path = "/rpc", headers = {}, body = "" }: RemoteRequest,
    agent = this.agent(),
  ): Promise<Received> {
    return new Promise((resolve, reject) => {
      const place = { host: this.host, servername: this.host, port: this.port, family: 4 };
      const options = { ...place, method, path, headers: { ...headers }, agent };
      const sent = request(options, async (response) => {
        let text = "";
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode ?? 0, text });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  post(body: string, headers: RemoteRequest["headers"] = {}): Promise<Received> {
    return this.send({ body, headers: { "Content-Type": "application/json", ...headers } });
  }

  get(path: string, headers: RemoteRequest["headers"] = {}): Promise<Received> {
    return this.send({ method: "GET", path, headers });
  }

  /** A TLS connection of bare bytes, from another address of the loopback where one is named. */
  async open(localAddress?: string): Promise<Wire> {
    const from = localAddress === undefined ? {} : { localAddress };
    const place = { ...this.tls, ...from, host: "127.0.0.1", port: this.port, servername: this.host };
    const socket: TLSSocket = connectTls(place);
    await once(socket, "secureConnect");
    return new Wire(socket);
  }

  /** A TCP connection of bare bytes. */
  async openPlain(): Promise<Wire> {
    const socket = connectPlain(this.port, "127.0.0.1");
    await once(socket, "connect");
    return new Wire(socket);
  }
}
