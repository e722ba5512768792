import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Mount, VerifyReport } from "../../../generated/types.gen.js";
import type { LoopDevice } from "../../world/loop.js";
import { MountWorld } from "../../world/mount-world.js";

let world: MountWorld;
let device: LoopDevice;
let target: string;

beforeEach(async () => {
  world = new MountWorld();
  await world.boot();
  device = world.ext4();
  target = world.at("data");
});
afterEach(() => world.close());

const registry = (): string[] => {
  try {
    return Object.keys(JSON.parse(readFileSync(`${world.stateDir}/mounts.json`, "utf8")).entries);
  } catch {
    return [];
  }
};
const wish = () => ({ device: device.path, target, create_target: true });
/** Starts the daemon anew and looks, so that restoring has ended. */
const restarted = async () => {
  await world.kill();
  return world.ask<Mount[]>("vol.list_mounts", { target, usage: false });
};
const verified = async () => {
  const { result } = await world.ask<VerifyReport>("net.verify");
  return result?.items.filter(({ kind }) => kind === "mount");
};

describe("killed between the steps of a mount", () => {
  it.each(["register", "make folder", "mount", "note"])("after %s, a restart finishes it", async (step) => {
    expect(await world.tell("vol.mount", wish(), { dieAt: step })).toBeUndefined();
    const { result, degraded } = await restarted();
    expect(degraded).toEqual([]);
    expect(result).toMatchObject([{ managed: true, source: device.path }]);
    expect(world.mounted("data")).toHaveLength(1);
    expect(registry()).toEqual([target]);
    expect((await world.mount(wish())).result).toMatchObject({ changed: false, persisted: true });
  });

  it.each(["register", "make folder", "mount", "note"])("failing after %s, everything is undone", async (step) => {
    const { error } = await world.ask("vol.mount", wish(), { failAt: step });
    expect(error?.message).toContain(step);
    expect(world.mounted("data")).toEqual([]);
    expect(registry()).toEqual([]);
    expect(() => world.now?.run("ls", [target])).toThrow();
    expect((await world.mount(wish())).result).toMatchObject({ changed: true, target_created: true });
  });
});

describe("killed between the steps of an unmount", () => {
  it.each(["unmount", "forget"])("after %s, a restart finds registry and kernel agree", async (step) => {
    await world.mount(wish());
    expect(await world.tell("vol.unmount", { target }, { dieAt: step })).toBeUndefined();
    expect((await restarted()).result).toEqual([]);
    expect(registry()).toEqual([]);
  });

  it.each(["unmount", "forget"])("failing after %s, the mount is made again and kept", async (step) => {
    await world.mount(wish());
    const { error } = await world.ask("vol.unmount", { target }, { failAt: step });
    expect(error?.message).toContain(step);
    expect(world.mounted("data")).toHaveLength(1);
    expect((await world.mount(wish())).result?.mount.managed).toBe(true);
  });
});

