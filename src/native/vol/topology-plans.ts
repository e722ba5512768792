import type {
  PlannedFilesystem,
  PlannedPartition,
  Topology,
  TopologyDisk,
  TopologyName,
  TopologyReason,
} from "../../../generated/types.gen.js";
import { exact } from "./space.js";
import { type Candidate, MIB } from "./topology-candidates.js";

/** What the node can make and mount. */
export interface Support {
  readonly missing: readonly { readonly tool: string; readonly package: string }[];
  /** The filesystems that the kernel knows. */
  readonly kernel: ReadonlySet<string>;
}

export interface PlanOptions {
  readonly bootBytes: number;
  readonly support: Support;
}

export const TOPOLOGIES: readonly TopologyName[] = [
  "btrfs_single",
  "bcachefs_single",
  "dual_independent",
  "bcachefs2_copy",
  "ssd_hdd_bcachefs",
  "btrfs_raid1",
];

const EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b";
const LINUX_DATA = "0fc63daf-8483-4772-8e79-3d69d8477de4";

/** In the order in which they are taken: larger first, SSDs before spinning ones, then by path. */
export const chooseDisks = (disks: readonly Candidate[]): Candidate[] =>
  disks.toSorted(
    (a, b) =>
      Number(b.node.sizeBytes > a.node.sizeBytes) - Number(b.node.sizeBytes < a.node.sizeBytes) ||
      Number(a.rotational) - Number(b.rotational) ||
      (a.node.path < b.node.path ? -1 : 1),
  );

type Role = TopologyDisk["role"];

/** How a topology is laid out over its disks. */
interface Recipe {
  readonly fstype: "btrfs" | "bcachefs";
  /** Fewest disks. */
  readonly least: number;
  readonly pick: (eligible: readonly Candidate[]) => readonly (readonly [Candidate, Role])[];
  /** One filesystem over all data partitions, or one on each. */
  readonly isJoined: boolean;
  readonly copies: number;
}

const data = (disks: readonly Candidate[]) => disks.map((disk) => [disk, "data"] as const);
const firstData = (count: number) => (eligible: readonly Candidate[]) => data(eligible.slice(0, count));

const RECIPES: Readonly<Record<TopologyName, Recipe>> = {
  btrfs_single: { fstype: "btrfs", least: 1, pick: firstData(1), isJoined: false, copies: 1 },
  bcachefs_single: { fstype: "bcachefs", least: 1, pick: firstData(1), isJoined: false, copies: 1 },
  dual_independent: { fstype: "btrfs", least: 2, pick: firstData(2), isJoined: false, copies: 1 },
  bcachefs2_copy: { fstype: "bcachefs", least: 2, pick: firstData(2), isJoined: true, copies: 2 },
  ssd_hdd_bcachefs: { fstype: "bcachefs", least: 2, pick: ssdAndHdd, isJoined: true, copies: 1 },
  btrfs_raid1: { fstype: "btrfs", least: 2, pick: data, isJoined: true, copies: 2 },
};

function ssdAndHdd(eligible: readonly Candidate[]): readonly (readonly [Candidate, Role])[] {
  const ssd = eligible.find(({ rotational }) => !rotational);
  const hdd = eligible.find(({ rotational }) => rotational);
  return ssd && hdd
    ? [
        [ssd, "cache"],
        [hdd, "data"],
      ]
    : [];
}

/** Judges one topology, and plans it where nothing stands against it. */
export function topologyOf(name: TopologyName, eligible: readonly Candidate[], options: PlanOptions): Topology {
  const recipe = RECIPES[name];
  const picked = recipe.pick(eligible);
  const reasons = [...disksLack(name, recipe, eligible), ...supportLacks(recipe, options)];
  const small = picked.filter(([disk]) => dataEnd(disk) <= dataStart(options));
  if (reasons.length === 0 && small.length > 0) {
    const paths = small.map(([disk]) => disk.node.path).join(", ");
    const message = `Nothing would be left on ${paths} after a boot partition of ${options.bootBytes} bytes.`;
    reasons.push({ code: "too_small", message: message.slice(0, 1024) });
  }
  if (reasons.length > 0) {
    return { name, feasible: false, reasons, disks: [], tolerated_failures: 0, partitions: [], filesystems: [] };
  }
  return { name, feasible: true, reasons, ...plan(recipe, picked, options) };
}

