import type { Access } from "./access.js";
import type { AccessInForce } from "./acl/in-force.js";
import type { AccessList } from "./acl/list.js";
import { publicKey } from "./acl/public-key.js";
import { RpcError, rpcError } from "./errors.js";
import {
  type Caller,
  countedAs,
  credentialIn,
  type Identify,
  localCaller,
  type Presented,
  type Proof,
} from "./identity.js";
import { Fields } from "./signature/fields.js";
import type { SignatureGate } from "./signature/gate.js";
import { refused, Unauthenticated } from "./signature/refused.js";
import { presentsSignature } from "./signature/verify.js";

/**
 * Without an access list there is nothing to check credentials against. They are never ignored: whoever presents
 * them does not want to be anonymous.
 */
export const identifyWithoutList =
  (access: Access): Identify =>
  ({ rawHeaders, peer }) => {
    const presented = credentialIn(rawHeaders);
    if (presented === undefined) return () => localCaller(peer, access.rightOf({ remote: false }));
    const message = `credentials were presented (${presented}) and this daemon has no access list to check them against`;
    const refusal = rpcError("unauthenticated", { reason: "not_configured" }, message);
    return () => refusal;
  };

/** Whom the access list knows on the Unix socket; a request keeps the list that it began with. */
export const identifyByList =
  (inForce: AccessInForce, gate: SignatureGate): Identify =>
  (request) => {
    const { list } = inForce;
    if (credentialIn(request.rawHeaders) === undefined) {
      return () => localCaller(request.peer, list.rightOf({ remote: false }));
    }
    try {
      return judge(request, list, gate);
    } catch (error) {
      if (error instanceof Unauthenticated) return () => error;
      throw error;
    }
  };

/** All credentials of a request must be good and name one user. What costs least is looked at first. */
function judge(request: Presented, list: AccessList, gate: SignatureGate): ReturnType<Identify> {
  const fields = new Fields(request.rawHeaders);
  const tokens = tokenKey(fields, list);
  if (presentsSignature(request.rawHeaders)) return judgeSigned(request, list, gate, tokens);
  const named = bareKey(fields, list, request.peer?.uid);
  requireOneUser(tokens, named);
  const key = tokens ?? named;
  // A credential was presented, and each kind of them either gave a key or was refused.
  if (key === undefined) throw refused("malformed", "the credentials cannot be read");
  const caller = identified(
    request,
    key,
    tokens === undefined ? "peer" : "token",
    list.rightOf({ key, remote: false }),
  );
  return () => caller;
}

function judgeSigned(
  request: Presented,
  list: AccessList,
  gate: SignatureGate,
  tokens: string | undefined,
): ReturnType<Identify> {
  const peer = countedAs(request.peer);
  const signed = gate.head(request, peer);
  if (signed instanceof RpcError) return () => signed;
  requireOneUser(tokens, signed.key);
  return (body) => {
    const signer = gate.body(signed, body, peer);
    if (signer instanceof RpcError) return signer;
    const { key, isNamed } = signer;
    // Of a key that nobody named no nonce is kept, so that it may have no more than the anonymous right.
    return identified(request, key, "signature", list.rightOf(isNamed ? { key, remote: false } : { remote: false }));
  };
}

const identified = ({ peer }: Presented, key: string, proof: Proof, right: Caller["right"]): Caller => ({
  ...localCaller(peer, right),
  kind: "identified",
  key,
  proof,
});

function requireOneUser(one: string | undefined, other: string | undefined): void {
  if (one !== undefined && other !== undefined && one !== other) {
    throw refused("disagree", "the credentials of this request name different users");
  }
}

/** The user of `Authorization: Bearer …` (RFC 6750), undefined where it did not come. */
function tokenKey(fields: Fields, list: AccessList): string | undefined {
  const authorization = fields.one("authorization");
  if (authorization === undefined) return undefined;
  const [, scheme = "", token = ""] = /^(\S+)[ \t]*(.*)$/.exec(authorization) ?? [];
  if (scheme.toLowerCase() !== "bearer") throw refused("unknown_scheme", "the scheme of authorization must be Bearer");
  if (token === "") throw refused("empty", "authorization has no token behind Bearer");
  if (!/^[\w.~+/-]+=*$/.test(token)) throw refused("malformed", "a bearer token has letters, digits and -._~+/= only");
  const bearer = list.userOfToken(token);
  if (bearer.kind === "user") return bearer.key;
  throw bearer.kind === "expired"
    ? refused("expired", "the bearer token has expired")
    : refused("unknown_token", "the access list does not have this bearer token");
}

/** The key of `X-Public-Key`, which proves nothing and is taken from peers that could do everything anyway. */
function bareKey(fields: Fields, list: AccessList, uid: number | undefined): string | undefined {
  const text = fields.one("x-public-key");
  if (text === undefined) return undefined;
  if (!list.isTrustedUid(uid)) {
    throw refused("unsigned_key", `x-public-key proves nothing from ${shownPeer(uid)}: sign the request (RFC 9421)`);
  }
  const known = text.toLowerCase();
  // Keys of the list were judged when it was loaded, and judging takes longer than most calls.
  if (list.knows(known)) return known;
  const read = publicKey(text);
  if ("value" in read) return read.value;
  throw refused("malformed", `x-public-key ${read.problem}`);
}

const shownPeer = (uid: number | undefined): string => (uid === undefined ? "an unknown peer" : `uid ${uid}`);
