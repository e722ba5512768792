import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { methods } from "../../generated/methods.gen.js";
import { Audit, type AuditSink } from "../../src/rpc/audit.js";
import { auditedParams } from "../../src/rpc/audit-params.js";
import { rpcError } from "../../src/rpc/errors.js";
import type { HandlerTable } from "../../src/rpc/handlers.js";
import type { Caller } from "../../src/rpc/identity.js";
import { exampleParams } from "../world/requests.js";
import { ask, call, failure, local, localWith, origin, partsWith, send } from "./parts.js";

const key = "ab".repeat(32);
const operator: Caller = { kind: "identified", key, proof: "token", right: "write", countedAs: "uid:7" };
const sender = { transport: "unix", peer: { pid: 4321, uid: 7, gid: 7 } } as const;
const bridge = exampleParams("net.bridge.add");

/** A sink that keeps its lines, and can be put out of order. */
function book() {
  const lines: Record<string, unknown>[] = [];
  let obstacle: string | undefined;
  const sink: AuditSink = { obstacle: () => obstacle, append: (line) => lines.push(JSON.parse(line)) };
  const breakDown = (reason: string | undefined) => {
    obstacle = reason;
  };
  return { lines, audit: new Audit(sink), breakDown };
}

const withBook = (handlers: Partial<HandlerTable> = {}) => {
  const { lines, audit, breakDown } = book();
  return { lines, audit, breakDown, parts: partsWith(handlers, { audit }) };
};

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("a call that writes", () => {
  it("has a line that says who, what and how it ended, before it is answered", async () => {
    const { lines, parts } = withBook({ "net.bridge.add": () => ({ changed: true }) as never });
    await send(parts, call("net.bridge.add", bridge), origin({ caller: operator, sender }));
    expect(lines).toEqual([
      {
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        request_id: "test-1",
        identity: { kind: "identified", key, proof: "token" },
        peer: { uid: 7, pid: 4321 },
        method: "net.bridge.add",
        params: bridge,
        outcome: "ok",
        duration_ms: expect.any(Number),
      },
    ]);
  });

  it("has no line until it has ended, and has it when its answer is there", async () => {
    let end = (_value: never) => {};
    const ended = new Promise<never>((resolve) => {
      end = resolve;
    });
    const { lines, parts } = withBook({ "net.bridge.add": () => ended });
    const answer = ask(parts, call("net.bridge.add", bridge), origin({ caller: operator }));
    await vi.advanceTimersByTimeAsync(100);
    expect(lines).toEqual([]);
    end({} as never);
    await answer;
    expect(lines).toMatchObject([{ outcome: "ok" }]);
  });

  it.each([
    ["invalid parameters", { nonsense: 1 }, { outcome: "invalid_params", params: { nonsense: "***" } }],
    ["a handler's error", bridge, { outcome: "conflict", params: bridge }],
  ])("has one with the error's kind: %s", async (_what, params, said) => {
    const conflict = rpcError("conflict", { expected: "a", actual: "b" }, "no");
    const { lines, parts } = withBook({ "net.bridge.add": () => Promise.reject(conflict) });
    await ask(parts, call("net.bridge.add", params), origin({ caller: operator }));
    expect(lines).toMatchObject([said]);
  });

  it("has one as a notification and in each place of a batch", async () => {
    const { lines, parts } = withBook({ "net.bridge.add": () => ({}) as never });
    const batch = [call("net.bridge.add", bridge, undefined), call("net.bridge.add", bridge, 2)];
    await send(parts, batch, origin({ caller: operator }));
    expect(lines).toHaveLength(2);
  });

  it("that its caller did not wait for has a second one when it has ended", async () => {
    let end = () => {};
    const held = new Promise<never>((_, reject) => {
      end = () => reject(rpcError("conflict", { expected: "a", actual: "b" }, "no"));
    });
    const { lines, parts } = withBook({ "net.bridge.add": () => held });
    const answer = ask(parts, call("net.bridge.add", bridge), origin({ caller: operator }));
    await vi.advanceTimersByTimeAsync(methods["net.bridge.add"].deadlineMs);
    await answer;
    expect(lines).toMatchObject([{ outcome: "timeout" }]);
    end();
    await vi.advanceTimersByTimeAsync(0);
    expect(lines.slice(1)).toMatchObject([
      { outcome: "conflict", late: true, method: "net.bridge.add", params: bridge },
    ]);
  });

  it("that the daemon's end cuts off has one that says so", async () => {
    const { lines, audit, parts } = withBook({ "net.bridge.add": () => new Promise<never>(() => {}) });
    void ask(parts, call("net.bridge.add", bridge), origin({ caller: operator }));
    await vi.advanceTimersByTimeAsync(0);
    audit.close();
    expect(lines).toMatchObject([{ method: "net.bridge.add", outcome: "unfinished" }]);
  });

  it.each(Object.entries(methods).map(([name, { right }]) => [name, right] as const))(
    "is what has a line: %s (%s)",
    async (name, right) => {
      const { lines, parts } = withBook({ [name]: () => ({}) });
      await ask(parts, call(name, exampleParams(name)), origin({ caller: localWith("admin") }));
      expect(lines).toHaveLength(right === "write" || right === "admin" ? 1 : 0);
    },
  );
});

