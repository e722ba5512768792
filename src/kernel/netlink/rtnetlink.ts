import { setImmediate } from "node:timers/promises";
import { accountNames } from "../accounts.js";
import type { Files } from "../files.js";
import { readNames } from "../iproute-names.js";
import {
  type IpFamily,
  type KernelFdbEntry,
  type KernelLink,
  type KernelNeighbor,
  type KernelRoute,
  type LinkFilter,
  type NeighborFilter,
  type NetReader,
  NoSuchInterface,
  type RouteFilter,
} from "../net-model.js";
import { AddressDecoder, addressDump } from "./addresses.js";
import { Attributes } from "./attributes.js";
import { FdbDecoder, fdbDump } from "./fdb.js";
import { type LinkEntry, LinkIndex, linkDump, linkEntry, RTEXT_FILTER_VF, readLinkIndex } from "./link-index.js";
import { linkKind } from "./link-info.js";
import { decodeLink, IFINFOMSG_BYTES, type LinkContext } from "./links.js";
import { type Chunk, chunkOf, NetlinkError } from "./message.js";
import { NeighborDecoder, neighborDump } from "./neighbors.js";
import { type Decode, NetlinkPool, type Watched } from "./pool.js";
import { RouteDecoder, type RouteNames, routeDump } from "./routes.js";
import { NetlinkSocket } from "./socket.js";

const NETLINK_ROUTE = 0;
const IFLA_MASTER = 10;
const RTNLGRP_IPV6_ROUTE = 11;
const ENOENT = 2;
const ENODEV = 19;

/** Links are decoded in groups of this many, the event loop in between. */
const LINKS_AT_ONCE = 128;

/** A link's message, kept until the names of all links are known. */
interface HeldLink {
  readonly entry: LinkEntry;
  readonly chunk: Chunk;
}

const families = (wanted: IpFamily | undefined): readonly IpFamily[] => (wanted ? [wanted] : ["inet", "inet6"]);

const indexOrThrow = (index: LinkIndex, name: string): number => {
  const found = index.index(name);
  if (found === undefined) throw new NoSuchInterface(name);
  return found;
};

/** Chooses by a link's own message, before the costly rest of it is decoded. */
const linkMatches = (filter: LinkFilter, index: LinkIndex): ((held: HeldLink) => boolean) => {
  const only = filter.name === undefined ? undefined : indexOrThrow(index, filter.name);
  const master = filter.master === undefined ? undefined : indexOrThrow(index, filter.master);
  const attributes = new Attributes();
  return ({ entry, chunk }) => {
    if (only !== undefined && only !== entry.ifindex) return false;
    attributes.fill(chunk, IFINFOMSG_BYTES, chunk.bytes.length);
    if (master !== undefined && attributes.u32(IFLA_MASTER) !== master) return false;
    return filter.kind === undefined || linkKind(attributes) === filter.kind;
  };
};

/** A route and its whole message after the header, as the kernel sent it. */
export interface HeldRoute {
  readonly route: KernelRoute;
  readonly message: Buffer;
}

const NOTHING = Buffer.alloc(0);

/** The network over rtnetlink: live, without a child process. */
export class Rtnetlink implements NetReader {
  private readonly pool = new NetlinkPool((bufferBytes) => NetlinkSocket.open(NETLINK_ROUTE, bufferBytes));

  constructor(private readonly files: Files) {}

  async links(filter: LinkFilter, signal?: AbortSignal): Promise<KernelLink[]> {
    const held = await this.pool.dump(linkDump(RTEXT_FILTER_VF), holdLink, signal);
    const index = new LinkIndex(held.map(({ entry }) => entry));
    const chosen = held.filter(linkMatches(filter, index)).sort((a, b) => a.entry.ifindex - b.entry.ifindex);
    const context = await this.linkContext(index);
    const links = new Map<number, KernelLink>();
    for (const [position, { entry, chunk }] of chosen.entries()) {
      if (position > 0 && position % LINKS_AT_ONCE === 0) await setImmediate(undefined, { signal });
      links.set(entry.ifindex, decodeLink(chunk, 0, chunk.bytes.length, context));
    }
    try {
      await this.addAddresses(links, signal);
    } catch (error) {
      if (!isRefusal(error, ENODEV)) throw error;
      if (filter.name !== undefined) throw new NoSuchInterface(filter.name);
      return [];
    }
    return [...links.values()];
  }

  async routes(filter: RouteFilter, signal?: AbortSignal): Promise<KernelRoute[]> {
    return (await this.heldRoutes(filter, signal, false)).map(({ route }) => route);
  }

  /** The same routes, each with the message that makes it again. */
  async heldRoutes(filter: RouteFilter, signal?: AbortSignal, whole = true): Promise<HeldRoute[]> {
    const { index, names } = await this.routeNames(signal);
    const oif = filter.dev === undefined ? undefined : indexOrThrow(index, filter.dev);
    const found: HeldRoute[][] = [];
    for (const family of families(filter.family)) {
      const decoder = new RouteDecoder(family, filter, names);
      const watched = family === "inet6" ? WATCHED_ROUTES : undefined;
      const hold: Decode<HeldRoute> = (type, chunk, start, end) => {
        const route = decoder.decode(type, chunk, start, end);
        return route && { route, message: whole ? Buffer.from(chunk.bytes.subarray(start, end)) : NOTHING };
      };
      const dump = this.pool.dump(routeDump(family, filter, oif), hold, signal, watched);
      found.push(await dump.catch(noneWithoutTable).catch(goneDevice(filter.dev)));
    }
    return found.flat();
  }

