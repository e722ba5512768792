import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RpcError } from "../../../src/rpc/errors.js";
import { BlockWriter, checksum } from "../../world/block-writes.js";
import { DeviceHolder } from "../../world/held-devices.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { MountNamespace } from "../../world/mount-namespace.js";

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
/** A filesystem that is written to changes by itself. */
const RO = ["-o", "ro"];
const SIZE = 64 * MIB;

/** A device in the way of a call: what to ask for, and how it must be refused. */
interface Scene {
  readonly device: string;
  readonly refusal: object;
  /** Every device that must not change; the first is the one that is in the way. */
  readonly ours: readonly LoopDevice[];
  readonly stateDir?: string;
}

type Prepare = () => Scene | Promise<Scene>;

const inUse = (holder: object) => ({
  kind: "in_use",
  details: { holders: expect.arrayContaining([expect.objectContaining(holder)]) },
});
const blank = (): LoopDevice => bench.attach({ sizeBytes: SIZE });

function formatted(): LoopDevice {
  const device = blank();
  device.wreck("mkfs.ext4", ["-q", "-L", "precious"]);
  return device;
}

async function held(how: "exclusive" | "writing", device: LoopDevice): Promise<number> {
  const holder = await DeviceHolder.open(device.path, how);
  endings.push(() => holder.close());
  return holder.pid;
}

/** Guards that nothing passes, in their order. */
const FIRM: Readonly<Record<string, Prepare>> = {
  "is not there": () => ({
    device: "/dev/mos-t-nothing",
    refusal: { kind: "not_found", details: { name: "/dev/mos-t-nothing" } },
    ours: [],
  }),
  "is no block device": () => ({
    device: "/dev/null",
    refusal: { kind: "invalid_argument", details: { reason: "not a block device" } },
    ours: [],
  }),
  "is a file": () => {
    const file = join(bench.folder, "mos-t-file");
    writeFileSync(file, "precious");
    return {
      device: `/dev/..${file}`,
      refusal: { kind: "invalid_argument", details: { reason: "not a block device" } },
      ours: [],
    };
  },
  "carries the system": () => {
    const device = formatted();
    const system = bench.mount(device.path, "system");
    const stateDir = join(system, "state");
    mkdirSync(stateDir);
    tool("mount", ["-o", "remount,ro", system]);
    return { device: device.path, refusal: inUse({ kind: "system", name: stateDir }), ours: [device], stateDir };
  },
  "is mounted": () => {
    const device = formatted();
    return {
      device: device.path,
      refusal: inUse({ kind: "mount", name: bench.mount(device.path, "m", RO) }),
      ours: [device],
    };
  },
  "has a mounted partition": () => {
    const device = blank();
    device.partitionBy("label: gpt\nsize=56MiB\n");
    device.wreck("mkfs.ext4", ["-q"], 1);
    const name = bench.mount(device.partition(1), "m", RO);
    return {
      device: device.path,
      refusal: inUse({ kind: "mount", name, device: device.partition(1) }),
      ours: [device],
    };
  },
  "is a partition of a disk that is mounted as a whole": () => {
    const device = formatted();
    const name = bench.mount(device.path, "m", RO);
    tool("addpart", [device.path, "1", "2048", String((56 * MIB) / 512)]);
    endings.push(() => tool("delpart", [device.path, "1"]));
    return {
      device: device.partition(1),
      refusal: inUse({ kind: "mount", name, device: device.path }),
      ours: [device],
    };
  },
  "is mounted in another mount namespace": async () => {
    const device = formatted();
    const namespace = await MountNamespace.open();
    endings.push(() => namespace.close());
    namespace.script(`mount -o ro ${device.path} /mnt`);
    return { device: device.path, refusal: inUse({ kind: "mount", name: "/mnt", pid: namespace.pid }), ours: [device] };
  },
  "is the second member of a mounted btrfs": () => {
    const [first, second] = [blank(), blank()];
    second.assertOurs();
    first.wreck("mkfs.btrfs", ["-q", "-m", "single", "-d", "single", second.path]);
    bench.mount(first.path, "m", RO);
    return { device: second.path, refusal: inUse({ kind: "btrfs_member" }), ours: [second, first] };
  },
  "is below a loop device that is mounted": () => {
    const device = formatted();
    const upper = tool("losetup", ["--find", "--show", device.path]).trim();
    endings.push(() => tool("losetup", ["--detach", upper]));
    const name = bench.mount(upper, "m", RO);
    endings.push(() => tool("umount", [name]));
    return { device: device.path, refusal: inUse({ kind: "mount", name, device: upper }), ours: [device] };
  },
  "is the same file as a loop device that is mounted": () => {
    const device = formatted();
    const twin = tool("losetup", ["--find", "--show", device.file]).trim();
    endings.push(() => tool("losetup", ["--detach", twin]));
    const name = bench.mount(twin, "m", RO);
    endings.push(() => tool("umount", [name]));
    return { device: device.path, refusal: inUse({ kind: "mount", name, device: twin }), ours: [] };
  },
  "is swap": () => {
    const device = blank();
    device.wreck("mkswap", []);
    device.wreck("swapon", ["--priority", "0"]);
    endings.push(() => tool("swapoff", [device.path]));
    // Where the system swaps, it lives.
    return { device: device.path, refusal: inUse({ kind: "system", name: device.path }), ours: [device] };
  },
  "is opened exclusively": async () => {
    const device = formatted();
    const pid = await held("exclusive", device);
    return { device: device.path, refusal: inUse({ kind: "process", name: "python3", pid }), ours: [device] };
  },
  "is opened for writing": async () => {
    const device = formatted();
    const pid = await held("writing", device);
    return { device: device.path, refusal: inUse({ kind: "process", name: "python3", pid }), ours: [device] };
  },
};

