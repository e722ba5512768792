import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;
const writer = new BlockWriter();
const format = "vol.create_filesystem";

const probe = (path: string): Record<string, string> =>
  Object.fromEntries(
    ["TYPE", "LABEL", "UUID"].map((tag) => [tag, tool("blkid", ["-p", "-o", "value", "-s", tag, path]).trimEnd()]),
  );

describe("a blank device", () => {
  it.each([
    ["btrfs", "MOSDATA", 200],
    ["ext4", "sixteen bytes ok", 64],
    ["vfat", "MOSBOOT", 64],
    ["swap", "fifteen bytes!!", 16],
  ] as const)("becomes %s labelled %s", async (fstype, label, mib) => {
    const device = bench.attach({ sizeBytes: mib * MIB });
    const made = await writer.call([device], format, { device: device.path, fstype, label });
    const found = probe(device.path);
    expect(made).toMatchObject({
      changed: true,
      warnings: [],
      device: { path: device.path, type: "loop", size_bytes: mib * MIB },
      filesystem: { fstype, label, uuid: found.UUID, mos: label.startsWith("MOS"), devices: [{ path: device.path }] },
      erased_signatures: [],
    });
    expect(found).toMatchObject({ TYPE: fstype, LABEL: label });
    if (fstype === "swap") return;
    if (fstype !== "vfat") {
      const target = bench.mount(device.path, fstype);
      expect(tool("findmnt", ["-n", "-o", "FSTYPE", target]).trim()).toBe(fstype);
    } else tool("fsck.vfat", ["-n", device.path]);
  });

  it("is formatted under another name of it, and the answer says which one it is", async () => {
    const device = bench.attach({ sizeBytes: 16 * MIB });
    const odd = `/dev/../dev/./${device.name}`;
    const made = await writer.call([device], format, { device: odd, fstype: "ext4" });
    expect(made.device).toMatchObject({ path: device.path, name: device.name });
    expect(made.filesystem).not.toHaveProperty("label");
  });

  it("answers tool_missing for bcachefs, which this system has no tools for", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.wreck("mkfs.ext4", ["-q"]);
    const before = checksum(device.path);
    const refusal = await writer.refusal([device], format, { device: device.path, fstype: "bcachefs", force: true });
    expect(refusal).toMatchObject({ kind: "tool_missing", details: { tool: "bcachefs", package: "bcachefs-tools" } });
    expect(checksum(device.path)).toBe(before);
  });
});

describe("a device with signatures", () => {
  it("is refused with all of them, and formatted with force, which erases them", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.wreck("mkfs.ext4", ["-q", "-L", "precious"]);
    const before = checksum(device.path);
    const refusal = await writer.refusal([device], format, { device: device.path, fstype: "vfat" });
    const uuid = probe(device.path).UUID;
    expect(refusal).toMatchObject({
      kind: "conflict",
      details: {
        signatures: [
          { type: "ext4", usage: "filesystem", device: device.path, offset_bytes: 1080, label: "precious", uuid },
        ],
      },
    });
    expect(checksum(device.path)).toBe(before);
    const made = await writer.call([device], format, { device: device.path, fstype: "vfat", force: true });
    expect(made.erased_signatures).toEqual([
      {
        type: "ext4",
        usage: "filesystem",
        device: device.path,
        offset_bytes: 1080,
        label: "precious",
        uuid,
        erased: true,
      },
    ]);
    expect(probe(device.path)).toMatchObject({ TYPE: "vfat" });
  });

  it("loses its table, the backup of it, and what lies in its partitions, whether the kernel has them or not", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.partitionBy("label: gpt\nsize=16MiB\nsize=16MiB\n");
    device.wreck("mkfs.ext4", ["-q", "-L", "one"], 1);
    device.wreck("mkswap", ["-L", "two"], 2);
    tool("partx", ["--delete", "--nr", "2:2", device.path]);
    const refusal = await writer.refusal([device], format, { device: device.path, fstype: "ext4" });
    const types = (list: readonly { type: string; device: string }[]) =>
      list.map(({ type, device: on }) => `${type} ${on}`);
    const expected = [
      `ext4 ${device.partition(1)}`,
      `swap ${device.partition(2)}`,
      `gpt ${device.path}`,
      `gpt ${device.path}`,
      `PMBR ${device.path}`,
    ];
    const { signatures = [] } = refusal.details as { signatures?: { type: string; device: string }[] };
    expect(types(signatures)).toEqual(expected);
    const made = await writer.call([device], format, {
      device: device.path,
      fstype: "ext4",
      label: "new",
      force: true,
    });
    expect(types(made.erased_signatures)).toEqual(expected);
    expect(tool("wipefs", ["--noheadings", "-O", "TYPE,LABEL", device.path]).trim()).toMatch(/^ext4\s+new$/);
    expect(tool("lsblk", ["-nro", "NAME", device.path]).trim()).toBe(device.name);
    device.partitionBy("label: gpt\nsize=16MiB\nsize=16MiB\n");
    for (const part of [1, 2]) expect(tool("wipefs", ["-n", device.partition(part)])).toBe("");
  });
});

it("a device below a loop device that was given another node of it is in use", async () => {
  const device = bench.attach({ sizeBytes: 16 * MIB });
  device.wreck("mkfs.ext4", ["-q"]);
  const before = checksum(device.path);
  // As a container has one in a /dev of its own.
  const node = join(bench.folder, "node");
  tool("cp", ["--archive", device.path, node]);
  const upper = tool("losetup", ["--find", "--show", node]).trim();
  try {
    const refusal = await writer.refusal([device], format, { device: device.path, fstype: "ext4", force: true });
    expect(refusal).toMatchObject({ kind: "in_use", details: { holders: [{ kind: "loop", name: upper }] } });
  } finally {
    tool("losetup", ["--detach", upper]);
  }
  expect(checksum(device.path)).toBe(before);
});

it("one storage by two ways is not taken for two devices", async () => {
  const device = bench.attach({ sizeBytes: 200 * MIB });
  const before = checksum(device.path);
  const twin = tool("losetup", ["--find", "--show", device.file]).trim();
  try {
    for (const [method, more] of [
      ["vol.create_btrfs_raid", { data_profile: "raid1", metadata_profile: "raid1" }],
      ["vol.create_md_array", { name: "twins" }],
    ] as const) {
      const refusal = await writer.refusal([device], method, {
        devices: [device.path, twin],
        force: true,
        ...more,
      } as never);
      expect(refusal, method).toMatchObject({ kind: "invalid_argument", details: { field: "devices[1]" } });
    }
  } finally {
    tool("losetup", ["--detach", twin]);
  }
  expect(checksum(device.path)).toBe(before);
});
