import { createHash } from "node:crypto";
import type { BridgeConnection, BridgeConnectionEnd } from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { pathBetween, runsStp } from "./bridge-loops.js";
import { generatedAddress, linkNamed } from "./bridge-make.js";
import { CONNECT_ALIAS, portOf } from "./bridge-shape.js";
import type { ConnectionEntry } from "./link-entries.js";
import { isBridge, isOurPort, type LinkDeps, type Links } from "./link-state.js";

/** A connection's two bridges, sorted, and the links between them. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly nearName: string;
  readonly farName: string;
}

/** The unordered pair of two bridges: its links' names follow from theirs. */
export function pairOf(one: string, other: string): Pair {
  const [a = "", b = ""] = [one, other].sort();
  const hash = createHash("sha256").update(`${a}/${b}`).digest("hex").slice(0, 10);
  return { a, b, nearName: `mv${hash}a`, farName: `mv${hash}b` };
}

/** Whether the two links are the two ends of one pair. */
const areEnds = (near: KernelLink | undefined, far: KernelLink | undefined): boolean =>
  near?.linkinfo?.info_kind === "veth" && near.link === far?.ifname && far?.link === near.ifname;

/** The pair's links, where both are there and ours; undefined where it is not made. */
export function endsOf(pair: Pair, links: Links): { near: KernelLink; far: KernelLink } | undefined {
  const [near, far] = [links.get(pair.nearName), links.get(pair.farName)];
  const isOurs = near?.ifalias === CONNECT_ALIAS && far?.ifalias === CONNECT_ALIAS;
  return near && far && isOurs && areEnds(near, far) ? { near, far } : undefined;
}

const endOf = (bridge: string, link: KernelLink, links: Links, deps: LinkDeps): BridgeConnectionEnd => ({
  bridge,
  interface: link.ifname,
  state: portOf(link, links, isOurPort(deps)).state,
});

export const connectionOf = (
  pair: Pair,
  { near, far }: { near: KernelLink; far: KernelLink },
  links: Links,
  deps: LinkDeps,
): BridgeConnection => ({
  managed: true,
  mtu: near.mtu,
  a: endOf(pair.a, near, links, deps),
  b: endOf(pair.b, far, links, deps),
});

/** The bridge at either end of a link of ours, where the link is one of a connection's. */
export function pairAt(link: KernelLink, links: Links, deps: LinkDeps): Pair | undefined {
  if (link.ifalias !== CONNECT_ALIAS) return undefined;
  const entry = [...deps.bridges.entries.values()].find(
    (one) =>
      one.kind === "connection" && [pairOf(one.a, one.b).nearName, pairOf(one.a, one.b).farName].includes(link.ifname),
  );
  if (entry?.kind === "connection") return pairOf(entry.a, entry.b);
  const across = link.link === undefined ? undefined : links.get(link.link);
  if (link.master === undefined || across?.master === undefined) return undefined;
  const pair = pairOf(link.master, across.master);
  return [pair.nearName, pair.farName].includes(link.ifname) ? pair : undefined;
}

/** Makes the pair of an entry and puts its ends into their bridges, as far as that is not done. */
export async function ensureConnection(
  deps: LinkDeps,
  entry: ConnectionEntry,
  links: Links,
): Promise<string | undefined> {
  const pair = pairOf(entry.a, entry.b);
  const [a, b] = [links.get(pair.a), links.get(pair.b)];
  if (!a || !isBridge(a)) return `there is no bridge ${pair.a}`;
  if (!b || !isBridge(b)) return `there is no bridge ${pair.b}`;
  const [near, far] = [links.get(pair.nearName), links.get(pair.farName)];
  if ((near || far) && !areEnds(near, far))
    return `${near ? pair.nearName : pair.farName} is there and is no end of a pair`;
  const isUnfinished = near?.master === undefined || far?.master === undefined;
  if (near && far && !isUnfinished) return undefined;
  const path = pathBetween(pair, links);
  if (path && !(runsStp(a) && runsStp(b))) return `the bridges reach each other already: ${path.join(", ")}`;
  if (!near) await makePair(deps, pair, entry.mtu);
  await attach(deps, pair.nearName, a);
  await attach(deps, pair.farName, b);
  return undefined;
}

export const makePair = ({ writer }: LinkDeps, { nearName, farName }: Pair, mtu: number): Promise<void> =>
  writer.addVethPair(
    { name: nearName, address: generatedAddress() },
    { name: farName, address: generatedAddress() },
    mtu,
  );

/** Marks one end, puts it into its bridge (where there is one) and sets it up, in one request. */
export async function attach(deps: LinkDeps, end: string, bridge: KernelLink | undefined): Promise<void> {
  const { ifindex } = await linkNamed(deps, end);
  await deps.writer.changeLink(ifindex, {
    alias: CONNECT_ALIAS,
    ...(bridge && { master: bridge.ifindex }),
    up: true,
  });
}
