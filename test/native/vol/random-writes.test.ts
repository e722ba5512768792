import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BlockWrite, BlockWriter, checksum } from "../../world/block-writes.js";
import { LoopBench, type LoopDevice, tool } from "../../world/loop.js";
import { Random, seeds } from "../../world/random.js";

let bench: LoopBench;
beforeEach(() => {
  bench = new LoopBench();
});
afterEach(() => bench.close());

const MIB = 1 << 20;
const CALLS = process.env.MOS_TEST_DEEP ? 1000 : 250;
const RO = ["-o", "ro"];

/** Devices that nobody may overwrite: by a name that is used for them, and whether even `force` must not help. */
interface Precious {
  readonly path: string;
  readonly firm: boolean;
}

function furnish(): { devices: LoopDevice[]; precious: Precious[] } {
  const attach = () => bench.attach({ sizeBytes: 64 * MIB });
  const [mounted, data, parts, member, other, swap] = [attach(), attach(), attach(), attach(), attach(), attach()];
  mounted.wreck("mkfs.ext4", ["-q", "-L", "mounted"]);
  bench.mount(mounted.path, "mounted", RO);
  data.wreck("mkfs.ext4", ["-q", "-L", "data"]);
  parts.partitionBy("label: gpt\nsize=24MiB\nsize=24MiB\n");
  parts.wreck("mkfs.ext4", ["-q", "-L", "inside"], 1);
  parts.wreck("mkfs.ext4", ["-q", "-L", "beside"], 2);
  bench.mount(parts.partition(1), "inside", RO);
  other.assertOurs();
  member.wreck("mkfs.btrfs", ["-q", "-m", "single", "-d", "single", other.path]);
  bench.mount(member.path, "btrfs", RO);
  swap.wreck("mkswap", ["-L", "asleep"]);
  const firm = [mounted.path, parts.path, parts.partition(1), member.path, other.path];
  return {
    devices: [mounted, data, parts, member, other, swap],
    precious: [
      ...firm.map((path) => ({ path, firm: true })),
      ...[data.path, swap.path, parts.partition(2)].map((path) => ({ path, firm: false })),
    ],
  };
}

const ODD = [
  "/dev/null",
  "/dev/zero",
  "/dev/mos-t-none",
  "/dev/disk/by-label/data",
  "/dev/../etc/passwd",
  "/dev/loop-control",
  "/dev/fd/0",
  "/dev/-rf",
  "/dev/$(reboot)",
  "/dev/loop0; reboot",
  "/dev/line\nbreak",
  `/dev/${"x".repeat(4000)}`,
  "/dev/..",
  "/dev/",
];

/** A path that some caller could write for a device. */
function named(random: Random, path: string): string {
  return random.pick([path, path, path.replace("/dev/", "/dev/./"), path.replace("/dev/", "/dev//../dev/")]);
}

const LABELS = [
  undefined,
  "",
  "LABEL",
  "--help",
  "-f",
  "a\\b",
  "ü".repeat(130),
  "x".repeat(255),
  " blank ",
  "\ud800",
  "; reboot",
];

/** A call that must be refused, whatever else it says. */
function wrongCall(random: Random, precious: readonly Precious[]): { method: BlockWrite; params: object } {
  const target = random.pick(precious);
  const device = random.chance(0.5) ? random.pick(ODD) : named(random, target.path);
  const isFirm = target.firm || ODD.includes(device);
  const force = isFirm && random.chance(0.6);
  const label = random.pick(LABELS);
  const words = { force, ...(label !== undefined && { label }) };
  const companion = named(random, random.pick(precious.filter(({ firm }) => firm)).path);
  const devices = [...new Set(random.chance(0.5) ? [device, companion] : [device, random.pick(ODD), companion])];
  switch (random.below(5)) {
    case 0:
      return {
        method: "vol.create_btrfs_raid",
        params: {
          devices,
          data_profile: random.pick(["single", "raid1", "raid6", "dup"]),
          metadata_profile: random.pick(["single", "raid1c3"]),
          ...words,
        },
      };
    case 1:
      return {
        method: "vol.create_md_array",
        params: { name: random.pick(["data", "a".repeat(32)]), devices, force, missing: random.below(2) },
      };
    case 2:
      return { method: "vol.stop_md_array", params: { array: device, zero_superblock: random.chance(0.5), force } };
    case 3:
      return { method: "vol.create_partition", params: wrongPartition(random, device, precious, force) };
    default:
      return {
        method: "vol.create_filesystem",
        params: { device, fstype: random.pick(["btrfs", "ext4", "vfat", "swap", "bcachefs"]), ...words },
      };
  }
}

/** A partition that cannot be: on no disk, over another one, too large, or between sectors. */
function wrongPartition(random: Random, device: string, precious: readonly Precious[], force: boolean): object {
  const disk = precious.find(({ path }) => path.endsWith("p1"))?.path.slice(0, -"p1".length) ?? device;
  if (random.chance(0.5))
    return {
      disk: precious.some(({ path }) => path === disk && device === disk) ? "/dev/null" : device,
      start_bytes: 3,
      force,
    };
  const place = random.pick([
    { start_bytes: random.between(1, 48) * MIB + 512 },
    { start_bytes: 512 * random.between(0, 33) },
    { size_bytes: random.between(16, 1000) * MIB },
    { start_bytes: 63 * MIB, size_bytes: 2 * MIB },
    { size_bytes: 0 },
    { size_bytes: 1000 },
    { start_bytes: 4096, type: "00000000-0000-0000-0000-000000000000" },
  ]);
  return { disk, force, ...place };
}

describe("mostly wrong calls", () => {
  it.each(seeds(2))(
    "are refused, and every byte on every device is as it was (seed %d)",
    async (seed) => {
      const random = new Random(seed);
      const { devices, precious } = furnish();
      const sums = () => devices.map(({ path }) => checksum(path));
      const before = sums();
      const listed = () => tool("lsblk", ["-nro", "NAME,MOUNTPOINT", ...devices.map(({ path }) => path)]);
      const shown = listed();
      const writer = new BlockWriter();
      const kinds = new Map<string, number>();
      for (let done = 0; done < CALLS; done += 1) {
        const { method, params } = wrongCall(random, precious);
        const refusal = await writer.refusal(devices, method, params as never);
        kinds.set(refusal.kind, (kinds.get(refusal.kind) ?? 0) + 1);
        if (done % 100 === 99) expect(sums(), `${method} ${JSON.stringify(params)}`).toEqual(before);
      }
      expect(sums()).toEqual(before);
      expect(listed()).toBe(shown);
      for (const kind of ["not_found", "invalid_argument", "in_use", "conflict"])
        expect(kinds.get(kind), kind).toBeGreaterThan(0);
    },
    1_200_000,
  );
});
