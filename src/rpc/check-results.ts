import type { MethodName } from "../../generated/methods.gen.js";
import type { Chunk } from "./encode.js";
import { rpcError } from "./errors.js";
import { parseExactly } from "./exact.js";
import type { Log } from "./log.js";
import { problemsOf } from "./problems.js";

/** Throws `internal_error` with reason `result_check_failed` where a result does not fit the specification. */
export type ResultCheck = (method: MethodName, encoded: Chunk, requestId: string) => void;

/** Loads the result validators, which only a checking daemon pays for. */
export async function resultCheck(log: Log): Promise<ResultCheck> {
  const { validateResult } = await import("../../generated/results.gen.js");
  return (method, encoded, requestId) => {
    // What is checked is what the caller will read, not what the handler meant to say.
    const text = typeof encoded === "string" ? encoded : Buffer.from(encoded).toString("utf8");
    const result = parseExactly(text);
    const validate = validateResult[method];
    if (validate(result)) return;
    const [problem] = problemsOf(validate.errors ?? [], result);
    log.error("a result does not fit the specification", {
      request_id: requestId,
      method,
      path: problem?.field ?? "",
      reason: problem?.reason ?? "",
    });
    const message = `the result of ${method} does not fit the specification and was withheld; the daemon's log says where`;
    throw rpcError("internal_error", { reason: "result_check_failed" }, message);
  };
}
