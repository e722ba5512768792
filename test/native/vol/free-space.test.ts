import { truncateSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { FreeSpace, VolListFreeSpaceParams } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { freeSpace } from "../../../src/native/vol/free-space.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { Random, seeds } from "../../world/random.js";

const MIB = 1 << 20;
const bench = new LoopBench();
afterAll(() => bench.close());

const files = new Files();
const handlers = freeSpace({ files, identities: new Identities(files) });
const asked = (params: VolListFreeSpaceParams): Promise<FreeSpace> =>
  handlers["vol.list_free_space"](params, callContext()) as Promise<FreeSpace>;
const free = async (device: LoopDevice, more: Partial<VolListFreeSpaceParams> = {}): Promise<FreeSpace> => {
  const result = await asked({ disk: device.path, ...more });
  expect(validateResult["vol.list_free_space"](result)).toBe(true);
  return result;
};

type Stretch = readonly [start: number, end: number];

/** The free stretches that sfdisk lists, in sectors, the end not included; it trims them to whole MiB at their start. */
const bySfdisk = ({ path }: LoopDevice): Stretch[] =>
  tool("sfdisk", ["--list-free", "--quiet", "--bytes", "--output", "Start,End", path])
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/).map(Number))
    .map(([start = 0, end = 0]) => [start, end + 1]);

interface Dump {
  readonly partitiontable: {
    readonly firstlba: number;
    readonly lastlba: number;
    readonly partitions?: readonly { readonly start: number; readonly size: number }[];
  };
}

/** What the entries of a GPT leave, by what sfdisk reads. */
function complement({ path }: LoopDevice): Stretch[] {
  const { partitiontable: table }: Dump = JSON.parse(tool("sfdisk", ["--json", path]));
  const parts = (table.partitions ?? []).toSorted((a, b) => a.start - b.start);
  const starts = [table.firstlba, ...parts.map(({ start, size }) => start + size)];
  const ends = [...parts.map(({ start }) => start), table.lastlba + 1];
  return starts.map((start, at): Stretch => [start, ends[at] ?? 0]).filter(([start, end]) => start < end);
}

/** Trimmed to whole MiB; what holds a MiB but no aligned one stays as it is. */
const wholeMib = (found: readonly Stretch[], sectorSize: number): Stretch[] => {
  const unit = MIB / sectorSize;
  return found
    .map(([start, end]): Stretch => {
      const whole: Stretch = [Math.ceil(start / unit) * unit, Math.floor(end / unit) * unit];
      return whole[0] < whole[1] ? whole : [start, end];
    })
    .filter(([start, end]) => end - start >= unit);
};

const stretches = ({ extents }: FreeSpace) =>
  extents.map(({ start_sector, sectors }) => [Number(start_sector), Number(start_sector) + Number(sectors)] as const);

/** Every sector counts: no trimming, nothing too small. */
const EXACT = (sectorSize: number) => ({ alignment_bytes: sectorSize, min_bytes: 0 });

