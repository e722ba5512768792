import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { BODY, components, crafted, parameters, rfcKey, verdict } from "./parts.js";

/** Every encoding of the eight points of low order that OpenSSL takes, the non-canonical ones at the end. */
const lowOrder = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0000000000000000000000000000000000000000000000000000000000000080",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  "0100000000000000000000000000000000000000000000000000000000000080",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
];

/** Requests "signed" for a key without any secret: R is a point of low order and S is zero. */
function* forgeries(key: string) {
  for (let attempt = 0; attempt < 32; attempt++) {
    const nonce = createHash("sha256").update(`${key}${attempt}`).digest("hex");
    const request = crafted({ claims: { ...parameters, keyid: `"${key}"`, nonce: `"${nonce}"` } });
    for (const point of lowOrder.slice(0, 8)) {
      const signature = Buffer.concat([Buffer.from(point, "hex"), Buffer.alloc(32)]).toString("base64");
      yield { ...request, headers: { ...request.headers, Signature: `sig1=:${signature}:` } };
    }
  }
}

const accepted = (key: string, isSound: (key: string) => boolean): number =>
  [...forgeries(key)].filter((request) => verdict(request, { isSound }) === key).length;

describe("a key of low order", () => {
  it.each(lowOrder)("%s: is signed for by nobody where unsound keys are refused", (key) => {
    expect(accepted(key, (asked) => !lowOrder.includes(asked))).toBe(0);
    expect(accepted(key.toUpperCase(), (asked) => !lowOrder.includes(asked))).toBe(0);
  });

  it("is signed for by anyone where nobody refuses it, as OpenSSL does from Node 24 on", () => {
    const major = Number(process.versions.node.split(".")[0]);
    expect(lowOrder.some((key) => accepted(key, () => true) > 0)).toBe(major < 24);
  });

  it("is the only kind that is forged like that", () => {
    expect(accepted(rfcKey.publicKey, () => true)).toBe(0);
  });
});

describe("a key that is no point at all", () => {
  it("is refused as a bad signature", () => {
    const keys = Array.from({ length: 64 }, (_, seed) => createHash("sha256").update(`${seed}`).digest("hex"));
    for (const key of keys) {
      const request = crafted({ covered: Object.entries(components), claims: { ...parameters, keyid: `"${key}"` } });
      expect({ key, said: verdict(request), body: BODY }).toMatchObject({
        said: expect.stringMatching(/^bad_signature/),
      });
    }
  });
});
