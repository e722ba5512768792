import type { NetRoutesDeleteParams, NetRoutesDeleteResult, Warning } from "../../../generated/types.gen.js";
import { readNames } from "../../kernel/iproute-names.js";
import type { KernelRoute } from "../../kernel/net-model.js";
import type { HeldRoute } from "../../kernel/netlink/rtnetlink.js";
import { ROUTE_PROTOCOL } from "../../kernel/ownership.js";
import type { CallContext } from "../../rpc/context.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { protectedPaths, usedBy } from "./caller-path.js";
import type { KeptPath, RouteEntry } from "./link-entries.js";
import { changeLinks, type LinkDeps } from "./link-state.js";
import { routeOwner } from "./owner-hint.js";
import { asked, notFound } from "./refusals.js";
import { routeId, routeText } from "./route-compare.js";
import { isSameRoute, routeKey, routesWith } from "./route-table.js";
import { identityOf, narrowedTo } from "./route-wanted.js";
import { severalRoutes } from "./routes-add.js";

/** `net.routes.delete`. */
export const deleteRoute = (
  deps: LinkDeps,
  params: NetRoutesDeleteParams,
  context: CallContext,
): Promise<NetRoutesDeleteResult> =>
  changeLinks(deps, async (steps) => {
    const { files, routes } = deps;
    const { type = "unicast", force = false } = params;
    const identity = await identityOf(files, params);
    const passes = narrowedTo(params, identity.family);
    const there = (await routesWith(deps, identity)).filter(({ route }) => route.type === type && passes(route));
    if (there.length > 1) throw severalRoutes(there);
    const key = routeKey(identity);
    const entry = routes.get(key);
    const [held] = there;
    if (held) {
      await guardDeleting(deps, held, force, context);
      await remove(deps, held, steps);
      // An entry of other values than those of the route that went stays: the route that it speaks of is missing.
      if (entry && held.route.managed) await forget(deps, key, entry, steps);
      return { changed: true, warnings: warningsFor(held), route: held.route };
    }
    const known = entry && (await routeOfEntry(deps, entry));
    if (!entry || !known || known.type !== type || !passes(known)) {
      throw notFound("route", routeId({ ...identity, type }));
    }
    await forget(deps, key, entry, steps);
    return { changed: true, warnings: [], route: known };
  });

async function guardDeleting(
  deps: LinkDeps,
  { route }: HeldRoute,
  force: boolean,
  context: CallContext,
): Promise<void> {
  if (force) return;
  const text = routeText(route);
  if (!route.managed) {
    const details = { expected: "a route of this daemon", actual: text, managed: false, owner_hint: routeOwner(route) };
    throw rpcError(
      "conflict",
      { ...details, remedy: "force: true" },
      `the route is not this daemon's (${routeOwner(route)}): ${text}; force: true deletes it all the same`,
    );
  }
  const used = (await protectedPaths(deps, context)).filter((path) => path.route && isSameRoute(path.route, route));
  if (used.length > 0) throw usedBy("route", text, used);
}

async function remove({ writer }: LinkDeps, held: HeldRoute, steps: Steps): Promise<void> {
  await steps.do(
    "delete the route",
    () => asked("dst", () => writer.deleteRoute(held)),
    () => writer.putRoute(held),
  );
}

/** Until it is out of the registry a start would make the route again: the old state, whole. */
async function forget({ routes }: LinkDeps, key: string, entry: RouteEntry, steps: Steps): Promise<void> {
  await steps.do(
    "forget the route",
    () => routes.remove(key),
    () => routes.put(key, entry),
  );
}

function warningsFor({ route }: HeldRoute): Warning[] {
  if (route.managed) return [];
  const message = `The route's owner may put it back: ${routeOwner(route)}.`;
  return [{ kind: "route_managed_by_other_daemon", message, object: routeText(route) }];
}

const wayOf = ({ gateway, dev }: KeptPath): { gateway?: string; dev?: string } => ({
  ...(gateway !== undefined && { gateway }),
  ...(dev !== undefined && { dev }),
});

/** A route that only the registry knows, in the form of one that is there. */
async function routeOfEntry({ files }: LinkDeps, entry: RouteEntry): Promise<KernelRoute> {
  const [tables, protocols, scopes, dsfield] = await Promise.all([
    readNames(files, "rt_tables"),
    readNames(files, "rt_protos"),
    readNames(files, "rt_scopes"),
    readNames(files, "rt_dsfield"),
  ]);
  const { family, type, dst, table, metric, tos, scope = 0, src, mtu, path, nexthops } = entry;
  return {
    family,
    type,
    dst,
    table: tables.name(table),
    protocol: protocols.name(ROUTE_PROTOCOL),
    scope: scopes.name(scope),
    flags: entry.onlink ? ["onlink"] : [],
    managed: true,
    ...(metric !== 0 && { metric }),
    ...(tos !== 0 && { tos: dsfield.name(tos) }),
    ...(src !== undefined && { prefsrc: src }),
    ...(mtu !== undefined && { metrics: [{ mtu }] }),
    ...(path && wayOf(path)),
    ...(nexthops && { nexthops: nexthops.map((hop) => ({ ...wayOf(hop), weight: hop.weight ?? 1, flags: [] })) }),
  };
}
