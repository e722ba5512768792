import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { validateResult } from "../../../generated/results.gen.js";
import type { Disk, VolListDisksParams } from "../../../generated/types.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { Identities } from "../../../src/kernel/identities.js";
import { disks } from "../../../src/native/vol/disks.js";
import { callContext } from "../../world/call-context.js";
import { LoopBench, LoopDevice, tool } from "../../world/loop.js";
import { blkid, lsblk } from "../../world/lsblk.js";
import { MountNamespace } from "../../world/mount-namespace.js";

const files = new Files();
const method = (stateDir?: string) =>
  disks({ files, identities: new Identities(files), ...(stateDir !== undefined && { stateDir }) })["vol.list_disks"];

const list = async (params: VolListDisksParams = {}, stateDir?: string): Promise<Disk[]> => {
  const result = await method(stateDir)(params, callContext());
  expect(validateResult["vol.list_disks"](result), JSON.stringify(validateResult["vol.list_disks"].errors)).toBe(true);
  return result;
};

const one = async (device: LoopDevice, stateDir?: string): Promise<Disk> => {
  const [disk, ...others] = await list({ disk: device.path }, stateDir);
  expect(others).toEqual([]);
  if (!disk) throw new Error(`${device.path} was not answered`);
  return disk;
};

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

describe("every disk of this machine", () => {
  it("equals lsblk in what lsblk shows", async () => {
    bench.attach({ sizeBytes: 16 << 20 });
    bench.attach({ sizeBytes: 16 << 20, sectorSize: 4096 });
    // Other suites attach and detach meanwhile, and reuse names.
    await vi.waitFor(expectEqualToLsblk, { timeout: 20_000 });
  });

  it("are as many as lsblk has, and with `all` as many as the kernel has", async () => {
    const sized = () =>
      [...lsblk("--nodeps").values()].filter(({ size }) => Number(size) > 0).map(({ kname }) => String(kname));
    const kernels = () => tool("ls", ["/sys/block"]).split("\n").filter(Boolean);
    await expectBetween(sized, () => list());
    await expectBetween(kernels, () => list({ all: true }));
  });
});

async function expectEqualToLsblk(): Promise<void> {
  const theirs = lsblk("--nodeps");
  const ours = (await list()).filter(({ name }) => theirs.has(name));
  expect(ours.length).toBeGreaterThanOrEqual(2);
  for (const disk of ours) {
    const row = theirs.get(disk.name);
    expect(
      {
        path: disk.path,
        type: disk.type,
        "maj:min": disk.maj_min,
        size: disk.size_bytes,
        "log-sec": disk.logical_block_size,
        "phy-sec": disk.physical_block_size,
        "min-io": disk.minimum_io_size,
        "opt-io": disk.optimal_io_size,
        "disc-gran": disk.discard_granularity,
        rota: disk.rotational,
        rm: disk.removable,
        hotplug: disk.hotplug,
        ro: disk.read_only,
        zoned: disk.zoned,
        sched: disk.scheduler ?? null,
        vendor: disk.vendor ?? null,
        model: disk.model ?? null,
        rev: disk.rev ?? null,
        state: disk.state ?? null,
        hctl: disk.hctl ?? null,
      },
      disk.path,
    ).toEqual({
      ...pick(row, [
        "path",
        "type",
        "maj:min",
        "size",
        "log-sec",
        "phy-sec",
        "min-io",
        "opt-io",
        "disc-gran",
        "rota",
        "rm",
        "hotplug",
        "ro",
        "zoned",
        "sched",
        "vendor",
        "model",
        "rev",
        "state",
        "hctl",
      ]),
    });
    expect([...disk.mountpoints].sort()).toEqual([row?.mountpoints ?? []].flat().filter(Boolean).sort());
  }
}

/** Devices can come and go while we look: our look must equal one just before or just after it. */
async function expectBetween(theirs: () => string[], ours: () => Promise<Disk[]>): Promise<void> {
  await vi.waitFor(
    async () => {
      const [before, found, after] = [theirs(), await ours(), theirs()];
      expect([before.sort(), after.sort()]).toContainEqual(found.map(({ name }) => name).sort());
    },
    { timeout: 20_000 },
  );
}

const pick = (row: object | undefined, columns: readonly string[]) =>
  Object.fromEntries(Object.entries(row ?? {}).filter(([column]) => columns.includes(column)));

