import { describe, expect, it } from "vitest";
import { presentsSignature, verifySignature } from "../../../src/rpc/signature/verify.js";
import {
  BODY,
  components,
  crafted,
  freshKey,
  NONCE,
  NOW,
  parameters,
  raw,
  rfcKey,
  rules,
  sha256,
  signed,
  verdict,
} from "./parts.js";

const OTHER_NODE = "ffffffffffffffffffffffffffffffff";

describe("a signed request", () => {
  it("tells the key, the time and the nonce of its signature", () => {
    const { method, target, headers, body } = signed();
    expect(
      verifySignature({ method, target, rawHeaders: raw(headers), body: Buffer.from(body) }, rules()),
    ).toMatchObject({
      key: rfcKey.publicKey,
      created: NOW,
      nonce: NONCE,
    });
  });

  it("is the same for any key, path, query and letter case of the field names", () => {
    const key = freshKey();
    const request = signed(key, { target: "/rpc?a=1&b=%3F?" });
    expect(verdict(request)).toBe(key.publicKey);
    const lower = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
    expect(verdict({ ...request, headers: lower })).toBe(key.publicKey);
  });

  it("may come in absolute form, for its parts are the same", () => {
    expect(verdict({ ...signed(), target: "http://localhost/rpc" })).toBe(rfcKey.publicKey);
  });

  it("may have blanks around the values of its fields, which HTTP does not count", () => {
    const { headers, ...rest } = signed();
    const padded = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, ` \t${value}\t `]));
    expect(verdict({ ...rest, headers: padded })).toBe(rfcKey.publicKey);
  });

  it("may cover more than it must, in any order", () => {
    const covered = [["content-type", "application/json"], ...Object.entries(components).reverse()] as const;
    const request = crafted({ covered, headers: { "Content-Type": "application/json" } });
    expect(verdict(request)).toBe(rfcKey.publicKey);
    const changed = { ...request, headers: { ...request.headers, "Content-Type": "text/plain" } };
    expect(verdict(changed)).toMatch(/^bad_signature/);
  });

  it("may bring its public key along if that is the one that signed", () => {
    expect(verdict(signed(), {}, ["X-Public-Key", rfcKey.publicKey.toUpperCase()])).toBe(rfcKey.publicKey);
    expect(verdict(signed(), {}, ["X-Public-Key", freshKey().publicKey])).toMatch(/^disagree/);
    expect(verdict(signed(), {}, ["X-Public-Key", "abc"])).toMatch(/^malformed/);
  });

  it("may have its body proven by SHA-512 too", () => {
    const digest = `${sha256(BODY)}, sha-512=:${Buffer.alloc(64).toString("base64")}:`;
    const covered = Object.entries({ ...components, "content-digest": digest });
    expect(verdict(crafted({ covered, headers: { "Content-Digest": digest } }))).toMatch(/^bad_signature: the body/);
  });

  it("is told from an unsigned one by either of its two fields", () => {
    expect(presentsSignature(["Host", "Signature", "X-Os-Node", "signature-input"])).toBe(false);
    expect(presentsSignature(["SIGNATURE", ""])).toBe(true);
    expect(presentsSignature(["signature-input", "x"])).toBe(true);
  });
});

