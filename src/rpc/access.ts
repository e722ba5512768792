import { type MethodName, methods, type Right } from "../../generated/methods.gen.js";
import { rpcError } from "./errors.js";
import type { Caller } from "./identity.js";

/** Each right includes the ones before it. */
const ladder: readonly Right[] = ["none", "read", "write", "admin"];

export const includes = (granted: Right, required: Right): boolean =>
  ladder.indexOf(granted) >= ladder.indexOf(required);

/** Decides what a caller may do. */
export interface Access {
  rightOf(caller: Caller): Right;
}

/** The policy without an access list: whoever can open the socket reads, nobody else does anything. */
export const defaultAccess: Access = {
  rightOf: ({ kind }) => (kind === "anonymous_local" ? "read" : "none"),
};

export const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);

/** The right that a method asks for; undefined where there is no such method. */
export const rightFor = (method: string): Right | undefined => (isMethod(method) ? methods[method].right : undefined);

/**
 * Refuses with `permission_denied` what the caller may not do. It runs before anything is said about a call,
 * so that a caller without rights cannot even learn which methods exist.
 */
export function authorise(access: Access, caller: Caller, what: string, right: Right | undefined): void {
  const granted = access.rightOf(caller);
  // What needs no right is open to every local caller; a stranger from afar needs a policy that lets strangers read.
  const required = right === undefined || (right === "none" && caller.kind === "anonymous_remote") ? "read" : right;
  if (includes(granted, required)) return;
  const method = what.slice(0, 256);
  const message = `${method} needs the right \`${required}\`, and this caller has \`${granted}\``;
  throw rpcError("permission_denied", { method, required, granted }, message);
}
