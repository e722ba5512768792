import type { VolFilesystemsHandlers } from "../../../generated/handlers.gen.js";
import type { ResizeMaxResult, VolResizeMaxParams, Warning } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { readDevices } from "../../kernel/btrfs-devices.js";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import { type Blocks, growExt4, growXfs, readExt4Blocks, readXfsBlocks } from "../../kernel/grow.js";
import { runLasting } from "../../kernel/lasting.js";
import { rpcError } from "../../rpc/errors.js";
import type { NativeState } from "../state.js";
import { asBtrfs, type BtrfsPlace, throughFolder } from "./fs-btrfs.js";
import { btrfsIdentity, devicesMeant, type FsDeps } from "./fs-identity.js";
import { mustBeIdle } from "./fs-operation.js";
import { mustBeWritable } from "./fs-parent.js";
import { atPath, invalid, type Place, unsupported } from "./fs-place.js";
import { MountDevices } from "./mount-devices.js";
import { partitionWarnings } from "./resize-partition.js";
import { exact } from "./space.js";

export interface ResizeDeps extends FsDeps {
  readonly state: NativeState;
}

/** The part of the `vol.filesystems` topic that grows a mounted filesystem to the end of its devices. */
export const resize = (deps: ResizeDeps): Pick<VolFilesystemsHandlers, "vol.resize_max"> => ({
  "vol.resize_max": (params) =>
    atPath(deps.files, params.path, "path", (place) => resizeAt(deps, place, params), cannotGrow),
});

const cannotGrow = (fstype: string) =>
  unsupported(`a ${fstype} filesystem cannot be grown while it is mounted: btrfs, ext4 and xfs can`);

async function resizeAt(deps: ResizeDeps, place: Place, params: VolResizeMaxParams): Promise<ResizeMaxResult> {
  const { fstype } = place.mount;
  if (fstype === "btrfs") {
    return throughFolder(deps.files, await asBtrfs(place), (folder) => resizeBtrfs(deps, folder, params));
  }
  if (params.devid !== undefined) throw invalid("devid", `${fstype} filesystems have no device ids`);
  const grower = GROWERS.get(fstype);
  if (!grower) throw cannotGrow(fstype);
  return resizeOnOne(deps, place, grower);
}

/** A device before and after. */
interface Grown {
  readonly node: BlockNode;
  readonly devid?: number;
  readonly before: bigint;
  readonly after: bigint;
}

async function resizeBtrfs(
  deps: ResizeDeps,
  place: BtrfsPlace,
  { devid }: VolResizeMaxParams,
): Promise<ResizeMaxResult> {
  return deps.state.queue.run([`btrfs exclusive ${place.info.fsid}`], async () => {
    const before = (await present(deps, place)).filter((device) => devid === undefined || device.devid === devid);
    if (before.length === 0) throw noDevice(devid ?? 0);
    mustBeWritable(place);
    await mustBeIdle(deps.files, place, () => true);
    for (const { devid: id, node, total } of before) {
      if (node.sizeBytes - total >= SMALLEST_STEP) await growDevice(deps, place, id);
    }
    const now = new Map((await present(deps, place)).map((device) => [device.devid, device]));
    const grown = before.map(({ devid: id, total, node }) => ({
      node,
      devid: id,
      before: total,
      after: now.get(id)?.total ?? total,
    }));
    return answer(deps, grown, await btrfsIdentity(deps, place));
  });
}

/** A btrfs has whole sectors of its own; what is less at a device's end is nobody's. */
const SMALLEST_STEP = 4096n;

async function present({ files }: ResizeDeps, { fd, info }: BtrfsPlace) {
  const devices = await readDevices(files, fd, info);
  return devices.flatMap(({ node, ...device }) => (node ? [{ ...device, node }] : []));
}

const noDevice = (devid: number) =>
  rpcError(
    "not_found",
    { resource: "device", name: String(devid) },
    `the btrfs has no device with devid ${devid} that is there`,
  );

/** Runs to its end whatever becomes of the daemon. */
const growDevice = ({ state }: ResizeDeps, { fd }: BtrfsPlace, devid: number) =>
  state.steps((steps) =>
    steps.do(`grow device ${devid}`, () =>
      runLasting("btrfs", ["filesystem", "resize", `${devid}:max`, "/proc/self/fd/3"], { inherit: [fd] }),
    ),
  );

/** How a filesystem on one device is measured and grown. */
interface Grower {
  measure(place: Place, node: BlockNode): Promise<Blocks>;
  grow(fd: number, blocks: bigint): Promise<void>;
}

const GROWERS: ReadonlyMap<string, Grower> = new Map([
  ["ext4", { measure: (_: Place, node: BlockNode) => readExt4Blocks(node), grow: growExt4 }],
  ["xfs", { measure: ({ fd }: Place) => readXfsBlocks(fd), grow: growXfs }],
]);

async function resizeOnOne(deps: ResizeDeps, place: Place, { measure, grow }: Grower): Promise<ResizeMaxResult> {
  const { mount } = place;
  const { devices } = await MountDevices.read(deps.files, [mount]);
  const [node] = devices.of(mount);
  if (!node) throw unsupported(`nothing tells which device the filesystem at ${mount.target} lies on`);
  return deps.state.queue.run([`filesystem ${mount.majMin}`], async () => {
    mustBeWritable(place);
    const before = await measure(place, node);
    const fits = node.sizeBytes / before.blockSize;
    if (fits > before.count) {
      await deps.state.steps((steps) =>
        steps.do("grow filesystem", () => grow(place.fd, fits).catch((error: unknown) => tooLittle(error))),
      );
    }
    const after = await measure(place, node);
    const grown = { node, before: before.count * before.blockSize, after: after.count * after.blockSize };
    const known = (await deps.identities.of([node])).get(node.name);
    return answer(deps, [grown], {
      fstype: mount.fstype,
      ...(known?.uuid !== undefined && { uuid: known.uuid }),
      ...(known?.label !== undefined && { label: known.label }),
      target: mount.target,
      devices: await devicesMeant(deps, [node]),
    });
  });
}

/** An xfs does not take a last group that is too small to be one. */
function tooLittle(error: unknown): void {
  if (!isRefused(error, "EINVAL")) throw error;
}

async function answer(
  deps: ResizeDeps,
  grown: readonly Grown[],
  filesystem: ResizeMaxResult["filesystem"],
): Promise<ResizeMaxResult> {
  const meant = await devicesMeant(
    deps,
    grown.map(({ node }) => node),
  );
  const sum = (of: (device: Grown) => bigint) => exact(grown.reduce((all, device) => all + of(device), 0n));
  const changed = grown.some(({ before, after }) => before !== after);
  return {
    changed,
    warnings: [...(changed ? [] : [nothingToDo(grown)]), ...(await partitionWarnings(deps.files, grown))],
    filesystem,
    before_bytes: sum(({ before }) => before),
    after_bytes: sum(({ after }) => after),
    devices: grown.flatMap(({ devid, before, after }, at) => {
      const device = meant[at];
      if (!device) return [];
      const sizes = { before_bytes: exact(before), after_bytes: exact(after), changed: before !== after };
      return [{ device, ...(devid !== undefined && { devid }), ...sizes }];
    }),
  };
}

const nothingToDo = (grown: readonly Grown[]): Warning => ({
  kind: "nothing_to_resize",
  message: grown.length > 1 ? "The filesystem fills its devices already." : "The filesystem fills its device already.",
  ...(grown[0] && { object: grown[0].node.path }),
});
