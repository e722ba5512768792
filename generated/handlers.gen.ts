// Generated from openrpc.json by `npm run generate`. Do not edit.
import type { CallContext } from "../src/rpc/context.js";
import type {
  RpcDiscoverParams,
  RpcDiscoverResult,
  RpcHealthParams,
  RpcHealthResult,
  NetStatusParams,
  NetStatusResult,
  NetConfigParams,
  NetConfigResult,
  NetLeaseParams,
  NetLeaseResult,
  NetPrefixParams,
  NetPrefixResult,
  NetVlanParams,
  NetVlanResult,
  NetHealthParams,
  NetHealthResult,
  NetVerifyParams,
  NetVerifyResult,
  NetInterfacesParams,
  NetInterfacesResult,
  NetRoutesParams,
  NetRoutesResult,
  NetNeighborsParams,
  NetNeighborsResult,
  NetBridgeParams,
  NetBridgeResult,
  NetFirewallParams,
  NetFirewallResult,
  NetDnsParams,
  NetDnsResult,
  NetSysctlParams,
  NetSysctlResult,
  NetConntrackParams,
  NetConntrackResult,
  NetConntrackStatsParams,
  NetConntrackStatsResult,
  NetNatStatusParams,
  NetNatStatusResult,
  NetVmListParams,
  NetVmListResult,
  NetOvsParams,
  NetOvsResult,
  NetFlowsParams,
  NetFlowsResult,
  NetDatapathParams,
  NetDatapathResult,
  NetOvsConntrackParams,
  NetOvsConntrackResult,
  NetOvsConntrackStatsParams,
  NetOvsConntrackStatsResult,
  NetLeaseRestartParams,
  NetLeaseRestartResult,
  NetRoutesAddParams,
  NetRoutesAddResult,
  NetRoutesDeleteParams,
  NetRoutesDeleteResult,
  NetBridgeAddParams,
  NetBridgeAddResult,
  NetBridgeDeleteParams,
  NetBridgeDeleteResult,
  NetBridgeConnectParams,
  NetBridgeConnectResult,
  NetBridgeAddPortParams,
  NetBridgeAddPortResult,
  NetBridgeRemovePortParams,
  NetBridgeRemovePortResult,
  NetVmCreateTapParams,
  NetVmCreateTapResult,
  NetVmDeleteTapParams,
  NetVmDeleteTapResult,
  NetFirewallAddRuleParams,
  NetFirewallAddRuleResult,
  NetFirewallRemoveRuleParams,
  NetFirewallRemoveRuleResult,
  NetNatAddDnatParams,
  NetNatAddDnatResult,
  NetNatRemoveDnatParams,
  NetNatRemoveDnatResult,
  NetNatAddSnatParams,
  NetNatAddSnatResult,
  NetNatRemoveSnatParams,
  NetNatRemoveSnatResult,
  NetConntrackFlushParams,
  NetConntrackFlushResult,
  NetOvsConntrackFlushParams,
  NetOvsConntrackFlushResult,
  VolListDisksParams,
  VolListDisksResult,
  VolListPartitionsParams,
  VolListPartitionsResult,
  VolListFilesystemsParams,
  VolListFilesystemsResult,
  VolListMountsParams,
  VolListMountsResult,
  VolListSubvolumesParams,
  VolListSubvolumesResult,
  VolListFreeSpaceParams,
  VolListFreeSpaceResult,
  VolInventoryParams,
  VolInventoryResult,
  VolFeasibleTopologiesParams,
  VolFeasibleTopologiesResult,
  VolUsageParams,
  VolUsageResult,
  VolDeviceStatsParams,
  VolDeviceStatsResult,
  VolScrubStatusParams,
  VolScrubStatusResult,
  VolFsUsageParams,
  VolFsUsageResult,
  VolFsDfParams,
  VolFsDfResult,
  VolBalanceStatusParams,
  VolBalanceStatusResult,
  VolListMdArraysParams,
  VolListMdArraysResult,
  VolMdDetailParams,
  VolMdDetailResult,
  VolCreatePartitionParams,
  VolCreatePartitionResult,
  VolCreateFilesystemParams,
  VolCreateFilesystemResult,
  VolMountParams,
  VolMountResult,
  VolUnmountParams,
  VolUnmountResult,
  VolCreateSubvolumeParams,
  VolCreateSubvolumeResult,
  VolDeleteSubvolumeParams,
  VolDeleteSubvolumeResult,
  VolSnapshotSubvolumeParams,
  VolSnapshotSubvolumeResult,
  VolSetQuotaParams,
  VolSetQuotaResult,
  VolScrubStartParams,
  VolScrubStartResult,
  VolBalanceStartParams,
  VolBalanceStartResult,
  VolDefragParams,
  VolDefragResult,
  VolResizeMaxParams,
  VolResizeMaxResult,
  VolCreateMdArrayParams,
  VolCreateMdArrayResult,
  VolStopMdArrayParams,
  VolStopMdArrayResult,
  VolCreateBtrfsRaidParams,
  VolCreateBtrfsRaidResult,
} from "./types.gen.js";

/** The topic `rpc`. */
export interface RpcHandlers {
  /**
   * Answers the specification that this daemon was built from, byte for byte as it stands in `openrpc.json`; `GET
   * /openrpc.json` serves the same bytes with an ETag. Nothing is dereferenced or left out, and every caller gets the
   * same document whatever its rights: each method says in `x-right` which right it needs, and in `x-mos-only` that a
   * native daemon answers `unsupported`. Open to every local caller and every identified remote one. The example shows
   * the document's outline only.
   */
  "rpc.discover"(params: RpcDiscoverParams, context: CallContext): RpcDiscoverResult | Promise<RpcDiscoverResult>;

  /**
   * Answers exactly `{"status":"ok"}`, at once and without touching the kernel, tools or an upstream. It says that the
   * daemon is up, not that the node is well: see `net.health` for the network, `net.verify` for drift, and `degraded`
   * of `GET /health` for what could not be restored. Open to every local caller and every identified remote one.
   */
  "rpc.health"(params: RpcHealthParams, context: CallContext): RpcHealthResult | Promise<RpcHealthResult>;
}

/** The topic `net.status`. */
export interface NetStatusHandlers {
  /**
   * Answers who serves this socket (pid, version, mode, since when), on which node (host name, node id, kernel, boot
   * id), where it can be reached (addresses and default gateways, live from the kernel), how many objects the daemon
   * owns according to its registries, and which of the system tools that `net.*` methods need are installed. A missing
   * tool is no fault of this call; the methods that need it answer `tool_missing`. Takes no parameters.
   */
  "net.status"(params: NetStatusParams, context: CallContext): NetStatusResult | Promise<NetStatusResult>;
}

/** The topic `net.config`. */
export interface NetConfigHandlers {
  /**
   * Reads the kernel's command line, picks out the network parameters (`mosip4=`, `mosip6=`, `mosbridge=`, `mosnat=`,
   * the kernel's and dracut's `ip=`, `nameserver=`, `vlan=`, `bond=`, `bridge=`, …), joins them with the configuration
   * of this daemon and of the program that manages the interfaces, and says for each part what is wanted, where that
   * comes from, and whether the live state agrees. Where several sources speak, the one in force is shown; a parameter
   * that could not be understood stays in the list with the problem named. The values are those of the moment, read
   * from the kernel. Takes no parameters.
   */
  "net.config"(params: NetConfigParams, context: CallContext): NetConfigResult | Promise<NetConfigResult>;
}

/** The topic `net.lease`. */
export interface NetLeaseHandlers {
  /**
   * Finds the client that runs for each interface (systemd-networkd, NetworkManager, dhcpcd, dhclient, udhcpc, dhcp6c)
   * and reads what it keeps about its leases; addresses by SLAAC come from the kernel. One object stands for one
   * address or one delegated prefix, with every moment both as absolute time and as the seconds that remain. Where a
   * client's file names an address that the kernel no longer holds, the lease is left out: the kernel decides what is
   * in force. An empty list means that nothing here was lent. Filters are combined with AND; an `interface` that is
   * not there is `not_found`.
   *
   * Errors besides the common ones: `not_found`.
   */
  "net.lease"(params: NetLeaseParams, context: CallContext): NetLeaseResult | Promise<NetLeaseResult>;

  /**
   * Asks the DHCP client that configured the interface to start over with a full DHCP exchange, so that the address,
   * routes and DNS follow what the server says now. The client that is running is found and used: systemd-networkd
   * (`reconfigure`; its renew would be no new exchange), NetworkManager (`reapply`), dhcpcd (`rebind`), dhclient
   * (release, then start), udhcpc (release, then renew). The daemon runs no DHCP client of its own: where none runs,
   * or only one that it cannot restart (dhcp6c, the kernel's own `ip=dhcp`), the answer is `unsupported`. Without
   * `interface` every interface with a client is restarted, without `family` both DHCPv4 and DHCPv6 where the client
   * holds them. The call waits for the new lease and answers with it. `changed` is true where a lease has another
   * server or another expiry than before, or came or went; otherwise the warning `lease_unchanged` says so. An
   * `interface` that is not there is `not_found`. Not idempotent: each call is a new exchange. Nothing is persisted.
   * Addresses may be gone for a moment. Where the caller's own remote connection or an established inbound SSH session
   * runs over an address of the interface the call is `in_use` with a holder of kind `connection`, unless `force` is
   * true; with `force`, and where it is the caller's own connection, the answer is sent first with `pending: true` and
   * the old lease, and the restart follows: read `net.lease` afterwards.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `tool_missing`, `command_failed`.
   */
  "net.lease.restart"(params: NetLeaseRestartParams, context: CallContext): NetLeaseRestartResult | Promise<NetLeaseRestartResult>;
}

/** The topic `net.prefix`. */
export interface NetPrefixHandlers {
  /**
   * Reads the prefix delegations (RFC 8415, IA_PD) that the DHCPv6 client of this node holds, and joins them with the
   * addresses of the other interfaces to show which subnet of a prefix serves which link. An empty list means that
   * nothing was delegated. An `interface` that is not there is `not_found`.
   *
   * Errors besides the common ones: `not_found`.
   */
  "net.prefix"(params: NetPrefixParams, context: CallContext): NetPrefixResult | Promise<NetPrefixResult>;
}

