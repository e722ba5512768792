import type { Settings } from "../config/settings.js";
import type { Log } from "../rpc/log.js";
import type { Sender } from "../rpc/sender.js";
import { HttpFront, type HttpParts } from "./http.js";
import { listen } from "./listen.js";
import { addressOf, listenAt, type Network } from "./tls/listen.js";
import { tlsTransport } from "./tls/transport.js";
import { unixTransport } from "./transport.js";

export interface ListenerParts extends Pick<HttpParts, "routes" | "limits" | "log" | "metrics"> {
  readonly identify: Readonly<Record<Sender["transport"], HttpParts["identify"]>>;
  readonly network: Network | undefined;
}

/** The daemon's listeners: the Unix socket, and the network where the settings say so. */
export class Listeners {
  readonly #fronts: readonly HttpFront[];
  readonly #local: HttpFront;
  readonly #remote: HttpFront | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(private readonly parts: ListenerParts) {
    const { identify, network, ...shared } = parts;
    this.#local = new HttpFront({ ...shared, transport: unixTransport, identify: identify.unix });
    if (network !== undefined) {
      const transport = tlsTransport({ ...network, ...shared });
      this.#remote = new HttpFront({ ...shared, transport, identify: identify.tls });
    }
    this.#fronts = [this.#local, ...(this.#remote === undefined ? [] : [this.#remote])];
  }

  /** Opens all of them, or none and throws `StartRefused`. */
  async open(socket: Settings["socket"], env: Parameters<typeof listen>[2], log: Log): Promise<void> {
    try {
      if (this.parts.network !== undefined && this.#remote !== undefined)
        this.#stops.push(await listenAt(this.#remote.server, this.parts.network.at));
      this.#stops.push(await listen(this.#local.server, socket, env, log));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Takes no more connections. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  /** Requests that are not answered yet. */
  get owed(): number {
    return this.#fronts.reduce((sum, front) => sum + front.open, 0);
  }

  /** From now on each answer closes its connection; resolves when none is owed. */
  async drain(): Promise<void> {
    await Promise.all(this.#fronts.map((front) => front.drain()));
  }

  /** Open connections by listener. */
  get connections(): Readonly<Record<string, number>> {
    return { unix: this.#local.connections, ...(this.#remote && { tls: this.#remote.connections }) };
  }

  /** Where the network is listened to, as `--listen` writes it. */
  get address(): string | undefined {
    return this.#remote && addressOf(this.#remote.server);
  }
}
