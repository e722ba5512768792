import type { VolInventoryHandlers } from "../../../generated/handlers.gen.js";
import type { Inventory, SwapArea } from "../../../generated/types.gen.js";
import { isMdArray } from "../../kernel/md-sysfs.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import { storageMark } from "../../kernel/storage-changes.js";
import { readSwaps, type Swap } from "../../kernel/swaps.js";
import { disksIn } from "./disks.js";
import { type FilesystemsDeps, filesystemsIn } from "./filesystems.js";
import { mdArrays } from "./md-reads.js";
import { mountsIn } from "./mounts.js";
import { partitionsIn } from "./partitions.js";
import { exact } from "./space.js";
import { storageLook } from "./storage-look.js";

const TRIES = 3;

/** The `vol.inventory` topic. */
export function inventory(deps: FilesystemsDeps): VolInventoryHandlers {
  const looks = new SharedLooks<Inventory>();
  return { "vol.inventory": (_, { signal }) => looks.of("", signal, (shared) => takeInventory(deps, shared)) };
}

/** Reads until nothing moved meanwhile, three times at most. */
async function takeInventory(deps: FilesystemsDeps, signal: AbortSignal): Promise<Inventory> {
  for (let tries = 1; ; tries += 1) {
    const before = await storageMark(deps.files);
    const lists = await readLists(deps, signal);
    const consistent = (await storageMark(deps.files)) === before;
    if (consistent || tries === TRIES) return { taken_at: now(), consistent, ...lists };
    signal.throwIfAborted();
  }
}

const now = (): string => new Date().toISOString();

type Lists = Omit<Inventory, "taken_at" | "consistent">;

async function readLists(deps: FilesystemsDeps, signal: AbortSignal): Promise<Lists> {
  const { files } = deps;
  const look = await storageLook(deps, signal);
  const [disks, partitions, filesystems, mounts, swaps, md_arrays] = await Promise.all([
    disksIn(files, look),
    partitionsIn(files, look),
    filesystemsIn(deps, look),
    mountsIn(deps, look),
    readSwaps(files),
    mdArrays(deps, look.inUse, look.index.nodes.filter(isMdArray), signal),
  ]);
  return { disks, partitions, filesystems, mounts, swaps: swaps.map(swapArea), md_arrays };
}

const swapArea = ({ path, isFile, sizeBytes, usedBytes, priority }: Swap): SwapArea => ({
  path,
  type: isFile ? "file" : "partition",
  size_bytes: exact(sizeBytes),
  used_bytes: exact(usedBytes),
  priority,
});
