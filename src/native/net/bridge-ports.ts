import type {
  NetBridgeAddPortParams,
  NetBridgeAddPortResult,
  NetBridgeRemovePortParams,
  NetBridgeRemovePortResult,
  Warning,
} from "../../../generated/types.gen.js";
import type { KernelLink } from "../../kernel/net-model.js";
import { tapHolders } from "../../kernel/tun.js";
import type { CallContext } from "../../rpc/context.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { notOurs } from "./bridge-add.js";
import { requireBridge } from "./bridge-connect.js";
import { removePair } from "./bridge-delete.js";
import { wayAround } from "./bridge-loops.js";
import { bridgeValues, linkNamed } from "./bridge-make.js";
import { type Burden, burdenOf, Migration } from "./bridge-migrate.js";
import { bridgeOf, CONNECT_ALIAS, portOf } from "./bridge-shape.js";
import { pathsByPort, pathsOver, protectedPaths, usedBy } from "./caller-path.js";
import { connectionOf, endsOf, type Pair, pairAt } from "./connection-make.js";
import { type BridgesEntry, connectionKey, type PortEntry, portKey } from "./link-entries.js";
import { changeLinks, isBridge, isOurPort, isTap, isUp, type LinkDeps, Links } from "./link-state.js";
import { enterTap, forgetElsewhere, forgetPort, rememberPort, settleTap } from "./port-entries.js";
import { asked, invalidArgument, notFound } from "./refusals.js";
import { routeText } from "./route-compare.js";

const MAX_OBJECTS = 64;

/** `net.bridge.add_port`. */
export const addPort = (
  deps: LinkDeps,
  params: NetBridgeAddPortParams,
  context: CallContext,
): Promise<NetBridgeAddPortResult> =>
  changeLinks(deps, async (steps) => {
    const before = await Links.look(deps);
    const bridge = requireBridge("bridge", params.bridge, before);
    const link = before.get(params.interface);
    if (!link) throw notFound("interface", params.interface);
    const { persist = true, migrate = false } = params;
    const there = link.master === bridge.ifname;
    // Somebody made it a port and left on it what only the bridge can use.
    const isBurdened = there && migrate && isCarrying(await burdenOf(deps, link));
    if (!there) await guardAdding(deps, params, link, bridge, before, context);
    const made =
      there && !isBurdened
        ? { changed: await rememberPort(deps, params, steps) }
        : await makePort(deps, params, link, bridge, steps, before);
    const links = await Links.look(deps);
    const now = links.get(link.ifname) ?? (await linkNamed(deps, link.ifname));
    return {
      ...made,
      warnings: warningsFor(persist, bridge, links.get(bridge.ifname) ?? bridge, now),
      bridge: bridge.ifname,
      port: portOf(now, links, isOurPort(deps)),
      persisted: persist,
    };
  });

const isCarrying = ({ addresses, routes }: Burden): boolean => addresses.length + routes.length > 0;

async function guardAdding(
  deps: LinkDeps,
  { migrate = false, force = false }: NetBridgeAddPortParams,
  link: KernelLink,
  bridge: KernelLink,
  links: Links,
  context: CallContext,
): Promise<void> {
  refuseKind(link, links);
  refuseLoop(link, bridge, links);
  if (force) return;
  const { ifname, master } = link;
  if (!migrate) {
    const used = pathsOver(ifname, await protectedPaths(deps, context), links);
    if (used.length > 0) throw usedBy("interface", ifname, used);
  }
  if (master !== undefined) {
    const details = { expected: "an interface without a master", actual: `${ifname} belongs to ${master}` };
    const remedy = "force: true";
    throw rpcError("conflict", { ...details, objects: [master], remedy }, `${details.actual}; ${remedy} moves it`);
  }
  const { addresses, routes } = await burdenOf(deps, link);
  const objects = [...addresses, ...routes.map(({ route }) => routeText(route))];
  if (migrate || objects.length === 0) return;
  const details = { expected: "an interface without addresses and routes", actual: `${ifname} has ${objects.length}` };
  throw rpcError(
    "conflict",
    { ...details, objects: objects.slice(0, MAX_OBJECTS), remedy: "migrate: true" },
    `${ifname} carries ${objects.slice(0, 5).join(", ")}, which a port cannot use; migrate: true moves them to the bridge, force: true leaves them`,
  );
}

