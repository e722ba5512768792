import { truncateSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FoundSignature } from "../../../generated/types.gen.js";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { DeviceHolder } from "../../world/held-devices.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;
const create = "vol.create_partition";
const writer = new BlockWriter();

interface Entry {
  readonly node: string;
  readonly start: number;
  readonly size: number;
  readonly type: string;
  readonly uuid: string;
  readonly name?: string;
}

const table = (device: LoopDevice): { label: string; sectorsize: number; partitions: Entry[] } =>
  JSON.parse(tool("sfdisk", ["--json", device.path])).partitiontable;

/** Any second opinion on the whole table: sgdisk finds what sfdisk would put right in silence. */
const verified = (device: LoopDevice): string => tool("sfdisk", ["--verify", device.path]);

describe.each([512, 4096])("a disk with sectors of %d bytes", (sectorSize) => {
  const attach = (mib = 64) => bench.attach({ sizeBytes: mib * MIB, sectorSize });

  it("gets a table with its first partition, over the largest aligned extent, and then the kernel shows it", async () => {
    const device = attach();
    const made = await writer.call([device], create, { disk: device.path, name: "mosdata" });
    const [entry] = table(device).partitions;
    expect(made).toMatchObject({
      changed: true,
      warnings: [],
      device: { path: device.path },
      table_created: true,
      backup_gpt_moved: false,
      stale_signatures: [],
      partition: {
        path: device.partition(1),
        number: 1,
        start_bytes: MIB,
        size_bytes: 62 * MIB,
        sector_size: sectorSize,
        partlabel: "mosdata",
        parttype: "0fc63daf-8483-4772-8e79-3d69d8477de4",
        partuuid: entry?.uuid.toLowerCase(),
      },
    });
    expect(entry).toMatchObject({ start: MIB / sectorSize, size: (62 * MIB) / sectorSize, name: "mosdata" });
    expect(verified(device)).toContain("No errors detected");
    expect(tool("lsblk", ["-bnro", "SIZE", device.partition(1)]).trim()).toBe(String(62 * MIB));
  });

  it("takes partition after partition, each where it is asked, and leaves the others as they were", async () => {
    const device = attach();
    device.partitionBy("label: gpt\nsize=8MiB, name=first\n");
    device.wreck("mkfs.ext4", ["-q", "-L", "mounted"], 1);
    const target = bench.mount(device.partition(1), "m", ["-o", "ro"]);
    const before = checksum(device.partition(1));
    const [first] = table(device).partitions;
    const made = [
      await writer.call([device], create, { disk: device.path, size_bytes: 16 * MIB, type: "swap" }),
      await writer.call([device], create, {
        disk: device.path,
        start_bytes: 30 * MIB,
        size_bytes: 4 * MIB,
        type: "uefi",
      }),
      await writer.call([device], create, {
        disk: device.path,
        start_bytes: 30 * MIB - 2 * sectorSize,
        size_bytes: sectorSize,
      }),
      await writer.call([device], create, { disk: device.path, start_bytes: 40 * MIB }),
      await writer.call([device], create, { disk: device.path }),
    ];
    expect(made.map(({ partition: { start_bytes, size_bytes } }) => [start_bytes, size_bytes])).toEqual([
      [9 * MIB, 16 * MIB],
      [30 * MIB, 4 * MIB],
      [30 * MIB - 2 * sectorSize, sectorSize],
      [40 * MIB, 23 * MIB],
      [34 * MIB, 6 * MIB],
    ]);
    expect(table(device).partitions[0]).toEqual(first);
    expect(table(device).partitions.map(({ start, size }) => [start * sectorSize, size * sectorSize])).toEqual([
      [MIB, 8 * MIB],
      ...made.map(({ partition: { start_bytes, size_bytes } }) => [start_bytes, size_bytes]),
    ]);
    expect(checksum(device.partition(1))).toBe(before);
    expect(tool("findmnt", ["-no", "SOURCE", target]).trim()).toBe(device.partition(1));
    expect(verified(device)).toContain("No errors detected");
  });

  it("that has grown takes one behind its old end, where the backup moves to", async () => {
    const device = attach(32);
    device.partitionBy("label: gpt\nsize=8MiB\n");
    truncateSync(device.file, 64 * MIB);
    tool("losetup", ["--set-capacity", device.path]);
    const made = await writer.call([device], create, { disk: device.path, start_bytes: 40 * MIB });
    expect(made).toMatchObject({ backup_gpt_moved: true, partition: { start_bytes: 40 * MIB, size_bytes: 23 * MIB } });
    expect(verified(device)).toContain("No errors detected");
  });

  it("answers the same call again without a change, and one that differs with both", async () => {
    const device = attach();
    const asked = { disk: device.path, start_bytes: 4 * MIB, size_bytes: 8 * MIB, type: "home", name: "house" };
    const first = await writer.call([device], create, asked);
    const before = checksum(device.path);
    expect(await writer.call([device], create, asked)).toEqual({ ...first, changed: false, table_created: false });
    const { size_bytes: _, name: __, ...less } = asked;
    expect(await writer.call([device], create, less)).toMatchObject({ changed: false });
    for (const other of [{ type: "linux" }, { name: "castle" }, { size_bytes: 9 * MIB }]) {
      const refusal = await writer.refusal([device], create, { ...asked, ...other });
      expect(refusal.kind).toBe("conflict");
      expect(refusal.details).toMatchObject({ actual: expect.stringContaining(`${8 * MIB} bytes, name "house"`) });
    }
    expect(checksum(device.path)).toBe(before);
  });
});

