import { ask, isRefused } from "./btrfs-ioctl.js";
import { keysBetween, searchTree, TREES, type TreeItem } from "./btrfs-tree.js";
import { uuidIfAny, uuidText } from "./btrfs-uuid.js";

/** The id of a filesystem's top level. */
export const TOP_LEVEL = 5;
/** The first and the last that subvolumes get. */
const FIRST_ID = 256n;
const LAST_ID = 0xffff_ffff_ffff_ff00n;
/** The object that names the default subvolume in the root tree. */
const ROOT_FOLDER = 6n;
const ITEM = { folderEntry: 84, root: 132, backReference: 144 } as const;
/** The inode of a subvolume's own root folder. */
export const ROOT_INODE = 256;

/** A subvolume as the root tree has it. */
export interface SubvolumeRecord {
  readonly id: number;
  /** The subvolume whose tree holds its folder. */
  readonly parentId: number;
  /** From the top level, without a leading slash; one character a byte, since a name may hold any. */
  readonly path: string;
  readonly generation: bigint;
  readonly originGeneration: bigint;
  readonly uuid: string;
  readonly parentUuid?: string;
  readonly receivedUuid?: string;
  readonly createdAt?: string;
  readonly isReadOnly: boolean;
  readonly isDefault: boolean;
}

type Root = Omit<SubvolumeRecord, "id" | "parentId" | "path" | "isDefault"> & { readonly references: number };

interface Link {
  readonly parentId: number;
  readonly folder: bigint;
  readonly name: string;
}

/** Every subvolume by id, the top level first; not those that are deleted and not cleaned up yet. Needs CAP_SYS_ADMIN. */
export async function listSubvolumes(fd: number): Promise<SubvolumeRecord[]> {
  const roots = new Map<number, Root>();
  const links = new Map<number, Link>();
  for await (const batch of searchTree(
    fd,
    TREES.root,
    ...keysBetween(BigInt(TOP_LEVEL), ITEM.root, LAST_ID, ITEM.backReference),
  )) {
    for (const item of batch) {
      const id = Number(item.objectid);
      // Between the top level and the first subvolume stand btrfs's own trees.
      if (item.objectid < FIRST_ID && id !== TOP_LEVEL) continue;
      if (item.type === ITEM.root) roots.set(id, parseRoot(item.data));
      else if (item.type === ITEM.backReference) links.set(id, parseLink(item));
    }
  }
  const defaultId = await readDefault(fd);
  const paths = new Paths(fd, links);
  const found: SubvolumeRecord[] = [];
  for (const [id, { references, ...root }] of roots) {
    const path = references === 0 ? undefined : await paths.of(id);
    if (path === undefined) continue;
    found.push({ id, parentId: links.get(id)?.parentId ?? TOP_LEVEL, path, ...root, isDefault: id === defaultId });
  }
  return found.sort((a, b) => a.id - b.id);
}

const READ_ONLY = 1n;
/** `struct btrfs_root_item`: releases before 3.10 wrote it without what follows the legacy part. */
const LEGACY_ROOT = 239;
const NO_UUID = "00000000-0000-0000-0000-000000000000";

