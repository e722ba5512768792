import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Inventory } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { disks } from "../../../src/native/vol/disks.js";
import { partitions } from "../../../src/native/vol/partitions.js";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { callContext } from "../../world/call-context.js";
import { makePhysicalVolume, sealLuks } from "../../world/containers.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { StorageDaemon } from "../../world/storage-daemon.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;

interface Shape {
  readonly make: (device: LoopDevice, partition?: number) => void;
  readonly fstype: string;
  readonly label?: string;
}

/** Written by the real tools. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "an LVM physical volume": { make: makePhysicalVolume, fstype: "LVM2_member" },
  "a LUKS1 header": { make: (device, partition) => sealLuks("luks1", device, partition), fstype: "crypto_LUKS" },
  "a LUKS2 header": {
    make: (device, partition) => sealLuks("luks2", device, partition),
    fstype: "crypto_LUKS",
    label: "precious",
  },
};

/** What blkid's low-level probe and lsblk say, which here agree or the test says so. */
function byTools(path: string, label?: string) {
  const value = (name: string) => {
    const words = ["-p", "-o", "value", "-s", name, path];
    return name === "LABEL" && label === undefined ? undefined : tool("blkid", words).trim();
  };
  const probed = { TYPE: value("TYPE"), UUID: value("UUID"), VERSION: value("VERSION"), LABEL: value("LABEL") };
  const [row] = JSON.parse(
    tool("lsblk", ["--json", "--nodeps", "--bytes", "--output", "PATH,SIZE,TYPE,RO", path]),
  ).blockdevices;
  const wiped: { type: string; uuid?: string; label?: string; offset: string }[] = JSON.parse(
    tool("wipefs", ["--json", path]),
  ).signatures;
  return { probed, row, wiped };
}

const files = new Files();
const deps = { files, identities: new Identities(files) };

describe.each(Object.entries(SHAPES))("%s", (_shape, { make, fstype, label }) => {
  it("on a disk and on a partition is read as the tools read it", async () => {
    const [whole, divided] = [bench.attach({ sizeBytes: 64 * MIB }), bench.attach({ sizeBytes: 96 * MIB })];
    make(whole);
    divided.partitionBy("label: gpt\nsize=64MiB, name=sealed\n");
    make(divided, 1);
    const [disk] = await disks(deps)["vol.list_disks"]({ disk: whole.path }, callContext());
    const [part] = await partitions(deps)["vol.list_partitions"]({ disk: divided.path }, callContext());
    for (const [found, path] of [
      [disk, whole.path],
      [part, divided.partition(1)],
    ] as const) {
      const { probed, row } = byTools(path, label);
      expect(probed.TYPE).toBe(fstype);
      expect(found).toMatchObject({
        path: row.path,
        size_bytes: row.size,
        read_only: row.ro,
        fstype: probed.TYPE,
        uuid: probed.UUID,
        fsver: probed.VERSION,
        mountpoints: [],
        holders: [],
      });
      expect(found && "label" in found ? found.label : undefined).toBe(probed.LABEL);
      expect(probed.LABEL).toBe(label);
    }
    const [entry] = JSON.parse(tool("sfdisk", ["--json", divided.path])).partitiontable.partitions;
    expect(part).toMatchObject({
      start_sector: entry.start,
      sectors: entry.size,
      partlabel: entry.name,
      parttype: entry.type.toLowerCase(),
      partuuid: entry.uuid.toLowerCase(),
    });
    const daemon = StorageDaemon.start(join(bench.folder, "state"), ["env"]);
    const taken = (await daemon.ask<Inventory>("vol.inventory"))?.result;
    await daemon.kill();
    expect(taken?.disks.find(({ path }) => path === whole.path)).toMatchObject({ fstype, uuid: disk?.uuid });
  });

  it("stands in the way of every write without force, named with its UUID, and nothing of it changes", async () => {
    const [device, other] = [bench.attach({ sizeBytes: 64 * MIB }), bench.attach({ sizeBytes: 64 * MIB })];
    make(device);
    const { wiped } = byTools(device.path);
    const before = checksum(device.path);
    const writer = new BlockWriter();
    const ours = [device, other];
    const signatures = wiped.map(({ type, uuid, offset }) => ({
      type,
      uuid,
      device: device.path,
      offset_bytes: Number(offset),
      ...(label !== undefined && { label }),
    }));
    const refusals = [
      await writer.refusal(ours, "vol.create_filesystem", { device: device.path, fstype: "ext4" }),
      await writer.refusal(ours, "vol.create_partition", { disk: device.path }),
      await writer.refusal(ours, "vol.create_md_array", { name: "mos-t", devices: [other.path, device.path] }),
      await writer.refusal(ours, "vol.create_btrfs_raid", {
        devices: [other.path, device.path],
        data_profile: "single",
        metadata_profile: "single",
      }),
    ];
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ kind: "conflict", details: { signatures: expect.any(Array) } });
      expect(refusal.details).toMatchObject({ signatures });
    }
    expect(checksum(device.path)).toBe(before);
    const made = await writer.call([device], "vol.create_filesystem", {
      device: device.path,
      fstype: "ext4",
      force: true,
    });
    expect(made.erased_signatures).toMatchObject(signatures.map(({ type }) => ({ type, erased: true })));
    expect(JSON.parse(tool("wipefs", ["--json", device.path])).signatures).toMatchObject([{ type: "ext4" }]);
  });
});
