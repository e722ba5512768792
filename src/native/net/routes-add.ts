import type { NetRoutesAddParams, NetRoutesAddResult, Warning } from "../../../generated/types.gen.js";
import { NetlinkError } from "../../kernel/netlink/message.js";
import type { HeldRoute } from "../../kernel/netlink/rtnetlink.js";
import { managesForeignRoutes } from "../../kernel/networkd.js";
import type { CallContext } from "../../rpc/context.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { ledAway, type ProtectedPath, protectedPaths, usedBy } from "./caller-path.js";
import type { RouteEntry } from "./link-entries.js";
import { changeLinks, type LinkDeps, Links } from "./link-state.js";
import { routeOwner } from "./owner-hint.js";
import { asked, notFound } from "./refusals.js";
import { RouteComparison, routeId, routeText } from "./route-compare.js";
import { deleteOurs, isSameRoute, routeKey, routesWith } from "./route-table.js";
import { isWayDown, kernelRoute, wantedRoute } from "./route-wanted.js";

const EEXIST = 17;
const MAX_OBJECTS = 64;

/** `net.routes.add`. */
export const addRoute = (
  deps: LinkDeps,
  params: NetRoutesAddParams,
  context: CallContext,
): Promise<NetRoutesAddResult> =>
  changeLinks(deps, async (steps) => {
    const links = await Links.look(deps);
    const entry = await wantedRoute(deps.files, params, links);
    const there = await routesWith(deps, entry);
    if (there.length > 1) throw severalRoutes(there);
    const [old] = there;
    const differences = old && (await RouteComparison.make(deps.files)).differences(entry, old.route);
    if (old && differences?.length === 0) return keep(deps, entry, old, links, steps);
    if (old) await guardReplacing(deps, params, context, old, differences ?? []);
    const paths = params.force ? [] : await protectedPaths(deps, context);
    const route = await make(deps, entry, old, links, params, paths, steps);
    return {
      changed: true,
      warnings: await warningsFor(deps, entry, route, links),
      route: route.route,
      persisted: entry.persist,
    };
  });

export function severalRoutes(there: readonly HeldRoute[]): RpcError {
  const objects = there.map(({ route }) => routeText(route)).slice(0, MAX_OBJECTS);
  const actual = `${there.length} routes have it`;
  return rpcError(
    "conflict",
    { expected: "one route of this identity", actual, objects, remedy: "name gateway, dev or src too" },
    `several routes have this identity: ${objects.join("; ")}`.slice(0, 1000),
  );
}

/** The route is there as it is wanted: only what is remembered of it can change. */
async function keep(
  deps: LinkDeps,
  entry: RouteEntry,
  { route }: HeldRoute,
  links: Links,
  steps: Steps,
): Promise<NetRoutesAddResult> {
  const { routes } = deps;
  if (!route.managed) {
    const warnings = await warningsFor(deps, { ...entry, persist: false }, { route, message: Buffer.alloc(0) }, links);
    const message = `The route is another owner's (${routeOwner(route)}), who may change or delete it.`;
    return {
      changed: false,
      warnings: [{ kind: "route_managed_by_other_daemon", message, object: routeText(route) }, ...warnings],
      route,
      persisted: false,
    };
  }
  const key = routeKey(entry);
  const before = routes.get(key);
  const wasPersisted = before?.persist ?? false;
  // Somebody may have given the route the values that are wanted now: the entry must not bring the old ones back.
  const isOutdated =
    before !== undefined && (await RouteComparison.make(deps.files)).differences(before, route).length > 0;
  if (before === undefined || isOutdated || wasPersisted !== entry.persist) {
    await steps.do(
      "remember the route",
      () => routes.put(key, entry),
      () => routes.restore(key, before),
    );
  }
  return {
    changed: isOutdated || wasPersisted !== entry.persist,
    warnings: await warningsFor(deps, entry, { route, message: Buffer.alloc(0) }, links),
    route,
    persisted: entry.persist,
  };
}

