import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { SetQuotaResult, VolSetQuotaParams } from "../../../generated/types.gen.js";
import { subvolumes } from "../../../src/native/vol/subvolumes.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
});
afterEach(() => closeBtrfs(bench));

const at = (...path: string[]) => join(world.target, ...path);
const make = (...path: string[]) => tool("btrfs", ["subvolume", "create", at(...path)]);

async function limit(params: VolSetQuotaParams): Promise<SetQuotaResult> {
  const handlers = subvolumes(await btrfsDeps(bench));
  const answer = await handlers["vol.set_quota"](params, callContext());
  const validate = validateResult["vol.set_quota"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

describe("quotas", () => {
  const shownByTool = (name: string) =>
    new RegExp(`^0/\\d+\\s+(\\d+)\\s+(\\d+)\\s+(\\S+)\\s+(\\S+)\\s+${name}$`, "m")
      .exec(tool("btrfs", ["qgroup", "show", "--raw", "-re", world.target]))
      ?.slice(3);

  it("are not switched on by the way, and are where asked", async () => {
    make("a");
    await expect(limit({ path: at("a"), max_referenced_bytes: 1 << 30 })).rejects.toMatchObject({
      kind: "conflict",
      details: { remedy: "enable: true" },
    });
    expect(() => tool("btrfs", ["qgroup", "show", world.target])).toThrow();
    const on = await limit({ path: at("a"), enable: true });
    expect(on).toMatchObject({ changed: true, quota_enabled_now: true, qgroup_id: `0/${on.subvolume.id}` });
    expect(await limit({ path: at("a"), enable: true })).toMatchObject({ changed: false, quota_enabled_now: false });
    expect(shownByTool("a")).toEqual(["none", "none"]);
  });

  it("limit what the tool then shows and the kernel enforces, and are taken away with null", async () => {
    make("a");
    const both = { max_referenced_bytes: 8 << 20, max_exclusive_bytes: 9 << 20 };
    expect(await limit({ path: at("a"), ...both, enable: true })).toMatchObject({ changed: true, quota: both });
    tool("btrfs", ["quota", "rescan", "-w", world.target]);
    expect(shownByTool("a")).toEqual([String(8 << 20), String(9 << 20)]);
    expect(() => tool("dd", ["if=/dev/zero", `of=${at("a", "big")}`, "bs=1M", "count=20"])).toThrow(/quota/i);
    expect(await limit({ path: at("a"), max_exclusive_bytes: 9 << 20 })).toMatchObject({ changed: false });
    const one = await limit({ path: at("a"), max_exclusive_bytes: null });
    expect(one.quota).toMatchObject({ max_referenced_bytes: 8 << 20 });
    expect(one.quota).not.toHaveProperty("max_exclusive_bytes");
    expect(shownByTool("a")).toEqual([String(8 << 20), "none"]);
    await limit({ path: at("a"), max_referenced_bytes: null });
    expect(shownByTool("a")).toEqual(["none", "none"]);
    expect(await limit({ path: at("a"), max_referenced_bytes: null })).toMatchObject({ changed: false });
  });

  it("warn where more is used already", async () => {
    make("a");
    tool("dd", ["if=/dev/urandom", `of=${at("a", "data")}`, "bs=1M", "count=8"]);
    await limit({ path: at("a"), enable: true });
    tool("btrfs", ["quota", "rescan", "-w", world.target]);
    tool("sync", ["--file-system", world.target]);
    const tight = await limit({ path: at("a"), max_referenced_bytes: 1 << 20 });
    expect(tight.warnings.map(({ kind }) => kind)).toContain("already_over_limit");
    expect(tight.rescan_running).toBe(false);
  });

  it("can be raised where more is used already, as long as another subvolume can be reached", async () => {
    make("a");
    make("a", "b");
    make("free");
    const over = { max_referenced_bytes: 1, enable: true };
    for (const path of [at("a"), at("a", "b")]) expect(await limit({ path, ...over })).toMatchObject({ changed: true });
    const raised = await limit({ path: at("a", "b"), max_referenced_bytes: 1 << 30 });
    expect(raised).toMatchObject({ changed: true, warnings: [], quota: { max_referenced_bytes: 1 << 30 } });
    expect(await limit({ path: at("a"), max_referenced_bytes: null })).toMatchObject({ changed: true });
    await limit({ path: world.target, ...over });
    await limit({ path: at("a"), ...over });
    await limit({ path: at("a", "b"), ...over });
    // The top level is over its limit too: nothing is left to ask through.
    await expect(limit({ path: at("a"), max_referenced_bytes: null })).rejects.toMatchObject({ kind: "conflict" });
    const device = String(world.devices[0]?.path);
    bench.mount(device, "free", ["--options", "subvol=free"]);
    expect(await limit({ path: at("a"), max_referenced_bytes: null })).toMatchObject({ changed: true });
  });

  it("are for the top level too, and for nothing that is no subvolume", async () => {
    mkdirSync(at("folder"));
    expect(await limit({ path: world.target, max_referenced_bytes: 2 ** 40, enable: true })).toMatchObject({
      qgroup_id: "0/5",
      quota: { max_referenced_bytes: 2 ** 40 },
    });
    const refused = async (params: VolSetQuotaParams) =>
      expect(limit(params)).rejects.toMatchObject({ kind: "invalid_argument" });
    await refused({ path: at("folder"), max_referenced_bytes: 1 });
    await refused({ path: world.target });
    await refused({ path: world.target, max_referenced_bytes: 0 });
    await refused({ path: bench.folder, max_referenced_bytes: 1 });
    await expect(limit({ path: at("no"), max_referenced_bytes: 1 })).rejects.toMatchObject({ kind: "not_found" });
  });

  it("are off again where a later step fails, as they were", async () => {
    make("a");
    const failing = subvolumes(
      await btrfsDeps(bench, (step) => {
        if (step === "set limits") throw new Error("wanted");
      }),
    );
    const asked = async (enable: boolean) =>
      failing["vol.set_quota"]({ path: at("a"), max_referenced_bytes: 1 << 20, enable }, callContext());
    await expect(asked(true)).rejects.toThrow("wanted");
    expect(() => tool("btrfs", ["qgroup", "show", world.target])).toThrow();
    await limit({ path: at("a"), max_referenced_bytes: 5 << 20, enable: true });
    await expect(asked(false)).rejects.toThrow("wanted");
    expect(shownByTool("a")).toEqual([String(5 << 20), "none"]);
  });
});
