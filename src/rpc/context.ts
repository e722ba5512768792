import type { Caller } from "./identity.js";
import type { Log } from "./log.js";

/** What a handler knows about the call besides its parameters. */
export interface CallContext {
  /**
   * Reads: aborted when the deadline passes or the caller is gone.
   * Writes: never aborted, for a write finishes what it began; its caller gets `timeout` meanwhile.
   */
  readonly signal: AbortSignal;
  /** One per HTTP request; the same id stands in the log and in every error. */
  readonly requestId: string;
  readonly caller: Caller;
  readonly log: Log;
}
