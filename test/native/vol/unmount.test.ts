import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Holder, Mount } from "../../../generated/types.gen.js";
import type { LoopDevice } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";
import { MountWorld } from "../../world/mount-world.js";

const world = new MountWorld();
let device: LoopDevice;
const target = world.at("data");
const processes: ChildProcess[] = [];

beforeAll(async () => {
  await world.boot();
  device = world.ext4();
  mkdirSync(target);
});
afterAll(async () => {
  for (const process of processes) process.kill("SIGKILL");
  await world.close();
});

const mount = async () => expect((await world.mount({ device: device.path, target })).error).toBeUndefined();

/** Starts a shell inside that does something and stays, or goes on with something else; answers its process id. */
async function busybody(script: string, then = "exec sleep 600"): Promise<number> {
  const [command = "", ...args] = [...(world.now?.wrapper ?? []), "sh", "-c", `${script}; echo ready; ${then}`];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  processes.push(child);
  await new Promise((resolve) => child.stdout.once("data", resolve));
  return child.pid ?? 0;
}

const gone = async (): Promise<void> => {
  for (const child of processes.splice(0)) {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }
};

describe("a busy mount", () => {
  it.each([
    ["a working folder", `cd '${target}'`],
    ["an open file", `exec 7>'${target}/open'`],
    ["an open file that was removed", `exec 7>'${target}/gone'; rm '${target}/gone'`],
  ])("is in use, by the process with %s", async (_, script) => {
    await mount();
    const pid = await busybody(script);
    const { error } = await world.unmount({ target });
    expect(error).toMatchObject({ kind: "in_use", holders: [{ kind: "process", pid, name: "sleep" }] });
    expect((await world.unmount({ target, force: true })).error).toMatchObject({ kind: "in_use" });
    expect(world.mounted("data")).toHaveLength(1);
    await gone();
    expect((await world.unmount({ target })).result).toMatchObject({ changed: true, holders: [] });
  });

  it("is detached when lazy is wanted, and who keeps it alive is named", async () => {
    await mount();
    const pid = await busybody(`exec 7>'${target}/open'`);
    const { result } = await world.unmount({ target, lazy: true });
    expect(result).toMatchObject({ forgotten: true, holders: [{ kind: "process", pid }] });
    expect(world.mounted("data")).toEqual([]);
    await gone();
  });

  it("names the swap file and the loop device on it", async () => {
    await mount();
    world.now?.script(`dd if=/dev/zero of='${target}/swap' bs=1M count=2 status=none; chmod 600 '${target}/swap'
      mkswap -q '${target}/swap'; swapon '${target}/swap'; truncate -s 1M '${target}/disk'`);
    const loop =
      world.now
        ?.run("losetup", ["--find", "--show", `${target}/disk`])
        .toString()
        .trim() ?? "";
    const { error } = await world.unmount({ target });
    const holders = error?.holders as Holder[];
    expect(holders).toContainEqual({ kind: "swap", name: `${target}/swap` });
    expect(holders).toContainEqual({ kind: "loop", name: loop });
    world.now?.script(`swapoff '${target}/swap'; losetup --detach '${loop}'`);
    // The loop device lets go of its file a moment later.
    await expect.poll(async () => (await world.unmount({ target })).result?.changed, { timeout: 10_000 }).toBe(true);
  });

  it("with mounts beneath it stays, however it is asked for", async () => {
    await mount();
    world.now?.script(`mkdir -p '${target}/sub'; mount -t tmpfs none '${target}/sub'`);
    for (const lazy of [false, true]) {
      const { error } = await world.unmount({ target, lazy, force: true });
      expect(error).toMatchObject({ kind: "in_use", holders: [{ kind: "mount", name: `${target}/sub` }] });
    }
    world.now?.run("umount", [`${target}/sub`]);
    expect((await world.unmount({ target })).result?.changed).toBe(true);
  });
});

describe("a mount of others", () => {
  it("is a conflict that says whose it seems to be, and yields to force", async () => {
    world.now?.run("mount", [device.path, target]);
    writeFileSync(world.at("fstab"), `${device.path} ${target} ext4 defaults 0 0\n`);
    world.now?.script(`mount --bind '${world.at("fstab")}' /etc/fstab`);
    expect((await world.unmount({ target })).error).toMatchObject({
      kind: "conflict",
      managed: false,
      owner_hint: "fstab",
    });
    const { result } = await world.unmount({ target, force: true });
    expect(result).toMatchObject({ forgotten: false, warnings: [{ kind: "also_in_fstab", object: target }] });
    world.now?.run("umount", ["/etc/fstab"]);
  });

  it("that the system lives on never yields", async () => {
    for (const system of ["/", "/proc", "/sys", "/dev"]) {
      const { error } = await world.unmount({ target: system, force: true, lazy: true });
      expect(error, system).toMatchObject({ kind: "in_use", holders: [{ kind: "system", name: system }] });
    }
    world.now?.script(`mount -t tmpfs none '${world.stateDir}'`);
    expect((await world.unmount({ target: world.stateDir, force: true })).error).toMatchObject({
      holders: [{ kind: "system" }],
    });
    world.now?.run("umount", [world.stateDir]);
  });

  it("in other mount namespaces are told, for the device stays in use there", async () => {
    await mount();
    const other = await MountNamespace.open();
    try {
      other.run("mount", [device.path, world.at("state")]);
      const [mntNs] = /[0-9]+/.exec(other.run("readlink", ["/proc/self/ns/mnt"]).toString()) ?? [];
      const { result } = await world.unmount({ target });
      expect(result).toMatchObject({
        warnings: [{ kind: "still_mounted_elsewhere", object: device.path }],
        still_mounted_in: [{ pid: other.pid, mnt_ns: Number(mntNs) }],
      });
      // It is seen from there too: the filesystem is mounted, and another mount of it is fine.
      await mount();
      expect((await world.unmount({ target })).result?.still_mounted_in).toHaveLength(1);
    } finally {
      await other.close();
    }
  });
});

