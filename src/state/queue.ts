/**
 * One line per resource (a bridge, a disk, the nft table): work on the same resource runs one after the other, in the
 * order of asking, and work on different ones side by side. Work must not queue again for a key that it holds.
 */
export class WriteQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs the work when everything that asked earlier for one of the keys has ended, and answers its value. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const turn = Promise.all(keys.map((key) => this.tails.get(key))).then(work);
    const ended: Promise<void> = turn.then(
      (): void => this.leave(keys, ended),
      (): void => this.leave(keys, ended),
    );
    // All keys are taken in the same instant, so two callers can never wait for each other.
    for (const key of keys) this.tails.set(key, ended);
    return turn;
  }

  /** Whether work on the key runs or waits. */
  isBusy(key: string): boolean {
    return this.tails.has(key);
  }

  private leave(keys: readonly string[], ended: Promise<unknown>): void {
    for (const key of keys) if (this.tails.get(key) === ended) this.tails.delete(key);
  }
}
