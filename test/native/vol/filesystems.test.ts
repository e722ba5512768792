import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Filesystem, Inventory } from "../../../generated/types.gen.js";
import { tool } from "../../world/loop.js";
import { blkid } from "../../world/lsblk.js";
import { MountWorld } from "../../world/mount-world.js";

const world = new MountWorld();
const paths = { ext4: "", vfat: "", swap: "", luks: "", lvm: "", raid: ["", ""], alone: "" };

beforeAll(async () => {
  await world.boot();
  const disk = world.bench.attach({ sizeBytes: 96 << 20 });
  disk.partitionBy('label: gpt\nsize=16MiB, name="mosboot"\nsize=16MiB, name="MOSBOOT"\nsize=16MiB\nsize=20MiB\n');
  disk.wreck("mkfs.vfat", ["-n", "BOOT"], 1);
  disk.wreck("mkfs.ext4", ["-q", "-L", "plain"], 2);
  disk.wreck("mkswap", ["--quiet", "--label", "MOSSWAP"], 3);
  disk.wreck("mkfs.ext4", ["-q", "-L", "mosdata"], 4);
  Object.assign(paths, { vfat: disk.partition(1), ext4: disk.partition(2), swap: disk.partition(3) });
  paths.raid = world.btrfs(2, "MOSDATA").map(({ path }) => path);
  paths.alone = world.btrfs(1, "mine").map(({ path }) => path)[0] ?? "";
});
afterAll(() => world.close());

const list = async (all: boolean): Promise<Filesystem[]> =>
  (await world.ask<Filesystem[]>("vol.list_filesystems", { all })).result ?? [];
const on = (found: readonly Filesystem[], path: string) =>
  found.find(({ devices }) => devices.some((device) => device.path === path));

describe("filesystems", () => {
  it("are what blkid finds: type, label, UUID; swap is none", async () => {
    const found = await list(true);
    for (const path of [paths.vfat, paths.ext4, paths.alone, ...paths.raid]) {
      const theirs = blkid(path);
      expect(on(found, path), path).toMatchObject({
        fstype: theirs.get("ID_FS_TYPE"),
        uuid: theirs.get("ID_FS_UUID"),
        label: theirs.get("ID_FS_LABEL"),
        missing_devices: 0,
        duplicate_uuid: false,
        managed: false,
      });
    }
    expect(on(found, paths.swap)).toBeUndefined();
  });

  it("are MOS-labelled by their own label or by a partition's name; case counts", async () => {
    const found = await list(false);
    expect(found.every(({ mos }) => mos)).toBe(true);
    expect([paths.vfat, paths.ext4, paths.alone, ...paths.raid].map((path) => on(found, path) !== undefined)).toEqual([
      true,
      false,
      false,
      true,
      true,
    ]);
  });

  it("of btrfs are one with all members, as btrfs itself numbers them, and without one say so", async () => {
    const found = on(await list(true), paths.raid[0] ?? "");
    const shown = tool("btrfs", ["filesystem", "show", "--raw", paths.raid[0] ?? ""]);
    const theirs = [...shown.matchAll(/devid\s+([0-9]+) size ([0-9]+) .* path (\S+)/g)].map(
      ([, devid, size, path]) => ({
        devid: Number(devid),
        path,
        size_bytes: Number(size),
        missing: false,
      }),
    );
    expect(found?.devices).toMatchObject(theirs);
    const [, second] = world.bench.attached.filter(({ path }) => paths.raid.includes(path));
    const superblock = readFileSync(second?.file ?? "").subarray(0x10000, 0x11000);
    second?.write(Buffer.alloc(4096), 0x10000);
    const lacking = on(await list(true), paths.raid[0] ?? "");
    expect(lacking).toMatchObject({
      missing_devices: 1,
      devices: [{ missing: false }, { path: "/dev/missing", missing: true }],
    });
    second?.write(superblock, 0x10000);
  });

  it("know where they are mounted, their usage, their owner and their clones", async () => {
    const target = world.at("here");
    await world.mount({ device: paths.ext4, target, create_target: true });
    expect(on(await list(true), paths.ext4)).toMatchObject({
      mountpoints: [target],
      in_use_by: [{ kind: "mount", name: target }],
      managed: true,
      usage: { block_size: 1024 },
    });
    await world.unmount({ target });
    expect(on(await list(true), paths.ext4)).toMatchObject({ mountpoints: [], managed: false });
    const [original] = world.bench.attached.filter(({ path }) => path === paths.alone);
    const clone = world.bench.attach({ sizeBytes: 128 << 20 });
    clone.write(readFileSync(original?.file ?? ""), 0);
    const found = await list(true);
    expect([paths.alone, clone.path].map((path) => on(found, path))).toMatchObject([
      { duplicate_uuid: true, devices: [{ path: paths.alone }] },
      { duplicate_uuid: true, devices: [{ path: clone.path }] },
    ]);
    clone.wreck("wipefs", ["--all", "--quiet"]);
  });
});

describe("the inventory", () => {
  it("is the lists of the methods of the same name, in one reading", async () => {
    const taken = (await world.ask<Inventory>("vol.inventory")).result;
    const ours = <T extends { path: string }>(rows: readonly T[] | undefined) =>
      (rows ?? []).filter(({ path }) => world.bench.attached.some((device) => path.startsWith(device.path)));
    const disks = (await world.ask<Inventory["disks"]>("vol.list_disks")).result;
    const partitions = (await world.ask<Inventory["partitions"]>("vol.list_partitions")).result;
    expect(ours(taken?.disks)).toEqual(ours(disks));
    expect(ours(taken?.partitions)).toEqual(ours(partitions));
    expect(ours(taken?.partitions)).toHaveLength(4);
    expect(on(taken?.filesystems ?? [], paths.ext4)).toEqual(on(await list(true), paths.ext4));
    expect(taken?.mounts.map(({ target }) => target)).toContain("/");
    expect(taken).toMatchObject({ consistent: expect.any(Boolean), md_arrays: [] });
  });

  it("has the swap areas as swapon shows them", async () => {
    const node = world.now;
    node?.run("swapon", [paths.swap]);
    try {
      const text = node?.run("swapon", ["--show=NAME,TYPE,SIZE,USED,PRIO", "--bytes", "--noheadings"]).toString() ?? "";
      const theirs = text
        .trim()
        .split("\n")
        .map((line) => line.trim().split(/\s+/))
        .map(([path, type, size, used, priority]) => [path, type, Number(size), Number(used), Number(priority)]);
      const { swaps = [] } = (await world.ask<Inventory>("vol.inventory")).result ?? {};
      expect(swaps.map((swap) => [swap.path, swap.type, swap.size_bytes, swap.used_bytes, swap.priority])).toEqual(
        theirs,
      );
      expect(
        (await world.mount({ device: paths.swap, target: world.at("x"), create_target: true })).error,
      ).toMatchObject({
        kind: "conflict",
        actual: "swap",
      });
    } finally {
      node?.run("swapoff", [paths.swap]);
    }
  });
});