describe("old data in the free space", () => {
  const withOld = () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy("label: gpt\nstart=8MiB, size=16MiB\n");
    device.wreck("mkfs.ext4", ["-q", "-L", "scratch"], 1);
    tool("partx", ["--delete", device.path]);
    device.wreck("sfdisk", ["--quiet", "--no-reread", "--no-tell-kernel", "--wipe", "never", "--delete"]);
    return device;
  };
  const old = (erased: boolean): Partial<FoundSignature> => ({
    type: "ext4",
    usage: "filesystem",
    offset_bytes: 1080,
    label: "scratch",
    erased,
  });

  it("is erased before the partition shows it", async () => {
    const device = withOld();
    const made = await writer.call([device], create, { disk: device.path, start_bytes: 8 * MIB, size_bytes: 16 * MIB });
    expect(made.stale_signatures).toMatchObject([{ ...old(true), device: device.partition(1) }]);
    expect(made.warnings).toMatchObject([{ kind: "stale_signature_wiped", object: device.partition(1) }]);
    expect(made.partition).not.toHaveProperty("fstype");
    expect(tool("wipefs", [device.partition(1)])).toBe("");
  });

  it("stays where the caller wants it to, and is told of", async () => {
    const device = withOld();
    const asked = { disk: device.path, start_bytes: 8 * MIB, size_bytes: 16 * MIB, wipe_signatures: false };
    const made = await writer.call([device], create, asked);
    expect(made.stale_signatures).toMatchObject([old(false)]);
    expect(made.warnings).toEqual([]);
    expect(made.partition).toMatchObject({ fstype: "ext4", label: "scratch" });
    tool("fsck.ext4", ["-fn", device.partition(1)]);
  });
});

describe("a name", () => {
  it.each([
    'quo"te',
    "back\\slash",
    "semi; reboot",
    "--help",
    "x=1, type=swap",
    "größe ❤",
    "a".repeat(36),
    "$(id)`id`",
  ])("%s stands in the table as it is", async (name) => {
    const device = bench.attach({ sizeBytes: 8 * MIB });
    const made = await writer.call([device], create, { disk: device.path, name });
    expect(made.partition.partlabel).toBe(name);
    expect(table(device).partitions.map((entry) => entry.name)).toEqual([name]);
  });

  it("that sfdisk would drop is refused", async () => {
    const device = bench.attach({ sizeBytes: 8 * MIB });
    const before = checksum(device.path);
    expect(await writer.refusal([device], create, { disk: device.path, name: "disk 💾" })).toMatchObject({
      kind: "invalid_argument",
      details: { field: "name" },
    });
    expect(checksum(device.path)).toBe(before);
  });
});

type Asked = Partial<Parameters<BlockWriter["call"]>[2]>;
const GPT = "label: gpt\nsize=16MiB\n";

/** What a disk may be that no partition is added to, and whether `force` helps. */
const REFUSED: Readonly<
  Record<string, { prepare?: (device: LoopDevice) => unknown; asked?: Asked; refusal: object; yields?: boolean }>
