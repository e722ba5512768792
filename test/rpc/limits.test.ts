import { describe, expect, it } from "vitest";
import { Admission } from "../../src/rpc/admission.js";
import { ask, call, failure, origin, partsWith, send } from "./parts.js";

const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
};

describe("calls at once", () => {
  const mine = { kind: "anonymous_local", right: "read", countedAs: "uid:1" } as const;
  const other = { kind: "anonymous_local", right: "read", countedAs: "uid:2" } as const;

  it("beyond a caller's own limit are `overloaded` and leave the other callers alone", async () => {
    const { open, opened } = gate();
    const parts = partsWith(
      { "net.routes": () => opened.then(() => []) },
      { admission: new Admission({ calls: 10, callsPerPeer: 2 }) },
    );
    const running = [1, 2].map((id) => ask(parts, call("net.routes", {}, id), origin({ caller: mine })));
    expect(await ask(parts, call("net.routes"), origin({ caller: mine }))).toEqual(
      failure(-32005, "overloaded", { retry_after_ms: 100 }),
    );
    const others = ask(parts, call("net.routes", {}, 3), origin({ caller: other }));
    open();
    expect(await Promise.all([...running, others])).toEqual(
      [1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, result: [] })),
    );
    expect(await ask(parts, call("net.routes"), origin({ caller: mine }))).toMatchObject({ result: [] });
  });

  it("beyond the limit of all are `overloaded` for everyone, while health is still told", async () => {
    const { open, opened } = gate();
    const parts = partsWith(
      { "net.routes": () => opened.then(() => []) },
      { admission: new Admission({ calls: 1, callsPerPeer: 32 }) },
    );
    const running = ask(parts, call("net.routes"), origin({ caller: mine }));
    expect(await ask(parts, call("net.routes"), origin({ caller: other }))).toEqual(failure(-32005, "overloaded"));
    expect(await ask(parts, call("rpc.health"), origin({ caller: other }))).toMatchObject({ result: { status: "ok" } });
    open();
    await running;
  });

  it("that failed no longer count", async () => {
    const parts = partsWith(
      { "net.routes": () => Promise.reject(new Error("broken")) },
      { admission: new Admission({ calls: 1, callsPerPeer: 1 }) },
    );
    for (let round = 0; round < 3; round++) {
      expect(await ask(parts, call("net.routes"))).toEqual(failure(-32603, "internal_error"));
    }
  });
});

describe("a batch", () => {
  it("may be as long as the limit and no longer", async () => {
    const parts = partsWith({}, { limits: { batch: 3, responseBytes: 1 << 20 } });
    const batch = (size: number) => Array.from({ length: size }, (_, id) => call("rpc.health", undefined, id));
    expect(await ask(parts, batch(3))).toHaveLength(3);
    expect(await ask(parts, batch(4))).toEqual(
      failure(-32600, "invalid_request", { reason: expect.stringContaining("at most 3") }, null),
    );
  });

  it("runs in order, one call at a time", async () => {
    const events: string[] = [];
    const parts = partsWith({
      "net.routes": async ({ table }) => {
        events.push(`start ${table}`);
        await new Promise(setImmediate);
        events.push(`end ${table}`);
        return [];
      },
    });
    await ask(
      parts,
      ["a", "b", "c"].map((table) => call("net.routes", { table })),
    );
    expect(events).toEqual(["start a", "end a", "start b", "end b", "start c", "end c"]);
  });

  it("of a thousand wrong names does not keep others waiting", async () => {
    const parts = partsWith({});
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await ask(
      parts,
      Array.from({ length: 1000 }, (_, id) => call("net.firewall.ad_rulez_xxxxxxxxxxxxxxx", {}, id)),
    );
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(0);
  });
});

describe("a response", () => {
  const long = (bytes: number) =>
    partsWith({ "net.routes": () => ["x".repeat(bytes)] as never }, { limits: { batch: 1000, responseBytes: 10_000 } });

  it("that would be too long is an error that says to ask for less", async () => {
    expect(await ask(long(20_000), call("net.routes"))).toEqual(
      failure(-32603, "internal_error", { reason: "response_too_large" }),
    );
  });

  it("of a batch is counted as a whole: what no longer fits is refused, call by call", async () => {
    const batch = [1, 2, 3, 4].map((id) => call("net.routes", {}, id));
    const text = await send(long(3000), batch);
    expect(JSON.parse(text ?? "")).toEqual([
      expect.objectContaining({ id: 1, result: expect.anything() }),
      expect.objectContaining({ id: 2, result: expect.anything() }),
      expect.objectContaining({ id: 3, result: expect.anything() }),
      failure(-32603, "internal_error", { reason: "response_too_large" }, 4),
    ]);
  });
});