describe("at the start of a daemon", () => {
  it("in a new boot, mounts are made again by identity, whatever their devices are called by then", async () => {
    const [one, two] = world.btrfs(2);
    const vm = world.at("vm");
    await world.mount({ device: one?.path ?? "", target, create_target: true });
    world.now?.run("btrfs", ["subvolume", "create", `${target}/vm`]);
    await world.mount({ device: two?.path ?? "", target: vm, create_target: true, subvol: "vm", options: ["noatime"] });
    await world.mount({ ...wish(), target: world.at("ext4"), read_only: true });
    await world.boot();
    world.now?.run("btrfs", ["device", "scan", "--forget"]);
    expect(world.mounted("data")).toEqual([]);
    device.renumber();
    const { degraded } = await world.ask("vol.list_mounts");
    expect(degraded).toEqual([]);
    expect(world.mounted("vm")[0]).toContain("subvol=/vm");
    const again = await world.mount({ device: two?.path ?? "", target: vm, subvol: "vm", options: ["noatime"] });
    expect(again.result).toMatchObject({ changed: false, mount: { managed: true } });
    expect(again.result?.mount.vfs_options).toContain("noatime");
    expect(world.mounted("ext4")).toEqual([`ext4 ${device.path} ro`]);
    expect(world.mounted("data")).toHaveLength(1);
    expect((await verified())?.map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
  });

  it("mounts on folders of another mount follow that one, however they were entered, and wait for it", async () => {
    const [inner] = world.btrfs();
    const beneath = { device: inner?.path ?? "", target: `${target}/deep/inner`, create_target: true };
    await world.mount(wish());
    await world.mount(beneath);
    // The inner one comes first in the registry.
    await world.unmount({ target: beneath.target });
    await world.unmount({ target });
    await world.mount({ ...wish(), persist: false });
    await world.mount(beneath);
    await world.mount(wish());
    expect(registry()).toEqual([beneath.target, target]);
    const shown = async () => (await world.ask<Mount[]>("vol.list_mounts", { managed: true })).result;
    for (let boots = 0; boots < 3; boots += 1) {
      await world.boot();
      expect((await shown())?.map((row) => row.target)).toEqual([target, beneath.target]);
      expect((await verified())?.map(({ state }) => state)).toEqual(["ok", "ok"]);
    }
    device.takeAway();
    await world.boot();
    expect(await shown()).toEqual([]);
    expect((await verified())?.map(({ id, state }) => [id, state])).toEqual([
      [target, "delayed"],
      [beneath.target, "delayed"],
    ]);
    device.bringBack();
    await world.kill();
    expect((await shown())?.map((row) => row.target)).toEqual([target, beneath.target]);
  });

  it("in the same boot, a mount that somebody undid is let go; during the daemon's life it is missed", async () => {
    await world.mount(wish());
    world.now?.run("umount", [target]);
    expect(await verified()).toMatchObject([{ id: target, state: "missing" }]);
    expect((await restarted()).result).toEqual([]);
    expect(registry()).toEqual([]);
    expect(world.mounted("data")).toEqual([]);
  });

  it("a missing disk neither blocks it nor is forgotten, and is mounted when it comes", async () => {
    await world.mount(wish());
    await world.boot();
    device.takeAway();
    const { degraded } = await restarted();
    expect(degraded).toMatchObject([{ part: `mount ${target}`, reason: expect.stringContaining("is not there") }]);
    expect(await verified()).toMatchObject([{ id: target, state: "delayed", since: expect.any(String) }]);
    // Neither a restart in the same boot nor another boot lets it go.
    expect((await restarted()).degraded).toHaveLength(1);
    await world.boot();
    expect((await restarted()).degraded).toHaveLength(1);
    expect(registry()).toEqual([target]);
    device.bringBack();
    expect(await restarted()).toMatchObject({ result: [{ managed: true }], degraded: [] });
  });

  it("a missing disk whose mount is `nofail` is nothing to complain of", async () => {
    await world.mount({ ...wish(), options: ["nodev", "nosuid", "nofail"] });
    await world.boot();
    device.takeAway();
    expect((await restarted()).degraded).toEqual([]);
    expect(registry()).toEqual([target]);
    device.bringBack();
    expect((await restarted()).result).toMatchObject([{ managed: true }]);
  });

  it("an entry whose disk is missing can be forgotten", async () => {
    await world.mount(wish());
    await world.boot();
    device.takeAway();
    expect((await world.unmount({ target })).result).toEqual({
      changed: true,
      warnings: [],
      target,
      forgotten: true,
      remaining_at_target: 0,
      still_mounted_in: [],
      holders: [],
    });
    expect((await restarted()).degraded).toEqual([]);
    device.bringBack();
  });

  it("something else at the target stays, and the entry too", async () => {
    await world.mount(wish());
    await world.boot();
    const other = world.ext4("another");
    world.now?.run("mount", [other.path, target]);
    const { degraded } = await restarted();
    expect(degraded).toMatchObject([{ reason: expect.stringContaining(other.path) }]);
    expect(await verified()).toMatchObject([{ state: "differs", field: "filesystem" }]);
    expect(registry()).toEqual([target]);
    expect(world.mounted("data")).toHaveLength(1);
  });

  it("the same filesystem at the target is adopted", async () => {
    await world.mount(wish());
    await world.boot();
    world.now?.run("mount", ["-o", "nodev,nosuid", device.path, target]);
    expect(await restarted()).toMatchObject({ result: [{ managed: true }], degraded: [] });
    expect(world.mounted("data")).toHaveLength(1);
  });

  it("clones and incomplete btrfs wait", async () => {
    const [one, two] = world.btrfs(2);
    const pool = world.at("pool");
    await world.mount(wish());
    await world.mount({ device: one?.path ?? "", target: pool, create_target: true });
    await world.boot();
    two?.takeAway();
    world.now?.run("btrfs", ["device", "scan", "--forget"]);
    const clone = world.bench.attach({ sizeBytes: 16 << 20 });
    clone.write(readFileSync(device.file), 0);
    const { degraded } = await restarted();
    expect(degraded.map(({ part, reason }) => [part, /clone|lacks 1/.test(reason)])).toEqual([
      [`mount ${target}`, true],
      [`mount ${pool}`, true],
    ]);
    expect([world.mounted("data"), world.mounted("pool")]).toEqual([[], []]);
    two?.bringBack();
  });

  it("a corrupt registry is put aside and said loudly; one of a newer version is left alone", async () => {
    await world.mount(wish());
    await world.kill();
    writeFileSync(`${world.stateDir}/mounts.json`, '{"version":99,"boot":{},"entries":{}}');
    expect((await restarted()).degraded).toHaveLength(1);
    expect((await world.unmount({ target })).error).toMatchObject({ kind: "conflict" });
    expect(readFileSync(`${world.stateDir}/mounts.json`, "utf8")).toContain("99");
    expect((await world.mount({ ...wish(), target: world.at("other") })).error?.message).toContain("mounts.json");
    expect(world.mounted("other")).toEqual([]);
    rmSync(`${world.stateDir}/mounts.json`);
  });
});
