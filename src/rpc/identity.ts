import type { Right } from "../../generated/methods.gen.js";
import type { Peer } from "../kernel/peer.js";
import type { RpcError } from "./errors.js";

/** How a key was proven: by a peer whose bare word is trusted, by a bearer token, or by a signature. */
export type Proof = "peer" | "token" | "signature";

interface AnyCaller {
  /** All that the caller may do; a list that is reloaded meanwhile does not split a request. */
  readonly right: Right;
  /** The process at the other end; absent where the kernel could not say. */
  readonly peer?: Peer;
  /** Whom the limits count: one name for all calls of a user, or of an address. */
  readonly countedAs: string;
}

/** Who calls, decided once per HTTP request. */
export type Caller = AnyCaller &
  (
    | { readonly kind: "anonymous_local" | "anonymous_remote" }
    /** `key`: the public key, 64 lower-case hex digits; the access list need not name it. */
    | { readonly kind: "identified"; readonly key: string; readonly proof: Proof }
  );

/** What an HTTP request says of its sender. */
export interface Presented {
  readonly method: string;
  /** The request target as it came. */
  readonly target: string;
  /** Names and values in turn, as they came: duplicates are visible nowhere else. */
  readonly rawHeaders: readonly string[];
  readonly peer: Peer | undefined;
}

/** Who calls, or why that is not known: every call is refused with it then. */
export type Verdict = Caller | RpcError;

/** Judges a request's head at once, and answers who calls when its whole body is there: a signature covers both. */
export type Identify = (request: Presented) => (body: Uint8Array) => Verdict;

const credentialHeaders: ReadonlySet<string> = new Set([
  "x-public-key",
  "authorization",
  "signature",
  "signature-input",
]);

/** The first header that presents a credential, as it was written; undefined where nobody claims to be anybody. */
export const credentialIn = (rawHeaders: readonly string[]): string | undefined =>
  rawHeaders.find((name, index) => index % 2 === 0 && credentialHeaders.has(name.toLowerCase()));

/** The caller whom a Unix socket tells, before any credential is looked at. */
export const localCaller = (peer: Peer | undefined, right: Right): Caller => ({
  kind: "anonymous_local",
  right,
  ...(peer === undefined ? {} : { peer }),
  countedAs: countedAs(peer),
});

/** Local callers are counted by user, with whatever keys they come: keys are cheap to make. */
export const countedAs = (peer: Peer | undefined): string => (peer === undefined ? "local" : `uid:${peer.uid}`);
