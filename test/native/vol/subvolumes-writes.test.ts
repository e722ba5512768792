import { mkdirSync, readdirSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MethodName } from "../../../generated/methods.gen.js";
import { validateResult } from "../../../generated/results.gen.js";
import type {
  DeleteSubvolumeResult,
  SetQuotaResult,
  VolDeleteSubvolumeParams,
  VolSetQuotaParams,
  VolSnapshotSubvolumeParams,
  WriteSubvolumeResult,
} from "../../../generated/types.gen.js";
import { subvolumes } from "../../../src/native/vol/subvolumes.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, subvolumesByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { Random, seeds } from "../../world/random.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
let world: BtrfsWorld;
let handlers: ReturnType<typeof subvolumes>;
beforeEach(async () => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
  handlers = subvolumes(await btrfsDeps(bench));
});
afterEach(() => closeBtrfs(bench));

function valid<T>(method: MethodName, answer: T): T {
  expect(validateResult[method](answer), JSON.stringify(validateResult[method].errors)).toBe(true);
  return answer;
}

const at = (...path: string[]) => join(world.target, ...path);
const make = (...path: string[]) => tool("btrfs", ["subvolume", "create", at(...path)]);
const paths = () => subvolumesByTool(world.target).map(({ path }) => path);

const create = async (path: string): Promise<WriteSubvolumeResult> =>
  valid("vol.create_subvolume", await handlers["vol.create_subvolume"]({ path }, callContext()));
const snapshot = async (params: VolSnapshotSubvolumeParams): Promise<WriteSubvolumeResult> =>
  valid("vol.snapshot_subvolume", await handlers["vol.snapshot_subvolume"](params, callContext()));
const remove = async (params: VolDeleteSubvolumeParams): Promise<DeleteSubvolumeResult> =>
  valid("vol.delete_subvolume", await handlers["vol.delete_subvolume"](params, callContext()));
const limit = async (params: VolSetQuotaParams): Promise<SetQuotaResult> =>
  valid("vol.set_quota", await handlers["vol.set_quota"](params, callContext()));

/** Names that a shell, an option parser or a careless path would make something else of. */
const HOSTILE = [
  "-r",
  "--help",
  "; reboot",
  "$(id)",
  "a\nb",
  "a'b\"c",
  "ünï",
  "\\x41",
  "x".repeat(255),
  " ",
  "…",
  "a\tb",
];