function disksLack(name: TopologyName, { least }: Recipe, eligible: readonly Candidate[]): TopologyReason[] {
  const count = eligible.length;
  const of = count === 1 ? "The one eligible disk" : `None of the ${count} eligible disks`;
  if (name === "ssd_hdd_bcachefs" && count > 0) {
    const lacks = (code: "no_ssd" | "no_hdd", what: string): TopologyReason => ({
      code,
      message: `${of} is ${count === 1 ? "not " : ""}${what}; one is wanted.`,
    });
    return [
      ...(eligible.some(({ rotational }) => !rotational) ? [] : [lacks("no_ssd", "an SSD")]),
      ...(eligible.some(({ rotational }) => rotational) ? [] : [lacks("no_hdd", "a spinning disk")]),
    ];
  }
  if (count >= least) return [];
  const wanted = least === 1 ? "One eligible disk is wanted" : "Two eligible disks are wanted";
  return [{ code: "not_enough_disks", message: `${wanted}; there ${count === 1 ? "is one" : "is none"}.` }];
}

function supportLacks({ fstype }: Recipe, { bootBytes, support }: PlanOptions): TopologyReason[] {
  const tools = [fstype === "btrfs" ? "mkfs.btrfs" : "bcachefs", ...(bootBytes > 0 ? ["mkfs.vfat"] : [])];
  const reasons = support.missing
    .filter(({ tool }) => tools.includes(tool))
    .map((missing): TopologyReason => {
      const remedy = `Install ${missing.package}, where the distribution has it.`;
      return { code: "tool_missing", message: `\`${missing.tool}\` is not on the daemon's PATH.`, remedy };
    });
  // vfat may be a module that nobody has loaded yet; the boot partition is the firmware's to read.
  if (!support.kernel.has(fstype)) {
    reasons.push({ code: "kernel_support_missing", message: `The kernel does not know the filesystem ${fstype}.` });
  }
  return reasons;
}

const mib = BigInt(MIB);

/** GPT and its backup take the first and the last MiB. */
const dataStart = ({ bootBytes }: PlanOptions): bigint => mib + BigInt(bootBytes);
const dataEnd = ({ node }: Candidate): bigint => ((node.sizeBytes - mib) / mib) * mib;

type Plan = Omit<Topology, "name" | "feasible" | "reasons">;

function plan(recipe: Recipe, picked: readonly (readonly [Candidate, Role])[], options: PlanOptions): Plan {
  const partitions: PlannedPartition[] = [];
  const [boots, stores]: [number[], number[]] = [[], []];
  for (const [at, [disk]] of picked.entries()) {
    const add = (list: number[], made: Omit<PlannedPartition, "disk" | "number">) => {
      list.push(partitions.length);
      partitions.push({ disk: disk.node.path, number: options.bootBytes > 0 && list === stores ? 2 : 1, ...made });
    };
    const start = dataStart(options);
    if (options.bootBytes > 0) {
      const name = numbered("mosboot", at);
      add(boots, { start_bytes: MIB, size_bytes: options.bootBytes, parttype: EFI_SYSTEM, name });
    }
    const size_bytes = exact(dataEnd(disk) - start);
    add(stores, { start_bytes: exact(start), size_bytes, parttype: LINUX_DATA, name: numbered("mosdata", at) });
  }
  const sizes = picked.filter(([, role]) => role === "data").map(([disk]) => dataEnd(disk) - dataStart(options));
  return {
    disks: picked.map(([disk, role]) => ({
      device: disk.identity,
      rotational: disk.rotational,
      role,
      erases: [...disk.erases],
    })),
    usable_bytes: exact(usable(sizes, recipe.copies)),
    tolerated_failures: recipe.copies - 1,
    partitions,
    filesystems: [...boots.map(bootFilesystem), ...dataFilesystems(recipe, stores)],
  };
}

/** The first has no number. */
const numbered = (name: string, at: number): string => (at === 0 ? name : `${name}${at + 1}`);

const bootFilesystem = (partition: number, at: number): PlannedFilesystem => ({
  fstype: "vfat",
  label: numbered("MOSBOOT", at),
  partitions: [partition],
});

function dataFilesystems({ fstype, isJoined, copies }: Recipe, stores: readonly number[]): PlannedFilesystem[] {
  const groups = isJoined ? [[...stores]] : stores.map((store) => [store]);
  return groups.map((partitions, at): PlannedFilesystem => {
    const label = numbered("MOSDATA", at);
    if (fstype === "bcachefs") return { fstype, label, partitions, replicas: copies };
    const [data_profile, metadata_profile] = copies > 1 ? (["raid1", "raid1"] as const) : (["single", "dup"] as const);
    return { fstype, label, partitions, data_profile, metadata_profile };
  });
}

/** With two copies on different disks: half of all, but no more than the largest has others to pair with. */
function usable(sizes: readonly bigint[], copies: number): bigint {
  const sum = sizes.reduce((total, size) => total + size, 0n);
  if (copies < 2) return sum;
  const largest = sizes.toSorted((a, b) => (a < b ? -1 : 1)).at(-1) ?? 0n;
  const others = sum - largest;
  return others < sum / 2n ? others : sum / 2n;
}
