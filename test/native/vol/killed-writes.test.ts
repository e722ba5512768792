import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { GatedTool } from "../../world/gated-tool.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;
const script = join(import.meta.dirname, "../../world/call-block-write.mjs");
const writer = new BlockWriter();

function daemon(device: LoopDevice, method: string, params: object, env: Record<string, string>): ChildProcess {
  device.assertOurs();
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify([[method, params]]));
  return child;
}

/** Makes a call in a process that ends as by `kill -9` after a step. */
async function killed(device: LoopDevice, method: string, params: object, step: string): Promise<void> {
  const [, signal] = await once(daemon(device, method, params, { MOS_TEST_KILL_AFTER: step }), "exit");
  expect(signal).toBe("SIGKILL");
}

const label = (path: string): string => tool("blkid", ["-p", "-o", "value", "-s", "LABEL", path]).trim();

describe("a call whose process was killed", () => {
  it.each(["found", "checked", "erased"])("after %s, before a format, is made by asking again", async (step) => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    device.wreck("mkfs.ext4", ["-q", "-L", "old"]);
    const before = checksum(device.path);
    const asked = { device: device.path, fstype: "vfat", label: "NEW", force: true } as const;
    await killed(device, "vol.create_filesystem", asked, step);
    if (step === "erased") expect(tool("wipefs", [device.path])).toBe("");
    else expect(checksum(device.path)).toBe(before);
    await writer.call([device], "vol.create_filesystem", asked);
    expect(label(device.path)).toBe("NEW");
  });

  it.each(["found", "checked", "erased", "written", "shown"])(
    "after %s, in a new partition, is finished by asking again",
    async (step) => {
      const device = bench.attach({ sizeBytes: 64 * MIB });
      device.partitionBy("label: gpt\nsize=8MiB, name=sibling\n");
      device.wreck("mkfs.ext4", ["-q", "-L", "sibling"], 1);
      const sibling = checksum(device.partition(1));
      const asked = { disk: device.path, start_bytes: 16 * MIB, size_bytes: 8 * MIB, name: "new" };
      await killed(device, "vol.create_partition", asked, step);
      const again = await writer.call([device], "vol.create_partition", asked);
      expect(again).toMatchObject({
        changed: step !== "shown",
        partition: { path: device.partition(2), partlabel: "new" },
      });
      expect(checksum(device.partition(1))).toBe(sibling);
      expect(tool("sfdisk", ["--verify", device.path])).toContain("No errors detected");
      expect(tool("lsblk", ["-nro", "NAME", device.path]).trim().split("\n")).toHaveLength(3);
    },
  );

  it("while the tool ran leaves the tool, which is found again, holds the device and reaches its end", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    const gated = new GatedTool(bench.folder, "mkfs.ext4", "/usr/sbin/mkfs.ext4");
    const asked = { device: device.path, fstype: "ext4", label: "outlived" } as const;
    const child = daemon(device, "vol.create_filesystem", asked, { PATH: gated.path });
    await gated.hasBegun();
    child.kill("SIGKILL");
    await once(child, "exit");
    for (const force of [false, true]) {
      expect(await writer.refusal([device], "vol.create_filesystem", { ...asked, force })).toMatchObject({
        kind: "in_use",
        details: { holders: [{ kind: "process", name: "mkfs.ext4" }] },
      });
    }
    gated.open();
    for (let left = 200; left > 0 && !probed(device.path).includes("outlived"); left -= 1) await wait(50);
    expect(tool("fsck.ext4", ["-fn", device.path])).toContain("outlived");
    expect(await writer.refusal([device], "vol.create_filesystem", asked)).toMatchObject({
      kind: "conflict",
      details: { signatures: [{ type: "ext4", label: "outlived" }] },
    });
  });

  it("whose caller is gone is not, and nothing of the tool's words is lost", async () => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    const gated = new GatedTool(bench.folder, "mkfs.ext4", "/bin/false");
    const child = daemon(
      device,
      "vol.create_filesystem",
      { device: device.path, fstype: "ext4" },
      { PATH: gated.path },
    );
    await gated.hasBegun();
    gated.open();
    const [answer] = JSON.parse(child.stdout ? await text(child.stdout) : "");
    expect(answer).toMatchObject({
      error: { kind: "command_failed", details: { exit_code: 1, argv: ["mkfs.ext4", "-q", "--", device.path] } },
    });
  });
});

function probed(path: string): string {
  try {
    return label(path);
  } catch {
    return "";
  }
}