/** The topic `net.vlan`. */
export interface NetVlanHandlers {
  /**
   * Reads from the kernel the 802.1Q and 802.1ad devices with what they sit on and their priority mappings, and for
   * each bridge whether it filters VLANs and which VLANs each port carries. On a kernel without bridge VLAN filtering
   * the tables are empty and `vlan_filtering` is false. A `bridge` that is not there is `not_found`, as is one that is
   * no bridge.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.vlan"(params: NetVlanParams, context: CallContext): NetVlanResult | Promise<NetVlanResult>;
}

/** The topic `net.health`. */
export interface NetHealthHandlers {
  /**
   * Runs a fixed set of named checks against the live kernel and answers each with its status, what was measured and
   * the threshold: links that are up without carrier, missing addresses and default routes, gateways that do not
   * answer (their neighbour entry is probed and waited for at most one second), no name server, a conntrack table that
   * fills up (`warn` from 80 %, `fail` from 95 %), forwarding that is off although NAT wants it, and managed objects
   * that are gone. It changes nothing. Takes no parameters.
   */
  "net.health"(params: NetHealthParams, context: CallContext): NetHealthResult | Promise<NetHealthResult>;
}

/** The topic `net.verify`. */
export interface NetVerifyHandlers {
  /**
   * Compares the daemon's registries (bridges, ports, connections, taps, routes, firewall rules, DNAT, SNAT, and the
   * mounts of `vol.mount`, so that one call tells of everything that is managed) with the kernel and reports each
   * object as it stands, and also objects that carry the daemon's mark without being in a registry. It never repairs:
   * missing objects are put back when the daemon starts, or by calling the add method again. Filters limit the items,
   * and `ok` speaks of these items only.
   *
   * Errors besides the common ones: `tool_missing`, `command_failed`.
   */
  "net.verify"(params: NetVerifyParams, context: CallContext): NetVerifyResult | Promise<NetVerifyResult>;
}

/** The topic `net.interfaces`. */
export interface NetInterfacesHandlers {
  /**
   * Reads every interface of the daemon's network namespace from the kernel (rtnetlink), in the order of their
   * indexes: link state, kind and details, what it is a member of, addresses with lifetimes, exact 64-bit counters,
   * and whether this daemon owns it. The objects have the fields of `ip -j -d -s -s addr` plus `linkmode` and
   * `inet6_addr_gen_mode` of `ip link`, and `managed`. Filters are combined with AND; `name` or `master` of an
   * interface that is not there is `not_found`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.interfaces"(params: NetInterfacesParams, context: CallContext): NetInterfacesResult | Promise<NetInterfacesResult>;
}

/** The topic `net.routes`. */
export interface NetRoutesHandlers {
  /**
   * Reads the kernel's routing tables (rtnetlink), IPv4 first, in the kernel's order: every type, multipath next hops,
   * metrics, nexthop objects, and the `local` table that the kernel keeps for its own addresses. The objects have the
   * fields of `ip -j -d route show table all` plus `family` and `managed`; where `ip` prints a flag as null it is
   * `true` here, and a tunnel's fields stand inside `encap`. Cached exceptions and multicast forwarding entries are
   * not routes here. Filters are combined with AND; a `dev` that is not there is `not_found`; a `table` or `protocol`
   * name that this node does not know, and host bits in `dst`, are `invalid_argument`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.routes"(params: NetRoutesParams, context: CallContext): NetRoutesResult | Promise<NetRoutesResult>;

  /**
   * Adds one route to the kernel and, unless `persist` is false, to the registry `routes.json` that is restored when
   * the daemon starts. The route carries protocol 109 so that it is never mistaken for another program's. A route is
   * identified by `{table, dst, metric, type, tos}`; all other values hang on that. The kernel keeps a single IPv4
   * route for one table, destination, metric and tos, so another type there counts as another value. A path is named
   * by `gateway`, `dev` or both, or by `nexthops` for a multipath route (then `gateway` and `dev` must be absent);
   * `blackhole`, `unreachable`, `prohibit` and `throw` take no path. What the schema allows and the rules above do not
   * is `invalid_argument`, as are host bits in `dst` (with the corrected prefix), mixed address families, a gateway
   * that is not reachable on a link (unless `onlink`) and a `src` that is no address of this node. Asking again for a
   * route that is there with the same values answers `changed: false`. The same identity with other values is
   * `conflict` with both; `replace: true` puts the new values in its place in one step. Routes are never appended to
   * one another. An identical route of another owner is left to its owner: `changed: false`, `managed: false` and the
   * warnings `route_managed_by_other_daemon` and `not_persisted`; replacing another owner's route needs `force`
   * besides `replace`. `persist` is not a value of the route: asking again with the other setting moves the route into
   * or out of the registry and answers `changed: true`. `force` yields two guards: that against replacing another
   * owner's route (`conflict` with `managed: false` and `owner_hint`), and that against a route that leads the packets
   * of the caller's own remote connection or of an established inbound SSH session another way, or nowhere: in the
   * place of the one that they take, or because it is more specific or has a lower metric (`in_use`, holder kind
   * `connection`; the kernel is asked right after the route is made, which is then taken back). An unknown `dev` is
   * `not_found`. The route is read back before the answer; when a later step fails, the kernel's old state is put
   * back. Warnings: `interface_down` (the kernel removes IPv4 routes when their link goes down and does not bring them
   * back: the daemon adds persisted ones again when the link returns, until then they show in `net.verify`),
   * `not_persisted`, `route_managed_by_other_daemon` (systemd-networkd with `ManageForeignRoutes=yes` deletes routes
   * that it did not make; the remedy names the drop-in that stops that).
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.routes.add"(params: NetRoutesAddParams, context: CallContext): NetRoutesAddResult | Promise<NetRoutesAddResult>;

  /**
   * Deletes exactly one route, and its entry in the registry. The route is found by its exact identity `{table, dst,
   * metric, type, tos}`, where an absent `metric` stands for the kernel's default (0 for IPv4, 1024 for IPv6) and not
   * for any metric; `gateway`, `dev` and `src` narrow further where given, and for a multipath route match if one of
   * its paths does. None is `not_found`; several are `conflict` listing them, so that the kernel never picks one by
   * itself. Host bits in `dst` are `invalid_argument` with the corrected prefix. A route that is only in the registry,
   * because its link went down or someone deleted it from the kernel, is removed there and counts as deleted. A route
   * that this daemon did not make (its protocol is not 109) is `conflict` with `managed: false` and `owner_hint`; the
   * route that the caller's own remote connection or an established inbound SSH session uses is `in_use` with a holder
   * of kind `connection`. `force: true` yields both guards and no other. Not idempotent: a second call is `not_found`.
   * When the registry cannot be written the route is put back. The answer holds the route as it was, complete enough
   * to add it again. Warnings: `route_managed_by_other_daemon` where the owner of a foreign route is likely to put it
   * back.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.routes.delete"(params: NetRoutesDeleteParams, context: CallContext): NetRoutesDeleteResult | Promise<NetRoutesDeleteResult>;
}

/** The topic `net.neighbors`. */
export interface NetNeighborsHandlers {
  /**
   * Reads the kernel's neighbour tables (rtnetlink) of both families, as `ip -j -s neigh` does. Entries of state
   * `NOARP` (multicast and loopback mappings that the kernel makes by itself) are left out unless `state` asks for
   * them. `proxy: true` lists the addresses that the node answers for (`ip neigh show proxy`) instead. Filters are
   * combined with AND; a `dev` that is not there is `not_found`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.neighbors"(params: NetNeighborsParams, context: CallContext): NetNeighborsResult | Promise<NetNeighborsResult>;
}

/** The topic `net.bridge`. */
export interface NetBridgeHandlers {
  /**
   * Reads every Linux bridge of the daemon's network namespace from the kernel: spanning tree state, VLAN filtering,
   * ports with their state and options, and the forwarding table. Open vSwitch bridges are not Linux bridges and are
   * not here. A `name` that is not there, or is no bridge, is `not_found`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.bridge"(params: NetBridgeParams, context: CallContext): NetBridgeResult | Promise<NetBridgeResult>;

  /**
   * Creates a Linux bridge that this daemon owns (its `ifalias` is `my_os_server:bridge`) and, unless `persist` is
   * false, enters it in the registry `bridges.json`, from which it is made again when the daemon starts. It has no
   * ports and no addresses yet: see `net.bridge.add_port`, `net.bridge.connect` and `net.vm.create_tap`. Left alone, a
   * bridge's Ethernet address follows its ports and changes when they come and go; this one gets an address of its
   * own, `address` or a generated locally administered one, kept across restarts. Identified by `name`. A bridge of
   * ours that is there with the same wanted values answers `changed: false`; values that are left out are not
   * compared. Other values are `conflict` with both, a bridge that is not ours is `conflict` with `managed: false` and
   * `owner_hint`, a name held by an interface of another kind is `already_exists`. `persist` is not compared: asking
   * again with the other setting moves the bridge into or out of the registry and answers `changed: true`. An
   * `address` that is multicast or all zeros, and STP times or priorities that the kernel refuses, are
   * `invalid_argument`; `vlan_filtering` on a kernel without it is `unsupported`. When a step fails the half-made
   * bridge is deleted again. Warnings: `port_not_forwarding` with `stp`, since each new port listens and learns for
   * twice `forward_delay_seconds` before it forwards; `not_persisted`; `interface_down` with `up: false`.
   *
   * Errors besides the common ones: `already_exists`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.bridge.add"(params: NetBridgeAddParams, context: CallContext): NetBridgeAddResult | Promise<NetBridgeAddResult>;

  /**
   * Deletes a bridge and its entry in the registry. A bridge with ports is `in_use` listing them, as is one that
   * routes leave through, whoever made them (those of the kernel and of router advertisements aside), or that other
   * interfaces lie on (VLANs, macvlans: the kernel deletes them with it); one that is not ours is `conflict` with
   * `managed: false` and `owner_hint`; one whose address or port the caller's own remote connection or an established
   * inbound SSH session uses is `in_use` with a holder of kind `connection`. `force: true` yields these guards: ports
   * are released and stay as they are, connections to other bridges are deleted at both ends, routes of this daemon
   * through the bridge are deleted too, each with its entry in the registries. Managed taps stay in the kernel without
   * a bridge, and `net.verify` names them. Addresses on the bridge, interfaces on it and other routes through it go
   * with it. A name that is not there is `not_found`, an interface that is no bridge `invalid_argument`. Not
   * idempotent: a second call is `not_found`. A bridge that is only in the registry, because someone deleted it from
   * the kernel, is removed there and counts as deleted. When a later step fails, what was undone is put back: bridge,
   * address, ports, routes.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.bridge.delete"(params: NetBridgeDeleteParams, context: CallContext): NetBridgeDeleteResult | Promise<NetBridgeDeleteResult>;

  /**
   * Connects two bridges so that frames pass between them: a pair of veth interfaces, one port on each (patch ports on
   * a MOS node). The names follow from the two bridges, `mv` and ten hexadecimal digits of a hash of the sorted pair,
   * then `a` on the bridge that sorts first and `b` on the other. Unless `persist` is false the connection is entered
   * in `bridges.json` and made again when the daemon starts. Both bridges may be of any owner: the call names them.
   * Idempotent for the unordered pair: connecting `br1` with `br0` after `br0` with `br1` answers `changed: false` and
   * the same connection; another `mtu` is `conflict`. A second path between bridges that already reach each other at
   * layer 2, directly or through others, would let frames circle without end: it is `conflict` naming the path, unless
   * both bridges run STP. There is no `force` for that. Connecting a bridge with itself, or an interface that is no
   * bridge, is `invalid_argument`; a bridge that is not there is `not_found`; a veth name that is taken by something
   * else is `already_exists`. When a step fails the pair is deleted again. `net.bridge.remove_port` of either end
   * takes the connection apart. Warnings: `port_not_forwarding` where STP holds a port back, `mtu_lowered` where a
   * bridge without an MTU of its own drops to that of the pair, `interface_down` where a bridge is down,
   * `not_persisted`.
   *
   * Errors besides the common ones: `not_found`, `already_exists`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.bridge.connect"(params: NetBridgeConnectParams, context: CallContext): NetBridgeConnectResult | Promise<NetBridgeConnectResult>;

  /**
   * Makes an interface a port of a bridge, sets it up and, unless `persist` is false, enters it in `bridges.json` so
   * that it is a port again after a restart. An interface that is a port of that bridge already answers `changed:
   * false`; `persist` is not compared but brought up to date. One that the registry still has in another bridge,
   * because someone moved it, is remembered here alone and answers `changed: true`. With `migrate`, addresses and
   * routes that such a port still carries are moved all the same. The bridge may be of any owner: the call names it.
   * An interface that carries addresses loses its network when it becomes a port, yet goes on answering pings until
   * its neighbours forget: so addresses and routes on it are `conflict` listing them. `migrate: true` moves addresses,
   * routes and the Ethernet address to the bridge in the order that keeps connections alive, puts everything back when
   * a step fails, and is remembered, so that a restore moves what the boot configuration has put on the interface.
   * `force: true` leaves them on the port instead. A DHCP client of the interface is not reconfigured: let it serve
   * the bridge from now on. Always refused with `invalid_argument`: the loopback interface, a bridge (see
   * `net.bridge.connect`), an interface with macvlan devices on it, and a `bridge` that is none. An interface that
   * reaches the bridge at layer 2 already, such as the other end of a pair that has one end in it, would close a loop
   * in which frames circle without end: it is `conflict` naming the path, whatever is forced, unless every bridge on
   * that path runs STP. Unknown names are `not_found`. An interface that has another master, or whose address the
   * caller's own remote connection or an established inbound SSH session uses while `migrate` is not given, is refused
   * unless `force` is true (`conflict` naming the master, `in_use` with a holder of kind `connection`); with `force`
   * it changes its master, and a managed tap's entry follows. With `migrate` and `force` together addresses are moved
   * and `force` yields the other guards. Warnings: `port_not_forwarding` (STP: the port forwards only after twice the
   * forward delay), `mtu_lowered` (the bridge drops to the MTU of its smallest port), `interface_down` (no carrier, or
   * the bridge is down), `not_persisted`.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.bridge.add_port"(params: NetBridgeAddPortParams, context: CallContext): NetBridgeAddPortResult | Promise<NetBridgeAddPortResult>;

  /**
   * Takes an interface out of a bridge and deletes its entry in the registry. The interface itself stays, as it is,
   * with one exception: an end of a managed connection between two bridges is deleted together with its peer and the
   * connection's entry. Addresses that `migrate` had moved stay on the bridge. An interface that is a port of no
   * bridge answers `changed: false`; a port of another bridge is `conflict` naming it; unknown names are `not_found`;
   * a `bridge` that is none is `invalid_argument`. Refused unless `force` is true: a port that this daemon did not add
   * (`conflict` with `managed: false` and `owner_hint`), a tap that a process has open, since a running virtual
   * machine would lose its network (`in_use`, holder kind `process` with the pid), and a port that the caller's own
   * remote connection or an established inbound SSH session comes in by (`in_use`, holder kind `connection`). When the
   * registry cannot be written the port is put back.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.bridge.remove_port"(params: NetBridgeRemovePortParams, context: CallContext): NetBridgeRemovePortResult | Promise<NetBridgeRemovePortResult>;
}

/** The topic `net.firewall`. */
export interface NetFirewallHandlers {
  /**
   * Reads the whole nftables ruleset of the daemon's network namespace: tables, chains with hook, priority and policy,
   * rules with handle, statements, counters and readable text, sets and maps with their elements, and stateful
   * objects. Tables of other programs are shown as they are, with a guess at who owns them; what this daemon owns
   * carries `managed: true`, and its rules the `id` that `net.firewall.remove_rule` and `net.nat.remove_dnat` take. A
   * packet is dropped if any base chain drops it, whoever owns the chain. Filters limit `tables`; a table that is not
   * there makes the list empty.
   *
   * Errors besides the common ones: `tool_missing`, `command_failed`.
   */
  "net.firewall"(params: NetFirewallParams, context: CallContext): NetFirewallResult | Promise<NetFirewallResult>;

