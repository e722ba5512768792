import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { SharedLooks } from "../../../src/kernel/shared-looks.js";

const patient = () => new AbortController().signal;

/** A look that ends when it is told to. */
function controlled() {
  const ends: ((answer: string) => void)[] = [];
  const signals: AbortSignal[] = [];
  const work = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<string>((resolve, reject) => {
      ends.push(resolve);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  };
  return { ends, signals, work };
}

describe("callers who ask the same at the same time", () => {
  it("share one look when they come together", async () => {
    const looks = new SharedLooks<string>();
    const { ends, work } = controlled();
    const answers = [1, 2, 3].map(() => looks.of("disks", patient(), work));
    await sleep(1);
    expect(ends).toHaveLength(1);
    ends[0]?.("same");
    expect(await Promise.all(answers)).toEqual(["same", "same", "same"]);
  });

  it("never get an answer that is older than their question", async () => {
    const looks = new SharedLooks<string>();
    const { ends, work } = controlled();
    const early = looks.of("disks", patient(), work);
    await sleep(1);
    const late = [1, 2].map(() => looks.of("disks", patient(), work));
    await sleep(1);
    expect(ends).toHaveLength(1);
    ends[0]?.("old");
    expect(await early).toBe("old");
    await sleep(1);
    expect(ends).toHaveLength(2);
    ends[1]?.("new");
    expect(await Promise.all(late)).toEqual(["new", "new"]);
  });

  it("do not wait behind a look that does not end", async () => {
    const looks = new SharedLooks<string>();
    const { ends, work } = controlled();
    void looks.of("disks", patient(), work);
    await sleep(1);
    const second = looks.of("disks", patient(), work);
    await sleep(1200);
    ends[1]?.("here");
    expect(await second).toBe("here");
  });

  it("share a failure, and the next one looks again", async () => {
    const looks = new SharedLooks<string>();
    const failing = () => Promise.reject(new Error("no"));
    const both = [looks.of("a", patient(), failing), looks.of("a", patient(), failing)];
    for (const one of both) await expect(one).rejects.toThrow("no");
    expect(await looks.of("a", patient(), async () => "yes")).toBe("yes");
  });

  it("get their own look for another question", async () => {
    const looks = new SharedLooks<string>();
    const answer = (text: string) => looks.of(text, patient(), async () => text);
    expect(await Promise.all([answer("a"), answer("b")])).toEqual(["a", "b"]);
  });
});

describe("callers who leave", () => {
  it("stop a look only when the last of them is gone", async () => {
    const looks = new SharedLooks<string>();
    const { signals, work } = controlled();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => looks.of("disks", signal, work));
    await sleep(1);
    first.abort();
    expect(signals[0]?.aborted).toBe(false);
    second.abort(new Error("gone"));
    expect(signals[0]?.aborted).toBe(true);
    for (const answer of answers) await expect(answer).rejects.toThrow("gone");
  });

  it("before it began leave nothing for those who come after them", async () => {
    const looks = new SharedLooks<string>();
    const { ends, work } = controlled();
    const running = looks.of("disks", patient(), work);
    await sleep(1);
    const gone = new AbortController();
    const left = looks.of("disks", gone.signal, work);
    gone.abort(new Error("gone"));
    const stays = looks.of("disks", patient(), async () => "fresh");
    ends[0]?.("old");
    expect([await running, await stays]).toEqual(["old", "fresh"]);
    await expect(left).rejects.toThrow("gone");
  });
});
