import type { NetVlanHandlers } from "../../../generated/handlers.gen.js";
import type {
  BridgeVlan,
  BridgeVlanTable,
  NetVlanParams,
  VlanDevice,
  VlanQosMap,
  VlanReport,
} from "../../../generated/types.gen.js";
import type { BridgeVlanEntry, VlanReader } from "../../kernel/bridge-vlans.js";
import type { Files } from "../../kernel/files.js";
import type { Detail, Details, KernelLink, NetReader } from "../../kernel/net-model.js";
import { rpcError } from "../../rpc/errors.js";
import { askKernel } from "./live.js";

export interface VlanDeps {
  readonly files: Files;
  readonly net: NetReader;
  readonly vlans: VlanReader;
}

/** The `net.vlan` topic: VLAN devices, and the VLAN tables of bridges. */
export const vlan = (deps: VlanDeps): NetVlanHandlers => ({
  "net.vlan": (params, { signal }) => askKernel(deps, () => report(deps, params, signal)),
});

async function report({ net, vlans }: VlanDeps, { bridge }: NetVlanParams, signal: AbortSignal): Promise<VlanReport> {
  const links = await net.links({}, signal);
  const bridges = links.filter((link) => kindOf(link) === "bridge" && (bridge === undefined || link.ifname === bridge));
  if (bridge !== undefined && bridges.length === 0) throw noSuchBridge(bridge, links);
  const devices = links.filter((link) => kindOf(link) === "vlan" && (bridge === undefined || link.link === bridge));
  const counted = bridges.filter((link) => flag(link, "vlan_stats_enabled"));
  const [plain, counters] = await Promise.all([
    bridges.length > counted.length ? vlans(false, signal) : [],
    counted.length > 0 ? vlans(true, signal) : [],
  ]);
  const [byRange, byCounter] = [byPort(plain), byPort(counters)];
  return {
    devices: devices.flatMap(deviceOf),
    bridges: bridges.map((link) => tableOf(link, links, counted.includes(link) ? byCounter : byRange)),
  };
}

function noSuchBridge(name: string, links: readonly KernelLink[]) {
  const other = links.find(({ ifname }) => ifname === name);
  const why = other ? `${name} is no bridge but ${kindOf(other) ?? "a plain interface"}` : `there is no bridge ${name}`;
  return rpcError("not_found", { resource: "bridge", name }, why);
}

const kindOf = ({ linkinfo }: KernelLink): string | undefined => linkinfo?.info_kind;
const detailsOf = ({ linkinfo }: KernelLink): Details => linkinfo?.info_data ?? {};
const flag = (link: KernelLink, name: string): boolean => Number(detailsOf(link)[name] ?? 0) !== 0;

const text = (value: Detail | undefined): string | undefined => (typeof value === "string" ? value : undefined);
const number = (value: Detail | undefined): number | undefined => (typeof value === "number" ? value : undefined);
const list = (value: Detail | undefined): Detail[] => (Array.isArray(value) ? value : []);

function deviceOf(link: KernelLink): VlanDevice[] {
  const details = detailsOf(link);
  const id = number(details.id);
  if (id === undefined) return [];
  const ingress = priorities(details.ingress_qos);
  const egress = priorities(details.egress_qos);
  return [
    {
      ifname: link.ifname,
      ifindex: link.ifindex,
      ...(link.link !== undefined && link.link_netnsid === undefined && { link: link.link }),
      id,
      protocol: text(details.protocol) ?? "802.1Q",
      flags: list(details.flags).flatMap((one) => text(one) ?? []),
      ...(ingress.length > 0 && { ingress_qos: ingress }),
      ...(egress.length > 0 && { egress_qos: egress }),
      operstate: link.operstate,
      managed: link.managed,
    },
  ];
}

const priorities = (value: Detail | undefined): VlanQosMap[] =>
  list(value).flatMap((entry) => {
    const { from, to } = typeof entry === "object" && entry !== null && !Array.isArray(entry) ? entry : {};
    return typeof from === "number" && typeof to === "number" ? [{ from, to }] : [];
  });

/** The entries of each port, which is known by its index, or by its name where `bridge` was asked. */
const byPort = (entries: readonly BridgeVlanEntry[]): ReadonlyMap<number | string, BridgeVlan[]> => {
  const found = new Map<number | string, BridgeVlan[]>();
  for (const { ifindex, ifname, ...entry } of entries) {
    const port = ifname ?? ifindex;
    const vlans = found.get(port) ?? [];
    vlans.push(entry);
    found.set(port, vlans);
  }
  return found;
};

function tableOf(
  bridge: KernelLink,
  links: readonly KernelLink[],
  entries: ReadonlyMap<number | string, BridgeVlan[]>,
): BridgeVlanTable {
  const details = detailsOf(bridge);
  const members = links.filter((link) => link === bridge || link.master === bridge.ifname);
  return {
    ifname: bridge.ifname,
    vlan_filtering: flag(bridge, "vlan_filtering"),
    vlan_protocol: text(details.vlan_protocol) ?? "802.1Q",
    vlan_default_pvid: number(details.vlan_default_pvid) ?? 0,
    vlan_stats_enabled: flag(bridge, "vlan_stats_enabled"),
    ...(details.vlan_stats_per_port !== undefined && { vlan_stats_per_port: flag(bridge, "vlan_stats_per_port") }),
    ports: members.map(({ ifindex, ifname }) => ({
      ifname,
      self: ifname === bridge.ifname,
      vlans: entries.get(ifindex) ?? entries.get(ifname) ?? [],
    })),
  };
}
