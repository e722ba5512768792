import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { publicKey } from "../../../src/rpc/acl/public-key.js";
import { K1, K2, K3, K4, lowOrder } from "../../fixtures/acl/keys.js";
import { Random } from "../../world/random.js";

const problemOf = (text: string): string => {
  const read = publicKey(text);
  return "problem" in read ? read.problem : "good";
};

const rawKey = (key: string) =>
  createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(key, "hex").toString("base64url") },
    format: "jwk",
  });

/** S = 0 and R = the neutral element: it verifies whenever the hash is a multiple of the key's order. */
const forged = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
const forgeable = (key: string): boolean =>
  Array.from({ length: 200 }).some((_, index) => verify(null, Buffer.from(`message ${index}`), rawKey(key), forged));

describe("a public key", () => {
  it.each([K1, K2, K3, K4])("%s of RFC 8032 is good", (key) => {
    expect(publicKey(key)).toEqual({ value: key });
  });

  it("is good whenever node:crypto made it", () => {
    for (let count = 0; count < 50; count++) {
      const { x = "" } = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });
      const key = Buffer.from(x, "base64url").toString("hex");
      expect(publicKey(key)).toEqual({ value: key });
    }
  });

  it("may be written in upper case, and counts as the same in lower case", () => {
    expect(publicKey(K1.toUpperCase())).toEqual({ value: K1 });
  });

  it.each(lowOrder.canonical)("of low order is refused: %s", (_name, key) => {
    expect(problemOf(key)).toContain("of low order: anybody can forge its signatures");
  });

  it.each(lowOrder.notCanonical)("of low order in another spelling is refused: %s", (_name, key) => {
    expect(problemOf(key)).toMatch(/of low order|not canonical/);
  });

  // Node 20 and 22 verify it under every key of low order; Node 24 looks itself.
  it("that is accepted never verifies a forgery, whatever this Node does about keys of low order", () => {
    const low: readonly string[] = [...lowOrder.canonical, ...lowOrder.notCanonical].map(([, key]) => key);
    for (const key of [...low, K1, K2, K3, K4])
      if (problemOf(key) === "good") expect(forgeable(key), key).toBe(false);
      else expect(low).toContain(key);
  });

  it.each(Array.from({ length: 19 }, (_, above) => above))("with y = p + %i is not canonical", (above) => {
    for (const last of ["7f", "ff"])
      expect(problemOf(`${(0xed + above).toString(16)}${"ff".repeat(30)}${last}`)).toMatch(/not canonical/);
  });

  it("that is no point of the curve is refused, as about half of all 32 bytes are", () => {
    const random = new Random(8032);
    const texts = Array.from({ length: 200 }, () =>
      Array.from({ length: 32 }, () => random.below(256).toString(16).padStart(2, "0")).join(""),
    );
    const refused = texts.filter((text) => problemOf(text).includes("no point of the curve"));
    expect(refused.length).toBeGreaterThan(70);
    expect(refused.length).toBeLessThan(130);
  });

  it.each([
    ["", "is empty"],
    ["<pubkey_hex>", "still the placeholder"],
    [`0x${K1}`, "begins with 0x"],
    [K1.slice(1), "has 63 hex digits"],
    [`${K1}00`, "has 66 hex digits"],
    [`${K1.slice(0, 63)}g`, "its character 64 is no hex digit"],
    [` ${K1}`, "its character 1 is no hex digit"],
    ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA", "its character 1 is no hex digit"],
    [Buffer.from(K1, "hex").toString("base64"), "is no hex digit"],
  ])("%j is none", (text, reason) => {
    expect(problemOf(text)).toContain(reason);
  });
});
