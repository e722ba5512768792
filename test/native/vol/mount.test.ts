import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Mount, VolMountParams } from "../../../generated/types.gen.js";
import type { LoopDevice } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";
import { MountWorld } from "../../world/mount-world.js";

const world = new MountWorld();
let ext4: LoopDevice;
let btrfs: LoopDevice[];

beforeAll(async () => {
  await world.boot();
  ext4 = world.ext4();
  btrfs = world.btrfs(2);
  mkdirSync(world.at("data"));
});
afterAll(() => world.close());

/** The registry's entries as they lie on the disk. */
const entries = (): Record<string, Record<string, unknown>> => {
  const text = readFileSync(`${world.stateDir}/mounts.json`, "utf8");
  return JSON.parse(text).entries;
};

describe("a mount", () => {
  it("is what findmnt sees, by default without devices and set-uid, and is kept by identity", async () => {
    const target = world.at("made/twice");
    const { result, error } = await world.mount({ device: ext4.path, target, create_target: true });
    expect(error).toBeUndefined();
    expect(result).toMatchObject({
      changed: true,
      warnings: [],
      device: { path: ext4.path, type: "loop", size_bytes: 16 << 20 },
      mount: { target, source: ext4.path, vfs_options: "rw,nosuid,nodev,relatime", managed: true, label: "deep blue" },
      persisted: true,
      target_created: true,
    });
    const shown = world.now?.run("findmnt", ["--noheadings", "--output", "SOURCE,OPTIONS", target]).toString();
    expect(shown?.trim()).toBe(`${ext4.path} ${result?.mount.options}`);
    expect(statSync(world.at("made")).mode & 0o777).toBe(0o755);
    expect(entries()[target]).toMatchObject({ uuid: result?.mount.uuid, fstype: "ext4", options: ["nodev", "nosuid"] });
    expect(JSON.stringify(entries())).not.toContain(ext4.path);
    expect((await world.ask<Mount[]>("vol.list_mounts", { managed: true })).result?.map((row) => row.target)).toEqual([
      target,
    ]);
  });

  it("is there already when asked again; other options are a conflict; persist moves it in and out", async () => {
    const target = world.at("made/twice");
    const again = (more: Partial<VolMountParams> = {}) => world.mount({ device: ext4.path, target, ...more });
    expect((await again()).result).toMatchObject({ changed: false, persisted: true, warnings: [] });
    expect((await again({ options: ["noatime"] })).error).toMatchObject({ kind: "conflict", expected: "rw,noatime" });
    expect((await again({ read_only: true })).error).toMatchObject({ kind: "conflict" });
    const out = await again({ persist: false });
    expect(out.result).toMatchObject({ changed: true, persisted: false, mount: { managed: false } });
    expect(out.result?.warnings).toMatchObject([{ kind: "not_persisted" }]);
    expect(entries()).toEqual({});
    expect((await again()).result).toMatchObject({ changed: true, persisted: true, mount: { managed: true } });
    world.now?.run("mount", ["-o", "remount,bind,suid,dev", target]);
    expect((await again()).error).toMatchObject({ kind: "conflict", actual: expect.not.stringContaining("nosuid") });
    world.now?.run("mount", ["-o", "remount,bind,nosuid,nodev", target]);
    expect((await again()).result).toMatchObject({ changed: false });
    expect(world.mounted("made/twice")).toHaveLength(1);
  });

  it("of the same filesystem may be at several places, and ends in each by itself", async () => {
    const target = world.at("data");
    // ext4 is either read-only or writable, wherever it is mounted.
    expect((await world.mount({ device: ext4.path, target, read_only: true })).error).toMatchObject({
      kind: "in_use",
      holders: [{ kind: "mount", name: world.at("made/twice") }],
    });
    expect((await world.mount({ device: ext4.path, target })).result?.changed).toBe(true);
    const { result } = await world.unmount({ target });
    expect(result).toMatchObject({
      changed: true,
      target,
      forgotten: true,
      remaining_at_target: 0,
      still_mounted_in: [],
    });
    expect(world.mounted("data")).toEqual([]);
    expect((await world.unmount({ target: world.at("made/twice") })).result).toMatchObject({
      device: { path: ext4.path },
    });
    expect(entries()).toEqual({});
    expect((await world.unmount({ target: world.at("made/twice") })).error).toMatchObject({ kind: "not_found" });
  });

  it("of a btrfs is made by any member, of one subvolume, with its options", async () => {
    const [one, two] = btrfs;
    const top = world.at("data");
    expect((await world.mount({ device: one?.path ?? "", target: top })).result?.mount.devices).toHaveLength(2);
    world.now?.run("btrfs", ["subvolume", "create", `${top}/vm`]);
    world.now?.run("btrfs", ["subvolume", "create", `${top}/a,b`]);
    const target = world.at("vm");
    const wish = { device: two?.path ?? "", target, create_target: true, subvol: "//vm/" };
    expect((await world.mount({ ...wish, options: ["noatime"] })).result?.mount).toMatchObject({
      subvol: "/vm",
      root: "/vm",
    });
    expect((await world.mount({ ...wish, options: ["noatime"] })).result?.changed).toBe(false);
    expect((await world.mount({ ...wish, subvol: "none", target: world.at("w") })).error).toMatchObject({
      kind: "not_found",
      resource: "subvolume",
      name: "/none",
    });
    expect((await world.mount({ ...wish, subvol: "a,b", target: world.at("w") })).error).toMatchObject({
      field: "subvol",
    });
    const byId = {
      device: one?.path ?? "",
      target: world.at("w"),
      create_target: true,
      options: ["subvolid=257" as const],
    };
    expect((await world.mount(byId)).result?.mount).toMatchObject({ subvol: "/a,b", subvolid: 257 });
    for (const name of ["w", "vm", "data"])
      expect((await world.unmount({ target: world.at(name) })).error).toBeUndefined();
  });

  it("where writing was wanted in vain says so", async () => {
    const [one] = btrfs;
    const device = one?.path ?? "";
    expect((await world.mount({ device, target: world.at("data"), read_only: true })).result?.warnings).toEqual([]);
    const { result } = await world.mount({ device, target: world.at("second"), create_target: true });
    if (result?.mount.read_only) expect(result.warnings).toMatchObject([{ kind: "mounted_read_only" }]);
    expect((await world.unmount({ target: world.at("second") })).result?.changed).toBe(true);
    expect((await world.unmount({ target: world.at("data") })).result?.changed).toBe(true);
    // The kernel's flag outlives the device: it is taken off again whatever becomes of the test.
    world.now?.run("blockdev", ["--setro", ext4.path]);
    try {
      const found = await world.mount({ device: ext4.path, target: world.at("data") });
      expect(found.result?.warnings).toMatchObject([{ kind: "mounted_read_only" }]);
    } finally {
      world.now?.run("blockdev", ["--setrw", ext4.path]);
    }
    expect((await world.unmount({ target: world.at("data") })).result?.changed).toBe(true);
  });

  it("that fstab names too is warned of", async () => {
    const uuid = world.now?.run("blkid", ["-p", "-o", "value", "-s", "UUID", ext4.path]).toString().trim();
    writeFileSync(world.at("fstab"), `# none\nUUID=${uuid?.toUpperCase()} /elsewhere ext4 defaults 0 0\n`);
    world.now?.script(`mount --bind '${world.at("fstab")}' /etc/fstab`);
    const target = world.at("data");
    expect((await world.mount({ device: ext4.path, target })).result?.warnings).toMatchObject([
      { kind: "also_in_fstab" },
    ]);
    expect((await world.unmount({ target })).result?.warnings).toMatchObject([
      { kind: "also_in_fstab", object: "/elsewhere" },
    ]);
    world.now?.script("umount /etc/fstab");
  });

  it("in a mount namespace that nobody shares is unsupported", async () => {
    const alone = await MountNamespace.open();
    try {
      const params = { device: ext4.path, target: world.at("data") };
      expect(alone.ask("vol.mount", params).error).toMatchObject({ kind: "unsupported" });
      expect(alone.ask("vol.unmount", { target: world.at("data") }).error).toMatchObject({ kind: "unsupported" });
    } finally {
      await alone.close();
    }
  });
});

