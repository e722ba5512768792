import { describe, expect, it } from "vitest";
import { breathe, mapInSlices } from "../../../src/kernel/slices.js";

/** Works for a while without waiting. */
const busyFor = (ms: number): void => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

describe("work in slices", () => {
  it("keeps the order of a long list and takes each item once", async () => {
    const items = Array.from({ length: 10_000 }, (_, at) => at);
    expect(await mapInSlices(items, (item) => item * 2)).toEqual(items.map((item) => item * 2));
  });

  it("gives others their turn, however many calls work at once", async () => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const one = async () => {
      for (let left = 40; left > 0; left -= 1) {
        await breathe();
        busyFor(1);
      }
    };
    await Promise.all([one(), one(), one(), one()]);
    clearInterval(ticking);
    // 160 ms of work, a turn for others at least every few of them.
    expect(turns).toBeGreaterThan(10);
  });
});
