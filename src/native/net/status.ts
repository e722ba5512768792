import type { NetStatusHandlers } from "../../../generated/handlers.gen.js";
import type {
  DefaultGateway,
  DriftKind,
  ManagedNetCounts,
  NetStatus,
  StatusAddress,
  ToolStatus,
} from "../../../generated/types.gen.js";
import { ToolMissing } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import { bootId, hostName, kernelFacts, osFacts, systemUptime } from "../../kernel/machine.js";
import type { KernelLink, KernelRoute, NetReader } from "../../kernel/net-model.js";
import { findTool, type Tool } from "../../kernel/tools.js";
import type { Managed } from "../managed.js";
import { askKernel } from "./live.js";

export interface StatusDeps {
  readonly files: Files;
  readonly net: NetReader;
  /** The served specification's version. */
  readonly version: string;
  readonly nodeId: string;
  /** What the daemon owns, kind by kind. */
  readonly managed: readonly Managed[];
}

/** The tools that `net.*` methods can need. */
const NET_TOOLS: readonly Tool[] = ["ip", "nft", "conntrack", "networkctl", "nmcli", "dhcpcd", "dhclient", "udhcpc"];

/** The `net.status` topic: the daemon and the node at a glance. */
export const status = (deps: StatusDeps): NetStatusHandlers => ({
  async "net.status"(_, { signal }) {
    const { files, version, nodeId, managed } = deps;
    const [hostname, kernel, os, boot_id, system_uptime_seconds, tools, network] = await Promise.all([
      hostName(files),
      kernelFacts(files),
      osFacts(files),
      bootId(files),
      systemUptime(files),
      Promise.all(NET_TOOLS.map(toolStatus)),
      files.live ? askKernel(deps, () => networkOf(deps.net, signal)) : { sysroot: files.root },
    ]);
    return {
      pid: process.pid,
      uptime_seconds: Math.floor(process.uptime()),
      started_at: new Date(performance.timeOrigin).toISOString(),
      version,
      mode: "native",
      hostname,
      kernel,
      ...(os && { os }),
      boot_id,
      node_id: nodeId,
      system_uptime_seconds,
      managed: managedCounts(managed),
      ...network,
      tools,
    };
  },
});

async function toolStatus(name: Tool): Promise<ToolStatus> {
  const { path, package: holder } = await findTool(name);
  return { name, present: path !== undefined, ...(path !== undefined && { path }), package: holder };
}

const MAX_ADDRESSES = 65_536;
const MAX_GATEWAYS = 4096;

type Network = Pick<NetStatus, "addresses" | "default_gateways">;

async function networkOf(net: NetReader, signal: AbortSignal): Promise<Network> {
  const asked = Promise.all([net.links({}, signal), net.routes({ dst: "default", type: "unicast" }, signal)]);
  const found = await asked.catch(noneWithoutTool);
  if (!found) return {};
  const [links, defaults] = found;
  return {
    addresses: links.flatMap(addressesOf).slice(0, MAX_ADDRESSES),
    default_gateways: defaults.flatMap(gatewaysOf).sort(byFamilyThenMetric).slice(0, MAX_GATEWAYS),
  };
}

/** Where `ip` is asked in netlink's stead and is not there, `tools` says so: the rest of the answer stands. */
const noneWithoutTool = (error: unknown): undefined => {
  if (!(error instanceof ToolMissing)) throw error;
};

const LOCAL_SCOPES: ReadonlySet<string> = new Set(["link", "host", "nowhere"]);

const addressesOf = ({ ifname, flags, addr_info }: KernelLink): StatusAddress[] =>
  (flags.includes("UP") ? addr_info : [])
    .filter(({ scope, tentative, dadfailed }) => !LOCAL_SCOPES.has(scope) && !tentative && !dadfailed)
    .map(({ family, local, prefixlen, scope }) => ({ family, local, prefixlen, ifname, scope }));

/** One entry for each way out: a route's own next hop, or each of several. */
const gatewaysOf = ({ family, metric = 0, table, protocol, nexthops, ...route }: KernelRoute): DefaultGateway[] =>
  (nexthops ?? [route]).flatMap(({ gateway, via, dev }) => {
    const hop = gateway ?? via?.host;
    return dev === undefined
      ? []
      : [{ family, ...(hop !== undefined && { gateway: hop }), dev, metric, table, protocol }];
  });

const byFamilyThenMetric = (a: DefaultGateway, b: DefaultGateway): number =>
  a.family === b.family ? a.metric - b.metric : a.family === "inet" ? -1 : 1;

/** How many entries the registries hold of each kind. */
function managedCounts(managed: readonly Managed[]): ManagedNetCounts {
  const count = (kind: DriftKind): number =>
    managed.filter((part) => part.kind === kind).reduce((sum, part) => sum + part.count(), 0);
  return {
    bridges: count("bridge"),
    bridge_ports: count("bridge_port"),
    connections: count("connection"),
    taps: count("tap"),
    routes: count("route"),
    firewall_rules: count("firewall_rule"),
    dnat: count("dnat"),
    snat: count("snat"),
  };
}
