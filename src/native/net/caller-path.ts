import type { Holder } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { established, inboundSsh, type TcpConnection } from "../../kernel/inet-sockets.js";
import type { KernelFdbEntry, KernelRoute } from "../../kernel/net-model.js";
import { NetlinkError } from "../../kernel/netlink/message.js";
import type { CallContext } from "../../rpc/context.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";
import type { LinkDeps, Links } from "./link-state.js";

/** A connection that nobody may be cut off from, and the way that its packets take now. */
export interface ProtectedPath {
  readonly connection: TcpConnection;
  readonly reason: "the caller's own connection" | "established inbound SSH session";
  /** Absent where no route leads to the other end now. */
  readonly route?: KernelRoute;
}

const MAX_HOLDERS = 256;

/** The caller's own connections over the network, and established SSH sessions, each with its route. */
export async function protectedPaths(deps: LinkDeps, { caller }: CallContext): Promise<ProtectedPath[]> {
  const { files } = deps;
  const own = caller.address === undefined ? [] : await connectionsFrom(files, caller.address);
  const ssh = await inboundSsh(files);
  const all = [
    ...own.map((connection) => ({ connection, reason: "the caller's own connection" as const })),
    ...ssh.map((connection) => ({ connection, reason: "established inbound SSH session" as const })),
  ];
  return Promise.all(
    all.map(async (one) => {
      const route = await routeOf(deps, one.connection);
      return { ...one, ...(route && { route }) };
    }),
  );
}

/** The route that a connection's packets take; no route at all is an answer too: it is cut off already. */
const routeOf = ({ writer }: LinkDeps, { family, remote, local }: TcpConnection): Promise<KernelRoute | undefined> =>
  writer.lookup(family, remote, local).catch(noneWhereRefused);

/** Those whose packets had a way when they were looked at, and take another one by now, or none. */
export async function ledAway(deps: LinkDeps, paths: readonly ProtectedPath[]): Promise<ProtectedPath[]> {
  const now = await Promise.all(paths.map(({ connection }) => routeOf(deps, connection)));
  return paths.filter(({ route }, at) => route !== undefined && wayOf(route) !== wayOf(now[at]));
}

function wayOf(route: KernelRoute | undefined): string {
  if (!route) return "none";
  const hops = (route.nexthops ?? [route]).map(({ dev, gateway, via }) => [dev, gateway ?? via?.host]);
  return JSON.stringify([route.type, ...hops]);
}

const noneWhereRefused = (error: unknown): undefined => {
  if (!(error instanceof NetlinkError && error.errno > 0)) throw error;
};

const connectionsFrom = async (files: Files, address: string): Promise<TcpConnection[]> =>
  (await established(files)).filter(({ remote }) => remote === address);

const nameOf = ({ family, local, localPort, remote, remotePort }: TcpConnection): string =>
  family === "inet"
    ? `${local}:${localPort} ${remote}:${remotePort}`
    : `[${local}]:${localPort} [${remote}]:${remotePort}`;

/** The refusal that names the connections which would be cut. */
export function usedBy(resource: string, name: string, paths: readonly ProtectedPath[], verb = "carries"): RpcError {
  const holders = paths
    .slice(0, MAX_HOLDERS)
    .map(({ connection, reason }): Holder => ({ kind: "connection", name: nameOf(connection), reason }));
  const [first] = holders;
  const message = `${resource} ${name} ${verb} ${first?.reason ?? "a connection"} (${first?.name ?? ""}); force: true goes on all the same`;
  return rpcError("in_use", { resource, name, holders }, message);
}

/** The links that a route's packets leave by, each with those beneath it. */
function linksOf({ dev, nexthops = [] }: KernelRoute, links: Links): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [dev, ...nexthops.map((hop) => hop.dev)];
  while (pending.length > 0) {
    const name = pending.pop();
    if (name === undefined || found.has(name)) continue;
    found.add(name);
    const link = links.get(name);
    // The other end of a pair is no part of the way, it is what the way leads to.
    if (link?.link !== undefined && link.linkinfo?.info_kind !== "veth") pending.push(link.link);
  }
  return found;
}

/** Those that go out by a link, or have their address on it. */
export const pathsOver = (ifname: string, paths: readonly ProtectedPath[], links: Links): ProtectedPath[] =>
  paths.filter(({ connection, route }) => {
    const isAddressThere = links.get(ifname)?.addr_info.some(({ local }) => local === connection.local) ?? false;
    return isAddressThere || (route !== undefined && linksOf(route, links).has(ifname));
  });

/** Those that come in by a port of a bridge: their next hop was learned there, or was learned nowhere. */
export async function pathsByPort(
  deps: LinkDeps,
  bridge: string,
  port: string,
  paths: readonly ProtectedPath[],
  links: Links,
): Promise<ProtectedPath[]> {
  const over = [...pathsOver(bridge, paths, links), ...pathsOver(port, paths, links)];
  if (over.length === 0) return [];
  const [neighbors, table] = await Promise.all([deps.net.neighbors({}), deps.net.fdb()]);
  return [...new Set(over)].filter(({ connection, route }) => {
    const hop = route?.gateway ?? route?.via?.host ?? connection.remote;
    const mac = neighbors.find(({ dst, lladdr }) => dst === hop && lladdr !== undefined)?.lladdr;
    const places = table.filter((entry) => isLearnedIn(bridge, entry) && entry.mac === mac);
    return places.length === 0 || places.some(({ ifname }) => ifname === port);
  });
}

const isLearnedIn = (bridge: string, { master, state }: KernelFdbEntry): boolean =>
  master === bridge && state !== "permanent";
