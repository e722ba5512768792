import type { NetBridgeAddParams, NetBridgeAddResult, Warning } from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import {
  bridgeDifferences,
  bridgeValues,
  type Difference,
  finishBridge,
  generatedAddress,
  linkNamed,
  optionsOf,
  type WantedBridge,
} from "./bridge-make.js";
import { bridgeOf } from "./bridge-shape.js";
import { type BridgeEntry, bridgeKey } from "./link-entries.js";
import { changeLinks, isBridge, isOurPort, type LinkDeps, Links } from "./link-state.js";
import { linkOwner } from "./owner-hint.js";
import { asked, checkNewName, invalidArgument } from "./refusals.js";

/** `net.bridge.add`. */
export const addBridge = (deps: LinkDeps, params: NetBridgeAddParams): Promise<NetBridgeAddResult> =>
  changeLinks(deps, async (steps) => {
    checkNewName("name", params.name);
    checkAddress("address", params.address);
    const there = (await Links.look(deps)).get(params.name);
    const changed = there ? await keep(deps, params, there, steps) : await make(deps, params, steps);
    const links = await Links.look(deps);
    const link = links.get(params.name) ?? (await linkNamed(deps, params.name));
    return {
      changed,
      warnings: warningsFor(params, link),
      bridge: await bridgeOf(deps.files, link, links, isOurPort(deps)),
      persisted: params.persist ?? true,
    };
  });

/** Refuses an Ethernet address that no station can have. */
export function checkAddress(field: string, address: string | undefined): void {
  if (address === undefined) return;
  if (/^00(:00){5}$/.test(address)) throw invalidArgument(field, "it is all zeros");
  if (Number.parseInt(address.slice(0, 2), 16) & 1) throw invalidArgument(field, "it is a multicast address");
}

const wantedOf = (params: NetBridgeAddParams): WantedBridge => {
  const { mtu, stp, vlan_filtering, up, address, forward_delay_seconds, priority, ageing_time } = params;
  return {
    ...(mtu !== undefined && { mtu }),
    ...(stp !== undefined && { stp }),
    ...(vlan_filtering !== undefined && { vlan_filtering }),
    ...(up !== undefined && { up }),
    ...(address !== undefined && { address: address.toLowerCase() }),
    ...(forward_delay_seconds !== undefined && { forward_delay_seconds }),
    ...(priority !== undefined && { priority }),
    ...(ageing_time !== undefined && { ageing_time }),
  };
};

/** The refusal where an object is there with other values. */
export function otherValues(what: string, differences: readonly Difference[], remedy?: string): Error {
  const list = (side: "expected" | "actual") => differences.map((one) => `${one.field} ${one[side]}`).join(", ");
  return rpcError(
    "conflict",
    { expected: list("expected"), actual: list("actual"), ...(remedy !== undefined && { remedy }) },
    `${what} is there with other values: wanted ${list("expected")}; it has ${list("actual")}`,
  );
}

/** The refusal where an object is not ours. */
export async function notOurs(deps: LinkDeps, what: string, link: KernelLink, remedy?: string): Promise<Error> {
  const owner_hint = await linkOwner(deps.files, link);
  const details = {
    expected: `${what} of this daemon`,
    actual: `${link.ifname}, which is not`,
    managed: false,
    owner_hint,
  };
  return rpcError(
    "conflict",
    { ...details, ...(remedy !== undefined && { remedy }) },
    `${link.ifname} is not this daemon's (owner: ${owner_hint})${remedy === undefined ? "" : `; ${remedy} goes on all the same`}`,
  );
}

export const nameTaken = (name: string): Error =>
  rpcError("already_exists", { resource: "interface", name }, `an interface of another kind has the name ${name}`);

