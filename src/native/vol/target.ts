import type { DeviceIdentity as DeviceMeant } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { rpcError } from "../../rpc/errors.js";
import { deviceIdentity } from "./named-device.js";

/** A device that a destructive call means. From here on nothing but the kernel's own node is used. */
export interface Target {
  /** As the caller named it. */
  readonly named: string;
  readonly node: BlockNode;
  /** The device itself, or the disk that it is a partition of. */
  readonly whole: BlockNode;
}

/** Where in the call's parameters a device stands, such as `device` or `devices[1]`. */
export type FieldOf = (at: number) => string;

/** The devices that a caller named: `not_found` where one is not there, then `invalid_argument` for what is none to write on. */
export async function namedTargets(
  files: Files,
  index: BlockIndex,
  paths: readonly string[],
  fieldOf: FieldOf,
): Promise<Target[]> {
  const found = await Promise.all(paths.map((path) => index.at(path)));
  for (const [at, node] of found.entries()) if (node === undefined) throw notFound(paths[at] ?? "");
  const targets: Target[] = [];
  for (const [at, node] of found.entries()) {
    const named = paths[at] ?? "";
    const refuse = (reason: string) => refuseTarget(fieldOf(at), named, reason);
    if (node === undefined || node === "other") throw refuse("not a block device");
    if (node.sizeBytes === 0n) throw refuse("it has no medium: its size is 0");
    if (await readReadOnly(files, node.name)) throw refuse("it is read-only");
    targets.push({ named, node, whole: index.wholeOf(node) });
  }
  refuseOverlaps(targets, fieldOf);
  return targets;
}

/** One device twice, whatever it is called, or a disk beside its own partition. */
function refuseOverlaps(targets: readonly Target[], fieldOf: FieldOf): void {
  for (const [at, { node, whole, named }] of targets.entries()) {
    for (const earlier of targets.slice(0, at)) {
      const reason =
        earlier.node.name === node.name
          ? `it is the same device as ${shown(earlier.named)}`
          : earlier.node.name === whole.name || earlier.whole.name === node.name
            ? `it overlaps ${shown(earlier.named)}: one is a partition of the other`
            : undefined;
      if (reason === undefined) continue;
      throw refuseTarget(fieldOf(at), named, reason);
    }
  }
}

/** `invalid_argument` for a device that is there and will not do. */
export const refuseTarget = (field: string, named: string, reason: string) =>
  rpcError("invalid_argument", { field, reason }, `${shown(named)}: ${reason}`);

const EXTENDED: ReadonlySet<string> = new Set(["0x5", "0xf", "0x85"]);

/** An MBR's extended partition is the chain of its logical ones, however small the kernel shows it. */
export async function refuseExtended(
  identities: Identities,
  targets: readonly Target[],
  fieldOf: FieldOf,
): Promise<void> {
  const parts = targets.filter(({ node }) => node.partition !== undefined);
  const known = parts.length > 0 ? await identities.of(parts.map(({ node }) => node)) : new Map<string, never>();
  for (const [at, { node, named }] of targets.entries()) {
    const entry = known.get(node.name)?.entry;
    if (entry?.scheme !== "dos" || !EXTENDED.has(entry.type ?? "")) continue;
    throw refuseTarget(fieldOf(at), named, "it is an extended partition, which holds the logical ones");
  }
}

const notFound = (path: string) =>
  rpcError("not_found", { resource: "device", name: shown(path) }, `there is no block device ${shown(path)}`);

/** A caller's own words in an answer, bounded. */
export const shown = (text: string): string => text.slice(0, 1000);

/** Which device was meant, for the answer: enough to recognise it again. */
export async function deviceMeant(files: Files, identities: Identities, { node, whole }: Target): Promise<DeviceMeant> {
  // The number of a partition in its table is told by a look at it.
  const known = node.partition ? (await identities.of([node])).get(node.name) : undefined;
  return deviceIdentity(files, { wholeOf: () => whole }, node, known);
}
