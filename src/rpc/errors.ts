import { type ErrorDataByKind, type ErrorKind, errors } from "../../generated/errors.gen.js";

/** An error's data as a handler gives it: its kind and the request's id are added by us. */
export type ErrorDetails<K extends ErrorKind> = Omit<ErrorDataByKind[K], "kind" | "request_id">;

/** The one error that callers see; everything else that is thrown becomes `internal_error`. */
export class RpcError<K extends ErrorKind = ErrorKind> extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(
    readonly kind: K,
    readonly details: ErrorDetails<K>,
    message: string,
  ) {
    super(message);
    this.code = errors[kind].code;
  }
}

/** Makes an error of the specification's catalogue; `message` says which field, what was wanted and what is there. */
export function rpcError<K extends ErrorKind>(kind: K, details: ErrorDetails<K>, message: string): RpcError<K> {
  return new RpcError(kind, details, message);
}

/** An error that another daemon answered: it goes on to the caller byte for byte. */
export class PassedOnError extends RpcError {
  constructor(
    kind: ErrorKind,
    /** The error object as it came. */
    readonly encoded: Uint8Array,
    message: string,
  ) {
    super(kind, {} as ErrorDetails<ErrorKind>, message);
  }
}

/** Whether a word is one of the catalogue's kinds. */
export const isErrorKind = (word: unknown): word is ErrorKind =>
  typeof word === "string" && Object.hasOwn(errors, word);
