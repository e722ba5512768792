import type { Access } from "./access.js";
import type { AccessInForce } from "./acl/in-force.js";
import type { AccessList } from "./acl/list.js";
import { publicKey } from "./acl/public-key.js";
import { RpcError, rpcError } from "./errors.js";
import {
  anonymousCaller,
  type Caller,
  credentialOf,
  type Identify,
  type Judged,
  judged,
  type Presented,
  type Proof,
} from "./identity.js";
import { countedAs, type Sender } from "./sender.js";
import { Fields } from "./signature/fields.js";
import type { SignatureGate, Signer } from "./signature/gate.js";
import { refused, Unauthenticated } from "./signature/refused.js";
import { presentsSignature } from "./signature/verify.js";

/**
 * Without an access list there is nothing to check credentials against. They are never ignored: whoever presents
 * them does not want to be anonymous.
 */
export const identifyWithoutList =
  (access: Access): Identify =>
  (request) => {
    const { sender } = request;
    const presented = credentialOf(request);
    if (presented === undefined) return judged(anonymousCaller(sender, access.rightOf({ remote: isRemote(sender) })));
    const message = `credentials were presented (${presented}) and this daemon has no access list to check them against`;
    return judged(rpcError("unauthenticated", { reason: "not_configured" }, message));
  };

/** Whom the access list knows; a request keeps the list that it began with. */
export const identifyByList =
  (inForce: AccessInForce, gate: SignatureGate): Identify =>
  (request) => {
    const { list } = inForce;
    const { sender } = request;
    if (credentialOf(request) === undefined) {
      return judged(anonymousCaller(sender, list.rightOf({ remote: isRemote(sender) })));
    }
    try {
      return judge(request, list, gate);
    } catch (error) {
      if (error instanceof Unauthenticated) return judged(error);
      throw error;
    }
  };

const isRemote = ({ transport }: Sender): boolean => transport === "tls";

/** All credentials of a request must be good and name one user. What costs least is looked at first. */
function judge(request: Presented, list: AccessList, gate: SignatureGate): Judged {
  const fields = new Fields(request.rawHeaders);
  const token = tokenKey(fields, list);
  const certificate = certificateKey(request.sender, list);
  requireOneUser(token, certificate);
  const known = certificate ?? token;
  if (presentsSignature(request.rawHeaders)) return judgeSigned(request, list, gate, known);
  const named = bareKey(fields, list, request.sender);
  requireOneUser(known, named);
  const key = known ?? named;
  // A credential was presented, and each kind of them either gave a key or was refused.
  if (key === undefined) throw refused("malformed", "the credentials cannot be read");
  const proof = certificate !== undefined ? "certificate" : token !== undefined ? "token" : "peer";
  const isNamed = list.knows(key);
  return judged(identified(request, list, { key, isNamed }, proof), isNamed);
}

function judgeSigned(
  request: Presented,
  list: AccessList,
  gate: SignatureGate,
  known: string | undefined,
): ReturnType<Identify> {
  const peer = countedAs(request.sender);
  const signed = gate.head(request, peer);
  if (signed instanceof RpcError) return judged(signed);
  requireOneUser(known, signed.key);
  const verdict = (body: Uint8Array) => {
    const signer = gate.body(signed, body, peer);
    if (signer instanceof RpcError) return signer;
    return identified(request, list, signer, "signature");
  };
  return { isKnown: list.knows(signed.key), verdict };
}

function identified({ sender }: Presented, list: AccessList, { key, isNamed }: Signer, proof: Proof): Caller {
  const remote = isRemote(sender);
  // Of a signer whom nobody named no nonce was kept, so that it may have no more than the anonymous right.
  const right = list.rightOf(isNamed ? { key, remote } : { remote });
  const stranger = remote && !isNamed ? ({ isStranger: true } as const) : {};
  return { ...anonymousCaller(sender, right), kind: "identified", key, proof, ...stranger };
}

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

/** The user of a client certificate, whose key TLS saw at work; undefined where none came. */
function certificateKey(sender: Sender, list: AccessList): string | undefined {
  if (sender.transport === "unix" || sender.certificate === undefined) return undefined;
  const { spki, validFrom, validTo, objection } = sender.certificate;
  // At each request, for a connection may outlive its certificate.
  const now = Date.now();
  if (now > validTo) throw refused("expired", "the client certificate has expired");
  if (now < validFrom) throw refused("unknown_certificate", "the client certificate is not valid yet");
  if (objection !== undefined)
    throw refused(
      "unknown_certificate",
      `the client certificate is not of the authority that is asked for: ${objection}`,
    );
  const key = list.userOfCertificate(spki);
  if (key !== undefined) return key;
  throw refused("unknown_certificate", "the access list does not have the key of this client certificate");
}

/** The key of `X-Public-Key`, which proves nothing and is taken from peers that could do everything anyway. */
function bareKey(fields: Fields, list: AccessList, sender: Sender): string | undefined {
  const text = fields.one("x-public-key");
  if (text === undefined) return undefined;
  if (sender.transport === "tls" || !list.isTrustedUid(sender.peer?.uid)) {
    const reason = `x-public-key proves nothing from ${shownSender(sender)}: sign the request (RFC 9421)`;
    throw refused("unsigned_key", reason).claiming(text);
  }
  const known = text.toLowerCase();
  // Keys of the list were judged when it was loaded, and judging takes longer than most calls.
  if (list.knows(known)) return known;
  const read = publicKey(text);
  if ("value" in read) return read.value;
  throw refused("malformed", `x-public-key ${read.problem}`);
}

function shownSender(sender: Sender): string {
  if (sender.transport === "tls") return "the network";
  return sender.peer === undefined ? "an unknown peer" : `uid ${sender.peer.uid}`;
}