describe.each([512, 4096])("with sectors of %i bytes", (sectorSize) => {
  const attach = (sizeBytes = 64 * MIB) => bench.attach({ sizeBytes, sectorSize });

  it.each(seeds(20))("a GPT equals what sfdisk lists (seed %i)", async (seed) => {
    const random = new Random(seed);
    const device = attach();
    const lines = Array.from({ length: random.between(1, 6) }, (_, at) => {
      const start = 2 * MIB + at * 9 * MIB + random.below(4) * 256 * 1024;
      return `start=${start / sectorSize}, size=${(random.between(1, 16) * 512 * 1024) / sectorSize}`;
    });
    device.partitionBy(`label: gpt\nfirst-lba: ${MIB / sectorSize}\n${lines.join("\n")}\n`);
    expect(stretches(await free(device, EXACT(sectorSize)))).toEqual(complement(device));
    const shown = await free(device);
    expect(stretches(shown)).toEqual(wholeMib(bySfdisk(device), sectorSize));
    for (const { start_bytes, size_bytes, aligned } of shown.extents) {
      const [start, end] = [Number(start_bytes), Number(start_bytes) + Number(size_bytes)];
      const holdsWhole = Math.ceil(start / MIB) < Math.floor(end / MIB);
      expect(aligned).toBe(holdsWhole);
      if (holdsWhole) expect([start % MIB, end % MIB]).toEqual([0, 0]);
    }
    expect(shown).toMatchObject({ partition_table: { type: "gpt" }, backup_gpt_misplaced: false, signatures: [] });
    expect(shown.total_bytes).toBe(shown.extents.reduce((sum, { size_bytes }) => sum + Number(size_bytes), 0));
  });

  it("a disk that grew is counted to its real end", async () => {
    const device = attach();
    device.partitionBy("label: gpt\nsize=8MiB\n");
    const before = await free(device);
    truncateSync(device.file, 256 * MIB);
    tool("losetup", ["--set-capacity", device.path]);
    const after = await free(device);
    expect(after).toMatchObject({ backup_gpt_misplaced: true, disk: { size_bytes: 256 * MIB } });
    expect(Number(after.total_bytes) - Number(before.total_bytes)).toBe(192 * MIB);
    // What sfdisk makes of it once it has moved the backup.
    tool("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", "--relocate", "gpt-bak-std", device.path]);
    const moved = await free(device);
    expect(moved).toEqual({ ...after, backup_gpt_misplaced: false });
  });

  it("a blank disk is one extent, as a new GPT would lay it out", async () => {
    const device = attach();
    const before = await free(device, EXACT(sectorSize));
    expect(before).toMatchObject({ signatures: [], extents: [{ stale_signatures: [] }] });
    expect(before).not.toHaveProperty("partition_table");
    device.partitionBy(`label: gpt\nfirst-lba: ${2 + 16_384 / sectorSize}\n`);
    expect(stretches(before)).toEqual(complement(device));
  });
});

it("an MBR counts the room inside its extended partition", async () => {
  const device = bench.attach({ sizeBytes: 64 * MIB });
  device.partitionBy(
    "label: dos\nstart=2048, size=8MiB, type=83\nstart=22528, size=40MiB, type=5\nstart=24576, size=4MiB, type=83\nstart=51200, size=4MiB, type=83\n",
  );
  const shown = await free(device);
  expect(shown.partition_table?.type).toBe("dos");
  expect(stretches(shown)).toEqual(wholeMib(bySfdisk(device), 512));
});

describe("what is on the disk", () => {
  it("as a whole leaves no free space", async () => {
    const device = bench.attach({ sizeBytes: 16 * MIB });
    device.wreck("mkfs.ext4", ["-q", "-L", "all of it"]);
    expect(await free(device)).toMatchObject({
      signatures: [{ type: "ext4", usage: "filesystem", device: device.path, offset_bytes: 1080, label: "all of it" }],
      extents: [],
      total_bytes: 0,
      largest_bytes: 0,
    });
  });

  it("in a free extent is named by its place on the disk", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy("label: gpt\nsize=8MiB\nsize=16MiB\n");
    device.wreck("mkfs.ext4", ["-q", "-L", "old"], 2);
    device.partitionBy("label: gpt\nsize=8MiB\n");
    const { extents } = await free(device);
    expect(extents).toHaveLength(1);
    expect(extents[0]?.stale_signatures).toMatchObject([{ type: "ext4", label: "old", offset_bytes: 9 * MIB + 1080 }]);
  });

  it("as a table that is damaged, or none that is known, is unsupported", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy("label: gpt\nsize=8MiB\n");
    device.write(Buffer.from("garbage!"), 1024);
    await expect(asked({ disk: device.path })).rejects.toMatchObject({ kind: "unsupported" });
    const sun = bench.attach({ sizeBytes: 64 * MIB });
    sun.partitionBy("label: sun\n,8MiB\n");
    await expect(asked({ disk: sun.path })).rejects.toMatchObject({ kind: "unsupported" });
  });
});

describe("a question is refused", () => {
  it.each([
    ["/dev/no-such", {}, "not_found"],
    ["/dev/null", {}, "invalid_argument"],
    ["/dev/../etc/passwd", {}, "invalid_argument"],
  ])("about %s", async (disk, more, kind) => {
    await expect(asked({ disk, ...more })).rejects.toMatchObject({ kind });
  });

  it("about a partition, and with an alignment that is no multiple of the sectors", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB, sectorSize: 4096 });
    device.partitionBy("label: gpt\nsize=8MiB\n");
    await expect(asked({ disk: device.partition(1) })).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "disk" },
    });
    await expect(asked({ disk: device.path, alignment_bytes: 512 })).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "alignment_bytes" },
    });
  });
});
