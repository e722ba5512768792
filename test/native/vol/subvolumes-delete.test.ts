import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { DeleteSubvolumeResult, VolDeleteSubvolumeParams } from "../../../generated/types.gen.js";
import { subvolumes } from "../../../src/native/vol/subvolumes.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, subvolumesByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
});
afterEach(() => closeBtrfs(bench));

const at = (...path: string[]) => join(world.target, ...path);
const make = (...path: string[]) => tool("btrfs", ["subvolume", "create", at(...path)]);
const paths = () => subvolumesByTool(world.target).map(({ path }) => path);

async function remove(params: VolDeleteSubvolumeParams): Promise<DeleteSubvolumeResult> {
  const handlers = subvolumes(await btrfsDeps(bench));
  const answer = await handlers["vol.delete_subvolume"](params, callContext());
  const validate = validateResult["vol.delete_subvolume"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

describe("deleting a subvolume", () => {
  it("takes it away with all that is in it and tells what it was", async () => {
    make("gone");
    writeFileSync(at("gone", "data"), "x");
    make("stays");
    const { deleted, changed } = await remove({ path: at("gone") });
    expect(changed).toBe(true);
    expect(deleted).toMatchObject([{ path: "gone", full_path: at("gone") }]);
    expect(paths()).toEqual(["stays"]);
    await expect(remove({ path: at("gone") })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("refuses what is no subvolume, and never follows a link", async () => {
    mkdirSync(at("folder"));
    make("target");
    symlinkSync("target", at("link"));
    writeFileSync(at("file"), "");
    for (const path of [at("folder"), at("link"), at("file"), world.target, `${world.target}/target/..`]) {
      await expect(remove({ path, recursive: true, force: true })).rejects.toMatchObject({ kind: "invalid_argument" });
    }
    expect(paths()).toEqual(["target"]);
  });

  it("lists what is nested, and takes it along where asked, deepest first", async () => {
    make("a");
    make("a", "b");
    make("a", "b", "c");
    make("a", "d");
    await expect(remove({ path: at("a"), force: true })).rejects.toMatchObject({
      kind: "in_use",
      details: { holders: expect.arrayContaining([{ kind: "subvolume", name: "a/b/c" }]) },
    });
    expect(paths().length).toBe(4);
    const { deleted } = await remove({ path: at("a"), recursive: true });
    const order = deleted.map(({ path }) => path);
    expect(order.at(-1)).toBe("a");
    expect(order.indexOf("a/b/c")).toBeLessThan(order.indexOf("a/b"));
    expect(paths()).toEqual([]);
  });

  it("asks for force for a read-only snapshot, its own or nested", async () => {
    make("a");
    tool("btrfs", ["subvolume", "snapshot", "-r", at("a"), at("snap")]);
    tool("btrfs", ["subvolume", "snapshot", "-r", at("a"), at("a", "kept")]);
    await expect(remove({ path: at("snap") })).rejects.toMatchObject({
      kind: "conflict",
      details: { remedy: "force: true" },
    });
    await expect(remove({ path: at("a"), recursive: true })).rejects.toMatchObject({
      kind: "conflict",
      details: { objects: ["a/kept"] },
    });
    expect(paths().length).toBe(3);
    await remove({ path: at("snap"), force: true });
    await remove({ path: at("a"), recursive: true, force: true });
    expect(paths()).toEqual([]);
  });

  it("refuses whatever is mounted, here or in another namespace, whole or in part, or mounted upon", async () => {
    make("mounted");
    make("part");
    mkdirSync(at("part", "folder"));
    make("upon");
    mkdirSync(at("upon", "point"));
    make("foreign");
    make("outer");
    make("outer", "inner");
    const device = String(world.devices[0]?.path);
    bench.mount(device, "m1", ["--options", "subvol=mounted"]);
    bench.mount(at("part", "folder"), "m2", ["--bind"]);
    bench.mount("tmpfs", "fs/upon/point", ["--types", "tmpfs"]);
    mkdirSync(join(bench.folder, "m4"));
    bench.mount(device, "m3", ["--options", "subvol=outer/inner"]);
    const namespace = await MountNamespace.open();
    try {
      namespace.script(`mount -o subvol=foreign ${device} ${bench.folder}/m4`);
      for (const name of ["mounted", "part", "upon", "foreign", "outer"]) {
        await expect(remove({ path: at(name), recursive: true, force: true }), name).rejects.toMatchObject({
          kind: "in_use",
          details: { holders: expect.arrayContaining([expect.objectContaining({ kind: "mount" })]) },
        });
      }
      await expect(remove({ path: join(bench.folder, "m1"), force: true })).rejects.toMatchObject({ kind: "in_use" });
    } finally {
      await namespace.close();
    }
    expect(paths().length).toBe(6);
    await remove({ path: at("foreign") });
  });

  it("refuses the default subvolume, one with swap in it, and one that the daemon's state lies in", async () => {
    make("default");
    tool("btrfs", ["subvolume", "set-default", at("default")]);
    await expect(remove({ path: at("default"), force: true })).rejects.toMatchObject({
      kind: "in_use",
      details: { holders: [{ kind: "subvolume", reason: expect.stringContaining("default") }] },
    });
    make("swap");
    execFileSync("sh", [
      "-ec",
      'cd "$1"; truncate -s 0 f; chattr +C f; fallocate -l 4M f; chmod 600 f; mkswap -q f',
      "sh",
      at("swap"),
    ]);
    tool("swapon", [at("swap", "f")]);
    try {
      await expect(remove({ path: at("swap"), force: true })).rejects.toMatchObject({
        kind: "in_use",
        details: { holders: [{ kind: "swap", name: at("swap", "f") }] },
      });
    } finally {
      tool("swapoff", [at("swap", "f")]);
    }
    make("state");
    const mine = subvolumes({ ...(await btrfsDeps(bench)), stateDir: at("state") });
    const asked = async () => mine["vol.delete_subvolume"]({ path: at("state"), force: true }, callContext());
    await expect(asked()).rejects.toMatchObject({ kind: "in_use", details: { holders: [{ kind: "system" }] } });
    await remove({ path: at("swap") });
    expect(paths().sort()).toEqual(["default", "state"]);
  });

  it("refuses one that a loop device's file or a mounted overlay lies in", async () => {
    for (const name of ["disks", "layers"]) make(name);
    tool("truncate", ["--size", "16M", at("disks", "disk.img")]);
    const loop = tool("losetup", ["--find", "--show", at("disks", "disk.img")]).trim();
    const holders = async (name: string) => {
      const refusal = await remove({ path: at(name), recursive: true, force: true }).catch((error: unknown) => error);
      expect(refusal, name).toMatchObject({ kind: "in_use" });
      return (refusal as { details: { holders: unknown } }).details.holders;
    };
    try {
      expect(await holders("disks")).toEqual([{ kind: "loop", name: loop }]);
    } finally {
      tool("losetup", ["--detach", loop]);
    }
    for (const name of ["upper", "work"]) mkdirSync(at("layers", name));
    mkdirSync(join(bench.folder, "lower"));
    const layers = `lowerdir=${bench.folder}/lower,upperdir=${at("layers", "upper")},workdir=${at("layers", "work")}`;
    const target = join(bench.folder, "merged");
    mkdirSync(target);
    const namespace = await MountNamespace.open();
    try {
      namespace.script(`mount -t overlay -o ${layers} overlay ${target}`);
      expect(await holders("layers")).toEqual([expect.objectContaining({ kind: "mount", name: target })]);
    } finally {
      await namespace.close();
    }
    await remove({ path: at("disks") });
    await remove({ path: at("layers") });
  });

  it("refuses through a read-only mount", async () => {
    make("a");
    tool("mount", ["-o", "remount,ro", world.target]);
    await expect(remove({ path: at("a"), force: true })).rejects.toMatchObject({ kind: "conflict" });
    expect(paths()).toEqual(["a"]);
  });
});
