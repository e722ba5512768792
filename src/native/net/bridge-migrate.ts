import type { BridgePortMigration } from "../../../generated/types.gen.js";
import type { KernelLink, KernelRoute } from "../../kernel/net-model.js";
import type { HeldAddress } from "../../kernel/netlink/address-changes.js";
import type { HeldRoute } from "../../kernel/netlink/rtnetlink.js";
import type { Steps } from "../../state/steps.js";
import { linkNamed } from "./bridge-make.js";
import { bridgeKey, type KeptPath } from "./link-entries.js";
import { isUp, type LinkDeps } from "./link-state.js";
import { asked } from "./refusals.js";
import { devicesOf } from "./route-wanted.js";

const MAX_ROUTES = 1024;
const MAX_ADDRESSES = 256;

/** What an interface carries that would be lost, or mislead, in a bridge. */
export interface Burden {
  /** `192.0.2.1/24`, link-local IPv6 ones aside: every link makes its own. */
  readonly addresses: readonly string[];
  readonly routes: readonly HeldRoute[];
}

const isOwnLinkLocal = ({ family, scope }: { family: string; scope: string }): boolean =>
  family === "inet6" && scope === "link";

/** What an interface carries now; routes that the kernel makes of addresses go with these. */
export async function burdenOf({ writer }: LinkDeps, link: KernelLink): Promise<Burden> {
  const routes = await writer.heldRoutes({ dev: link.ifname });
  return {
    addresses: link.addr_info
      .filter((address) => !isOwnLinkLocal(address))
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    routes: routes.filter(({ route }) => route.protocol !== "kernel"),
  };
}

/** The addresses that are to move, in the kernel's order. */
async function movable({ writer }: LinkDeps, link: KernelLink): Promise<HeldAddress[]> {
  const held = await writer.heldAddresses(link.ifindex);
  // The family is the first byte, the scope the fourth: IPv6 ones of the link stay where they are.
  return held.filter(({ message }) => !(message[0] === 10 && message[3] === 253));
}

/**
 * Moves the Ethernet address, addresses and routes from an interface to its bridge, in the order that keeps connections
 * alive: both have the addresses for a moment, and every route changes its link in one step.
 */
export class Migration {
  constructor(
    private readonly deps: LinkDeps,
    private readonly port: KernelLink,
    private readonly bridge: KernelLink,
    private readonly steps: Steps,
  ) {}

  /** Before the interface becomes a port: the bridge takes its Ethernet address, for good. */
  async takeAddress(): Promise<void> {
    const { deps, bridge, port, steps } = this;
    const { address } = port;
    if (address === undefined) return;
    const key = bridgeKey(bridge.ifname);
    const entry = deps.bridges.get(key);
    if (entry?.kind === "bridge" && entry.address !== address) {
      await steps.do(
        "remember the bridge's new address",
        () => deps.bridges.put(key, { ...entry, address }),
        () => deps.bridges.put(key, entry),
      );
    }
    await steps.do(
      "give the bridge the address",
      () => asked("bridge", () => deps.writer.changeLink(bridge.ifindex, { address, up: true })),
      () =>
        deps.writer.changeLink(bridge.ifindex, {
          ...(bridge.address !== undefined && { address: bridge.address }),
          up: isUp(bridge),
        }),
    );
  }

  /** After it: addresses and routes follow. */
  async moveRest(): Promise<BridgePortMigration> {
    const { deps, port, bridge, steps } = this;
    const { writer } = deps;
    const held = await movable(deps, port);
    const { addresses, routes } = await burdenOf(deps, port);
    for (const one of held) {
      await steps.do(
        "add an address to the bridge",
        () => asked("interface", () => writer.addAddress(one, bridge.ifindex).catch(unlessThere)),
        () => writer.deleteAddress(one, bridge.ifindex),
      );
    }
    const links = new Map([[port.ifindex, bridge.ifindex]]);
    for (const route of routes) {
      await steps.do(
        "move a route to the bridge",
        () => asked("interface", () => writer.putRoute(route, { replace: true, links })),
        () => writer.putRoute(route, { replace: true }),
      );
    }
    await this.moveEntries();
    // Secondary addresses before the primary one, which would take them with it.
    for (const one of [...held].reverse()) {
      await steps.do(
        "take an address off the interface",
        () => asked("interface", () => writer.deleteAddress(one, port.ifindex)),
        () => writer.addAddress(one, port.ifindex),
      );
    }
    const { address = "" } = await linkNamed(deps, bridge.ifname);
    return {
      addresses: addresses.slice(0, MAX_ADDRESSES),
      routes: await this.movedRoutes(routes),
      address,
    };
  }

  /** Routes of ours that name the interface name the bridge from now on. */
  private async moveEntries(): Promise<void> {
    const { deps, port, bridge, steps } = this;
    const moved = ({ dev, ...path }: KeptPath): KeptPath =>
      dev === undefined ? path : { ...path, dev: dev === port.ifname ? bridge.ifname : dev };
    for (const [key, entry] of deps.routes.entries) {
      if (!devicesOf(entry).includes(port.ifname)) continue;
      const { path, nexthops } = entry;
      const now = { ...entry, ...(path && { path: moved(path) }), ...(nexthops && { nexthops: nexthops.map(moved) }) };
      await steps.do(
        `route ${key} follows`,
        () => deps.routes.put(key, now),
        () => deps.routes.put(key, entry),
      );
    }
  }

  private async movedRoutes(moved: readonly HeldRoute[]): Promise<KernelRoute[]> {
    const key = ({ family, table, dst, metric = 0, tos = "" }: KernelRoute) =>
      [family, table, dst, metric, tos].join(" ");
    const keys = new Set(moved.map(({ route }) => key(route)));
    const now = await this.deps.net.routes({ dev: this.bridge.ifname });
    return now.filter((route) => keys.has(key(route))).slice(0, MAX_ROUTES);
  }
}

const EEXIST = 17;

/** The bridge has it already: a migration that ended too early had come this far. */
const unlessThere = (error: unknown): void => {
  if (!(error instanceof Error && "errno" in error && error.errno === EEXIST)) throw error;
};
