import type { Holder } from "../../../generated/types.gen.js";
import { type BlockNode, blockNumberAt } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { type BtrfsInstance, listBtrfs } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import { type ForeignMounts, readForeignMounts } from "../../kernel/mount-namespaces.js";
import { overlayFolders } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { readSwaps, type Swap } from "../../kernel/swaps.js";
import { MountDevices } from "./mount-devices.js";

/** Where the running system lives, besides its swap and the daemon's state. */
export const SYSTEM_FOLDERS = ["/", "/usr", "/boot", "/boot/efi", "/var"];

/** The specification's cap on one device's holders. */
const MOST_HOLDERS = 4096;

interface World {
  readonly index: BlockIndex;
  readonly rows: readonly MountRow[];
  readonly foreign: readonly ForeignMounts[];
  readonly devices: MountDevices;
  readonly swaps: readonly Swap[];
  readonly btrfs: readonly BtrfsInstance[];
  /** The system's folders with symbolic links followed. */
  readonly systemFolders: readonly string[];
  /** Devices by paths outside `/dev` that loop devices and swap were given: nodes that somebody made elsewhere. */
  readonly elsewhere: ReadonlyMap<string, BlockNode>;
}

/** What holds each block device, and which disks the running system lives on: one look at the whole machine. */
export class InUse {
  readonly index: BlockIndex;
  private readonly tree: MountTree;
  private readonly mounted = new Map<string, MountRow[]>();
  private readonly mountedElsewhere = new Map<string, Holder[]>();
  private readonly onFiles = new Map<string, Holder[]>();
  private readonly loopsOver = new Map<string, BlockNode[]>();
  private readonly system: ReadonlyMap<string, readonly string[]>;

  constructor(private readonly world: World) {
    this.index = world.index;
    this.tree = new MountTree(world.rows);
    for (const row of world.rows) for (const { name } of world.devices.of(row)) push(this.mounted, name, row);
    this.noteForeignMounts();
    this.noteFiles();
    this.system = this.systemDevices();
  }

  /** Reads what holds the devices of `index`: the mounts of every namespace, swap, btrfs. */
  static async read(files: Files, index: BlockIndex, stateDir?: string): Promise<InUse> {
    const rows = await readMountinfo(files);
    // What is mounted here is told as that; only of other devices does it matter who else has them mounted.
    const here = new Set(rows.map(({ majMin }) => majMin).filter((number) => !number.startsWith("0:")));
    const [foreign, swaps, btrfs] = await Promise.all([
      readForeignMounts(files, here),
      readSwaps(files),
      listBtrfs(files),
    ]);
    const folders = [...SYSTEM_FOLDERS, ...(stateDir === undefined ? [] : [stateDir])];
    const systemFolders = await Promise.all(
      folders.map(async (path) => (await files.resolve(path).catch(() => undefined)) ?? path),
    );
    const paths = [...swaps.map(({ path }) => path), ...index.nodes.flatMap(({ backingFile }) => backingFile ?? [])];
    const allRows = [...rows, ...foreign.flatMap((namespace) => namespace.rows)];
    const devices = await MountDevices.resolve(index, allRows, btrfs);
    const elsewhere = files.live
      ? await nodesElsewhere(index, new MountTree(rows), paths)
      : new Map<string, BlockNode>();
    return new InUse({ index, rows, foreign, devices, swaps, btrfs, systemFolders, elsewhere });
  }

  /** The mount table that was read. */
  get mounts(): MountTree {
    return this.tree;
  }

  /** The devices that a row of it lies on. */
  devicesOf(row: MountRow): readonly BlockNode[] {
    return this.world.devices.of(row);
  }

  /** Where filesystems on the device itself are mounted in the daemon's own mount namespace. */
  mountpoints({ name }: BlockNode): string[] {
    return [...new Set((this.mounted.get(name) ?? []).map(({ target }) => target))];
  }

  /** What holds the device, one of its partitions, or a device stacked on them; `device` says through which. */
  holders(device: BlockNode): Holder[] {
    return this.collect(device, []);
  }

  /** The same without what holds its partitions: what uses the device as a whole. */
  ownHolders(device: BlockNode): Holder[] {
    return this.collect(device, this.index.partitionsOf(device.name));
  }

  private collect(device: BlockNode, skipped: readonly BlockNode[]): Holder[] {
    const found = new Map<string, Holder>();
    const seen = new Set([device, ...skipped].map(({ name }) => name));
    const queue = [device];
    for (let node = queue.shift(); node && found.size < MOST_HOLDERS; node = queue.shift()) {
      for (const holder of this.direct(node)) {
        const through = node === device ? holder : { ...holder, device: node.path };
        found.set(JSON.stringify(through), through);
      }
      for (const above of this.above(node)) {
        if (seen.has(above.name)) continue;
        seen.add(above.name);
        queue.push(above);
      }
    }
    return [...found.values()].slice(0, MOST_HOLDERS);
  }

  /** Whether the running system lives on the device or, for a partition, on its disk. */
  isSystem(node: BlockNode): boolean {
    return this.system.has(this.index.wholeOf(node).name);
  }

  /** What of the running system lies on the device's disk, or on one below it: folders and swap areas. */
  systemUses(node: BlockNode): string[] {
    const uses = new Set<string>();
    const seen = new Set<string>();
    const queue = [this.index.wholeOf(node)];
    for (let whole = queue.shift(); whole; whole = queue.shift()) {
      if (seen.has(whole.name)) continue;
      seen.add(whole.name);
      for (const use of this.system.get(whole.name) ?? []) uses.add(use);
      queue.push(...whole.slaves.flatMap((name) => this.wholeNamed(name)));
    }
    return [...uses];
  }

