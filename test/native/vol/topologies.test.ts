import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { TopologyReport, VolFeasibleTopologiesParams } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { topologies } from "../../../src/native/vol/topologies.js";
import { chooseDisks, TOPOLOGIES, topologyOf } from "../../../src/native/vol/topology-plans.js";
import { callContext } from "../../world/call-context.js";
import { Random, seeds } from "../../world/random.js";
import { type RecordedMachine, Sysroot } from "../../world/sysroot.js";

const MIB = 1 << 20;
const GIB = 1024 * MIB;

type Candidate = Parameters<typeof chooseDisks>[0][number];

/** A free disk; only what the plans look at is real. */
const disk = (path: string, bytes: number, rotational = true): Candidate => {
  const name = path.slice("/dev/".length);
  const node = { name, majMin: "8:0", node: path, path, sizeBytes: BigInt(bytes), slaves: [], holders: [] };
  const identity = { path, name, maj_min: "8:0", type: "disk", size_bytes: bytes };
  return { node, identity, rotational, erases: [], holders: [] };
};

const ALL = { missing: [], kernel: new Set(["btrfs", "bcachefs", "vfat"]) };
const plans = (disks: readonly Candidate[], bootBytes = 512 * MIB, support = ALL) =>
  new Map(TOPOLOGIES.map((name) => [name, topologyOf(name, chooseDisks(disks), { bootBytes, support })]));

describe("the plans", () => {
  const found = plans([disk("/dev/sda", 20 * GIB), disk("/dev/sdb", 30 * GIB), disk("/dev/sdc", 30 * GIB, false)]);
  const paths = (name: (typeof TOPOLOGIES)[number]) => found.get(name)?.disks.map(({ device }) => device.path);

  it("take larger disks first, SSDs before spinning ones, then by path", () => {
    expect(paths("btrfs_single")).toEqual(["/dev/sdc"]);
    expect(paths("dual_independent")).toEqual(["/dev/sdc", "/dev/sdb"]);
    expect(paths("btrfs_raid1")).toEqual(["/dev/sdc", "/dev/sdb", "/dev/sda"]);
    expect(paths("ssd_hdd_bcachefs")).toEqual(["/dev/sdc", "/dev/sdb"]);
    expect(found.get("ssd_hdd_bcachefs")?.disks.map(({ role }) => role)).toEqual(["cache", "data"]);
  });

  it("count what is usable once where copies are kept", () => {
    const [large, small] = [30 * GIB - 514 * MIB, 20 * GIB - 514 * MIB];
    const usable = TOPOLOGIES.map((name) => [name, found.get(name)?.usable_bytes, found.get(name)?.tolerated_failures]);
    expect(usable).toEqual([
      ["btrfs_single", large, 0],
      ["bcachefs_single", large, 0],
      ["dual_independent", 2 * large, 0],
      ["bcachefs2_copy", large, 1],
      ["ssd_hdd_bcachefs", large, 0],
      ["btrfs_raid1", (2 * large + small) / 2, 1],
    ]);
    const uneven = plans([disk("/dev/sda", 100 * GIB), disk("/dev/sdb", 20 * GIB)]);
    expect(uneven.get("btrfs_raid1")?.usable_bytes).toBe(small);
    expect(uneven.get("bcachefs2_copy")?.usable_bytes).toBe(small);
  });

  it("say all that stands against them", () => {
    const none = plans([]);
    for (const { feasible, reasons, disks } of none.values()) {
      expect([feasible, disks, reasons.map(({ code }) => code)]).toEqual([false, [], ["not_enough_disks"]]);
    }
    const one = plans([disk("/dev/sda", 20 * GIB)], 512 * MIB, {
      missing: [],
      kernel: new Set(["btrfs"]),
    });
    const codes = (name: (typeof TOPOLOGIES)[number]) => one.get(name)?.reasons.map(({ code }) => code);
    expect(codes("btrfs_single")).toEqual([]);
    expect(codes("bcachefs_single")).toEqual(["kernel_support_missing"]);
    expect(codes("ssd_hdd_bcachefs")).toEqual(["no_ssd", "kernel_support_missing"]);
    expect(codes("btrfs_raid1")).toEqual(["not_enough_disks"]);
    expect(plans([disk("/dev/sda", 514 * MIB)]).get("btrfs_single")?.reasons).toMatchObject([{ code: "too_small" }]);
  });

  it.each(seeds(50))("lay out aligned partitions that overlap nothing and fit the disk (seed %i)", (seed) => {
    const random = new Random(seed);
    const disks = Array.from({ length: random.between(1, 8) }, (_, at) =>
      disk(`/dev/sd${"abcdefgh"[at]}`, random.between(1, 4000) * GIB + random.below(2048) * 512, random.chance(0.5)),
    );
    const sizes = new Map(disks.map(({ node }) => [node.path, Number(node.sizeBytes)]));
    for (const { partitions, filesystems, feasible } of plans(disks, random.below(4) * 256 * MIB).values()) {
      const ends = new Map<string, number>();
      for (const { disk: path, start_bytes, size_bytes } of partitions) {
        const [start, end] = [Number(start_bytes), Number(start_bytes) + Number(size_bytes)];
        expect([start % MIB, end % MIB, start >= (ends.get(path) ?? MIB)]).toEqual([0, 0, true]);
        // GPT keeps its backup behind: 33 sectors.
        expect(end).toBeLessThanOrEqual((sizes.get(path) ?? 0) - 33 * 512);
        ends.set(path, end);
      }
      const used = filesystems.flatMap((filesystem) => filesystem.partitions);
      expect(used.toSorted((a, b) => a - b)).toEqual(partitions.map((_, at) => at));
      const names = partitions.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      expect(partitions.length > 0).toBe(feasible);
    }
  });
});

