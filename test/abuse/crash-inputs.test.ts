import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Daemon } from "../world/daemon.js";

let daemon: Daemon;

beforeAll(async () => {
  daemon = await Daemon.start(["--check-results"]);
});
afterAll(() => daemon.stop());

const call = (rest: object) => JSON.stringify({ jsonrpc: "2.0", id: 1, ...rest });
/** A read with one required parameter, `disk`. */
const method = "vol.list_free_space";

describe("inputs that end or mislead a widely used JSON-RPC server", () => {
  it.each([
    ["params absent where one is required", call({ method }), -32602],
    ["params null", call({ method, params: null }), -32600],
    ["params [null]", call({ method, params: [null] }), -32602],
    ["a numeric key beside a wrong value", call({ method, params: { 0: "/dev/sda", disk: 7 } }), -32602],
    ["a wrong optional parameter by position", call({ method: "net.routes", params: ["no family"] }), -32602],
    ["one position too many", call({ method: "rpc.health", params: [1] }), -32602],
    ["half a request", '{"jsonrpc": "2.0", "method": "rpc.health", "params": "bar", "baz]', -32700],
    ["an empty batch", "[]", -32600],
    ["an object that is no request", '{"foo":"boo"}', -32600],
    ["no version", '{"id":1,"method":"rpc.health"}', -32600],
    ["an inherited name as method", call({ method: "constructor" }), -32601],
    ["the prototype as method", call({ method: "__proto__" }), -32601],
    [
      "the prototype as parameter",
      '{"jsonrpc":"2.0","id":1,"method":"net.routes","params":{"__proto__":{"a":1}}}',
      -32602,
    ],
    ["an inherited name as parameter", call({ method: "net.routes", params: { constructor: 1 } }), -32602],
  ])("%s", async (_, body, code) => {
    const { status, body: answer } = await daemon.post(body);
    expect(status).toBe(200);
    expect(JSON.parse(answer.toString())).toMatchObject({ jsonrpc: "2.0", error: { code } });
    expect(await daemon.call("rpc.health")).toMatchObject({ result: { status: "ok" } });
  });

  it("a batch of what is no request", async () => {
    const { body } = await daemon.post("[1,2]");
    const invalid = expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32600 }) });
    expect(JSON.parse(body.toString())).toEqual([invalid, invalid]);
  });

  it("a notification, and one that fails", async () => {
    for (const rest of [{ method: "rpc.health" }, { method: "net.no_such_method" }, { method, params: [null] }]) {
      const { status, body } = await daemon.post(JSON.stringify({ jsonrpc: "2.0", ...rest }));
      expect([status, body.length]).toEqual([204, 0]);
    }
  });

  it("bytes that are not UTF-8", async () => {
    const body = Buffer.concat([
      Buffer.from('{"jsonrpc":"2.0","id":1,"method":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    expect(JSON.parse((await daemon.post(body)).body.toString())).toMatchObject({ id: null, error: { code: -32700 } });
  });
});
