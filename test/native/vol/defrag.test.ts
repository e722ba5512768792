import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { DefragmentResult, VolDefragParams } from "../../../generated/types.gen.js";
import { defrag } from "../../../src/native/vol/defrag.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
});
afterEach(() => closeBtrfs(bench, [world]));

async function run(params: VolDefragParams): Promise<DefragmentResult> {
  const handlers = defrag(await btrfsDeps(bench));
  const answer = await handlers["vol.defrag"](params, callContext());
  const validate = validateResult["vol.defrag"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

const at = (...path: string[]) => join(world.target, ...path);

/** A file of many extents: each block is written and synced by itself, backwards. */
const fragment = (path: string) =>
  tool("sh", [
    "-c",
    'for i in 9 8 7 6 5 4 3 2 1 0; do dd if=/dev/zero of="$1" bs=4k seek=$i count=1 conv=notrunc,fsync; done',
    "sh",
    path,
  ]);

const extents = (path: string) => Number(/(\d+) extents? found/.exec(tool("filefrag", [path]))?.[1]);

describe("defragmentation", () => {
  it("of a file makes it whole, whatever its name", async () => {
    for (const name of ["plain", "--help", "; reboot\n", "ünï"]) {
      fragment(at(name));
      expect(extents(at(name))).toBeGreaterThan(3);
      const done = await run({ path: at(name) });
      expect(done).toMatchObject({ changed: true, joined: false, recursive: false, failed_files: 0, path: at(name) });
      tool("sync", ["--file-system", world.target]);
      expect(extents(at(name))).toBe(1);
    }
  });

  it("of a folder goes into it where asked, compresses where asked, and stays in its subvolume", async () => {
    mkdirSync(at("folder", "deep"), { recursive: true });
    tool("btrfs", ["subvolume", "create", at("folder", "other")]);
    symlinkSync(at("outside"), at("folder", "link"));
    for (const path of ["folder/deep/a", "folder/other/b", "outside"]) fragment(at(path));
    await run({ path: at("folder") });
    expect(extents(at("folder/deep/a"))).toBeGreaterThan(3);
    expect(await run({ path: at("folder"), recursive: true, compress: "zstd" })).toMatchObject({
      recursive: true,
      compress: "zstd",
      failed_files: 0,
    });
    tool("sync", ["--file-system", world.target]);
    expect(tool("filefrag", ["-v", at("folder/deep/a")])).toMatch(/encoded/);
    expect(extents(at("folder/other/b"))).toBeGreaterThan(3);
    expect(extents(at("outside"))).toBeGreaterThan(3);
  });

  it("counts files that it may not touch", async () => {
    mkdirSync(at("folder"));
    fragment(at("folder", "data"));
    const swap = at("folder", "swap");
    const script = 'truncate -s 0 "$1"; chattr +C "$1"; fallocate -l 4M "$1"; chmod 600 "$1"; mkswap -q "$1"';
    tool("sh", ["-ec", script, "sh", swap]);
    tool("swapon", [swap]);
    try {
      expect((await run({ path: at("folder"), recursive: true })).failed_files).toBe(1);
    } finally {
      tool("swapoff", [swap]);
    }
    tool("sync", ["--file-system", world.target]);
    expect(extents(at("folder", "data"))).toBe(1);
  });

  it("is refused where nothing can be defragmented", async () => {
    fragment(at("file"));
    tool("mkfifo", [at("fifo")]);
    tool("btrfs", ["subvolume", "create", at("sub")]);
    tool("btrfs", ["subvolume", "snapshot", "-r", at("sub"), at("frozen")]);
    await expect(run({ path: at("no") })).rejects.toMatchObject({ kind: "not_found" });
    await expect(run({ path: at("fifo") })).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(run({ path: at("file"), recursive: true })).rejects.toMatchObject({ details: { field: "recursive" } });
    await expect(run({ path: bench.folder, recursive: true })).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(run({ path: at("frozen"), recursive: true })).rejects.toMatchObject({ kind: "conflict" });
    tool("mount", ["-o", "remount,ro", world.target]);
    await expect(run({ path: at("file") })).rejects.toMatchObject({ kind: "conflict" });
  });

  it("goes on without the daemon; the next one joins it, and refuses others in its way", async () => {
    mkdirSync(at("folder", "inner"), { recursive: true });
    for (let file = 0; file < 10; file += 1) fragment(at("folder", `f${file}`));
    const stateDir = join(bench.folder, "state");
    // Nothing is written while the filesystem is frozen: the run cannot end before we have looked.
    const first = StorageDaemon.start(stateDir, ["env"]);
    const params = { path: at("folder"), recursive: true };
    expect(await first.ask("vol.list_subvolumes", { path: world.target })).toMatchObject({ result: [] });
    tool("fsfreeze", ["--freeze", world.target]);
    const thaw = spawn("sh", ["-c", 'sleep 60; fsfreeze --unfreeze "$1"', "sh", world.target]);
    try {
      expect(await first.ask("vol.defrag", params, { dieAt: "start defragmentation" })).toBeUndefined();
      const second = StorageDaemon.start(stateDir, ["env"]);
      // Once it answers it needs less time to join than the third one to start.
      await second.ask("vol.fs_df", { path: world.target });
      const joined = second.ask<DefragmentResult>("vol.defrag", params);
      const third = StorageDaemon.start(stateDir, ["env"]);
      const other = await third.ask("vol.defrag", { path: at("folder", "inner"), recursive: true });
      expect(other?.error).toMatchObject({
        kind: "in_use",
        holders: [{ kind: "btrfs_operation", name: "defrag" }],
      });
      expect((await third.ask("vol.fs_df", { path: world.target }))?.result).toBeDefined();
      tool("fsfreeze", ["--unfreeze", world.target]);
      expect((await joined)?.result).toMatchObject({ joined: true, changed: false, failed_files: 0 });
      await second.kill();
      await third.kill();
    } finally {
      thaw.kill();
      try {
        tool("fsfreeze", ["--unfreeze", world.target]);
      } catch {
        // It is not frozen any more.
      }
    }
  });
});
