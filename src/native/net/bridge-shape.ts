import type { Bridge, BridgePort, BridgePortState, FdbEntry } from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import type { Details, KernelFdbEntry, KernelLink } from "../../kernel/net-model.js";
import { LINK_ALIAS_PREFIX } from "../../kernel/ownership.js";
import { attribute } from "../../kernel/sysfs.js";
import { bridgeNumber, isBridge, type Links } from "./link-state.js";

/** The alias of each end of a connection between two bridges. */
export const CONNECT_ALIAS = `${LINK_ALIAS_PREFIX}connect`;

/** The kernel's word for an address that somebody set (`NET_ADDR_SET`). */
const ADDRESS_SET = "3";
/** The kernel's word for a spanning tree that another program runs. */
const STP_USERSPACE = 2;
const MAX_FDB = 1_048_576;

const seconds = (link: KernelLink, name: string): number => bridgeNumber(link, name) / 100;

const text = (details: Details, name: string): string => {
  const value = details[name];
  return typeof value === "string" ? value : "";
};

const flag = <N extends string>(details: Details, name: N): { [K in N]?: boolean } => {
  const value = details[name];
  return value === undefined ? {} : ({ [name]: value === true || value === 1 } as { [K in N]?: boolean });
};

const number = <N extends string>(details: Details, name: string, field: N): { [K in N]?: number } => {
  const value = details[name];
  const plain = typeof value === "string" ? Number.parseInt(value, 16) : value;
  return typeof plain === "number" ? ({ [field]: plain } as { [K in N]?: number }) : {};
};

const word = <N extends string>(details: Details, name: string, field: N): { [K in N]?: string } => {
  const value = details[name];
  return typeof value === "string" ? ({ [field]: value } as { [K in N]?: string }) : {};
};

const PORT_STATES: readonly BridgePortState[] = ["disabled", "listening", "learning", "forwarding", "blocking"];

/** Whether a port is one that this daemon put into its bridge, by the registry. */
export type IsOurPort = (bridge: string, port: string) => boolean;

/** One port of a bridge, from its link. */
export function portOf(link: KernelLink, links: Links, isOurs: IsOurPort): BridgePort {
  const details = link.linkinfo?.info_slave_data ?? {};
  const state = PORT_STATES.find((name) => name === details.state) ?? "disabled";
  const peer = link.linkinfo?.info_kind === "veth" ? link.link : undefined;
  const across = link.ifalias === CONNECT_ALIAS && peer !== undefined ? links.get(peer)?.master : undefined;
  const { ifname, ifindex, flags, operstate, mtu, address, master = "" } = link;
  return {
    ifname,
    ifindex,
    flags,
    operstate,
    mtu,
    ...(address !== undefined && { address }),
    state,
    ...number(details, "priority", "priority"),
    ...number(details, "cost", "cost"),
    ...number(details, "no", "port_no"),
    ...number(details, "id", "port_id"),
    ...word(details, "root_id", "designated_root"),
    ...word(details, "bridge_id", "designated_bridge"),
    ...number(details, "designated_port", "designated_port"),
    ...number(details, "designated_cost", "designated_cost"),
    ...flag(details, "hairpin"),
    ...flag(details, "guard"),
    ...flag(details, "root_block"),
    ...flag(details, "fastleave"),
    ...flag(details, "learning"),
    ...flag(details, "flood"),
    ...flag(details, "mcast_flood"),
    ...flag(details, "bcast_flood"),
    ...number(details, "multicast_router", "mcast_router"),
    ...flag(details, "mcast_to_unicast"),
    ...flag(details, "neigh_suppress"),
    ...flag(details, "proxy_arp"),
    ...flag(details, "proxy_arp_wifi"),
    ...flag(details, "vlan_tunnel"),
    ...flag(details, "isolated"),
    ...flag(details, "locked"),
    ...flag(details, "mab"),
    ...word(details, "backup_port", "backup_port"),
    ...(peer !== undefined && { peer }),
    ...(across !== undefined && { connects_to: across }),
    managed: link.managed || isOurs(master, ifname),
  };
}

/** One bridge with its ports and without its forwarding table. */
export async function bridgeOf(files: Files, link: KernelLink, links: Links, isOurs: IsOurPort): Promise<Bridge> {
  const details = link.linkinfo?.info_data ?? {};
  const fixed = await isAddressFixed(files, link);
  const { ifname, ifindex, address, mtu, flags, operstate, ifalias, addr_info, managed } = link;
  return {
    ifname,
    ifindex,
    ...(address !== undefined && { address }),
    ...(fixed !== undefined && { address_fixed: fixed }),
    mtu,
    flags,
    operstate,
    ...(ifalias !== undefined && { ifalias }),
    stp_state: bridgeNumber(link, "stp_state") !== 0,
    ...(bridgeNumber(link, "stp_state") === STP_USERSPACE && { stp_userspace: true }),
    priority: bridgeNumber(link, "priority"),
    bridge_id: text(details, "bridge_id"),
    root_id: text(details, "root_id"),
    root_port: bridgeNumber(link, "root_port"),
    root_path_cost: bridgeNumber(link, "root_path_cost"),
    ...flag(details, "topology_change"),
    forward_delay_seconds: seconds(link, "forward_delay"),
    hello_time_seconds: seconds(link, "hello_time"),
    max_age_seconds: seconds(link, "max_age"),
    ageing_time_seconds: seconds(link, "ageing_time"),
    vlan_filtering: bridgeNumber(link, "vlan_filtering") !== 0,
    ...word(details, "vlan_protocol", "vlan_protocol"),
    ...number(details, "vlan_default_pvid", "vlan_default_pvid"),
    ...flag(details, "mcast_snooping"),
    ...flag(details, "mcast_querier"),
    ...word(details, "group_fwd_mask", "group_fwd_mask"),
    ...flag(details, "nf_call_iptables"),
    ...flag(details, "nf_call_ip6tables"),
    ...flag(details, "nf_call_arptables"),
    ...number(details, "fdb_n_learned", "fdb_n_learned"),
    ...number(details, "fdb_max_learned", "fdb_max_learned"),
    addr_info,
    ports: links.ports(ifname).map((port) => portOf(port, links, isOurs)),
    managed,
  };
}

/** Whether a bridge's address was set; undefined where `/sys` shows another network namespace, or is not there. */
async function isAddressFixed(files: Files, { ifname, ifindex }: KernelLink): Promise<boolean | undefined> {
  const folder = `/sys/class/net/${ifname}`;
  if ((await attribute(files, `${folder}/ifindex`)) !== String(ifindex)) return undefined;
  const assigned = await attribute(files, `${folder}/addr_assign_type`);
  return assigned === undefined ? undefined : assigned === ADDRESS_SET;
}

const entryOf = ({ master: _, ...entry }: KernelFdbEntry): FdbEntry => entry;

/** What of all forwarding tables is a bridge's: its own table, and the address lists of itself and of its ports. */
export function tableOf(bridge: string, links: Links, all: readonly KernelFdbEntry[]): FdbEntry[] {
  const members = new Set([bridge, ...links.ports(bridge).map(({ ifname }) => ifname)]);
  return all
    .filter(({ master, ifname }) => (master === undefined ? members.has(ifname) : master === bridge))
    .slice(0, MAX_FDB)
    .map(entryOf);
}

/** The bridges by index. */
export const bridgesOf = (links: Links): KernelLink[] =>
  links.all.filter(isBridge).sort((a, b) => a.ifindex - b.ifindex);
