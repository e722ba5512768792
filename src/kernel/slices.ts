import { setImmediate as nextTurn } from "node:timers/promises";

/** How long work on the main thread goes on before others get a turn, in milliseconds. */
const SLICE_MS = 4;

let sliceEnds = 0;
let turn: Promise<void> | undefined;

/**
 * To be awaited between small pieces of synchronous work: at once while the present slice lasts, else in a later turn
 * of the event loop. All work in the process shares one slice, so that many calls at once stall nobody either.
 */
export async function breathe(): Promise<void> {
  while (performance.now() >= sliceEnds) {
    turn ??= nextTurn().then(() => {
      turn = undefined;
      sliceEnds = performance.now() + SLICE_MS;
    });
    await turn;
  }
}

/** How many items are worked on between two looks at the clock. */
const STRIDE = 64;

/** Maps a long list in order with work that never waits, slice by slice. */
export async function mapInSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const [at, item] of items.entries()) {
    if (at % STRIDE === 0) await breathe();
    results.push(work(item));
  }
  return results;
}
