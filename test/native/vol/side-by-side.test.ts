import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { disks } from "../../../src/native/vol/disks.js";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { callContext } from "../../world/call-context.js";
import { GatedTool } from "../../world/gated-tool.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
const path = process.env.PATH;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => {
  process.env.PATH = path;
  bench.close();
});

const MIB = 1 << 20;
const format = "vol.create_filesystem";
const files = new Files();
const listDisks = disks({ files, identities: new Identities(files) })["vol.list_disks"];

describe("while one device is formatted", () => {
  it("it is in use, and others are listed, formatted and mounted", async () => {
    const [slow, quick] = [bench.attach({ sizeBytes: 64 * MIB }), bench.attach({ sizeBytes: 64 * MIB })];
    slow.partitionBy("label: gpt\nsize=20MiB\nsize=20MiB\n");
    const gated = new GatedTool(bench.folder, "mkfs.ext4", "/usr/sbin/mkfs.ext4");
    process.env.PATH = gated.path;
    const writer = new BlockWriter();
    const running = writer.call([slow], format, { device: slow.partition(1), fstype: "ext4", label: "slow" });
    await gated.hasBegun();
    const busy = {
      kind: "in_use",
      details: { holders: [{ kind: "process", name: "my-os-server", pid: process.pid }] },
    };
    for (const device of [slow.partition(1), slow.path]) {
      expect(await writer.refusal([slow], format, { device, fstype: "vfat", force: true })).toMatchObject(busy);
    }
    const [disk] = await listDisks({ disk: slow.path }, callContext());
    expect(disk).toMatchObject({ path: slow.path, partition_table: { type: "gpt" } });
    await writer.call([quick], format, { device: quick.path, fstype: "vfat", label: "QUICK" });
    await writer.call([slow], format, { device: slow.partition(2), fstype: "btrfs" }).catch((error: unknown) => {
      expect(error).toMatchObject({ kind: "invalid_argument" });
    });
    await writer.call([slow], format, { device: slow.partition(2), fstype: "swap", label: "beside" });
    await writer.call([slow], "vol.create_partition", { disk: slow.path, size_bytes: 4 * MIB });
    expect(tool("lsblk", ["-nro", "NAME", slow.path]).trim().split("\n")).toHaveLength(4);
    gated.open();
    expect(await running).toMatchObject({ filesystem: { fstype: "ext4", label: "slow" } });
    expect(tool("blkid", ["-p", "-o", "value", "-s", "LABEL", slow.partition(2)]).trim()).toBe("beside");
  });

  it("two calls for one table make two partitions", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    const writer = new BlockWriter();
    const asked = { disk: device.path, size_bytes: 4 * MIB };
    const made = await Promise.all([1, 2, 3].map(() => writer.call([device], "vol.create_partition", asked)));
    const places = made.map(({ partition: { number, start_bytes } }) => [number, start_bytes]);
    // Which of them comes first is nobody's promise.
    expect(places.sort()).toEqual([
      [1, MIB],
      [2, 5 * MIB],
      [3, 9 * MIB],
    ]);
  });
});

describe("a name that leads now here, now there", () => {
  it("never makes a call write on anything but what its answer names", async () => {
    const [blank, precious] = [bench.attach({ sizeBytes: 16 * MIB }), bench.attach({ sizeBytes: 16 * MIB })];
    precious.wreck("mkfs.ext4", ["-q", "-L", "precious"]);
    const before = checksum(precious.path);
    const link = `/dev/mos-t-${process.pid}`;
    symlinkSync(blank.path, link);
    const flip = `import os, sys
link, a, b = sys.argv[1:]
print("on", flush=True)
while True:
    for target in (b, a):
        os.symlink(target, link + "+")
        os.rename(link + "+", link)
`;
    const flipper = spawn("python3", ["-c", flip, link, blank.path, precious.path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    try {
      await once(flipper.stdout, "data");
      const writer = new BlockWriter();
      const outcomes = new Set<string>();
      for (let left = 30; left > 0; left -= 1) {
        blank.wreck("wipefs", ["--all", "--quiet"]);
        const outcome = await writer.call([blank, precious], format, { device: link, fstype: "swap" }).then(
          (made) => made.device.path,
          (error: { kind?: string }) => error.kind ?? String(error),
        );
        expect([blank.path, "conflict"]).toContain(outcome);
        outcomes.add(outcome);
        expect(tool("wipefs", [blank.path]).includes("swap")).toBe(outcome === blank.path);
      }
      expect(outcomes.size).toBeGreaterThan(0);
      expect(checksum(precious.path)).toBe(before);
    } finally {
      flipper.kill("SIGKILL");
      await once(flipper, "exit");
      for (const name of [link, `${link}+`]) rmSync(name, { force: true });
    }
  });
});

describe("bcachefs", () => {
  it("is made by a program in its tool's place, told by our own look, and not overwritten without force", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    const bin = join(bench.folder, "bin");
    mkdirSync(bin);
    const argv = join(bench.folder, "argv");
    // Built from the on-disk format (`struct bch_sb`), not by the tool: Debian 12 has no bcachefs-tools to record.
    const written = `#!/usr/bin/python3
import os, struct, sys
open(${JSON.stringify(argv)}, "w").write("\\n".join(sys.argv[1:]))
label = [word.split("=", 1)[1] for word in sys.argv if word.startswith("--fs_label=")][0].encode()
fd = os.open(sys.argv[-1], os.O_RDWR | os.O_EXCL)
magic = bytes.fromhex("c68573f666ce90a9d96a60cf803df7ef")
os.pwrite(fd, bytes(16) + struct.pack("<HHI", 1032, 1032, 0) + magic + bytes(range(16)) + bytes(range(16, 32)) + label.ljust(32, b"\\0"), 4096)
`;
    writeFileSync(join(bin, "bcachefs"), written);
    chmodSync(join(bin, "bcachefs"), 0o755);
    process.env.PATH = `${bin}:${path}`;
    const writer = new BlockWriter();
    const made = await writer.call([device], format, { device: device.path, fstype: "bcachefs", label: "MOSDATA" });
    expect(readFileSync(argv, "utf8").split("\n")).toEqual(["format", "--quiet", "--fs_label=MOSDATA", device.path]);
    expect(made.filesystem).toMatchObject({
      fstype: "bcachefs",
      label: "MOSDATA",
      uuid: "10111213-1415-1617-1819-1a1b1c1d1e1f",
      mos: true,
    });
    const before = checksum(device.path);
    const asked = { device: device.path, fstype: "ext4" } as const;
    expect(await writer.refusal([device], format, asked)).toMatchObject({
      kind: "conflict",
      details: { signatures: [{ type: "bcachefs", label: "MOSDATA", offset_bytes: 4120 }] },
    });
    expect(checksum(device.path)).toBe(before);
    const forced = await writer.call([device], format, { ...asked, force: true });
    expect(forced.erased_signatures).toMatchObject([{ type: "bcachefs", erased: true }]);
  });
});
