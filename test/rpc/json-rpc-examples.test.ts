// The fifteen examples of the JSON-RPC 2.0 specification, §7, with our methods in the place of theirs.
import { beforeEach, describe, expect, it } from "vitest";
import { ask, failure, partsWith } from "./parts.js";

let seen: unknown[];
const parts = partsWith({
  "net.routes": (params) => {
    seen.push(params);
    return [];
  },
});
beforeEach(() => {
  seen = [];
});

const answered = (id: unknown) => ({ jsonrpc: "2.0", result: [], id });
const invalid = failure(-32600, "invalid_request", {}, null);
const broken = failure(-32700, "parse_error", {}, null);

describe("calls with positional parameters", () => {
  it.each([
    ['["inet", "main"]', { family: "inet", table: "main" }],
    ['["inet6", "local"]', { family: "inet6", table: "local" }],
  ])("%s are given to the method in the specification's order", async (params, named) => {
    expect(await ask(parts, `{"jsonrpc": "2.0", "method": "net.routes", "params": ${params}, "id": 1}`)).toEqual(
      answered(1),
    );
    expect(seen).toEqual([named]);
  });
});

describe("calls with named parameters", () => {
  it.each(['{"family": "inet", "table": "main"}', '{"table": "main", "family": "inet"}'])("%s", async (params) => {
    expect(await ask(parts, `{"jsonrpc": "2.0", "method": "net.routes", "params": ${params}, "id": 3}`)).toEqual(
      answered(3),
    );
    expect(seen).toEqual([{ family: "inet", table: "main" }]);
  });
});

describe("notifications", () => {
  it("with parameters run and are not answered", async () => {
    expect(await ask(parts, '{"jsonrpc": "2.0", "method": "net.routes", "params": ["inet"]}')).toBeUndefined();
    expect(seen).toEqual([{ family: "inet" }]);
  });

  it("of an unknown method are not answered either", async () => {
    expect(await ask(parts, '{"jsonrpc": "2.0", "method": "foobar"}')).toBeUndefined();
  });
});

it("a call of a method that does not exist", async () => {
  const answer = await ask(parts, '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}');
  expect(answer).toEqual(failure(-32601, "method_not_found", { method: "foobar" }, "1"));
});

it("a call with invalid JSON", async () => {
  expect(await ask(parts, '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]')).toEqual(broken);
});

it("a call with an invalid request object", async () => {
  expect(await ask(parts, '{"jsonrpc": "2.0", "method": 1, "params": "bar"}')).toEqual(invalid);
});

describe("batches", () => {
  it("with invalid JSON", async () => {
    const batch =
      '[{"jsonrpc": "2.0", "method": "net.routes", "params": ["inet"], "id": "1"},{"jsonrpc": "2.0", "method"]';
    expect(await ask(parts, batch)).toEqual(broken);
    expect(seen).toEqual([]);
  });

  it("that are empty", async () => {
    expect(await ask(parts, "[]")).toEqual(invalid);
  });

  it("that are invalid and not empty", async () => {
    expect(await ask(parts, "[1]")).toEqual([invalid]);
  });

  it("of invalid entries", async () => {
    expect(await ask(parts, "[1,2,3]")).toEqual([invalid, invalid, invalid]);
  });

  it("of everything", async () => {
    const batch = `[
      {"jsonrpc": "2.0", "method": "net.routes", "params": ["inet"], "id": "1"},
      {"jsonrpc": "2.0", "method": "net.routes", "params": ["inet6"]},
      {"jsonrpc": "2.0", "method": "net.routes", "params": {"table": "main"}, "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "rpc.health", "id": "9"}
    ]`;
    expect(await ask(parts, batch)).toEqual([
      answered("1"),
      answered("2"),
      invalid,
      failure(-32601, "method_not_found", { method: "foo.get" }, "5"),
      { jsonrpc: "2.0", result: { status: "ok" }, id: "9" },
    ]);
    expect(seen).toEqual([{ family: "inet" }, { family: "inet6" }, { table: "main" }]);
  });

  it("of notifications only", async () => {
    const batch = `[
      {"jsonrpc": "2.0", "method": "net.routes", "params": ["inet"]},
      {"jsonrpc": "2.0", "method": "net.routes", "params": ["inet6"]}
    ]`;
    expect(await ask(parts, batch)).toBeUndefined();
    expect(seen).toHaveLength(2);
  });
});