> = {
  "has an MBR": {
    prepare: (device) => device.partitionBy("label: dos\nsize=16MiB\n"),
    refusal: { kind: "conflict", details: { actual: "a partition table of type dos" } },
  },
  "has a damaged backup": {
    prepare: (device) => {
      device.partitionBy(GPT);
      device.write(Buffer.alloc(512), 64 * MIB - 512);
    },
    refusal: { kind: "conflict", details: { actual: expect.stringMatching(/damaged: the backup header is missing/) } },
  },
  "has a damaged primary": {
    prepare: (device) => {
      device.partitionBy(GPT);
      device.write(Buffer.alloc(8, 1), 512 + 40);
    },
    refusal: {
      kind: "conflict",
      details: { actual: expect.stringMatching(/damaged: the primary header has a wrong checksum/) },
    },
  },
  "has damaged entries": {
    prepare: (device) => {
      device.partitionBy(GPT);
      device.write(Buffer.alloc(8, 1), 1024 + 56);
    },
    refusal: { kind: "conflict", details: { actual: expect.stringMatching(/damaged: the checksum of its entries/) } },
  },
  "has no protective MBR": {
    prepare: (device) => {
      device.partitionBy(GPT);
      device.write(Buffer.alloc(512), 0);
    },
    refusal: { kind: "conflict", details: { actual: expect.stringMatching(/damaged: its protective MBR is missing/) } },
  },
  "carries a filesystem as a whole": {
    prepare: (device) => device.wreck("mkfs.ext4", ["-q", "-L", "whole"]),
    refusal: { kind: "conflict", details: { signatures: [{ type: "ext4", label: "whole" }] } },
    yields: true,
  },
  "is mounted as a whole": {
    prepare: (device) => {
      device.wreck("mkfs.ext4", ["-q"]);
      bench.mount(device.path, "m", ["-o", "ro"]);
    },
    refusal: { kind: "in_use", details: { resource: "disk", holders: [{ kind: "mount" }] } },
  },
  "has no room": {
    prepare: (device) => device.partitionBy("label: gpt\nsize=60MiB\n"),
    asked: { size_bytes: 8 * MIB },
    refusal: {
      kind: "conflict",
      details: { actual: `the largest free extent has ${2 * MIB} bytes, at byte ${61 * MIB}` },
    },
  },
  "has a partition in the way": {
    prepare: (device) => device.partitionBy(GPT),
    asked: { start_bytes: 8 * MIB },
    refusal: { kind: "conflict", details: { expected: `free space at byte ${8 * MIB}` } },
  },
  "has other sectors": {
    asked: { start_bytes: MIB + 100 },
    refusal: { kind: "invalid_argument", details: { field: "start_bytes" } },
  },
  "takes no empty partitions": {
    asked: { size_bytes: 0 },
    refusal: { kind: "invalid_argument", details: { field: "size_bytes" } },
  },
  "takes no unused entries": {
    asked: { type: "00000000-0000-0000-0000-000000000000" },
    refusal: { kind: "invalid_argument", details: { field: "type" } },
  },
};

describe("a disk that", () => {
  it.each(Object.entries(REFUSED))("%s is refused, byte for byte as it was", async (_, scene) => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    await scene.prepare?.(device);
    const before = checksum(device.path);
    for (const force of scene.yields ? [false] : [false, true]) {
      const refusal = await writer.refusal([device], create, { disk: device.path, force, ...scene.asked });
      expect(refusal).toMatchObject(scene.refusal);
    }
    expect(checksum(device.path)).toBe(before);
    if (!scene.yields) return;
    const made = await writer.call([device], create, { disk: device.path, force: true });
    expect(made.table_created).toBe(true);
    expect(tool("blkid", ["-p", "-o", "value", "-s", "PTTYPE", device.path]).trim()).toBe("gpt");
  });

  it.each(["exclusive", "writing"] as const)("another program has open for %s use is refused", async (how) => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy(GPT);
    const before = checksum(device.path);
    const holder = await DeviceHolder.open(device.path, how);
    try {
      for (const force of [false, true]) {
        expect(await writer.refusal([device], create, { disk: device.path, force })).toMatchObject({
          kind: "in_use",
          details: { holders: [{ kind: "process", name: "python3", pid: holder.pid }] },
        });
      }
    } finally {
      await holder.close();
    }
    expect(checksum(device.path)).toBe(before);
  });

  it("is a partition itself is refused", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy(GPT);
    expect(await writer.refusal([device], create, { disk: device.partition(1) })).toMatchObject({
      kind: "invalid_argument",
      details: { field: "disk", reason: expect.stringContaining(`partition 1 of ${device.path}`) },
    });
  });
});

describe("a step that fails", () => {
  it.each(["erased", "written", "shown"])("after %s is undone: the disk is as it was, byte for byte", async (last) => {
    for (const script of [GPT, undefined]) {
      const device = bench.attach({ sizeBytes: 64 * MIB });
      if (script === undefined) device.wreck("mkfs.ext4", ["-q"]);
      else device.partitionBy(script);
      const before = checksum(device.path);
      const hook = (step: string) => {
        if (step === last) throw new Error("injected");
      };
      const failing = new BlockWriter({ hook });
      await expect(failing.call([device], create, { disk: device.path, force: true })).rejects.toThrow("injected");
      expect(checksum(device.path)).toBe(before);
      expect(tool("lsblk", ["-nro", "NAME", device.path]).trim().split("\n")).toHaveLength(
        script === undefined ? 1 : 2,
      );
    }
  });
});
