import type { Files } from "./files.js";
import { parseAddress } from "./ip-address.js";
import type { IpFamily, KernelRoute, RouteFilter } from "./net-model.js";
import { deleteAddress, type HeldAddress, holdAddress, replayAddress } from "./netlink/address-changes.js";
import { NetlinkChanges } from "./netlink/changes.js";
import {
  type BridgeOptions,
  changeBridge,
  changeLink,
  deleteLink,
  type LinkSettings,
  newBridge,
  newVethPair,
  replayBridge,
  replayPort,
  type VethEnd,
} from "./netlink/link-changes.js";
import { addRoute, deleteRoute, lookupRoute, type NewRoute, replayRoute } from "./netlink/route-changes.js";
import { type HeldRoute, Rtnetlink } from "./netlink/rtnetlink.js";
import { NetlinkSocket } from "./netlink/socket.js";

const NETLINK_ROUTE = 0;
const BUFFER_BYTES = 64 * 1024;

/**
 * Changes links, addresses and routes over rtnetlink. Each call is one request, done when it resolves; a refusal is a
 * `NetlinkError` with the kernel's number and, where it has some, its words. Links are told by index.
 */
export class NetWriter {
  private readonly changes = new NetlinkChanges(() => NetlinkSocket.openForChanges(NETLINK_ROUTE, BUFFER_BYTES));
  private readonly reader: Rtnetlink;

  constructor(files: Files) {
    this.reader = new Rtnetlink(files);
  }

  /** Makes a bridge that is down. */
  addBridge(name: string, settings: LinkSettings, options: BridgeOptions): Promise<void> {
    return this.changes.send(newBridge(name, settings, options));
  }

  /** Makes a pair of veth links that are down. */
  addVethPair(a: VethEnd, b: VethEnd, mtu: number): Promise<void> {
    return this.changes.send(newVethPair(a, b, mtu));
  }

  changeLink(ifindex: number, settings: LinkSettings): Promise<void> {
    return this.changes.send(changeLink(ifindex, settings));
  }

  changeBridge(ifindex: number, options: BridgeOptions): Promise<void> {
    return this.changes.send(changeBridge(ifindex, options));
  }

  deleteLink(ifindex: number): Promise<void> {
    return this.changes.send(deleteLink(ifindex));
  }

  /** Links as the kernel sends them, by index, to be made again as they are. */
  heldLinks(): Promise<ReadonlyMap<number, Buffer>> {
    return this.reader.heldLinks();
  }

  /** Makes a bridge again, with all options, and no alias; it is down. */
  putBridge(held: Buffer): Promise<void> {
    return this.changes.send(replayBridge(held));
  }

  /** Gives a port the options that it had in its bridge, which it is in again. */
  async putPortOptions(held: Buffer): Promise<void> {
    const request = replayPort(held);
    if (request) await this.changes.send(request);
  }

  /** A link's addresses, in the kernel's order, to be put elsewhere or back. */
  heldAddresses(ifindex: number): Promise<HeldAddress[]> {
    return this.reader.heldAddresses(ifindex, holdAddress);
  }

  addAddress(held: HeldAddress, ifindex: number): Promise<void> {
    return this.changes.send(replayAddress(held, ifindex));
  }

  deleteAddress(held: HeldAddress, ifindex: number): Promise<void> {
    return this.changes.send(deleteAddress(held, ifindex));
  }

  /** Routes with what makes them again. */
  heldRoutes(filter: RouteFilter): Promise<HeldRoute[]> {
    return this.reader.heldRoutes(filter);
  }

  /** Makes a route of ours; without `replace` an identity that is taken is refused. */
  addRoute(route: NewRoute, replace = false): Promise<void> {
    return this.changes.send(addRoute(route, replace));
  }

  /** Makes a route again as it was; `links` puts it on other links, `replace` in the place of its namesake. */
  putRoute(
    held: HeldRoute,
    options: { readonly replace?: boolean; readonly links?: ReadonlyMap<number, number> } = {},
  ): Promise<void> {
    return this.changes.send(replayRoute(held.message, options));
  }

  /** Deletes exactly this route. */
  deleteRoute(held: HeldRoute): Promise<void> {
    return this.changes.send(deleteRoute(held.message));
  }

  /** The routing entry that packets to an address take now; undefined where there is none. */
  async lookup(family: IpFamily, to: string, from?: string): Promise<KernelRoute | undefined> {
    const [target, source] = [parseAddress(to), from === undefined ? undefined : parseAddress(from)];
    if (!target) return undefined;
    const decode = await this.reader.routeDecoder(family);
    let found: KernelRoute | undefined;
    await this.changes.send(lookupRoute(family, target, source), (type, chunk, start, end) => {
      found = decode(type, chunk, start, end) ?? found;
    });
    return found;
  }
}