describe("creating a subvolume", () => {
  it("makes it where the tool finds it, and changes nothing a second time", async () => {
    const made = await create(at("new"));
    expect(made).toMatchObject({
      changed: true,
      warnings: [],
      filesystem: {
        fstype: "btrfs",
        uuid: world.uuid,
        target: world.target,
        devices: [{ path: world.devices[0]?.path }],
      },
      subvolume: { path: "new", full_path: at("new"), parent_id: 5, read_only: false },
    });
    expect(subvolumesByTool(world.target)).toMatchObject([
      { id: made.subvolume.id, uuid: made.subvolume.uuid, path: "new" },
    ]);
    expect(await create(`${at("new")}/`)).toMatchObject({ changed: false, subvolume: { id: made.subvolume.id } });
    expect(await create(at("new", "in it"))).toMatchObject({ subvolume: { path: "new/in it" } });
  });

  it("takes every name as it is", async () => {
    for (const name of HOSTILE) expect((await create(at(name))).subvolume.path).toBe(name);
    expect(readdirSync(world.target).sort()).toEqual([...HOSTILE].sort());
  });

  it("refuses what is there already, links included, and follows none at the end", async () => {
    mkdirSync(at("folder"));
    writeFileSync(at("file"), "");
    symlinkSync("folder", at("link"));
    symlinkSync("nowhere", at("dangling"));
    for (const name of ["folder", "file", "link", "dangling"]) {
      await expect(create(at(name))).rejects.toMatchObject({ kind: "already_exists" });
    }
    expect(paths()).toEqual([]);
    await create(at("link", "inside"));
    expect(paths()).toEqual(["folder/inside"]);
  });

  it("refuses names and places that will not do", async () => {
    await expect(create(at("missing", "x"))).rejects.toMatchObject({ kind: "not_found" });
    for (const name of ["x".repeat(256), "..", ".", "ü".repeat(128)]) {
      await expect(create(`${world.target}/${name}`)).rejects.toMatchObject({ kind: "invalid_argument" });
    }
    writeFileSync(at("file"), "");
    await expect(create(at("file", "x"))).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(create(join(bench.folder, "x"))).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(create("/")).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(create("/proc/x")).rejects.toMatchObject({ kind: "invalid_argument" });
    expect(paths()).toEqual([]);
  });

  it("refuses a read-only parent and a read-only mount", async () => {
    make("source");
    tool("btrfs", ["subvolume", "snapshot", "-r", at("source"), at("frozen")]);
    await expect(create(at("frozen", "x"))).rejects.toMatchObject({ kind: "conflict" });
    tool("mount", ["-o", "remount,ro", world.target]);
    await expect(create(at("x"))).rejects.toMatchObject({ kind: "conflict" });
    expect((await create(at("source"))).changed).toBe(false);
  });

  it("goes where its folder is, though the folder's path leads elsewhere by then", async () => {
    mkdirSync(at("real"));
    mkdirSync(join(bench.folder, "elsewhere"));
    let isDone = false;
    const racing = (async () => {
      for (let round = 0; !isDone; round += 1) {
        renameSync(at("real"), at("aside"));
        symlinkSync(join(bench.folder, "elsewhere"), at("real"));
        await new Promise((resolve) => setTimeout(resolve, round % 3));
        tool("rm", [at("real")]);
        renameSync(at("aside"), at("real"));
        await new Promise((resolve) => setTimeout(resolve, round % 2));
      }
    })();
    const outcomes: string[] = [];
    for (let round = 0; round < 60; round += 1) {
      outcomes.push(
        await create(at("real", `s${round}`)).then(
          () => "made",
          ({ kind }: { kind: string }) => kind,
        ),
      );
    }
    isDone = true;
    await racing;
    expect(new Set(outcomes).size).toBeGreaterThan(0);
    expect(outcomes.every((outcome) => ["made", "not_found", "invalid_argument"].includes(outcome))).toBe(true);
    expect(readdirSync(join(bench.folder, "elsewhere"))).toEqual([]);
    expect(paths().length).toBe(outcomes.filter((outcome) => outcome === "made").length);
  });
});

describe("a snapshot", () => {
  it("shares what was there, read-only or not, and never lands inside a folder", async () => {
    make("source");
    writeFileSync(at("source", "data"), "before");
    make("source", "nested");
    const copy = await snapshot({ source: at("source"), target: at("copy") });
    const frozen = await snapshot({ source: at("source"), target: at("--frozen\n"), read_only: true });
    expect(copy.subvolume).toMatchObject({ path: "copy", read_only: false, parent_uuid: expect.any(String) });
    expect(frozen.subvolume).toMatchObject({ path: "--frozen\n", read_only: true });
    expect(readdirSync(at("copy")).sort()).toEqual(["data", "nested"]);
    expect(readdirSync(at("copy", "nested"))).toEqual([]);
    expect(tool("btrfs", ["property", "get", at("--frozen\n"), "ro"])).toBe("ro=true\n");
    mkdirSync(at("folder"));
    for (const target of ["folder", "source", "copy"]) {
      await expect(snapshot({ source: at("source"), target: at(target) })).rejects.toMatchObject({
        kind: "already_exists",
      });
    }
    expect(readdirSync(at("folder"))).toEqual([]);
  });

  it("of the top level is one too, and of anything else none", async () => {
    expect(await snapshot({ source: world.target, target: at("top") })).toMatchObject({ subvolume: { path: "top" } });
    mkdirSync(at("folder"));
    const refused = async (source: string, target: string) =>
      expect(snapshot({ source, target })).rejects.toMatchObject({ kind: "invalid_argument" });
    await refused(at("folder"), at("x"));
    const other = makeBtrfs(bench, { name: "other" });
    await refused(world.target, join(other.target, "x"));
    await refused(world.target, at("x".repeat(256)));
    await expect(snapshot({ source: at("no"), target: at("x") })).rejects.toMatchObject({ kind: "not_found" });
    await expect(snapshot({ source: world.target, target: at("no", "x") })).rejects.toMatchObject({
      kind: "not_found",
    });
    expect(paths()).toEqual(["top"]);
  });
});