  /**
   * Adds an allow rule to the chain `input` of this daemon's own nftables table `inet my_os_server` and to the
   * registry `firewall.json`, from which it is put back when the daemon starts. A packet must match all that is given.
   * With `tcp`, `udp` and `sctp` exactly one of `port` and `port_range` is given, with the other protocols neither:
   * the schema cannot say that, and anything else is `invalid_argument`. `icmp` with `family: inet6`, `icmpv6` with
   * `family: inet`, addresses of two families, a `source` or `destination` with host bits, a reversed range and a
   * comment of more than 128 bytes are `invalid_argument` as well. A rule that allows cannot undo what another chain
   * drops: nftables asks every base chain on the hook, and one drop is enough. This call never writes into other
   * tables. It walks all base chains on the input hook, iptables' included, and answers `effective` and, in
   * `blocked_by`, every chain that drops matching packets, with the manager that seems to own it and the command that
   * would open it there. Whether anything was shut in the first place is up to `[firewall] input_policy` in the
   * daemon's configuration: with `accept`, the default, this chain drops nothing, and the warning `already_open` says
   * so; with `drop` it drops what no rule allows, except established connections, the loopback interface, ICMP and
   * ICMPv6, DHCP answers and the ports of `always_allow` (tcp/22). Where `accept_mark` is configured the rule also
   * sets that mark, so that an administrator's own policy can accept by it. Identified by everything but the comment:
   * the same rule again answers `changed: false` and the same `id`; with another comment it is `conflict` with both.
   * An `interface` that is not there is taken by name and matches as soon as it is. One transaction: when a step
   * fails, neither the kernel nor the registry keeps the rule. Warnings: `shadowed_by_chain` (a chain in `blocked_by`
   * drops it), `already_open`, `interface_absent`, `interface_down`, `address_not_local` (`destination` is no address
   * of this node).
   *
   * Errors besides the common ones: `conflict`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.firewall.add_rule"(params: NetFirewallAddRuleParams, context: CallContext): NetFirewallAddRuleResult | Promise<NetFirewallAddRuleResult>;

  /**
   * Removes a rule of `net.firewall.add_rule` from the kernel and from the registry. The chain stays, whatever it
   * holds. Connections that are established already go on: connection tracking remembers them, not the rule.
   * `remaining_flows` counts them and the warning `existing_flows_remain` says so; `drop_existing: true` deletes them
   * from the table, which ends them. `effective` tells whether new packets are now refused: with `input_policy =
   * "accept"`, or where another rule lets them in too, they are not, and the warning `already_open` says why. An
   * unknown id is `not_found`, so a second call is `not_found`. A rule that is only in the registry, because someone
   * flushed the table, is removed there and counts as removed. With `input_policy = "drop"` a rule that the caller's
   * own remote connection or an established inbound SSH session came in by is `in_use` with a holder of kind
   * `connection`, unless `force` is true. One transaction: when a step fails the rule is still there.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `tool_missing`, `command_failed`.
   */
  "net.firewall.remove_rule"(params: NetFirewallRemoveRuleParams, context: CallContext): NetFirewallRemoveRuleResult | Promise<NetFirewallRemoveRuleResult>;
}

/** The topic `net.dns`. */
export interface NetDnsHandlers {
  /**
   * Reads `/etc/resolv.conf`, what it points at and, where systemd-resolved or systemd-networkd run, their runtime
   * files under `/run/systemd`: the servers in the file, the servers behind a local stub, search domains, options, who
   * owns the file, and what each link contributes. It sends no query. A missing or empty `/etc/resolv.conf` is an
   * answer (`source: "none"`, empty lists), not an error; lines that the C library would ignore are ignored. Takes no
   * parameters.
   */
  "net.dns"(params: NetDnsParams, context: CallContext): NetDnsResult | Promise<NetDnsResult>;
}

/** The topic `net.sysctl`. */
export interface NetSysctlHandlers {
  /**
   * Reads `/proc/sys/net` of the daemon's network namespace: the global switches, the defaults for new interfaces, and
   * for each interface what decides about forwarding, proxying, source checks and router advertisements. Values are
   * whole numbers exactly as `sysctl` prints them. A switch that this kernel does not have is absent. An `interface`
   * that is not there is `not_found`; without it all interfaces are listed.
   *
   * Errors besides the common ones: `not_found`.
   */
  "net.sysctl"(params: NetSysctlParams, context: CallContext): NetSysctlResult | Promise<NetSysctlResult>;
}

/** The topic `net.conntrack`. */
export interface NetConntrackHandlers {
  /**
   * Dumps the connection table of the daemon's network namespace (nf_conntrack), filters it and answers at most
   * `limit` entries with the number that matched. Filters are combined with AND and look at the original direction:
   * `source` and `source_port` are the opener's. `count` and `max` are the table's fill, whatever the filters. Where
   * connection tracking is not loaded the answer is an empty table. A dump of a busy table is no snapshot: connections
   * come and go while it is read.
   *
   * Errors besides the common ones: `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.conntrack"(params: NetConntrackParams, context: CallContext): NetConntrackResult | Promise<NetConntrackResult>;

  /**
   * Reads how many entries the connection table holds and may hold, the counters of each processor and their sum, and
   * the settings and timeouts under `net.netfilter`. Counters begin at boot. A counter that this kernel does not keep
   * is absent. `drop`, `early_drop` and `insert_failed` that grow mean lost connections. Takes no parameters.
   */
  "net.conntrack.stats"(params: NetConntrackStatsParams, context: CallContext): NetConntrackStatsResult | Promise<NetConntrackStatsResult>;

  /**
   * Deletes entries of the kernel's connection tracking table (nf_conntrack) that match all filters given, in both
   * address families unless `family` names one. A connection that is still alive is tracked again with its next
   * packet, but without the translation and the verdict that it had: connections through NAT break, others may have to
   * pass the firewall anew. So a call without any filter, which would end every translated connection of the node and
   * of its virtual machines, is `invalid_argument` on `force` unless `force` is true. The filters are compared with
   * the original direction, before any translation, as `net.conntrack` shows it. The table is read, filtered here and
   * each match deleted by its tuple, zone and id: the kernel's own flush, which before Linux 6.8 ignores the zone, is
   * used only where no filter is given. An entry that ends by itself in between is not counted: `deleted` can be lower
   * than `matched`. Nothing matching is no error: `changed: false` and two zeros. Ports need a `protocol` that has
   * them, and addresses and `family` must agree, or the answer is `invalid_argument`. What was deleted cannot be put
   * back; when the call fails midway, part of the entries is gone.
   *
   * Errors besides the common ones: `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.conntrack.flush"(params: NetConntrackFlushParams, context: CallContext): NetConntrackFlushResult | Promise<NetConntrackFlushResult>;
}

/** The topic `net.nat`. */
export interface NetNatHandlers {
  /**
   * Joins the NAT that the boot configuration wants, the daemon's registries of port forwards (DNAT) and source
   * translations (SNAT, masquerade) with the kernel's rules and their counters, whether forwarding is on and what
   * drops forwarded packets, and the NAT rules of other programs. NAT counters count the first packet of each
   * connection. A managed rule that someone removed from the kernel has `present` false. Takes no parameters.
   *
   * Errors besides the common ones: `tool_missing`, `command_failed`.
   */
  "net.nat.status"(params: NetNatStatusParams, context: CallContext): NetNatStatusResult | Promise<NetNatStatusResult>;

