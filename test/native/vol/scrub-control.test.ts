import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { ControlScrubResult, ScrubStatus, VolScrubStartParams } from "../../../generated/types.gen.js";
import { scrub } from "../../../src/native/vol/scrub.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, scrubByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench, { sizeBytes: 160 << 20 });
  tool("dd", ["if=/dev/urandom", `of=${world.target}/data`, "bs=1M", "count=30"]);
  tool("sync", ["--file-system", world.target]);
});
afterEach(() => closeBtrfs(bench, [world]));

async function control(params: VolScrubStartParams = {}): Promise<ControlScrubResult> {
  const handlers = scrub(await btrfsDeps(bench));
  const answer = await handlers["vol.scrub_start"]({ path: world.target, ...params }, callContext());
  const validate = validateResult["vol.scrub_start"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

async function status(): Promise<ScrubStatus> {
  return scrub(await btrfsDeps(bench))["vol.scrub_status"]({ path: world.target }, callContext());
}

/** Bytes a second; 0 for no limit. */
const limitSpeed = (limit: number) =>
  writeFileSync(`/sys/fs/btrfs/${world.uuid}/devinfo/1/scrub_speed_max`, String(limit));

const untilOver = () =>
  vi.waitFor(
    async () => {
      expect((await status()).status).toBe("finished");
    },
    { timeout: 25_000 },
  );

describe("a scrub", () => {
  it("is started, stopped and resumed; each a second time changes nothing", async () => {
    limitSpeed(1 << 20);
    expect(await control()).toMatchObject({
      changed: true,
      action: "start",
      filesystem: { uuid: world.uuid },
      scrub: { status: "running" },
    });
    expect(await control()).toMatchObject({ changed: false, scrub: { status: "running" } });
    expect(await control({ action: "resume" })).toMatchObject({ changed: false });
    await expect(control({ read_only: true })).rejects.toMatchObject({ kind: "conflict" });
    expect(await control({ action: "pause" })).toMatchObject({ changed: true, scrub: { status: "aborted" } });
    expect(scrubByTool(world.target).state).toBe("aborted");
    expect(await control({ action: "pause" })).toMatchObject({ changed: false });
    expect(await control({ action: "cancel" })).toMatchObject({ changed: false });
    limitSpeed(0);
    expect(await control({ action: "resume" })).toMatchObject({ changed: true });
    await untilOver();
    expect(scrubByTool(world.target).state).toBe("finished");
  });

  it("refuses to go on from nothing, and what does not fit together", async () => {
    for (const action of ["pause", "resume"] as const) {
      await expect(control({ action })).rejects.toMatchObject({ kind: "conflict" });
    }
    expect(await control({ action: "cancel" })).toMatchObject({ changed: false, scrub: { status: "never" } });
    await expect(control({ action: "resume", read_only: true })).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "read_only" },
    });
    await expect(control({ path: bench.folder })).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(control({ path: `${bench.folder}/--help` })).rejects.toMatchObject({ kind: "not_found" });
    tool("mount", ["-o", "remount,ro", world.target]);
    await expect(control()).rejects.toMatchObject({ kind: "conflict" });
    expect((await status()).status).toBe("never");
    expect((await control({ read_only: true })).changed).toBe(true);
    await untilOver();
  });

  it("goes on without the daemon, and is found and ended by the next one; others are answered meanwhile", async () => {
    limitSpeed(1 << 20);
    const stateDir = join(bench.folder, "state");
    const first = StorageDaemon.start(stateDir, ["env"]);
    const started = await first.ask<ControlScrubResult>("vol.scrub_start", { path: world.target });
    expect(started?.result).toMatchObject({ changed: true, scrub: { status: "running" } });
    await first.kill();
    const second = StorageDaemon.start(stateDir, ["env"]);
    const found = await second.ask<ScrubStatus>("vol.scrub_status", { path: world.target });
    expect(found?.result).toMatchObject({ status: "running" });
    expect((await second.ask("vol.fs_df", { path: world.target }))?.result).toBeDefined();
    const same = await second.ask("vol.scrub_start", { path: world.target });
    expect(same?.result).toMatchObject({ changed: false });
    const other = await second.ask("vol.scrub_start", { path: world.target, read_only: true });
    expect(other?.error).toMatchObject({ kind: "conflict" });
    const cancelled = await second.ask("vol.scrub_start", { path: world.target, action: "cancel" });
    expect(cancelled?.result).toMatchObject({ changed: true, scrub: { status: "aborted" } });
    await second.kill();
  });

  it("runs once though the daemon is killed right after its start", async () => {
    limitSpeed(1 << 20);
    const stateDir = join(bench.folder, "state");
    const first = StorageDaemon.start(stateDir, ["env"]);
    expect(await first.ask("vol.scrub_start", { path: world.target }, { dieAt: "start scrub" })).toBeUndefined();
    const second = StorageDaemon.start(stateDir, ["env"]);
    const again = await second.ask<ControlScrubResult>("vol.scrub_start", { path: world.target });
    expect(again?.result?.scrub.status).toBe("running");
    const cancel = { path: world.target, action: "cancel" };
    expect(await second.ask("vol.scrub_start", cancel, { dieAt: "cancel scrub" })).toBeUndefined();
    const third = StorageDaemon.start(stateDir, ["env"]);
    expect((await third.ask("vol.scrub_status", { path: world.target }))?.result).toMatchObject({ status: "aborted" });
    expect((await third.ask("vol.scrub_start", cancel))?.result).toMatchObject({ changed: false });
    await third.kill();
  });
});
