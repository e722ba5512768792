import type { VolMdHandlers } from "../../../generated/handlers.gen.js";
import type { MdArray, MdArrayDetail, MdMember, MdSync } from "../../../generated/types.gen.js";
import type { BlockNode } from "../../kernel/block.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { mapBounded } from "../../kernel/bounded.js";
import { readReadOnly } from "../../kernel/disk.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import { type DeviceIdentity, present } from "../../kernel/identity.js";
import { isMdArray, type MdDevice, type MdState, readMdLinks, readMdState } from "../../kernel/md-sysfs.js";
import { type MdadmMember, readDetail, readMember } from "../../kernel/mdadm-reads.js";
import { rpcError } from "../../rpc/errors.js";
import { InUse } from "./in-use.js";
import { namedDevice } from "./named-device.js";
import { exact } from "./space.js";

export interface MdDeps {
  readonly files: Files;
  readonly identities: Identities;
  /** The daemon's state folder: its disks count as the system's. */
  readonly stateDir?: string;
}

/** The reads of the `vol.md` topic. */
export const mdReads = (deps: MdDeps): Pick<VolMdHandlers, "vol.list_md_arrays" | "vol.md_detail"> => ({
  async "vol.list_md_arrays"(_, { signal }) {
    const index = await BlockIndex.read(deps.files);
    const arrays = index.nodes.filter(isMdArray);
    if (arrays.length === 0) return [];
    const inUse = await InUse.read(deps.files, index, deps.stateDir);
    return mdArrays(deps, inUse, arrays, signal);
  },

  async "vol.md_detail"({ array }, { signal }) {
    const index = await BlockIndex.read(deps.files);
    const node = await namedDevice(index, array, "array");
    if (!isMdArray(node)) {
      const reason = "it is no MD array";
      throw rpcError("invalid_argument", { field: "array", reason }, `array ${array}: ${reason}`);
    }
    return mdDetail(deps, await InUse.read(deps.files, index, deps.stateDir), node, signal);
  },
});

/** Arrays as sysfs has them, with their names from their members' superblocks. */
export async function mdArrays(
  { files, identities }: MdDeps,
  inUse: InUse,
  arrays: readonly BlockNode[],
  signal?: AbortSignal,
): Promise<MdArray[]> {
  const [links, states] = await Promise.all([
    readMdLinks(files),
    mapBounded(arrays, async (node) => ({ node, state: await readMdState(files, node) })),
  ]);
  const members = new Set(
    states.flatMap(({ state }) => state.devices.flatMap(({ name }) => inUse.index.byName(name) ?? [])),
  );
  const known = await identities.of([...members], { ...(signal && { signal }) });
  return mapBounded(states, async ({ node, state }) => {
    const isReadOnly = await readReadOnly(files, node.name);
    return shape(node, state, { inUse, known, links: links.get(node.name) ?? [], isReadOnly });
  });
}

async function mdDetail(deps: MdDeps, inUse: InUse, node: BlockNode, signal: AbortSignal): Promise<MdArrayDetail> {
  const reason = deps.files.live
    ? "a daemon without root cannot read superblocks; vol.list_md_arrays answers what sysfs says"
    : "a recorded machine's superblocks cannot be read";
  if (!deps.files.live || process.getuid?.() !== 0) throw rpcError("unsupported", { reason, mode: "native" }, reason);
  const [[array], state, detail] = await Promise.all([
    mdArrays(deps, inUse, [node], signal),
    readMdState(deps.files, node),
    readDetail(node.node),
  ]);
  if (array === undefined) throw new Error(`${node.name} is gone`);
  const told = new Map<string, MdadmMember>();
  for (const { path } of array.members) {
    const member = path === undefined ? undefined : await inUse.index.at(path);
    if (member && member !== "other" && path !== undefined) told.set(path, await readMember(member.node));
  }
  const members = array.members.map((member): MdMember => {
    const { events, deviceUuid } = told.get(member.path ?? "") ?? {};
    return { ...member, ...present({ event_count: whole(events), device_uuid: deviceUuid }) };
  });
  const active = array.members.find(({ role }) => role === "active");
  const newest =
    [...told.values()]
      .flatMap(({ events }) => events ?? [])
      .sort(ascending)
      .at(-1) ?? 0n;
  return {
    ...array,
    members,
    events: exact(detail.events ?? newest),
    ...present({
      layout: detail.layout,
      created_at: detail.createdAt,
      updated_at: detail.updatedAt,
      working_devices: detail.workingDevices,
      total_devices: detail.totalDevices,
      bitmap_chunk_bytes: whole(state.bitmapChunkBytes),
      data_offset_bytes: whole(told.get(active?.path ?? "")?.dataOffsetBytes),
    }),
  };
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : 1);