describe("a request changed after signing is refused", () => {
  const request = signed(rfcKey, { target: "/rpc?x=1" });
  const { headers } = request;

  it.each([
    ["another method", { method: "PUT" }],
    ["another path", { target: "/?x=1" }],
    ["another query", { target: "/rpc?x=2" }],
    ["no query", { target: "/rpc" }],
    ["a decoded path", { target: "/%72pc?x=1" }],
    ["another body", { body: `${BODY} ` }],
    ["no body", { body: "" }],
    ["another digest", { headers: { ...headers, "Content-Digest": sha256("{}") }, body: "{}" }],
    [
      "another signature",
      { headers: { ...headers, Signature: signed(rfcKey, { target: "/rpc" }).headers.Signature ?? "" } },
    ],
  ])("with %s: bad_signature", (_what, change) => {
    expect(verdict(request)).toBe(rfcKey.publicKey);
    expect(verdict({ ...request, ...change })).toMatch(/^bad_signature/);
  });

  it("with another keyid: bad_signature", () => {
    const input = headers["Signature-Input"]?.replace(rfcKey.publicKey, freshKey().publicKey) ?? "";
    expect(verdict({ ...request, headers: { ...headers, "Signature-Input": input } })).toMatch(/^bad_signature/);
  });

  it("for another node: wrong_node, and so is one whose node was put right", () => {
    expect(verdict(request, { node: OTHER_NODE })).toMatch(/^wrong_node/);
    const moved = { ...request, headers: { ...headers, "X-Os-Node": OTHER_NODE } };
    expect(verdict(moved)).toMatch(/^wrong_node/);
    expect(verdict(moved, { node: OTHER_NODE })).toMatch(/^bad_signature/);
  });
});

describe("over TLS", () => {
  const request = signed(rfcKey, { authority: "node.example:8443" });

  it("the authority is signed too", () => {
    expect(verdict(request, { transport: "tls" })).toBe(rfcKey.publicKey);
    expect(verdict(signed(rfcKey, { authority: "Node.Example:443" }), { transport: "tls" })).toBe(rfcKey.publicKey);
    expect(verdict(signed(), { transport: "tls" })).toMatch(/^malformed: .*@authority/);
  });

  it.each(["other.example:8443", "node.example", "node.example:443", "node.example:8444"])("it is not %s", (host) => {
    expect(verdict({ ...request, headers: { ...request.headers, Host: host } }, { transport: "tls" })).toMatch(
      /^bad_signature/,
    );
  });

  it("there is one Host", () => {
    expect(verdict(request, { transport: "tls" }, ["Host", "node.example:8443"])).toMatch(/^duplicated/);
    const { Host: _host, ...rest } = request.headers;
    expect(verdict({ ...request, headers: rest }, { transport: "tls" })).toMatch(/^malformed: .*Host/);
  });
});

describe("the fields of a signature", () => {
  it.each(["Signature", "Signature-Input", "X-Os-Node", "Content-Digest"])("%s comes once", (name) => {
    const request = signed();
    const same = request.headers[name] ?? "";
    expect(verdict(request, {}, [name.toLowerCase(), same])).toMatch(/^duplicated/);
    expect(verdict(request, {}, [name, "other=1"])).toMatch(/^duplicated/);
    expect(verdict({ ...request, headers: { ...request.headers, [name]: "" } })).toMatch(/^empty/);
    expect(verdict({ ...request, headers: { ...request.headers, [name]: " \t" } })).toMatch(/^empty/);
    const rest = Object.fromEntries(Object.entries(request.headers).filter(([other]) => other !== name));
    expect(verdict({ ...request, headers: rest })).toMatch(/^malformed: the field [a-z-]+ is missing/);
  });

  it("X-Public-Key beside them comes once and is not empty", () => {
    const twice = ["X-Public-Key", rfcKey.publicKey, "x-public-key", rfcKey.publicKey];
    expect(verdict(signed(), {}, twice)).toMatch(/^duplicated/);
    expect(verdict(signed(), {}, ["X-Public-Key", ""])).toMatch(/^empty/);
  });

  const { "Signature-Input": input = "", Signature: signature = "" } = signed().headers;
  const withFields = (changed: Record<string, string>) => ({
    ...signed(),
    headers: { ...signed().headers, ...changed },
  });

  it("hold one signature: a second one is duplicated, whether it is good or not", () => {
    const second = input.replace("sig1", "sig2");
    const two = { "Signature-Input": `${input}, ${second}`, Signature: `${signature}, ${signature.replace("1", "2")}` };
    expect(verdict(withFields(two))).toMatch(/^duplicated/);
    expect(verdict(withFields({ "Signature-Input": `${input}, ${input}` }))).toMatch(/^duplicated/);
    expect(verdict(withFields({ "Signature-Input": `${input}, other=()` }))).toMatch(/^duplicated/);
    expect(verdict(withFields({ Signature: `${signature}, other=:AAAA:` }))).toMatch(/^duplicated/);
  });

  it.each([
    ["another label", signature.replace("sig1", "sig2")],
    ["no label", signature.replace("sig1=", "")],
    ["no bytes", "sig1"],
    ["a string", 'sig1="abc"'],
    ["too few bytes", "sig1=:AAAA:"],
    ["bytes in another spelling", signature.replace("==:", ":")],
    ["something after it", `${signature};x=1`],
    ["a comma after it", `${signature},`],
    ["rubbish", "\u0000\u00ff(((("],
  ])("are malformed with %s in Signature", (_what, value) => {
    expect(verdict(withFields({ Signature: value }))).toMatch(/^malformed/);
  });

  it.each([
    "sig1=()",
    'sig1="a"',
    "sig1",
    "sig1=(",
    "sig1=(1 2)",
    `sig1=("@method"`,
    `sig1=("@method""@path")`,
    "=()",
    "SIG=()",
    "sig1=(a b)",
  ])("are malformed with %s in Signature-Input", (value) => {
    expect(verdict(withFields({ "Signature-Input": value }))).toMatch(/^malformed/);
  });
});