describe("what is written on a disk", () => {
  it.each([
    ["ext4", ["mkfs.ext4", "-q", "-L", "näme of=16"]],
    ["btrfs", ["mkfs.btrfs", "--quiet", "--label", 'a "quoted" $label']],
    ["xfs", ["mkfs.xfs", "-q", "-L", "x fs"]],
    ["vfat", ["mkfs.vfat", "-n", "FAT LABEL"]],
    ["swap", ["mkswap", "--quiet", "--label", "swap it"]],
  ])("is read from it: %s", async (fstype, [command = "", ...args]) => {
    const device = bench.attach({ sizeBytes: 320 << 20 });
    device.wreck(command, args);
    const probed = blkid(device.path);
    expect(await one(device)).toMatchObject({
      fstype,
      uuid: probed.get("ID_FS_UUID"),
      label: args.at(-1),
      identity_source: "probe",
      ambivalent: false,
      ...(probed.has("ID_FS_VERSION") && { fsver: probed.get("ID_FS_VERSION") }),
      ...(probed.has("ID_FS_UUID_SUB") && { uuid_sub: probed.get("ID_FS_UUID_SUB") }),
    });
  });

  it("may be a partition table, or nothing", async () => {
    const [gpt, mbr, blank] = [
      bench.attach({ sizeBytes: 16 << 20 }),
      bench.attach({ sizeBytes: 16 << 20 }),
      bench.attach({ sizeBytes: 16 << 20 }),
    ];
    gpt.partitionBy("label: gpt\nlabel-id: 2E62880A-A86B-CC44-A4B5-B023CAD3FB1D\n");
    mbr.partitionBy("label: dos\nlabel-id: 0x8f79261e\nsize=4MiB\n");
    expect((await one(gpt)).partition_table).toEqual({ type: "gpt", uuid: "2e62880a-a86b-cc44-a4b5-b023cad3fb1d" });
    expect((await one(mbr)).partition_table).toEqual({ type: "dos", uuid: "8f79261e" });
    const nothing = await one(blank);
    expect(nothing).toMatchObject({ identity_source: "probe", ambivalent: false });
    expect(nothing).not.toHaveProperty("partition_table");
    expect(nothing).not.toHaveProperty("fstype");
  });

  it("may contradict itself: two filesystems at once are named neither", async () => {
    const [both, other] = [bench.attach({ sizeBytes: 128 << 20 }), bench.attach({ sizeBytes: 128 << 20 })];
    other.wreck("mkfs.btrfs", ["--quiet"]);
    both.wreck("mkfs.ext4", ["-q"]);
    const superblock = 64 << 10;
    both.write(readFileSync(other.file).subarray(superblock, superblock + 4096), superblock);
    const disk = await one(both);
    expect(disk).toMatchObject({ ambivalent: true, identity_source: "probe" });
    expect(disk).not.toHaveProperty("fstype");
    // One such device spoils no other's answer.
    expect((await list()).find(({ path }) => path === other.path)).toMatchObject({
      fstype: "btrfs",
      ambivalent: false,
    });
  });

  it("is unknown to an ordinary user without udev, who still sees all that sysfs says", async () => {
    const device = bench.attach({ sizeBytes: 16 << 20 });
    device.wreck("mkfs.ext4", ["-q"]);
    const namespace = await MountNamespace.open();
    try {
      const [disk] = namespace.call<Disk[]>("vol.list_disks", { disk: device.path }, { uid: 65534 });
      expect(disk).toMatchObject({
        path: device.path,
        size_bytes: 16 << 20,
        identity_source: "none",
        backing_file: device.file,
      });
      expect(disk).not.toHaveProperty("fstype");
    } finally {
      await namespace.close();
    }
  });
});

