import { setTimeout as sleep } from "node:timers/promises";

/** One look and those who wait for its answer; when the last of them is gone it is told to stop. */
class Look<T> {
  private readonly stop = new AbortController();
  private waiting = 0;
  private hasStarted = false;
  readonly answer: Promise<T>;

  constructor(after: Promise<unknown>, work: (signal: AbortSignal) => Promise<T>) {
    this.answer = after.then(() => {
      this.stop.signal.throwIfAborted();
      this.hasStarted = true;
      return work(this.stop.signal);
    });
  }

  /** Whether its answer will be no older than a question that is put now. */
  get isToCome(): boolean {
    return !this.hasStarted && !this.stop.signal.aborted;
  }

  async join(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    this.waiting += 1;
    const leave = () => {
      this.waiting -= 1;
      if (this.waiting === 0) this.stop.abort(signal.reason);
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await this.answer;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }
}

/** A look that takes longer than this (a disk that does not answer) keeps the next one waiting no more, in milliseconds. */
const LONGEST_WAIT_MS = 1000;

/**
 * Lets callers who ask the same at the same time share one look. Nobody's answer is older than the question: who comes
 * while a look is under way gets the next one, which starts when that has ended or has taken too long.
 */
export class SharedLooks<T> {
  private readonly newest = new Map<string, Look<T>>();

  /** The answer to `key`'s question. `work` is told to stop when everybody who waits for it is gone. */
  of(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const newest = this.newest.get(key);
    if (newest?.isToCome) return newest.join(signal);
    const look = new Look(newest ? endOrLate(newest) : Promise.resolve(), work);
    this.newest.set(key, look);
    const ended = () => {
      if (this.newest.get(key) === look) this.newest.delete(key);
    };
    look.answer.then(ended, ended);
    return look.join(signal);
  }
}

async function endOrLate({ answer }: Look<unknown>): Promise<void> {
  const stop = new AbortController();
  const late = sleep(LONGEST_WAIT_MS, undefined, { signal: stop.signal });
  await Promise.race([answer, late]).catch(() => {});
  stop.abort();
  await late.catch(() => {});
}
