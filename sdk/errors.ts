import { type ErrorDataByKind, type ErrorKind, errors } from "../generated/errors.gen.js";

/** What the daemon answered instead of a result. `kind` is stable; `message` is for people. */
export class MyOsError<K extends ErrorKind = ErrorKind> extends Error {
  override readonly name = "MyOsError";

  constructor(
    /** What kind of error it is; the specification lists them. */
    readonly kind: K,
    /** JSON-RPC's number for it. */
    readonly code: number,
    message: string,
    /** What this kind says: `holders` of `in_use`, `field` of `invalid_argument`, … */
    readonly data: ErrorDataByKind[K],
    /** The method that was called. */
    readonly method: string,
  ) {
    super(message);
  }
}

/** Why there is no answer. */
export type ConnectionProblem =
  /** Nobody takes the connection, or its certificate is not good. */
  | "unreachable"
  /** The connection ended before the answer did. */
  | "lost"
  /** No answer came in time. */
  | "timeout"
  /** What came is no answer to this call. */
  | "malformed";

/** The daemon could not be asked, or its answer did not come. */
export class MyOsConnectionError extends Error {
  override readonly name = "MyOsConnectionError";

  constructor(
    readonly reason: ConnectionProblem,
    message: string,
    /** True where a write was sent: ask what is there before asking again. */
    readonly mayHaveHappened: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Whether an error is the daemon's, and of this kind where one is named; its `data` is then known.
 *
 *     if (isMyOsError(error, "in_use")) console.log(error.data.holders);
 */
export function isMyOsError(error: unknown): error is MyOsError;
export function isMyOsError<K extends ErrorKind>(error: unknown, kind: K): error is MyOsError<K>;
export function isMyOsError(error: unknown, kind?: ErrorKind): boolean {
  return error instanceof MyOsError && (kind === undefined || error.kind === kind);
}

/** The error object of a response, as an error to throw; what no specification knows is an `internal_error`. */
export function errorOf(method: string, { code, message, data }: WireError): MyOsError {
  const kind = isObject(data) && isKind(data.kind) ? data.kind : kindOf(code);
  return new MyOsError(kind, code, message, isData(data) ? data : ({ kind } as ErrorDataByKind[ErrorKind]), method);
}

export interface WireError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

// The daemon's data fits its kind by the specification; what another daemon passes on may hold less.
const isData = (data: unknown): data is ErrorDataByKind[ErrorKind] => isObject(data);

const isKind = (word: unknown): word is ErrorKind => typeof word === "string" && Object.hasOwn(errors, word);

const kindOf = (code: number): ErrorKind =>
  Object.keys(errors)
    .filter(isKind)
    .find((kind) => errors[kind].code === code) ?? "internal_error";

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
