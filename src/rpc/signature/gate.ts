import { RpcError, rpcError } from "../errors.js";
import type { RequestHead } from "./base.js";
import type { VerificationBudget } from "./budget.js";
import type { NonceStore } from "./nonces.js";
import type { Unauthenticated } from "./refused.js";
import { type SignatureRules, type SignedHead, verifyBody, verifyHead } from "./verify.js";

export interface GateParts {
  readonly rules: SignatureRules;
  readonly nonces: NonceStore;
  readonly budget: VerificationBudget;
  /** Whether the access list names a key (64 lower-case hex digits). */
  isNamed(key: string): boolean;
}

/** Whose signature it was; a key that the access list does not name has no more rights than nobody. */
export interface Signer {
  readonly key: string;
  readonly isNamed: boolean;
}

/**
 * Signed requests, in two steps: the head tells who calls before the body is read (and how much of it to read),
 * and the request counts once its body has proven to be the signed one, and to be here for the first time.
 */
export class SignatureGate {
  constructor(private readonly parts: GateParts) {}

  /** Who signed the head, or `unauthenticated`, or `overloaded` where `peer` has had too many signatures verified. */
  head(head: RequestHead, peer: string): SignedHead | Unauthenticated | RpcError<"overloaded"> {
    const wait = this.parts.budget.spend(peer);
    if (wait === 0) return verifyHead(head, this.parts.rules);
    const message = "too many signatures came from here to verify them all; nothing was done, ask again later";
    return rpcError("overloaded", { retry_after_ms: wait }, message);
  }

  /** The signer of a request that is complete, or `unauthenticated`, or `overloaded` where its key has no nonces left. */
  body(signed: SignedHead, body: Uint8Array, peer: string): Signer | Unauthenticated | RpcError<"overloaded"> {
    const { budget, nonces } = this.parts;
    const { key } = signed;
    const wrong = verifyBody(signed, body);
    if (wrong !== undefined) return wrong;
    if (!this.parts.isNamed(key)) return { key, isNamed: false };
    const used = nonces.use(signed);
    if (used instanceof RpcError) return used;
    budget.refund(peer);
    return { key, isNamed: true };
  }
}
