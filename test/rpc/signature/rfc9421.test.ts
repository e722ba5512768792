import { sign, verify } from "node:crypto";
import { describe, expect, it } from "vitest";
import { componentsOf, signatureBase } from "../../../src/rpc/signature/base.js";
import { digestsMatch, parseDigests } from "../../../src/rpc/signature/digest.js";
import { Fields } from "../../../src/rpc/signature/fields.js";
import { type InnerList, parseDictionary } from "../../../src/rpc/signature/structured-fields.js";
import { normalAuthority, parseTarget } from "../../../src/rpc/signature/target.js";
import { rfcKey } from "./parts.js";

/** The request of RFC 9421, Appendix B.2, that its examples sign. */
const testRequest = {
  method: "POST",
  target: "/foo?param=Value&Pet=dog",
  rawHeaders: [
    ["Host", "example.com"],
    ["Date", "Tue, 20 Apr 2021 02:07:55 GMT"],
    ["Content-Type", "application/json"],
    [
      "Content-Digest",
      "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    ],
    ["Content-Length", "18"],
  ].flat(),
};
const body = Buffer.from('{"hello": "world"}');

function listOf(field: string): InnerList {
  const [member] = parseDictionary("signature-input", field).values();
  if (member?.kind !== "list") throw new Error("the example is a list");
  return member;
}

const baseOf = (input: string, request = testRequest): string =>
  signatureBase(listOf(input), componentsOf(request, new Fields(request.rawHeaders), 443));

describe("the Ed25519 example of RFC 9421, Appendix B.2.6", () => {
  const input =
    'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length")' +
    ';created=1618884473;keyid="test-key-ed25519"';
  const base = [
    '"date": Tue, 20 Apr 2021 02:07:55 GMT',
    '"@method": POST',
    '"@path": /foo',
    '"@authority": example.com',
    '"content-type": application/json',
    '"content-length": 18',
    '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
  ].join("\n");
  const signature = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";

  it("has the key that the RFC prints", () => {
    const published = Buffer.from("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs", "base64url");
    expect(rfcKey.publicKey).toBe(published.toString("hex"));
  });

  it("has the signature base that the RFC prints, byte for byte", () => {
    expect(baseOf(input)).toBe(base);
  });

  it("has the signature that the RFC prints", () => {
    const made = sign(null, Buffer.from(baseOf(input)), rfcKey.privateKey);
    expect(made.toString("base64")).toBe(signature);
    expect(verify(null, Buffer.from(baseOf(input)), rfcKey.privateKey, Buffer.from(signature, "base64"))).toBe(true);
  });

  it("is written down in one way, however many spaces it came with", () => {
    const spaced = input
      .replace('("date" ', '(  "date"   ')
      .replace('length")', 'length"  )')
      .replace(";keyid", "; keyid");
    expect(baseOf(spaced)).toBe(base);
  });
});

describe("the components of RFC 9421, section 2.2", () => {
  it.each([
    ["/path?param=value&foo=bar&baz=batman", "/path", "?param=value&foo=bar&baz=batman"],
    ["/path?queryString", "/path", "?queryString"],
    ["/path?", "/path", "?"],
    ["/path", "/path", "?"],
    ["/", "/", "?"],
    ["/a%2Fb//c/../d?x=%20?y", "/a%2Fb//c/../d", "?x=%20?y"],
    ["https://www.example.com/path?param=value", "/path", "?param=value"],
    ["http://www.example.com", "/", "?"],
    ["HTTP://www.example.com?x", "/", "?x"],
  ])("of %s are the path %s and the query %s", (target, path, query) => {
    expect(parseTarget(target)).toMatchObject({ path, query });
  });

  it.each(["", "*", "example.com:443", "ftp://example.com/", "/a#b", "http:///x", "http://u@h/", "rpc"])(
    "are not there in the target %j",
    (target) => {
      expect(() => parseTarget(target)).toThrow(/request target/);
    },
  );

  it.each([
    ["WWW.Example.com", 443, "www.example.com"],
    ["example.com:443", 443, "example.com"],
    ["example.com:8443", 443, "example.com:8443"],
    ["example.com:443", 80, "example.com:443"],
    ["example.com:", 443, "example.com"],
    ["[2001:DB8::443]", 443, "[2001:db8::443]"],
    ["[2001:db8::1]:443", 443, "[2001:db8::1]"],
  ])("have the authority %s, where %i is implied, as %s", (given, port, normal) => {
    expect(normalAuthority(given, port)).toBe(normal);
  });

  it("take the authority of an absolute target, and refuse another one in Host", () => {
    const input = 'sig=("@authority")';
    expect(baseOf(input, { ...testRequest, target: "https://EXAMPLE.com:443/foo" })).toContain(": example.com\n");
    expect(() => baseOf(input, { ...testRequest, target: "https://other.example/foo" })).toThrow(
      /different authorities/,
    );
  });
});

describe("the content digest of RFC 9530", () => {
  const sha512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
  const sha256 = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:";

  it.each([sha256, sha512, `${sha256}, ${sha512}`, `md5=:AAAA:,${sha256}`])("fits the example's body: %s", (field) => {
    expect(digestsMatch(parseDigests(field), body)).toBe(true);
    expect(digestsMatch(parseDigests(field), Buffer.from('{"hello": "w0rld"}'))).toBe(false);
  });

  it("must fit by every algorithm that is given", () => {
    const wrong = sha512.replace("WZDP", "XZDP");
    expect(digestsMatch(parseDigests(`${sha256}, ${wrong}`), body)).toBe(false);
  });

  it.each([
    "md5=:AAAA:",
    "sha-256=:AAAA:",
    "sha-256=abc",
    sha256.replace("=:X", "=X"),
    sha256.replace("PE=", "PF="),
    sha256.replace("PE=:", "PE:"),
    `${sha256};x`,
    `${sha256},`,
    `${sha256}, ${sha256}`,
  ])("is refused as %s", (field) => {
    expect(() => parseDigests(field)).toThrow();
  });
});
