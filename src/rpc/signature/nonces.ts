import { createHash } from "node:crypto";
import { type RpcError, rpcError } from "../errors.js";
import type { Claims } from "./claims.js";
import { refused, type Unauthenticated } from "./refused.js";
import { outOfTime, type Span, TOLERANCE_S, type Window } from "./window.js";

export interface NonceLimits {
  /** Most nonces remembered for one key: what it may sign within the two minutes that a nonce can live. */
  readonly perKey: number;
}

/** The nonces of one key, by the second of their signature, since all of a second are forgotten together. */
type Remembered = Map<number, Set<string>>;

/**
 * Remembers which signatures were accepted, for as long as their times are. It is asked last, for keys of the access
 * list only: so strangers cannot fill it, and one key's flood leaves the others their room.
 */
export class NonceStore {
  readonly #keys = new Map<string, Remembered>();
  #sweptFrom = 0;
  #sweptTo = Number.POSITIVE_INFINITY;

  constructor(
    private readonly limits: NonceLimits,
    private readonly window: Window,
  ) {}

  /** How many nonces are remembered, of one key or of all. */
  size(key?: string): number {
    const stores = key === undefined ? [...this.#keys.values()] : [this.#keys.get(key) ?? new Map()];
    return stores.reduce((sum, seconds) => sum + sizeOf(seconds), 0);
  }

  /** How many keys have nonces here. */
  get keys(): number {
    return this.#keys.size;
  }

  /**
   * Uses up a verified signature's nonce; undefined where it was unused. Otherwise `replayed`, or `overloaded` where
   * the key has no room left (a live nonce is never forgotten early), or `clock` and `expired` where the body took
   * so long to come that the signature's time is over: its nonce would be forgotten before a replay is.
   */
  use(signed: Claims): Unauthenticated | RpcError<"overloaded"> | undefined {
    const span = this.window.span();
    this.#sweep(span);
    const late = outOfTime(signed, span);
    if (late !== undefined) return late.claiming(signed.key);
    const seconds = this.#keys.get(signed.key) ?? new Map<number, Set<string>>();
    // Of one length whatever came, and no slice of a header that would keep all of it in memory.
    const nonce = createHash("sha256").update(signed.nonce).digest("base64url");
    for (const known of seconds.values()) {
      if (known.has(nonce))
        return refused("replayed", "this nonce was used before; sign every request anew").claiming(signed.key);
    }
    if (sizeOf(seconds) >= this.limits.perKey) return full(seconds, span, this.limits);
    this.#keys.set(signed.key, seconds);
    const second = seconds.get(signed.created) ?? new Set<string>();
    seconds.set(signed.created, second.add(nonce));
    return undefined;
  }

  /** Forgets what can no longer be accepted, all keys' at once, and only when a second has passed since the last time. */
  #sweep({ earliest, horizon }: Span): void {
    if (earliest <= this.#sweptFrom && horizon >= this.#sweptTo) return;
    this.#sweptFrom = earliest;
    this.#sweptTo = horizon;
    for (const [key, seconds] of this.#keys) {
      for (const second of seconds.keys()) if (second < earliest || second > horizon) seconds.delete(second);
      if (seconds.size === 0) this.#keys.delete(key);
    }
  }
}

const sizeOf = (seconds: Remembered): number => [...seconds.values()].reduce((sum, { size }) => sum + size, 0);

function full(seconds: Remembered, { now }: Span, { perKey }: NonceLimits): RpcError<"overloaded"> {
  const oldest = Math.min(...seconds.keys());
  const retryAfter = Math.max(1, oldest + TOLERANCE_S + 1 - now) * 1000;
  const message = `this key has signed ${perKey} requests within two minutes, which is the most; nothing was done`;
  return rpcError("overloaded", { retry_after_ms: retryAfter }, message);
}
