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
