import { createHash, createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { type SigningKey, signingKey, signRequest } from "../../../sdk/signature.js";
import { RpcError } from "../../../src/rpc/errors.js";
import { type SignatureRules, verifySignature } from "../../../src/rpc/signature/verify.js";
import { Window } from "../../../src/rpc/signature/window.js";

export const NODE = "0123456789abcdef0123456789abcdef";
/** The present of these tests, in seconds since the epoch. */
export const NOW = 1_700_000_000;
export const NONCE = "bm9uY2Utb2YtdGhlLXRlc3Rz";
export const BODY = '{"jsonrpc":"2.0","method":"net.routes","id":1}';

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 key of a 32-byte secret. */
const keyOf = (secret: Buffer): SigningKey =>
  signingKey(createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: "der", type: "pkcs8" }));

/** `test-key-ed25519` of RFC 9421, Appendix B.1.4. */
export const rfcKey = keyOf(Buffer.from("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU", "base64url"));
export const freshKey = (): SigningKey => signingKey(generateKeyPairSync("ed25519").privateKey);

/** A clock that stands until it is set; milliseconds. */
export class StandingClock {
  constructor(public ms = NOW * 1000) {}
  readonly read = (): number => this.ms;
}

/** A window that began a day ago, by a clock that stands at `NOW`. */
export function standingWindow(): { window: Window; clock: StandingClock } {
  const clock = new StandingClock((NOW - 86_400) * 1000);
  const window = new Window(clock.read);
  clock.ms = NOW * 1000;
  return { window, clock };
}

export const rules = (changes: Partial<SignatureRules> = {}): SignatureRules => ({
  node: NODE,
  transport: "unix",
  window: standingWindow().window,
  isSound: () => true,
  ...changes,
});

export interface TestRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request signed by the SDK's own signer. */
export function signed(
  key = rfcKey,
  changes: { target?: string; authority?: string; nonce?: string } = {},
): TestRequest {
  const { target = "/rpc", nonce = NONCE, ...rest } = changes;
  const unsigned = { method: "POST", target, body: BODY, node: NODE, ...rest };
  const headers = { Host: rest.authority ?? "localhost", ...signRequest(unsigned, key, { created: NOW, nonce }) };
  return { method: "POST", target, headers, body: BODY };
}

/** Header names and values in turn. */
export const raw = (headers: Readonly<Record<string, string>>): string[] => Object.entries(headers).flat();

/** The verdict as a test states it: the key, or `reason: message` of the refusal. */
export function verdict(
  request: TestRequest,
  changed: Partial<SignatureRules> = {},
  more: readonly string[] = [],
): string {
  const { method, target, headers, body } = request;
  const rawHeaders = [...raw(headers), ...more];
  const found = verifySignature({ method, target, rawHeaders, body: Buffer.from(body) }, rules(changed));
  return found instanceof RpcError ? `${found.details.reason}: ${found.message}` : found.key;
}

export const sha256 = (body: string): string => `sha-256=:${createHash("sha256").update(body).digest("base64")}:`;

export const components = {
  "@method": "POST",
  "@path": "/rpc",
  "@query": "?",
  "content-digest": sha256(BODY),
  "x-os-node": NODE,
};

/** The parameters that a good signature has, as texts of the field. */
export const parameters = {
  created: String(NOW),
  keyid: `"${rfcKey.publicKey}"`,
  nonce: `"${NONCE}"`,
  tag: '"my-os-server"',
};

/**
 * Signs any components and parameters at all, by its own reading of RFC 9421 and with a signature that fits them:
 * what is refused then is refused for its form.
 */
export function crafted({
  covered = Object.entries(components),
  claims = parameters,
  headers = {},
  target = "/rpc",
  input: written,
  base: writtenBase,
}: {
  covered?: readonly (readonly [name: string, value: string])[];
  claims?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  target?: string;
  input?: string;
  base?: string;
}): TestRequest {
  const list = covered.map(([name]) => `"${name}"`).join(" ");
  const params = Object.entries(claims).map(([name, value]) => (value === "" ? `;${name}` : `;${name}=${value}`));
  const input = written ?? `(${list})${params.join("")}`;
  const lines = [...covered.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`];
  const signature = sign(null, Buffer.from(writtenBase ?? lines.join("\n"), "latin1"), rfcKey.privateKey);
  const fields = {
    Host: "localhost",
    "Content-Digest": sha256(BODY),
    "X-Os-Node": NODE,
    "Signature-Input": `sig1=${input}`,
    Signature: `sig1=:${signature.toString("base64")}:`,
  };
  return { method: "POST", target, headers: { ...fields, ...headers }, body: BODY };
}
