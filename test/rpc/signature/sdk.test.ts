import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { signingKey, signRequest } from "../../../sdk/signature.js";
import { Window } from "../../../src/rpc/signature/window.js";
import { BODY, freshKey, NODE, NOW, parameters, rfcKey, verdict } from "./parts.js";

const unsigned = { method: "GET", target: "/whoami", body: "", node: NODE };
/** A window by the real clock that began a minute ago. */
const realWindow = (): Window => {
  let offset = -60_000;
  const window = new Window(() => Date.now() + offset);
  offset = 0;
  return window;
};

describe("signing a request", () => {
  it("makes what the server accepts, a body or none, by the real clock and with a nonce of its own", () => {
    const key = freshKey();
    for (const body of ["", BODY, "π".repeat(1000)]) {
      const headers = { Host: "localhost", ...signRequest({ ...unsigned, body }, key) };
      expect(verdict({ method: "GET", target: "/whoami", headers, body }, { window: realWindow() })).toBe(
        key.publicKey,
      );
    }
    const [one, two] = [1, 2].map(() => signRequest(unsigned, key)["Signature-Input"]);
    expect(one).not.toBe(two);
  });

  it("takes bytes for a body", () => {
    const fields = (body: string | Uint8Array) =>
      signRequest({ ...unsigned, body }, rfcKey, { created: NOW })["Content-Digest"];
    expect(fields(Buffer.from(BODY))).toBe(fields(BODY));
  });

  it("covers an expiry, and a nonce with quotes in it", () => {
    const options = { created: NOW, expires: NOW + 5, nonce: 'a "quoted" \\ nonce' };
    const headers = signRequest(unsigned, rfcKey, options);
    expect(verdict({ method: "GET", target: "/whoami", headers: { ...headers }, body: "" })).toBe(rfcKey.publicKey);
    const late = signRequest(unsigned, rfcKey, { ...options, expires: NOW });
    expect(verdict({ method: "GET", target: "/whoami", headers: { ...late }, body: "" })).toMatch(/^expired/);
  });

  it("can use the time that a server answers", () => {
    const headers = signRequest(unsigned, rfcKey, { created: NOW });
    expect(headers["Signature-Input"]).toContain(`;created=${parameters.created};`);
  });

  it("needs an Ed25519 key", () => {
    expect(() => signingKey(generateKeyPairSync("ed448").privateKey)).toThrow(TypeError);
    expect(() => signingKey(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey)).toThrow(TypeError);
  });

  it("needs nothing but Node", () => {
    const source = readFileSync(join(import.meta.dirname, "../../../sdk/signature.ts"), "utf8");
    const imported = [...source.matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
    expect(imported).toEqual(["node:crypto"]);
  });
});
