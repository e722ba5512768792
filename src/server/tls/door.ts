import type { Socket } from "node:net";
import type { Log } from "../../rpc/log.js";
import type { Metrics } from "../../rpc/metrics.js";
import { networkOf, plainAddress } from "../../rpc/sender.js";
import { VerificationBudget } from "../../rpc/signature/budget.js";

export interface DoorLimits {
  readonly connectionsPerAddress: number;
  /** How long the first byte may take. */
  readonly headerMs: number;
}

/** A handshake takes a millisecond or two of the one thread: this is a tenth of it for one address. */
const HANDSHAKES = { burst: 100, perSecond: 50, peers: 4096 };
/** The first byte of TLS: the type of a handshake record. */
const HANDSHAKE = 0x16;

/** What a connection passes before TLS begins: how many its address has, how fast they come, and whether it is TLS. */
export class Door {
  readonly #open = new Map<string, number>();
  readonly #handshakes = new VerificationBudget(HANDSHAKES);

  constructor(
    private readonly limits: DoorLimits,
    private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  /** Calls `toTls` with a connection that begins as TLS does, and `refusePlain` with one that begins otherwise. */
  enter(socket: Socket, toTls: () => void, refusePlain: () => void): void {
    // An error that nobody hears would end the process.
    socket.on("error", () => {});
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return void socket.destroy();
    const address = networkOf(plainAddress(remoteAddress));
    const open = this.#open.get(address) ?? 0;
    if (open >= this.limits.connectionsPerAddress || this.#handshakes.spend(address) > 0) {
      this.log.debug("a connection was refused: too many from its address", { address, open });
      this.metrics.connectionRefused("address_limit");
      return void socket.destroy();
    }
    this.#open.set(address, open + 1);
    socket.once("close", () => this.#leave(address));
    this.#greet(socket, toTls, refusePlain);
  }

  #leave(address: string): void {
    const left = (this.#open.get(address) ?? 1) - 1;
    if (left > 0) this.#open.set(address, left);
    else this.#open.delete(address);
  }

  #greet(socket: Socket, toTls: () => void, refusePlain: () => void): void {
    const late = setTimeout(() => socket.destroy(), this.limits.headerMs);
    socket.once("close", () => clearTimeout(late));
    socket.once("data", (first: Buffer) => {
      clearTimeout(late);
      socket.pause();
      if (first[0] !== HANDSHAKE) return refusePlain();
      socket.unshift(first);
      toTls();
    });
  }
}
