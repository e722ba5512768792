/** A small seeded generator (mulberry32), so that a failing run can be repeated. */
export class Random {
  constructor(private state: number) {}

  /** A float in [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** An integer in [0, below). */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly T[]): T {
    const index = this.below(from.length);
    if (from.length === 0) throw new RangeError("nothing to pick from");
    return from[index] as T;
  }
}

/** One seed in `npm test`, many in `npm run test:deep`; `MOS_TEST_SEED` repeats a single one. */
export function seeds(deep: number): readonly number[] {
  const wanted = process.env.MOS_TEST_SEED;
  if (wanted) return [Number(wanted)];
  return Array.from({ length: process.env.MOS_TEST_DEEP === "1" ? deep : 1 }, (_, index) => 1 + index * 7919);
}