  /**
   * Sends connections that arrive at a port of this node on to `internal_ip`. The rule is put in this daemon's own
   * nftables table and in the registry `dnat.json`, from which it is put back when the daemon starts.
   * `external_port_range` widens the rule to a range that begins with `external_port`: where `internal_port` equals
   * `external_port` each connection keeps its port, otherwise all go to `internal_port`. A range that begins elsewhere
   * is `invalid_argument`. Without `external_ip` the rule holds for every local address of this node, and only for
   * those: traffic that this node merely routes is never captured. IPv4 and IPv6 both work; addresses of two families,
   * an `internal_ip` that is loopback, multicast, link-local (IPv6) or this node's own, a reversed range and a comment
   * of more than 128 bytes are `invalid_argument`. `hairpin` lets hosts on the inner network reach the service by its
   * outer address too: such connections are masqueraded as this node, or the answers would go past it. `local_output`
   * does the same for connections that this node itself opens. The rule needs this node to forward packets.
   * `forwarding` answers whether it does; `enable_forwarding: true` switches the kernel's global setting for that
   * family on, now and after each restart as long as the rule exists, and never off again. IPv6 forwarding makes the
   * kernel ignore router advertisements on interfaces with `accept_ra=1`, and with them its default route: the call
   * sets `accept_ra=2` on the interfaces that use them, or warns `ra_will_stop` where it cannot. Translation opens
   * nothing that another chain on the forward hook drops, as Docker's does: the call walks all of them and answers
   * `effective` and `blocked_by` as `net.firewall.add_rule` does. Connections that exist already keep their path
   * (`existing_flows_remain`); unanswered UDP entries that match are deleted, since a client that keeps sending would
   * otherwise never meet the rule. Identified by protocol, external port or range, `external_ip`, `interface` and
   * `source`. The same again with the same target, options and comment answers `changed: false` and the same `id`
   * (`enable_forwarding` is no value of the rule and is carried out all the same); with others it is `conflict` with
   * both; one whose ports overlap another rule's in the same place is `conflict` naming that rule. An `interface` that
   * is not there is taken by name. One transaction: when a step fails, neither the kernel nor the registry keeps the
   * rule, and forwarding is as it was. Warnings: `forwarding_disabled`, `forward_dropped` (a chain in `blocked_by`
   * drops it), `shadowed_by_chain` (another NAT chain translates these connections first), `ra_will_stop`,
   * `address_not_local` (`external_ip` is no address of this node), `local_service_hidden` (SSH or another service of
   * this node listens on such a port: new connections that match go to the inner host instead), `interface_absent`,
   * `interface_down`, `existing_flows_remain`.
   *
   * Errors besides the common ones: `conflict`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.nat.add_dnat"(params: NetNatAddDnatParams, context: CallContext): NetNatAddDnatResult | Promise<NetNatAddDnatResult>;

  /**
   * Removes a rule of `net.nat.add_dnat`, with its hairpin and local parts, from the kernel and from the registry. The
   * chains stay, since removing a NAT chain would reset every translated connection, and forwarding stays as it is.
   * Connections that are translated already stay translated until they end: connection tracking remembers them, not
   * the rule. `remaining_flows` counts them and the warning `existing_flows_remain` says so; `drop_existing: true`
   * deletes them from the table, which ends them. An unknown id is `not_found`, so a second call is `not_found`. A
   * rule that is only in the registry, because someone flushed the table, is removed there and counts as removed. One
   * transaction: when a step fails the rule is still there.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.nat.remove_dnat"(params: NetNatRemoveDnatParams, context: CallContext): NetNatRemoveDnatResult | Promise<NetNatRemoveDnatResult>;

  /**
   * Gives connections from `source_cidr` that leave through `out_interface` another source address: `to_source`, or,
   * where it is absent, whatever address the interface has at that moment (masquerade). The rule is put in this
   * daemon's own nftables table and in the registry `snat.json`, from which it is put back when the daemon starts.
   * IPv4 and IPv6 both work; addresses of two families, host bits in a prefix, a `to_source` that is loopback,
   * unspecified or multicast, `icmp` with an IPv6 source or `icmpv6` with an IPv4 one, and a comment of more than 128
   * bytes are `invalid_argument`. The rule needs this node to forward packets. `forwarding` answers whether it does;
   * `enable_forwarding: true` switches the kernel's global setting for that family on, now and after each restart as
   * long as the rule exists, and never off again. IPv6 forwarding makes the kernel ignore router advertisements on
   * interfaces with `accept_ra=1`, and with them its default route: the call sets `accept_ra=2` on the interfaces that
   * use them, or warns `ra_will_stop` where it cannot. Translation opens nothing that another chain on the forward
   * hook drops, as Docker's does: the call walks all of them and answers `effective` and `blocked_by` as
   * `net.firewall.add_rule` does. Connections that exist already keep their source (`existing_flows_remain`).
   * Identified by `source_cidr`, `out_interface`, `destination_cidr` and `protocol`. The same again with the same
   * `to_source`, options and comment answers `changed: false` and the same `id` (`enable_forwarding` is no value of
   * the rule and is carried out all the same); with others it is `conflict` with both. Where several rules match a
   * connection the longest `source_cidr` wins, then the longest `destination_cidr`, then the one that names a
   * protocol. An `out_interface` that is not there is taken by name. One transaction: when a step fails, neither the
   * kernel nor the registry keeps the rule, and forwarding is as it was. Warnings: `forwarding_disabled`,
   * `forward_dropped`, `shadowed_by_chain` (another NAT chain translates these connections first), `ra_will_stop`,
   * `address_not_local` (`to_source` is no address of this node: answers come back only if something routes it here),
   * `interface_absent`, `interface_down`, `existing_flows_remain`.
   *
   * Errors besides the common ones: `conflict`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "net.nat.add_snat"(params: NetNatAddSnatParams, context: CallContext): NetNatAddSnatResult | Promise<NetNatAddSnatResult>;

  /**
   * Removes a rule of `net.nat.add_snat` from the kernel and from the registry. The chains stay, since removing a NAT
   * chain would reset every translated connection, and forwarding stays as it is. Connections that are translated
   * already stay translated until they end: connection tracking remembers them, not the rule. `remaining_flows` counts
   * them and the warning `existing_flows_remain` says so; `drop_existing: true` deletes them from the table, which
   * ends them. An unknown id is `not_found`, so a second call is `not_found`. A rule that is only in the registry,
   * because someone flushed the table, is removed there and counts as removed. One transaction: when a step fails the
   * rule is still there.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.nat.remove_snat"(params: NetNatRemoveSnatParams, context: CallContext): NetNatRemoveSnatResult | Promise<NetNatRemoveSnatResult>;
}

/** The topic `net.vm`. */
export interface NetVmHandlers {
  /**
   * Lists the taps that `net.vm.create_tap` made, from the registry joined with the live kernel: bridge, owner, who
   * has it open (found in `/proc/<pid>/fdinfo`, so processes of other pid namespaces than the daemon's are not seen),
   * and counters. Taps that other programs made are in `net.interfaces` (`kind: "tun"`), not here.
   *
   * Errors besides the common ones: `not_found`.
   */
  "net.vm.list"(params: NetVmListParams, context: CallContext): NetVmListResult | Promise<NetVmListResult>;

  /**
   * Creates a persistent tap interface, makes it a port of the bridge, sets it up and enters it in the registry
   * `taps.json`, from which it is made again when the daemon starts. A hypervisor then opens it by name (`IFF_TAP`,
   * `IFF_NO_PI`, and `IFF_MULTI_QUEUE` where `multi_queue` is true). `/dev/net/tun` is open to every local user and a
   * tap without an owner may be opened by all of them, so every tap gets one: `owner_uid`, or root where it is absent.
   * `owner_gid` opens it to a group as well. It shows `DOWN` until a process opens it. Identified by `name`. A tap of
   * ours that is there with the same wanted values answers `changed: false`, whether a machine runs on it or not;
   * values that are left out are not compared. Other values are `conflict` with both; a tap that is not ours is
   * `conflict` with `managed: false`; a name held by an interface of another kind is `already_exists`; an unknown
   * bridge is `not_found`, an interface that is no bridge `invalid_argument`. When a step fails the tap is deleted
   * again. Warnings: `mtu_lowered` (the tap's MTU is below that of a bridge that follows its smallest port),
   * `port_not_forwarding` (STP: the tap forwards only after twice the forward delay, which can outlast a machine's
   * DHCP), `interface_down` (the bridge is down), `not_persisted` (the bridge is not in the registry, so the tap will
   * wait for it after a restart of the node).
   *
   * Errors besides the common ones: `not_found`, `already_exists`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.vm.create_tap"(params: NetVmCreateTapParams, context: CallContext): NetVmCreateTapResult | Promise<NetVmCreateTapResult>;

  /**
   * Deletes a tap and its entry in the registry. The kernel lets go of a tap that a process has open without a word,
   * and the virtual machine loses its network: such a tap is `in_use` with the process's name and pid. So is one that
   * other interfaces lie on (VLANs, macvlans), which the kernel deletes with it. A tap that is not ours is `conflict`
   * with `managed: false` and `owner_hint`. `force: true` yields these guards; an interface that is no tap is
   * `invalid_argument` in any case. A name that is not there is `not_found`, so a second call is `not_found`. A tap
   * that is only in the registry, because someone deleted it from the kernel, is removed there and counts as deleted.
   * The registry is written first: when the kernel refuses, the entry is put back.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "net.vm.delete_tap"(params: NetVmDeleteTapParams, context: CallContext): NetVmDeleteTapResult | Promise<NetVmDeleteTapResult>;
}

/** The topic `net.ovs`. */
export interface NetOvsHandlers {
  /**
   * Reads the Open vSwitch database (what `ovs-vsctl list` shows of `open_vswitch`, `bridge`, `port`, `interface` and
   * `controller`), joined to a tree: bridges with their ports and controllers, ports with their interfaces, statistics
   * and errors. Empty optional columns are absent. A `bridge` that is not there is `not_found`. Open vSwitch belongs
   * to MOS nodes: the native daemon answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.ovs"(params: NetOvsParams, context: CallContext): NetOvsResult | Promise<NetOvsResult>;

  /**
   * Dumps the OpenFlow entries of one or all Open vSwitch bridges (`ovs-ofctl dump-flows`), with counters, in the
   * order in which they are looked at. Filters are combined with AND; a `bridge` that is not there is `not_found`.
   * Open vSwitch belongs to MOS nodes: the native daemon answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.flows"(params: NetFlowsParams, context: CallContext): NetFlowsResult | Promise<NetFlowsResult>;

  /**
   * Reads what really forwards packets below the OpenFlow tables (`ovs-appctl dpctl/show -s` and `dpctl/dump-flows
   * -m`): lookup counters, ports with traffic, and the flows that are cached now. Flows live for seconds. A `datapath`
   * that is not there is `not_found`. Open vSwitch belongs to MOS nodes: the native daemon answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.datapath"(params: NetDatapathParams, context: CallContext): NetDatapathResult | Promise<NetDatapathResult>;

  /**
   * Dumps the connection tables of the datapaths (`ovs-appctl dpctl/dump-conntrack`), filters them and answers at most
   * `limit` entries with the number that matched. With the kernel datapath these are also in `net.conntrack`, under
   * their zones; the user-space datapath has a table of its own. A `datapath` that is not there is `not_found`. Open
   * vSwitch belongs to MOS nodes: the native daemon answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.ovs.conntrack"(params: NetOvsConntrackParams, context: CallContext): NetOvsConntrackResult | Promise<NetOvsConntrackResult>;

  /**
   * Counts the tracked connections of each datapath by protocol and state (`ovs-appctl dpctl/ct-stats-show verbose`),
   * with the limits that are set (`dpctl/ct-get-maxconns`, `dpctl/ct-get-limits`). What a kind of datapath cannot tell
   * is absent. A `datapath` that is not there is `not_found`. Open vSwitch belongs to MOS nodes: the native daemon
   * answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.ovs.conntrack.stats"(params: NetOvsConntrackStatsParams, context: CallContext): NetOvsConntrackStatsResult | Promise<NetOvsConntrackStatsResult>;

  /**
   * Deletes the tracked connections of the Open vSwitch datapaths, or of one datapath, in one zone or in all.
   * Connections that are still alive are tracked again with their next packet, but without the translation that they
   * had. Answered on MOS nodes only, where mosnetd carries it out; a native daemon answers `unsupported`. A `datapath`
   * that is not there is `not_found`. Without `zone` all zones are flushed, and there is no further question: this is
   * an administrator's call. What was deleted cannot be put back. `changed` is true when the datapath carried it out,
   * since it does not tell whether there was anything to delete; `deleted` is there where it does.
   *
   * Errors besides the common ones: `not_found`, `tool_missing`, `command_failed`.
   */
  "net.ovs.conntrack.flush"(params: NetOvsConntrackFlushParams, context: CallContext): NetOvsConntrackFlushResult | Promise<NetOvsConntrackFlushResult>;
}

/** The topic `vol.disks`. */
export interface VolDisksHandlers {
  /**
   * Answers every whole block device: disks, optical drives, attached loop devices, MD arrays and device-mapper
   * devices, in the natural order of their kernel names (`sda` before `sdb`, `sda` before `sdaa`). Geometry and
   * identity come from sysfs, links from `/dev/disk`, partition table and superblock from the device itself by
   * libblkid's probing, nothing from a cache; no udev is needed. Without the right to open a device, which an
   * unprivileged daemon lacks, the on-disk fields come from udev's database; where udev does not run either they are
   * absent and `identity_source` says `none`. Everything from sysfs is there for any user. A device that does not
   * answer a probe in time does not hold up the call: it is answered with `identity_source` `none`. RAM disks
   * (`/dev/ram0` …) and devices of size zero (detached loop devices, drives without a medium, unused zram) are left
   * out unless `all` is true; hidden devices, such as the single paths of NVMe multipath, have no node and are never
   * listed.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`.
   */
  "vol.list_disks"(params: VolListDisksParams, context: CallContext): VolListDisksResult | Promise<VolListDisksResult>;
}

/** The topic `vol.partitions`. */
export interface VolPartitionsHandlers {
  /**
   * Answers the partitions that the kernel has, of every disk or of the named one, ordered by disk and by number.
   * Start and length come from sysfs; type, name, unique identifier and attributes from the partition table,
   * filesystem, label and UUID from the partition itself, by libblkid's probing, nothing from a cache; no udev is
   * needed. Without the right to open a device, which an unprivileged daemon lacks, the on-disk fields come from
   * udev's database; where udev does not run either they are absent and `identity_source` says `none`. Everything from
   * sysfs is there for any user. An entry of the table that the kernel has not taken in (no node exists) is not listed
   * here; `vol.list_free_space` still counts its extent as taken. Partition mappings that device-mapper made
   * (`kpartx`) are device-mapper devices: see `vol.list_disks`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`.
   */
  "vol.list_partitions"(params: VolListPartitionsParams, context: CallContext): VolListPartitionsResult | Promise<VolListPartitionsResult>;

