import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from "node:crypto";

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** The path, with its query if it has one, exactly as it is sent. */
  readonly target: string;
  readonly body: string | Uint8Array;
  /** The node that the request is for: `node` of its `/.well-known/heroservice.json`. */
  readonly node: string;
  /** The host, with its port unless it is 443, exactly as `Host` says it; needed over TLS only. */
  readonly authority?: string;
}

export interface SigningOptions {
  /** Seconds since the epoch; the present by default. A server answers the reason `clock` with a time that it takes. */
  readonly created?: number;
  /** Seconds since the epoch; without it the signature is good for as long as the server takes it (a minute). */
  readonly expires?: number;
  /** 16 to 128 printable characters, never the same twice; random by default. */
  readonly nonce?: string;
}

/** The fields to send along with a signed request. */
export interface SignatureFields {
  readonly "X-Os-Node": string;
  readonly "Content-Digest": string;
  readonly "Signature-Input": string;
  readonly Signature: string;
}

/** An Ed25519 key to sign with. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  /** 64 lower-case hex digits, as access lists name it. */
  readonly publicKey: string;
}

/** Prepares a private key for signing; throws a `TypeError` where it is not Ed25519. */
export function signingKey(privateKey: KeyObject): SigningKey {
  const { crv, x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (crv !== "Ed25519" || x === undefined) throw new TypeError("requests are signed with an Ed25519 key");
  return { privateKey, publicKey: Buffer.from(x, "base64url").toString("hex") };
}

/** Signs a request (RFC 9421, tag `my-os-server`); every call makes a signature that is good once. */
export function signRequest(request: UnsignedRequest, key: SigningKey, options: SigningOptions = {}): SignatureFields {
  const { method, target, body, node, authority } = request;
  const [path = "", ...query] = target.split("?");
  const digest = `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;
  const covered: [string, string][] = [
    ["@method", method],
    ["@path", path],
    ["@query", `?${query.join("?")}`],
    ...(authority === undefined ? [] : [["@authority", normal(authority)] satisfies [string, string]]),
    ["content-digest", digest],
    ["x-os-node", node],
  ];
  const input = `(${covered.map(([name]) => `"${name}"`).join(" ")})${parametersOf(key, options)}`;
  const base = [...covered, ["@signature-params", input]].map(([name, value]) => `"${name}": ${value}`).join("\n");
  return {
    "X-Os-Node": node,
    "Content-Digest": digest,
    "Signature-Input": `sig1=${input}`,
    Signature: `sig1=:${sign(null, Buffer.from(base), key.privateKey).toString("base64")}:`,
  };
}

function parametersOf({ publicKey }: SigningKey, options: SigningOptions): string {
  const created = options.created ?? Math.floor(Date.now() / 1000);
  const expires = options.expires === undefined ? "" : `;expires=${options.expires}`;
  const nonce = options.nonce ?? randomBytes(18).toString("base64url");
  return `;created=${created}${expires};keyid="${publicKey}";nonce=${quoted(nonce)};alg="ed25519";tag="my-os-server"`;
}

const quoted = (text: string): string => `"${text.replace(/["\\]/g, "\\$&")}"`;

const normal = (authority: string): string => authority.toLowerCase().replace(/:(?:443)?$/, "");