function parseRoot(data: Buffer): Root {
  const generation = data.readBigUInt64LE(160);
  const plain = {
    generation,
    references: data.readUInt32LE(216),
    isReadOnly: (data.readBigUInt64LE(208) & READ_ONLY) !== 0n,
  };
  // A kernel that knew only the legacy part left the rest stale, and its own generation different.
  if (data.length < LEGACY_ROOT + 200 || data.readBigUInt64LE(LEGACY_ROOT) !== generation) {
    return { ...plain, originGeneration: 0n, uuid: NO_UUID };
  }
  const [parentUuid, receivedUuid] = [uuidIfAny(data.subarray(263)), uuidIfAny(data.subarray(279))];
  const createdAt = timestamp(data.readBigUInt64LE(339), data.readUInt32LE(347));
  return {
    ...plain,
    originGeneration: data.readBigUInt64LE(303),
    uuid: uuidText(data.subarray(247)),
    ...(parentUuid !== undefined && { parentUuid }),
    ...(receivedUuid !== undefined && { receivedUuid }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

/** The last second that a date can have here. */
const LAST_SECOND = 253_402_300_799n;

function timestamp(seconds: bigint, nanoseconds: number): string | undefined {
  if (seconds === 0n || seconds > LAST_SECOND) return undefined;
  return new Date(Number(seconds) * 1000 + Math.floor(nanoseconds / 1e6)).toISOString();
}

/** `struct btrfs_root_ref`: folder, sequence, the name's length, the name. */
function parseLink({ offset, data }: TreeItem): Link {
  const length = data.readUInt16LE(16);
  return {
    parentId: Number(offset),
    folder: data.readBigUInt64LE(0),
    name: data.toString("latin1", 18, 18 + length),
  };
}

/** The subvolume that is mounted where none is named. */
async function readDefault(fd: number): Promise<number> {
  for await (const batch of searchTree(
    fd,
    TREES.root,
    ...keysBetween(ROOT_FOLDER, ITEM.folderEntry, ROOT_FOLDER, ITEM.folderEntry),
  )) {
    for (const { type, data } of batch) {
      const nameLength = data.readUInt16LE(27);
      const isDefault = type === ITEM.folderEntry && data.toString("latin1", 30, 30 + nameLength) === "default";
      if (isDefault) return Number(data.readBigUInt64LE(0));
    }
  }
  return TOP_LEVEL;
}

/** Paths of subvolumes; each folder that holds some is looked up once. */
class Paths {
  private readonly folders = new Map<string, string>();
  private readonly known = new Map<number, string | undefined>([[TOP_LEVEL, ""]]);

  constructor(
    private readonly fd: number,
    private readonly links: ReadonlyMap<number, Link>,
  ) {}

  /** Undefined for one that hangs on nothing, as it does while it is being deleted. */
  async of(id: number): Promise<string | undefined> {
    const chain: number[] = [];
    for (let at = id; !this.known.has(at); at = this.links.get(at)?.parentId ?? TOP_LEVEL) {
      // No healthy tree goes round in circles.
      if (!this.links.has(at) || chain.includes(at)) return undefined;
      chain.push(at);
    }
    for (const at of chain.reverse()) this.known.set(at, await this.below(at));
    return this.known.get(id);
  }

  private async below(id: number): Promise<string | undefined> {
    const link = this.links.get(id);
    const parent = link && this.known.get(link.parentId);
    if (!link || parent === undefined) return undefined;
    const folder = await this.folder(link);
    return folder === undefined ? undefined : `${parent === "" ? "" : `${parent}/`}${folder}${link.name}`;
  }

  /** The folder within its subvolume, with a slash at its end; empty for the subvolume's own. */
  private async folder({ parentId, folder }: Link): Promise<string | undefined> {
    if (folder === BigInt(ROOT_INODE)) return "";
    const key = `${parentId} ${folder}`;
    const known = this.folders.get(key) ?? (await lookUpFolder(this.fd, parentId, folder));
    if (known !== undefined) this.folders.set(key, known);
    return known;
  }
}

/** `struct btrfs_ioctl_ino_lookup_args`. */
async function lookUpFolder(fd: number, tree: number, inode: bigint): Promise<string | undefined> {
  const argument = Buffer.alloc(4096);
  argument.writeBigUInt64LE(BigInt(tree), 0);
  argument.writeBigUInt64LE(inode, 8);
  try {
    await ask(fd, "inodeLookup", argument);
  } catch (error) {
    // It went away between the two looks.
    if (isRefused(error, "ENOENT")) return undefined;
    throw error;
  }
  return argument.toString("latin1", 16, argument.indexOf(0, 16));
}
