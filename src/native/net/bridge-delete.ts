import type {
  BridgeConnection,
  Holder,
  NetBridgeDeleteParams,
  NetBridgeDeleteResult,
} from "../../../generated/types.gen.js";
import type { KernelLink, KernelRoute } from "../../kernel/net-model.js";
import type { CallContext } from "../../rpc/context.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { asEntry, notOurs } from "./bridge-add.js";
import { linkNamed } from "./bridge-make.js";
import { bridgeOf, CONNECT_ALIAS } from "./bridge-shape.js";
import { pathsByPort, pathsOver, protectedPaths, usedBy } from "./caller-path.js";
import { attach, connectionOf, endsOf, makePair, type Pair, pairAt, pairOf } from "./connection-make.js";
import { HeldBridge } from "./held-bridge.js";
import { type BridgeEntry, type BridgesEntry, bridgeKey, type RouteEntry } from "./link-entries.js";
import { changeLinks, isBridge, isOurPort, type LinkDeps, Links, linksOn } from "./link-state.js";
import { asked, invalidArgument, notFound } from "./refusals.js";
import { routeText } from "./route-compare.js";
import { devicesOf } from "./route-wanted.js";

const MAX_HOLDERS = 256;

/** `net.bridge.delete`. */
export const deleteBridge = (
  deps: LinkDeps,
  { name, force = false }: NetBridgeDeleteParams,
  context: CallContext,
): Promise<NetBridgeDeleteResult> =>
  changeLinks(deps, async (steps) => {
    const links = await Links.look(deps);
    const link = links.get(name);
    if (!link) return onlyKnown(deps, name, links, steps);
    if (!isBridge(link)) throw invalidArgument("name", `${name} is no bridge`);
    const through = await deps.net.routes({ dev: name });
    if (!force) await guard(deps, link, links, through, context);
    const routes = through.filter(({ managed }) => managed);
    const bridge = await bridgeOf(deps.files, link, links, isOurPort(deps));
    const pairs = pairsOf(link, links, deps);
    const deleted_connections = pairs.flatMap((pair): BridgeConnection[] => {
      const ends = endsOf(pair, links);
      return ends ? [connectionOf(pair, ends, links, deps)] : [];
    });
    await remove(deps, link, links, { pairs, routes }, steps);
    return { changed: true, warnings: [], bridge, deleted_connections, deleted_routes: routes };
  });

async function guard(
  deps: LinkDeps,
  link: KernelLink,
  links: Links,
  routes: readonly KernelRoute[],
  context: CallContext,
): Promise<void> {
  const { ifname: name } = link;
  if (!link.managed) throw await notOurs(deps, "a bridge", link, "force: true");
  const protectedOnes = await protectedPaths(deps, context);
  const ports = links.ports(name);
  const used = pathsOver(name, protectedOnes, links);
  for (const port of ports) used.push(...(await pathsByPort(deps, name, port.ifname, protectedOnes, links)));
  if (used.length > 0) throw usedBy("bridge", name, [...new Set(used)]);
  const holders: Holder[] = [
    ...ports.map(({ ifname }): Holder => ({ kind: "bridge_port", name: ifname })),
    ...linksOn(name, links).map(({ ifname }): Holder => ({ kind: "interface", name: ifname })),
    ...routes.filter(isSomebodys).map((route): Holder => ({ kind: "route", name: routeText(route) })),
  ].slice(0, MAX_HOLDERS);
  if (holders.length === 0) return;
  const list = holders
    .map((holder) => holder.name)
    .join(", ")
    .slice(0, 500);
  throw rpcError(
    "in_use",
    { resource: "bridge", name, holders },
    `bridge ${name} is in use by ${list}; force: true deletes it all the same`,
  );
}

/** The kernel's own routes go with addresses, or come again with the next advertisement. */
const isSomebodys = ({ protocol }: KernelRoute): boolean => protocol !== "kernel" && protocol !== "ra";

/** The connections that end at a bridge. */
const pairsOf = ({ ifname }: KernelLink, links: Links, deps: LinkDeps): Pair[] => [
  ...new Map(
    links.ports(ifname).flatMap((port) => {
      const pair = pairAt(port, links, deps);
      return pair ? [[pair.nearName, pair] as const] : [];
    }),
  ).values(),
];

/** Entries of `bridges.json` that go with a bridge. */
const entriesOf = (deps: LinkDeps, name: string): [string, BridgesEntry][] =>
  [...deps.bridges.entries].filter(([, entry]) => {
    if (entry.kind === "bridge") return entry.name === name;
    if (entry.kind === "bridge_port") return entry.bridge === name;
    return entry.a === name || entry.b === name;
  });

/** Entries of `routes.json` whose way out the bridge is, or one of their ways. */
const routeEntriesOf = (deps: LinkDeps, name: string, routes: readonly KernelRoute[]): [string, RouteEntry][] =>
  [...deps.routes.entries].filter(
    ([, entry]) =>
      devicesOf(entry).includes(name) ||
      routes.some(
        ({ dst, family, metric = 0 }) => dst === entry.dst && family === entry.family && metric === entry.metric,
      ),
  );

interface Going {
  readonly pairs: readonly Pair[];
  readonly routes: readonly KernelRoute[];
}

