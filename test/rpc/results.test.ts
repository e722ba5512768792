import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { resultCheck } from "../../src/rpc/check-results.js";
import { rpcHandlers } from "../../src/rpc/discover.js";
import { rpcError } from "../../src/rpc/errors.js";
import { Metrics } from "../../src/rpc/metrics.js";
import { readSpecification } from "../../src/rpc/specification.js";
import { ask, call, failure, logBook, partsWith, send } from "./parts.js";

const file = readFileSync(join(import.meta.dirname, "../../openrpc.json"));

describe("rpc.discover", () => {
  it("answers the very bytes of openrpc.json", async () => {
    const text = await send(partsWith(rpcHandlers(readSpecification())), call("rpc.discover", undefined, "x"));
    expect(text).toBe(`{"jsonrpc":"2.0","id":"x","result":${file.toString("utf8")}}`);
  });

  it("fits its own specification", async () => {
    const parts = partsWith(rpcHandlers(readSpecification()), {
      checkResult: await resultCheck(partsWith({}), "withheld"),
    });
    expect(await ask(parts, call("rpc.discover"))).toMatchObject({ result: { openrpc: "1.3.2" } });
  });
});

describe("results that are checked", () => {
  it("and fit are passed on, 64-bit integers and all", async () => {
    const [example] = exampleOf("vol.usage");
    const usage = [{ ...Object(example), size_bytes: 18446744073709551615n }];
    const parts = partsWith(
      { "vol.usage": () => usage as never },
      { checkResult: await resultCheck(partsWith({}), "withheld") },
    );
    expect(await send(parts, call("vol.usage"))).toContain("18446744073709551615");
  });

  it("and do not fit are withheld, and the log says where", async () => {
    const log = logBook();
    const parts = partsWith(
      { "rpc.health": () => ({ status: "fine" }) as never },
      { log, checkResult: await resultCheck({ log, metrics: new Metrics() }, "withheld") },
    );
    expect(await ask(parts, call("rpc.health"))).toEqual(
      failure(-32603, "internal_error", { reason: "result_check_failed" }),
    );
    expect(log.lines).toContainEqual({
      said: "error a result does not fit the specification",
      fields: {
        request_id: "test-1",
        method: "rpc.health",
        path: "status",
        reason: expect.stringContaining("must be"),
      },
    });
  });

  it("are what is on the wire: a number that JSON cannot say is found", async () => {
    const log = logBook();
    const parts = partsWith(
      { "rpc.health": () => ({ status: Number.NaN }) as never },
      { log, checkResult: await resultCheck({ log, metrics: new Metrics() }, "withheld") },
    );
    expect(await ask(parts, call("rpc.health"))).toEqual(
      failure(-32603, "internal_error", { reason: "result_check_failed" }),
    );
  });

  it("are not looked at unless asked for", async () => {
    const parts = partsWith({ "rpc.health": () => ({ status: "fine" }) as never });
    expect(await ask(parts, call("rpc.health"))).toMatchObject({ result: { status: "fine" } });
  });
});

describe("what a handler throws", () => {
  it("is on the wire where it is of the catalogue", async () => {
    const error = rpcError("not_found", { resource: "interface", name: "eth9" }, "there is no interface `eth9`");
    const parts = partsWith({ "net.dns": () => Promise.reject(error) });
    expect(await ask(parts, call("net.dns"))).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: 1004,
        message: "there is no interface `eth9`",
        data: { kind: "not_found", request_id: "test-1", resource: "interface", name: "eth9" },
      },
    });
  });

  it.each([
    ["an error", () => Promise.reject(new Error("secret /etc/shadow"))],
    [
      "an error at once",
      () => {
        throw new TypeError("secret");
      },
    ],
    ["a word", () => Promise.reject("secret")],
    ["nothing", () => Promise.reject(undefined)],
    ["no result at all", () => undefined as never],
  ])("and is %s is told to the log alone", async (_, handler) => {
    const log = logBook();
    const text = await send(partsWith({ "net.dns": handler }, { log }), call("net.dns"));
    expect(JSON.parse(text ?? "")).toEqual({
      jsonrpc: "2.0",
      id: 1,
      error: {
        code: -32603,
        message: "internal error; the daemon's log says more under this request_id",
        data: { kind: "internal_error", request_id: "test-1" },
      },
    });
    expect(log.lines).toContainEqual({
      said: "error a call failed",
      fields: { request_id: "test-1", method: "net.dns", error: expect.any(String) },
    });
  });

  it("with a message of any length is cut", async () => {
    const error = rpcError("conflict", { expected: "a", actual: "b" }, "x".repeat(100_000));
    const text = await send(partsWith({ "net.dns": () => Promise.reject(error) }), call("net.dns"));
    expect(text?.length).toBeLessThan(2000);
  });
});

it("a method without a handler says why", async () => {
  expect(await ask(partsWith({}), call("net.dns"))).toEqual(
    failure(1001, "unsupported", { reason: "not in this test", mode: "native" }),
  );
});

function exampleOf(method: string): readonly unknown[] {
  const document: { methods: { name: string; examples: { result: { value: unknown[] } }[] }[] } = JSON.parse(
    file.toString(),
  );
  return document.methods.find(({ name }) => name === method)?.examples[0]?.result.value ?? [];
}