  /**
   * Answers the stretches of a disk that no entry of its partition table covers, whether or not the kernel has taken
   * the entry in, computed from the table on the disk and the disk's real size: after a disk grew, the new space
   * counts although the backup GPT still lies before it (`backup_gpt_misplaced`). Each extent is trimmed inwards to
   * `alignment_bytes`; the head and tail that the table itself needs are not free. A disk without a table and without
   * any signature is one extent, laid out for the GPT that `vol.create_partition` would make; a disk that carries a
   * filesystem or container as a whole has none. For MBR, the free space inside an extended partition is counted too.
   * Old data inside an extent is named in `stale_signatures`. Everything is in bytes, and in logical sectors of the
   * disk beside. The daemon must be able to read the disk; without that right the answer is `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "vol.list_free_space"(params: VolListFreeSpaceParams, context: CallContext): VolListFreeSpaceResult | Promise<VolListFreeSpaceResult>;

  /**
   * Adds one entry to a disk's GPT inside an extent that no partition covers (`vol.list_free_space` lists them, up to
   * the disk's real end). Nothing is formatted and no other entry is changed. Where neither `start_bytes` nor
   * `size_bytes` is given the partition fills the largest extent; with `size_bytes` alone it starts at the first 1 MiB
   * boundary of the first extent that is large enough; with `start_bytes` alone it reaches to the end of the extent.
   * `start_bytes` is taken exactly. A disk without a partition table gets a GPT, provided that it carries no signature
   * at all (`table_created`). Where a disk has grown and its backup GPT is not at the end, the backup is moved there
   * (`backup_gpt_moved`). Guards, in this order, each refusing before a byte is written: 1. The disk is not there
   * (`not_found`). 2. It is no block device, or it is a partition (`invalid_argument`). 3. The running system lives on
   * it (`in_use`, holder kind `system`), which yields to `force: true` here, where only free space is touched. 4. The
   * disk as a whole is in use by something other than its partitions, such as a whole-disk filesystem, a RAID or LVM
   * member or an exclusive open (`in_use`). 5. Its table is not a GPT, or the GPT is damaged, or the kernel still
   * shows a partition that the table does not have (`conflict`; never yields: nothing is converted or repaired, and
   * data may still be written there). 6. It has no table and carries a signature (`conflict`; `signatures` lists each;
   * with `force: true` the signature is erased and a GPT is made). 7. The extent is not free or not large enough
   * (`conflict`; `actual` says what is there, or the largest extent). 8. The identity of the disk is no longer what
   * the first guard saw (`conflict`). Partitions of the same disk may be mounted or otherwise in use: they are neither
   * touched nor re-read. The kernel learns of the new partition alone, without re-reading the table, and the call
   * answers when the partition's node is there; where the kernel cannot be told, the warning `kernel_table_not_reread`
   * says so. If a later step fails, the kernel's entry is removed and the saved table is written back. Old data can
   * lie in free space and would show up as a filesystem on the new partition: the extent is probed, `stale_signatures`
   * lists what was found, and unless `wipe_signatures` is false it is erased (`stale_signature_wiped`). With
   * `start_bytes`, the call can be repeated: a partition that starts there and has the type, and the size and name
   * where given, is answered with `changed: false`, before the guards on use are asked; one that differs is `conflict`
   * with both. Without `start_bytes` every call that finds room makes another partition.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.create_partition"(params: VolCreatePartitionParams, context: CallContext): VolCreatePartitionResult | Promise<VolCreatePartitionResult>;
}

/** The topic `vol.filesystems`. */
export interface VolFilesystemsHandlers {
  /**
   * Answers the filesystems on this node's block devices, mounted or not, that are MOS-labelled: their label starts
   * with `MOS` (`MOSDATA`, `MOSBOOT`, …) or the name of one of their partitions starts with `mos`; case counts. With
   * `all`, every filesystem. A btrfs with several devices is one entry. Swap and containers (`linux_raid_member`,
   * `LVM2_member`, `crypto_LUKS`) are not filesystems; see `vol.list_partitions`. Types, labels and UUIDs are probed
   * from the devices, as in `vol.list_disks`, with the same limits for a daemon without root: it answers what udev's
   * database knows, and nothing about the rest. `usage` is there for mounted filesystems that the daemon can reach.
   */
  "vol.list_filesystems"(params: VolListFilesystemsParams, context: CallContext): VolListFilesystemsResult | Promise<VolListFilesystemsResult>;

  /**
   * Makes a filesystem or swap area on one partition, disk or other block device. Guards, in this order, each refusing
   * before a byte is written: 1. The device is not there (`not_found`). 2. It is no block device (`invalid_argument`).
   * 3. It is, or lies on, a disk that the running system lives on (`in_use`, holder kind `system`): the disks under
   * `/`, `/usr`, `/boot`, `/boot/efi`, `/var`, swap and the daemon's state folder, followed through overlay,
   * device-mapper, MD and btrfs. 4. It, or anything on it, is in use (`in_use`, naming every holder: mounts in any
   * mount namespace, swap, device-mapper, MD arrays, members of a mounted btrfs, loop devices, processes that have it
   * open exclusively or for writing, or kind `unknown` with reason `exclusive open` where the kernel says busy and
   * nobody is visible). 5. It carries a signature: a filesystem, swap, a RAID, LVM or encryption header, a partition
   * table, or any of these on its partitions or in a backup GPT (`conflict`; `signatures` lists each with type, label
   * and UUID). 6. Its identity is no longer what the first guard saw (`conflict`): device number, disk sequence
   * number, size, serial or WWN, and a digest of its first and last MiB are read again while the device is held
   * exclusively, right before the tool runs, and the sequence number once more after it. Only the guard on signatures
   * yields to `force: true`, and then all of them are erased first, those of partitions and the backup GPT too;
   * `erased_signatures` lists them. Where the device is a whole disk with a partition table, `force` also removes its
   * partitions; the warning `kernel_table_not_reread` says so where the kernel still shows them. Formatting is never
   * repeated in silence: a device that carries a filesystem, even exactly the one asked for, is `conflict`, whose
   * `signatures` say what is there. After a `timeout` the same call therefore tells whether the first one succeeded. A
   * `label` that the filesystem cannot hold is `invalid_argument`, never cut. The tool runs on its own and outlives
   * the caller and the daemon. A deadline or a lost caller never stops it: it finishes, is audited, and the caller
   * gets `timeout` with `may_have_happened: true`; meanwhile the device is `in_use`, and other devices are read,
   * mounted and formatted as usual. Nothing is added to the registry; use `vol.mount`. For a btrfs over several
   * devices use `vol.create_btrfs_raid`. `tool_missing` names the package where the node lacks the tool.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.create_filesystem"(params: VolCreateFilesystemParams, context: CallContext): VolCreateFilesystemResult | Promise<VolCreateFilesystemResult>;

  /**
   * Grows a mounted btrfs, ext4 or xfs while it is in use, to the end of the partition or disk that it lies on; any
   * other filesystem is `unsupported`. For a btrfs, every device is grown unless `devid` names one. It never shrinks,
   * and it never changes a partition: where a partition ends before its disk does, the warning
   * `partition_smaller_than_disk` names it and the command that would grow it. Nothing to grow: `changed: false` and
   * the warning `nothing_to_resize`. `before_bytes` and `after_bytes` are there for the filesystem and for each
   * device. Refused: the path is not there, or the btrfs has no such `devid` (`not_found`); `devid` is given for
   * another filesystem (`invalid_argument`); the filesystem is read-only (`conflict`); a btrfs runs another exclusive
   * operation such as a balance (`in_use`, holder kind `btrfs_operation`, named as the kernel does). Where one device
   * of several fails, those before it stay grown, and the error is `command_failed`. A deadline or a lost caller never
   * stops it: it finishes, is audited, and the caller gets `timeout` with `may_have_happened: true`; asking again is
   * safe. No registry is involved.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.resize_max"(params: VolResizeMaxParams, context: CallContext): VolResizeMaxResult | Promise<VolResizeMaxResult>;
}

/** The topic `vol.mounts`. */
export interface VolMountsHandlers {
  /**
   * Answers the mount table of the daemon's own mount namespace (`/proc/self/mountinfo`), in the kernel's order, which
   * is the order of `findmnt --list`. Each row is enriched with the label and UUIDs of its device (as in
   * `vol.list_disks`; absent where the daemon may not know them), with space usage from `statfs`, and with whether
   * this daemon owns the mount. Network, FUSE and autofs filesystems are never asked for their usage, because a dead
   * server would hang the call; a mount without `usage` says why in `usage_skipped`. A mount point whose bytes are not
   * valid UTF-8 is shown with `\xNN` escapes and carries the exact bytes in `raw_bytes`. A daemon without root sees
   * every row, but no `usage` for mount points that it cannot reach. Filters are combined; a filter that matches
   * nothing gives an empty list. Mounts of other mount namespaces are not listed; they do count in `in_use_by` of
   * disks and partitions.
   */
  "vol.list_mounts"(params: VolListMountsParams, context: CallContext): VolListMountsResult | Promise<VolListMountsResult>;