/** The bridge is there: it is as it is wanted, or that is told. Answers whether the registry changed. */
async function keep(deps: LinkDeps, params: NetBridgeAddParams, link: KernelLink, steps: Steps): Promise<boolean> {
  if (!isBridge(link)) throw nameTaken(params.name);
  if (!link.managed) throw await notOurs(deps, "a bridge", link);
  const differences = bridgeDifferences(wantedOf(params), link);
  if (differences.length > 0) throw otherValues(`bridge ${params.name}`, differences);
  const { bridges } = deps;
  const { persist = true } = params;
  const key = bridgeKey(params.name);
  const before = bridges.get(key);
  const known = before?.kind === "bridge" ? before : asEntry(params.name, link);
  const outdated = outdatedValues(known, wantedOf(params));
  if (before?.persist === persist && outdated.length === 0) return false;
  await steps.do(
    "remember the bridge",
    () => bridges.put(key, { ...known, ...Object.fromEntries(outdated), persist }),
    () => bridges.restore(key, before),
  );
  return outdated.length > 0 || (before?.persist ?? false) !== persist;
}

/** Wanted values that the kernel has and the entry has not: somebody changed them, and a restore must not bring the old ones back. */
const outdatedValues = (entry: BridgeEntry, wanted: WantedBridge): [string, unknown][] =>
  (Object.entries(wanted) as [keyof WantedBridge, unknown][]).filter(
    ([field, value]) => entry[field] !== undefined && entry[field] !== value,
  );

/** An entry for a bridge that no registry knows. */
export function asEntry(name: string, link: KernelLink): BridgeEntry {
  const { mtu: _, ...values } = bridgeValues(link);
  return { kind: "bridge", name, persist: true, ...values };
}

async function make(deps: LinkDeps, params: NetBridgeAddParams, steps: Steps): Promise<boolean> {
  const { bridges, writer } = deps;
  const { name, persist = true } = params;
  const key = bridgeKey(name);
  const before = bridges.get(key);
  // One that somebody deleted comes back with the address that it had.
  const address = before?.kind === "bridge" ? before.address : generatedAddress();
  const entry: BridgeEntry = {
    ...{ kind: "bridge", name, address, stp: false, vlan_filtering: false, up: true, persist },
    ...wantedOf(params),
  };
  await steps.do(
    "enter the bridge",
    () => bridges.put(key, { ...entry, phase: "adding" }),
    () => bridges.restore(key, before),
  );
  await steps.do(
    "make the bridge",
    () => asked(fieldOf(params), () => writer.addBridge(name, { address: entry.address }, optionsOf(entry))),
    async () => writer.deleteLink((await linkNamed(deps, name)).ifindex),
  );
  const made = await linkNamed(deps, name);
  await steps.do("mark the bridge and set it up", () => asked("mtu", () => finishBridge(deps, entry, made)));
  const differences = bridgeDifferences(entry, await linkNamed(deps, name));
  if (differences.length > 0) throw otherValues(`the new bridge ${name}`, differences);
  await steps.do("settle the bridge", () => bridges.put(key, entry));
  return true;
}

/** What the kernel's refusal is most likely about. */
const fieldOf = ({ priority, forward_delay_seconds }: NetBridgeAddParams): string => {
  if (forward_delay_seconds !== undefined) return "forward_delay_seconds";
  return priority === undefined ? "name" : "priority";
};

function warningsFor({ persist = true }: NetBridgeAddParams, link: KernelLink): Warning[] {
  const { stp, forward_delay_seconds, up } = bridgeValues(link);
  const warnings: Warning[] = [];
  const object = link.ifname;
  if (stp) {
    const message = `A new port forwards only after ${2 * forward_delay_seconds} seconds.`;
    warnings.push({
      ...{ kind: "port_not_forwarding", message, field: "stp", object },
      ...(forward_delay_seconds > 2 && { remedy: "choose a lower forward_delay_seconds" }),
    });
  }
  if (!persist) {
    const message = "The bridge is gone after a restart of this node.";
    warnings.push({ kind: "not_persisted", message, field: "persist", object });
  }
  if (!up) warnings.push({ kind: "interface_down", message: "The bridge is down.", field: "up", object });
  return warnings;
}
