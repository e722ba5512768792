import { describe, expect, it } from "vitest";
import { ask, call, failure, partsWith, send } from "./parts.js";

const parts = partsWith({ "net.routes": () => [], "net.dns": () => Promise.reject(new Error("not asked here")) });
const health = (id: unknown) => call("rpc.health", undefined, id);
const invalid = failure(-32600, "invalid_request", {}, null);

describe("an id comes back as it was", () => {
  it.each([0, -1, 1.5, Number.MAX_SAFE_INTEGER, "", "a", "ü\u0000\ud800", "x".repeat(256), null])("%j", async (id) => {
    expect(await ask(parts, health(id))).toEqual({ jsonrpc: "2.0", result: { status: "ok" }, id });
  });
});

describe("an id that cannot come back as it was is an invalid request", () => {
  it.each([
    "9007199254740993",
    "1e400",
    "-1e400",
    "true",
    "{}",
    "[]",
    "[1]",
    `"${"x".repeat(257)}"`,
    `"${"ü".repeat(129)}"`,
  ])("%s", async (id) => {
    expect(await ask(parts, `{"jsonrpc":"2.0","method":"rpc.health","id":${id}}`)).toEqual(invalid);
  });
});

describe("a request that breaks JSON-RPC 2.0", () => {
  it.each([
    "null",
    "1",
    '"rpc.health"',
    "true",
    "{}",
    "[[]]",
    '{"method":"rpc.health","id":1}',
    '{"jsonrpc":"1.0","method":"rpc.health","id":1}',
    '{"jsonrpc":2.0,"method":"rpc.health","id":1}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","method":null,"id":1}',
    '{"jsonrpc":"2.0","method":["rpc.health"],"id":1}',
    '{"jsonrpc":"2.0","method":"rpc.health","params":null,"id":1}',
    '{"jsonrpc":"2.0","method":"rpc.health","params":1,"id":1}',
    '{"jsonrpc":"2.0","method":"rpc.health","params":"x","id":1}',
    '{"__proto__":{"jsonrpc":"2.0","method":"rpc.health","id":1}}',
  ])("%s", async (body) => {
    const answer = await ask(parts, body);
    expect(Array.isArray(answer) ? answer[0] : answer).toEqual(invalid);
  });
});

describe("a body that is not JSON in UTF-8 is a parse error that says why", () => {
  it.each([
    ["nothing", Buffer.alloc(0), "empty"],
    ["a byte that starts no character", Buffer.from([0x22, 0xff, 0x22]), "UTF-8"],
    ["an encoded surrogate", Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]), "UTF-8"],
    ["an overlong slash", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "UTF-8"],
    ["a character cut in the middle", Buffer.from([0x22, 0xe2, 0x82]), "UTF-8"],
    ["UTF-16", Buffer.from('\ufeff{"jsonrpc":"2.0"}', "utf16le"), "UTF-8"],
    ["a byte order mark", Buffer.from('\ufeff{"jsonrpc":"2.0"}'), "JSON"],
    ["two values", Buffer.from("{}{}"), "JSON"],
    ["a comment", Buffer.from("{} // x"), "JSON"],
    ["NaN", Buffer.from('{"id":NaN}'), "JSON"],
    ["single quotes", Buffer.from("{'id':1}"), "JSON"],
  ])("%s", async (_, body, word) => {
    expect(await ask(parts, body)).toEqual(
      failure(-32700, "parse_error", { reason: expect.stringContaining(word) }, null),
    );
  });

  it("and does not send the body back", async () => {
    const body = `{"secret":"${"s".repeat(10_000)}"`;
    expect((await send(parts, body))?.length).toBeLessThan(1500);
  });
});

describe("what other servers crash on", () => {
  it.each([
    ["no parameters at all", undefined],
    ["an empty array", []],
    ["an empty object", {}],
  ])("%s is a call without parameters", async (_, params) => {
    expect(await ask(parts, call("net.routes", params))).toEqual({ jsonrpc: "2.0", result: [], id: 1 });
  });

  it.each([
    [[null]],
    [{ 0: 1, family: "inet" }],
    [["inet", "main", 7]],
    [{ family: 4 }],
    [[[[]]]],
    [{ family: { $ne: 1 } }],
  ])("%j is invalid parameters", async (params) => {
    expect(await ask(parts, call("net.routes", params))).toEqual(failure(-32602, "invalid_params"));
  });

  it("a handler that answers 64-bit integers beyond a double is answered exactly", async () => {
    const exact = partsWith({ "vol.usage": () => [18446744073709551615n] as never });
    expect(await send(exact, call("vol.usage"))).toContain('"result":[18446744073709551615]');
  });
});

describe("names that live on every object's prototype", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"];

  it.each(names)("the method %s does not exist", async (name) => {
    expect(await ask(parts, call(name))).toEqual(failure(-32601, "method_not_found", { method: name }));
  });

  it.each(names)("the parameter %s is unknown", async (name) => {
    const problem = expect.objectContaining({ field: name, reason: "unknown parameter" });
    const body = `{"jsonrpc":"2.0","id":1,"method":"net.routes","params":{${JSON.stringify(name)}:{"polluted":true}}}`;
    expect(await ask(parts, body)).toEqual(failure(-32602, "invalid_params", { problems: [problem] }));
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });

  it("of two members with one name the last counts, for us as for every other parser of JSON", async () => {
    const body = '{"jsonrpc":"2.0","id":1,"id":2,"method":"net.nothing","method":"rpc.health"}';
    expect(await ask(parts, body)).toEqual({ jsonrpc: "2.0", result: { status: "ok" }, id: 2 });
  });
});

describe("nesting beyond reason", () => {
  const depth = 200_000;

  it.each([
    ["arrays", "[".repeat(depth) + "]".repeat(depth)],
    ["objects", `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
  ])("of %s in a parameter is refused, and the next call is answered", async (_, deep) => {
    const body = `{"jsonrpc":"2.0","id":1,"method":"net.routes","params":{"family":${deep}}}`;
    expect(await ask(parts, body)).toMatchObject({
      error: { code: expect.toSatisfy((code) => [-32602, -32700].includes(code)) },
    });
    expect(await ask(parts, health(1))).toMatchObject({ result: { status: "ok" } });
  });

  it("of a body that never closes is a parse error", async () => {
    expect(await ask(parts, "[".repeat(depth))).toEqual(failure(-32700, "parse_error", {}, null));
  });
});
