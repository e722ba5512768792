import { refused, type Unauthenticated, wrongTime } from "./refused.js";

/** How far a signature's time may be from ours, in seconds. */
export const TOLERANCE_S = 60;
/** A clock that goes back further than this was wrong: we begin anew, or nobody could sign until it is there again. */
const STEP_BACK_S = 2 * TOLERANCE_S;

/** The times of signatures that are accepted at one moment, in seconds since the epoch, both ends included. */
export interface Span {
  readonly now: number;
  readonly earliest: number;
  readonly latest: number;
  /** Nothing accepted so far, by any reading of the clock, is later than this. */
  readonly horizon: number;
}

/**
 * Which signature times are accepted: near the clock, and never again a time whose nonces may be forgotten already,
 * be it for a restart of this process or for a clock that was set back.
 */
export class Window {
  #start: number;
  #highest: number;

  /** `clock` gives milliseconds since the epoch. */
  constructor(private readonly clock: () => number = Date.now) {
    const now = clock() / 1000;
    this.#start = Math.ceil(now);
    this.#highest = Math.floor(now);
  }

  span(): Span {
    const exact = this.clock() / 1000;
    const now = Math.floor(exact);
    if (now < this.#highest - STEP_BACK_S) {
      this.#start = Math.ceil(exact);
      this.#highest = now;
    }
    this.#highest = Math.max(this.#highest, now);
    return {
      now,
      earliest: Math.max(this.#start, this.#highest - TOLERANCE_S),
      latest: now + TOLERANCE_S,
      horizon: this.#highest + TOLERANCE_S,
    };
  }
}

/** Why a signature's time is not accepted at a moment; undefined where it is. */
export function outOfTime(
  { created, expires }: { readonly created: number; readonly expires?: number },
  { now, earliest, latest }: Span,
): Unauthenticated | undefined {
  // Right after a start the present second is not yet accepted: the answer's time is one that will be.
  const acceptable = Math.max(now, earliest);
  if (created < earliest) {
    const why = created < now - TOLERANCE_S ? `is ${now - created} s old` : "may have been accepted before this start";
    return wrongTime(acceptable, `the signature ${why}`);
  }
  if (created > latest) return wrongTime(acceptable, `the signature is from ${created - now} s in the future`);
  if (expires !== undefined && expires <= now) return refused("expired", "the signature has expired");
  return undefined;
}
