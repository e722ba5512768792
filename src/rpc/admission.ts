import { type RpcError, rpcError } from "./errors.js";
import type { Caller } from "./identity.js";

export interface CallLimits {
  /** Most calls running at once. */
  readonly calls: number;
  /** Most calls running at once for one user or address. */
  readonly callsPerPeer: number;
}

const RETRY_AFTER_MS = 100;

/**
 * Counts running calls, so that neither one caller nor all together can pile up more than the daemon can carry.
 * Those of different lanes are counted apart: where one is stuck, however many wait in it, the others have their room.
 */
export class Admission {
  readonly #running = new Map<string, number>();
  readonly #perPeer = new Map<string, number>();

  constructor(private readonly limits: CallLimits) {}

  /** Counts one call in and answers how to count it out, which may be called more than once; throws `overloaded`. */
  enter(caller: Caller, lane = ""): () => void {
    const countedAs = `${caller.countedAs} ${lane}`;
    const ofPeer = this.#perPeer.get(countedAs) ?? 0;
    if (ofPeer >= this.limits.callsPerPeer) throw overloaded(`this caller already has ${ofPeer} calls running`);
    const running = this.#running.get(lane) ?? 0;
    if (running >= this.limits.calls) throw overloaded(`${running} calls are already running`);
    this.#running.set(lane, running + 1);
    this.#perPeer.set(countedAs, ofPeer + 1);
    let inside = true;
    return () => {
      if (!inside) return;
      inside = false;
      leave(this.#running, lane);
      leave(this.#perPeer, countedAs);
    };
  }
}

function leave(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

const overloaded = (reason: string): RpcError =>
  rpcError("overloaded", { retry_after_ms: RETRY_AFTER_MS }, `${reason}; nothing was done, ask again later`);