  /**
   * Mounts the filesystem on a block device at a folder, in the mount namespace that the node's other programs share.
   * Where the daemon lives in a private mount namespace nobody would see the mount: the call is then `unsupported`.
   * For a btrfs over several devices all members are scanned first and any of them may be named. Unless `persist` is
   * false the mount is kept in the registry by identity (UUID, partition GUID, serial or WWN, type, subvolume,
   * options, members), not by device name, and is made again after a reboot. A disk that is missing then delays that
   * entry and shows in the daemon's health and in `net.verify`; it never keeps the daemon from starting, and the entry
   * is not forgotten. Nor is it where something else is mounted at the target by then: that stays, and the entry shows
   * in the health too. `degraded` is not kept: a btrfs that lacks members by then waits for them. A mount that someone
   * else undoes during the same boot is dropped from the registry at the next start. With `persist: false`, or where
   * the filesystem has nothing to be found again by, it is mounted and not registered, and the warning `not_persisted`
   * says so. Refused, in this order: 1. The device or the folder is not there (`not_found`; `create_target` makes the
   * folder). 2. The device is no block device, the target is no folder, or the target is `/` or one of the system's
   * own folders directly beneath it such as `/usr`, `/etc`, `/dev`, `/proc`, `/run` or `/var`, or would hide the
   * daemon's state folder (`invalid_argument`; other folders beneath those are fine). 3. The device carries no
   * filesystem, or `fstype` differs from what it carries (`conflict`). 4. Something holds it exclusively, or the
   * kernel gives no read-only mount beside a writable one, nor the other way round (`in_use`). 5. Two devices that are
   * not members of one btrfs carry the same UUID (`conflict`, naming both: one of them is a clone, and mounting either
   * could damage the data). 6. Members of a btrfs are missing and `degraded` is false (`conflict`; it is never added
   * by itself). 7. Something else is mounted at the target (`conflict` with both). 8. Other mounts lie beneath the
   * target, which would hide them (`in_use`, naming them). The key is the target. The same filesystem, subvolume and
   * options there already means `changed: false`; other options are `conflict`, nothing is remounted. `persist` is not
   * compared: asking again with the other setting moves the mount into or out of the registry and answers `changed:
   * true`, which is also how a mount of another owner is adopted. The same filesystem may be mounted at several
   * targets. Warnings: `mounted_read_only` where writing was wanted and the kernel gave a read-only mount (another
   * mount of the same filesystem is read-only, or the device is), `degraded` where members are missing,
   * `also_in_fstab` where `/etc/fstab` names the same filesystem or target, `duplicate_uuid` where the filesystem was
   * mounted before and a clone of it has appeared since, `not_persisted`. If a later step fails the mount is undone
   * and a folder that was made is removed.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.mount"(params: VolMountParams, context: CallContext): VolMountResult | Promise<VolMountResult>;

  /**
   * Unmounts what is mounted at a folder, the topmost where several mounts are stacked there (`remaining_at_target`),
   * and removes it from the registry, so that it does not come back at start. The folder stays. As for `vol.mount`, a
   * daemon in a private mount namespace answers `unsupported`. A registry entry whose disk is missing has no mount:
   * the call then only forgets the entry. Refused, in this order: 1. The target names a device, or a text that several
   * mount points are shown by (`invalid_argument`). 2. Nothing is mounted at the target and the registry does not hold
   * it (`not_found`). 3. It is the running system's (`/`, `/usr`, `/boot`, `/etc`, `/var`, `/dev`, `/proc`, `/sys`,
   * `/run` and what the daemon's state lies on: `in_use`, holder kind `system`; never yields). 4. It is not a mount of
   * this daemon (`conflict` with `managed: false` and an `owner_hint` such as fstab, a systemd unit or a container;
   * `force: true` unmounts it all the same). 5. It is busy (`in_use`, naming the mounts beneath it, the processes with
   * open files or working folders there, and swap files; `force` does not help, `lazy` does, except with mounts
   * beneath it). The filesystem may go on living in other mount namespaces, such as containers or services with a
   * private one: `still_mounted_in` lists them and the warning `still_mounted_elsewhere` says so; until they let go,
   * its device stays in use. `also_in_fstab` warns that the next boot mounts it again. Where the registry cannot be
   * written, the mount is made again and the call fails.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.unmount"(params: VolUnmountParams, context: CallContext): VolUnmountResult | Promise<VolUnmountResult>;
}

/** The topic `vol.subvolumes`. */
export interface VolSubvolumesHandlers {
  /**
   * Answers every subvolume of the filesystem that `path` lies on, nested ones and those outside the mounted tree
   * included, ordered by id. The top level (id 5) and subvolumes that are deleted but not cleaned up yet are not
   * listed, as with `btrfs subvolume list`. Without `path` the filesystem labelled `MOSDATA` is meant; it is
   * `not_found` where none is mounted, `conflict` where several are. `quota` is there where quotas are on. The daemon
   * needs root to search the tree; without it the answer is `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.list_subvolumes"(params: VolListSubvolumesParams, context: CallContext): VolListSubvolumesResult | Promise<VolListSubvolumesResult>;

  /**
   * Makes an empty subvolume in a folder of a mounted btrfs. The parent folder has to be there (`not_found`) and is
   * not made; the new name has at most 255 bytes (`invalid_argument`, as is a path on another kind of filesystem); a
   * read-only filesystem or parent subvolume is `conflict`. Symbolic links in the parent's path are resolved once; the
   * last component is never followed. Where a subvolume is at the path already the call changes nothing (`changed:
   * false`); a file, a folder or a link of that name is `already_exists`. The subvolume lives in the filesystem: no
   * registry holds it. It counts under quota where quotas are on; see `vol.set_quota`.
   *
   * Errors besides the common ones: `not_found`, `already_exists`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.create_subvolume"(params: VolCreateSubvolumeParams, context: CallContext): VolCreateSubvolumeResult | Promise<VolCreateSubvolumeResult>;

  /**
   * Deletes a subvolume and all that is in it. There is no undo. The name is gone when the call answers; the kernel
   * frees the space in the background, so that `vol.usage` follows later. Guards, in this order, each refusing before
   * anything is deleted: 1. Nothing is at the path (`not_found`). 2. It is not a subvolume, or it is the filesystem's
   * top level (`invalid_argument`). 3. The running system lives in it, or in one beneath it (`in_use`, holder kind
   * `system`). 4. It is mounted in any mount namespace, an overlay that is mounted rests on it, it holds an active
   * swap file or the file of a loop device, or is the filesystem's default subvolume (`in_use`; none of these yields).
   * 5. Subvolumes are nested in it (`in_use`, holder kind `subvolume`, listing them; with `recursive: true` they are
   * deleted too, deepest first, after each has passed these same guards). 6. It, or one nested in it, is a read-only
   * snapshot, which is often a backup or the base of an incremental send (`conflict`; the only guard that yields to
   * `force: true`). 7. The subvolume at the path is no longer the one that the first guard saw (`conflict`: id and
   * UUID are compared again right before). Where a deletion fails half-way through a recursive call, the error is
   * `command_failed` and what was deleted before it stays deleted. The last component is never followed where it is a
   * symbolic link.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.delete_subvolume"(params: VolDeleteSubvolumeParams, context: CallContext): VolDeleteSubvolumeResult | Promise<VolDeleteSubvolumeResult>;

  /**
   * Makes a snapshot of a subvolume: a new subvolume that shares all data with it and costs space only as the two
   * differ. It is atomic; what programs have not yet written to the filesystem is not in it. Subvolumes nested in the
   * source are not in it either: they appear as empty folders. Refused, in this order: 1. The source or the target's
   * parent folder is not there (`not_found`). 2. The source is not a subvolume, the target lies on another filesystem,
   * or its name has more than 255 bytes (`invalid_argument`). 3. Anything is at the target, a folder too
   * (`already_exists`: unlike the tool, the snapshot never lands inside it). 4. The filesystem, or the subvolume that
   * holds the target's folder, is read-only (`conflict`). 5. The subvolume at the source is no longer the one that the
   * first guard saw (`conflict`). A snapshot is a moment, so that the call is not repeatable: after a `timeout` a
   * second call answers `already_exists` if the first one succeeded, and `vol.list_subvolumes` shows its
   * `parent_uuid`. The snapshot lives in the filesystem: no registry holds it.
   *
   * Errors besides the common ones: `not_found`, `already_exists`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.snapshot_subvolume"(params: VolSnapshotSubvolumeParams, context: CallContext): VolSnapshotSubvolumeResult | Promise<VolSnapshotSubvolumeResult>;

  /**
   * Sets or removes the limits of a subvolume's own (level-0) qgroup. A limit that is absent stays as it is; `null`
   * removes it. At least one of `max_referenced_bytes`, `max_exclusive_bytes` and `enable: true` has to be given
   * (otherwise `invalid_argument`); with `enable` alone, quotas are switched on and no limit changes. Limits already
   * as wanted: `changed: false`. Quotas cost time on every write of the whole filesystem, so that they are never
   * switched on by the way: where they are off, the call is `conflict` (`expected` names quotas on, `remedy` names
   * `enable: true`). Switching on starts a count of all data, during which the byte counts are not exact:
   * `rescan_running` says so, and the warning `quota_rescan_running`. If a later step fails, quotas that this call
   * switched on are switched off again. A limit below what the subvolume uses already is set, and stops further writes
   * (`already_over_limit`). Refused: nothing is at the path (`not_found`); it is not a subvolume, lies on another kind
   * of filesystem, or a limit is 0 (`invalid_argument`); the filesystem is read-only, or the subvolume at the path was
   * exchanged for another meanwhile (`conflict`). Limits live in the filesystem and outlast reboots; no registry holds
   * them. They do not pass on to nested subvolumes or snapshots.
   *
   * Errors besides the common ones: `not_found`, `conflict`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "vol.set_quota"(params: VolSetQuotaParams, context: CallContext): VolSetQuotaResult | Promise<VolSetQuotaResult>;
}

/** The topic `vol.inventory`. */
export interface VolInventoryHandlers {
  /**
   * Answers disks, partitions, filesystems, mounts, swap areas and MD arrays in one reading: disks hold partitions
   * (`disk`), filesystems lie on them (`devices`), mounts show filesystems (`uuid`, `devices`), and a btrfs with
   * several devices is one filesystem with all of them. The kernel's uevent number and the mount table are compared
   * before and after; when they moved, the reading is done again, three times at most, and `consistent` says whether
   * it held. Each list has the form, the source and the limits of the method of the same name.
   */
  "vol.inventory"(params: VolInventoryParams, context: CallContext): VolInventoryResult | Promise<VolInventoryResult>;
}

/** The topic `vol.topologies`. */
export interface VolTopologiesHandlers {
  /**
   * Judges six ways to lay out storage on whole disks that are free, and plans each one that is feasible; changes
   * nothing. Eligible is every disk that the system does not live on, that nothing holds, that is writable, not
   * removable or hot-pluggable, not host-managed zoned and at least `min_disk_bytes` large; each other device is in
   * `left_out` with the first reason. Data on an eligible disk does not count against it, unless `blank_only`, but
   * `erases` names what would be lost. Choice: larger disks first, SSDs before spinning ones of the same size, then by
   * path. `btrfs_single` and `bcachefs_single` take the first disk; `dual_independent` and `bcachefs2_copy` the first
   * two; `btrfs_raid1` all eligible disks, two at least, with half their sum usable, or the sum of all but the largest
   * where that is less; `bcachefs2_copy` has the space of the smaller one; `ssd_hdd_bcachefs` takes the first SSD as
   * cache and the first spinning disk for data. Plan: on each chosen disk a GPT, a boot partition of `boot_bytes`
   * (vfat, EFI system type, label `MOSBOOT`; none where it is 0), and a data partition over the rest to the last
   * aligned MiB (label `MOSDATA`); where a plan has several boot partitions or filesystems, the second is `MOSBOOT2`
   * or `MOSDATA2`, and so on, and the partition names likewise. A topology whose tool or kernel support is missing is
   * not feasible, and says so. What the plan makes is left to `vol.create_partition`, `vol.create_filesystem` and
   * `vol.create_btrfs_raid`, whose guards hold all the same.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`.
   */
  "vol.feasible_topologies"(params: VolFeasibleTopologiesParams, context: CallContext): VolFeasibleTopologiesResult | Promise<VolFeasibleTopologiesResult>;
}

/** The topic `vol.usage`. */
export interface VolUsageHandlers {
  /**
   * Answers what `statfs` says, computed as `df` computes it: used is all blocks less free ones, available is what an
   * ordinary process can still write, the percentage is `used / (used + available)` rounded up. With `path`: the one
   * filesystem that this path lies on. Without: one entry for each mounted filesystem that has blocks, in the order of
   * the mount table; where one filesystem is mounted several times (bind mounts, btrfs subvolumes) the mount of its
   * root is answered, else the one with the shortest mount point, the earlier one on a tie. Network, FUSE and autofs
   * filesystems are never asked, because a dead server would hang the call: they are left out of the list
   * (`vol.list_mounts` shows them), and a `path` on one is `unsupported`. Left out too are filesystems that the daemon
   * may not reach or whose mount point another mount hides. On btrfs the figures are estimates; `vol.fs_usage` gives
   * exact ones. A daemon that reads a recorded machine answers `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`.
   */
  "vol.usage"(params: VolUsageParams, context: CallContext): VolUsageResult | Promise<VolUsageResult>;

