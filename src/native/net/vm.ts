import type { NetVmHandlers } from "../../../generated/handlers.gen.js";
import type {
  Holder,
  NetVmCreateTapParams,
  NetVmCreateTapResult,
  NetVmDeleteTapParams,
  NetVmDeleteTapResult,
  NetVmListParams,
  VmTap,
  Warning,
} from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { type TapHolder, tapHolders } from "../../kernel/tun.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { checkAddress, nameTaken, notOurs, otherValues } from "./bridge-add.js";
import { requireBridge } from "./bridge-connect.js";
import { bridgeValues, generatedAddress, linkNamed } from "./bridge-make.js";
import { tapInUse } from "./bridge-ports.js";
import { bridgeKey, type TapEntry } from "./link-entries.js";
import { changeLinks, isBridge, isTap, isUp, type LinkDeps, Links, linksOn } from "./link-state.js";
import { askKernel } from "./live.js";
import { asked, checkNewName, invalidArgument, notFound } from "./refusals.js";
import { Accounts, holdersOf, makeTap, tapDifferences, tapOf, tapValues, type WantedTap } from "./tap-make.js";

/** The `net.vm` topic: tap interfaces for virtual machines. */
export const vm = (deps: LinkDeps): NetVmHandlers => ({
  "net.vm.list": (params, { signal }) => askKernel(deps, () => listTaps(deps, params, signal)),
  "net.vm.create_tap": (params) => askKernel(deps, () => addTap(deps, params)),
  "net.vm.delete_tap": (params) => askKernel(deps, () => deleteTap(deps, params)),
});

