import { type LinkNotice, LinkWatch } from "../../kernel/netlink/link-watch.js";
import type { CallContext } from "../../rpc/context.js";
import type { Managed } from "../managed.js";
import type { Restore } from "../restore.js";
import { ManagedBridges, ManagedConnections, ManagedPorts } from "./bridge-managed.js";
import { isUp, type LinkDeps, Links } from "./link-state.js";
import { ManagedRoutes } from "./routes-managed.js";
import { ManagedTaps } from "./tap-managed.js";

const WATCH_MS = 1000;
/** A route whose link is back may still lack an address for its gateway: tried again every so many looks. */
const RETRY_LOOKS = 10;

/** Links and routes of ours, and what brings routes back that went with their link. */
export class ManagedLinks {
  private readonly routes: ManagedRoutes;
  /** In the order of their needs. */
  readonly parts: readonly Managed[];
  private down: Set<string> = new Set();
  private readonly lost = new Set<string>();
  private looks = 0;
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly deps: LinkDeps) {
    this.routes = new ManagedRoutes(deps);
    this.parts = [
      new ManagedBridges(deps),
      new ManagedPorts(deps),
      new ManagedConnections(deps),
      new ManagedTaps(deps),
      this.routes,
    ];
  }

  /**
   * From now on, a link that appears or comes up again gets what waits for it, and the IPv4 routes that the kernel took
   * away when it went down. Without netlink nothing is watched: what waits is tried again by the clock.
   */
  async watch(restore: Restore, log: CallContext["log"]): Promise<void> {
    try {
      const { all } = await Links.look(this.deps);
      this.down = new Set(all.filter((link) => !isUp(link)).map(({ ifname }) => ifname));
      new LinkWatch(WATCH_MS, (notices) => {
        this.last = this.last
          .then(() => this.take(notices, restore))
          .catch((error: unknown) => log.warn("a link's return could not be followed", { reason: String(error) }));
      });
    } catch (error) {
      log.warn("links are not watched", { reason: String(error) });
    }
  }

  private async take(notices: readonly LinkNotice[], restore: Restore): Promise<void> {
    const back = new Set<string>();
    for (const { ifname, isThere, isUp: up } of notices) {
      if (!isThere || !up) this.down.add(ifname);
      else if (this.down.delete(ifname)) back.add(ifname);
    }
    for (const ifname of back) for (const key of await this.routes.lostWith(ifname)) this.lost.add(key);
    this.looks += 1;
    if (this.lost.size > 0 && (back.size > 0 || this.looks % RETRY_LOOKS === 0)) {
      const waiting = await this.routes.bringBack(this.lost);
      this.lost.clear();
      for (const key of waiting) this.lost.add(key);
    }
    if (notices.some(({ isThere }) => isThere)) await restore.retry();
  }
}
