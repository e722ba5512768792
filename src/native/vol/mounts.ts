import type { VolMountsHandlers } from "../../../generated/handlers.gen.js";
import type { Mount, VolListMountsParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { DeviceIdentity } from "../../kernel/identity.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, readMountinfo } from "../../kernel/mountinfo.js";
import { SharedLooks } from "../../kernel/shared-looks.js";
import { mapInSlices } from "../../kernel/slices.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import { MountDevices } from "./mount-devices.js";
import { mountShape } from "./mount-shape.js";
import { readUsages } from "./mount-usage.js";

export interface MountsDeps {
  readonly files: Files;
  readonly identities: Identities;
  readonly space: SpaceReader;
}

/** The table is what is asked for; what is on the devices is an extra. */
const PROBE_PATIENCE_MS = 3000;

const NOT_ASKED = { usage_skipped: "not_asked" } as const;

/** The `vol.mounts` topic, as far as it is built: the daemon's own mount table, enriched. */
export function mounts(deps: MountsDeps): Pick<VolMountsHandlers, "vol.list_mounts"> {
  const looks = new SharedLooks<Mount[]>();
  return {
    "vol.list_mounts": (params, { signal }) =>
      looks.of(JSON.stringify(params), signal, (shared) => listMounts(deps, params, shared)),
  };
}

async function listMounts(
  { files, identities, space }: MountsDeps,
  params: VolListMountsParams,
  signal: AbortSignal,
): Promise<Mount[]> {
  const { source, usage = true } = params;
  const table = await readMountinfo(files);
  const rows = table.filter((row) => isWanted(row, params));
  const { index, devices } = await MountDevices.read(files, rows);
  const nodes = new Set(rows.flatMap((row) => devices.of(row)));
  const known = await identities.of([...nodes], { signal, patienceMs: PROBE_PATIENCE_MS });
  const isFrom = source === undefined ? () => true : await sourceFilter(source, index, known);
  const found = rows.filter((row) => isFrom(row, devices.of(row)));
  const usages = usage && files.live ? await readUsages(found, new MountTree(table), space) : undefined;
  const shape = mountShape(devices, known);
  return mapInSlices(found, (row): Mount => ({ ...shape(row), ...(usages?.get(row) ?? NOT_ASKED) }));
}

/** The filters that the table alone can decide. */
const isWanted = (row: MountRow, { target, fstype, managed }: VolListMountsParams): boolean =>
  (target === undefined || row.target === target) &&
  (fstype === undefined || row.fstype === fstype) &&
  // No mount is the daemon's own before it can mount.
  managed !== true;

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
