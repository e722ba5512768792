import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { signingKey } from "../../sdk/signature.js";
import { UsageError } from "./usage.js";

const DEFAULT_DAYS = 90;
const MAX_DAYS = 3650;
const DAY_MS = 86_400_000;

/** Makes an Ed25519 key in a file that is its owner's alone; a file that is there is never written over. */
export function newKey(file: string): { file: string; public_key: string } {
  const { privateKey } = generateKeyPairSync("ed25519");
  try {
    writeFileSync(file, privateKey.export({ type: "pkcs8", format: "pem" }), { flag: "wx", mode: 0o600 });
  } catch (error) {
    const isThere = error instanceof Error && "code" in error && error.code === "EEXIST";
    throw isThere ? new UsageError(`${file} is there already, and a key is not written over`) : error;
  }
  return { file, public_key: signingKey(privateKey).publicKey };
}

/** A token of 256 bits, and the table that makes the access list know it; nothing is stored. */
export function newToken(words: readonly string[]): { token: string; sha256: string; acl: string } {
  const [user = "<public_key_hex>", days = String(DEFAULT_DAYS), ...more] = words;
  if (more.length > 0) throw new UsageError("wanted: my-os-ctl token new [PUBLIC_KEY [DAYS]]");
  if (user !== "<public_key_hex>" && !/^[0-9a-f]{64}$/i.test(user))
    throw new UsageError(`${JSON.stringify(user)} is no public key: 64 hex digits are wanted`);
  if (!/^\d{1,4}$/.test(days) || Number(days) < 1 || Number(days) > MAX_DAYS)
    throw new UsageError(`days: 1 to ${MAX_DAYS} are wanted, not ${JSON.stringify(days)}`);
  const token = randomBytes(32).toString("base64url");
  const sha256 = createHash("sha256").update(token).digest("hex");
  const expires = new Date(Date.now() + Number(days) * DAY_MS).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    token,
    sha256,
    acl: `[[token]]\nsha256 = "${sha256}"\nuser = "${user.toLowerCase()}"\nexpires = ${expires}`,
  };
}