describe("what is refused", () => {
  it.each(seeds(4))("leaves what it refused as it was, in random mostly wrong calls, seed %i", async (seed) => {
    const random = new Random(seed);
    for (const name of ["a", "b"]) make(name);
    tool("btrfs", ["subvolume", "snapshot", "-r", at("a"), at("kept")]);
    mkdirSync(at("folder"));
    writeFileSync(at("a", "data"), "precious");
    const names = ["a", "b", "kept", "folder", "no", "..", "a/data", "b/..", "--help", "a\n", "/a/", "./kept"];
    for (let round = 0; round < 60; round += 1) {
      const before = paths();
      const path = `${world.target}/${random.pick(names)}`;
      const call = random.pick([
        () => create(path),
        () => remove({ path, recursive: random.chance(0.5) }),
        () => snapshot({ source: `${world.target}/${random.pick(names)}`, target: path }),
        () => limit({ path, max_referenced_bytes: 1 << 20 }),
      ]);
      const isDone = await call().then(
        ({ changed }) => changed,
        () => false,
      );
      if (!isDone) expect(paths()).toEqual(before);
      expect(paths()).toContain("kept");
    }
  });
});

describe("a daemon that is killed between the steps", () => {
  it("leaves a subvolume whole or not there, and goes on after its restart", async () => {
    make("old");
    make("old", "inner");
    const stateDir = join(bench.folder, "state");
    const cases = [
      ["vol.create_subvolume", { path: at("new") }, "create subvolume"],
      ["vol.snapshot_subvolume", { source: at("old"), target: at("copy") }, "create snapshot"],
      ["vol.delete_subvolume", { path: at("old"), recursive: true }, /^delete subvolume/],
      ["vol.set_quota", { path: at("new"), max_referenced_bytes: 1 << 20, enable: true }, "switch quotas on"],
    ] as const;
    const limits = { path: at("new"), max_referenced_bytes: 2 << 20 };
    for (const [method, params, step] of [
      ...cases,
      ["vol.set_quota", limits, "set limits"] as const,
      ["vol.set_quota", { ...limits, max_referenced_bytes: 1 << 20 }, "create quota group"] as const,
    ]) {
      const made = subvolumesByTool(world.target).find(({ path }) => path === "new");
      // The kernel makes a group with each subvolume, and newer ones let nobody take it away.
      if (step === "create quota group" && !isGroupDestroyed(made?.id)) continue;
      const inner = subvolumesByTool(world.target).find(({ path }) => path === "old/inner");
      const dieAt = typeof step === "string" ? step : `delete subvolume ${inner?.id}`;
      const first = StorageDaemon.start(stateDir, ["env"]);
      expect(await first.ask(method, params, { dieAt }), method).toBeUndefined();
      const second = StorageDaemon.start(stateDir, ["env"]);
      const again = await second.ask(method, params);
      if (method === "vol.snapshot_subvolume") expect(again?.error).toMatchObject({ kind: "already_exists" });
      else expect(again?.error).toBeUndefined();
      await second.kill();
    }
    expect(paths().sort()).toEqual(["copy", "new"]);
    expect(tool("btrfs", ["qgroup", "show", "--raw", "-r", world.target])).toMatch(/ (1048576|2097152)\s+new$/m);
  });
});

function isGroupDestroyed(id: number | undefined): boolean {
  try {
    tool("btrfs", ["qgroup", "destroy", `0/${id}`, world.target]);
    return true;
  } catch (error) {
    if (String(error).includes("busy")) return false;
    throw error;
  }
}