/** What can be no port, whatever is forced. */
function refuseKind(link: KernelLink, links: Links): void {
  const refuse = (reason: string) => invalidArgument("interface", reason);
  if (link.link_type === "loopback") throw refuse("the loopback interface can be no port");
  if (isBridge(link)) throw refuse(`${link.ifname} is a bridge: net.bridge.connect connects two`);
  if (link.link_type !== "ether") throw refuse(`${link.ifname} is no Ethernet link, but ${link.link_type}`);
  if (link.ifalias === CONNECT_ALIAS) throw refuse(`${link.ifname} is an end of a connection between two bridges`);
  const above = links.all.find(
    (one) => one.link === link.ifname && /^(macvlan|macvtap|ipvlan|ipvtap)$/.test(one.linkinfo?.info_kind ?? ""),
  );
  if (above) throw refuse(`${link.ifname} carries ${above.ifname}, a ${above.linkinfo?.info_kind}, and cannot do both`);
}

/** A second way into the bridge would let frames circle without end, whatever is forced. */
function refuseLoop(link: KernelLink, bridge: KernelLink, links: Links): void {
  const path = wayAround(link, bridge, links);
  if (!path) return;
  const actual = `it reaches the bridge already: ${path.join(" - ")}`;
  throw rpcError(
    "conflict",
    {
      expected: "an interface without a path to the bridge",
      actual,
      objects: path.slice(0, MAX_OBJECTS),
      remedy: "stp on the bridge",
    },
    `${link.ifname} and ${bridge.ifname} would form a loop: ${actual}`,
  );
}

async function makePort(
  deps: LinkDeps,
  params: NetBridgeAddPortParams,
  link: KernelLink,
  bridge: KernelLink,
  steps: Steps,
  links: Links,
): Promise<Pick<NetBridgeAddPortResult, "changed" | "migrated">> {
  const { migrate = false, persist = true } = params;
  const { ifname } = link;
  const entry: PortEntry = { kind: "bridge_port", bridge: bridge.ifname, interface: ifname, migrate, persist };
  const key = portKey(bridge.ifname, ifname);
  const before = deps.bridges.get(key);
  const tap = deps.taps.get(ifname);
  if (tap) await enterTap(deps, tap, bridge.ifname, steps);
  else {
    await steps.do(
      "enter the port",
      () => deps.bridges.put(key, { ...entry, phase: "adding" }),
      () => deps.bridges.restore(key, before),
    );
  }
  await forgetElsewhere(deps, bridge.ifname, ifname, steps);
  const migration = migrate ? new Migration(deps, link, bridge, steps) : undefined;
  await migration?.takeAddress();
  const old = link.master === undefined ? 0 : (links.get(link.master)?.ifindex ?? 0);
  await steps.do(
    "make it a port",
    () => asked("interface", () => deps.writer.changeLink(link.ifindex, { master: bridge.ifindex, up: true })),
    () => deps.writer.changeLink(link.ifindex, { master: old, up: isUp(link) }),
  );
  const migrated = await migration?.moveRest();
  await steps.do("settle the port", () => (tap ? settleTap(deps, ifname) : deps.bridges.put(key, entry)));
  return { changed: true, ...(migrated && { migrated }) };
}

function warningsFor(persist: boolean, before: KernelLink, bridge: KernelLink, port: KernelLink): Warning[] {
  const warnings: Warning[] = [];
  if (bridge.mtu < before.mtu) {
    const message = `The bridge's MTU fell from ${before.mtu} to ${bridge.mtu}, that of its smallest port.`;
    const remedy = "give the bridge an MTU of its own";
    warnings.push({ kind: "mtu_lowered", message, object: bridge.ifname, remedy });
  }
  const { stp, forward_delay_seconds } = bridgeValues(bridge);
  if (stp && port.linkinfo?.info_slave_data?.state !== "forwarding") {
    const message = `The spanning tree lets the port forward only after ${2 * forward_delay_seconds} seconds.`;
    warnings.push({ kind: "port_not_forwarding", message, object: port.ifname });
  }
  if (!isUp(bridge)) warnings.push({ kind: "interface_down", message: "The bridge is down.", object: bridge.ifname });
  if (!port.flags.includes("LOWER_UP")) {
    warnings.push({ kind: "interface_down", message: "The port has no carrier.", object: port.ifname });
  }
  if (!persist) {
    const message = "The port leaves the bridge with a restart of this node.";
    warnings.push({ kind: "not_persisted", message, field: "persist", object: port.ifname });
  }
  return warnings;
}