const whole = (value: bigint | undefined): number | bigint | undefined =>
  value === undefined ? undefined : exact(value);

interface Surroundings {
  readonly inUse: InUse;
  readonly known: ReadonlyMap<string, DeviceIdentity>;
  readonly links: readonly string[];
  readonly isReadOnly: boolean;
}

function shape(node: BlockNode, state: MdState, { inUse, known, links, isReadOnly }: Surroundings): MdArray {
  const members = membersOf(state, inUse);
  const count = (role: MdMember["role"]) => members.filter((member) => member.role === role).length;
  const isInactive = state.arrayState === "inactive" || state.arrayState === "clear";
  return {
    path: node.path,
    name: node.name,
    maj_min: node.majMin,
    ...nameOf(state, known),
    links: [...links].sort(),
    level: state.level,
    metadata: state.metadata,
    array_state: state.arrayState,
    read_only: isReadOnly || state.arrayState === "readonly",
    size_bytes: isInactive ? 0 : exact(node.sizeBytes),
    ...present({
      component_size_bytes: whole(state.componentBytes),
      chunk_size_bytes: whole(state.chunkBytes),
      sync_completed: syncOf(state),
      mismatch_cnt: whole(state.mismatches),
      consistency_policy: state.consistencyPolicy,
    }),
    raid_devices: state.raidDevices,
    active_devices: count("active"),
    failed_devices: count("faulty"),
    spare_devices: count("spare") + count("rebuilding"),
    degraded: !isInactive && filledSlots(members) < state.raidDevices,
    sync_action: state.syncAction,
    bitmap: state.bitmap,
    members,
    mountpoints: inUse.mountpoints(node),
    in_use_by: inUse.holders(node),
    is_root_disk: inUse.isSystem(node),
  };
}

/** A replacement and what it replaces share a slot. */
const filledSlots = (members: readonly MdMember[]): number =>
  new Set(members.flatMap(({ role, slot }) => (role === "active" ? (slot ?? []) : []))).size;

function membersOf({ devices, raidDevices, arrayState }: MdState, inUse: InUse): MdMember[] {
  const held = devices.map((device) => member(device, inUse));
  const taken = new Set(held.map(({ slot }) => slot));
  const slots = arrayState === "inactive" ? [] : Array.from({ length: raidDevices }, (_, slot) => slot);
  const missing = slots
    .filter((slot) => !taken.has(slot))
    .map((slot): MdMember => ({ role: "missing", slot, state: [] }));
  const place = ({ slot = Number.MAX_SAFE_INTEGER }: MdMember) => slot;
  return [...held, ...missing].sort((a, b) => place(a) - place(b) || ((a.path ?? "") < (b.path ?? "") ? -1 : 1));
}

function member({ name, state, slot, errors }: MdDevice, inUse: InUse): MdMember {
  return {
    path: inUse.index.byName(name)?.path ?? `/dev/${name}`,
    role: roleOf(state, slot),
    state: [...state],
    ...present({ slot, errors: whole(errors) }),
  };
}

function roleOf(state: readonly string[], slot: number | undefined): MdMember["role"] {
  if (state.includes("faulty")) return "faulty";
  if (state.includes("journal")) return "journal";
  if (state.includes("in_sync")) return "active";
  return slot === undefined ? "spare" : "rebuilding";
}

function syncOf({ progress }: MdState): MdSync | undefined {
  if (progress === undefined) return undefined;
  if (progress === "delayed") return { done_bytes: 0, total_bytes: 0, percent: 0, delayed: true };
  const { doneBytes, totalBytes, bytesPerSecond } = progress;
  const percent = totalBytes === 0n ? 0 : Number((doneBytes * 10_000n) / totalBytes) / 100;
  const left = totalBytes > doneBytes ? totalBytes - doneBytes : 0n;
  return {
    done_bytes: exact(doneBytes),
    total_bytes: exact(totalBytes),
    percent: Math.min(100, percent),
    ...present({
      speed_bytes_per_second: whole(bytesPerSecond),
      eta_seconds: bytesPerSecond === undefined ? undefined : Number(left / bytesPerSecond),
    }),
    delayed: false,
  };
}

/** Every member's superblock carries the array's name, `host:name` or without a host, and its UUID. */
function nameOf(
  { devices, uuid }: MdState,
  known: ReadonlyMap<string, DeviceIdentity>,
): Pick<MdArray, "array_name" | "homehost" | "uuid"> {
  const told = devices
    .flatMap(({ name }) => known.get(name) ?? [])
    .find(({ fstype }) => fstype === "linux_raid_member");
  if (told === undefined) return present({ uuid });
  const [, host, name] = /^(?:([^:]*):)?([\s\S]+)$/.exec(told.label ?? "") ?? [];
  return present({ array_name: name, homehost: host, uuid: told.uuid ?? uuid });
}