  private wholeNamed(name: string): BlockNode[] {
    const node = this.index.byName(name);
    return node ? [this.index.wholeOf(node)] : [];
  }

  /** Devices by their paths, each once, sorted. */
  pathsOf(names: readonly string[]): string[] {
    return [...new Set(names.flatMap((name) => this.index.byName(name)?.path ?? []))].sort();
  }

  private direct(node: BlockNode): Holder[] {
    const mounts = this.mountpoints(node).map((name): Holder => ({ kind: "mount", name }));
    // What is mounted here is mounted in every service's and container's namespace too: only what nobody sees here is news.
    const elsewhere = mounts.length > 0 ? [] : (this.mountedElsewhere.get(node.name) ?? []);
    const btrfs = this.world.btrfs.find(({ devices }) => devices.includes(node.name));
    const isSilentMember = btrfs && (btrfs.devices.length > 1 || mounts.length + elsewhere.length === 0);
    return [
      ...mounts,
      ...elsewhere,
      ...(isSilentMember ? [{ kind: "btrfs_member" as const, name: btrfs.fsid }] : []),
      ...(this.onFiles.get(node.name) ?? []),
      ...node.holders.flatMap((name) => this.index.byName(name) ?? []).map(stackedHolder),
    ];
  }

  private above(node: BlockNode): BlockNode[] {
    return [
      ...this.index.partitionsOf(node.name),
      ...node.holders.flatMap((name) => this.index.byName(name) ?? []),
      ...(this.loopsOver.get(node.name) ?? []),
    ];
  }

  private noteForeignMounts(): void {
    for (const { pid, mntNs, rows } of this.world.foreign) {
      for (const row of rows) {
        for (const { name } of this.world.devices.of(row)) {
          push(this.mountedElsewhere, name, { kind: "mount", name: row.target, pid, mnt_ns: mntNs });
        }
      }
    }
  }

  /** Swap and loop devices hold the device that they are, or the one that their file lies on. */
  private noteFiles(): void {
    for (const { path } of this.world.swaps) {
      for (const { name } of this.below(path)) push(this.onFiles, name, { kind: "swap", name: path });
    }
    for (const loop of this.index.nodes) {
      if (loop.backingFile === undefined) continue;
      for (const { name } of this.below(loop.backingFile)) {
        push(this.onFiles, name, { kind: "loop", name: loop.path });
        push(this.loopsOver, name, loop);
      }
    }
  }

  /** The devices below a path: the device that it names, or those of the filesystem that it lies on. */
  private below(path: string): readonly BlockNode[] {
    const named =
      this.index.nodes.find(({ node, path: shown }) => node === path || shown === path) ??
      this.world.elsewhere.get(path);
    if (named) return [named];
    const row = this.tree.at(path);
    return row ? this.devicesUnder(row, new Set()) : [];
  }

  /** The devices of a mount, through the folders of overlays. */
  private devicesUnder(row: MountRow, seen: Set<MountRow>): readonly BlockNode[] {
    if (seen.has(row)) return [];
    seen.add(row);
    const own = this.world.devices.of(row);
    if (own.length > 0 || row.fstype !== "overlay") return own;
    return overlayFolders(row.fsOptions).flatMap((folder) => {
      const lower = this.tree.at(folder);
      return lower ? this.devicesUnder(lower, seen) : [];
    });
  }

  /** Every whole device below the system's folders and swap, down through partitions, arrays, mappings and loop files, with what lies there. */
  private systemDevices(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    const roots = new Set([...this.world.systemFolders, ...this.world.swaps.map(({ path }) => path)]);
    for (const root of roots) for (const name of this.wholesBelow(root)) push(found, name, root);
    return found;
  }

  private wholesBelow(path: string): Set<string> {
    const found = new Set<string>();
    const queue = [...this.below(path)];
    for (let node = queue.shift(); node; node = queue.shift()) {
      const whole = this.index.wholeOf(node);
      if (found.has(whole.name)) continue;
      found.add(whole.name);
      queue.push(...whole.slaves.flatMap((name) => this.index.byName(name) ?? []));
      if (whole.backingFile !== undefined) queue.push(...this.below(whole.backingFile));
    }
    return found;
  }
}

/** A container's own `/dev` has nodes of the same devices: what they stand for is told by their numbers. */
async function nodesElsewhere(
  index: BlockIndex,
  tree: MountTree,
  paths: readonly string[],
): Promise<Map<string, BlockNode>> {
  const isAsked = (path: string): boolean => {
    const row = path.startsWith("/dev/") ? undefined : tree.at(path);
    return row !== undefined && !tree.isRemote(row);
  };
  const asked = [...new Set(paths)].filter(isAsked);
  const numbers = await mapBounded(asked, (path) => blockNumberAt(path).catch(() => undefined));
  return new Map(
    asked.flatMap((path, at) => {
      const node = index.byNumber(numbers[at] ?? "");
      return node ? [[path, node] as const] : [];
    }),
  );
}

const push = <K, V>(map: Map<K, V[]>, key: K, value: V): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

function stackedHolder({ name, path }: BlockNode): Holder {
  if (name.startsWith("dm-")) return { kind: "device_mapper", name: path };
  if (name.startsWith("md")) return { kind: "md_array", name: path };
  return { kind: "unknown", name: path, reason: "another block device is stacked on it" };
}
