import type { VolMountsHandlers } from "../../../generated/handlers.gen.js";
import type { Mount, VolListMountsParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import { mapInSlices } from "../../kernel/slices.js";
import type { Registry } from "../../state/registry.js";
import type { Managed } from "../managed.js";
import type { InUse } from "./in-use.js";
import { MountDevices } from "./mount-devices.js";
import { mountShape } from "./mount-shape.js";
import { readUsages } from "./mount-usage.js";
import { addMount } from "./mounts-add.js";
import { isMountEntry, type MountEntry } from "./mounts-entry.js";
import { type MountParts, managedMounts } from "./mounts-kept.js";
import { removeMount } from "./mounts-remove.js";
import { ManagedMounts } from "./mounts-restore.js";

export type MountsDeps = Omit<MountParts, "registry">;

/** The `vol.mounts` topic with the registry of the mounts that the daemon owns. */
export interface Mounts {
  readonly handlers: VolMountsHandlers;
  readonly managed: Managed;
  readonly registry: Registry<MountEntry>;
}

/** The table is what is asked for; what is on the devices is an extra. */
const PROBE_PATIENCE_MS = 3000;

const NOT_ASKED = { usage_skipped: "not_asked" } as const;

/** The daemon's own mount table, enriched, and what is mounted by it. */
export function mounts(deps: MountsDeps): Mounts {
  const looks = new SharedLooks<Mount[]>();
  const parts: MountParts = { ...deps, registry: deps.state.registry("mounts", isMountEntry) };
  return {
    handlers: {
      "vol.list_mounts": (params, { signal }) =>
        looks.of(JSON.stringify(params), signal, (shared) => listMounts(parts, params, shared)),
      "vol.mount": (params) => addMount(parts, params),
      "vol.unmount": (params) => removeMount(parts, params),
    },
    managed: new ManagedMounts(parts),
    registry: parts.registry,
  };
}

async function listMounts(
  { files, identities, space, registry }: MountParts,
  params: VolListMountsParams,
  signal: AbortSignal,
): Promise<Mount[]> {
  const { source, managed, usage = true } = params;
  const table = await readMountinfo(files);
  const rows = table.filter((row) => isWanted(row, params));
  const { index, devices } = await MountDevices.read(files, rows);
  const nodes = new Set(rows.flatMap((row) => devices.of(row)));
  const known = await identities.of([...nodes], { signal, patienceMs: PROBE_PATIENCE_MS });
  const isFrom = source === undefined ? () => true : await sourceFilter(source, index, known);
  const tree = new MountTree(table);
  const isManaged = managedMounts(registry, tree, devices, known);
  const found = rows.filter(
    (row) => isFrom(row, devices.of(row)) && (managed === undefined || managed === isManaged(row)),
  );
  const usages = usage && files.live ? await readUsages(found, tree, space) : undefined;
  const shape = mountShape(devices, known, isManaged);
  return mapInSlices(found, (row): Mount => ({ ...shape(row), ...(usages?.get(row) ?? NOT_ASKED) }));
}

/** The mounts of a look, as `vol.list_mounts` answers them without parameters. */
export async function mountsIn(
  { files, space, registry }: Pick<MountParts, "files" | "space" | "registry">,
  { inUse, known }: { readonly inUse: InUse; readonly known: ReadonlyMap<string, DeviceIdentity> },
): Promise<Mount[]> {
  const { mounts: tree } = inUse;
  const devices = { of: (row: MountRow) => inUse.devicesOf(row) };
  const usages = files.live ? await readUsages(tree.rows, tree, space) : undefined;
  const shape = mountShape(devices, known, managedMounts(registry, tree, devices, known));
  return mapInSlices(tree.rows, (row): Mount => ({ ...shape(row), ...(usages?.get(row) ?? NOT_ASKED) }));
}

/** The filters that the table alone can decide. */
const isWanted = (row: MountRow, { target, fstype }: VolListMountsParams): boolean =>
  (target === undefined || row.target === target) && (fstype === undefined || row.fstype === fstype);

type IsFrom = (row: MountRow, on: readonly BlockNode[]) => boolean;

/** Decides `source`: a tag of the device, a device by any of its names, or the exact text. */
async function sourceFilter(
  source: string,
  index: BlockIndex,
  known: ReadonlyMap<string, DeviceIdentity>,
): Promise<IsFrom> {
  const [, tag, value] = /^(UUID|LABEL|PARTUUID|PARTLABEL)=([\s\S]*)$/.exec(source) ?? [];
  const device = source.startsWith("/dev/") ? await index.at(source) : undefined;
  return (row, on) =>
    row.source === source ||
    on.some(
      (node) =>
        node === device || (tag !== undefined && tagOf(known.get(node.name), tag) === comparable(tag, value ?? "")),
    );
}

/** UUIDs are the same in either case, labels are not. */
const comparable = (tag: string, value: string): string => (tag.endsWith("UUID") ? value.toLowerCase() : value);

function tagOf(identity: DeviceIdentity | undefined, tag: string): string | undefined {
  const values = new Map([
    ["UUID", identity?.uuid],
    ["LABEL", identity?.label],
    ["PARTUUID", identity?.entry?.uuid],
    ["PARTLABEL", identity?.entry?.label],
  ]);
  const value = values.get(tag);
  return value === undefined ? undefined : comparable(tag, value);
}
