import { posix } from "node:path";
import { type BlockNode, blockNumberAt, listBlockNodes } from "./block.js";
import type { Files } from "./files.js";

/** Block devices by every way to name them. */
export class BlockIndex {
  private readonly names = new Map<string, BlockNode>();
  private readonly numbers = new Map<string, BlockNode>();
  private readonly paths = new Map<string, BlockNode>();
  private readonly partitions = new Map<string, BlockNode[]>();

  constructor(
    private readonly files: Files,
    readonly nodes: readonly BlockNode[],
  ) {
    for (const node of nodes) {
      this.names.set(node.name, node);
      this.numbers.set(node.majMin, node);
      this.paths.set(node.node, node).set(node.path, node);
      if (!node.partition) continue;
      const { disk } = node.partition;
      this.partitions.set(disk, [...(this.partitions.get(disk) ?? []), node]);
    }
  }

  /** Every device of the machine. */
  static async read(files: Files): Promise<BlockIndex> {
    return new BlockIndex(files, await listBlockNodes(files));
  }

  byName(name: string): BlockNode | undefined {
    return this.names.get(name);
  }

  byNumber(majMin: string): BlockNode | undefined {
    return this.numbers.get(majMin);
  }

  /** The partitions of a disk, by number. */
  partitionsOf(disk: string): readonly BlockNode[] {
    return (this.partitions.get(disk) ?? []).toSorted(
      (a, b) => (a.partition?.number ?? 0) - (b.partition?.number ?? 0),
    );
  }

  /** The whole device that a node is, or lies on as a partition. */
  wholeOf(node: BlockNode): BlockNode {
    return (node.partition && this.byName(node.partition.disk)) ?? node;
  }

  /**
   * The device that a path beneath `/dev` names, links followed: by the number of the node there, or by its text where
   * the node is missing (in a container) or the machine is a recorded one. `other` where something else is there.
   */
  async at(path: string): Promise<BlockNode | "other" | undefined> {
    // Whatever `..` leads to outside is no device, and may be a filesystem that never answers.
    if (!posix.normalize(path).startsWith("/dev/")) return "other";
    const number = this.files.live ? await blockNumberAt(path) : undefined;
    if (number === "other") return "other";
    if (number !== undefined) return this.byNumber(number);
    const resolved = await this.files.resolve(path).catch(() => undefined);
    return this.paths.get(resolved ?? "") ?? this.paths.get(posix.normalize(path));
  }
}