describe("a correctly signed request is refused by its components", () => {
  it("that are not set apart, or that never end: malformed", () => {
    const { "Signature-Input": input = "" } = crafted({}).headers;
    const canonical = input.slice("sig1=".length);
    const base = [...Object.entries(components), ["@signature-params", canonical]]
      .map(([k, v]) => `"${k}": ${v}`)
      .join("\n");
    expect(verdict(crafted({ input: canonical.replaceAll('" "', '"   "'), base }))).toBe(rfcKey.publicKey);
    expect(verdict(crafted({ input: canonical.replaceAll('" "', '""'), base }))).toMatch(/^malformed: .*a space/);
    const many = Array.from({ length: 500 }, (_, index) => [`x-${index}`, "1"] as const);
    expect(verdict(crafted({ covered: [...Object.entries(components), ...many] }))).toMatch(/^malformed: .*2048/);
  });

  it.each(Object.keys(components))("without %s: malformed", (name) => {
    const covered = Object.entries(components).filter(([other]) => other !== name);
    expect(verdict(crafted({}))).toBe(rfcKey.publicKey);
    expect(verdict(crafted({ covered }))).toBe(`malformed: the signature must also cover ${name}`);
  });

  it("that are covered twice: duplicated", () => {
    const covered = [...Object.entries(components), ["@method", "POST"] as const];
    expect(verdict(crafted({ covered }))).toMatch(/^duplicated/);
  });

  it.each([
    ["req", '"@method";req'],
    ["sf", '"content-digest";sf'],
    ["bs", '"x-os-node";bs'],
    ["tr", '"x-os-node";tr'],
    ["key", '"content-digest";key="sha-256"'],
  ])("with the parameter %s: malformed", (parameter, component) => {
    const plain = component.split(";")[0] ?? "";
    const list = Object.keys(components).map((name) => (`"${name}"` === plain ? component : `"${name}"`));
    const params = Object.entries(parameters).map(([name, value]) => `;${name}=${value}`);
    const input = `(${list.join(" ")})${params.join("")}`;
    expect(verdict(crafted({ input }))).toBe(
      `malformed: the component ${plain.slice(1, -1)} has the parameter ${parameter}`,
    );
  });

  it.each(["@target-uri", "@request-target", "@scheme", "@status", "@query-param", "@signature-params", "@nonsense"])(
    "that it does not support, %s: malformed",
    (name) => {
      const covered = [...Object.entries(components), [name, "x"] as const];
      expect(verdict(crafted({ covered }))).toMatch(/^malformed: the component .* not supported/);
    },
  );

  it("that did not come, that are no names, or that hold bytes beyond ASCII: malformed", () => {
    const entries = Object.entries(components);
    expect(verdict(crafted({ covered: [...entries, ["x-more", "1"]] }))).toMatch(
      /^malformed: the field x-more is missing/,
    );
    expect(verdict(crafted({ covered: [...entries, ["X-More", "1"]], headers: { "X-More": "1" } }))).toMatch(
      /^malformed: .*lower-case name/,
    );
    const latin = crafted({ covered: [...entries, ["x-more", "\u00e9"]], headers: { "X-More": "\u00e9" } });
    expect(verdict(latin)).toMatch(/^malformed: .*beyond ASCII/);
    const broken = crafted({ covered: [...entries, ["x-more", "a\nb"]], headers: { "X-More": "a\nb" } });
    expect(verdict(broken)).toMatch(/^malformed: .*beyond ASCII/);
  });
});

