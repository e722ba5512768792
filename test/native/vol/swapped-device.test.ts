import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Blkid } from "../../../src/kernel/blkid.js";
import { run } from "../../../src/kernel/exec.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { disks } from "../../../src/native/vol/disks.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

describe("a device that is swapped while it is looked at", () => {
  it("is not told what is written on the one that took its name", async () => {
    const device = bench.attach({ sizeBytes: 16 << 20 });
    device.wreck("mkfs.ext4", ["-q", "-L", "first"]);
    const other = join(bench.folder, "mos-t-other.img");
    writeFileSync(other, "");
    truncateSync(other, 16 << 20);
    tool("mkfs.ext4", ["-q", "-L", "second", other]);
    const swapping = new Blkid(async (name, args, options) => {
      tool("losetup", ["--detach", device.path]);
      tool("losetup", [device.path, other]);
      return run(name, args, options);
    });
    const files = new Files();
    const listed = (blkid?: Blkid) =>
      disks({ files, identities: new Identities(files, blkid) })["vol.list_disks"](
        { disk: device.path },
        callContext(),
      );
    const [disk] = await listed(swapping);
    expect(disk).toMatchObject({ backing_file: device.file, identity_source: "none" });
    expect(disk).not.toHaveProperty("label");
    expect(await listed()).toMatchObject([{ backing_file: other, label: "second" }]);
  });
});

describe("what is no disk", () => {
  const files = new Files();
  const listDisks = disks({ files, identities: new Identities(files) })["vol.list_disks"];

  it.each([
    ["/dev/null", "invalid_argument"],
    ["/dev/../etc/passwd", "invalid_argument"],
    ["/dev/fd", "invalid_argument"],
    ["/dev/mos-t-nothing", "not_found"],
    ["/dev/disk/by-id/mos-t-nothing", "not_found"],
    [`/dev/${"long".repeat(100)}`, "not_found"],
    [`/dev/${"deep/".repeat(800)}x`, "not_found"],
  ])("%.60s is %s", async (disk, kind) => {
    await expect(async () => listDisks({ disk }, callContext())).rejects.toMatchObject({ kind });
  });
});
