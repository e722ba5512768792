import type { KernelRoute } from "../../kernel/net-model.js";
import type { HeldRoute } from "../../kernel/netlink/rtnetlink.js";
import type { RouteEntry } from "./link-entries.js";
import type { LinkDeps } from "./link-state.js";
import { RouteComparison } from "./route-compare.js";
import { hasIdentity, type RouteIdentity } from "./route-wanted.js";

/** The key of a route in `routes.json`: what the kernel keeps one of. */
export const routeKey = ({ family, table, dst, metric, tos }: RouteIdentity): string =>
  `${family} ${table} ${dst} ${metric} ${tos}`;

/** The routes with an identity, as the kernel has them now; more than one only where somebody appended. */
export async function routesWith({ writer, files }: LinkDeps, identity: RouteIdentity): Promise<HeldRoute[]> {
  const { family, table, dst, tos } = identity;
  const comparison = await RouteComparison.make(files);
  const held = await writer.heldRoutes({ family, table, dst });
  return held.filter(({ route }) => hasIdentity(route, identity) && comparison.hasTos(route, tos));
}

/** Deletes what of ours has an identity. */
export async function deleteOurs(deps: LinkDeps, identity: RouteIdentity): Promise<void> {
  for (const held of await routesWith(deps, identity)) {
    if (held.route.managed) await deps.writer.deleteRoute(held);
  }
}

/** Whether two answers of the kernel speak of the same route. */
export const isSameRoute = (a: KernelRoute, b: KernelRoute): boolean =>
  a.family === b.family &&
  a.table === b.table &&
  a.dst === b.dst &&
  (a.metric ?? 0) === (b.metric ?? 0) &&
  a.tos === b.tos &&
  a.type === b.type;

/** The entry as it stands when its write is done. */
export function settledEntry({ phase: _, ...entry }: RouteEntry): RouteEntry {
  return entry;
}