/** What happens to a device between two steps of a call, and in which words that is refused. */
const CHANGES: Readonly<Record<string, { after: string; change: (device: LoopDevice) => void; expected: RegExp }>> = {
  "gives its path to another disk": {
    after: "found",
    change: (device) => {
      const other = join(bench.folder, "mos-t-other.img");
      writeFileSync(other, "");
      truncateSync(other, SIZE);
      tool("losetup", ["--detach", device.path]);
      tool("losetup", [device.path, other]);
    },
    expected: /^disk sequence number \d+$/,
  },
  "is written to": {
    after: "checked",
    change: (device) => device.write(Buffer.from("somebody's data"), SIZE - 4096),
    expected: /^digest of its first and last sectors [0-9a-f]{64}$/,
  },
  grows: {
    after: "checked",
    change: (device) => {
      truncateSync(device.file, SIZE + MIB);
      tool("losetup", ["--set-capacity", device.path]);
    },
    expected: new RegExp(`^size in bytes ${SIZE}$`),
  },
};

type Call = (writer: BlockWriter, scene: Pick<Scene, "device" | "ours">, force: boolean) => Promise<RpcError>;

/** Each destructive method, with the device in the way as its last one, behind a blank one where it takes several. */
const METHODS: Readonly<Record<string, Call>> = {
  "vol.create_filesystem": (writer, { device, ours }, force) =>
    writer.refusal(ours, "vol.create_filesystem", { device, fstype: "ext4", force }),
  "vol.create_btrfs_raid": async (writer, { device, ours }, force) => {
    const other = blank();
    const before = checksum(other.path);
    const devices = [other.path, device];
    const profiles = { data_profile: "single", metadata_profile: "single" } as const;
    const refusal = await writer.refusal([...ours, other], "vol.create_btrfs_raid", { devices, ...profiles, force });
    expect(checksum(other.path)).toBe(before);
    return refusal;
  },
  // This kernel has no MD: that is said only where every guard lets the devices pass.
  "vol.create_md_array": async (writer, { device, ours }, force) => {
    const other = blank();
    const before = checksum(other.path);
    const asked = { name: "mos-t", devices: [other.path, device], force };
    const refusal = await writer.refusal([...ours, other], "vol.create_md_array", asked);
    expect(checksum(other.path)).toBe(before);
    return refusal;
  },
  "vol.create_partition": (writer, { device, ours }, force) =>
    writer.refusal(ours, "vol.create_partition", { disk: device, size_bytes: 32 * MIB, force }),
  // Arrays that are there are refused and stopped in a guest kernel (md-arrays.test.ts); all else is no array.
  "vol.stop_md_array": (writer, { device, ours }, force) =>
    writer.refusal(ours, "vol.stop_md_array", { array: device, zero_superblock: true, force }),
};