async function listTaps(deps: LinkDeps, { bridge }: NetVmListParams, signal: AbortSignal): Promise<VmTap[]> {
  const [links, holders] = await Promise.all([Links.look(deps, signal), tapHolders(deps.files)]);
  const found = bridge === undefined ? undefined : links.get(bridge);
  if (bridge !== undefined && !(found && isBridge(found))) throw notFound("bridge", bridge);
  return [...deps.taps.entries.values()]
    .filter((entry) => bridge === undefined || entry.bridge === bridge)
    .map((entry) => tapOf(entry, links.get(entry.name), holders.get(entry.name)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const addTap = (deps: LinkDeps, params: NetVmCreateTapParams): Promise<NetVmCreateTapResult> =>
  changeLinks(deps, async (steps) => {
    const { name } = params;
    checkNewName("name", name);
    checkAddress("mac", params.mac);
    const before = await Links.look(deps);
    const bridge = requireBridge("bridge", params.bridge, before);
    const there = before.get(name);
    const changed = there ? await keep(deps, params, there, steps) : await make(deps, params, bridge, steps);
    const [links, holders] = await Promise.all([Links.look(deps), tapHolders(deps.files)]);
    const entry = deps.taps.get(name);
    if (!entry) throw notFound("tap", name);
    return {
      changed,
      warnings: warningsFor(deps, params, before, links),
      tap: tapOf(entry, links.get(name), holders.get(name)),
    };
  });

const wantedOf = ({ bridge, mtu, mac, owner_uid, owner_gid, multi_queue }: NetVmCreateTapParams): WantedTap => ({
  bridge,
  ...(mtu !== undefined && { mtu }),
  ...(mac !== undefined && { address: mac.toLowerCase() }),
  ...(owner_uid !== undefined && { owner_uid }),
  ...(owner_gid !== undefined && { owner_gid }),
  ...(multi_queue !== undefined && { multi_queue }),
});

/** The tap is there: it is as it is wanted, or that is told. Answers whether the registry changed. */
async function keep(deps: LinkDeps, params: NetVmCreateTapParams, link: KernelLink, steps: Steps): Promise<boolean> {
  const { name } = params;
  if (!isTap(link)) throw nameTaken(name);
  if (!link.managed) throw await notOurs(deps, "a tap", link);
  const values = tapValues(link, await Accounts.read(deps.files));
  const differences = tapDifferences(wantedOf(params), values);
  if (differences.length > 0) throw otherValues(`tap ${name}`, differences);
  const before = deps.taps.get(name);
  const entry = before ? asWanted(before, params) : asEntry(params, values);
  if (entry === before) return false;
  await steps.do(
    "remember the tap",
    () => deps.taps.put(name, entry),
    () => deps.taps.restore(name, before),
  );
  return true;
}

/** The entry with the wanted values, which somebody may have given the tap meanwhile; itself where it has them. */
function asWanted(entry: TapEntry, params: NetVmCreateTapParams): TapEntry {
  const wanted = wantedOf(params);
  const { detached, ...attached } = entry;
  const isOutdated = (Object.keys(wanted) as (keyof WantedTap)[]).some((field) => entry[field] !== wanted[field]);
  return detached || isOutdated ? { ...attached, ...wanted } : entry;
}

/** An entry for a tap that no registry knows. */
function asEntry({ name, bridge }: NetVmCreateTapParams, values: ReturnType<typeof tapValues>): TapEntry {
  const { owner_uid, owner_gid, bridge: _, ...rest } = values;
  return {
    ...{ name, bridge, persist: true, created_at: new Date().toISOString() },
    ...rest,
    owner_uid: typeof owner_uid === "number" ? owner_uid : 0,
    ...(typeof owner_gid === "number" && { owner_gid }),
  };
}

async function make(deps: LinkDeps, params: NetVmCreateTapParams, bridge: KernelLink, steps: Steps): Promise<boolean> {
  const { taps } = deps;
  const { name } = params;
  const before = taps.get(name);
  const entry: TapEntry = {
    ...{ name, bridge: bridge.ifname, mtu: bridge.mtu, owner_uid: 0, multi_queue: false, persist: true },
    // One that somebody deleted comes back with the address that it had.
    address: before?.address ?? generatedAddress(),
    created_at: new Date().toISOString(),
    ...wantedOf(params),
  };
  await steps.do(
    "enter the tap",
    () => taps.put(name, { ...entry, phase: "adding" }),
    () => taps.restore(name, before),
  );
  await steps.do(
    "make the tap",
    () => asked("name", () => makeTap(deps, entry, bridge)),
    async () => deps.writer.deleteLink((await linkNamed(deps, name)).ifindex),
  );
  const differences = tapDifferences(entry, tapValues(await linkNamed(deps, name), await Accounts.read(deps.files)));
  if (differences.length > 0) throw otherValues(`the new tap ${name}`, differences);
  await steps.do("settle the tap", () => taps.put(name, entry));
  return true;
}

function warningsFor(
  deps: LinkDeps,
  { name, bridge: wanted }: NetVmCreateTapParams,
  before: Links,
  links: Links,
): Warning[] {
  const [old, bridge, tap] = [before.get(wanted), links.get(wanted), links.get(name)];
  if (!bridge || !tap) return [];
  const warnings: Warning[] = [];
  if (old && bridge.mtu < old.mtu) {
    const message = `The bridge's MTU fell from ${old.mtu} to ${bridge.mtu}, that of its smallest port.`;
    warnings.push({ kind: "mtu_lowered", message, field: "mtu", object: wanted });
  }
  const { stp, forward_delay_seconds } = bridgeValues(bridge);
  if (stp && tap.linkinfo?.info_slave_data?.state !== "forwarding") {
    const message = `The spanning tree lets the tap forward only ${2 * forward_delay_seconds} seconds after it is opened.`;
    warnings.push({ kind: "port_not_forwarding", message, object: name });
  }
  if (!isUp(bridge)) warnings.push({ kind: "interface_down", message: "The bridge is down.", object: wanted });
  if (!deps.bridges.get(bridgeKey(wanted))?.persist) {
    const message = `Bridge ${wanted} is in no registry of this daemon: after a restart of the node the tap waits for it.`;
    warnings.push({ kind: "not_persisted", message, field: "bridge", object: wanted });
  }
  return warnings;
}

const deleteTap = (deps: LinkDeps, { name, force = false }: NetVmDeleteTapParams): Promise<NetVmDeleteTapResult> =>
  changeLinks(deps, async (steps) => {
    const entry = deps.taps.get(name);
    const links = await Links.look(deps);
    const link = links.get(name);
    if (!link && !entry) throw notFound("tap", name);
    const found = link ? await guardDeleting(deps, link, links, force) : [];
    await remove(deps, name, link, entry, steps);
    return {
      changed: true,
      warnings: [],
      tap: {
        name,
        managed: link?.managed ?? true,
        holders: holdersOf(found),
        ...(link?.master !== undefined && { master: link.master }),
      },
    };
  });

/** Refuses what is not to be deleted; answers who has it open where that is forced. */
async function guardDeleting(
  deps: LinkDeps,
  link: KernelLink,
  links: Links,
  force: boolean,
): Promise<readonly TapHolder[]> {
  if (!isTap(link)) throw invalidArgument("name", `${link.ifname} is no tap`);
  const found = (await tapHolders(deps.files)).get(link.ifname) ?? [];
  if (force) return found;
  if (!link.managed) throw await notOurs(deps, "a tap", link, "force: true");
  if (found.length > 0) throw tapInUse(link.ifname, found);
  const stacked = linksOn(link.ifname, links).map(({ ifname }): Holder => ({ kind: "interface", name: ifname }));
  if (stacked.length > 0) throw carriesLinks(link.ifname, stacked);
  return found;
}

function carriesLinks(name: string, holders: readonly Holder[]): Error {
  const list = holders.map((one) => one.name).join(", ");
  return rpcError(
    "in_use",
    { resource: "tap", name, holders: holders.slice(0, 256) },
    `tap ${name} carries ${list.slice(0, 500)}, which would go with it; force: true goes on all the same`,
  );
}

async function remove(
  deps: LinkDeps,
  name: string,
  link: KernelLink | undefined,
  entry: TapEntry | undefined,
  steps: Steps,
): Promise<void> {
  const { taps, writer } = deps;
  if (entry) {
    await steps.do(
      "mark the tap",
      () => taps.put(name, { ...entry, phase: "deleting" }),
      () => taps.put(name, entry),
    );
  }
  if (link) {
    await steps.do(
      "delete the tap",
      () => asked("name", () => writer.deleteLink(link.ifindex)),
      // A process that had it open is cut off all the same; another owner's tap is not ours to make.
      async () => {
        const bridge = entry && (await Links.look(deps)).get(entry.bridge);
        if (bridge) await makeTap(deps, entry, bridge);
      },
    );
  }
  if (entry) {
    await steps.do(
      "forget the tap",
      () => taps.remove(name),
      () => taps.put(name, entry),
    );
  }
}