describe("while no line can be written", () => {
  it("a write is refused before it runs, and reads go on", async () => {
    const write = vi.fn(() => ({}) as never);
    const { lines, parts, breakDown } = withBook({ "net.bridge.add": write, "net.routes": () => [] });
    const from = origin({ caller: operator });
    breakDown("disk full");
    expect(await ask(parts, call("net.bridge.add", bridge), from)).toEqual(
      failure(-32603, "internal_error", { reason: "audit_unavailable" }),
    );
    expect(await ask(parts, call("net.routes"), from)).toMatchObject({ result: [] });
    expect([write.mock.calls.length, lines.length]).toEqual([0, 0]);
    breakDown(undefined);
    expect(await ask(parts, call("net.bridge.add", bridge), from)).toMatchObject({ result: {} });
    expect(lines).toMatchObject([{ outcome: "ok" }]);
  });

  it("refusals are counted, and the count is the first thing that is written again", async () => {
    const { lines, parts, breakDown } = withBook();
    breakDown("disk full");
    for (let round = 0; round < 3; round++) await ask(parts, call("net.bridge.add", bridge));
    breakDown(undefined);
    await ask(parts, call("net.bridge.add", bridge));
    expect(lines).toMatchObject([{ event: "refusals_lost", count: 3 }, { outcome: "permission_denied" }]);
  });
});