/** What overwrites the devices that it is given, whole. */
const OVERWRITING: readonly string[] = ["vol.create_filesystem", "vol.create_btrfs_raid", "vol.create_md_array"];

type Refusal = (device: string, force: boolean) => object;
const noArray = { kind: "invalid_argument", details: { field: "array", reason: "it is no MD array" } };
const aPartition = { kind: "invalid_argument", details: { reason: expect.stringContaining("name the disk") } };

/** Where a method's own guards refuse a scene with other words. */
const OTHERWISE: Readonly<Record<string, Readonly<Record<string, Refusal>>>> = {
  "vol.create_partition": {
    // Where only free space is touched, `force` allows the system's disk; what else holds all of it still refuses.
    "carries the system": (_, force) => inUse(force ? { kind: "mount" } : { kind: "system" }),
    "is swap": (name, force) => inUse({ kind: force ? "swap" : "system", name }),
    "has a mounted partition": () => ({ kind: "conflict", details: { expected: expect.stringContaining("free") } }),
    "is a partition of a disk that is mounted as a whole": () => aPartition,
  },
  "vol.stop_md_array": Object.fromEntries(
    Object.keys(FIRM)
      .filter((scenario) => scenario !== "is not there")
      .map((scenario) => [scenario, () => noArray]),
  ),
};

describe.each(Object.entries(METHODS))("%s", (name, call) => {
  it.each(Object.entries(FIRM))("refuses a device that %s, with force and without", async (scenario, prepare) => {
    const scene = await prepare();
    const refusal = (force: boolean) => OTHERWISE[name]?.[scenario]?.(scene.device, force) ?? scene.refusal;
    const before = scene.ours.map(({ path }) => checksum(path));
    const writer = new BlockWriter(scene.stateDir === undefined ? {} : { stateDir: scene.stateDir });
    for (const force of [false, true]) expect(await call(writer, scene, force)).toMatchObject(refusal(force));
    expect(scene.ours.map(({ path }) => checksum(path))).toEqual(before);
  });
});

const overwriting = Object.entries(METHODS).filter(([name]) => OVERWRITING.includes(name));
describe.each(overwriting)("%s", (name, call) => {
  // Without MD a call ends before the last look; the guards up to there are the same code for all.
  const changes = Object.entries(CHANGES).filter(
    ([, { after }]) => after === "found" || !name.startsWith("vol.create_md"),
  );
  it.each(changes)("refuses a device that %s meanwhile", async (_change, { after, change, expected }) => {
    const device = formatted();
    let changed: string | undefined;
    const hook = (step: string) => {
      if (step !== after || changed !== undefined) return;
      change(device);
      changed = checksum(device.path);
    };
    const scene = { device: device.path, ours: [device] };
    const refusal = await call(new BlockWriter({ hook }), scene, true);
    expect(refusal).toMatchObject({ kind: "conflict", details: { expected: expect.stringMatching(expected) } });
    expect(checksum(device.path)).toBe(changed);
  });

  it("refuses no device because of what holds its disk's other partitions", async () => {
    const device = blank();
    device.partitionBy("label: gpt\nsize=20MiB\nsize=20MiB\n");
    for (const part of [1, 2]) device.wreck("mkfs.ext4", ["-q", "-L", `part${part}`], part);
    bench.mount(device.partition(1), "m", RO);
    const before = checksum(device.path);
    const scene = { device: device.partition(2), ours: [device] };
    expect(await call(new BlockWriter(), scene, false)).toMatchObject(
      name === "vol.create_btrfs_raid"
        ? {
            kind: "invalid_argument",
            details: { field: "devices[1]", reason: expect.stringContaining("needs at least") },
          }
        : { kind: "conflict", details: { signatures: [{ label: "part2", device: device.partition(2) }] } },
    );
    expect(checksum(device.path)).toBe(before);
  });

  it("refuses a device with signatures without force, and names them", async () => {
    const device = formatted();
    const before = checksum(device.path);
    expect(await call(new BlockWriter(), { device: device.path, ours: [device] }, false)).toMatchObject({
      kind: "conflict",
      details: { signatures: [{ type: "ext4", label: "precious", device: device.path }] },
    });
    expect(checksum(device.path)).toBe(before);
  });
});
