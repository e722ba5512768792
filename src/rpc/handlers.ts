import type { MethodName, MethodTypes } from "../../generated/methods.gen.js";
import type { CallContext } from "./context.js";
import type { EncodedJson } from "./encode.js";
import type { RpcError } from "./errors.js";

type Answer<T> = T | EncodedJson;

/** One function a method: its parameters are valid when it runs; it answers its result, or the result's bytes. */
export type HandlerTable = {
  readonly [M in MethodName]: (
    params: MethodTypes[M]["params"],
    context: CallContext,
  ) => Answer<MethodTypes[M]["result"]> | Promise<Answer<MethodTypes[M]["result"]>>;
};

/** What a daemon can do, and why it cannot do the rest of the specification. */
export interface Service {
  readonly handlers: Partial<HandlerTable>;
  /** The error of a method that has no handler. */
  absent(method: MethodName): RpcError;
  /** The catalogue's word for an error of the layers below the handlers, if it has one. */
  explain(error: unknown): RpcError | undefined;
  /** Parameters are somebody else's to judge: they reach the handlers as they came, an array included. */
  readonly passesParams?: boolean;
  /** Calls of different lanes are counted apart, so that one that is stuck leaves room for the others. */
  laneOf?(method: MethodName): string;
  /** Who else's answer a method waits for, as people call it; undefined where nobody's. */
  answererOf?(method: MethodName): string | undefined;
}
