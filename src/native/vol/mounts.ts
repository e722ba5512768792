import type { VolMountsHandlers } from "../../../generated/handlers.gen.js";
import type { Mount, MountRawBytes, VolListMountsParams } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import type { BlockIndex } from "../../kernel/block-index.js";
import { mapInSlices } from "../../kernel/bounded.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present } from "../../kernel/identity.js";
import { isReadOnly, mergeOptions, propagation, subvolume } from "../../kernel/mount-options.js";
import { MountTree } from "../../kernel/mount-tree.js";
import { type MountRow, type MountText, readMountinfo } from "../../kernel/mountinfo.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import { MountDevices } from "./mount-devices.js";
import { spaceUsage } from "./space.js";

export interface MountsDeps {
  readonly files: Files;
  readonly identities: Identities;
  readonly space: SpaceReader;
}

/** The `vol.mounts` topic, as far as it is built: the daemon's own mount table, enriched. */
export const mounts = ({ files, identities, space }: MountsDeps): Pick<VolMountsHandlers, "vol.list_mounts"> => ({
  async "vol.list_mounts"(params, { signal }) {
    const { source, usage = true } = params;
    const table = await readMountinfo(files);
    const tree = new MountTree(table);
    const rows = table.filter((row) => isWanted(row, params));
    const { index, devices } = await MountDevices.read(files, rows);
    const nodes = new Map(rows.flatMap((row) => devices.of(row)).map((node) => [node.name, node]));
    const known = await identities.of([...nodes.values()], { signal, patienceMs: 1500 });
    const isFrom = source === undefined ? () => true : await sourceFilter(source, index, known);
    const found = rows.filter((row) => isFrom(row, devices.of(row)));
    return mapInSlices(found, async (row) => ({
      ...shape(row, devices.of(row), known),
      ...(usage && files.live ? await usageOf(row, tree, space) : { usage_skipped: "not_asked" as const }),
    }));
  },
});

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

async function usageOf(
  row: MountRow,
  tree: MountTree,
  space: SpaceReader,
): Promise<Pick<Mount, "usage" | "usage_skipped">> {
  if (tree.isRemote(row)) return { usage_skipped: "remote" };
  if (!tree.isVisible(row)) return { usage_skipped: "covered" };
  const answer = await space.of(row.raw?.target ?? row.target, `${row.majMin} ${row.target}`);
  if (typeof answer === "string") return { usage_skipped: answer };
  return answer.size === 0n ? { usage_skipped: "virtual" } : { usage: spaceUsage(answer) };
}

function shape(row: MountRow, on: readonly BlockNode[], known: ReadonlyMap<string, DeviceIdentity>): Mount {
  const subvol = row.fstype === "btrfs" ? subvolume(row.fsOptions) : {};
  return {
    mount_id: row.mountId,
    parent_id: row.parentId,
    maj_min: row.majMin,
    root: row.root,
    target: row.target,
    source: row.source,
    fstype: row.fstype,
    options: mergeOptions(row.vfsOptions, row.fsOptions),
    vfs_options: row.vfsOptions,
    fs_options: row.fsOptions,
    read_only: isReadOnly(row.vfsOptions, row.fsOptions),
    propagation: propagation(row.optFields),
    opt_fields: [...row.optFields],
    ...present({ subvol: subvol.path, subvolid: subvol.id }),
    devices: on.map(({ path }) => path).sort(),
    ...identityFields(on, known),
    managed: false,
    ...(row.raw && { raw_bytes: rawBytes(row, row.raw) }),
  };
}

/** All members of a filesystem share its label and UUID; a partition's own names make sense for one only. */
function identityFields(on: readonly BlockNode[], known: ReadonlyMap<string, DeviceIdentity>): Partial<Mount> {
  const [first, ...others] = on.flatMap(({ name }) => known.get(name) ?? []);
  const entry = others.length === 0 ? first?.entry : undefined;
  return present({ label: first?.label, uuid: first?.uuid, partuuid: entry?.uuid, partlabel: entry?.label });
}

const RAW_NAMES: Readonly<Record<MountText, keyof MountRawBytes>> = {
  root: "root",
  target: "target",
  source: "source",
  vfsOptions: "vfs_options",
  fsOptions: "fs_options",
};

function rawBytes(row: MountRow, raw: NonNullable<MountRow["raw"]>): MountRawBytes {
  const exactly: MountRawBytes = {};
  for (const name of ["root", "target", "source", "vfsOptions", "fsOptions"] as const) {
    const bytes = raw[name];
    if (bytes) exactly[RAW_NAMES[name]] = bytes.toString("base64");
  }
  if (raw.vfsOptions || raw.fsOptions) {
    const bytes = (name: "vfsOptions" | "fsOptions") =>
      (raw[name] ?? Buffer.from(row[name], "utf8")).toString("latin1");
    const merged = mergeOptions(bytes("vfsOptions"), bytes("fsOptions"));
    exactly.options = Buffer.from(merged, "latin1").toString("base64");
  }
  return exactly;
}