describe("a refusal", () => {
  it("has a line that says what was missing, for reads as well", async () => {
    const { lines, parts } = withBook();
    await ask(parts, call("net.bridge.add", bridge));
    await ask(parts, call("net.routes"), origin({ caller: localWith("none") }));
    expect(lines).toMatchObject([
      { method: "net.bridge.add", params: bridge, outcome: "permission_denied", reason: "needs write, has read" },
      { method: "net.routes", outcome: "permission_denied", reason: "needs read, has none" },
    ]);
  });

  it("of bad credentials says why and whose process it was, and holds no parameter", async () => {
    const { lines, parts } = withBook();
    const caller = rpcError("unauthenticated", { reason: "unsigned_key" }, "sign it");
    await ask(parts, call("net.bridge.add", bridge), origin({ caller, sender }));
    expect(lines).toEqual([
      {
        time: expect.any(String),
        request_id: "test-1",
        identity: { kind: "unauthenticated" },
        peer: { uid: 7, pid: 4321 },
        method: "net.bridge.add",
        outcome: "unauthenticated",
        reason: "unsigned_key",
        duration_ms: expect.any(Number),
      },
    ]);
  });

  it("has no line where a reader asks for a method that there is not", async () => {
    const { lines, parts } = withBook();
    await ask(parts, call("net.bridge.ad"), origin({ caller: local }));
    expect(lines).toEqual([]);
  });

  it("has a line sixty times a minute for each peer; the others are counted in one line", async () => {
    const { lines, parts } = withBook();
    const refuse = async (times: number, uid: number) => {
      const caller = rpcError("unauthenticated", { reason: "expired" }, "too late");
      for (let round = 0; round < times; round++)
        await send(
          parts,
          call("net.routes"),
          origin({ caller, sender: { transport: "unix", peer: { pid: 1, uid, gid: 1 } } }),
        );
    };
    await refuse(100, 7);
    await refuse(1, 8);
    expect(lines).toHaveLength(61);
    expect(lines[60]).toMatchObject({ peer: { uid: 8 } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines.slice(61)).toMatchObject([{ event: "refusals_not_listed", peer: "uid:7", count: 40 }]);
    await refuse(1, 7);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines.slice(62)).toMatchObject([{ outcome: "unauthenticated", peer: { uid: 7 } }]);
  });

  it("over the network has a hundred and twenty a minute for all addresses together, and local ones have theirs", async () => {
    vi.useFakeTimers();
    const { lines, parts } = withBook();
    const caller = rpcError("unauthenticated", { reason: "unknown_token" }, "no");
    for (let host = 0; host < 300; host++)
      await send(
        parts,
        call("net.routes"),
        origin({ caller, sender: { transport: "tls", address: `2001:db8:${host}::1` } }),
      );
    expect(lines).toHaveLength(120);
    expect(lines[119]).toMatchObject({ address: "2001:db8:119::1" });
    await send(parts, call("net.routes"), origin({ caller, sender }));
    expect(lines[120]).toMatchObject({ peer: { uid: 7 } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lines.slice(121)).toMatchObject([{ event: "refusals_not_listed", peer: "network", count: 180 }]);
  });

  it("does not use up the lines of writes", async () => {
    const { lines, parts } = withBook({ "net.bridge.add": () => ({}) as never });
    for (let round = 0; round < 70; round++)
      await ask(parts, call("vol.create_partition"), origin({ caller: operator }));
    await ask(parts, call("net.bridge.add", bridge), origin({ caller: operator }));
    expect(lines.at(-1)).toMatchObject({ method: "net.bridge.add", outcome: "ok" });
  });
});

describe("parameters in a line", () => {
  const plain = { params: ["name", "mtu"], secrets: [] };

  it("given by position stand under their names", () => {
    expect(auditedParams(plain, ["br0"])).toEqual({ params: { name: "br0" } });
  });

  it("that the specification does not name are masked, since nothing says that they are no secrets", () => {
    expect(auditedParams(plain, { name: "br0", pasword: "x" })).toEqual({ params: { name: "br0", pasword: "***" } });
    expect(auditedParams(plain, ["br0", 1500, "x"])).toEqual({ params: { name: "br0", mtu: 1500, "[2]": "***" } });
  });

  const secret = { params: ["key", "user", "peers"], secrets: ["key", "user.password", "peers.*.psk"] };

  it("that are secret are masked wherever they stand, and nothing else is", () => {
    const peers = [
      { name: "a", psk: "s1" },
      { name: "b", psk: "s2" },
    ];
    expect(auditedParams(secret, { key: ["s3"], user: { name: "u", password: "s4" }, peers })).toEqual({
      params: {
        key: "***",
        user: { name: "u", password: "***" },
        peers: [
          { name: "a", psk: "***" },
          { name: "b", psk: "***" },
        ],
      },
    });
    expect(auditedParams(secret, ["s1"])).toEqual({ params: { key: "***" } });
  });

  it("that have another form than the specification's are masked as a whole where a secret could be in them", () => {
    expect(auditedParams(secret, { user: "s1", peers: ["s2", { psk: "s3" }] })).toEqual({
      params: { user: "***", peers: ["***", { psk: "***" }] },
    });
  });

  it("longer than 4096 characters are cut, and their length is told", () => {
    const name = "x".repeat(10_000);
    const text = JSON.stringify({ name });
    expect(auditedParams(plain, { name })).toEqual({ params_text: text.slice(0, 4096), params_length: text.length });
  });

  it("nested beyond reason, and integers beyond the safe ones, do no harm", () => {
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(auditedParams(plain, { name: deep })).toHaveProperty("params_text");
    expect(auditedParams(plain, { mtu: 2n ** 64n })).toEqual({ params: { mtu: 2n ** 64n } });
  });
});
