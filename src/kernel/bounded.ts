import { setImmediate as nextTurn } from "node:timers/promises";

/** How many reads of one walk run at once: enough to keep libuv's four threads busy, few enough to leave room for others. */
const AT_ONCE = 8;

/** Maps in order with at most `atOnce` calls under way, so that a walk over hundreds of devices never stalls the event loop. */
export async function mapBounded<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce: number = AT_ONCE,
): Promise<R[]> {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return results;
}

/** How many items are worked on before others get a turn: a few milliseconds' worth. */
const SLICE = 250;

/** Maps a long list in order, slice by slice, so that the event loop serves others in between. */
export async function mapInSlices<T, R>(items: readonly T[], work: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += SLICE) {
    if (at > 0) await nextTurn();
    results.push(...(await Promise.all(items.slice(at, at + SLICE).map(work))));
  }
  return results;
}