describe("a correctly signed request is refused by its parameters", () => {
  const claims = (changes: Record<string, string | undefined>) =>
    crafted({
      claims: Object.fromEntries(
        Object.entries({ ...parameters, ...changes }).flatMap(([k, v]) => (v === undefined ? [] : [[k, v]])),
      ),
    });

  it.each(Object.keys(parameters))("without %s: malformed", (name) => {
    expect(verdict(claims({ [name]: undefined }))).toBe(`malformed: the signature parameter ${name} is missing`);
  });

  it.each([
    ["tag", '"other"', "unknown_scheme"],
    ["tag", '"My-OS-Server"', "unknown_scheme"],
    ["tag", "my-os-server", "malformed"],
    ["tag", '""', "empty"],
    ["alg", '"rsa-pss-sha512"', "unknown_scheme"],
    ["alg", '"rsa-v1_5-sha256"', "unknown_scheme"],
    ["alg", '"hmac-sha256"', "unknown_scheme"],
    ["alg", '"ecdsa-p256-sha256"', "unknown_scheme"],
    ["alg", '"Ed25519"', "unknown_scheme"],
    ["alg", "ed25519", "malformed"],
    ["alg", "", "malformed"],
    ["keyid", '"test-key-ed25519"', "malformed"],
    ["keyid", `"${rfcKey.publicKey}00"`, "malformed"],
    ["keyid", `"${rfcKey.publicKey.slice(2)}"`, "malformed"],
    ["keyid", '""', "empty"],
    ["keyid", `:${Buffer.from(rfcKey.publicKey, "hex").toString("base64")}:`, "malformed"],
    ["created", `"${NOW}"`, "malformed"],
    ["created", `${NOW}.5`, "malformed"],
    ["created", `-${NOW}`, "malformed"],
    ["created", "9999999999999999", "malformed"],
    ["created", "", "malformed"],
    ["expires", '"never"', "malformed"],
    ["nonce", '""', "empty"],
    ["nonce", '"fifteen-letters"', "malformed"],
    ["nonce", `"${"n".repeat(129)}"`, "malformed"],
    ["nonce", "12345678901234", "malformed"],
    ["colour", '"red"', "malformed"],
  ])("with %s=%s: %s", (name, value, reason) => {
    expect(verdict(claims({ [name]: value }))).toMatch(new RegExp(`^${reason}: `));
  });

  it.each(["created=1", `created=${NOW}`, 'keyid="00"', 'tag="my-os-server"'])(
    "with %s once more: duplicated",
    (again) => {
      const input = `${crafted({}).headers["Signature-Input"]?.slice("sig1=".length)};${again}`;
      expect(verdict(crafted({ input }))).toMatch(/^duplicated/);
    },
  );

  it("but not for naming ed25519, for a key in capitals or for a nonce of the longest length", () => {
    expect(verdict(claims({ alg: '"ed25519"' }))).toBe(rfcKey.publicKey);
    expect(verdict(claims({ keyid: `"${rfcKey.publicKey.toUpperCase()}"` }))).toBe(rfcKey.publicKey);
    expect(verdict(claims({ nonce: `"${"n".repeat(128)}"` }))).toBe(rfcKey.publicKey);
  });
});
