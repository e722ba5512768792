import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { Subvolume } from "../../../generated/types.gen.js";
import { subvolumes } from "../../../src/native/vol/subvolumes.js";
import { type BtrfsWorld, btrfsDeps, closeBtrfs, makeBtrfs, subvolumesByTool } from "../../world/btrfs.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";
import { Random, seeds } from "../../world/random.js";

async function list(path: string): Promise<Subvolume[]> {
  const handlers = subvolumes(await btrfsDeps(bench));
  const answer = await handlers["vol.list_subvolumes"]({ path }, callContext());
  const validate = validateResult["vol.list_subvolumes"];
  expect(validate(answer), JSON.stringify(validate.errors)).toBe(true);
  return answer;
}

const asListed = ({ id, generation, origin_generation, parent_id, top_level, ...entry }: Subvolume) => ({
  id,
  generation,
  origin: origin_generation,
  parent: parent_id,
  topLevel: top_level,
  parentUuid: entry.parent_uuid ?? "-",
  receivedUuid: entry.received_uuid ?? "-",
  uuid: entry.uuid,
  path: entry.path,
});

let bench: LoopBench;
let world: BtrfsWorld;
beforeEach(() => {
  bench = new LoopBench();
  world = makeBtrfs(bench);
});
afterEach(() => closeBtrfs(bench));

const make = (...path: string[]) => tool("btrfs", ["subvolume", "create", join(world.target, ...path)]);

describe("the subvolumes of a btrfs", () => {
  it.each(seeds(5))("equal btrfs for a random tree of 300, seed %i", async (seed) => {
    const random = new Random(seed);
    growTree(random, 300);
    const ours = await list(world.target);
    const theirs = subvolumesByTool(world.target);
    expect(theirs.length).toBeGreaterThanOrEqual(290);
    expect(ours.map(asListed)).toEqual(theirs);
    const readOnly = tool("btrfs", ["subvolume", "list", "-r", world.target]).match(/^ID (\d+)/gm) ?? [];
    expect(ours.filter(({ read_only }) => read_only).map(({ id }) => `ID ${id}`)).toEqual(
      readOnly.toSorted((a, b) => Number(a.slice(3)) - Number(b.slice(3))),
    );
  });

  it("say where each is mounted and can be reached, also through a mount of only a part", async () => {
    make("a");
    make("a", "in a");
    make("other");
    const part = bench.mount(String(world.devices[0]?.path), "part", ["--options", "subvol=a"]);
    const byPath = new Map((await list(part)).map((entry) => [entry.path, entry]));
    expect(byPath.get("a")).toMatchObject({ full_path: part, mounted_at: [part] });
    expect(byPath.get("a/in a")).toMatchObject({ full_path: join(part, "in a"), mounted_at: [] });
    expect(byPath.get("other")).toMatchObject({ full_path: join(world.target, "other"), mounted_at: [] });
    tool("umount", [world.target]);
    const rest = new Map((await list(part)).map((entry) => [entry.path, entry]));
    expect(rest.get("other")).not.toHaveProperty("full_path");
  });

  it("do not tell a path that another mount hides", async () => {
    make("hidden");
    bench.mount("tmpfs", "fs/hidden", ["--types", "tmpfs"]);
    expect(await list(world.target)).toMatchObject([{ path: "hidden", mounted_at: [] }]);
    expect((await list(world.target))[0]).not.toHaveProperty("full_path");
  });

  it("show the default, snapshots and where they come from, and what was received", async () => {
    make("source");
    tool("btrfs", ["subvolume", "snapshot", "-r", join(world.target, "source"), join(world.target, "snap")]);
    mkdirSync(join(world.target, "in"));
    const stream = join(bench.folder, "stream");
    tool("btrfs", ["send", "--quiet", "-f", stream, join(world.target, "snap")]);
    tool("btrfs", ["receive", "--quiet", "-f", stream, join(world.target, "in")]);
    tool("btrfs", ["subvolume", "set-default", join(world.target, "source")]);
    const entries = await list(world.target);
    const [source, snap, received] = entries;
    expect(entries.map(asListed)).toEqual(subvolumesByTool(world.target));
    expect(source).toMatchObject({ path: "source", default: true, read_only: false });
    expect(snap).toMatchObject({ path: "snap", default: false, read_only: true, parent_uuid: source?.uuid });
    expect(received).toMatchObject({ path: "in/snap", read_only: true, received_uuid: snap?.uuid });
    const shown = tool("btrfs", ["subvolume", "show", join(world.target, "snap")]);
    expect(
      Math.abs(Date.parse(/Creation time:\s+(.*)$/m.exec(shown)?.[1] ?? "") - Date.parse(String(snap?.created_at))),
    ).toBeLessThan(1000);
  });

  it("are data whatever their names: line ends, options, bytes that are no UTF-8", async () => {
    const names = [
      "ID 999 gen 7 top level 5 path x\nID 1 gen 2",
      "--help",
      "-r",
      "; reboot",
      "<FS_TREE>",
      "\\x41",
      "ünï",
    ];
    for (const name of names) make(name);
    execFileSync("sh", ["-c", 'btrfs subvolume create "$1/$(printf "a\\377\\nb")"', "sh", world.target]);
    const entries = await list(world.target);
    expect(entries.map(({ path }) => path)).toEqual([...names, "a\\xff\nb"]);
    expect(entries.map(({ full_path }) => full_path)).toEqual(entries.map(({ path }) => join(world.target, path)));
  });

  it("are not listed while deleted and not cleaned up, and never make the list fail while they come and go", async () => {
    growTree(new Random(7), 40);
    let isDone = false;
    const churn = (async () => {
      for (let round = 0; round < 30; round += 1) {
        make(`churn${round}`);
        await new Promise((resolve) => setImmediate(resolve));
        tool("btrfs", ["subvolume", "delete", join(world.target, `churn${round}`)]);
      }
      isDone = true;
    })();
    while (!isDone) await list(world.target);
    await churn;
    expect((await list(world.target)).map(asListed)).toEqual(subvolumesByTool(world.target));
  });

  it("have their quotas where those are on", async () => {
    make("limited");
    make("free");
    expect((await list(world.target))[0]).not.toHaveProperty("quota");
    tool("dd", ["if=/dev/urandom", `of=${join(world.target, "limited", "data")}`, "bs=1M", "count=5"]);
    tool("btrfs", ["quota", "enable", world.target]);
    tool("btrfs", ["quota", "rescan", "-w", world.target]);
    tool("btrfs", ["qgroup", "limit", "100M", join(world.target, "limited")]);
    tool("btrfs", ["qgroup", "limit", "-e", "50M", join(world.target, "limited")]);
    tool("sync", ["--file-system", world.target]);
    const quotas = new Map((await list(world.target)).map(({ path, quota }) => [path, quota]));
    const rows = tool("btrfs", ["qgroup", "show", "--raw", "-re", world.target]).matchAll(
      /^0\/\d+\s+(\d+)\s+(\d+)\s+(\d+|none)\s+(\d+|none)\s+(limited|free)/gm,
    );
    for (const [, referenced, exclusive, maxReferenced, maxExclusive, path = ""] of rows) {
      expect(quotas.get(path)).toEqual({
        referenced_bytes: Number(referenced),
        exclusive_bytes: Number(exclusive),
        ...(maxReferenced !== "none" && { max_referenced_bytes: Number(maxReferenced) }),
        ...(maxExclusive !== "none" && { max_exclusive_bytes: Number(maxExclusive) }),
        inconsistent: false,
      });
    }
    expect(quotas.get("limited")).toMatchObject({ max_referenced_bytes: 100 << 20, max_exclusive_bytes: 50 << 20 });
  });
});

