// Generated from openrpc.json by `npm run generate`. Do not edit.
import type {
  ParseErrorErrorData,
  InvalidRequestErrorData,
  MethodNotFoundErrorData,
  InvalidParamsErrorData,
  InternalErrorErrorData,
  UnauthenticatedErrorData,
  PermissionDeniedErrorData,
  UpstreamUnavailableErrorData,
  OverloadedErrorData,
  TimeoutErrorData,
  UnsupportedErrorData,
  ToolMissingErrorData,
  CommandFailedErrorData,
  NotFoundErrorData,
  AlreadyExistsErrorData,
  InUseErrorData,
  ConflictErrorData,
  InvalidArgumentErrorData,
} from "./types.gen.js";

/** Every error that a caller can see, by its kind: the stable name in `error.data.kind`. */
export const errors = {
  parse_error: { code: -32700, message: "parse error" },
  invalid_request: { code: -32600, message: "invalid request" },
  method_not_found: { code: -32601, message: "method not found" },
  invalid_params: { code: -32602, message: "invalid params" },
  internal_error: { code: -32603, message: "internal error" },
  unauthenticated: { code: -32001, message: "unauthenticated" },
  permission_denied: { code: -32003, message: "permission denied" },
  upstream_unavailable: { code: -32004, message: "upstream unavailable" },
  overloaded: { code: -32005, message: "overloaded" },
  timeout: { code: -32006, message: "timeout" },
  unsupported: { code: 1001, message: "unsupported" },
  tool_missing: { code: 1002, message: "tool missing" },
  command_failed: { code: 1003, message: "command failed" },
  not_found: { code: 1004, message: "not found" },
  already_exists: { code: 1005, message: "already exists" },
  in_use: { code: 1006, message: "in use" },
  conflict: { code: 1007, message: "conflict" },
  invalid_argument: { code: 1008, message: "invalid argument" },
} as const;

export type ErrorKind = keyof typeof errors;

/** What `error.data` holds, by kind. */
export interface ErrorDataByKind {
  parse_error: ParseErrorErrorData;
  invalid_request: InvalidRequestErrorData;
  method_not_found: MethodNotFoundErrorData;
  invalid_params: InvalidParamsErrorData;
  internal_error: InternalErrorErrorData;
  unauthenticated: UnauthenticatedErrorData;
  permission_denied: PermissionDeniedErrorData;
  upstream_unavailable: UpstreamUnavailableErrorData;
  overloaded: OverloadedErrorData;
  timeout: TimeoutErrorData;
  unsupported: UnsupportedErrorData;
  tool_missing: ToolMissingErrorData;
  command_failed: CommandFailedErrorData;
  not_found: NotFoundErrorData;
  already_exists: AlreadyExistsErrorData;
  in_use: InUseErrorData;
  conflict: ConflictErrorData;
  invalid_argument: InvalidArgumentErrorData;
}
