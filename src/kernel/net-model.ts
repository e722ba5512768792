/** What the network readers answer: the kernel's objects under iproute2's names. */

/** A 64-bit counter: a number where that is exact, else a bigint. */
export type Exact = number | bigint;

/** Details whose fields depend on the kind of thing. */
export type Detail = string | Exact | boolean | null | Detail[] | { [name: string]: Detail };
export type Details = { [name: string]: Detail };

export type IpFamily = "inet" | "inet6";

export const ROUTE_TYPES = [
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
  "nat",
  "xresolve",
] as const;
export type KernelRouteType = (typeof ROUTE_TYPES)[number];

export const NEIGHBOR_STATES = [
  "INCOMPLETE",
  "REACHABLE",
  "STALE",
  "DELAY",
  "PROBE",
  "FAILED",
  "NOARP",
  "PERMANENT",
] as const;
export type KernelNeighborState = (typeof NEIGHBOR_STATES)[number];

export const OPERSTATES = ["UNKNOWN", "NOTPRESENT", "DOWN", "LOWERLAYERDOWN", "TESTING", "DORMANT", "UP"] as const;
type Operstate = (typeof OPERSTATES)[number];

/** One address of a link; a flag is present, and true, where it is set. */
export interface KernelAddress {
  family: IpFamily;
  local: string;
  address?: string;
  prefixlen: number;
  metric?: number;
  broadcast?: string;
  anycast?: string;
  scope: string;
  protocol?: string;
  secondary?: boolean;
  temporary?: boolean;
  dynamic?: boolean;
  deprecated?: boolean;
  tentative?: boolean;
  optimistic?: boolean;
  dadfailed?: boolean;
  nodad?: boolean;
  home?: boolean;
  mngtmpaddr?: boolean;
  noprefixroute?: boolean;
  autojoin?: boolean;
  stable_privacy?: boolean;
  ifa_flags?: string;
  label?: string;
  /** Seconds; 4294967295 is for ever. */
  valid_life_time: number;
  preferred_life_time: number;
}

export interface KernelStats {
  rx: {
    bytes: Exact;
    packets: Exact;
    errors: Exact;
    dropped: Exact;
    over_errors: Exact;
    multicast: Exact;
    compressed?: Exact;
    length_errors: Exact;
    crc_errors: Exact;
    frame_errors: Exact;
    fifo_errors: Exact;
    missed_errors: Exact;
    nohandler?: Exact;
    otherhost?: Exact;
  };
  tx: {
    bytes: Exact;
    packets: Exact;
    errors: Exact;
    dropped: Exact;
    carrier_errors: Exact;
    collisions: Exact;
    compressed?: Exact;
    aborted_errors: Exact;
    fifo_errors: Exact;
    window_errors: Exact;
    heartbeat_errors: Exact;
    carrier_changes?: number;
  };
}

export interface KernelLinkInfo {
  info_kind?: string;
  info_data?: Details;
  info_slave_kind?: string;
  info_slave_data?: Details;
}

export interface KernelLink {
  ifindex: number;
  ifname: string;
  link?: string;
  link_index?: number;
  link_netnsid?: number;
  new_netnsid?: number;
  flags: string[];
  mtu: number;
  min_mtu?: number;
  max_mtu?: number;
  qdisc?: string;
  master?: string;
  operstate: Operstate;
  linkmode?: string;
  group: string;
  txqlen?: number;
  link_type: string;
  address?: string;
  link_pointtopoint?: boolean;
  broadcast?: string;
  permaddr?: string;
  promiscuity?: number;
  allmulti?: number;
  proto_down?: boolean;
  proto_down_reason?: string[];
  linkinfo?: KernelLinkInfo;
  inet6_addr_gen_mode?: string;
  num_tx_queues?: number;
  num_rx_queues?: number;
  gso_max_size?: number;
  gso_max_segs?: number;
  tso_max_size?: number;
  tso_max_segs?: number;
  gro_max_size?: number;
  gso_ipv4_max_size?: number;
  gro_ipv4_max_size?: number;
  phys_port_name?: string;
  phys_port_id?: string;
  phys_switch_id?: string;
  parentbus?: string;
  parentdev?: string;
  ifalias?: string;
  altnames?: string[];
  xdp?: Details;
  vfinfo_list?: Details[];
  addr_info: KernelAddress[];
  stats64: KernelStats;
  /** The link carries our mark in its alias. */
  managed: boolean;
}

export interface KernelVia {
  family: IpFamily;
  host: string;
}

export interface KernelRealms {
  from?: string;
  to: string;
}