  /**
   * Answers the counters of `btrfs device stats` for each device of the filesystem, missing ones included, ordered by
   * `devid`. The kernel itself is asked, which any user may do. Without `path` the filesystem labelled `MOSDATA` is
   * meant; it is `not_found` where none is mounted, `conflict` where several are.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.device_stats"(params: VolDeviceStatsParams, context: CallContext): VolDeviceStatsResult | Promise<VolDeviceStatsResult>;

  /**
   * Answers what `btrfs filesystem usage -b` does: the totals, block groups by type and profile, and each device. All
   * sizes are in bytes. The totals come from the filesystem's own accounting and need no root; what the block groups
   * of a profile take on each device (`profiles[].devices`) does. Without `path` the filesystem labelled `MOSDATA` is
   * meant; it is `not_found` where none is mounted, `conflict` where several are.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.fs_usage"(params: VolFsUsageParams, context: CallContext): VolFsUsageResult | Promise<VolFsUsageResult>;

  /**
   * Answers what `btrfs filesystem df` does, in bytes, in the order data, system, metadata, mixed, global reserve. Two
   * entries of one type with different profiles mean that a conversion is not finished. Needs no root. Without `path`
   * the filesystem labelled `MOSDATA` is meant; it is `not_found` where none is mounted, `conflict` where several are.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.fs_df"(params: VolFsDfParams, context: CallContext): VolFsDfResult | Promise<VolFsDfResult>;
}

/** The topic `vol.scrub`. */
export interface VolScrubHandlers {
  /**
   * Answers what `btrfs scrub status` knows: from the kernel while a scrub runs, whoever started it, and from the
   * record of `btrfs` (`/var/lib/btrfs`) afterwards. Counters are over all devices, and in `devices` for each. A scrub
   * goes on while this daemon is down and is found again. Sizes are in bytes, times in seconds. Without `path` the
   * filesystem labelled `MOSDATA` is meant; it is `not_found` where none is mounted, `conflict` where several are.
   * Without root the daemon cannot ask, and the answer is `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.scrub_status"(params: VolScrubStatusParams, context: CallContext): VolScrubStatusResult | Promise<VolScrubStatusResult>;

  /**
   * A scrub reads all data and metadata of a btrfs, compares checksums and repairs what it can from good copies. The
   * call answers as soon as the scrub runs; follow it with `vol.scrub_status`, and `vol.device_stats` for the error
   * counters. It runs on its own, outlives the caller and the daemon, and is found again when the daemon starts. It
   * does not outlive a reboot or an unmount; `resume` then goes on from the last recorded position. `start` begins at
   * the beginning; where a scrub of this filesystem runs already, nothing changes (`changed: false`, with its
   * progress), and one that checks only while repair is asked for, or the reverse, is `conflict`. `pause` and `cancel`
   * both stop it, for btrfs knows no difference: the status is then `aborted` and the position stays recorded until
   * the next `start`. With nothing running `cancel` is `changed: false`; so is `pause` where a stopped scrub can be
   * resumed, otherwise it is `conflict`. `resume` goes on from the recorded position; already running is `changed:
   * false`, nothing to go on from is `conflict`. Refused: the path is not there, or there is no mounted btrfs labelled
   * `MOSDATA` where it is absent (`not_found`); several such are mounted (`conflict`); it lies on another kind of
   * filesystem (`invalid_argument`); a device is being replaced (`in_use`, holder kind `btrfs_operation`); the
   * filesystem is read-only and `read_only` is false (`conflict`). A scrub may run while a balance does.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.scrub_start"(params: VolScrubStartParams, context: CallContext): VolScrubStartResult | Promise<VolScrubStartResult>;
}

/** The topic `vol.balance`. */
export interface VolBalanceHandlers {
  /**
   * Answers what `btrfs balance status -v` knows, whoever started the balance, the exclusive operation that the
   * filesystem is in (`/sys/fs/btrfs/<uuid>/exclusive_operation`), and how the last balance ended that this daemon
   * started: the kernel itself forgets a balance once it is over. A balance goes on while this daemon is down and is
   * found again. Without `path` the filesystem labelled `MOSDATA` is meant; it is `not_found` where none is mounted,
   * `conflict` where several are. Without root the daemon cannot ask for progress, and the answer is `unsupported`.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `conflict`, `tool_missing`, `command_failed`.
   */
  "vol.balance_status"(params: VolBalanceStatusParams, context: CallContext): VolBalanceStatusResult | Promise<VolBalanceStatusResult>;

  /**
   * A balance rewrites chunks of a btrfs: to give back half-empty ones, to spread data over devices that were added,
   * or to convert profiles. `data`, `metadata` and `system` choose the chunks as `btrfs balance start -d -m -s` does;
   * a kind that is absent is left alone, except that `system` follows `metadata` where only the latter is given.
   * Without any of the three, everything would be rewritten, which takes hours or days: that needs `full: true`, and
   * `full` together with a filter is `invalid_argument`. The call answers as soon as the balance runs, or is done;
   * follow it with `vol.balance_status`. It runs on its own, outlives the caller and the daemon, and is found again
   * when the daemon starts; the kernel resumes an interrupted one at the next mount. One at a time: a filesystem
   * allows one exclusive operation (balance, device add, remove or replace, resize, swap file activation). `start`
   * while a balance with the same filters runs changes nothing (`changed: false`); with other filters, or where one is
   * paused, it is `conflict`; another exclusive operation is `in_use` (holder kind `btrfs_operation`, named as the
   * kernel does). `pause` and `cancel` take effect after the chunk in work, which the call waits for; already paused
   * (or, for `cancel`, nothing running or paused) is `changed: false`, and `pause` or `resume` with nothing to act on
   * is `conflict`. `resume` of a running one is `changed: false`. Where no chunk passes the filters, nothing changes
   * and the warning `nothing_to_balance` says so. Refused besides: the path is not there (`not_found`); it lies on
   * another kind of filesystem, a filter contradicts itself, a profile needs more devices than there are, or filters,
   * `full` or `force` are given with an action other than `start` (`invalid_argument`); the filesystem is read-only
   * (`conflict`); a conversion would lower the redundancy of metadata or system chunks (`conflict`; the only guard
   * that yields to `force: true`).
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.balance_start"(params: VolBalanceStartParams, context: CallContext): VolBalanceStartResult | Promise<VolBalanceStartResult>;
}

/** The topic `vol.md`. */
export interface VolMdHandlers {
  /**
   * Answers the arrays that the kernel has assembled, inactive ones and containers included, ordered by name, from
   * sysfs, which any user may read. Member devices whose array is not assembled are partitions or disks with `fstype`
   * `linux_raid_member`. A kernel without MD has no arrays: the list is empty. Without root, the fields that come from
   * the members' superblocks (`array_name`, `homehost`, `uuid`) are absent unless udev's database knows them.
   */
  "vol.list_md_arrays"(params: VolListMdArraysParams, context: CallContext): VolListMdArraysResult | Promise<VolListMdArraysResult>;

  /**
   * Answers the array as `vol.list_md_arrays` does, and what `mdadm --detail` and `mdadm --examine` read from the
   * superblocks: times, layout, the array's event count and each member's. A member whose count lags behind missed
   * writes and will be rebuilt when it is added again. A daemon without root cannot read superblocks: the answer is
   * `unsupported`; `vol.list_md_arrays` still answers.
   *
   * Errors besides the common ones: `not_found`, `invalid_argument`, `tool_missing`, `command_failed`.
   */
  "vol.md_detail"(params: VolMdDetailParams, context: CallContext): VolMdDetailResult | Promise<VolMdDetailResult>;

