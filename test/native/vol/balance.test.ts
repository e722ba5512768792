import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { BalanceStatus } from "../../../generated/types.gen.js";
import { balance } from "../../../src/native/vol/balance.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

async function status(path: string): Promise<BalanceStatus> {
  const handlers = balance(await btrfsDeps(bench));
  const answer = await handlers["vol.balance_status"]({ path }, callContext());
  const validate = validateResult["vol.balance_status"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench, { sizeBytes: 600 << 20 });
  for (let file = 0; file < 6; file += 1) {
    tool("dd", ["if=/dev/zero", `of=${world.target}/data${file}`, "bs=1M", "count=40"]);
    tool("sync", ["--file-system", world.target]);
  }
});
afterEach(() => {
  closeBtrfs(bench, [world]);
});

describe("the balance of a btrfs", () => {
  it("is idle without one", async () => {
    expect(await status(world.target)).toEqual({
      uuid: world.uuid,
      target: world.target,
      status: "idle",
      exclusive_operation: "none",
    });
  });

  it("runs with its filters, and is idle again when it is over", async () => {
    const { target } = world;
    const filters = ["-dusage=0..100,devid=1,drange=0..1073741824,stripes=1..4", "-musage=90,vrange=0..9000000000"];
    const running = spawn("btrfs", ["balance", "start", ...filters, target], { stdio: "ignore" });
    const ended = once(running, "exit");
    const seen: BalanceStatus[] = [];
    while (running.exitCode === null) seen.push(await status(target));
    await ended;
    expect(seen.find((found) => found.status === "running")).toMatchObject({
      exclusive_operation: "balance",
      filters: [
        { bg_type: "data", filters: "usage=..100,devid=1,drange=..1073741824,stripes=1..4" },
        { bg_type: "metadata", filters: "usage=90,vrange=..9000000000" },
        { bg_type: "system", filters: "usage=90,vrange=..9000000000" },
      ],
    });
    expect(await status(target)).toMatchObject({ status: "idle", exclusive_operation: "none" });
  });

  it("is paused after a mount that skips it", async () => {
    const { target, devices } = world;
    const running = spawn("btrfs", ["balance", "start", "--full-balance", target], { stdio: "ignore" });
    const ended = once(running, "exit");
    await vi.waitFor(() => tool("btrfs", ["balance", "pause", target]), { timeout: 20_000, interval: 1 });
    await ended;
    tool("umount", [target]);
    bench.mount(String(devices[0]?.path), "fs", ["--options", "skip_balance"]);
    const paused = await status(target);
    expect(paused).toMatchObject({ status: "paused", exclusive_operation: "balance paused" });
    expect(paused.filters).toEqual([
      { bg_type: "data", filters: expect.any(String) },
      { bg_type: "metadata", filters: expect.any(String) },
      { bg_type: "system", filters: expect.any(String) },
    ]);
    expect(theirs(target)).toMatch(/is paused/);
    tool("btrfs", ["balance", "cancel", target]);
    expect(await status(target)).toMatchObject({ status: "idle", exclusive_operation: "none" });
  });
});

/** What `btrfs balance status` says; it exits with 1 where there is a balance. */
const theirs = (target: string): string => tool("sh", ["-c", 'btrfs balance status -v "$1" || true', "sh", target]);
