export interface BudgetLimits {
  /** Most verifications at once. */
  readonly burst: number;
  /** How many come back every second. */
  readonly perSecond: number;
  /** Most peers that are remembered. */
  readonly peers: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds of the clock when `tokens` was right. */
  at: number;
}

/**
 * How many signatures are verified for each peer, since each costs the one thread that everybody shares.
 * A peer that has used up its own leaves the others theirs.
 */
export class VerificationBudget {
  // In the order of last use: the first has had the longest time to fill up again.
  readonly #buckets = new Map<string, Bucket>();

  /** `clock` gives milliseconds and never goes back. */
  constructor(
    private readonly limits: BudgetLimits,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** How many peers are remembered. */
  get peers(): number {
    return this.#buckets.size;
  }

  /** Pays for one verification, or answers after how many milliseconds the peer can; 0 where it is paid. */
  spend(peer: string): number {
    const bucket = this.#bucketOf(peer);
    if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / this.limits.perSecond) * 1000);
    bucket.tokens -= 1;
    return 0;
  }

  /** Gives back what a verification cost, for a caller who turned out to be known. */
  refund(peer: string): void {
    // What is too much is cut off when the bucket is next used.
    this.#bucketOf(peer).tokens += 1;
  }

  #bucketOf(peer: string): Bucket {
    const now = this.clock();
    const known = this.#buckets.get(peer) ?? { tokens: this.limits.burst, at: now };
    const refilled = known.tokens + ((now - known.at) / 1000) * this.limits.perSecond;
    const bucket = { tokens: Math.min(this.limits.burst, refilled), at: now };
    this.#buckets.delete(peer);
    this.#buckets.set(peer, bucket);
    this.#makeRoom();
    return bucket;
  }

  /** Forgets whoever has been away longest, never the newcomer: many strangers must not shut out anyone. */
  #makeRoom(): void {
    for (const peer of this.#buckets.keys()) {
      if (this.#buckets.size <= this.limits.peers) return;
      this.#buckets.delete(peer);
    }
  }
}
