export type { CallOptions, Client, Given, Integers } from "../generated/client.gen.js";
export { type ErrorDataByKind, type ErrorKind, errors } from "../generated/errors.gen.js";
export {
  type MethodInfo,
  type MethodName,
  type MethodTypes,
  methods,
  type Right,
  version,
} from "../generated/methods.gen.js";
export type * from "../generated/types.gen.js";
export { type BatchCall, type BatchOutcome, connect, type Health, type MyOs, type WhoAmI } from "./connect.js";
export { type ConnectionProblem, isMyOsError, MyOsConnectionError, MyOsError } from "./errors.js";
export { type ConnectOptions, defaultSocket } from "./options.js";
export {
  type SignatureFields,
  type SigningKey,
  type SigningOptions,
  signingKey,
  signRequest,
  type UnsignedRequest,
} from "./signature.js";
