import type { MethodName } from "../../generated/methods.gen.js";
import type { Validator } from "../../generated/results.gen.js";
import type { Problem } from "../../generated/types.gen.js";
import type { Chunk } from "./encode.js";
import { rpcError } from "./errors.js";
import { parseExactly } from "./exact.js";
import type { Log } from "./log.js";
import type { Metrics } from "./metrics.js";
import { problemsOf } from "./problems.js";

/** What becomes of a result that does not fit: the caller gets an error, or gets it all the same. */
export type UnfitResults = "withheld" | "told";

/**
 * Judges a result by the specification. One that does not fit is counted, and told in the log, once a method where it
 * is passed on; where it is withheld `internal_error` with reason `result_check_failed` is thrown.
 */
export type ResultCheck = (method: MethodName, encoded: Chunk, requestId: string) => void;

/** Loads the result validators, which only a checking daemon pays for. */
export async function resultCheck(
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
  unfit: UnfitResults,
): Promise<ResultCheck> {
  const { validateResult } = await import("../../generated/results.gen.js");
  const told = new Set<MethodName>();
  return (method, encoded, requestId) => {
    // What is checked is what the caller will read, not what the handler meant to say.
    const text = typeof encoded === "string" ? encoded : Buffer.from(encoded).toString("utf8");
    const problem = misfit(validateResult[method], text);
    if (problem === undefined) return;
    metrics.resultUnfit(method);
    if (unfit === "told" && told.has(method)) return;
    told.add(method);
    log.error("a result does not fit the specification", {
      request_id: requestId,
      method,
      path: problem.field,
      reason: problem.reason,
    });
    if (unfit === "told") return;
    const message = `the result of ${method} does not fit the specification and was withheld; the daemon's log says where`;
    throw rpcError("internal_error", { reason: "result_check_failed" }, message);
  };
}

function misfit(validate: Validator, text: string): Problem | undefined {
  try {
    const result = parseExactly(text);
    if (validate(result)) return undefined;
    return problemsOf(validate.errors ?? [], result)[0] ?? { field: "", reason: "does not fit" };
  } catch (error) {
    // What is nested beyond reason exhausts the stack; no result of ours is.
    if (error instanceof RangeError) return { field: "", reason: "nested too deeply" };
    throw error;
  }
}
