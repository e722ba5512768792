import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { Disk, Partition } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { SpaceReader } from "../../../src/kernel/statfs.js";
import { disks } from "../../../src/native/vol/disks.js";
import { partitions } from "../../../src/native/vol/partitions.js";
import { callContext } from "../../world/call-context.js";
import { type RecordedMachine, Sysroot } from "../../world/sysroot.js";
import { mountsOn } from "../../world/vol-state.js";

// A node with hardware that test machines lack: SATA, SAS, USB, NVMe multipath, eMMC, MD, LVM, LUKS, udev's database.
const machine: RecordedMachine = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../fixtures/vol/storage-node.json"), "utf8"),
);
const sysroot = new Sysroot(machine);
afterAll(() => sysroot.remove());

const files = new Files(sysroot.folder);
const identities = new Identities(files);
const context = callContext();

const allDisks = async (params = {}): Promise<Map<string, Disk>> => {
  const result = await disks({ files, identities })["vol.list_disks"](params, context);
  expect(validateResult["vol.list_disks"](result), JSON.stringify(validateResult["vol.list_disks"].errors)).toBe(true);
  return new Map(result.map((disk) => [disk.name, disk]));
};

describe("the hardware", () => {
  it.each([
    [
      "sda",
      {
        transport: "sata",
        model: "ST4000NM0035-1V4107",
        serial: "ZC1A2B3C",
        wwn: "0x5000c500a1b2c3d4",
        vendor: "ATA",
        rev: "TNA4",
        hctl: "0:0:0:0",
        state: "running",
        hotplug: false,
      },
    ],
    ["sdc", { transport: "usb", model: "Ultra Fit", vendor: "SanDisk", removable: true, hotplug: true }],
    [
      "sdd",
      {
        transport: "sas",
        model: "ST600MM0099",
        serial: "WFKXXXX1",
        wwn: "0x5000c50098765432",
        logical_block_size: 4096,
      },
    ],
    [
      "nvme0n1",
      {
        transport: "nvme",
        model: "Samsung SSD 980 PRO 1TB",
        serial: "S5GXNX0R123456",
        wwn: "eui.002538b111b2c3d4",
        rev: "5B2QGXA7",
        state: "live",
      },
    ],
    ["vda", { transport: "virtio", serial: "data-disk-7", vendor: "0x1af4" }],
    ["mmcblk0", { transport: "mmc", hotplug: true, removable: false }],
  ])("of %s is known", async (name, wanted) => {
    expect((await allDisks()).get(name)).toMatchObject(wanted);
  });

  it("is known from sysfs alone where udev has no record, the model cut by the kernel", async () => {
    expect((await allDisks()).get("sdb")).toMatchObject({
      model: "ST4000NM0035-1V4",
      serial: "ZC1A2B3D",
      wwn: "0x5000c500a1b2c3d5",
      identity_source: "none",
    });
  });

  it("has a type, as lsblk names them", async () => {
    const found = await allDisks({ all: true });
    const types = ["sda", "sr0", "md0", "dm-0", "dm-3", "dm-4", "mmcblk0"].map((name) => found.get(name)?.type);
    expect(types).toEqual(["disk", "rom", "raid1", "lvm", "crypt", "mpath", "disk"]);
  });
});

describe("which devices are listed", () => {
  it("leaves out RAM disks, empty drives and hidden paths", async () => {
    expect([...(await allDisks()).keys()]).toEqual([
      "dm-0",
      "dm-1",
      "dm-2",
      "dm-3",
      "dm-4",
      "md0",
      "mmcblk0",
      "nvme0n1",
      "sda",
      "sdb",
      "sdc",
      "sdd",
      "vda",
    ]);
  });

  it("leaves out hidden paths only when all are asked for", async () => {
    const names = [...(await allDisks({ all: true })).keys()];
    expect(names).toEqual(expect.arrayContaining(["ram0", "sr0"]));
    expect(names).not.toContain("nvme0c0n1");
  });

  it("takes a device asked for by name, whatever its size, by any of its links", async () => {
    for (const [disk, name] of [
      ["/dev/sr0", "sr0"],
      ["/dev/disk/by-id/wwn-0x5000c500a1b2c3d4", "sda"],
      ["/dev/mapper/node--vg-root", "dm-0"],
    ]) {
      expect([...(await allDisks({ disk })).keys()]).toEqual([name]);
    }
  });
});