  /**
   * Makes a Linux MD RAID-1 array of the devices and starts it; it appears as `/dev/md/NAME` and as a kernel name such
   * as `/dev/md127`. All given devices are checked by every guard before anything is written to any of them. Guards,
   * in this order, each refusing before a byte is written: 1. A device is not there (`not_found`). 2. It is no block
   * device (`invalid_argument`). 3. It is, or lies on, a disk that the running system lives on (`in_use`, holder kind
   * `system`): the disks under `/`, `/usr`, `/boot`, `/boot/efi`, `/var`, swap and the daemon's state folder, followed
   * through overlay, device-mapper, MD and btrfs. 4. It, or anything on it, is in use (`in_use`, naming every holder:
   * mounts in any mount namespace, swap, device-mapper, MD arrays, members of a mounted btrfs, loop devices, processes
   * that have it open exclusively or for writing, or kind `unknown` with reason `exclusive open` where the kernel says
   * busy and nobody is visible). 5. It carries a signature: a filesystem, swap, a RAID, LVM or encryption header, a
   * partition table, or any of these on its partitions or in a backup GPT (`conflict`; `signatures` lists each with
   * type, label and UUID). 6. Its identity is no longer what the first guard saw (`conflict`): device number, disk
   * sequence number, size, serial or WWN, and a digest of its first and last MiB are read again while the device is
   * held exclusively, right before the tool runs, and the sequence number once more after it. Only the guard on
   * signatures yields to `force: true`, and then all of them are erased first, those of partitions and the backup GPT
   * too; `erased_signatures` lists them. The array can be used when the call answers. The kernel copies the first sync
   * in the background; follow it with `vol.md_detail` (`sync_action`, `sync_completed`). It is the kernel's and
   * outlives the daemon. No registry and no `mdadm.conf` entry is written: at boot the members find each other by
   * their superblocks. `assume_clean` skips the first sync: mirrors that differ then answer differently until a check
   * repairs them. With `missing`, slots stay empty for devices to come (`degraded`). The key is the name, looked at
   * once the devices are found and before the other guards. An active array of that name on exactly these members with
   * the same metadata version and number of slots means `changed: false`; another array of that name, active or not,
   * is `already_exists`. Devices and empty slots together have to be at least two, and no device may be named twice,
   * under whatever name (`invalid_argument`). If the creation fails half-way, the array is stopped and the new
   * superblocks are erased. `unsupported` where the kernel has no MD.
   *
   * Errors besides the common ones: `not_found`, `already_exists`, `in_use`, `conflict`, `invalid_argument`,
   * `tool_missing`, `command_failed`.
   */
  "vol.create_md_array"(params: VolCreateMdArrayParams, context: CallContext): VolCreateMdArrayResult | Promise<VolCreateMdArrayResult>;

  /**
   * Stops an array: its device disappears and its members are free. What is stored in it stays on the members, and as
   * long as their superblocks do, udev or the next boot assembles it again (`will_reassemble`). With `zero_superblock:
   * true` the superblocks of all members are erased once the array is stopped, and the array cannot be assembled any
   * more. A sync that runs is interrupted and goes on where it was when the array is assembled again. Guards, in this
   * order, each refusing before anything changes: 1. The array is not there (`not_found`). 2. It is no MD array
   * (`invalid_argument`). 3. The running system lives on it (`in_use`, holder kind `system`): it is under `/`, `/usr`,
   * `/boot`, `/boot/efi`, `/var`, swap and the daemon's state folder, followed through overlay, device-mapper, MD and
   * btrfs. 4. It, or anything on it, is in use (`in_use`, naming every holder: mounts in any mount namespace, swap,
   * device-mapper, MD arrays, members of a mounted btrfs, loop devices, processes that have it open exclusively or for
   * writing, or kind `unknown` with reason `exclusive open` where the kernel says busy and nobody is visible). 5. With
   * `zero_superblock`, the array carries a signature such as a filesystem, swap or LVM, which would be lost to its
   * members' owner (`conflict`; `signatures` lists each; the only guard that yields to `force: true`, and the stored
   * data is not overwritten even then). 6. The identity of the array or of a member is no longer what the first guard
   * saw (`conflict`). Inactive arrays can be stopped too. Where zeroing fails on a member, the array is stopped and
   * the error is `command_failed`, naming it. No registry and no `mdadm.conf` is changed.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.stop_md_array"(params: VolStopMdArrayParams, context: CallContext): VolStopMdArrayResult | Promise<VolStopMdArrayResult>;
}

/** The topic `vol.defrag`. */
export interface VolDefragHandlers {
  /**
   * Rewrites the extents of a file, or with `recursive` of all files beneath a folder, into larger ones, and
   * compresses them where `compress` is given. A folder without `recursive` means its own metadata only. The run does
   * not enter other subvolumes or mounts. It breaks up data that is shared with snapshots and reflinked copies: these
   * then take their own space, which can fill the filesystem. The call answers when the run is over. It runs on its
   * own and outlives the caller and the daemon. A deadline or a lost caller never stops it: it finishes, is audited,
   * and the caller gets `timeout` with `may_have_happened: true`. Asking again with the same parameters while it runs
   * starts nothing: the call waits for the end of that run (`joined`, `changed: false`), so that repeating the call is
   * how to follow it. A run on an overlapping path or with other parameters is `in_use` (holder kind
   * `btrfs_operation`, naming the run). Files that are busy in a way that forbids it, such as running programs, are
   * counted in `failed_files` and skipped. Refused: nothing is at the path (`not_found`); it lies on another kind of
   * filesystem, is neither a file nor a folder, or `recursive` is given for a file (`invalid_argument`); the
   * filesystem or subvolume is read-only (`conflict`). Symbolic links are resolved once for the path itself and never
   * followed beneath it.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.defrag"(params: VolDefragParams, context: CallContext): VolDefragResult | Promise<VolDefragResult>;
}

/** The topic `vol.raid`. */
export interface VolRaidHandlers {
  /**
   * Makes one btrfs over the devices with the given profiles and makes it known to the kernel, so that `vol.mount` can
   * mount it by any of its devices or by UUID. All given devices are checked by every guard before anything is written
   * to any of them. Guards, in this order, each refusing before a byte is written: 1. A device is not there
   * (`not_found`). 2. It is no block device (`invalid_argument`). 3. It is, or lies on, a disk that the running system
   * lives on (`in_use`, holder kind `system`): the disks under `/`, `/usr`, `/boot`, `/boot/efi`, `/var`, swap and the
   * daemon's state folder, followed through overlay, device-mapper, MD and btrfs. 4. It, or anything on it, is in use
   * (`in_use`, naming every holder: mounts in any mount namespace, swap, device-mapper, MD arrays, members of a
   * mounted btrfs, loop devices, processes that have it open exclusively or for writing, or kind `unknown` with reason
   * `exclusive open` where the kernel says busy and nobody is visible). 5. It carries a signature: a filesystem, swap,
   * a RAID, LVM or encryption header, a partition table, or any of these on its partitions or in a backup GPT
   * (`conflict`; `signatures` lists each with type, label and UUID). 6. Its identity is no longer what the first guard
   * saw (`conflict`): device number, disk sequence number, size, serial or WWN, and a digest of its first and last MiB
   * are read again while the device is held exclusively, right before the tool runs, and the sequence number once more
   * after it. Only the guard on signatures yields to `force: true`, and then all of them are erased first, those of
   * partitions and the backup GPT too; `erased_signatures` lists them. How many devices a profile needs: `single` and
   * `dup` 1; `raid0`, `raid1` and `raid5` 2; `raid1c3` and `raid6` 3; `raid1c4` 4; `raid10` 2. Fewer, a device named
   * twice under whatever name (two paths to one disk, two loop devices over one file), or one too small for btrfs is
   * `invalid_argument`. With `raid5` and `raid6` a power cut can lose data; for metadata take one of the `raid1`
   * profiles. Formatting is never repeated in silence: devices that carry a filesystem, even exactly the one asked
   * for, are `conflict`, whose `signatures` say what is there. The tool runs on its own and outlives the caller and
   * the daemon. A deadline or a lost caller never stops it: it finishes, is audited, and the caller gets `timeout`
   * with `may_have_happened: true`; asking again then tells what is there. Nothing is added to the registry; use
   * `vol.mount`.
   *
   * Errors besides the common ones: `not_found`, `in_use`, `conflict`, `invalid_argument`, `tool_missing`,
   * `command_failed`.
   */
  "vol.create_btrfs_raid"(params: VolCreateBtrfsRaidParams, context: CallContext): VolCreateBtrfsRaidResult | Promise<VolCreateBtrfsRaidResult>;
}

/** The interfaces by topic. */
export interface HandlersByTag {
  "rpc": RpcHandlers;
  "net.status": NetStatusHandlers;
  "net.config": NetConfigHandlers;
  "net.lease": NetLeaseHandlers;
  "net.prefix": NetPrefixHandlers;
  "net.vlan": NetVlanHandlers;
  "net.health": NetHealthHandlers;
  "net.verify": NetVerifyHandlers;
  "net.interfaces": NetInterfacesHandlers;
  "net.routes": NetRoutesHandlers;
  "net.neighbors": NetNeighborsHandlers;
  "net.bridge": NetBridgeHandlers;
  "net.firewall": NetFirewallHandlers;
  "net.dns": NetDnsHandlers;
  "net.sysctl": NetSysctlHandlers;
  "net.conntrack": NetConntrackHandlers;
  "net.nat": NetNatHandlers;
  "net.vm": NetVmHandlers;
  "net.ovs": NetOvsHandlers;
  "vol.disks": VolDisksHandlers;
  "vol.partitions": VolPartitionsHandlers;
  "vol.filesystems": VolFilesystemsHandlers;
  "vol.mounts": VolMountsHandlers;
  "vol.subvolumes": VolSubvolumesHandlers;
  "vol.inventory": VolInventoryHandlers;
  "vol.topologies": VolTopologiesHandlers;
  "vol.usage": VolUsageHandlers;
  "vol.scrub": VolScrubHandlers;
  "vol.balance": VolBalanceHandlers;
  "vol.md": VolMdHandlers;
  "vol.defrag": VolDefragHandlers;
  "vol.raid": VolRaidHandlers;
}

/** Every method's handler. */
export type Handlers = 
  & RpcHandlers
  & NetStatusHandlers
  & NetConfigHandlers
  & NetLeaseHandlers
  & NetPrefixHandlers
  & NetVlanHandlers
  & NetHealthHandlers
  & NetVerifyHandlers
  & NetInterfacesHandlers
  & NetRoutesHandlers
  & NetNeighborsHandlers
  & NetBridgeHandlers
  & NetFirewallHandlers
  & NetDnsHandlers
  & NetSysctlHandlers
  & NetConntrackHandlers
  & NetNatHandlers
  & NetVmHandlers
  & NetOvsHandlers
  & VolDisksHandlers
  & VolPartitionsHandlers
  & VolFilesystemsHandlers
  & VolMountsHandlers
  & VolSubvolumesHandlers
  & VolInventoryHandlers
  & VolTopologiesHandlers
  & VolUsageHandlers
  & VolScrubHandlers
  & VolBalanceHandlers
  & VolMdHandlers
  & VolDefragHandlers
  & VolRaidHandlers;
