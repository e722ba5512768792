import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { componentsOf, namesOf, type RequestHead, signatureBase } from "./base.js";
import { type Claims, claimsOf, hexKey } from "./claims.js";
import { type Digest, digestsMatch, parseDigests } from "./digest.js";
import { Fields } from "./fields.js";
import { refused, Unauthenticated } from "./refused.js";
import { bytesOf, type InnerList, parseDictionary } from "./structured-fields.js";
import { outOfTime, type Window } from "./window.js";

/** What a signature must agree with. */
export interface SignatureRules {
  /** This node's id, as heroservice.json tells it. */
  readonly node: string;
  /** Over TLS the signature covers `@authority` too: there are other servers that a request could be sent on to. */
  readonly transport: "unix" | "tls";
  readonly window: Window;
  /**
   * Whether a key (64 lower-case hex digits) is a point that only the holder of a secret signs for.
   * Anyone can sign for a point of low order, and Node would say yes.
   */
  isSound(key: string): boolean;
}

/** A request whose head was signed by `key`; its body is still to be compared with `digests`. */
export interface SignedHead extends Claims {
  readonly digests: readonly Digest[];
}

const COVERED = ["@method", "@path", "@query", "content-digest", "x-os-node"];
const DEFAULT_PORT = { unix: 80, tls: 443 };

/** Whether a request means to be signed; then it is refused if its signature is not good. */
export const presentsSignature = (rawHeaders: readonly string[]): boolean =>
  rawHeaders.some((name, index) => index % 2 === 0 && /^signature(-input)?$/i.test(name));

/**
 * Who signed a request, or why that is not known: `malformed`, `empty`, `duplicated`, `disagree`, `unknown_scheme`,
 * `wrong_node`, `clock`, `expired`, `bad_signature`. It does not remember: that nothing comes twice is for `NonceStore`.
 */
export function verifySignature(
  request: RequestHead & { readonly body: Uint8Array },
  rules: SignatureRules,
): SignedHead | Unauthenticated {
  const signed = verifyHead(request, rules);
  return signed instanceof Unauthenticated ? signed : (verifyBody(signed, request.body) ?? signed);
}

/** `verifySignature` without the body, for a server that wants to know who calls before it reads on. */
export function verifyHead(head: RequestHead, rules: SignatureRules): SignedHead | Unauthenticated {
  try {
    return signedHead(head, rules);
  } catch (error) {
    if (error instanceof Unauthenticated) return error;
    throw error;
  }
}

/** Why a body is not the one that was signed; undefined where it is. */
export const verifyBody = ({ digests, key }: SignedHead, body: Uint8Array): Unauthenticated | undefined =>
  digestsMatch(digests, body)
    ? undefined
    : refused("bad_signature", "the body is not the one of content-digest").claiming(key);

/** Everything cheap comes first, so that the expensive step is only taken for a request that could pass. */
function signedHead(head: RequestHead, rules: SignatureRules): SignedHead {
  const fields = new Fields(head.rawHeaders);
  const { input, signature } = oneSignature(fields);
  requireCovered(namesOf(input), rules.transport);
  const claims = claimsOf(input.parameters);
  try {
    return verified(head, rules, fields, { input, signature, claims });
  } catch (error) {
    throw error instanceof Unauthenticated ? error.claiming(claims.key) : error;
  }
}

interface Claimed {
  readonly input: InnerList;
  readonly signature: Buffer;
  readonly claims: Claims;
}

function verified(
  head: RequestHead,
  rules: SignatureRules,
  fields: Fields,
  { input, signature, claims }: Claimed,
): SignedHead {
  requireAgreement(fields, claims.key);
  if (fields.required("x-os-node") !== rules.node)
    throw refused("wrong_node", "the signature was made for another node");
  const digests = parseDigests(fields.required("content-digest"));
  const late = outOfTime(claims, rules.window.span());
  if (late !== undefined) throw late;
  const base = signatureBase(input, componentsOf(head, fields, DEFAULT_PORT[rules.transport]));
  if (!rules.isSound(claims.key)) throw refused("bad_signature", "the key is one that anyone can sign for");
  const key = publicKeyOf(claims.key);
  if (!verify(null, Buffer.from(base, "latin1"), key, signature)) {
    throw refused("bad_signature", "the signature does not fit this request and its keyid");
  }
  return { ...claims, digests };
}

/** As a JWK, for OpenSSL takes ten times as long to read DER. */
function publicKeyOf(hex: string): KeyObject {
  const x = Buffer.from(hex, "hex").toString("base64url");
  return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
}

/** The one signature of a request. With several, which one counts would be anybody's guess. */
function oneSignature(fields: Fields): { input: InnerList; signature: Buffer } {
  const [label, input] = onlyMember(fields, "signature-input");
  const [other, value] = onlyMember(fields, "signature");
  if (label !== other) throw refused("malformed", "signature and signature-input have different labels");
  if (input.kind !== "list") throw refused("malformed", "signature-input must be a list of components in parentheses");
  const signature = bytesOf(value);
  if (signature?.length !== 64) throw refused("malformed", "signature must be 64 bytes between colons, in base64");
  return { input, signature };
}

function onlyMember(fields: Fields, name: string) {
  const [member, ...more] = parseDictionary(name, fields.required(name));
  if (member === undefined) throw refused("empty", `the field ${name} is empty`);
  if (more.length > 0) throw refused("duplicated", `${name} has ${more.length + 1} signatures; one is wanted`);
  return member;
}

function requireCovered(names: readonly string[], transport: SignatureRules["transport"]): void {
  const wanted = transport === "tls" ? [...COVERED, "@authority"] : COVERED;
  const missing = wanted.filter((name) => !names.includes(name));
  if (missing.length > 0) throw refused("malformed", `the signature must also cover ${missing.join(" ")}`);
}

function requireAgreement(fields: Fields, key: string): void {
  const claimed = fields.one("x-public-key");
  if (claimed !== undefined && hexKey("x-public-key", claimed) !== key) {
    throw refused("disagree", "x-public-key is not the key of the signature");
  }
}