/** Refuses to put a route in another one's place unless the call says so. */
async function guardReplacing(
  deps: LinkDeps,
  { replace = false, force = false }: NetRoutesAddParams,
  context: CallContext,
  { route }: HeldRoute,
  differences: readonly { field: string; expected: string; actual: string }[],
): Promise<void> {
  const expected = differences.map((one) => `${one.field} ${one.expected}`).join(", ");
  const actual = differences.map((one) => `${one.field} ${one.actual}`).join(", ");
  const foreign = route.managed ? {} : { managed: false, owner_hint: routeOwner(route) };
  if (!replace || (!route.managed && !force)) {
    const remedy = route.managed ? "replace: true" : "replace: true and force: true";
    throw rpcError(
      "conflict",
      { expected, actual, objects: [routeText(route)], ...foreign, remedy },
      `the route is there with other values: ${routeText(route)}; ${remedy} puts the new one in its place`,
    );
  }
  if (force) return;
  const used = (await protectedPaths(deps, context)).filter((path) => path.route && isSameRoute(path.route, route));
  if (used.length > 0) throw usedBy("route", routeText(route), used);
}

async function make(
  deps: LinkDeps,
  entry: RouteEntry,
  old: HeldRoute | undefined,
  links: Links,
  params: NetRoutesAddParams,
  paths: readonly ProtectedPath[],
  steps: Steps,
): Promise<HeldRoute> {
  const { routes, writer, files } = deps;
  const wanted = kernelRoute(entry, links);
  if ("absent" in wanted) throw notFound("interface", wanted.absent);
  const key = routeKey(entry);
  const before = routes.get(key);
  await steps.do(
    "enter the route",
    () => routes.put(key, { ...entry, phase: "adding" }),
    () => routes.restore(key, before),
  );
  await steps.do(
    "make the route",
    () => asked(fieldOf(params), () => writer.addRoute(wanted, old !== undefined).catch(takenMeanwhile)),
    () => (old ? writer.putRoute(old, { replace: true }) : deleteOurs(deps, entry)),
  );
  // Which route wins for an address is the kernel's to say, by all its tables and rules.
  const away = await ledAway(deps, paths);
  if (away.length > 0) throw usedBy("route", routeId(entry), away, "would lead away");
  const [made] = await routesWith(deps, entry);
  const differences = made && (await RouteComparison.make(files)).differences(entry, made.route);
  if (!made || differences === undefined || differences.length > 0) {
    const expected = routeId(entry);
    const actual = made ? routeText(made.route) : "no route";
    throw rpcError("conflict", { expected, actual }, `the kernel made another route than was asked for: ${actual}`);
  }
  await steps.do("settle the route", () => routes.put(key, entry));
  return made;
}

/** Somebody made one of the same identity since we looked. */
const takenMeanwhile = (error: unknown): never => {
  if (!(error instanceof NetlinkError && error.errno === EEXIST)) throw error;
  const details = { expected: "no route of this identity", actual: "one was made a moment ago" };
  throw rpcError("conflict", details, "a route of this identity was made a moment ago");
};

/** What the kernel's refusal is most likely about. */
const fieldOf = ({ gateway, nexthops, dev }: NetRoutesAddParams): string => {
  if (gateway !== undefined) return "gateway";
  if (nexthops !== undefined) return "nexthops";
  return dev === undefined ? "dst" : "dev";
};

async function warningsFor(
  { files }: LinkDeps,
  { persist }: RouteEntry,
  { route }: HeldRoute,
  links: Links,
): Promise<Warning[]> {
  const warnings: Warning[] = [];
  const object = routeText(route);
  const down = isWayDown(
    links,
    (route.nexthops ?? [route]).map(({ dev }) => dev),
  );
  if (down !== undefined) {
    const message = `${down} has no carrier, so nothing leaves by this route now.`;
    warnings.push({ kind: "interface_down", message, field: "dev", object: down });
  }
  if (!persist) {
    const message = "The route is gone after a restart of this node.";
    warnings.push({ kind: "not_persisted", message, field: "persist", object });
  }
  if (route.managed && (await managesForeignRoutes(files))) {
    const message = "systemd-networkd deletes routes that it did not make.";
    const remedy = "set ManageForeignRoutes=no in /etc/systemd/networkd.conf.d/my_os_server.conf";
    warnings.push({ kind: "route_managed_by_other_daemon", message, object, remedy });
  }
  return warnings;
}