describe("mount points", () => {
  it("stacked on one another come off one by one, the topmost first", async () => {
    await mount();
    world.now?.run("mount", ["-t", "tmpfs", "upper", target]);
    expect((await world.unmount({ target })).error).toMatchObject({ kind: "conflict", managed: false });
    const { result } = await world.unmount({ target, force: true });
    expect(result).toMatchObject({ mount: { source: "upper" }, forgotten: false, remaining_at_target: 1 });
    expect((await world.unmount({ target })).result).toMatchObject({ forgotten: true, remaining_at_target: 0 });
  });

  it.each([
    "new\nline",
    "sp ace",
    "back\\slash",
    "tab\there",
    "--help",
    "; reboot",
    "$(id)",
    "*",
    "ünï",
    "a,b=c",
    "…/x",
  ])("may be called %j", async (name) => {
    const place = world.at(name);
    const { result, error } = await world.mount({ device: device.path, target: place, create_target: true });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({ mount: { target: place }, persisted: true });
    await world.kill();
    expect((await world.ask<Mount[]>("vol.list_mounts", { target: place })).result).toMatchObject([{ managed: true }]);
    expect((await world.unmount({ target: place })).result).toMatchObject({ target: place, forgotten: true });
    expect(world.mounted(name)).toEqual([]);
  });

  it("with bytes that are no UTF-8 are unmounted by the text that they are shown by", async () => {
    const folder = world.bench.folder;
    world.now?.script(`cd '${folder}'; mkdir -p "$(printf 'caf\\351')"; mount '${device.path}' "$(printf 'caf\\351')"`);
    const { result, error } = await world.unmount({ target: world.at("caf\\xe9"), force: true });
    expect(error).toBeUndefined();
    expect(result?.mount?.raw_bytes?.target).toBeDefined();
    expect(world.now?.run("cat", ["/proc/self/mountinfo"]).toString("latin1")).not.toContain(device.path);
  });

  it("shown by one text are not guessed between", async () => {
    world.now?.script(`cd '${world.bench.folder}'; mkdir -p "$(printf 'x\\351')" 'x\\xe9'
      mount -t tmpfs one "$(printf 'x\\351')"; mount -t tmpfs two 'x\\xe9'`);
    expect((await world.unmount({ target: world.at("x\\xe9"), force: true })).error).toMatchObject({
      kind: "invalid_argument",
      field: "target",
    });
    world.now?.script(`cd '${world.bench.folder}'; umount "$(printf 'x\\351')" 'x\\xe9'`);
  });

  it("are not found where nothing is mounted, and a device is none", async () => {
    expect((await world.unmount({ target: "/no/such" })).error).toMatchObject({ kind: "not_found" });
    expect((await world.unmount({ target: world.bench.folder, force: true })).error).toMatchObject({
      kind: "not_found",
    });
    expect((await world.unmount({ target: device.path, force: true })).error).toMatchObject({
      kind: "invalid_argument",
      field: "target",
    });
  });

  it("are reached through symbolic links, and the answer names what was meant", async () => {
    world.now?.script(`ln -sfn '${target}' '${world.at("link")}'`);
    const { result } = await world.mount({ device: device.path, target: world.at("link") });
    expect(result?.mount.target).toBe(target);
    expect((await world.unmount({ target: world.at("link") })).result).toMatchObject({ target });
  });
});

it("a mount is where the answer says, or nowhere, whoever plays with the path meanwhile", async () => {
  const [race, mine] = [world.at("race"), world.at("race/mine")];
  world.now?.script(`mkdir -p '${mine}/t' '${race}/other/t'`);
  // Moves the folder away, puts a link to the other one in its place, and undoes that, as fast as it can.
  const swap = "mv -T mine kept; ln -s other mine; rm mine; mv -T kept mine";
  await busybody(`cd '${race}'`, `while :; do ${swap}; done 2>/dev/null`);
  const seen = new Set<string>();
  for (let tries = 0; tries < 15; tries += 1) {
    const { result, error } = await world.mount({ device: device.path, target: `${mine}/t`, persist: false });
    seen.add(error?.kind ?? "mounted");
    const table = world.now?.run("cat", ["/proc/self/mountinfo"]).toString() ?? "";
    const targets = table
      .split("\n")
      .flatMap((line) => (line.includes(` ${device.path} `) ? [line.split(" ")[4]] : []));
    expect(targets.length).toBe(result?.changed ? 1 : 0);
    // The mount moves with its folder.
    const places = ["mine", "kept", "other"].map((name) => `${race}/${name}/t`);
    for (const place of targets) expect(places).toContain(place);
    if (result) expect(places).toContain(result.mount.target);
    if (targets.length > 0) world.now?.run("umount", ["--all-targets", device.path]);
  }
  const allowed = ["mounted", "conflict", "not_found", "invalid_argument"];
  expect([...seen].filter((kind) => !allowed.includes(kind))).toEqual([]);
  await gone();
}, 60_000);
