import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { ResizeMaxResult, VolResizeMaxParams } from "../../../generated/types.gen.js";
import { resize } from "../../../src/native/vol/resize.js";
import { btrfsDeps, closeBtrfs, makeBtrfs, usageByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => closeBtrfs(bench));

async function grow(params: VolResizeMaxParams): Promise<ResizeMaxResult> {
  const handlers = resize(await btrfsDeps(bench));
  const answer = await handlers["vol.resize_max"](params, callContext());
  const validate = validateResult["vol.resize_max"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

function enlarge(device: LoopDevice, sizeBytes: number): void {
  truncateSync(device.file, sizeBytes);
  tool("losetup", ["--set-capacity", device.path]);
}

const sizeByDf = (target: string) => Number(tool("df", ["--block-size=1", "--output=size", target]).split("\n")[1]);

const MIB = 1 << 20;

/** Whether we have CAP_SYS_RESOURCE, which the kernel wants for growing an ext4. */
const mayUseResources =
  ((BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]}`) >> 24n) & 1n) === 1n;

describe("growing a btrfs to the end of its devices", () => {
  it("grows every device, or the one that is named, and then has nothing to do", async () => {
    const { devices, target } = makeBtrfs(bench, { devices: 3 });
    for (const device of devices) enlarge(device, 400 * MIB);
    expect(await grow({ path: target, devid: 2 })).toMatchObject({
      changed: true,
      before_bytes: 300 * MIB,
      after_bytes: 400 * MIB,
      devices: [{ devid: 2, changed: true, device: { path: devices[1]?.path } }],
    });
    expect(usageByTool(target).size).toBe(1000 * MIB);
    expect(await grow({ path: target })).toMatchObject({
      changed: true,
      before_bytes: 1000 * MIB,
      after_bytes: 1200 * MIB,
      devices: [{ changed: true }, { changed: false }, { changed: true }],
    });
    expect(usageByTool(target)).toMatchObject({ size: 1200 * MIB, slack: 0 });
    expect(await grow({ path: join(target, ".") })).toMatchObject({
      changed: false,
      warnings: [{ kind: "nothing_to_resize" }],
    });
  });

  it("refuses an unknown device, a read-only filesystem and one in another operation", async () => {
    const { devices, target } = makeBtrfs(bench);
    const [device] = devices;
    if (!device) throw new Error("there is one");
    await expect(grow({ path: target, devid: 7 })).rejects.toMatchObject({
      kind: "not_found",
      details: { resource: "device", name: "7" },
    });
    tool("dd", ["if=/dev/zero", `of=${target}/data`, "bs=1M", "count=20"]);
    tool("umount", [target]);
    bench.mount(device.path, "fs", ["--options", "ro"]);
    enlarge(device, 400 * MIB);
    await expect(grow({ path: target })).rejects.toMatchObject({ kind: "conflict" });
    expect(usageByTool(target).size).toBe(300 * MIB);
  });

  it("names the exclusive operation that stands in its way, and takes a file for its filesystem", async () => {
    const world = makeBtrfs(bench, { sizeBytes: 600 * MIB });
    const { devices, target } = world;
    for (let file = 0; file < 6; file += 1) {
      tool("dd", ["if=/dev/zero", `of=${target}/data${file}`, "bs=1M", "count=40"]);
      tool("sync", ["--file-system", target]);
    }
    const device = String(devices[0]?.path);
    const running = spawn("btrfs", ["balance", "start", "--full-balance", target], { stdio: "ignore" });
    const ended = once(running, "exit");
    await vi.waitFor(() => tool("btrfs", ["balance", "pause", target]), { timeout: 20_000, interval: 1 });
    await ended;
    tool("umount", [target]);
    bench.mount(device, "fs", ["--options", "skip_balance"]);
    await expect(grow({ path: target })).rejects.toMatchObject({
      kind: "in_use",
      details: { holders: [{ kind: "btrfs_operation", name: "balance paused" }] },
    });
    tool("btrfs", ["balance", "cancel", target]);
    expect(await grow({ path: join(target, "data0") })).toMatchObject({ changed: false });
  });
});

describe("growing other filesystems", () => {
  it.each([
    ["ext4", ["mkfs.ext4", "-q", "-F"]],
    ["xfs", ["mkfs.xfs", "-q", "-f"]],
  ])("grows %s, whatever its mount point is called", async (fstype, [command = "", ...args]) => {
    const device = bench.attach({ sizeBytes: 320 * MIB });
    device.wreck(command, args);
    const target = bench.mount(device.path, "--help; $(id) \n\t\\040ü");
    const before = sizeByDf(target);
    expect(await grow({ path: target })).toMatchObject({ changed: false, warnings: [{ kind: "nothing_to_resize" }] });
    enlarge(device, 640 * MIB);
    if (fstype === "ext4" && !mayUseResources) {
      // Containers are often without this right: resize2fs is refused there too.
      await expect(grow({ path: target })).rejects.toMatchObject({ request: "growExt4", code: "EPERM" });
      expect(sizeByDf(target)).toBe(before);
      return;
    }
    const grown = await grow({ path: target });
    expect(grown).toMatchObject({
      changed: true,
      before_bytes: 320 * MIB,
      after_bytes: 640 * MIB,
      filesystem: { fstype, target, devices: [{ path: device.path }] },
      devices: [{ changed: true, before_bytes: 320 * MIB, after_bytes: 640 * MIB }],
    });
    expect(grown.devices[0]).not.toHaveProperty("devid");
    expect(sizeByDf(target)).toBeGreaterThan(before + 250 * MIB);
    await expect(grow({ path: target, devid: 1 })).rejects.toMatchObject({ details: { field: "devid" } });
    tool("umount", [target]);
    // Whoever else holds the device open keeps what was read through it before.
    tool("blockdev", ["--flushbufs", device.path]);
    const check = fstype === "ext4" ? ["e2fsck", "-f", "-n"] : ["xfs_repair", "-n"];
    device.wreck(String(check[0]), check.slice(1));
  });

  it("warns where the partition could be larger, and is refused for what cannot grow", async () => {
    const device = bench.attach({ sizeBytes: 200 * MIB });
    device.partitionBy("label: gpt\nsize=50MiB\nstart=100MiB, size=20MiB\n");
    device.wreck("mkfs.ext4", ["-q", "-F"], 1);
    device.wreck("mkfs.ext4", ["-q", "-F"], 2);
    const [first, second] = [1, 2].map((number) => bench.mount(device.partition(number), `p${number}`));
    expect((await grow({ path: String(first) })).warnings).toMatchObject([
      { kind: "nothing_to_resize" },
      { kind: "partition_smaller_than_disk", object: device.partition(1), remedy: `growpart ${device.path} 1` },
    ]);
    expect((await grow({ path: String(second) })).warnings).toHaveLength(2);
    await expect(grow({ path: "/proc" })).rejects.toMatchObject({ kind: "unsupported" });
    await expect(grow({ path: `${first}/--help` })).rejects.toMatchObject({ kind: "not_found" });
    tool("mount", ["-o", "remount,ro", String(first)]);
    await expect(grow({ path: String(first) })).rejects.toMatchObject({ kind: "conflict" });
  });
});

describe("a daemon that is killed while it grows a filesystem", () => {
  /** Killed after a step, and asked again after its restart. */
  async function again(path: string, dieAt: string) {
    const stateDir = join(bench.folder, "state");
    const killed = StorageDaemon.start(stateDir, ["env"]);
    expect(await killed.ask("vol.resize_max", { path }, { dieAt })).toBeUndefined();
    const next = StorageDaemon.start(stateDir, ["env"]);
    try {
      return await next.ask<ResizeMaxResult>("vol.resize_max", { path });
    } finally {
      await next.kill();
    }
  }

  it("between the devices of a btrfs grows the others when it is asked again", async () => {
    const { devices, target } = makeBtrfs(bench, { devices: 2 });
    for (const device of devices) enlarge(device, 400 * MIB);
    expect(await again(target, "grow device 1")).toMatchObject({
      result: {
        changed: true,
        before_bytes: 700 * MIB,
        after_bytes: 800 * MIB,
        devices: [{ changed: false }, { changed: true }],
      },
    });
    expect(usageByTool(target)).toMatchObject({ size: 800 * MIB, slack: 0 });
  });

  it("after an xfs has grown has nothing to do when it is asked again", async () => {
    const device = bench.attach({ sizeBytes: 320 * MIB });
    device.wreck("mkfs.xfs", ["-q", "-f"]);
    const target = bench.mount(device.path, "xfs");
    const before = sizeByDf(target);
    enlarge(device, 640 * MIB);
    expect(await again(target, "grow filesystem")).toMatchObject({
      result: { changed: false, warnings: [{ kind: "nothing_to_resize" }] },
    });
    expect(sizeByDf(target)).toBeGreaterThan(before + 250 * MIB);
  });
});
