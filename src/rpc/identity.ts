import type { Right } from "../../generated/methods.gen.js";
import type { Peer } from "../kernel/peer.js";
import type { RpcError } from "./errors.js";
import { countedAs, type Sender } from "./sender.js";

/** How a key was proven: by a peer whose bare word is trusted, a bearer token, a client certificate or a signature. */
export type Proof = "peer" | "token" | "certificate" | "signature";

interface AnyCaller {
  /** All that the caller may do; a list that is reloaded meanwhile does not split a request. */
  readonly right: Right;
  /** The process at the other end of the Unix socket; absent where the kernel could not say. */
  readonly peer?: Peer;
  /** The address at the other end of a network connection; absent on the Unix socket. */
  readonly address?: string;
  /** Whom the limits count: one name for all calls of a user, or of an address. */
  readonly countedAs: string;
}

/** Who calls, decided once per HTTP request. */
export type Caller = AnyCaller &
  (
    | { readonly kind: "anonymous_local" | "anonymous_remote" }
    /** `key`: the public key, 64 lower-case hex digits; the access list need not name it. */
    | {
        readonly kind: "identified";
        readonly key: string;
        readonly proof: Proof;
        /** Present where the key came over the network and nobody named it: anybody can make one. */
        readonly isStranger?: true;
      }
  );

/** What an HTTP request says of its sender. */
export interface Presented {
  readonly method: string;
  /** The request target as it came. */
  readonly target: string;
  /** Names and values in turn, as they came: duplicates are visible nowhere else. */
  readonly rawHeaders: readonly string[];
  readonly sender: Sender;
}

/** Who calls, or why that is not known: every call is refused with it then. */
export type Verdict = Caller | RpcError;

/** What a request's head says of who calls. */
export interface Judged {
  /** Whether it names a user of the access list; the body may still show that the signature is not the user's. */
  readonly isKnown: boolean;
  /** Who calls, once the whole body is there: a signature covers both. */
  verdict(body: Uint8Array): Verdict;
}

/** Judges a request's head, once per request. */
export type Identify = (request: Presented) => Judged;

/** What is known by the head alone. */
export const judged = (verdict: Verdict, isKnown = false): Judged => ({ isKnown, verdict: () => verdict });

const credentialHeaders: ReadonlySet<string> = new Set([
  "x-public-key",
  "authorization",
  "signature",
  "signature-input",
]);

/** The first credential that comes with a request; undefined where nobody claims to be anybody. */
export function credentialOf({ rawHeaders, sender }: Presented): string | undefined {
  const header = rawHeaders.find((name, index) => index % 2 === 0 && credentialHeaders.has(name.toLowerCase()));
  return (
    header ?? (sender.transport === "tls" && sender.certificate !== undefined ? "a client certificate" : undefined)
  );
}

/** The caller whom the connection alone tells, before any credential is looked at. */
export const anonymousCaller = (sender: Sender, right: Right): Caller => ({
  kind: sender.transport === "unix" ? "anonymous_local" : "anonymous_remote",
  right,
  ...placeOf(sender),
  countedAs: countedAs(sender),
});

const placeOf = (sender: Sender) => {
  if (sender.transport === "tls") return { address: sender.address };
  return sender.peer === undefined ? {} : { peer: sender.peer };
};
