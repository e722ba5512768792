import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { Admission } from "../../src/rpc/admission.js";
import type { CallContext } from "../../src/rpc/context.js";
import { ask, call, failure, localWith, logBook, origin, partsWith } from "./parts.js";

const caller = localWith("admin");
const read = "net.dns";
const write = "net.bridge.delete";
const bridge = { name: "br0" };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A handler that ends when the test says so, and what it was given. */
function held<T>(value: T) {
  let end: (value: T | PromiseLike<T>) => void = () => {};
  const contexts: CallContext[] = [];
  const handler = (_params: unknown, context: CallContext) => {
    contexts.push(context);
    return new Promise<T>((resolve) => {
      end = resolve;
    });
  };
  return { handler, contexts, end: () => end(value), fail: (error: Error) => end(Promise.reject(error)) };
}

describe("a read that does not end in time", () => {
  it("answers `timeout` at its deadline, is told to stop, and no longer counts", async () => {
    const { handler, contexts } = held<never>(undefined as never);
    const admission = new Admission({ calls: 1, callsPerPeer: 1 });
    const parts = partsWith({ [read]: handler }, { admission });
    const answer = ask(parts, call(read));
    await vi.advanceTimersByTimeAsync(methods[read].deadlineMs - 1);
    expect(contexts[0]?.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await answer).toEqual(
      failure(-32006, "timeout", { deadline_ms: methods[read].deadlineMs, may_have_happened: false }),
    );
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(() => admission.enter(caller)).not.toThrow();
  });

  it("may fail afterwards without harm", async () => {
    const log = logBook();
    const { handler, fail } = held<never>(undefined as never);
    const answer = ask(partsWith({ [read]: handler }, { log }), call(read));
    await vi.advanceTimersByTimeAsync(methods[read].deadlineMs);
    await answer;
    fail(new Error("too late"));
    await vi.advanceTimersByTimeAsync(0);
    expect(log.lines).toContainEqual({
      said: "debug a call failed after its deadline",
      fields: expect.objectContaining({ method: read, request_id: "test-1" }),
    });
  });
});

describe("a write that does not end in time", () => {
  it("goes on unharmed and counts until its end, while its caller hears that it may have happened", async () => {
    const { handler, contexts, end } = held<never>(undefined as never);
    const admission = new Admission({ calls: 1, callsPerPeer: 1 });
    const parts = partsWith({ [write]: handler }, { admission });
    const answer = ask(parts, call(write, bridge), origin({ caller }));
    await vi.advanceTimersByTimeAsync(methods[write].deadlineMs);
    expect(await answer).toEqual(failure(-32006, "timeout", { may_have_happened: true }));
    expect(contexts[0]?.signal.aborted).toBe(false);
    expect(await ask(parts, call(write, bridge), origin({ caller }))).toEqual(failure(-32005, "overloaded"));
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(() => admission.enter(caller)).not.toThrow();
  });
});

describe("a caller that goes away", () => {
  it("aborts its read", async () => {
    const gone = new AbortController();
    const { handler, contexts, end } = held<never>(undefined as never);
    const answer = ask(partsWith({ [read]: handler }), call(read), origin({ gone: gone.signal }));
    await vi.advanceTimersByTimeAsync(0);
    gone.abort();
    expect(contexts[0]?.signal.aborted).toBe(true);
    end();
    await answer;
  });

  it("does not abort its write", async () => {
    const gone = new AbortController();
    const { handler, contexts, end } = held<never>(undefined as never);
    const parts = partsWith({ [write]: handler });
    const answer = ask(parts, call(write, bridge), origin({ caller, gone: gone.signal }));
    await vi.advanceTimersByTimeAsync(0);
    gone.abort();
    expect(contexts[0]?.signal.aborted).toBe(false);
    end();
    await answer;
  });

  it("keeps the reads of its batch that are still to come from starting", async () => {
    const started = vi.fn(() => Promise.reject(new Error("nobody reads this")));
    const log = logBook();
    await ask(partsWith({ [read]: started }, { log }), [call(read), call(read)], origin({ gone: AbortSignal.abort() }));
    expect(started).not.toHaveBeenCalled();
    expect(log.lines.map(({ said }) => said)).not.toContain("error a call failed");
  });
});