describe("a mount is refused", () => {
  const refused = async (params: Partial<VolMountParams>) => {
    const { error } = await world.mount({ device: ext4.path, target: world.at("data"), ...params });
    expect(world.mounted("data")).toEqual([]);
    return error;
  };

  it("for what is not there, before what is wrong", async () => {
    expect(await refused({ device: "/dev/no-such" })).toMatchObject({ kind: "not_found", resource: "device" });
    expect(await refused({ target: world.at("nowhere") })).toMatchObject({ kind: "not_found", resource: "folder" });
    expect(await refused({ device: "/dev/null", target: world.at("nowhere") })).toMatchObject({ kind: "not_found" });
    expect(await refused({ device: "/dev/null" })).toMatchObject({ kind: "invalid_argument", field: "device" });
    expect(await refused({ device: "/dev/../etc/passwd" })).toMatchObject({
      kind: "invalid_argument",
      field: "device",
    });
  });

  it("at the system's own folders, under whatever name, and at what is no folder", async () => {
    symlinkSync("/usr", world.at("link"));
    for (const target of ["/", "/usr", "//usr/", "/etc/../usr", world.at("link"), "/bin", "/proc", "/dev/", "/run"]) {
      expect(await refused({ target }), target).toMatchObject({ kind: "invalid_argument", field: "target" });
    }
    writeFileSync(world.at("file"), "");
    expect(await refused({ target: world.at("file") })).toMatchObject({ kind: "invalid_argument", field: "target" });
    expect((await refused({ target: world.at("file/x"), create_target: true }))?.kind).toMatch(
      /invalid_argument|not_found/,
    );
    expect(await refused({ target: `${world.bench.folder}/no/../x`, create_target: true })).toMatchObject({
      kind: "invalid_argument",
    });
    symlinkSync("around", world.at("around"));
    expect(await refused({ target: world.at("around/x") })).toMatchObject({ kind: "invalid_argument" });
    expect(await refused({ target: world.at("n".repeat(300)), create_target: true })).toMatchObject({
      kind: "invalid_argument",
    });
  });

  it("at the daemon's state folder and above it, which it would hide", async () => {
    symlinkSync(world.stateDir, world.at("to state"));
    for (const target of [world.stateDir, `${world.stateDir}/`, world.at("to state"), world.bench.folder]) {
      expect(await refused({ target }), target).toMatchObject({ kind: "invalid_argument", field: "target" });
    }
    expect(await refused({ target: `${world.stateDir} beside` })).toMatchObject({ kind: "not_found" });
  });

  it("over a folder with mounts beneath it, which it would hide", async () => {
    const [upper, lower] = [world.at("upper"), world.at("upper/lower")];
    const first = { device: world.ext4().path, target: lower, create_target: true };
    expect((await world.mount(first)).result).toMatchObject({ changed: true });
    expect(await refused({ target: upper })).toMatchObject({
      kind: "in_use",
      holders: [{ kind: "mount", name: lower }],
    });
    expect((await world.unmount({ target: lower })).result).toMatchObject({ changed: true });
    expect((await world.mount({ device: first.device, target: upper })).result).toMatchObject({ changed: true });
  });

  it("where the device carries something else, or nothing", async () => {
    const blank = world.bench.attach({ sizeBytes: 16 << 20 });
    expect(await refused({ device: blank.path })).toMatchObject({
      kind: "conflict",
      expected: "a filesystem",
      actual: "none",
    });
    blank.wreck("mkswap", ["--quiet"]);
    expect(await refused({ device: blank.path })).toMatchObject({ kind: "conflict", actual: "swap" });
    expect(await refused({ fstype: "xfs" })).toMatchObject({ kind: "conflict", actual: "ext4" });
    expect(await refused({ fstype: "tmpfs" })).toMatchObject({ kind: "invalid_argument", field: "fstype" });
    const table = world.bench.attach({ sizeBytes: 16 << 20 });
    table.partitionBy("label: gpt\nsize=8MiB\n");
    expect(await refused({ device: table.path })).toMatchObject({ kind: "conflict", actual: "a gpt partition table" });
  });

  it.each([
    [{ options: ["ro", "rw"] }, "options"],
    [{ options: ["rw"], read_only: true }, "options"],
    [{ options: ["noatime", "relatime"] }, "options"],
    [{ options: ["commit=5", "commit=6"] }, "options"],
    [{ options: ["compress=zstd"] }, "options"],
    [{ options: ["subvolid=5"] }, "options"],
    [{ options: ["uid=0"] }, "options"],
    [{ subvol: "x" }, "subvol"],
    [{ degraded: true }, "degraded"],
  ] as [Partial<VolMountParams>, string][])("for %j, that ext4 cannot have or nobody can", async (params, field) => {
    expect(await refused(params)).toMatchObject({ kind: "invalid_argument", field });
  });

  it("where swap, or another filesystem's mount, is in the way", async () => {
    const device = btrfs[0]?.path ?? "";
    expect((await world.mount({ device, target: world.at("data") })).error).toBeUndefined();
    const { error } = await world.mount({ device: ext4.path, target: world.at("data") });
    expect(error).toMatchObject({ kind: "conflict", expected: `nothing mounted at ${world.at("data")}` });
    expect(btrfs.some(({ path }) => error?.message.includes(path))).toBe(true);
    expect((await world.unmount({ target: world.at("data") })).error).toBeUndefined();
  });

  it("while two devices carry one UUID, unless it was mounted before the clone came", async () => {
    const clone = world.bench.attach({ sizeBytes: 16 << 20 });
    const target = world.at("data");
    clone.write(readFileSync(ext4.file), 0);
    expect(await refused({})).toMatchObject({ kind: "conflict", objects: [ext4.path, clone.path] });
    expect(await refused({ device: clone.path })).toMatchObject({ kind: "conflict", objects: [clone.path, ext4.path] });
    clone.wreck("wipefs", ["--all", "--quiet"]);
    expect((await world.mount({ device: ext4.path, target })).result?.warnings).toEqual([]);
    clone.write(readFileSync(ext4.file), 0);
    expect((await world.mount({ device: ext4.path, target })).result).toMatchObject({
      changed: false,
      warnings: [{ kind: "duplicate_uuid", object: clone.path }],
    });
    expect((await world.mount({ device: clone.path, target: world.at("second") })).error).toMatchObject({
      kind: "conflict",
    });
    clone.wreck("wipefs", ["--all", "--quiet"]);
    expect((await world.unmount({ target })).error).toBeUndefined();
  });

  it("while a member of a btrfs is missing, unless degraded is wanted", async () => {
    const [one, two] = btrfs;
    const superblock = readFileSync(two?.file ?? "").subarray(0x10000, 0x11000);
    two?.write(Buffer.alloc(4096), 0x10000);
    world.now?.run("btrfs", ["device", "scan", "--forget"]);
    const device = one?.path ?? "";
    expect(await refused({ device })).toMatchObject({ kind: "conflict", remedy: expect.stringContaining("degraded") });
    const { result } = await world.mount({ device, target: world.at("data"), degraded: true, read_only: true });
    expect(result?.warnings).toMatchObject([{ kind: "degraded" }]);
    expect((await world.unmount({ target: world.at("data") })).error).toBeUndefined();
    two?.write(superblock, 0x10000);
    world.now?.run("btrfs", ["device", "scan", "--forget"]);
    expect((await world.mount({ device, target: world.at("data") })).result?.warnings).toEqual([]);
    expect((await world.unmount({ target: world.at("data") })).error).toBeUndefined();
  });
});
