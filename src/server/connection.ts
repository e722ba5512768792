import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Sender } from "../rpc/sender.js";
import type { Refusal } from "./refusal.js";

/** With more requests than this waiting for their turn nothing further is read: each costs memory. */
const MOST_WAITING = 64;

/** One connection: who is at its other end, and its requests, answered one after the other. */
export class Connection {
  readonly #gone = new AbortController();
  readonly #broken = new AbortController();
  #isBroken = false;
  #latest: IncomingMessage | undefined;
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(
    readonly socket: Socket,
    readonly sender: Sender,
  ) {
    socket.once("close", () => this.#gone.abort());
    // After CONNECT Node's parser listens no more, and an error that nobody hears would end the process.
    socket.on("error", () => {});
    // Who only shut its sending half still reads; for who is gone, even writing nothing fails and closes.
    socket.once("end", () => this.isOpen && socket.write(""));
    // Reading a body lets Node read on, past this request.
    socket.on("resume", () => this.#holdBack());
  }

  /** Whether nothing further is taken from this connection. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Aborted when the connection is closed. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether an answer could still be sent. */
  get isOpen(): boolean {
    return this.socket.writable && !this.socket.writableEnded;
  }

  /** Aborted, with a `Refusal` for its reason, when no more of the request in progress will be understood. */
  get broken(): AbortSignal {
    return this.#broken.signal;
  }

  /** Runs the work of a request after all earlier ones of this connection, as pipelining wants its answers. */
  inTurn(request: IncomingMessage, work: () => Promise<void>): Promise<void> {
    this.#latest = request;
    this.#waiting += 1;
    this.#holdBack();
    this.#tail = this.#tail.then(work).then(() => {
      this.#waiting -= 1;
      if (this.#waiting === MOST_WAITING) this.socket.resume();
    });
    return this.#tail;
  }

  #holdBack(): void {
    if (this.#waiting > MOST_WAITING) this.socket.pause();
  }

  /** Ends the connection with a refusal: as the answer to the request that broke off, else by `raw` after all answers. */
  async breakOff(refusal: Refusal, raw: () => void): Promise<void> {
    if (this.#isBroken) return;
    this.#isBroken = true;
    if (this.#latest?.complete === false) return this.#broken.abort(refusal);
    await this.#tail;
    raw();
  }
}