/** `net.bridge.remove_port`. */
export const removePort = (
  deps: LinkDeps,
  params: NetBridgeRemovePortParams,
  context: CallContext,
): Promise<NetBridgeRemovePortResult> =>
  changeLinks(deps, async (steps) => {
    const before = await Links.look(deps);
    const bridge = requireBridge("bridge", params.bridge, before);
    const link = before.get(params.interface);
    const known = deps.bridges.get(portKey(bridge.ifname, params.interface));
    if (!link && !known) throw notFound("interface", params.interface);
    const done =
      link?.master === undefined || link === undefined
        ? { changed: await forgetPort(deps, bridge.ifname, params.interface, steps) }
        : await takeOut(deps, params, link, bridge, before, known, context, steps);
    const links = await Links.look(deps);
    const now = links.get(bridge.ifname) ?? bridge;
    return { ...done, warnings: [], bridge: await bridgeOf(deps.files, now, links, isOurPort(deps)) };
  });

async function takeOut(
  deps: LinkDeps,
  { force = false }: NetBridgeRemovePortParams,
  link: KernelLink,
  bridge: KernelLink,
  links: Links,
  known: BridgesEntry | undefined,
  context: CallContext,
  steps: Steps,
): Promise<Pick<NetBridgeRemovePortResult, "changed" | "deleted_connection">> {
  if (link.master !== bridge.ifname) {
    const details = { expected: `a port of ${bridge.ifname}`, actual: `${link.ifname} is a port of ${link.master}` };
    throw rpcError("conflict", { ...details, objects: [link.master ?? ""] }, details.actual);
  }
  const pair = pairAt(link, links, deps);
  if (!force) await guardRemoving(deps, link, bridge, links, known !== undefined || pair !== undefined, context);
  if (pair) return takeApart(deps, pair, links, steps);
  const messages = await deps.writer.heldLinks();
  await steps.do(
    "take the port out",
    () => asked("interface", () => deps.writer.changeLink(link.ifindex, { master: 0 })),
    async () => {
      await deps.writer.changeLink(link.ifindex, { master: bridge.ifindex });
      const held = messages.get(link.ifindex);
      if (held) await deps.writer.putPortOptions(held);
    },
  );
  await forgetPort(deps, bridge.ifname, link.ifname, steps);
  const tap = deps.taps.get(link.ifname);
  if (tap?.bridge === bridge.ifname) {
    await steps.do(
      "the tap's entry follows",
      () => deps.taps.put(link.ifname, { ...tap, detached: true }),
      () => deps.taps.put(link.ifname, tap),
    );
  }
  return { changed: true };
}

async function guardRemoving(
  deps: LinkDeps,
  link: KernelLink,
  bridge: KernelLink,
  links: Links,
  isKnown: boolean,
  context: CallContext,
): Promise<void> {
  const { ifname } = link;
  const isOurs = isKnown || isOurPort(deps)(bridge.ifname, ifname);
  if (!isOurs) throw await notOurs(deps, "a port", link, "force: true");
  if (isTap(link)) {
    const holders = (await tapHolders(deps.files)).get(ifname) ?? [];
    if (holders.length > 0) throw tapInUse(ifname, holders);
  }
  const used = await pathsByPort(deps, bridge.ifname, ifname, await protectedPaths(deps, context), links);
  if (used.length > 0) throw usedBy("interface", ifname, used);
}

export function tapInUse(name: string, holders: readonly { pid: number; name: string }[]): Error {
  const list = holders.map((one) => `${one.name} (pid ${one.pid})`).join(", ");
  return rpcError(
    "in_use",
    { resource: "tap", name, holders: holders.slice(0, 256).map((one) => ({ kind: "process", ...one })) },
    `tap ${name} is open in ${list}; force: true goes on all the same`,
  );
}

/** An end of a connection: both links and the connection's entry go. */
async function takeApart(
  deps: LinkDeps,
  pair: Pair,
  links: Links,
  steps: Steps,
): Promise<Pick<NetBridgeRemovePortResult, "changed" | "deleted_connection">> {
  const { bridges } = deps;
  const ends = endsOf(pair, links);
  const deleted = ends && connectionOf(pair, ends, links, deps);
  await removePair(deps, pair, links, steps);
  const key = connectionKey(pair.a, pair.b);
  const entry = bridges.get(key);
  if (entry) {
    await steps.do(
      `forget ${key}`,
      () => bridges.remove(key),
      () => bridges.put(key, entry),
    );
  }
  return { changed: true, ...(deleted && { deleted_connection: deleted }) };
}