describe("a recorded node", () => {
  const machine: RecordedMachine = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../fixtures/vol/storage-node.json"), "utf8"),
  );
  const sysroot = new Sysroot(machine);
  afterAll(() => sysroot.remove());
  const files = new Files(sysroot.folder);
  const handlers = topologies({ files, identities: new Identities(files) });
  const asked = async (params: VolFeasibleTopologiesParams = {}): Promise<TopologyReport> => {
    const result = await handlers["vol.feasible_topologies"](params, callContext());
    expect(validateResult["vol.feasible_topologies"](result)).toBe(true);
    return result as TopologyReport;
  };
  const left = ({ left_out }: TopologyReport) => new Map(left_out.map(({ device, code }) => [device.name, code]));

  it("leaves out the system's disks, those in use, arrays, removable and small ones, each with the first reason", async () => {
    const codes = left(await asked());
    expect(codes.get("sda")).toBe("system");
    expect(codes.get("sdc")).toMatch(/removable|in_use/);
    for (const name of ["md0", "dm-0"]) expect(codes.get(name)).toMatch(/system|in_use|not_a_disk/);
  });

  it("names only eligible disks in its plans, and never one that is left out", async () => {
    const report = await asked({ include_removable: true, min_disk_bytes: 0 });
    const out = left(report);
    const taken = report.topologies.flatMap(({ disks }) => disks.map(({ device }) => device.name));
    expect(taken.filter((name) => out.has(name))).toEqual([]);
    expect(report.topologies.map(({ name }) => name)).toEqual(TOPOLOGIES);
  });

  it("considers only the disks that are named", async () => {
    const report = await asked({ disks: ["/dev/sda"] });
    expect(report.topologies.every(({ feasible }) => !feasible)).toBe(true);
    await expect(asked({ disks: ["/dev/none"] })).rejects.toMatchObject({ kind: "not_found" });
    await expect(asked({ disks: ["/dev/sda1"] })).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(asked({ boot_bytes: 1000 })).rejects.toMatchObject({ details: { field: "boot_bytes" } });
  });
});
