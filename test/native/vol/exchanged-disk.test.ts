import { existsSync, renameSync, rmSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";

let bench: LoopBench;
let endings: (() => unknown)[];
beforeEach(() => {
  bench = new LoopBench();
  endings = [];
});
afterEach(async () => {
  for (const end of endings.reverse()) await end();
  bench.close();
});

const MIB = 1 << 20;
const blank = (): LoopDevice => bench.attach({ sizeBytes: 64 * MIB });

function formatted(): LoopDevice {
  const device = blank();
  device.wreck("mkfs.ext4", ["-q", "-L", "precious"]);
  return device;
}

describe("vol.create_partition", () => {
  const call = (writer: BlockWriter, { device, ours }: { device: string; ours: LoopDevice[] }, force: boolean) =>
    writer.refusal(ours, "vol.create_partition", { disk: device, size_bytes: 32 * MIB, force });

  it("refuses a disk with a signature and no table without force, and names it", async () => {
    const device = formatted();
    const before = checksum(device.path);
    expect(await call(new BlockWriter(), { device: device.path, ours: [device] }, false)).toMatchObject({
      kind: "conflict",
      details: { signatures: [{ type: "ext4", label: "precious", device: device.path }] },
    });
    expect(checksum(device.path)).toBe(before);
  });

  // The call has the disk open from its first look on: the kernel gives its number to no other until then.
  it.each(["found", "checked"])("refuses a path that another disk has taken after it was %s", async (after) => {
    const [device, other] = [blank(), formatted()];
    device.partitionBy("label: gpt\nsize=20MiB\n");
    const before = [device, other].map(({ path }) => checksum(path));
    const aside = `${device.path}.mos-t`;
    const putBack = () => {
      if (!existsSync(aside)) return;
      rmSync(device.path, { force: true });
      renameSync(aside, device.path);
    };
    endings.push(putBack);
    const hook = (step: string) => {
      if (step !== after || existsSync(aside)) return;
      const [major = "", minor = ""] = tool("lsblk", ["-ndo", "MAJ:MIN", other.path]).trim().split(":");
      renameSync(device.path, aside);
      tool("mknod", [device.path, "b", major, minor]);
    };
    const refusal = await call(new BlockWriter({ hook }), { device: device.path, ours: [device, other] }, true);
    putBack();
    expect(refusal).toMatchObject({ kind: "conflict", details: { expected: expect.stringMatching(/^device 7:/) } });
    expect([device, other].map(({ path }) => checksum(path))).toEqual(before);
  });

  it("refuses a table that is written to meanwhile", async () => {
    const device = blank();
    device.partitionBy("label: gpt\nsize=20MiB\n");
    let changed = "";
    const hook = (step: string) => {
      if (step !== "checked" || changed !== "") return;
      tool(
        "sfdisk",
        ["--quiet", "--no-reread", "--no-tell-kernel", "--append", device.path],
        "start=60MiB, size=1MiB\n",
      );
      changed = checksum(device.path);
    };
    const refusal = await call(new BlockWriter({ hook }), { device: device.path, ours: [device] }, true);
    expect(refusal).toMatchObject({ kind: "conflict", details: { expected: expect.stringContaining("digest") } });
    expect(checksum(device.path)).toBe(changed);
  });
});
