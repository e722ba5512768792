import { readdirSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { subvolumes } from "../../../src/native/vol/subvolumes.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, subvolumesByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
});
afterEach(() => closeBtrfs(bench));

const at = (name: string) => join(world.target, name);
const make = (name: string) => {
  tool("btrfs", ["subvolume", "create", at(name)]);
  writeFileSync(join(at(name), "data"), name);
};

/** What becomes of the subvolume that a call has found, and which subvolumes are there then. */
const CHANGES: Readonly<Record<string, { change: () => void; left: readonly string[] }>> = {
  "moved away, with another in its place": {
    change: () => {
      renameSync(at("meant"), at("moved"));
      make("meant");
    },
    left: ["meant", "moved"],
  },
  "deleted, with another in its place": {
    change: () => {
      tool("btrfs", ["subvolume", "delete", "--commit-after", at("meant")]);
      make("meant");
    },
    left: ["meant"],
  },
  "moved away, with nothing in its place": {
    change: () => renameSync(at("meant"), at("moved")),
    left: ["moved"],
  },
  "moved away, with a folder in its place": {
    change: () => {
      renameSync(at("meant"), at("moved"));
      tool("mkdir", [at("meant")]);
    },
    left: ["moved"],
  },
};

type Handlers = ReturnType<typeof subvolumes>;
const CALLS: Readonly<Record<string, (handlers: Handlers) => unknown>> = {
  "vol.delete_subvolume": (handlers) =>
    handlers["vol.delete_subvolume"]({ path: at("meant"), recursive: true, force: true }, callContext()),
  "vol.snapshot_subvolume": (handlers) =>
    handlers["vol.snapshot_subvolume"]({ source: at("meant"), target: at("copy") }, callContext()),
  "vol.set_quota": (handlers) =>
    handlers["vol.set_quota"]({ path: at("meant"), max_referenced_bytes: 1 << 20, enable: true }, callContext()),
};

const isOpen = (path: string) =>
  readdirSync("/proc/self/fd").some((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  });

describe.each(Object.entries(CALLS))("%s on a subvolume that it found", (_method, call) => {
  it.each(Object.entries(CHANGES))("and that was %s, is a conflict", async (_change, { change, left }) => {
    make("meant");
    const deps = await btrfsDeps(bench);
    let goOn = () => {};
    // Another write on this filesystem: the call finds its subvolume, and waits.
    const earlier = deps.state.queue.run(
      [`btrfs ${world.uuid}`],
      () =>
        new Promise<void>((done) => {
          goOn = done;
        }),
    );
    const answer = Promise.resolve(call(subvolumes(deps))).then(
      () => undefined,
      (error: unknown) => error,
    );
    await vi.waitFor(() => expect(isOpen(at("meant"))).toBe(true), { timeout: 20_000, interval: 5 });
    change();
    goOn();
    await earlier;
    expect(await answer).toMatchObject({
      kind: "conflict",
      details: { expected: expect.stringMatching(/subvolume/) },
    });
    expect(
      subvolumesByTool(world.target)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(left);
    for (const name of left) expect(readdirSync(at(name))).toEqual(["data"]);
    expect(() => tool("btrfs", ["qgroup", "show", world.target])).toThrow();
  });
});
