import { type MethodName, methods, type Right } from "../../generated/methods.gen.js";
import type { Identity } from "./acl/list.js";
import { rights } from "./acl/rights.js";
import { type RpcError, rpcError } from "./errors.js";
import type { Caller } from "./identity.js";

export const includes = (granted: Right, required: Right): boolean =>
  rights.indexOf(granted) >= rights.indexOf(required);

/** Decides what somebody may do; an access list is one. */
export interface Access {
  rightOf(identity: Identity): Right;
}

/** The policy without an access list: whoever can open the socket reads, nobody else does anything. */
export const defaultAccess: Access = {
  rightOf: ({ remote }) => (remote ? "none" : "read"),
};

export const isMethod = (name: string): name is MethodName => Object.hasOwn(methods, name);

/** The right that a method asks for; undefined where there is no such method. */
export const rightFor = (method: string): Right | undefined => (isMethod(method) ? methods[method].right : undefined);

/** What needs no right is open to every local caller; a stranger from afar needs a policy that lets strangers read. */
const isStranger = (caller: Caller): boolean =>
  caller.kind === "anonymous_remote" || (caller.kind === "identified" && caller.isStranger === true);

/**
 * The `permission_denied` for what the caller may not do, undefined for what it may. It runs before anything is said about a call,
 * so that a caller without rights cannot even learn which methods exist.
 */
export function refusalFor(caller: Caller, what: string, right: Right | undefined): RpcError | undefined {
  const granted = caller.right;
  const required = right === undefined || (right === "none" && isStranger(caller)) ? "read" : right;
  if (includes(granted, required)) return undefined;
  const method = what.slice(0, 256);
  // Who has no right is told the least that could help: more would tell known methods from unknown ones.
  const told = granted === "none" ? "read" : required;
  const message = `${method} needs the right \`${told}\`, and this caller has \`${granted}\``;
  return rpcError("permission_denied", { method, required: told, granted }, message);
}
