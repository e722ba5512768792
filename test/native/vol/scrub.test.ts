import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { ScrubStatus } from "../../../generated/types.gen.js";
import { scrub } from "../../../src/native/vol/scrub.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, scrubByTool, usageByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

async function status(path: string): Promise<ScrubStatus> {
  const handlers = scrub(await btrfsDeps(bench));
  const answer = await handlers["vol.scrub_status"]({ path }, callContext());
  const validate = validateResult["vol.scrub_status"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

let bench: LoopBench;
let worlds: BtrfsWorld[];
beforeEach(() => {
  bench = new LoopBench();
  worlds = [];
});
afterEach(() => closeBtrfs(bench, worlds));

const mirror = (): BtrfsWorld => {
  const world = makeBtrfs(bench, {
    devices: 2,
    sizeBytes: 160 << 20,
    args: ["--data", "raid1", "--metadata", "raid1"],
  });
  worlds.push(world);
  tool("dd", ["if=/dev/urandom", `of=${world.target}/data`, "bs=1M", "count=20"]);
  tool("sync", ["--file-system", world.target]);
  return world;
};

/** Bytes a second for each device; 0 for no limit. */
const limitSpeed = ({ uuid, devices }: BtrfsWorld, limit: number): void => {
  for (const devid of devices.keys())
    writeFileSync(`/sys/fs/btrfs/${uuid}/devinfo/${devid + 1}/scrub_speed_max`, String(limit));
};

/** `btrfs` goes into the background with whatever pipes it was given. */
const inBackground = (action: string, target: string) =>
  execFileSync("btrfs", ["scrub", action, target], { stdio: "ignore" });

const summed = ({ devices }: ScrubStatus) => {
  const sums: Record<string, number> = {};
  for (const { counters } of devices) {
    for (const [name, value] of Object.entries(counters)) sums[name] = (sums[name] ?? 0) + Number(value);
  }
  return sums;
};

function expectSameAsTool(ours: ScrubStatus, target: string, state = ours.status as string): void {
  const theirs = scrubByTool(target);
  const { last_physical: _, ...counters } = theirs.counters;
  expect(theirs.state).toBe(state);
  expect(ours.status).toBe(state);
  expect(ours.counters).toEqual(counters);
  expect(summed(ours)).toEqual(counters);
}

describe("the scrub of a btrfs", () => {
  it("is never before the first, then finished with btrfs's own counts", async () => {
    const { target, uuid, devices } = mirror();
    const before = await status(target);
    expect(before).toMatchObject({ uuid, target, status: "never", duration_seconds: 0, scrubbed_bytes: 0 });
    expect(before.devices.map(({ device, status: state }) => [device, state])).toEqual(
      devices.map(({ path }) => [path, "never"]),
    );
    const started = Math.floor(Date.now() / 1000);
    tool("btrfs", ["scrub", "start", "-B", target]);
    const after = await status(target);
    expectSameAsTool(after, target, "finished");
    expect(after).toMatchObject({ percent: 100, error_count: 0, total_bytes: usageByTool(target).used });
    expect(Date.parse(String(after.started_at)) / 1000).toBeGreaterThanOrEqual(started);
    expect(after).not.toHaveProperty("resumed_at");
    expect(after).not.toHaveProperty("eta_seconds");
  });

  it("tells what was wrong on a device and repaired from its copy", async () => {
    const { target, devices } = mirror();
    tool("umount", [target]);
    devices[1]?.write(Buffer.alloc(120 << 20, 0xaa), 30 << 20);
    bench.mount(String(devices[0]?.path), "fs");
    tool("sh", ["-c", 'btrfs scrub start -B "$1" || true', "sh", target]);
    const found = await status(target);
    expectSameAsTool(found, target, "finished");
    expect(found.counters.csum_errors).toBeGreaterThan(0);
    expect(found.counters.corrected_errors).toBeGreaterThan(0);
    expect(found.counters.uncorrectable_errors).toBe(0);
    expect(found.error_count).toBeGreaterThan(0);
    expect(found.devices[0]?.counters.csum_errors).toBe(0);
  });

  it("runs, whoever started it, is aborted where cancelled, and counts on where resumed", async () => {
    const world = mirror();
    const { target } = world;
    limitSpeed(world, 1 << 20);
    inBackground("start", target);
    await vi.waitFor(
      async () => {
        expect((await status(target)).scrubbed_bytes).toBeGreaterThan(0);
      },
      { timeout: 20_000 },
    );
    const running = await status(target);
    expect(running).toMatchObject({ status: "running", percent: expect.any(Number), eta_seconds: expect.any(Number) });
    expect(Number(running.percent)).toBeLessThan(100);
    tool("btrfs", ["scrub", "cancel", target]);
    const aborted = await status(target);
    expectSameAsTool(aborted, target, "aborted");
    inBackground("resume", target);
    const resumed = await status(target);
    expect(resumed.status).toBe("running");
    expect(resumed.scrubbed_bytes).toBeGreaterThanOrEqual(Number(aborted.scrubbed_bytes));
    limitSpeed(world, 0);
    await vi.waitFor(
      async () => {
        expect((await status(target)).status).toBe("finished");
      },
      { timeout: 25_000 },
    );
    const done = await status(target);
    expectSameAsTool(done, target, "finished");
    expect(done.resumed_at).toEqual(expect.any(String));
  });

  it("is interrupted where its record ends in the middle", async () => {
    const { target, uuid } = mirror();
    tool("btrfs", ["scrub", "start", "-B", target]);
    tool("sed", ["-i", "s/finished:1/finished:0/", `/var/lib/btrfs/scrub.status.${uuid}`]);
    expectSameAsTool(await status(target), target, "interrupted");
  });

  it("survives a record that is none", async () => {
    const { target, uuid } = mirror();
    for (const text of [
      "",
      "scrub status:1\n\0\n",
      `${uuid}:1|duration:99999999999999999999|t_start:-1`,
      "x".repeat(70_000),
    ]) {
      writeFileSync(`/var/lib/btrfs/scrub.status.${uuid}`, text);
      await status(target);
    }
  });
});
