import { refused, shown } from "./refused.js";
import type { BareItem, Parameters } from "./structured-fields.js";

/** The tag (RFC 9421 §2.3) that keeps signatures made for other services out of this one. */
const TAG = "my-os-server";

const KNOWN: ReadonlySet<string> = new Set(["created", "expires", "nonce", "alg", "keyid", "tag"]);
const NONCE = { least: 16, most: 128 };

/** What a signature says of itself. */
export interface Claims {
  /** The Ed25519 public key, 64 lower-case hex digits. */
  readonly key: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** Seconds since the epoch. */
  readonly expires?: number;
  readonly nonce: string;
}

/** Reads a signature's parameters; refuses another tag, another algorithm, anything missing and anything unknown. */
export function claimsOf(parameters: Parameters): Claims {
  const unknown = [...parameters.keys()].find((name) => !KNOWN.has(name));
  if (unknown !== undefined) throw refused("malformed", `the signature parameter ${shown(unknown)} is not known here`);
  const tag = text(parameters, "tag");
  if (tag !== TAG) throw refused("unknown_scheme", `the signature's tag must be "${TAG}"`);
  const algorithm = parameters.has("alg") ? text(parameters, "alg") : "ed25519";
  if (algorithm !== "ed25519") throw refused("unknown_scheme", `signatures here are ed25519, not ${shown(algorithm)}`);
  const nonce = text(parameters, "nonce");
  if (nonce.length < NONCE.least || nonce.length > NONCE.most) {
    throw refused("malformed", `a nonce has ${NONCE.least} to ${NONCE.most} characters`);
  }
  return {
    key: hexKey("the signature's keyid", text(parameters, "keyid")),
    created: time(parameters, "created"),
    ...(parameters.has("expires") && { expires: time(parameters, "expires") }),
    nonce,
  };
}

/** A public key in the one spelling that keys are compared in. */
export function hexKey(what: string, value: string): string {
  if (!/^[0-9a-f]{64}$/i.test(value)) throw refused("malformed", `${what} must be 64 hex digits`);
  return value.toLowerCase();
}

function text(parameters: Parameters, name: string): string {
  const found = required(parameters, name);
  if (found.type !== "string") throw refused("malformed", `the signature parameter ${name} must be a quoted string`);
  if (found.value === "") throw refused("empty", `the signature parameter ${name} is empty`);
  return found.value;
}

function time(parameters: Parameters, name: string): number {
  const found = required(parameters, name);
  if (found.type !== "integer" || found.value < 0) {
    throw refused("malformed", `the signature parameter ${name} must be whole seconds since the epoch`);
  }
  return found.value;
}

function required(parameters: Parameters, name: string): BareItem {
  const found = parameters.get(name);
  if (found === undefined) throw refused("malformed", `the signature parameter ${name} is missing`);
  return found;
}
