import { run } from "./exec.js";
import type { Files } from "./files.js";
import { fdbFromBridge } from "./iproute-fdb.js";
import { IpObject, parseIpJson } from "./iproute-json.js";
import { linkFromIp } from "./iproute-links.js";
import { type Names, readNames } from "./iproute-names.js";
import { neighborFromIp, routeFromIp } from "./iproute-routes.js";
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
} from "./net-model.js";

const families = (wanted: IpFamily | undefined): readonly IpFamily[] => (wanted ? [wanted] : ["inet", "inet6"]);
const flagOf = (family: IpFamily): string => (family === "inet" ? "-4" : "-6");

/** Runs `ip -j …` and answers the objects that it lists; `ip` prints nothing at all for an empty list of some kinds. */
const objects = async (
  args: readonly string[],
  signal?: AbortSignal,
  tool: "ip" | "bridge" = "ip",
): Promise<IpObject[]> => {
  const { bytes } = await run(tool, ["-j", ...args], {
    deadlineMs: 30_000,
    maxBytes: 512 * 1024 * 1024,
    ...(signal && { signal }),
  });
  const value = bytes.length === 0 ? [] : parseIpJson(bytes);
  return Array.isArray(value) ? value.filter((item) => item instanceof IpObject) : [];
};

/** The network by running `ip`, for platforms on which netlink cannot be opened. Slower; the answers are the same. */
export class IpRoute implements NetReader {
  constructor(private readonly files: Files) {}

  async links(filter: LinkFilter, signal?: AbortSignal): Promise<KernelLink[]> {
    const [found, addressed] = await Promise.all([
      objects(["-d", "-s", "-s", "link", "show"], signal),
      objects(["-d", "addr", "show"], signal),
    ]);
    const addresses = new Map(addressed.map((entry) => [entry.number("ifindex"), entry.objects("addr_info")]));
    const all = found.map((entry) => linkFromIp(entry, addresses.get(entry.number("ifindex")) ?? []));
    for (const name of [filter.name, filter.master]) {
      if (name !== undefined && !all.some(({ ifname }) => ifname === name)) throw new NoSuchInterface(name);
    }
    const chosen = all.filter(
      (link) =>
        (filter.name === undefined || link.ifname === filter.name) &&
        (filter.master === undefined || link.master === filter.master) &&
        (filter.kind === undefined || link.linkinfo?.info_kind === filter.kind),
    );
    return chosen.sort((a, b) => a.ifindex - b.ifindex);
  }

  async routes(filter: RouteFilter, signal?: AbortSignal): Promise<KernelRoute[]> {
    if (filter.dev !== undefined) await this.requireInterface(filter.dev, signal);
    const [tables, protocols] = await Promise.all([
      readNames(this.files, "rt_tables"),
      readNames(this.files, "rt_protos"),
    ]);
    const found: KernelRoute[] = [];
    for (const family of families(filter.family)) {
      for (const entry of await objects([flagOf(family), "-d", "route", "show", "table", "all"], signal)) {
        const route = routeFromIp(family, entry, protocols);
        if (route && passes(route, filter, tables, protocols)) found.push(route);
      }
    }
    return found;
  }

  async neighbors(filter: NeighborFilter, signal?: AbortSignal): Promise<KernelNeighbor[]> {
    const { dev, state } = filter;
    if (dev !== undefined) await this.requireInterface(dev, signal);
    const asked = filter.proxy ? ["proxy"] : state === undefined ? [] : ["nud", state.toLowerCase()];
    const found: KernelNeighbor[] = [];
    for (const family of families(filter.family)) {
      for (const entry of await objects([flagOf(family), "-s", "neigh", "show", ...asked], signal)) {
        found.push(neighborFromIp(family, entry));
      }
    }
    // Chosen here: a name of bytes that are no UTF-8 cannot be given to `ip` as it is shown.
    return found.filter(
      (entry) => (dev === undefined || entry.dev === dev) && (state === undefined || entry.state.includes(state)),
    );
  }

  async fdb(signal?: AbortSignal): Promise<KernelFdbEntry[]> {
    return (await objects(["-s", "-d", "fdb", "show"], signal, "bridge")).map(fdbFromBridge);
  }

  private async requireInterface(name: string, signal?: AbortSignal): Promise<void> {
    const all = await objects(["link", "show"], signal);
    if (!all.some((entry) => entry.text("ifname") === name)) throw new NoSuchInterface(name);
  }
}

const passes = (route: KernelRoute, filter: RouteFilter, tables: Names, protocols: Names): boolean => {
  if (filter.table !== undefined && tables.number(route.table) !== filter.table) return false;
  if (filter.protocol !== undefined && protocols.number(route.protocol) !== filter.protocol) return false;
  if (filter.type !== undefined && filter.type !== route.type) return false;
  if (filter.dst !== undefined && filter.dst !== route.dst) return false;
  const leaves = [route.dev, ...(route.nexthops ?? []).map((hop) => hop.dev)];
  return filter.dev === undefined || leaves.includes(filter.dev);
};
