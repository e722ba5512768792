import { type RpcError, rpcError } from "./errors.js";
import type { Caller } from "./identity.js";

export interface CallLimits {
  /** Most calls running at once. */
  readonly calls: number;
  /** Most calls running at once for one user or address. */
  readonly callsPerPeer: number;
}

const RETRY_AFTER_MS = 100;

/** Counts running calls, so that neither one caller nor all together can pile up more than the daemon can carry. */
export class Admission {
  #running = 0;
  readonly #perPeer = new Map<string, number>();

  constructor(private readonly limits: CallLimits) {}

  /**
   * Counts one call in and answers how to count it out, which may be called more than once; throws `overloaded`.
   * A caller's calls of different lanes are counted apart.
   */
  enter(caller: Caller, lane = ""): () => void {
    const countedAs = `${caller.countedAs} ${lane}`;
    const ofPeer = this.#perPeer.get(countedAs) ?? 0;
    if (ofPeer >= this.limits.callsPerPeer) throw overloaded(`this caller already has ${ofPeer} calls running`);
    if (this.#running >= this.limits.calls) throw overloaded(`${this.#running} calls are already running`);
    this.#running += 1;
    this.#perPeer.set(countedAs, ofPeer + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      this.#leave(countedAs);
    };
  }

  #leave(countedAs: string): void {
    this.#running -= 1;
    const left = (this.#perPeer.get(countedAs) ?? 1) - 1;
    if (left > 0) this.#perPeer.set(countedAs, left);
    else this.#perPeer.delete(countedAs);
  }
}

const overloaded = (reason: string): RpcError =>
  rpcError("overloaded", { retry_after_ms: RETRY_AFTER_MS }, `${reason}; nothing was done, ask again later`);