describe("what holds a disk", () => {
  it("is every mount of its partitions, through the partition", async () => {
    const device = bench.attach({ sizeBytes: 64 << 20 });
    device.partitionBy("label: gpt\nsize=20MiB\nsize=20MiB\n");
    device.wreck("mkfs.ext4", ["-q"], 2);
    const target = bench.mount(device.partition(2), "mounted");
    expect(await one(device)).toMatchObject({
      mountpoints: [],
      in_use_by: [{ kind: "mount", name: target, device: device.partition(2) }],
    });
  });

  it("is a btrfs for each of its members, mounted by whichever", async () => {
    const [first, second] = [bench.attach({ sizeBytes: 128 << 20 }), bench.attach({ sizeBytes: 128 << 20 })];
    first.wreck("mkfs.btrfs", ["--quiet", "--data", "raid1", "--metadata", "raid1", second.path]);
    const target = bench.mount(first.path, "pair");
    const { uuid } = await one(first);
    for (const member of [first, second]) {
      expect(await one(member)).toMatchObject({
        uuid,
        mountpoints: [target],
        in_use_by: [
          { kind: "mount", name: target },
          { kind: "btrfs_member", name: uuid },
        ],
      });
    }
  });

  it("is a mount in another mount namespace, with a process that sees it", async () => {
    const device = bench.attach({ sizeBytes: 16 << 20 });
    device.wreck("mkfs.ext4", ["-q"]);
    const namespace = await MountNamespace.open();
    try {
      namespace.script(`mkdir '${bench.folder}/elsewhere'; mount '${device.path}' '${bench.folder}/elsewhere'`);
      const { mountpoints, in_use_by } = await one(device);
      const mntNs = Number(/[0-9]+/.exec(tool("readlink", [`/proc/${namespace.pid}/ns/mnt`]))?.[0]);
      expect(mountpoints).toEqual([]);
      expect(in_use_by).toEqual([
        { kind: "mount", name: `${bench.folder}/elsewhere`, pid: namespace.pid, mnt_ns: mntNs },
      ]);
    } finally {
      await namespace.close();
    }
  });

  it("is swap on it, and swap makes it the system's", async () => {
    const device = bench.attach({ sizeBytes: 32 << 20 });
    device.partitionBy("label: gpt\nsize=20MiB, type=S\n");
    device.wreck("mkswap", ["--quiet"], 1);
    device.wreck("swapon", [], 1);
    try {
      expect(await one(device)).toMatchObject({
        in_use_by: [{ kind: "swap", name: device.partition(1), device: device.partition(1) }],
        is_root_disk: true,
      });
    } finally {
      tool("swapoff", [device.partition(1)]);
    }
  });

  it("is a loop device over a file on it, and what is mounted from that", async () => {
    const outer = bench.attach({ sizeBytes: 64 << 20 });
    outer.wreck("mkfs.ext4", ["-q"]);
    const place = bench.mount(outer.path, "outer");
    const inner = LoopDevice.attach(`${place}/mos-t-inner.img`, { sizeBytes: 16 << 20 });
    try {
      inner.wreck("mkfs.ext4", ["-q"]);
      const below = bench.mount(inner.path, "inner");
      expect((await one(outer)).in_use_by).toEqual([
        { kind: "mount", name: place },
        { kind: "loop", name: inner.path },
        { kind: "mount", name: below, device: inner.path },
      ]);
      tool("umount", [below]);
    } finally {
      inner.detach();
    }
  });

  it("is nothing for a disk that nobody uses", async () => {
    expect(await one(bench.attach({ sizeBytes: 1 << 20 }))).toMatchObject({ in_use_by: [], is_root_disk: false });
  });
});

describe("the disks that the system lives on", () => {
  it("include the one below /, and the one below the daemon's state", async () => {
    const device = bench.attach({ sizeBytes: 16 << 20 });
    device.wreck("mkfs.ext4", ["-q"]);
    const target = bench.mount(device.path, "state");
    expect(await one(device)).toMatchObject({ is_root_disk: false });
    expect(await one(device, `${target}/my_os_server`)).toMatchObject({ is_root_disk: true });
    const root = tool("findmnt", ["--noheadings", "--output", "SOURCE", "--nofsroot", "/"]).trim();
    const holding = (await list()).filter(({ is_root_disk }) => is_root_disk);
    // A root that no block device holds (a container's overlay) makes no disk the system's.
    expect(holding.some(({ path }) => root.startsWith(path))).toBe(root.startsWith("/dev/"));
  });

  it("include members of a btrfs and the disk below an overlay, inside the namespace that has such a root", async () => {
    const [first, second, third] = [
      bench.attach({ sizeBytes: 128 << 20 }),
      bench.attach({ sizeBytes: 128 << 20 }),
      bench.attach({ sizeBytes: 16 << 20 }),
    ];
    first.wreck("mkfs.btrfs", ["--quiet", "--data", "raid1", "--metadata", "raid1", second.path]);
    third.wreck("mkfs.ext4", ["-q"]);
    const namespace = await MountNamespace.open();
    try {
      namespace.script(`
        cd '${bench.folder}'; mkdir upper-disk
        mount '${first.path}' /boot
        mount '${third.path}' upper-disk; mkdir upper-disk/up upper-disk/work
        mount -t overlay -o 'lowerdir=/var,upperdir=${bench.folder}/upper-disk/up,workdir=${bench.folder}/upper-disk/work' overlay /var
      `);
      const system = namespace
        .call<Disk[]>("vol.list_disks")
        .filter(({ is_root_disk }) => is_root_disk)
        .map(({ path }) => path);
      expect(system).toEqual(expect.arrayContaining([first.path, second.path, third.path]));
    } finally {
      await namespace.close();
    }
  });
});
