import { rmSync, symlinkSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { Partition } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { partitions } from "../../../src/native/vol/partitions.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { blkid, lsblk } from "../../world/lsblk.js";
import { Random, seeds } from "../../world/random.js";

const files = new Files();
const method = partitions({ files, identities: new Identities(files) })["vol.list_partitions"];

const list = async (disk?: string): Promise<Partition[]> => {
  const result = await method(disk === undefined ? {} : { disk }, callContext());
  expect(
    validateResult["vol.list_partitions"](result),
    JSON.stringify(validateResult["vol.list_partitions"].errors),
  ).toBe(true);
  return result;
};

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

interface Dump {
  readonly partitiontable: {
    readonly label: string;
    readonly sectorsize: number;
    readonly partitions: readonly {
      node: string;
      start: number;
      size: number;
      type: string;
      uuid?: string;
      name?: string;
      attrs?: string;
      bootable?: boolean;
    }[];
  };
}

/** The partitions as `sfdisk --json` has them, in our names. */
function dumped(device: LoopDevice) {
  const { partitiontable: table }: Dump = JSON.parse(tool("sfdisk", ["--json", device.path]));
  return table.partitions.map(({ node, start, size, type, uuid, name, attrs, bootable }) => ({
    path: node,
    start_sector: start,
    sectors: size,
    sector_size: table.sectorsize,
    table_type: table.label,
    parttype: table.label === "dos" ? `0x${type.toLowerCase()}` : type.toLowerCase(),
    partuuid: uuid?.toLowerCase(),
    // libblkid takes trailing blanks for padding.
    partlabel: name?.trimEnd() || undefined,
    // sfdisk joins the type's own bits: `GUID:48,63`.
    attrs: bootable
      ? ["bootable"]
      : (attrs ?? "").split(" ").flatMap((word) =>
          word.startsWith("GUID:")
            ? word
                .slice(5)
                .split(",")
                .map((bit) => `GUID:${bit}`)
            : word === ""
              ? []
              : [word],
        ),
  }));
}

const asDumped = ({
  path,
  start_sector,
  sectors,
  sector_size,
  table_type,
  parttype,
  partuuid,
  partlabel,
  attrs,
}: Partition) => ({ path, start_sector, sectors, sector_size, table_type, parttype, partuuid, partlabel, attrs });

/** What lsblk and blkid say of the same partition, in our names. */
function expectAgreement(partition: Partition): void {
  const row = lsblk().get(partition.name);
  const probed = blkid(partition.path);
  expect({
    maj_min: partition.maj_min,
    size: partition.size_bytes,
    start: Number(partition.start_bytes) / 512,
    ro: partition.read_only,
    logical: partition.sector_size,
    mountpoints: partition.mountpoints,
  }).toEqual({
    maj_min: row?.["maj:min"],
    size: row?.size,
    start: row?.start,
    ro: row?.ro,
    logical: row?.["log-sec"],
    mountpoints: [row?.mountpoints ?? []].flat().filter(Boolean),
  });
  expect({
    fstype: partition.fstype,
    uuid: partition.uuid,
    label: partition.label,
    version: partition.fsver,
    source: partition.identity_source,
  }).toEqual({
    fstype: probed.get("ID_FS_TYPE"),
    uuid: probed.get("ID_FS_UUID"),
    label: probed.get("ID_FS_LABEL_ENC")?.replaceAll("\\x20", " "),
    version: probed.get("ID_FS_VERSION"),
    source: "probe",
  });
}

const LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";

describe("a GPT", () => {
  it("has names, types, flags and unique identifiers as sfdisk and blkid have them", async () => {
    const disk = bench.attach({ sizeBytes: 128 << 20 });
    disk.partitionBy(
      [
        "label: gpt",
        'size=20MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI ünd, mehr=x", attrs="RequiredPartition LegacyBIOSBootable GUID:48,63"',
        "size=20MiB",
        "size=8MiB, type=0657FD6D-A4AB-43C4-84E5-0933C84B4F4F, name=swap",
        "size=8MiB, type=12345678-1234-1234-1234-123456789ABC",
      ].join("\n"),
    );
    disk.wreck("mkfs.vfat", ["-n", "EFI SYS"], 1);
    disk.wreck("mkfs.ext4", ["-q", "-L", "the root"], 2);
    disk.wreck("mkswap", ["--quiet", "--label", "page"], 3);
    const found = await list(disk.path);
    expect(found.map(asDumped)).toEqual(dumped(disk));
    for (const partition of found) expectAgreement(partition);
    expect(found.map(({ parttypename }) => parttypename)).toEqual([
      "EFI System",
      "Linux filesystem",
      "Linux swap",
      undefined,
    ]);
    expect(found[0]).toMatchObject({
      disk: disk.path,
      number: 1,
      fstype: "vfat",
      label: "EFI SYS",
      partflags: "0x8001000000000005",
    });
    expect(found[3]).not.toHaveProperty("fstype");
  });

  it("counts in the disk's own sectors where these have 4,096 bytes", async () => {
    const disk = bench.attach({ sizeBytes: 128 << 20, sectorSize: 4096 });
    disk.partitionBy("label: gpt\nsize=20MiB, name=one\nsize=40MiB, name=two\n");
    disk.wreck("mkfs.ext4", ["-q"], 2);
    const found = await list(disk.path);
    expect(found.map(asDumped)).toEqual(dumped(disk));
    expect(found[0]).toMatchObject({
      sector_size: 4096,
      start_sector: 256,
      start_bytes: 1 << 20,
      sectors: 5120,
      size_bytes: 20 << 20,
    });
    for (const partition of found) expectAgreement(partition);
  });
});

describe("an MBR", () => {
  it("has primary, extended and logical partitions", async () => {
    const disk = bench.attach({ sizeBytes: 256 << 20 });
    disk.partitionBy(
      "label: dos\n1: size=20MiB, type=83, bootable\n2: size=20MiB, type=c\n3: type=5\n5: size=20MiB, type=82\n6: size=20MiB, type=8e\n",
    );
    disk.wreck("mkfs.ext4", ["-q", "-L", "old one"], 1);
    const found = await list(disk.path);
    // The kernel gives the extended one its first sectors only.
    const theirs = dumped(disk).map((entry) => (entry.parttype === "0x5" ? { ...entry, sectors: 2 } : entry));
    expect(found.map((entry) => ({ ...asDumped(entry), partuuid: undefined }))).toEqual(theirs);
    for (const partition of found) expectAgreement(partition);
    expect(found.map(({ number, parttypename }) => [number, parttypename])).toEqual([
      [1, "Linux"],
      [2, "W95 FAT32 (LBA)"],
      [3, "Extended"],
      [5, "Linux swap / Solaris"],
      [6, "Linux LVM"],
    ]);
    expect(found[0]?.partuuid).toMatch(/^[0-9a-f]{8}-01$/);
    expect(found[0]).toMatchObject({ partflags: "0x80", attrs: ["bootable"] });
  });
});

describe("any table", () => {
  it.each(seeds(12))("equals sfdisk, lsblk and blkid (seed %i)", async (seed) => {
    const random = new Random(seed);
    const disk = bench.attach({ sizeBytes: 256 << 20, sectorSize: random.pick([512, 4096]) });
    const isGpt = random.chance(0.6);
    const lines = Array.from({ length: random.between(1, isGpt ? 9 : 4) }, (_, at) => {
      const size = `size=${random.between(1, 40) * 512}KiB`;
      if (!isGpt) return `${at + 1}: ${size}, type=${random.pick(["83", "82", "7", "fd", "8e", "b"])}`;
      const name = Array.from({ length: random.below(20) }, () => random.pick([..."abc XYZ_-.,=äß"])).join("");
      const attrs = random.chance(0.4) ? `, attrs="GUID:${random.between(48, 63)}"` : "";
      return `${at + 1}: ${size}, type=${random.pick([LINUX, "E6D6D379-F507-44C2-A23C-238F2A3DF928"])}, name="${name}"${attrs}`;
    });
    disk.partitionBy(`label: ${isGpt ? "gpt" : "dos"}\n${lines.join("\n")}\n`);
    const found = await list(disk.path);
    const theirs = dumped(disk);
    expect(found.map((entry) => ({ ...asDumped(entry), partuuid: isGpt ? entry.partuuid : undefined }))).toEqual(
      theirs,
    );
    for (const partition of found) expectAgreement(partition);
  });
});

describe("what holds a partition", () => {
  it("is its mount, its swap or its loop device, and nothing else's", async () => {
    const disk = bench.attach({ sizeBytes: 128 << 20 });
    disk.partitionBy("label: gpt\nsize=20MiB\nsize=20MiB\nsize=20MiB\n");
    disk.wreck("mkfs.ext4", ["-q"], 1);
    const target = bench.mount(disk.partition(1), "a place");
    const loop = tool("losetup", ["--find", "--show", disk.partition(2)]).trim();
    try {
      const [first, second, third] = await list(disk.path);
      expect(first).toMatchObject({ mountpoints: [target], in_use_by: [{ kind: "mount", name: target }] });
      expect(second).toMatchObject({ mountpoints: [], in_use_by: [{ kind: "loop", name: loop }] });
      expect(third).toMatchObject({ in_use_by: [] });
    } finally {
      tool("losetup", ["--detach", loop]);
    }
  });
});

describe("which disk", () => {
  it("is named by any of its names, and none has no partitions", async () => {
    const disk = bench.attach({ sizeBytes: 16 << 20 });
    expect(await list(disk.path)).toEqual([]);
    disk.partitionBy("label: gpt\nsize=4MiB\n");
    const alias = `/dev/mos-t-${disk.name}`;
    symlinkSync(disk.path, alias);
    try {
      for (const name of [disk.path, `/dev/../dev/${disk.name}`, alias]) expect(await list(name)).toHaveLength(1);
    } finally {
      rmSync(alias);
    }
  });

  it("cannot be a partition, a file, or nothing", async () => {
    const disk = bench.attach({ sizeBytes: 16 << 20 });
    disk.partitionBy("label: gpt\nsize=4MiB\n");
    await expect(list(disk.partition(1))).rejects.toMatchObject({
      kind: "invalid_argument",
      details: { field: "disk", reason: expect.stringContaining(disk.path) },
    });
    await expect(list("/dev/null")).rejects.toMatchObject({ kind: "invalid_argument" });
    await expect(list("/dev/nothing")).rejects.toMatchObject({
      kind: "not_found",
      details: { resource: "disk", name: "/dev/nothing" },
    });
  });

  it("may be left open: then every disk's partitions are listed", async () => {
    const [first, second] = [bench.attach({ sizeBytes: 16 << 20 }), bench.attach({ sizeBytes: 16 << 20 })];
    for (const disk of [first, second]) disk.partitionBy("label: gpt\nsize=4MiB\nsize=4MiB\n");
    const ours = (await list()).filter(({ disk }) => [first.path, second.path].includes(disk));
    expect(ours.map(({ path }) => path).sort()).toEqual(
      [first, second].flatMap((disk) => [disk.partition(1), disk.partition(2)]).sort(),
    );
  });
});
