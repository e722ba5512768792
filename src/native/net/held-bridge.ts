import type { KernelLink } from "../../kernel/net-model.js";
import type { HeldAddress } from "../../kernel/netlink/address-changes.js";
import type { HeldRoute } from "../../kernel/netlink/rtnetlink.js";
import { linkNamed } from "./bridge-make.js";
import { isUp, type LinkDeps, type Links } from "./link-state.js";

/** A bridge with all that goes with it when it is deleted, to be put back whole. */
export class HeldBridge {
  private constructor(
    private readonly deps: LinkDeps,
    private readonly link: KernelLink,
    private readonly messages: ReadonlyMap<number, Buffer>,
    private readonly ports: readonly KernelLink[],
    private readonly addresses: readonly HeldAddress[],
    private readonly routes: readonly HeldRoute[],
  ) {}

  static async take(deps: LinkDeps, link: KernelLink, links: Links): Promise<HeldBridge> {
    const { writer } = deps;
    const [messages, addresses, routes] = await Promise.all([
      writer.heldLinks(),
      writer.heldAddresses(link.ifindex),
      writer.heldRoutes({ dev: link.ifname }),
    ]);
    return new HeldBridge(deps, link, messages, links.ports(link.ifname), addresses, routes);
  }

  /** Makes the bridge again: options, ports, addresses, routes, in the order of their needs. */
  async putBack(): Promise<void> {
    const { writer } = this.deps;
    const { ifname, ifalias, ifindex: old } = this.link;
    const message = this.messages.get(old);
    if (!message) return;
    await writer.putBridge(message);
    const { ifindex } = await linkNamed(this.deps, ifname);
    await writer.changeLink(ifindex, { ...(ifalias !== undefined && { alias: ifalias }), up: isUp(this.link) });
    for (const port of this.ports) {
      await writer.changeLink(port.ifindex, { master: ifindex });
      const held = this.messages.get(port.ifindex);
      if (held) await writer.putPortOptions(held);
    }
    // What the kernel has made by itself meanwhile is refused, and as good.
    for (const address of this.addresses) await writer.addAddress(address, ifindex).catch(() => {});
    const links = new Map([[old, ifindex]]);
    for (const route of this.routes) {
      if (route.route.protocol !== "kernel") await writer.putRoute(route, { links }).catch(() => {});
    }
  }
}