export type KernelEncap = Details & { type: string };

export interface KernelNexthop {
  gateway?: string;
  via?: KernelVia;
  dev?: string;
  weight: number;
  flags: string[];
  encap?: KernelEncap;
  flow?: KernelRealms;
}

export interface KernelRoute {
  family: IpFamily;
  type: KernelRouteType;
  dst: string;
  from?: string;
  tos?: string;
  gateway?: string;
  via?: KernelVia;
  dev?: string;
  nhid?: number;
  nexthops?: KernelNexthop[];
  table: string;
  protocol: string;
  scope: string;
  prefsrc?: string;
  metric?: number;
  flags: string[];
  metrics?: KernelMetrics[];
  /** Seconds. */
  expires?: number;
  pref?: string;
  error?: number;
  encap?: KernelEncap;
  flow?: KernelRealms;
  iif?: string;
  ttl_propagate?: boolean;
  /** It carries our routing protocol number. */
  managed: boolean;
}

/** Path metrics; times in milliseconds. */
export interface KernelMetrics {
  mtu?: number;
  window?: number;
  rtt?: number;
  rttvar?: number;
  ssthresh?: number;
  cwnd?: number;
  advmss?: number;
  reordering?: number;
  hoplimit?: number;
  initcwnd?: number;
  ecn?: boolean;
  tcp_usec_ts?: boolean;
  features?: string;
  rto_min?: number;
  initrwnd?: number;
  quickack?: number;
  congestion?: string;
  fastopen_no_cookie?: number;
  locked?: string[];
}

export interface KernelNeighbor {
  family: IpFamily;
  dst: string;
  dev: string;
  lladdr?: string;
  state: KernelNeighborState[];
  router?: boolean;
  proxy?: boolean;
  extern_learn?: boolean;
  offload?: boolean;
  managed?: boolean;
  extern_valid?: boolean;
  protocol?: string;
  vlan?: number;
  vni?: number;
  nhid?: number;
  refcnt?: number;
  /** Seconds. */
  used?: number;
  confirmed?: number;
  updated?: number;
  probes?: number;
}

/** One entry of a bridge's forwarding table, or of a link's own list of addresses (`self`). */
export interface KernelFdbEntry {
  mac: string;
  ifname: string;
  /** The bridge whose table it stands in; absent for a link's own. */
  master?: string;
  vlan?: number;
  flags: string[];
  state: string;
  dst?: string;
  vni?: number;
  src_vni?: number;
  port?: number;
  via_if?: string;
  nhid?: number;
  /** Seconds. */
  used?: number;
  updated?: number;
  protocol?: string;
}

export interface LinkFilter {
  readonly name?: string;
  readonly kind?: string;
  readonly master?: string;
}

export interface RouteFilter {
  readonly family?: IpFamily;
  /** A table's number. */
  readonly table?: number;
  /** A routing protocol's number. */
  readonly protocol?: number;
  readonly type?: KernelRouteType;
  /** Leaves by this interface, also as one of several next hops. */
  readonly dev?: string;
  /** Exactly this destination, in the kernel's spelling (`192.0.2.0/24`, a bare address, `default`). */
  readonly dst?: string;
}

export interface NeighborFilter {
  readonly family?: IpFamily;
  readonly dev?: string;
  readonly state?: KernelNeighborState;
  readonly proxy?: boolean;
}

/** An interface that a filter names is not there. */
export class NoSuchInterface extends Error {
  override readonly name = "NoSuchInterface";

  constructor(readonly ifname: string) {
    super(`there is no interface ${ifname}`);
  }
}

/** The network as the kernel has it now; answered over rtnetlink, or by `ip` where that cannot be loaded. */
export interface NetReader {
  /** Links by index, with their addresses. Rejects with `NoSuchInterface` where `name` or `master` is not there. */
  links(filter: LinkFilter, signal?: AbortSignal): Promise<KernelLink[]>;
  /** Routes of all tables, IPv4 first, in the kernel's order. Rejects with `NoSuchInterface` where `dev` is not there. */
  routes(filter: RouteFilter, signal?: AbortSignal): Promise<KernelRoute[]>;
  /** Neighbours, IPv4 first; with `proxy` the proxy entries instead. Rejects with `NoSuchInterface`. */
  neighbors(filter: NeighborFilter, signal?: AbortSignal): Promise<KernelNeighbor[]>;
  /** The forwarding tables of all bridges, and all links' own address lists, in the kernel's order. */
  fdb(signal?: AbortSignal): Promise<KernelFdbEntry[]>;
}
