import type { CallContext } from "../../src/rpc/context.js";

const silent = () => {};

/** A call as a handler sees it, by nobody in particular and without a deadline. */
export const callContext = (signal: AbortSignal = new AbortController().signal): CallContext => ({
  signal,
  requestId: "test",
  caller: { kind: "anonymous_local", right: "read", countedAs: "test" },
  log: { error: silent, warn: silent, info: silent, debug: silent },
});
