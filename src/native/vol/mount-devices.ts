import { type BlockNode, readBlockNode, readBlockNodeByNumber } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { type BtrfsInstance, listBtrfs } from "../../kernel/btrfs-sysfs.js";
import type { Files } from "../../kernel/files.js";
import type { MountRow } from "../../kernel/mountinfo.js";

/** Filesystems with no device number of their own that name their devices as the source, several joined by colons. */
const sourcesOf = ({ majMin, source }: MountRow): string[] =>
  majMin.startsWith("0:") && source.startsWith("/dev/") ? source.split(/:(?=\/dev\/)/) : [];

/** Which block devices a mount lies on. */
export class MountDevices {
  private readonly known = new Map<string, readonly BlockNode[]>();

  private constructor(
    private readonly index: BlockIndex,
    private readonly btrfs: readonly BtrfsInstance[],
    private readonly bySource: ReadonlyMap<string, BlockNode>,
  ) {}

  /** Resolves the sources of `rows` among the devices of `index`. */
  static async resolve(
    index: BlockIndex,
    rows: readonly MountRow[],
    btrfs: readonly BtrfsInstance[],
  ): Promise<MountDevices> {
    const sources = [...new Set(rows.flatMap(sourcesOf))];
    const nodes = await mapBounded(sources, (source) => index.at(source));
    const bySource = sources.flatMap((source, at) => {
      const node = nodes[at];
      return node === undefined || node === "other" ? [] : [[source, node] as const];
    });
    return new MountDevices(index, btrfs, new Map(bySource));
  }

  /** The same, reading only the devices that `rows` can lie on instead of every one of the machine. */
  static async read(files: Files, rows: readonly MountRow[]): Promise<{ index: BlockIndex; devices: MountDevices }> {
    const numbers = [...new Set(rows.map(({ majMin }) => majMin))].filter((majMin) => !majMin.startsWith("0:"));
    const btrfs = rows.some(({ fstype }) => fstype === "btrfs") ? await listBtrfs(files) : [];
    const named = new Set(rows.flatMap(sourcesOf).map((source) => source.slice("/dev/".length).replaceAll("/", "!")));
    const members = [...new Set([...btrfs.flatMap(({ devices }) => devices), ...named])].filter(
      (name) => !name.startsWith("mapper!"),
    );
    const found = await Promise.all([
      mapBounded(numbers, (majMin) => readBlockNodeByNumber(files, majMin)),
      mapBounded(members, (name) => readBlockNode(files, name)),
    ]);
    const nodes = new Map(found.flat().flatMap((node) => (node ? [[node.name, node] as const] : [])));
    const index = new BlockIndex(files, [...nodes.values()]);
    return { index, devices: await MountDevices.resolve(index, rows, btrfs) };
  }

  /** The devices of a mount: one, all present members of a btrfs, none for virtual and remote filesystems. */
  of(row: MountRow): readonly BlockNode[] {
    // A device's own number says all; thousands of mounts share few of them.
    const key = row.majMin.startsWith("0:") ? `${row.majMin}\0${row.fstype}\0${row.source}` : row.majMin;
    const known = this.known.get(key) ?? this.find(row);
    this.known.set(key, known);
    return known;
  }

  private find(row: MountRow): readonly BlockNode[] {
    const own = row.majMin.startsWith("0:") ? undefined : this.index.byNumber(row.majMin);
    if (own) return [own];
    const sources = sourcesOf(row);
    if (sources.length === 0) return [];
    const nodes = sources.flatMap((source) => this.bySource.get(source) ?? []);
    const names = new Set(nodes.flatMap(({ name }) => this.members(name, row.fstype)));
    return [...names].flatMap((name) => this.index.byName(name) ?? []);
  }

  private members(name: string, fstype: string): readonly string[] {
    const instance = fstype === "btrfs" ? this.btrfs.find(({ devices }) => devices.includes(name)) : undefined;
    return instance?.devices ?? [name];
  }
}