/** Nested subvolumes, some in folders, some snapshots, some deleted again. */
function growTree(random: Random, count: number): void {
  const homes = [world.target];
  const script: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const home = random.pick(homes);
    const folder = random.chance(0.3) ? join(home, `folder ${random.below(4)}`, "deep") : home;
    const path = join(folder, `s${index}`);
    script.push(`mkdir -p "${folder}"`);
    if (index > 5 && random.chance(0.3)) {
      script.push(
        `btrfs subvolume snapshot ${random.chance(0.5) ? "-r" : ""} "${random.pick(homes.slice(1))}" "${path}"`,
      );
    } else {
      script.push(`btrfs subvolume create "${path}"`);
      homes.push(path);
    }
    if (random.chance(0.02))
      script.push(`btrfs subvolume create "${path}.gone"; btrfs subvolume delete "${path}.gone"`);
  }
  tool("sh", ["-eu"], script.join("\n"));
}

describe("for an ordinary user", () => {
  it("the list is refused, usage and counters are answered", async () => {
    make("a");
    const namespace = await MountNamespace.open();
    try {
      tool("chmod", ["0755", bench.folder]);
      const asked = <T>(method: string) => namespace.ask<T>(method, { path: world.target }, { uid: 65534 });
      expect(asked("vol.list_subvolumes").error).toMatchObject({ kind: "unsupported" });
      expect(asked("vol.scrub_status").error).toMatchObject({ kind: "unsupported" });
      expect(asked("vol.balance_status").error).toMatchObject({ kind: "unsupported" });
      const usage = asked<{ profiles: object[] }>("vol.fs_usage").result;
      expect(usage).toMatchObject({ uuid: world.uuid, devices: [{ devid: 1, missing: false }] });
      expect(usage?.profiles[0]).not.toHaveProperty("devices");
      expect(asked("vol.device_stats").result).toMatchObject([{ devid: 1, device: world.devices[0]?.path }]);
      expect(asked<object[]>("vol.fs_df").result?.length).toBeGreaterThan(2);
    } finally {
      await namespace.close();
    }
  });
});