  /** Decodes single routes of a family, such as the answer to a look-up. */
  async routeDecoder(family: IpFamily): Promise<Decode<KernelRoute>> {
    const decoder = new RouteDecoder(family, {}, (await this.routeNames()).names);
    return decoder.decode.bind(decoder);
  }

  /** The messages of all links, by index. */
  async heldLinks(): Promise<ReadonlyMap<number, Buffer>> {
    const held = await this.pool.dump(linkDump(RTEXT_FILTER_VF), holdLink);
    return new Map(held.map(({ entry, chunk }) => [entry.ifindex, chunk.bytes]));
  }

  /** A link's addresses, each as `hold` takes it. */
  heldAddresses<T extends { readonly ifindex: number }>(ifindex: number, hold: Decode<T>): Promise<T[]> {
    return this.pool.dump(addressDump(ifindex), (type, chunk, start, end) => {
      const held = hold(type, chunk, start, end);
      return held?.ifindex === ifindex ? held : undefined;
    });
  }

  async neighbors(filter: NeighborFilter, signal?: AbortSignal): Promise<KernelNeighbor[]> {
    const [index, protocols] = await Promise.all([
      readLinkIndex(this.pool, signal),
      readNames(this.files, "rt_protos"),
    ]);
    const ifindex = filter.dev === undefined ? undefined : indexOrThrow(index, filter.dev);
    const found: KernelNeighbor[][] = [];
    for (const family of families(filter.family)) {
      const decoder = new NeighborDecoder(family, filter, index, protocols);
      const request = neighborDump(family, filter.proxy ?? false, ifindex);
      found.push(await this.pool.dump(request, decoder.decode.bind(decoder), signal));
    }
    return found.flat();
  }

  async fdb(signal?: AbortSignal): Promise<KernelFdbEntry[]> {
    const [index, protocols] = await Promise.all([
      readLinkIndex(this.pool, signal),
      readNames(this.files, "rt_protos"),
    ]);
    const decoder = new FdbDecoder(index, protocols);
    return this.pool.dump(fdbDump(), decoder.decode.bind(decoder), signal);
  }

  /** Closes the idle sockets. */
  close(): void {
    this.pool.close();
  }

  private async routeNames(signal?: AbortSignal): Promise<{ index: LinkIndex; names: RouteNames }> {
    const [index, tables, protocols, scopes, realms, dsfield] = await Promise.all([
      readLinkIndex(this.pool, signal),
      readNames(this.files, "rt_tables"),
      readNames(this.files, "rt_protos"),
      readNames(this.files, "rt_scopes"),
      readNames(this.files, "rt_realms"),
      readNames(this.files, "rt_dsfield"),
    ]);
    return { index, names: { tables, protocols, scopes, realms, dsfield, linkName: index.name.bind(index) } };
  }

  private async linkContext(index: LinkIndex): Promise<LinkContext> {
    const [groupNames, users, groups] = await Promise.all([
      readNames(this.files, "group"),
      accountNames(this.files, "passwd"),
      accountNames(this.files, "group"),
    ]);
    return { index, groupNames, users, groups, linkName: index.name.bind(index) };
  }

  /** Adds to each link its addresses. Rejects with `ENODEV` where there is one link, and it went since it was read. */
  private async addAddresses(links: Map<number, KernelLink>, signal?: AbortSignal): Promise<void> {
    if (links.size === 0) return;
    const [only] = links.size === 1 ? links.keys() : [];
    const decoder = new AddressDecoder(await readNames(this.files, "rt_scopes"));
    const found = await this.pool.dump(addressDump(only), decoder.decode.bind(decoder), signal);
    for (const { ifindex, address } of found) links.get(ifindex)?.addr_info.push(address);
  }
}

const holdLink: Decode<HeldLink> = (type, chunk, start, end) => {
  const entry = linkEntry(type, chunk, start, end);
  return entry && { entry, chunk: chunkOf(Buffer.from(chunk.bytes.subarray(start, end))) };
};

/** What tells one IPv6 route from another. */
const routeKey = ({ table, type, dst, from, tos, metric, dev, gateway, nhid, nexthops }: KernelRoute): string =>
  [table, type, dst, from, tos, metric, dev, gateway, nhid, nexthops !== undefined].join(" ");

/** The newest word on each route that any of the dumps holds. */
const routesTogether = (dumps: readonly HeldRoute[][]): HeldRoute[] => {
  const routes = new Map<string, HeldRoute>();
  for (const held of [...dumps].reverse().flat()) {
    const key = routeKey(held.route);
    if (!routes.has(key)) routes.set(key, held);
  }
  return [...routes.values()];
};

/** The kernel goes on with an IPv6 dump by counting: a route added before that place repeats one, a removed one hides one. */
const WATCHED_ROUTES: Watched<HeldRoute> = {
  open: (bufferBytes) => NetlinkSocket.openWatching(NETLINK_ROUTE, bufferBytes, RTNLGRP_IPV6_ROUTE),
  together: routesTogether,
};

const isRefusal = (error: unknown, errno: number): boolean => error instanceof NetlinkError && error.errno === errno;

/** The kernel refuses to dump a table that has never had a route; such a table is empty. */
const noneWithoutTable = (error: unknown): HeldRoute[] => {
  if (isRefusal(error, ENOENT)) return [];
  throw error;
};

/** A link that went after its name was looked up is not there, like one that never was. */
const goneDevice =
  (dev: string | undefined) =>
  (error: unknown): never => {
    throw dev !== undefined && isRefusal(error, ENODEV) ? new NoSuchInterface(dev) : error;
  };
