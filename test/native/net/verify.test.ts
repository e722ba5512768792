import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { DriftItem, VerifyReport } from "../../../generated/types.gen.js";
import { CommandFailed } from "../../../src/kernel/exec.js";
import { Files } from "../../../src/kernel/files.js";
import type { Managed } from "../../../src/native/managed.js";
import { type VerifyDeps, verify } from "../../../src/native/net/verify.js";
import { callContext } from "../../world/call-context.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

describeNetwork("net.verify on a live daemon", () => {
  let namespace: Namespace;
  let bench: WriteBench;
  beforeEach(() => {
    namespace = new Namespace();
    bench = new WriteBench(() => namespace.wrapper);
    namespace.batch(["link set lo up", "link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"]);
    namespace.ip("addr add 192.0.2.1/24 dev v0");
  });
  afterEach(() => {
    bench.remove();
    namespace.remove();
  });

  const add = (dst: string) => ["net.routes.add", { dst, gateway: "192.0.2.9" }] as const;
  const report = (params: object = {}): VerifyReport => {
    const [answer] = bench.run([["net.verify", params]]).answers;
    expect(answer?.error).toBeUndefined();
    return answer?.result as unknown as VerifyReport;
  };

  it("is clean while all is there, and lists the state files", () => {
    bench.run([add("10.1.0.0/16"), add("10.2.0.0/16")]);
    const { ok, items } = report();
    expect(ok).toBe(true);
    expect(items.filter(({ kind }) => kind === "route").map(({ state }) => state)).toEqual(["ok", "ok"]);
    expect(items).toContainEqual({ kind: "registry", id: "routes.json", state: "ok", repairable: false });
    const kinds = items.map(({ kind }) => kind);
    expect(kinds.indexOf("registry")).toBeGreaterThan(kinds.lastIndexOf("route"));
  });

  it("names what carries our mark without an entry, and leaves it", () => {
    bench.run([add("10.1.0.0/16"), add("10.2.0.0/16")]);
    namespace.ip("route add 10.9.0.0/16 via 192.0.2.9 proto 109");
    const { ok, items } = report();
    expect(ok).toBe(false);
    expect(items.filter(({ state }) => state !== "ok")).toEqual([
      { kind: "route", id: expect.stringContaining("10.9.0.0/16"), state: "extra", repairable: false },
    ]);
    expect(namespace.ip("route show 10.9.0.0/16").toString()).toContain("10.9.0.0/16");
  });

  it("names what somebody took away while the daemon runs, and does not put it back", async () => {
    const deps = (verifyRoutes: () => Promise<DriftItem[]>): VerifyDeps => ({
      files: new Files(),
      state: { registryFiles: () => [], troubles: () => [] },
      restore: { waiting: [] },
      managed: [
        { kind: "route", restore: () => Promise.reject(new Error("called")), count: () => 1, verify: verifyRoutes },
      ],
    });
    const missing: DriftItem = { kind: "route", id: "main/10.1.0.0/16/0", state: "missing", repairable: true };
    const answer = await verify(deps(async () => [missing]))["net.verify"]({}, callContext());
    expect(answer).toMatchObject({ ok: false, items: [missing] });
  });

  it("filters by kind and by drift, and `ok` speaks of what is listed", () => {
    bench.run([add("10.1.0.0/16")]);
    namespace.ip("route add 10.9.0.0/16 via 192.0.2.9 proto 109");
    expect(
      report({ kind: "route" })
        .items.map(({ state }) => state)
        .sort(),
    ).toEqual(["extra", "ok"]);
    expect(report({ only_drift: true }).items.map(({ state }) => state)).toEqual(["extra"]);
    expect(report({ kind: "tap" })).toMatchObject({ ok: true, items: [] });
    const registries = report({ kind: "registry" });
    expect(registries.ok).toBe(true);
    expect(new Set(registries.items.map(({ kind }) => kind))).toEqual(new Set(["registry"]));
  });

  it("says which state file could not be used, why and since when", () => {
    mkdirSync(bench.stateDir, { recursive: true });
    writeFileSync(join(bench.stateDir, "routes.json"), "{ half");
    const { items } = report({ kind: "registry", only_drift: true });
    expect(items).toEqual([
      {
        kind: "registry",
        id: "routes.json",
        state: "differs",
        expected: "a state file that this build reads",
        actual: expect.stringContaining("put aside as"),
        since: expect.stringMatching(/^20.*Z$/),
        repairable: false,
      },
    ]);
    expect(readdirSync(bench.stateDir).some((name) => name.startsWith("routes.json.corrupt-"))).toBe(true);
  });

  it("what waits for a link is delayed, with the reason", () => {
    bench.run([add("10.1.0.0/16")]);
    namespace.ip("link del v0");
    const { ok, items } = report({ kind: "route" });
    expect(ok).toBe(false);
    expect(items).toEqual([expect.objectContaining({ kind: "route", state: "delayed", actual: expect.any(String) })]);
  });
});

describe("net.verify of parts", () => {
  const part = (kind: Managed["kind"], items: readonly DriftItem[] | Error): Managed => ({
    kind,
    restore: async () => [],
    count: () => 0,
    verify: () => (items instanceof Error ? Promise.reject(items) : Promise.resolve(items)),
  });
  const item = (kind: DriftItem["kind"], id: string, state: DriftItem["state"]): DriftItem => ({
    kind,
    id,
    state,
    repairable: true,
  });
  const ask = async (deps: Partial<VerifyDeps>, params = {}) => {
    const whole: VerifyDeps = {
      files: new Files(),
      state: { registryFiles: () => [], troubles: () => [] },
      restore: { waiting: [] },
      managed: [],
      ...deps,
    };
    const answer = await verify(whole)["net.verify"](params, callContext());
    expect(validateResult["net.verify"](answer)).toBe(true);
    return answer as VerifyReport;
  };
  const waiting = [{ kind: "tap" as const, id: "vm1", reason: "no br0 yet", since: "2026-01-31T10:00:00.000Z" }];

  it("an entry that waits is delayed and not missing, also where its part cannot see it", async () => {
    const delayed = { kind: "tap", id: "vm1", state: "delayed", actual: "no br0 yet", since: waiting[0]?.since };
    const seen = await ask({ managed: [part("tap", [item("tap", "vm1", "missing")])], restore: { waiting } });
    expect(seen.items).toEqual([expect.objectContaining(delayed)]);
    const unseen = await ask({ managed: [part("tap", [])], restore: { waiting } });
    expect(unseen.items).toEqual([expect.objectContaining(delayed)]);
    expect((await ask({ restore: { waiting } }, { kind: "route" })).items).toEqual([]);
  });

  it("orders by kind and id whatever order the parts have", async () => {
    const parts = [
      part("mount", [item("mount", "/b", "ok"), item("mount", "/a", "ok")]),
      part("bridge", [item("bridge", "br0", "ok")]),
    ];
    const { items } = await ask({ managed: parts });
    expect(items.map(({ id }) => id)).toEqual(["br0", "/a", "/b"]);
  });

  it("a tool that fails for one kind does not keep another from being compared", async () => {
    const broken = part("firewall_rule", new CommandFailed(["nft"], 1, "no", "exit code 1"));
    const parts = [broken, part("route", [item("route", "main/10.0.0.0/8/0", "ok")])];
    expect((await ask({ managed: parts }, { kind: "route" })).items).toHaveLength(1);
    for (const kind of [undefined, "firewall_rule", "dnat"]) {
      await expect(ask({ managed: parts }, kind ? { kind } : {})).rejects.toMatchObject({ kind: "command_failed" });
    }
  });
});