describe("stable names", () => {
  it("are the links, and what lies on the device comes from udev's record", async () => {
    const { sda, nvme } = { sda: (await allDisks()).get("sda"), nvme: (await allDisks()).get("nvme0n1") };
    expect(sda).toMatchObject({
      by_id: ["/dev/disk/by-id/ata-ST4000NM0035-1V4107_ZC1A2B3C", "/dev/disk/by-id/wwn-0x5000c500a1b2c3d4"],
      by_path: ["/dev/disk/by-path/pci-0000:00:17.0-ata-1"],
      partition_table: { type: "gpt", uuid: "18ae8653-fa4d-694b-8ed1-d50932996257" },
      identity_source: "udev",
    });
    expect(nvme).toMatchObject({
      fstype: "btrfs",
      label: "MOSDATA",
      uuid_sub: "93d65e71-93f9-497d-af8f-b3749c6615d6",
      identity_source: "udev",
    });
  });

  it("of contradicting signatures name no filesystem", async () => {
    const vda = (await allDisks()).get("vda");
    expect(vda).toMatchObject({ ambivalent: true, identity_source: "udev" });
    expect(vda).not.toHaveProperty("fstype");
  });
});

describe("what holds a device", () => {
  it("is followed up through partition, array, volume and encryption", async () => {
    const sdb = (await allDisks()).get("sdb");
    expect(sdb?.holders).toEqual(["/dev/md0"]);
    expect(sdb?.in_use_by).toEqual([
      { kind: "md_array", name: "/dev/md0", device: "/dev/sdb2" },
      { kind: "device_mapper", name: "/dev/mapper/node--vg-root", device: "/dev/md0" },
      { kind: "device_mapper", name: "/dev/mapper/node--vg-swap", device: "/dev/md0" },
      { kind: "device_mapper", name: "/dev/mapper/node--vg-secret", device: "/dev/md0" },
      { kind: "mount", name: "/", device: "/dev/mapper/node--vg-root" },
      { kind: "swap", name: "/dev/dm-1", device: "/dev/mapper/node--vg-swap" },
      { kind: "device_mapper", name: "/dev/mapper/secret_crypt", device: "/dev/mapper/node--vg-secret" },
      { kind: "mount", name: "/srv/secret place", device: "/dev/mapper/secret_crypt" },
    ]);
  });

  it("has the devices directly below it", async () => {
    const found = await allDisks();
    expect(found.get("md0")?.slaves).toEqual(["/dev/sda2", "/dev/sdb2"]);
    expect(found.get("dm-3")?.slaves).toEqual(["/dev/mapper/node--vg-secret"]);
  });
});

describe("the disks that the system lives on", () => {
  it("are those below / through LVM and MD, and those below swap, files included", async () => {
    const system = [...(await allDisks()).values()].filter(({ is_root_disk }) => is_root_disk).map(({ name }) => name);
    expect(system).toEqual(["dm-0", "dm-1", "md0", "nvme0n1", "sda", "sdb"]);
  });
});

describe("partitions", () => {
  const list = async (disk?: string): Promise<Partition[]> => {
    const result = await partitions({ files, identities })["vol.list_partitions"](
      disk === undefined ? {} : { disk },
      context,
    );
    expect(
      validateResult["vol.list_partitions"](result),
      JSON.stringify(validateResult["vol.list_partitions"].errors),
    ).toBe(true);
    return result;
  };

  it("are ordered by disk and number, with what udev noted", async () => {
    expect((await list()).map(({ name }) => name)).toEqual(["sda1", "sda2", "sdb2", "sdd1"]);
    expect((await list("/dev/sda"))[0]).toMatchObject({
      number: 1,
      start_sector: 2048,
      sectors: 1048576,
      label: "EFI SYS",
      partlabel: "EFI system",
      parttypename: "EFI System",
      attrs: ["RequiredPartition"],
      by_id: ["/dev/disk/by-id/ata-ST4000NM0035-1V4107_ZC1A2B3C-part1"],
      mountpoints: ["/boot/efi"],
      is_root_disk: true,
    });
    expect((await list("/dev/sda"))[1]).toMatchObject({
      fstype: "linux_raid_member",
      uuid_sub: "11111111-2222-3333-4444-555555555555",
      holders: ["/dev/md0"],
    });
  });

  it("count in their disk's sectors of 4,096 bytes", async () => {
    expect((await list("/dev/sdd"))[0]).toMatchObject({
      sector_size: 4096,
      start_sector: 256,
      start_bytes: 1 << 20,
      sectors: 2621440,
    });
  });
});

describe("mounts", () => {
  it("know their devices and identities without asking anything that is live", async () => {
    const space = new SpaceReader({ ask: () => Promise.reject(new Error("asked")) });
    const found = await (await mountsOn(sysroot.folder, space)).handlers["vol.list_mounts"]({}, context);
    expect(found.map(({ target, devices, label, usage_skipped }) => [target, devices, label, usage_skipped])).toEqual([
      ["/", ["/dev/mapper/node--vg-root"], undefined, "not_asked"],
      ["/boot/efi", ["/dev/sda1"], "EFI SYS", "not_asked"],
      ["/data", ["/dev/nvme0n1"], "MOSDATA", "not_asked"],
      ["/srv/secret place", ["/dev/mapper/secret_crypt"], undefined, "not_asked"],
    ]);
  });
});
