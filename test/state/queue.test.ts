import { describe, expect, it } from "vitest";
import { WriteQueue } from "../../src/state/queue.js";

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

describe("a write queue", () => {
  it("runs work on one key in the order of asking, and other keys beside it", async () => {
    const queue = new WriteQueue();
    const seen: string[] = [];
    const { open, opened } = gate();
    const first = queue.run(["br0"], async () => {
      await opened;
      seen.push("first");
    });
    const second = queue.run(["br0"], async () => seen.push("second"));
    await queue.run(["br1"], async () => seen.push("other"));
    expect(queue.isBusy("br0")).toBe(true);
    open();
    await Promise.all([first, second]);
    expect(seen).toEqual(["other", "first", "second"]);
    await Promise.resolve();
    expect(queue.isBusy("br0")).toBe(false);
  });

  it("lets those go on that come after a failure", async () => {
    const queue = new WriteQueue();
    const failed = queue.run(["a", "b"], async () => {
      throw new Error("no");
    });
    const next = queue.run(["b"], async () => "yes");
    await expect(failed).rejects.toThrow("no");
    expect(await next).toBe("yes");
  });

  it("never lets two that want the same keys in another order wait for each other", async () => {
    const queue = new WriteQueue();
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    const orders = [["a", "b"], ["b", "a"], ["b", "a", "c"], ["a"]];
    await Promise.all(Array.from({ length: 200 }, (_, index) => queue.run(orders[index % 3] ?? [], work)));
    expect(most).toBe(1);
  });
});
