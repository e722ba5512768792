import type { Peer } from "../kernel/peer.js";
import { type RpcError, rpcError } from "./errors.js";

/** Who calls, decided once per HTTP request. */
export interface Caller {
  readonly kind: "anonymous_local" | "anonymous_remote";
  /** The process at the other end; absent where the kernel could not say. */
  readonly peer?: Peer;
  /** Whom the limits count: one name for all calls of a user, or of an address. */
  readonly countedAs: string;
}

/** What an HTTP request says of its sender. */
export interface Presented {
  /** Names and values in turn, as they came: duplicates are visible nowhere else. */
  readonly rawHeaders: readonly string[];
  readonly peer: Peer | undefined;
}

const credentialHeaders: ReadonlySet<string> = new Set([
  "x-public-key",
  "authorization",
  "signature",
  "signature-input",
]);

/**
 * The caller behind a request on the Unix socket, or why it is `unauthenticated`.
 * Credentials that cannot be checked are never ignored: whoever presents them does not want to be anonymous.
 */
export function identify({ rawHeaders, peer }: Presented): Caller | RpcError {
  const presented = rawHeaders.find((name, index) => index % 2 === 0 && credentialHeaders.has(name.toLowerCase()));
  if (presented !== undefined) {
    const message = `credentials were presented (${presented}) and this daemon has no access list to check them against`;
    return rpcError("unauthenticated", { reason: "not_configured" }, message);
  }
  if (peer === undefined) return { kind: "anonymous_local", countedAs: "local" };
  return { kind: "anonymous_local", peer, countedAs: `uid:${peer.uid}` };
}
