import { truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { BtrfsDeviceStats, BtrfsSpaceInfo, BtrfsUsage } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { SpaceReader } from "../../../src/kernel/statfs.js";
import { stats } from "../../../src/native/vol/stats.js";
import { type BtrfsWorld, closeBtrfs, makeBtrfs, usageByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";

const handlers = stats({ files: new Files(), space: new SpaceReader() });

async function ask<T>(method: keyof typeof handlers, path?: string): Promise<T> {
  const answer: unknown = await handlers[method](path === undefined ? {} : { path }, callContext());
  expect(validateResult[method](answer), JSON.stringify(validateResult[method].errors)).toBe(true);
  return answer as T;
}

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => closeBtrfs(bench));

const fill = (target: string, mebibytes: number) => {
  tool("dd", ["if=/dev/urandom", `of=${target}/data`, "bs=1M", `count=${mebibytes}`]);
  tool("sync", ["--file-system", target]);
};

function expectUsage(ours: BtrfsUsage, target: string): void {
  const theirs = usageByTool(target);
  const by = (device: string | undefined) => device ?? "missing";
  expect({
    size: ours.device_size_bytes,
    allocated: ours.device_allocated_bytes,
    unallocated: ours.device_unallocated_bytes,
    missing: ours.device_missing_bytes,
    slack: ours.device_slack_bytes,
    used: ours.used_bytes,
    free: ours.free_estimated_bytes,
    freeMin: ours.free_estimated_min_bytes,
    statfs: ours.free_statfs_bytes,
    dataRatio: Math.round(ours.data_ratio * 100) / 100,
    metadataRatio: Math.round(ours.metadata_ratio * 100) / 100,
    reserve: ours.global_reserve_bytes,
    reserveUsed: ours.global_reserve_used_bytes,
    severalProfiles: ours.multiple_profiles,
    sections: ours.profiles
      .map(({ bg_type, bg_profile, size_bytes, used_bytes, devices = [] }) => ({
        type: bg_type,
        profile: bg_profile,
        size: size_bytes,
        used: used_bytes,
        devices: Object.fromEntries(devices.map(({ device, bytes }) => [by(device), bytes])),
      }))
      .sort(byTypeAndProfile),
    unallocatedByDevice: Object.fromEntries(
      ours.devices.map(({ device, unallocated_bytes }) => [by(device), unallocated_bytes]),
    ),
  }).toEqual({ ...theirs, sections: theirs.sections.sort(byTypeAndProfile) });
}

interface Section {
  readonly type: string;
  readonly profile: string;
}

const byTypeAndProfile = (a: Section, b: Section) => (`${a.type} ${a.profile}` < `${b.type} ${b.profile}` ? -1 : 1);

async function expectSameAsTool({ target }: BtrfsWorld): Promise<void> {
  expectUsage(await ask("vol.fs_usage", target), target);
  expect(await ask("vol.fs_df", target)).toEqual(dfByTool(target));
  expect(await ask("vol.device_stats", target)).toEqual(statsByTool(target));
}

const TYPES: Readonly<Record<string, string>> = { globalreserve: "global_reserve", "data+metadata": "mixed" };

const dfByTool = (target: string): BtrfsSpaceInfo[] =>
  JSON.parse(tool("btrfs", ["--format", "json", "filesystem", "df", target]))["filesystem-df"].map(
    (row: Record<string, string>) => {
      const type = String(row["bg-type"]).toLowerCase();
      return {
        bg_type: TYPES[type] ?? type,
        bg_profile: row["bg-profile"]?.toLowerCase(),
        total_bytes: Number(row.total),
        used_bytes: Number(row.used),
      };
    },
  );

const statsByTool = (target: string): BtrfsDeviceStats[] =>
  JSON.parse(tool("btrfs", ["--format", "json", "device", "stats", target]))["device-stats"].map(
    ({ device, devid, ...counters }: Record<string, string>) => ({
      devid: Number(devid),
      ...(device?.startsWith("/") ? { device } : {}),
      missing: !device?.startsWith("/"),
      ...Object.fromEntries(Object.entries(counters).map(([name, value]) => [name, Number(value)])),
    }),
  );

describe("usage, block groups and error counters of a btrfs", () => {
  it("equal btrfs on one device, on a mixed one, and from any file on it", async () => {
    const single = makeBtrfs(bench, { name: "single" });
    fill(single.target, 20);
    await expectSameAsTool(single);
    const mixed = makeBtrfs(bench, { args: ["--mixed"], name: "mixed" });
    fill(mixed.target, 20);
    await expectSameAsTool(mixed);
    expect(await ask("vol.fs_df", `${single.target}/data`)).toEqual(dfByTool(single.target));
  });

  it("equal btrfs with two copies, with stripes, with parity", async () => {
    for (const [profile, devices] of [
      ["raid1", 2],
      ["raid0", 3],
      ["raid10", 4],
      ["raid5", 3],
    ] as const) {
      const world = makeBtrfs(bench, { devices, args: ["--data", profile, "--metadata", "raid1"], name: profile });
      fill(world.target, 30);
      if (profile !== "raid5") await expectSameAsTool(world);
      // btrfs rounds the share of each chunk by itself.
      else await expectNearly(world);
    }
  });

  it("equal btrfs while a device is missing", async () => {
    const { devices, target } = makeBtrfs(bench, { devices: 2, args: ["--data", "raid1", "--metadata", "raid1"] });
    fill(target, 20);
    tool("umount", [target]);
    const [first, second] = devices;
    tool("losetup", ["--detach", String(second?.path)]);
    tool("btrfs", ["device", "scan", "--forget"]);
    bench.mount(String(first?.path), "fs", ["--options", "degraded"]);
    await expectSameAsTool({ bench, devices, target, uuid: "" });
    expect(await ask<BtrfsDeviceStats[]>("vol.device_stats", target)).toMatchObject([
      { devid: 1, device: first?.path, missing: false },
      { devid: 2, missing: true },
    ]);
  });

  it("count what a scrub finds wrong, and what a device has beyond the filesystem", async () => {
    const { devices, target } = makeBtrfs(bench, {
      devices: 2,
      sizeBytes: 160 << 20,
      args: ["--data", "raid1", "--metadata", "raid1"],
    });
    fill(target, 5);
    tool("umount", [target]);
    const second = devices[1];
    if (!second) throw new Error("there are two");
    second.write(Buffer.alloc(120 << 20, 0xaa), 30 << 20);
    truncateSync(second.file, 200 << 20);
    tool("losetup", ["--set-capacity", second.path]);
    bench.mount(second.path, "fs");
    tool("sh", ["-c", 'btrfs scrub start -B "$1" || true', "sh", target]);
    const found = await ask<BtrfsDeviceStats[]>("vol.device_stats", target);
    expect(found).toEqual(statsByTool(target));
    expect(Number(found[1]?.corruption_errs)).toBeGreaterThan(0);
    const usage = await ask<BtrfsUsage>("vol.fs_usage", target);
    expectUsage(usage, target);
    expect(usage.device_slack_bytes).toBe(40 << 20);
  });
});

async function expectNearly({ target }: BtrfsWorld): Promise<void> {
  const [ours, theirs] = [await ask<BtrfsUsage>("vol.fs_usage", target), usageByTool(target)];
  expect(ours).toMatchObject({ device_size_bytes: theirs.size, device_allocated_bytes: theirs.allocated });
  expect(Math.abs(Number(ours.used_bytes) - theirs.used)).toBeLessThan(4096);
  expect(ours.data_ratio).toBeCloseTo(theirs.dataRatio, 2);
  expect(Math.abs(Number(ours.free_estimated_bytes) - theirs.free)).toBeLessThan(1 << 20);
}

describe("without a path", () => {
  it("mean the one filesystem labelled MOSDATA, are not found without one and refused with two", async () => {
    // Other suites may have filesystems of that name mounted: here there are none but ours.
    const namespace = await MountNamespace.open();
    try {
      namespace.script(`umount --all --types btrfs; mkdir -p ${bench.folder}/one ${bench.folder}/two`);
      const mount = (name: string) => {
        const device = bench.attach({ sizeBytes: 128 << 20 });
        device.wreck("mkfs.btrfs", ["--quiet", "--label", "MOSDATA"]);
        namespace.run("mount", [device.path, join(bench.folder, name)]);
      };
      expect(namespace.ask("vol.fs_df").error).toMatchObject({ kind: "not_found", name: "MOSDATA" });
      mount("one");
      expect(namespace.call("vol.fs_usage")).toMatchObject({ target: join(bench.folder, "one") });
      mount("two");
      expect(namespace.ask("vol.fs_df").error).toMatchObject({ kind: "conflict", remedy: "name a path" });
    } finally {
      await namespace.close();
    }
  });
});

describe("what is no btrfs", () => {
  it("is refused with the filesystem's name, and what is not there is not found", async () => {
    await expect(ask("vol.fs_usage", "/proc/self")).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "path" },
    });
    await expect(ask("vol.fs_usage", "/dev/null")).rejects.toMatchObject({ kind: "invalid_argument" });
    for (const path of [`${bench.folder}/--help`, `${bench.folder}/; reboot`, "/nothing/\n\u0001"]) {
      await expect(ask("vol.device_stats", path)).rejects.toMatchObject({ kind: "not_found" });
    }
  });

  it("cannot be asked on a recorded machine", async () => {
    const recorded = stats({ files: new Files(bench.folder), space: new SpaceReader() });
    const asked = async () => recorded["vol.fs_df"]({ path: "/" }, callContext());
    await expect(asked()).rejects.toMatchObject({ kind: "unsupported" });
  });
});
