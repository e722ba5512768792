import { createHash, timingSafeEqual } from "node:crypto";
import { refused } from "./refused.js";
import { bytesOf, parseDictionary } from "./structured-fields.js";

/** A body's digest as its sender gave it, by an algorithm that we trust. */
export interface Digest {
  readonly algorithm: "sha256" | "sha512";
  readonly bytes: Buffer;
}

const TRUSTED = [
  { key: "sha-256", algorithm: "sha256", length: 32 },
  { key: "sha-512", algorithm: "sha512", length: 64 },
] as const;

/** Reads `Content-Digest` (RFC 9530); other algorithms beside a trusted one are passed over, as it says. */
export function parseDigests(value: string): readonly Digest[] {
  const members = parseDictionary("content-digest", value);
  const digests = TRUSTED.flatMap(({ key, algorithm, length }) => {
    const member = members.get(key);
    if (member === undefined) return [];
    const bytes = bytesOf(member);
    if (bytes?.length !== length) {
      throw refused("malformed", `content-digest: ${key} must be ${length} bytes between colons, in base64`);
    }
    return [{ algorithm, bytes }];
  });
  if (digests.length === 0) throw refused("malformed", "content-digest has neither sha-256 nor sha-512");
  return digests;
}

/** Whether a body is the one that every digest speaks of. */
export const digestsMatch = (digests: readonly Digest[], body: Uint8Array): boolean =>
  digests.every(({ algorithm, bytes }) => timingSafeEqual(createHash(algorithm).update(body).digest(), bytes));