async function remove(deps: LinkDeps, link: KernelLink, links: Links, going: Going, steps: Steps): Promise<void> {
  const { writer, bridges, routes } = deps;
  const own = bridgeKey(link.ifname);
  const known = bridges.get(own);
  const others = entriesOf(deps, link.ifname).filter(([key]) => key !== own);
  const routeEntries = routeEntriesOf(deps, link.ifname, going.routes);
  // From here a start that finds the mark finishes the work: one mark, so that no half of it stays. A bridge that no
  // registry knows is entered for the time of its deletion.
  const entry = known?.kind === "bridge" ? known : { ...asEntry(link.ifname, link), persist: false };
  const mark: BridgeEntry = { ...entry, phase: "deleting", routes: routeEntries.map(([key]) => key) };
  await steps.do(
    "mark the bridge",
    () => bridges.put(own, mark),
    () => bridges.restore(own, known),
  );
  for (const pair of going.pairs) await removePair(deps, pair, links, steps);
  for (const held of await writer.heldRoutes({ dev: link.ifname })) {
    if (!held.route.managed) continue;
    await steps.do(
      `delete route ${routeText(held.route)}`,
      () => asked("name", () => writer.deleteRoute(held)),
      async () => {
        // By then the bridge may be one that was made again.
        const { ifindex } = await linkNamed(deps, link.ifname);
        await writer.putRoute(held, { links: new Map([[link.ifindex, ifindex]]) });
      },
    );
  }
  const held = await HeldBridge.take(deps, link, await Links.look(deps));
  await steps.do(
    "delete the bridge",
    () => asked("name", () => writer.deleteLink(link.ifindex)),
    () => held.putBack(),
  );
  for (const [key, other] of others) {
    await steps.do(
      `forget ${key}`,
      () => bridges.remove(key),
      () => bridges.put(key, other),
    );
  }
  for (const [key, other] of routeEntries) {
    await steps.do(
      `forget route ${key}`,
      () => routes.remove(key),
      () => routes.put(key, other),
    );
  }
  await steps.do(
    "forget the bridge",
    () => bridges.remove(own),
    () => bridges.put(own, mark),
  );
}

/** Finishes a deletion that its process did not live to finish. */
export async function finishDeletion(deps: LinkDeps, entry: BridgeEntry, links: Links): Promise<void> {
  const { writer, bridges, routes } = deps;
  const { name } = entry;
  for (const [key, other] of entriesOf(deps, name)) {
    if (other.kind === "bridge") continue;
    if (other.kind === "connection") {
      const { nearName, farName } = pairOf(other.a, other.b);
      const left = [links.get(nearName), links.get(farName)].find((link) => link?.ifalias === CONNECT_ALIAS);
      if (left) await writer.deleteLink(left.ifindex);
    }
    await bridges.remove(key);
  }
  const there = links.get(name);
  const isIt = there && isBridge(there) && (there.managed || there.address === entry.address);
  for (const held of isIt ? await writer.heldRoutes({ dev: name }) : []) {
    if (held.route.managed) await writer.deleteRoute(held);
  }
  if (isIt) await writer.deleteLink(there.ifindex);
  for (const key of entry.routes ?? []) await routes.remove(key);
  await bridges.remove(bridgeKey(name));
}

/** Deletes both links of a connection. */
export async function removePair(deps: LinkDeps, pair: Pair, links: Links, steps: Steps): Promise<void> {
  const left = [links.get(pair.nearName), links.get(pair.farName)].find((link) => link?.ifalias === CONNECT_ALIAS);
  if (!left) return;
  await steps.do(
    `delete the connection of ${pair.a} and ${pair.b}`,
    () => asked("interface", () => deps.writer.deleteLink(left.ifindex)),
    async () => {
      await makePair(deps, pair, left.mtu);
      for (const [bridge, end] of [
        [pair.a, pair.nearName],
        [pair.b, pair.farName],
      ] as const) {
        await attach(deps, end, (await Links.look(deps)).get(bridge));
      }
    },
  );
}

/** Somebody deleted the bridge from the kernel: it is forgotten, and that counts. */
async function onlyKnown(deps: LinkDeps, name: string, links: Links, steps: Steps): Promise<NetBridgeDeleteResult> {
  const known = deps.bridges.get(bridgeKey(name));
  if (known?.kind !== "bridge") throw notFound("bridge", name);
  // Unmarked, a start in the middle of this would make the bridge again without the rest.
  const own = bridgeKey(name);
  await steps.do(
    "mark the bridge",
    () => deps.bridges.put(own, { ...known, phase: "deleting" }),
    () => deps.bridges.put(own, known),
  );
  for (const [key, entry] of entriesOf(deps, name)) {
    if (key === own) continue;
    if (entry.kind === "connection") await removePair(deps, pairOf(entry.a, entry.b), links, steps);
    await steps.do(
      `forget ${key}`,
      () => deps.bridges.remove(key),
      () => deps.bridges.put(key, entry),
    );
  }
  await steps.do(
    "forget the bridge",
    () => deps.bridges.remove(own),
    () => deps.bridges.put(own, known),
  );
  return {
    changed: true,
    warnings: [],
    bridge: absentBridge(known),
    deleted_connections: [],
    deleted_routes: [],
  };
}

/** A bridge that only the registry knows, in the form of one that is there. */
function absentBridge(entry: Extract<BridgesEntry, { kind: "bridge" }>): NetBridgeDeleteResult["bridge"] {
  const { name, address, mtu = 1500, stp, priority = 32_768, vlan_filtering } = entry;
  const id = `${priority.toString(16).padStart(4, "0")}.${address}`;
  return {
    ifname: name,
    // It has none any more; the schema's least.
    ifindex: 1,
    address,
    mtu,
    flags: [],
    operstate: "NOTPRESENT",
    stp_state: stp,
    priority,
    bridge_id: id,
    root_id: id,
    root_port: 0,
    root_path_cost: 0,
    forward_delay_seconds: entry.forward_delay_seconds ?? 15,
    hello_time_seconds: 2,
    max_age_seconds: 20,
    ageing_time_seconds: entry.ageing_time ?? 300,
    vlan_filtering,
    ports: [],
    managed: true,
  };
}
