import { randomBytes } from "node:crypto";
import type { KernelLink } from "../../kernel/net-model.js";
import type { BridgeOptions } from "../../kernel/netlink/link-changes.js";
import { LINK_ALIAS_PREFIX } from "../../kernel/ownership.js";
import type { BridgeEntry } from "./link-entries.js";
import { bridgeNumber, isBridge, isUp, type LinkDeps, type Links } from "./link-state.js";
import { notFound } from "./refusals.js";

export const BRIDGE_ALIAS = `${LINK_ALIAS_PREFIX}bridge`;

/** A locally administered Ethernet address of one station. */
export function generatedAddress(): string {
  const bytes = randomBytes(6);
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** A link by its name, which was there a moment ago. */
export async function linkNamed({ net }: LinkDeps, name: string): Promise<KernelLink> {
  const [link] = await net.links({ name });
  if (!link) throw notFound("interface", name);
  return link;
}

/** What is wanted of a bridge; what is left out is not compared. */
export type WantedBridge = Partial<
  Pick<
    BridgeEntry,
    "address" | "mtu" | "stp" | "vlan_filtering" | "up" | "forward_delay_seconds" | "priority" | "ageing_time"
  >
>;

export const optionsOf = (wanted: WantedBridge): BridgeOptions => {
  const { stp, vlan_filtering, forward_delay_seconds, priority, ageing_time } = wanted;
  return {
    ...(stp !== undefined && { stp }),
    ...(vlan_filtering !== undefined && { vlan_filtering }),
    ...(forward_delay_seconds !== undefined && { forward_delay_seconds }),
    ...(priority !== undefined && { priority }),
    ...(ageing_time !== undefined && { ageing_time }),
  };
};

/** A bridge's values as the kernel has them, under the names of the parameters. */
export const bridgeValues = (link: KernelLink): Required<WantedBridge> => ({
  address: link.address ?? "",
  mtu: link.mtu,
  stp: bridgeNumber(link, "stp_state") !== 0,
  vlan_filtering: bridgeNumber(link, "vlan_filtering") !== 0,
  up: isUp(link),
  forward_delay_seconds: bridgeNumber(link, "forward_delay") / 100,
  priority: bridgeNumber(link, "priority"),
  ageing_time: bridgeNumber(link, "ageing_time") / 100,
});

export interface Difference {
  readonly field: string;
  readonly expected: string;
  readonly actual: string;
}

/** Where a bridge has other values than are wanted. */
export function bridgeDifferences(wanted: WantedBridge, link: KernelLink): Difference[] {
  const there = bridgeValues(link);
  return (Object.keys(there) as (keyof WantedBridge)[])
    .map((field) => ({ field, expected: String(wanted[field] ?? there[field]), actual: String(there[field]) }))
    .filter(({ expected, actual }) => expected.toLowerCase() !== actual);
}

/** Whether a link is the bridge of an entry: it carries our mark, or is half made by a write that ended too early. */
const isEntrys = (entry: BridgeEntry, link: KernelLink): boolean =>
  isBridge(link) && (link.ifalias === BRIDGE_ALIAS || (link.ifalias === undefined && link.address === entry.address));

/** Makes an entry's bridge if it is missing, finishes it if it is half made; answers why that cannot be. */
export async function ensureBridge(deps: LinkDeps, entry: BridgeEntry, links: Links): Promise<string | undefined> {
  const { writer } = deps;
  const there = links.get(entry.name);
  if (there && !isEntrys(entry, there)) return `an interface ${entry.name} is there that is not this daemon's bridge`;
  if (there && there.ifalias === BRIDGE_ALIAS && entry.phase === undefined) return undefined;
  const { address } = entry;
  if (!there) await writer.addBridge(entry.name, { address }, optionsOf(entry));
  const link = await linkNamed(deps, entry.name);
  if (there) {
    await writer.changeBridge(link.ifindex, optionsOf(entry));
    await writer.changeLink(link.ifindex, { address });
  }
  await finishBridge(deps, entry, link);
  return undefined;
}

/** Marks a bridge, gives it its MTU and sets it up. */
export async function finishBridge({ writer }: LinkDeps, { mtu, up }: BridgeEntry, link: KernelLink): Promise<void> {
  // An MTU that a bridge is made with, or has already, follows its ports all the same: only a change is kept.
  if (mtu !== undefined && mtu === link.mtu) await writer.changeLink(link.ifindex, { mtu: mtu - 1 });
  await writer.changeLink(link.ifindex, { alias: BRIDGE_ALIAS, up, ...(mtu !== undefined && { mtu }) });
}
