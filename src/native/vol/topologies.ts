import type { VolTopologiesHandlers } from "../../../generated/handlers.gen.js";
import type {
  LeftOutDisk,
  Topology,
  TopologyReport,
  VolFeasibleTopologiesParams,
} from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { mapBounded } from "../../kernel/bounded.js";
import type { Files } from "../../kernel/files.js";
import { readFilesystems } from "../../kernel/filesystems.js";
import { findTool } from "../../kernel/tools.js";
import { rpcError } from "../../rpc/errors.js";
import { namedDisk } from "./named-disk.js";
import { type LookDeps, type StorageLook, storageLook } from "./storage-look.js";
import { type Candidate, candidateOf, MIB } from "./topology-candidates.js";
import { chooseDisks, type Support, TOPOLOGIES, topologyOf } from "./topology-plans.js";

const DEFAULT_MIN_DISK = 10 * 1024 * MIB;
const DEFAULT_BOOT = 512 * MIB;

/** The `vol.topologies` topic. */
export const topologies = (deps: LookDeps): VolTopologiesHandlers => ({
  async "vol.feasible_topologies"(params, { signal }) {
    const bootBytes = params.boot_bytes ?? DEFAULT_BOOT;
    if (bootBytes % MIB !== 0) {
      const reason = `${bootBytes} is no multiple of 1 MiB`;
      throw rpcError("invalid_argument", { field: "boot_bytes", reason }, `boot_bytes: ${reason}`);
    }
    const look = await storageLook(deps, signal);
    return report(deps.files, look, params, bootBytes);
  },
});

async function report(
  files: Files,
  look: StorageLook,
  params: VolFeasibleTopologiesParams,
  bootBytes: number,
): Promise<TopologyReport> {
  const chosen = await chosenDisks(look, params.disks);
  const nodes = look.index.nodes.filter(
    (node) => !node.partition && node.sizeBytes > 0n && !node.majMin.startsWith("1:"),
  );
  const candidates = await mapBounded(nodes, (node) =>
    candidateOf(files, look, node, {
      isChosen: chosen === undefined || chosen.has(node.name),
      minBytes: BigInt(params.min_disk_bytes ?? DEFAULT_MIN_DISK),
      takesRemovable: params.include_removable ?? false,
      blankOnly: params.blank_only ?? false,
    }),
  );
  const eligible = chooseDisks(candidates.filter(({ obstacle }) => obstacle === undefined));
  const support = await supportOf(files);
  return {
    topologies: TOPOLOGIES.map((name): Topology => topologyOf(name, eligible, { bootBytes, support })),
    left_out: candidates.flatMap(leftOut),
  };
}

/** The disks that were named; undefined where none were. */
async function chosenDisks(
  { index }: StorageLook,
  disks: readonly string[] | undefined,
): Promise<ReadonlySet<string> | undefined> {
  if (disks === undefined) return undefined;
  const nodes: BlockNode[] = [];
  for (const path of disks) nodes.push(await namedDisk(index, path));
  return new Set(nodes.map(({ name }) => name));
}

/** Whether the node can make and mount the filesystems. */
async function supportOf(files: Files): Promise<Support> {
  const [known, btrfs, vfat, bcachefs] = await Promise.all([
    readFilesystems(files),
    ...(["mkfs.btrfs", "mkfs.vfat", "bcachefs"] as const).map((tool) => findTool(tool)),
  ]);
  const missing = [btrfs, vfat, bcachefs].flatMap((tool) =>
    tool === undefined || tool.path !== undefined ? [] : [{ tool: tool.tool, package: tool.package }],
  );
  return { missing, kernel: new Set(known.keys()) };
}

function leftOut({ identity, obstacle, holders }: Candidate): LeftOutDisk[] {
  return obstacle === undefined ? [] : [{ device: identity, ...obstacle, in_use_by: [...holders] }];
}
