import { afterEach, beforeEach, expect, it } from "vitest";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { freeSpace } from "../../../src/native/vol/free-space.js";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, tool } from "../../world/loop.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;
const create = "vol.create_partition";
const writer = new BlockWriter();
const files = new Files();
const free = freeSpace({ files, identities: new Identities(files) })["vol.list_free_space"];

it.each([
  ["its entry", ["sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", "--delete"], ["1"]],
  ["the whole table", ["wipefs", "--quiet", "--all", "--force"], []],
])(
  "a partition that is mounted while somebody deletes %s is not written over",
  async (_, [command = "", ...args], rest) => {
    const device = bench.attach({ sizeBytes: 64 * MIB });
    const one = { disk: device.path, size_bytes: 16 * MIB };
    await writer.call([device], create, { ...one, name: "one" });
    device.wreck("mkfs.ext4", ["-q"], 1);
    const target = bench.mount(device.partition(1), "m");
    tool("sh", ["-ec", `echo precious > ${target}/file; sync`]);
    // A filesystem that is mounted to be written goes on writing by itself.
    tool("mount", ["-o", "remount,ro", target]);
    device.assertOurs();
    tool(command, [...args, device.path, ...rest]);
    const before = checksum(device.path);
    const refusal = await writer.refusal([device], create, { ...one, force: true });
    expect(refusal).toMatchObject({ kind: "conflict", details: { objects: [device.partition(1)] } });
    expect(checksum(device.path)).toBe(before);
    const { extents } = await free({ disk: device.path }, callContext());
    expect(extents.some(({ start_bytes }) => Number(start_bytes) < 17 * MIB && Number(start_bytes) >= MIB)).toBe(false);

    tool("umount", [target]);
    // Whoever reads all disks just now holds the partition for a moment.
    tool("sh", [
      "-c",
      'for try in $(seq 100); do partx --delete "$1" && exit; sleep 0.1; done; exit 1',
      "sh",
      device.path,
    ]);
    const made = await writer.call([device], create, one);
    expect(made).toMatchObject({ changed: true, partition: { number: 1, start_bytes: MIB, size_bytes: 16 * MIB } });
  },
);
