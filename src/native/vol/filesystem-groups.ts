import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { type BtrfsSuper, readBtrfsSuper } from "../../kernel/btrfs-super.js";
import type { Files } from "../../kernel/files.js";
import type { DeviceIdentity } from "../../kernel/identity.js";

export interface FilesystemMember {
  readonly node: BlockNode;
  readonly identity: DeviceIdentity;
  /** For a btrfs whose device may be read. */
  readonly super?: BtrfsSuper;
}

/** One filesystem on block devices: a btrfs has all its members, any other one device. */
export interface FilesystemGroup {
  readonly fstype: string;
  readonly uuid?: string;
  /** By btrfs's device number, else by path; at least one. */
  readonly members: readonly [FilesystemMember, ...FilesystemMember[]];
  /** How many devices of a btrfs are not there, as far as its superblocks may be read. */
  readonly missing: number;
  /** Devices of other filesystems with the same UUID: clones. */
  readonly clones: readonly BlockNode[];
}

/** The filesystems on the devices of `index`, in the order of their first devices. */
export async function groupFilesystems(
  files: Files,
  index: BlockIndex,
  known: ReadonlyMap<string, DeviceIdentity>,
): Promise<FilesystemGroup[]> {
  const groups: FilesystemGroup[] = [];
  for (const candidates of byUuid(index, known).values()) {
    const members = await mapBounded(onTop(index, candidates), (member) => withSuper(files, member));
    const copies = apart(members);
    for (const copy of copies) {
      const clones = copies.filter((other) => other !== copy).flatMap((other) => other.map(({ node }) => node));
      groups.push(groupOf(copy, clones));
    }
  }
  const places = new Map(index.nodes.map(({ name }, at) => [name, at]));
  const placeOf = ({ members }: FilesystemGroup) => Math.min(...members.map(({ node }) => places.get(node.name) ?? 0));
  return groups.sort((a, b) => placeOf(a) - placeOf(b));
}

/** Devices by what is on them; one without a UUID has nothing in common with any other. */
function byUuid(
  index: BlockIndex,
  known: ReadonlyMap<string, DeviceIdentity>,
): ReadonlyMap<string, readonly FilesystemMember[]> {
  const found = new Map<string, FilesystemMember[]>();
  for (const node of index.nodes) {
    const identity = known.get(node.name);
    if (identity?.usage !== "filesystem" || identity.fstype === undefined) continue;
    const key = `${identity.fstype} ${identity.uuid?.toLowerCase() ?? `on ${node.name}`}`;
    found.set(key, [...(found.get(key) ?? []), { node, identity }]);
  }
  return found;
}

/** Without those that another one is stacked on: the paths below a multipath device, the device behind a loop, show the same bytes. */
function onTop(index: BlockIndex, members: readonly FilesystemMember[]): readonly FilesystemMember[] {
  if (members.length < 2) return members;
  const names = new Set(members.map(({ node }) => node.name));
  return members.filter(({ node }) => !above(index, node).some(({ name }) => names.has(name)));
}

function above(index: BlockIndex, bottom: BlockNode): BlockNode[] {
  const found: BlockNode[] = [];
  const queue = [bottom];
  for (let node = queue.shift(); node; node = queue.shift()) {
    const { holders, node: path, path: shown } = node;
    const next = [
      ...holders.flatMap((name) => index.byName(name) ?? []),
      ...index.nodes.filter(({ backingFile }) => backingFile === path || backingFile === shown),
    ].filter((one) => one !== bottom && !found.includes(one));
    found.push(...next);
    queue.push(...next);
  }
  return found;
}

async function withSuper(files: Files, member: FilesystemMember): Promise<FilesystemMember> {
  if (!files.live || member.identity.fstype !== "btrfs" || member.identity.source !== "probe") return member;
  const found = await readBtrfsSuper(member.node.node);
  return found ? { ...member, super: found } : member;
}

type Copy = [FilesystemMember, ...FilesystemMember[]];

/** The members of one btrfs have UUIDs of their own; whatever comes twice is a clone, and a filesystem of its own. */
function apart(members: readonly FilesystemMember[]): Copy[] {
  const copies: Copy[] = [];
  for (const member of members) {
    const home = copies.find(
      (copy) =>
        member.identity.fstype === "btrfs" &&
        copy.every(({ identity }) => identity.uuidSub !== member.identity.uuidSub),
    );
    if (home) home.push(member);
    else copies.push([member]);
  }
  return copies;
}

function groupOf(copy: Copy, clones: readonly BlockNode[]): FilesystemGroup {
  const [first] = copy;
  const { fstype = "", uuid } = first.identity;
  copy.sort((a, b) => (a.super?.devid ?? 0) - (b.super?.devid ?? 0));
  return { fstype, ...(uuid !== undefined && { uuid }), members: copy, missing: missingOf(copy), clones };
}

/** The newest superblock counts: a member that was away may still know of devices that have been removed. */
function missingOf(copy: Copy): number {
  const supers = copy.flatMap((member) => member.super ?? []);
  const newest = supers.reduce<BtrfsSuper | undefined>(
    (best, one) => (best === undefined || one.generation > best.generation ? one : best),
    undefined,
  );
  return newest === undefined ? 0 : Math.max(0, newest.devices - copy.length);
}
