import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { BalanceStatus, ControlBalanceResult, VolBalanceStartParams } from "../../../generated/types.gen.js";
import { balance } from "../../../src/native/vol/balance.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, usageByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
let worlds: BtrfsWorld[];
beforeEach(() => {
  bench = new LoopBench();
  worlds = [];
});
afterEach(() => closeBtrfs(bench, worlds));

function filled({ devices = 1, files = 4, args = [] as string[] } = {}): BtrfsWorld {
  const world = makeBtrfs(bench, { devices, args, sizeBytes: 1 << 30 });
  worlds.push(world);
  for (let file = 0; file < files; file += 1) {
    tool("dd", ["if=/dev/zero", `of=${world.target}/data${file}`, "bs=1M", "count=40"]);
    tool("sync", ["--file-system", world.target]);
  }
  return world;
}

async function control(params: VolBalanceStartParams): Promise<ControlBalanceResult> {
  const handlers = balance(await btrfsDeps(bench));
  const answer = await handlers["vol.balance_start"](params, callContext());
  const validate = validateResult["vol.balance_start"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

const status = async (path: string): Promise<BalanceStatus> =>
  balance(await btrfsDeps(bench))["vol.balance_status"]({ path }, callContext());

const untilIdle = (path: string) =>
  vi.waitFor(
    async () => {
      const found = await status(path);
      expect(found.status).toBe("idle");
      expect(found.last).toBeDefined();
    },
    { timeout: 25_000 },
  );

describe("a balance", () => {
  it("rewrites what passes the filters and says how it ended", async () => {
    const { target, uuid } = filled();
    const started = await control({ path: target, data: { usage: 100 } });
    expect(started).toMatchObject({ changed: true, action: "start", filesystem: { uuid } });
    await untilIdle(target);
    expect((await status(target)).last).toMatchObject({ outcome: "completed", chunks_relocated: expect.any(Number) });
    expect((await status(target)).last?.chunks_relocated).toBeGreaterThan(0);
  });

  it("changes nothing where no chunk passes", async () => {
    const { target } = filled();
    await control({ path: target, data: { usage: 0 } });
    await untilIdle(target);
    expect(await control({ path: target, data: { usage: 0, profiles: ["raid1"] } })).toMatchObject({
      changed: false,
      warnings: [{ kind: "nothing_to_balance", object: target }],
      balance: { status: "idle" },
    });
  });

  it("is not begun by the way: everything needs `full`, and contradictions are named", async () => {
    const { target } = filled({ files: 1 });
    const refused = async (params: Omit<VolBalanceStartParams, "path">, field: string) =>
      expect(control({ path: target, ...params }), field).rejects.toMatchObject({
        kind: "invalid_argument",
        details: { field },
      });
    await refused({}, "full");
    await refused({ full: true, data: {} }, "full");
    await refused({ data: { usage: 1, usage_range: { max: 2 } } }, "data.usage");
    await refused({ data: { limit: 1, limit_range: { max: 2 } } }, "data.limit");
    await refused({ metadata: { usage_range: {} } }, "metadata.usage_range");
    await refused({ metadata: { stripes: { min: 3, max: 2 } } }, "metadata.stripes");
    await refused({ data: { drange: { start_bytes: 0, end_bytes: 5 } } }, "data.drange");
    await refused({ data: { vrange: { start_bytes: 5, end_bytes: 5 } } }, "data.vrange");
    await refused({ data: { soft: true } }, "data.soft");
    await refused({ data: { convert: "raid1" } }, "data.convert");
    await refused({ action: "pause", force: true }, "force");
    await refused({ action: "cancel", data: {} }, "data");
    for (const action of ["pause", "resume"] as const) {
      await expect(control({ path: target, action })).rejects.toMatchObject({ kind: "conflict" });
    }
    expect(await control({ path: target, action: "cancel" })).toMatchObject({ changed: false });
    await expect(control({ path: `${target}/no`, full: true })).rejects.toMatchObject({ kind: "not_found" });
    await expect(control({ path: bench.folder, full: true })).rejects.toMatchObject({ kind: "invalid_argument" });
    tool("mount", ["-o", "remount,ro", target]);
    await expect(control({ path: target, full: true })).rejects.toMatchObject({ kind: "conflict" });
  });

  it("converts, and lowers no redundancy of metadata without force", async () => {
    const { target } = filled({ devices: 2, files: 1, args: ["--data", "single", "--metadata", "raid1"] });
    await expect(control({ path: target, metadata: { convert: "single" } })).rejects.toMatchObject({
      kind: "conflict",
      details: { remedy: "force: true" },
    });
    await control({ path: target, data: { convert: "raid1", soft: true } });
    await untilIdle(target);
    expect(usageByTool(target).sections.map(({ profile }) => profile)).toEqual(["raid1", "raid1", "raid1"]);
    await control({ path: target, metadata: { convert: "single" }, force: true });
    await untilIdle(target);
    expect(usageByTool(target).sections.map(({ type, profile }) => `${type} ${profile}`)).toContain("metadata single");
  });

  it("is one at a time: the same is unchanged, others are refused, while it runs and while it is paused", async () => {
    const { target } = filled({ files: 10 });
    await control({ path: target, full: true });
    const paused = await control({ path: target, action: "pause" });
    // On a fast machine it is over before it can be paused.
    if (paused.changed) {
      expect(paused.balance).toMatchObject({ status: "paused", exclusive_operation: "balance paused" });
      expect(await control({ path: target, action: "pause" })).toMatchObject({ changed: false });
      await expect(control({ path: target, full: true })).rejects.toMatchObject({
        kind: "conflict",
        details: { remedy: "action: resume or cancel" },
      });
      expect(await control({ path: target, action: "resume" })).toMatchObject({ changed: true });
    }
    const cancelled = await control({ path: target, action: "cancel" });
    expect(cancelled.balance.status).toBe("idle");
    expect(cancelled.balance.last).toBeDefined();
  });

  it("goes on without the daemon and is found again; its end is told by the next one", async () => {
    const { target } = filled({ files: 10 });
    const stateDir = join(bench.folder, "state");
    const first = StorageDaemon.start(stateDir, ["env"]);
    expect(
      await first.ask("vol.balance_start", { path: target, full: true }, { dieAt: "start balance" }),
    ).toBeUndefined();
    const second = StorageDaemon.start(stateDir, ["env"]);
    const again = await second.ask<ControlBalanceResult>("vol.balance_start", { path: target, action: "cancel" });
    expect(again?.error).toBeUndefined();
    const found = await second.ask<BalanceStatus>("vol.balance_status", { path: target });
    expect(found?.result).toMatchObject({ status: "idle", last: { finished_at: expect.any(String) } });
    expect(["cancelled", "completed"], JSON.stringify(found)).toContain(found?.result?.last?.outcome);
    await second.kill();
  });

  it.each(["pause", "cancel"])("is told by the next daemon where one is killed right after a %s", async (action) => {
    const { target } = filled({ files: 10 });
    const stateDir = join(bench.folder, "state");
    const first = StorageDaemon.start(stateDir, ["env"]);
    await first.ask("vol.balance_start", { path: target, full: true });
    const done = await first.ask<ControlBalanceResult>(
      "vol.balance_start",
      { path: target, action },
      { dieAt: `${action} balance` },
    );
    const second = StorageDaemon.start(stateDir, ["env"]);
    const found = await second.ask<BalanceStatus>("vol.balance_status", { path: target });
    // On a quick disk the balance may end before it is stopped: then nothing was stopped, nor killed.
    const isStopped = done === undefined;
    expect(found?.result?.status).toBe(isStopped && action === "pause" ? "paused" : "idle");
    const again = await second.ask<ControlBalanceResult>("vol.balance_start", { path: target, action: "cancel" });
    expect(again?.error).toBeUndefined();
    expect(again?.result?.balance.status).toBe("idle");
    await Promise.all([first.kill(), second.kill()]);
  });

  it("takes a file for the filesystem that it lies on", async () => {
    const { target } = filled({ files: 1 });
    await control({ path: `${target}/data0`, data: { usage: 100 } });
    await untilIdle(target);
  });
});
