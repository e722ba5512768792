import type { DriftItem } from "../../../generated/types.gen.js";
import type { KernelRoute } from "../../kernel/net-model.js";
import { ROUTE_PROTOCOL } from "../../kernel/ownership.js";
import type { Delayed, Managed } from "../managed.js";
import type { RouteEntry } from "./link-entries.js";
import { changeLinks, type LinkDeps, Links } from "./link-state.js";
import { Pending } from "./pending.js";
import { refusal } from "./refusals.js";
import { RouteComparison, routeId, routeText } from "./route-compare.js";
import { deleteOurs, routesWith, settledEntry } from "./route-table.js";
import { devicesOf, isWayDown, kernelRoute } from "./route-wanted.js";

/** The routes of `routes.json` against the kernel. */
export class ManagedRoutes implements Managed {
  readonly kind = "route";
  private readonly pending: Pending<RouteEntry>;

  constructor(private readonly deps: LinkDeps) {
    this.pending = new Pending(deps.routes);
  }

  count(): number {
    return this.deps.routes.entries.size;
  }

  restore(): Promise<readonly Delayed[]> {
    return this.pending.restore(routeId, (key) => this.restoreOne(key));
  }

  /** The keys of routes that went when a link went down, for the kernel does not bring them back. */
  async lostWith(ifname: string): Promise<string[]> {
    const lost: string[] = [];
    for (const [key, entry] of this.deps.routes.entries) {
      const devices = devicesOf(entry);
      const mayBe = entry.persist && entry.phase === undefined && (devices.length === 0 || devices.includes(ifname));
      if (mayBe && (await routesWith(this.deps, entry)).length === 0) lost.push(key);
    }
    return lost;
  }

  /** Makes routes again whose link is back; answers those that cannot be made yet. */
  async bringBack(keys: Iterable<string>): Promise<string[]> {
    const waiting: string[] = [];
    for (const key of keys) if ((await this.restoreOne(key)) !== undefined) waiting.push(key);
    return waiting;
  }

  async verify(signal: AbortSignal): Promise<readonly DriftItem[]> {
    const links = await Links.look(this.deps, signal);
    const comparison = await RouteComparison.make(this.deps.files);
    const items: DriftItem[] = [];
    const known = new Set<string>();
    for (const entry of this.deps.routes.entries.values()) {
      const [held] = await routesWith(this.deps, entry);
      if (held) known.add(routeText(held.route));
      if (held || entry.persist) items.push(...this.compare(entry, held?.route, comparison, links));
    }
    for (const { route } of await this.deps.writer.heldRoutes({ protocol: ROUTE_PROTOCOL })) {
      if (known.has(routeText(route))) continue;
      items.push({ kind: this.kind, id: routeText(route), state: "extra", repairable: false });
    }
    return items;
  }

  private compare(
    entry: RouteEntry,
    route: KernelRoute | undefined,
    comparison: RouteComparison,
    links: Links,
  ): DriftItem[] {
    const item = { kind: this.kind, id: routeId(entry), repairable: true } as const;
    if (!route) {
      const down = isWayDown(links, devicesOf(entry));
      if (down === undefined) return [{ ...item, state: "missing" }];
      return [{ ...item, state: "delayed", actual: `${down} is absent, down or without carrier` }];
    }
    const differences = comparison.differences(entry, route);
    if (differences.length === 0) return [{ ...item, state: "ok" }];
    return differences.map((one) => ({ ...item, state: "differs", repairable: false, ...one }));
  }

  /** Makes one entry's route again, or finishes what a write began; answers why it must wait. */
  private restoreOne(key: string): Promise<string | undefined> {
    const { deps } = this;
    return changeLinks(deps, async () => {
      const entry = deps.routes.get(key);
      if (!entry) return undefined;
      if (entry.phase === "deleting") {
        await deleteOurs(deps, entry);
        return void (await deps.routes.remove(key));
      }
      const there = (await routesWith(deps, entry)).map(({ route }) => route);
      const comparison = await RouteComparison.make(deps.files);
      const isThere = there.some((route) => comparison.differences(entry, route).length === 0);
      const reason = isThere ? undefined : await this.makeAgain(key, entry, there);
      if (reason === undefined && entry.phase !== undefined && deps.routes.get(key) !== undefined) {
        await deps.routes.put(key, settledEntry(entry));
      }
      return reason;
    });
  }

  private async makeAgain(key: string, entry: RouteEntry, there: readonly KernelRoute[]): Promise<string | undefined> {
    const { routes, writer } = this.deps;
    const isHalfDone = entry.phase === "adding";
    const foreign = there.find(({ managed }) => !managed);
    // A write that was to take a foreign route's place had not come to it: what was there stays.
    if (foreign && isHalfDone) return void (await routes.remove(key));
    if (foreign) return `another owner's route has its place: ${routeText(foreign)}`;
    // Of ours with other values only what a write left half done is put right: drift is told, not repaired.
    if (there.length > 0 && !isHalfDone) return undefined;
    if (!entry.persist && !isHalfDone) return void (await routes.remove(key));
    const wanted = kernelRoute(entry, await Links.look(this.deps));
    if ("absent" in wanted) return `there is no interface ${wanted.absent}`;
    try {
      await writer.addRoute(wanted, there.length > 0);
      return undefined;
    } catch (error) {
      const why = refusal(error, "dst");
      return why instanceof Error ? why.message : String(why);
    }
  }
}
