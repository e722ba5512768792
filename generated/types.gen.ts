// Generated from openrpc.json by `npm run generate`. Do not edit.

/** An exact unsigned 64-bit integer: `number` when safe, else `bigint`. */
export type Uint64 = number | bigint;

/**
 * The id of one HTTP request, made by the daemon; the same id stands in the log, in the audit line and in the `X-Request-Id` response header.
 */
export type RequestId = string;
/**
 * An IPv4 or IPv6 address without a prefix length or zone, such as `192.0.2.1` or `2001:db8::1`.
 */
export type IpAddress = string;
/**
 * An IPv4 or IPv6 prefix in CIDR form such as `192.0.2.0/24`, a bare address (meaning /32 or /128), or `default`.
 */
export type Prefix = string;
/**
 * An IPv4 or IPv6 address or prefix with its prefix length, such as `10.0.0.0/8` or `fd00::/64`.
 */
export type Cidr = string;
/**
 * An IPv4 or IPv6 address, or a prefix in CIDR form. Host bits must be zero.
 */
export type AddressOrCidr = string;
/**
 * Address family: `inet` is IPv4, `inet6` is IPv6.
 */
export type Family = "inet" | "inet6";
/**
 * A 48-bit Ethernet address, such as `02:00:00:00:00:01`.
 */
export type MacAddress = string;
/**
 * A network interface's name as the kernel has it: at most 15 bytes, no slash, colon, space or control character, not `.` or `..`, not starting with a hyphen.
 */
export type InterfaceName = string;
/**
 * A network interface's name as the kernel reports it, whatever characters it holds; bytes that are not valid UTF-8 are written as `\xNN`. `if<index>` names an interface that vanished while it was read.
 */
export type KernelInterfaceName = string;
/**
 * A transport-layer port.
 */
export type Port = number;
/**
 * Maximum transmission unit in bytes.
 */
export type Mtu = number;
/**
 * An exact unsigned 64-bit counter; values beyond 2^53 − 1 stay exact on the wire.
 */
export type Counter = Uint64;
/**
 * A size in bytes, exact to 64 bits.
 */
export type Bytes = Uint64;
/**
 * A moment in UTC, RFC 3339, such as `2026-01-31T12:00:00.000Z`.
 */
export type Timestamp = string;
/**
 * An absolute path, at most 4,095 bytes, without NUL.
 */
export type AbsolutePath = string;
/**
 * A block device: its kernel path (`/dev/sda`) or any stable name (`/dev/disk/by-id/…`, `/dev/disk/by-uuid/…`). The answer says which device was meant.
 */
export type DevicePath = string;
/**
 * A filesystem label. The limit depends on the filesystem (ext4 16 bytes, swap 15, vfat 11 upper-case ASCII, bcachefs 32, btrfs 255); a longer one is `invalid_argument`, never cut.
 */
export type Label = string;
/**
 * Free text for people, at most 128 bytes of UTF-8, no control characters.
 */
export type Comment = string;
/**
 * The id that the add call answered. Stable across restarts.
 */
export type RuleId = string;
/**
 * Whether traffic really gets the wanted treatment: `no` when another rule or setting defeats it (see `blocked_by` and `warnings`), `unknown` when that cannot be decided from here.
 */
export type Effective = "yes" | "no" | "unknown";
/**
 * Stable name of a warning:
 *
 * - `shadowed_by_chain`: a chain of another owner drops or translates these packets first.
 * - `already_open`: the port is open without the rule, or stays open without it.
 * - `forwarding_disabled`: this node does not forward packets of that family.
 * - `forward_dropped`: a chain on the forward hook drops these packets.
 * - `ra_will_stop`: with IPv6 forwarding on, an uplink ignores router advertisements.
 * - `interface_absent`: an interface that is named is not there yet.
 * - `interface_down`: an interface is down or has no carrier.
 * - `address_not_local`: an address that is named is no address of this node.
 * - `local_service_hidden`: a service of this node listens on the port, and connections go past it.
 * - `existing_flows_remain`: connections that exist already are still treated as before.
 * - `route_managed_by_other_daemon`: another program owns the route, or is likely to remove it or to put it back.
 * - `not_persisted`: it is gone after a restart.
 * - `port_not_forwarding`: the spanning tree protocol holds a port back.
 * - `mtu_lowered`: an MTU is, or makes another one, lower than before.
 * - `lease_unchanged`: the server gave the same lease again.
 * - `also_in_fstab`: `/etc/fstab` names the same filesystem or target.
 * - `mounted_read_only`: the kernel gave a read-only mount where writing was wanted.
 * - `still_mounted_elsewhere`: it is still mounted in another mount namespace.
 * - `degraded`: members are missing: there is less redundancy than wanted, or none.
 * - `duplicate_uuid`: another filesystem has the same UUID.
 * - `quota_rescan_running`: the kernel is counting: quota figures are not exact yet.
 * - `already_over_limit`: more is used already than the new limit allows.
 * - `nothing_to_resize`: the filesystem fills its devices already.
 * - `partition_smaller_than_disk`: a partition ends before the space that it could have.
 * - `nothing_to_balance`: no chunk passes the filters.
 * - `will_reassemble`: the array is assembled again by udev or the next boot.
 * - `stale_signature_wiped`: old data that would have shown up again was erased.
 * - `kernel_table_not_reread`: the kernel still has the old partition table, or lacks the new partition.
 */
export type WarningKind =
  | "shadowed_by_chain"
  | "already_open"
  | "forwarding_disabled"
  | "forward_dropped"
  | "ra_will_stop"
  | "interface_absent"
  | "interface_down"
  | "address_not_local"
  | "local_service_hidden"
  | "existing_flows_remain"
  | "route_managed_by_other_daemon"
  | "not_persisted"
  | "port_not_forwarding"
  | "mtu_lowered"
  | "lease_unchanged"
  | "also_in_fstab"
  | "mounted_read_only"
  | "still_mounted_elsewhere"
  | "degraded"
  | "duplicate_uuid"
  | "quota_rescan_running"
  | "already_over_limit"
  | "nothing_to_resize"
  | "partition_smaller_than_disk"
  | "nothing_to_balance"
  | "will_reassemble"
  | "stale_signature_wiped"
  | "kernel_table_not_reread";
/**
 * What is worth knowing although the call succeeded; empty when all is well.
 *
 * @maxItems 64
 */
export type Warnings = Warning[];
/**
 * nftables family: `inet` is IPv4 and IPv6 together, `netdev` is a device's ingress or egress.
 */
export type NftFamily = "ip" | "ip6" | "inet" | "arp" | "bridge" | "netdev";
/**
 * Who seems to own it, by the names that the program is known to use.
 */
export type FirewallManager =
  | "my_os_server"
  | "ufw"
  | "firewalld"
  | "docker"
  | "libvirt"
  | "nftables"
  | "iptables-nft"
  | "iptables-legacy"
  | "unknown";
/**
 * A right; each includes the ones before it.
 */
export type Right = "none" | "read" | "write" | "admin";
/**
 * Which daemon answers: `native` asks the kernel, `mos` forwards to the node's own daemons, `mock` answers this document's examples.
 */
export type Mode = "native" | "mos" | "mock";
/**
 * A block device's node as `lsblk` names it: `/dev/` and the kernel's name (`/dev/sda1`, `/dev/md127`, `/dev/cciss/c0d0`), `/dev/mapper/<name>` for a device-mapper device. Whether the node exists is not said: in a container it may be missing.
 */
export type BlockDevicePath = string;
/**
 * A label or name that is stored on a device, without trailing padding. Bytes that are not valid UTF-8 are written as `\xNN`; control characters stand for themselves.
 */
export type LabelText = string;
/**
 * A routing table: `main`, `local`, `default`, a name from `/etc/iproute2/rt_tables`, or the number as a decimal string.
 */
export type RouteTableName = string;
/**
 * A link-layer address as `ip` prints it: six colon-separated bytes on Ethernet, an IP address on tunnels, twenty bytes on InfiniBand.
 */
export type LinkLayerAddress = string;
/**
 * A kind of virtual link as the kernel names it: `bridge`, `veth`, `tun` (taps too), `vxlan`, `vlan`, `macvlan`, `bond`, `vrf`, `wireguard`, `gre`, …
 */
export type LinkKind = string;
/**
 * What the route does with a packet: `unicast` forwards, `blackhole` drops silently, `unreachable` and `prohibit` answer with ICMP, `throw` ends the lookup in this table; `local`, `broadcast`, `anycast` and `multicast` are the kernel's own kinds.
 */
export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "anycast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw"
  | "nat"
  | "xresolve";
/**
 * State of a neighbour entry (NUD), as `ip neigh` prints it.
 */
export type NeighborState =
  "INCOMPLETE" | "REACHABLE" | "STALE" | "DELAY" | "PROBE" | "FAILED" | "NOARP" | "PERMANENT";
/**
 * A name server's address; a link-local one carries its interface after `%`.
 */
export type DnsServerAddress = string;
/**
 * A DNS domain without a leading dot.
 */
export type DomainName = string;
/**
 * Operational state of a link (RFC 2863).
 */
export type OperState = "UNKNOWN" | "NOTPRESENT" | "DOWN" | "LOWERLAYERDOWN" | "TESTING" | "DORMANT" | "UP";
/**
 * Where a setting comes from: the kernel's command line, this daemon's own configuration, another program's configuration, a lease, a router advertisement, the kernel itself (`ip=` of the kernel's own autoconfiguration), a built-in default, or nowhere.
 */
export type ConfigSource =
  | "kernel_command_line"
  | "daemon_config"
  | "systemd-networkd"
  | "networkmanager"
  | "netplan"
  | "ifupdown"
  | "dhcpcd"
  | "lease"
  | "router_advertisement"
  | "kernel"
  | "default"
  | "none";
/**
 * The program that holds the lease; `kernel` for addresses that the kernel made from router advertisements or its own `ip=dhcp`.
 */
export type LeaseClient =
  "systemd-networkd" | "networkmanager" | "dhcpcd" | "dhclient" | "udhcpc" | "dhcp6c" | "kernel" | "unknown";
/**
 * How it stands: `warn` wants attention, `fail` keeps traffic from flowing.
 */
export type HealthStatus = "ok" | "warn" | "fail";
/**
 * What sort of managed object it is; `firewall_table` is the daemon's own nftables table with its base chains, `mount` a mount that `vol.mount` registered, `registry` a state file.
 */
export type DriftKind =
  | "bridge"
  | "bridge_port"
  | "connection"
  | "tap"
  | "route"
  | "firewall_table"
  | "firewall_rule"
  | "dnat"
  | "snat"
  | "mount"
  | "registry";
/**
 * Spanning tree state of a port; only a `forwarding` one passes packets.
 */
export type BridgePortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";
/**
 * Name of an nftables table, chain, set or object, whatever characters it holds; bytes that are not valid UTF-8 are written as `\xNN`.
 */
export type NftName = string;
/**
 * Protocol that a rule is about. `icmp` is IPv4 only and `icmpv6` IPv6 only; `any` is every protocol.
 */
export type FilterProtocol = "tcp" | "udp" | "icmp" | "icmpv6" | "sctp" | "any";
/**
 * An inclusive range of transport-layer ports such as `8000-8100`: both ends between 1 and 65535, the first lower than the last.
 */
export type PortRange = string;
/**
 * A transport protocol: `tcp`, `udp`, `icmp`, `icmpv6`, `sctp`, `dccp`, `gre`, `udplite`, or a protocol number as a string.
 */
export type ConntrackProtocol = string;
/**
 * Protocol that is forwarded; `both` is TCP and UDP under one rule id.
 */
export type DnatProtocol = "tcp" | "udp" | "both";
/**
 * Name of an Open vSwitch bridge.
 */
export type OvsBridgeName = string;
/**
 * A datapath as `ovs-appctl dpctl/dump-dps` names it, such as `system@ovs-system` or `netdev@ovs-netdev`.
 */
export type DatapathName = string;
/**
 * Type of a route that can be written: `unicast` forwards, `local` delivers to this node, `blackhole` drops in silence, `unreachable` and `prohibit` drop with an ICMP error, `throw` ends the lookup in this table.
 */
export type WritableRouteType = "unicast" | "local" | "blackhole" | "unreachable" | "prohibit" | "throw";
/**
 * A block device's name as `/sys/class/block` has it, such as `sda1`, `nvme0n1` or `dm-3`.
 */
export type KernelDeviceName = string;
/**
 * A device number, `major:minor` in decimal, such as `8:1`. Filesystems without a block device of their own (btrfs, overlay, tmpfs, proc, …) have major 0.
 */
export type MajMin = string;
/**
 * A path or name as the kernel has it, for display and comparison. JSON holds Unicode only: each byte that is not part of valid UTF-8 is written as `\xNN` (two lower-case hexadecimal digits), everything else, backslashes and control characters included, stands for itself. Where that makes a text ambiguous, the object also carries the exact bytes.
 */
export type PathText = string;
/**
 * How btrfs lays out block groups, in the words of `mkfs.btrfs` (`btrfs filesystem df` writes `RAID1`, `DUP`).
 */
export type BtrfsProfile =
  "single" | "dup" | "raid0" | "raid1" | "raid1c3" | "raid1c4" | "raid10" | "raid5" | "raid6";
/**
 * What block groups hold. `mixed` is data and metadata together; `global_reserve` is a part of metadata that btrfs keeps back.
 */
export type BtrfsBlockGroupType = "data" | "metadata" | "system" | "mixed" | "global_reserve";
/**
 * A way to lay out storage: `btrfs_single` (one disk), `bcachefs_single` (one disk), `dual_independent` (two disks, a btrfs on each), `bcachefs2_copy` (two disks, one bcachefs that keeps two copies), `ssd_hdd_bcachefs` (an SSD as cache before a hard disk, one bcachefs), `btrfs_raid1` (two disks or more, one btrfs that keeps two copies of data and metadata).
 */
export type TopologyName =
  | "btrfs_single"
  | "bcachefs_single"
  | "dual_independent"
  | "bcachefs2_copy"
  | "ssd_hdd_bcachefs"
  | "btrfs_raid1";
/**
 * State of a scrub: `never` (none is recorded), `running`, `finished`, `aborted` (cancelled or paused; `resume` goes on from there), `interrupted` (it ended without saying so, at a power cut for instance).
 */
export type ScrubState = "never" | "running" | "finished" | "aborted" | "interrupted";
/**
 * A GPT partition type: one of sfdisk's names `linux` (Linux filesystem), `swap`, `uefi` (EFI system), `bios-boot`, `lvm`, `raid`, `home`, or any type GUID.
 */
export type WantedPartitionType = string;
/**
 * A GPT partition name: at most 36 UTF-16 code units, no control characters, nothing beyond U+FFFF (sfdisk cannot write that). A longer one is `invalid_argument`, never cut.
 */
export type PartitionName = string;
/**
 * A filesystem that can be made. `swap` is a swap area; `bcachefs` needs bcachefs-tools on the node.
 */
export type NewFilesystemType = "btrfs" | "ext4" | "vfat" | "swap" | "bcachefs";
/**
 * A filesystem type that lies on a block device, as the kernel names it: `btrfs`, `ext4`, `xfs`, `vfat`, `bcachefs`, … Filesystems without a device (`tmpfs`, `overlay`, `proc`, `nfs`) are `invalid_argument`.
 */
export type MountFilesystemType = string;
/**
 * One mount option from a closed list: `ro rw noatime relatime nodiratime nodev nosuid noexec sync discard nofail user_subvol_rm_allowed`, `compress=` and `compress-force=` with `no`, `zlib[:level]`, `lzo` or `zstd[:level]`, `subvolid=`, `uid=`, `gid=` (decimal), `umask=` (octal), `commit=` (seconds). `nofail` makes a missing device at start no degradation of the daemon's health; it is not handed to the kernel.
 */
export type MountOption = string;
/**
 * A compression algorithm of btrfs.
 */
export type CompressionAlgorithm = "zlib" | "lzo" | "zstd";
/**
 * What to do with a long operation: `start` a new one, `pause` or `cancel` the running one, `resume` one that was stopped.
 */
export type OperationAction = "start" | "pause" | "resume" | "cancel";
/**
 * Name of an MD array, as it stands in the superblock and beneath `/dev/md/`: letters, digits, `.`, `_`, `-`, not starting with `.` or `-`. Together with a home host it has at most 31 bytes, colon included.
 */
export type MdArrayName = string;
/**
 * Parameters of `rpc.discover`.
 */
export type RpcDiscoverParams = Record<string, never>;
/**
 * Result of `rpc.discover`.
 */
export type RpcDiscoverResult = OpenRpcDocument;
/**
 * Parameters of `rpc.health`.
 */
export type RpcHealthParams = Record<string, never>;
/**
 * Result of `rpc.health`.
 */
export type RpcHealthResult = Health;
/**
 * Parameters of `net.status`.
 */
export type NetStatusParams = Record<string, never>;
/**
 * Result of `net.status`.
 */
export type NetStatusResult = NetStatus;
/**
 * Parameters of `net.config`.
 */
export type NetConfigParams = Record<string, never>;
/**
 * Result of `net.config`.
 */
export type NetConfigResult = NetConfig;
/**
 * Result of `net.lease`.
 *
 * @maxItems 65536
 */
export type NetLeaseResult = Lease[];
/**
 * Result of `net.prefix`.
 *
 * @maxItems 4096
 */
export type NetPrefixResult = DelegatedPrefix[];
/**
 * Result of `net.vlan`.
 */
export type NetVlanResult = VlanReport;
/**
 * Parameters of `net.health`.
 */
export type NetHealthParams = Record<string, never>;
/**
 * Result of `net.health`.
 */
export type NetHealthResult = HealthReport;
/**
 * Result of `net.verify`.
 */
export type NetVerifyResult = VerifyReport;
/**
 * Result of `net.interfaces`.
 *
 * @maxItems 65536
 */
export type NetInterfacesResult = Interface[];
/**
 * Result of `net.routes`.
 *
 * @maxItems 4194304
 */
export type NetRoutesResult = Route[];
/**
 * Result of `net.neighbors`.
 *
 * @maxItems 4194304
 */
export type NetNeighborsResult = Neighbor[];
/**
 * Result of `net.bridge`.
 *
 * @maxItems 65536
 */
export type NetBridgeResult = Bridge[];
/**
 * Result of `net.firewall`.
 */
export type NetFirewallResult = FirewallState;
/**
 * Parameters of `net.dns`.
 */
export type NetDnsParams = Record<string, never>;
/**
 * Result of `net.dns`.
 */
export type NetDnsResult = DnsConfig;
/**
 * Result of `net.sysctl`.
 */
export type NetSysctlResult = SysctlReport;
/**
 * Result of `net.conntrack`.
 */
export type NetConntrackResult = ConntrackTable;
/**
 * Parameters of `net.conntrack.stats`.
 */
export type NetConntrackStatsParams = Record<string, never>;
/**
 * Result of `net.conntrack.stats`.
 */
export type NetConntrackStatsResult = ConntrackStats;
/**
 * Parameters of `net.nat.status`.
 */
export type NetNatStatusParams = Record<string, never>;
/**
 * Result of `net.nat.status`.
 */
export type NetNatStatusResult = NatStatus;
/**
 * Result of `net.vm.list`.
 *
 * @maxItems 65536
 */
export type NetVmListResult = VmTap[];
/**
 * Result of `net.ovs`.
 */
export type NetOvsResult = OvsState;
/**
 * Result of `net.flows`.
 */
export type NetFlowsResult = FlowTable;
/**
 * Result of `net.datapath`.
 */
export type NetDatapathResult = DatapathReport;
/**
 * Result of `net.ovs.conntrack`.
 */
export type NetOvsConntrackResult = OvsConntrackTable;
/**
 * Result of `net.ovs.conntrack.stats`.
 *
 * @maxItems 64
 */
export type NetOvsConntrackStatsResult = OvsConntrackStats[];
/**
 * Result of `net.lease.restart`.
 */
export type NetLeaseRestartResult = RestartLeaseResult;
/**
 * Result of `net.routes.add`.
 */
export type NetRoutesAddResult = AddRouteResult;
/**
 * Result of `net.routes.delete`.
 */
export type NetRoutesDeleteResult = DeleteRouteResult;
/**
 * Result of `net.bridge.add`.
 */
export type NetBridgeAddResult = AddBridgeResult;
/**
 * Result of `net.bridge.delete`.
 */
export type NetBridgeDeleteResult = DeleteBridgeResult;
/**
 * Result of `net.bridge.connect`.
 */
export type NetBridgeConnectResult = ConnectBridgesResult;
/**
 * Result of `net.bridge.add_port`.
 */
export type NetBridgeAddPortResult = AddBridgePortResult;
/**
 * Result of `net.bridge.remove_port`.
 */
export type NetBridgeRemovePortResult = RemoveBridgePortResult;
/**
 * Result of `net.vm.create_tap`.
 */
export type NetVmCreateTapResult = CreateTapResult;
/**
 * Result of `net.vm.delete_tap`.
 */
export type NetVmDeleteTapResult = DeleteTapResult;
/**
 * Result of `net.firewall.add_rule`.
 */
export type NetFirewallAddRuleResult = AddFirewallRuleResult;
/**
 * Result of `net.firewall.remove_rule`.
 */
export type NetFirewallRemoveRuleResult = RemoveFirewallRuleResult;
/**
 * Result of `net.nat.add_dnat`.
 */
export type NetNatAddDnatResult = AddDnatResult;
/**
 * Result of `net.nat.remove_dnat`.
 */
export type NetNatRemoveDnatResult = RemoveDnatResult;
/**
 * Result of `net.nat.add_snat`.
 */
export type NetNatAddSnatResult = AddSnatResult;
/**
 * Result of `net.nat.remove_snat`.
 */
export type NetNatRemoveSnatResult = RemoveSnatResult;
/**
 * Result of `net.conntrack.flush`.
 */
export type NetConntrackFlushResult = FlushConntrackResult;
/**
 * Result of `net.ovs.conntrack.flush`.
 */
export type NetOvsConntrackFlushResult = FlushOvsConntrackResult;
/**
 * Result of `vol.list_disks`.
 *
 * @maxItems 65536
 */
export type VolListDisksResult = Disk[];
/**
 * Result of `vol.list_partitions`.
 *
 * @maxItems 65536
 */
export type VolListPartitionsResult = Partition[];
/**
 * Result of `vol.list_filesystems`.
 *
 * @maxItems 65536
 */
export type VolListFilesystemsResult = Filesystem[];
/**
 * Result of `vol.list_mounts`.
 *
 * @maxItems 1000000
 */
export type VolListMountsResult = Mount[];
/**
 * Result of `vol.list_subvolumes`.
 *
 * @maxItems 1000000
 */
export type VolListSubvolumesResult = Subvolume[];
/**
 * Result of `vol.list_free_space`.
 */
export type VolListFreeSpaceResult = FreeSpace;
/**
 * Parameters of `vol.inventory`.
 */
export type VolInventoryParams = Record<string, never>;
/**
 * Result of `vol.inventory`.
 */
export type VolInventoryResult = Inventory;
/**
 * Result of `vol.feasible_topologies`.
 */
export type VolFeasibleTopologiesResult = TopologyReport;
/**
 * Result of `vol.usage`.
 *
 * @maxItems 1000000
 */
export type VolUsageResult = FilesystemUsage[];
/**
 * Result of `vol.device_stats`.
 *
 * @maxItems 1024
 */
export type VolDeviceStatsResult = BtrfsDeviceStats[];
/**
 * Result of `vol.scrub_status`.
 */
export type VolScrubStatusResult = ScrubStatus;
/**
 * Result of `vol.fs_usage`.
 */
export type VolFsUsageResult = BtrfsUsage;
/**
 * Result of `vol.fs_df`.
 *
 * @maxItems 64
 */
export type VolFsDfResult = BtrfsSpaceInfo[];
/**
 * Result of `vol.balance_status`.
 */
export type VolBalanceStatusResult = BalanceStatus;
/**
 * Parameters of `vol.list_md_arrays`.
 */
export type VolListMdArraysParams = Record<string, never>;
/**
 * Result of `vol.list_md_arrays`.
 *
 * @maxItems 4096
 */
export type VolListMdArraysResult = MdArray[];
/**
 * Result of `vol.md_detail`.
 */
export type VolMdDetailResult = MdArrayDetail;
/**
 * Result of `vol.create_partition`.
 */
export type VolCreatePartitionResult = CreatePartitionResult;
/**
 * Result of `vol.create_filesystem`.
 */
export type VolCreateFilesystemResult = CreateFilesystemResult;
/**
 * Result of `vol.mount`.
 */
export type VolMountResult = MountFilesystemResult;
/**
 * Result of `vol.unmount`.
 */
export type VolUnmountResult = UnmountFilesystemResult;
/**
 * Result of `vol.create_subvolume`.
 */
export type VolCreateSubvolumeResult = WriteSubvolumeResult;
/**
 * Result of `vol.delete_subvolume`.
 */
export type VolDeleteSubvolumeResult = DeleteSubvolumeResult;
/**
 * Result of `vol.snapshot_subvolume`.
 */
export type VolSnapshotSubvolumeResult = WriteSubvolumeResult;
/**
 * Result of `vol.set_quota`.
 */
export type VolSetQuotaResult = SetQuotaResult;
/**
 * Result of `vol.scrub_start`.
 */
export type VolScrubStartResult = ControlScrubResult;
/**
 * Result of `vol.balance_start`.
 */
export type VolBalanceStartResult = ControlBalanceResult;
/**
 * Result of `vol.defrag`.
 */
export type VolDefragResult = DefragmentResult;
/**
 * Result of `vol.resize_max`.
 */
export type VolResizeMaxResult = ResizeMaxResult;
/**
 * Result of `vol.create_md_array`.
 */
export type VolCreateMdArrayResult = CreateMdArrayResult;
/**
 * Result of `vol.stop_md_array`.
 */
export type VolStopMdArrayResult = StopMdArrayResult;
/**
 * Result of `vol.create_btrfs_raid`.
 */
export type VolCreateBtrfsRaidResult = CreateBtrfsRaidResult;

/**
 * The call did what it says, and this is worth knowing.
 */
export interface Warning {
  kind: WarningKind;
  /**
   * One sentence for a person.
   */
  message: string;
  /**
   * The parameter that it is about.
   */
  field?: string;
  /**
   * The thing that it is about: an interface, chain, route, device or path.
   */
  object?: string;
  /**
   * A command or setting that would help.
   */
  remedy?: string;
}
/**
 * A base chain of another owner that drops what a rule of this daemon lets through, by its policy or by a rule in it.
 */
export interface Blocker {
  family: NftFamily;
  /**
   * The table's name.
   */
  table: string;
  /**
   * The base chain's name.
   */
  chain: string;
  /**
   * The hook that the chain is attached to.
   */
  hook: "ingress" | "prerouting" | "input" | "forward" | "output" | "postrouting" | "egress";
  /**
   * The chain's priority on the hook; lower runs first.
   */
  priority: number;
  /**
   * The chain's policy, where the policy is what drops.
   */
  policy?: "accept" | "drop";
  /**
   * The handle of the rule that drops, where a rule does.
   */
  handle?: number;
  /**
   * Who seems to own the chain; never `my_os_server`.
   */
  manager: FirewallManager;
  /**
   * A command for that manager that would let the traffic through, such as `ufw allow 8080/tcp`.
   */
  remedy?: string;
}
/**
 * What keeps a thing in use.
 */
export interface Holder {
  /**
   * What sort of holder it is:
   *
   * - `mount`: a mount, `name` is its mount point; with `pid` and `mnt_ns` where it is in another mount namespace.
   * - `swap`: an active swap area.
   * - `process`: a process that has it open or works in it, with `pid`.
   * - `partition`, `md_array`, `device_mapper`, `btrfs_member`, `loop`: a block device or filesystem stacked on it.
   * - `bridge_port`, `tap`, `interface`, `route`, `rule`: a network object that depends on it.
   * - `subvolume`: a subvolume nested in it.
   * - `system`: the running system lives on it.
   * - `connection`: an established connection that the call would cut, the caller's own or an inbound SSH session; `name` holds its local and its remote end, `reason` says whose it is.
   * - `btrfs_operation`: an operation that a btrfs is in, named as the kernel names it (`balance`, `device replace`, `resize`), or a `scrub` or `defrag`.
   * - `unknown`: the kernel says busy and nobody is visible; see `reason`.
   */
  kind:
    | "mount"
    | "swap"
    | "process"
    | "partition"
    | "md_array"
    | "device_mapper"
    | "btrfs_member"
    | "loop"
    | "bridge_port"
    | "tap"
    | "interface"
    | "route"
    | "rule"
    | "subvolume"
    | "system"
    | "connection"
    | "btrfs_operation"
    | "unknown";
  /**
   * The holder's name: a mount point, an array, a command's name, a port, `192.0.2.10:22 198.51.100.7:51514` for a connection, an operation.
   */
  name?: string;
  /**
   * The process, where the holder is one or the mount lives in its mount namespace.
   */
  pid?: number;
  /**
   * The device through which it is held, where that is not the one named.
   */
  device?: string;
  /**
   * Inode number of the mount namespace, where it is not the daemon's.
   */
  mnt_ns?: number;
  /**
   * Why it counts as a holder, where its kind does not say: `exclusive open` where no holder is visible, `the caller's own connection` or `established inbound SSH session` for a connection.
   */
  reason?: string;
}
/**
 * One thing that is wrong with the parameters.
 */
export interface Problem {
  /**
   * Which parameter, as a path: `dst`, `nexthops[1].gateway`; empty for the parameters as a whole.
   */
  field: string;
  /**
   * What was wanted, in words.
   */
  reason: string;
  /**
   * The nearest word that would have been right.
   */
  nearest?: string;
}
/**
 * The body is not JSON, or not UTF-8.
 */
export interface ParseErrorErrorData {
  /**
   * The stable name of this error.
   */
  kind: "parse_error";
  request_id: RequestId;
  /**
   * What is wrong with the body, and where.
   */
  reason: string;
}
/**
 * The body is JSON but not a JSON-RPC 2.0 request.
 */
export interface InvalidRequestErrorData {
  /**
   * The stable name of this error.
   */
  kind: "invalid_request";
  request_id: RequestId;
  /**
   * Which rule of JSON-RPC 2.0 is broken.
   */
  reason: string;
}
/**
 * There is no such method.
 */
export interface MethodNotFoundErrorData {
  /**
   * The stable name of this error.
   */
  kind: "method_not_found";
  request_id: RequestId;
  /**
   * The name that was asked for, cut at 256 characters.
   */
  method: string;
  /**
   * The method with the most similar name, if any is close.
   */
  nearest?: string;
}
/**
 * The parameters do not fit the method's schema. Nothing was done.
 */
export interface InvalidParamsErrorData {
  /**
   * The stable name of this error.
   */
  kind: "invalid_params";
  request_id: RequestId;
  /**
   * All problems found, at most 32.
   *
   * @minItems 1
   * @maxItems 32
   */
  problems: Problem[];
}
/**
 * A defect or an unexpected condition; details are in the daemon's log under the request id.
 */
export interface InternalErrorErrorData {
  /**
   * The stable name of this error.
   */
  kind: "internal_error";
  request_id: RequestId;
  /**
   * Present where the caller can do something about it: `response_too_large` (ask for less), `result_check_failed` (the result did not fit the specification and was withheld), `audit_unavailable` (nothing was done: a write that cannot be audited is refused until the audit can be written again), `state_unwritable` (nothing was done: what is managed must be remembered across a restart, and the state file cannot be written; `persist: false` does without where the method has it).
   */
  reason?: "response_too_large" | "result_check_failed" | "audit_unavailable" | "state_unwritable";
}
/**
 * Credentials were presented and they are not good. A caller with bad credentials is never treated as anonymous.
 */
export interface UnauthenticatedErrorData {
  /**
   * The stable name of this error.
   */
  kind: "unauthenticated";
  request_id: RequestId;
  /**
   * What is wrong: `not_configured` (the daemon has no access list), `unsigned_key` (a bare public key from a peer that is not trusted), `bad_signature`, `expired`, `clock` (the signature's time is too far from the server's), `replayed`, `wrong_node`, `unknown_token`, `unknown_certificate`, `unknown_scheme`, `malformed`, `empty`, `duplicated`, `disagree` (key, token and certificate name different users).
   */
  reason:
    | "not_configured"
    | "unsigned_key"
    | "bad_signature"
    | "expired"
    | "clock"
    | "replayed"
    | "wrong_node"
    | "unknown_token"
    | "unknown_certificate"
    | "unknown_scheme"
    | "malformed"
    | "empty"
    | "duplicated"
    | "disagree";
  /**
   * The server's clock in seconds since the epoch, with reason `clock`.
   */
  server_time?: number;
}
/**
 * The caller's right does not suffice.
 */
export interface PermissionDeniedErrorData {
  /**
   * The stable name of this error.
   */
  kind: "permission_denied";
  request_id: RequestId;
  /**
   * The method that was called.
   */
  method: string;
  required: Right;
  granted: Right;
}
/**
 * The daemon behind this one does not answer (MOS mode). The other domain goes on.
 */
export interface UpstreamUnavailableErrorData {
  /**
   * The stable name of this error.
   */
  kind: "upstream_unavailable";
  request_id: RequestId;
  /**
   * The upstream daemon's name.
   */
  upstream: string;
  /**
   * Its socket.
   */
  socket: string;
  /**
   * The method as the upstream knows it.
   */
  upstream_method: string;
  /**
   * `absent`: its socket is not there. `refused`: nobody listens on it, or it may not be opened. `lost`: the connection ended before the answer did. `malformed`: what it answered is no answer to this call.
   */
  reason: "absent" | "refused" | "lost" | "malformed";
  /**
   * True where a write had been sent, so that it may have been carried out: ask what is there before asking again.
   */
  may_have_happened: boolean;
}
/**
 * Too many calls at once, from this caller or over all. Nothing was done.
 */
export interface OverloadedErrorData {
  /**
   * The stable name of this error.
   */
  kind: "overloaded";
  request_id: RequestId;
  /**
   * Milliseconds after which a retry is sensible.
   */
  retry_after_ms: number;
}
/**
 * The deadline passed before the answer was there.
 */
export interface TimeoutErrorData {
  /**
   * The stable name of this error.
   */
  kind: "timeout";
  request_id: RequestId;
  /**
   * The deadline in milliseconds.
   */
  deadline_ms: number;
  /**
   * True for a write that went on after the deadline: ask what is there before asking again.
   */
  may_have_happened: boolean;
}
/**
 * This daemon cannot do that here.
 */
export interface UnsupportedErrorData {
  /**
   * The stable name of this error.
   */
  kind: "unsupported";
  request_id: RequestId;
  /**
   * Why, and what would make it possible.
   */
  reason: string;
  mode: Mode;
}
/**
 * A system tool that this call needs is not on the daemon's PATH. Installing it needs no restart.
 */
export interface ToolMissingErrorData {
  /**
   * The stable name of this error.
   */
  kind: "tool_missing";
  request_id: RequestId;
  /**
   * The program that was looked for.
   */
  tool: string;
  /**
   * The Debian package that holds it.
   */
  package: string;
}
/**
 * A system tool failed.
 */
export interface CommandFailedErrorData {
  /**
   * The stable name of this error.
   */
  kind: "command_failed";
  request_id: RequestId;
  /**
   * The command, one argument an entry.
   *
   * @maxItems 256
   */
  argv: string[];
  /**
   * Its exit status; −1 where a signal ended it.
   */
  exit_code: number;
  /**
   * The end of what it wrote to standard error.
   */
  stderr: string;
}
/**
 * What was named is not there.
 */
export interface NotFoundErrorData {
  /**
   * The stable name of this error.
   */
  kind: "not_found";
  request_id: RequestId;
  /**
   * What kind of thing, such as `interface`, `route` or `disk`.
   */
  resource: string;
  /**
   * The name that was asked for.
   */
  name: string;
}
/**
 * The name is taken by something else.
 */
export interface AlreadyExistsErrorData {
  /**
   * The stable name of this error.
   */
  kind: "already_exists";
  request_id: RequestId;
  /**
   * What kind of thing, such as `interface`, `route` or `disk`.
   */
  resource: string;
  /**
   * The name that was asked for.
   */
  name: string;
}
/**
 * Something holds what the call would change. Nothing was done.
 */
export interface InUseErrorData {
  /**
   * The stable name of this error.
   */
  kind: "in_use";
  request_id: RequestId;
  /**
   * What kind of thing, such as `interface`, `route` or `disk`.
   */
  resource: string;
  /**
   * The name that was asked for.
   */
  name: string;
  /**
   * What holds it.
   *
   * @minItems 1
   * @maxItems 256
   */
  holders: Holder[];
}
/**
 * What is there differs from what the call assumes. Nothing was done.
 */
export interface ConflictErrorData {
  /**
   * The stable name of this error.
   */
  kind: "conflict";
  request_id: RequestId;
  /**
   * What the call wants or assumes.
   */
  expected: string;
  /**
   * What is there now.
   */
  actual: string;
  /**
   * The objects in the way, where there are several (routes, addresses), at most 64 of them. Signatures have a list of their own.
   *
   * @maxItems 64
   *
   * Items: One object in the way, in its tool's own notation.
   */
  objects?: string[];
  /**
   * False where the object in the way is not this daemon's.
   */
  managed?: boolean;
  /**
   * Who seems to own the object in the way.
   */
  owner_hint?: string;
  /**
   * What would resolve it, such as `force: true`.
   */
  remedy?: string;
  /**
   * The signatures that were found on the device, where they are what stands in the way.
   *
   * @maxItems 256
   */
  signatures?: FoundSignature[];
}
/**
 * A signature that a prober finds on a device or in an extent: a filesystem, a RAID or LVM member, an encrypted container, swap or a partition table.
 */
export interface FoundSignature {
  /**
   * What it is, in blkid's words: `ext4`, `btrfs`, `swap`, `LVM2_member`, `linux_raid_member`, `crypto_LUKS`, `gpt`, `dos`, …
   */
  type: string;
  /**
   * What that is used for.
   */
  usage: "filesystem" | "raid" | "crypto" | "swap" | "partition_table" | "other";
  /**
   * The device that it was found on: the disk or device that was looked at, or one of its partitions.
   */
  device: BlockDevicePath;
  /**
   * Where its magic lies, in bytes from the start of `device`.
   */
  offset_bytes: Bytes;
  /**
   * Label that it carries; absent where it has none.
   */
  label?: LabelText;
  /**
   * UUID that it carries; absent where it has none.
   */
  uuid?: string;
  /**
   * In the answer of a write: true where this call erased it, false where it was left. Absent elsewhere.
   */
  erased?: boolean;
}
/**
 * The parameter fits the schema and is wrong for this node. Nothing was done.
 */
export interface InvalidArgumentErrorData {
  /**
   * The stable name of this error.
   */
  kind: "invalid_argument";
  request_id: RequestId;
  /**
   * The parameter.
   */
  field: string;
  /**
   * What is wrong with it and what would be right.
   */
  reason: string;
}
/**
 * The running kernel, as `uname` tells it.
 */
export interface KernelInfo {
  /**
   * Operating system, `Linux`.
   */
  sysname: string;
  /**
   * Release, such as `6.1.0-18-amd64`.
   */
  release: string;
  /**
   * Build, such as `#1 SMP Debian 6.1.76-1`.
   */
  version: string;
  /**
   * Hardware name, such as `x86_64`.
   */
  machine: string;
}
/**
 * The distribution, from `/etc/os-release`.
 */
export interface OsRelease {
  /**
   * Lower-case name, such as `debian`.
   */
  id: string;
  /**
   * Version, such as `12`; absent on rolling releases.
   */
  version_id?: string;
  /**
   * Name for people.
   */
  pretty_name?: string;
}
/**
 * One address that the node can be reached at.
 */
export interface StatusAddress {
  family: Family;
  /**
   * The address.
   */
  local: IpAddress;
  /**
   * Length of its on-link prefix.
   */
  prefixlen: number;
  /**
   * The interface that holds it.
   */
  ifname: KernelInterfaceName;
  /**
   * `global`, `site` or a number.
   */
  scope: string;
}
/**
 * One way out: a default route, or one next hop of a multipath one.
 */
export interface DefaultGateway {
  family: Family;
  /**
   * The next hop; absent on point-to-point links. An IPv4 default route may have an IPv6 next hop.
   */
  gateway?: IpAddress;
  /**
   * Outgoing interface.
   */
  dev: KernelInterfaceName;
  /**
   * Priority of the route; lower wins.
   */
  metric: number;
  table: RouteTableName;
  /**
   * Who installed the route: `dhcp`, `ra`, `static`, `kernel`, `boot`, a name from `rt_protos` or a number.
   */
  protocol?: string;
}
/**
 * How many network objects this daemon owns, by its registries.
 */
export interface ManagedNetCounts {
  /**
   * Bridges made by `net.bridge.add`.
   */
  bridges: number;
  /**
   * Ports added by `net.bridge.add_port`.
   */
  bridge_ports: number;
  /**
   * Bridge pairs joined by `net.bridge.connect`.
   */
  connections: number;
  /**
   * Taps made by `net.vm.create_tap`.
   */
  taps: number;
  /**
   * Routes made by `net.routes.add`.
   */
  routes: number;
  /**
   * Input rules made by `net.firewall.add_rule`.
   */
  firewall_rules: number;
  /**
   * Port forwards made by `net.nat.add_dnat`.
   */
  dnat: number;
  /**
   * Source translations made by `net.nat.add_snat`.
   */
  snat: number;
}
/**
 * One system tool that this daemon can use.
 */
export interface ToolStatus {
  /**
   * The program, such as `nft`.
   */
  name: string;
  /**
   * True when it is on the daemon's `PATH` now.
   */
  present: boolean;
  /**
   * Where it was found; absent when it is not there.
   */
  path?: AbsolutePath;
  /**
   * The Debian package that holds it.
   */
  package: string;
}
/**
 * The daemon and the node's network at a glance.
 */
export interface NetStatus {
  /**
   * The daemon's process id.
   */
  pid: number;
  /**
   * Seconds since the daemon started.
   */
  uptime_seconds: number;
  /**
   * When the daemon started.
   */
  started_at: Timestamp;
  /**
   * The daemon's version; equals the `info.version` of the specification it serves.
   */
  version: string;
  mode: Mode;
  /**
   * The node's host name.
   */
  hostname: string;
  kernel: KernelInfo;
  os?: OsRelease;
  /**
   * The kernel's boot id: changes with every boot.
   */
  boot_id: string;
  /**
   * The node's id, the `node` of `/.well-known/heroservice.json`; stays the same across boots.
   */
  node_id: string;
  /**
   * Seconds since the kernel booted.
   */
  system_uptime_seconds: number;
  /**
   * Addresses of scope `global` or `site` on links that are up, tentative and failed ones left out. Absent under a sysroot, where there is no kernel to ask.
   *
   * @maxItems 65536
   */
  addresses?: StatusAddress[];
  /**
   * Default routes of all tables and families, by family and then metric. Absent under a sysroot.
   *
   * @maxItems 4096
   */
  default_gateways?: DefaultGateway[];
  managed: ManagedNetCounts;
  /**
   * The tools that the `net.*` methods can need, each looked up on `PATH` for this answer.
   *
   * @maxItems 64
   */
  tools: ToolStatus[];
  /**
   * The folder that stands for `/`, where the daemon reads a recorded machine (`--sysroot`).
   */
  sysroot?: AbsolutePath;
}
/**
 * One address of an interface; names follow `ip -j -d addr`, with `stable-privacy` as `stable_privacy`. Each flag is present, and true, where it is set.
 */
export interface AddressInfo {
  family: Family;
  /**
   * The address.
   */
  local: IpAddress;
  /**
   * The peer's address, on a point-to-point address only.
   */
  address?: IpAddress;
  /**
   * Prefix length.
   */
  prefixlen: number;
  /**
   * Metric of the prefix route that the kernel makes for it.
   */
  metric?: number;
  /**
   * Broadcast address (IPv4).
   */
  broadcast?: IpAddress;
  /**
   * Anycast address (IPv6).
   */
  anycast?: IpAddress;
  /**
   * `global`, `site`, `link`, `host` or a number.
   */
  scope: string;
  /**
   * Who added it, where the kernel knows: `kernel_lo`, `kernel_ra`, `kernel_ll` or a number.
   */
  protocol?: string;
  /**
   * Another address of the same prefix is primary (IPv4).
   */
  secondary?: boolean;
  /**
   * A privacy address (IPv6).
   */
  temporary?: boolean;
  /**
   * It has a finite lifetime, or was learned from router advertisements.
   */
  dynamic?: boolean;
  /**
   * Its preferred lifetime is over: no longer used for new connections.
   */
  deprecated?: boolean;
  /**
   * Duplicate detection is not over.
   */
  tentative?: boolean;
  /**
   * Usable while duplicate detection runs.
   */
  optimistic?: boolean;
  /**
   * Another node has it: unusable.
   */
  dadfailed?: boolean;
  /**
   * No duplicate detection is done.
   */
  nodad?: boolean;
  /**
   * A Mobile IPv6 home address.
   */
  home?: boolean;
  /**
   * Temporary addresses are made from it.
   */
  mngtmpaddr?: boolean;
  /**
   * The kernel made no prefix route for it.
   */
  noprefixroute?: boolean;
  /**
   * Multicast groups are joined on the link.
   */
  autojoin?: boolean;
  /**
   * Its interface identifier is stable and opaque (RFC 7217).
   */
  stable_privacy?: boolean;
  /**
   * Flags beyond the known ones, hexadecimal.
   */
  ifa_flags?: string;
  /**
   * The IPv4 label, such as `eth0:web`; bytes that are not valid UTF-8 are written as `\xNN`.
   */
  label?: string;
  /**
   * Seconds that it stays valid; 4294967295 means for ever.
   */
  valid_life_time: number;
  /**
   * Seconds that it stays preferred; 4294967295 means for ever.
   */
  preferred_life_time: number;
}
/**
 * What the interface received since it was made; names follow `ip -j -s -s link`.
 */
export interface RxCounters {
  /**
   * Bytes received.
   */
  bytes: Counter;
  /**
   * Packets received.
   */
  packets: Counter;
  /**
   * Bad packets.
   */
  errors: Counter;
  /**
   * Packets dropped for want of space or of a taker.
   */
  dropped: Counter;
  /**
   * Receiver ring overflows.
   */
  over_errors: Counter;
  /**
   * Multicast packets.
   */
  multicast: Counter;
  /**
   * Compressed packets; absent when zero.
   */
  compressed?: Counter;
  /**
   * Bad lengths.
   */
  length_errors: Counter;
  /**
   * Checksum errors.
   */
  crc_errors: Counter;
  /**
   * Misaligned frames.
   */
  frame_errors: Counter;
  /**
   * FIFO overruns.
   */
  fifo_errors: Counter;
  /**
   * Packets that the receiver missed.
   */
  missed_errors: Counter;
  /**
   * Packets of a protocol that nobody handles; absent when zero.
   */
  nohandler?: Counter;
  /**
   * Packets addressed to another host; absent when zero.
   */
  otherhost?: Counter;
}
/**
 * What the interface sent since it was made; names follow `ip -j -s -s link`.
 */
export interface TxCounters {
  /**
   * Bytes sent.
   */
  bytes: Counter;
  /**
   * Packets sent.
   */
  packets: Counter;
  /**
   * Packets that could not be sent.
   */
  errors: Counter;
  /**
   * Packets dropped before they were sent.
   */
  dropped: Counter;
  /**
   * Losses of carrier while sending.
   */
  carrier_errors: Counter;
  /**
   * Collisions.
   */
  collisions: Counter;
  /**
   * Compressed packets; absent when zero.
   */
  compressed?: Counter;
  /**
   * Aborted transmissions.
   */
  aborted_errors: Counter;
  /**
   * FIFO underruns.
   */
  fifo_errors: Counter;
  /**
   * Late collisions.
   */
  window_errors: Counter;
  /**
   * Heartbeat errors.
   */
  heartbeat_errors: Counter;
  /**
   * How often the carrier came or went.
   */
  carrier_changes?: number;
}
/**
 * 64-bit counters of an interface, exact.
 */
export interface InterfaceStats {
  rx: RxCounters;
  tx: TxCounters;
}
/**
 * Details of a virtual link, under the names that `ip -j -d link` prints for its kind: a bridge's `stp_state`, `priority`, `vlan_filtering`, `forward_delay` and `ageing_time` (hundredths of a second); a VXLAN's `id`, `remote`, `port`; a VLAN's `protocol`, `id`; a tap's `type`, `multi_queue`, `user`; a macvlan's `mode`; a bond's `mode`; a VRF's `table`. Kinds without details, such as `veth`, have none.
 */
export interface LinkInfoData {
  [k: string]: unknown;
}
/**
 * Details of a link as a member of its master, under the names that `ip -j -d link` prints for the master's kind: a bridge port's `state`, `priority`, `cost`, `hairpin`, `learning`, `isolated`; a bond slave's `state`, `mii_status`, `perm_hwaddr`.
 */
export interface LinkSlaveData {
  [k: string]: unknown;
}
/**
 * What kind of link it is, and of what it is a member.
 */
export interface LinkInfo {
  info_kind?: LinkKind;
  info_data?: LinkInfoData;
  /**
   * The master's kind, where the link is a member of a bridge, bond, VRF or team.
   */
  info_slave_kind?: LinkKind;
  info_slave_data?: LinkSlaveData;
}
/**
 * An XDP program attached to the interface, as `ip -j link` prints it.
 */
export interface LinkXdp {
  [k: string]: unknown;
}
/**
 * One SR-IOV virtual function, as `ip -j link` prints it.
 */
export interface LinkVf {
  [k: string]: unknown;
}
/**
 * One network interface as the kernel has it; names follow `ip -j -d -s -s addr`. A field that the kernel does not report for a link is absent.
 */
export interface Interface {
  /**
   * Index; unique in the namespace.
   */
  ifindex: number;
  ifname: KernelInterfaceName;
  /**
   * The link it sits on (VLAN, macvlan) or the other end (veth), where that is in this namespace.
   */
  link?: KernelInterfaceName;
  /**
   * Index of that link, where it is in another namespace.
   */
  link_index?: number;
  /**
   * Id of that other namespace; −1 where it has none here.
   */
  link_netnsid?: number;
  /**
   * Namespace that the link moves to.
   */
  new_netnsid?: number;
  /**
   * `UP`, `BROADCAST`, `MULTICAST`, `LOOPBACK`, `POINTOPOINT`, `NOARP`, `PROMISC`, `MASTER`, `SLAVE`, `LOWER_UP` (carrier), `NO-CARRIER` (up without carrier), `M-DOWN`, `DORMANT`, …
   *
   * @maxItems 32
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * Maximum transmission unit in bytes.
   */
  mtu: number;
  /**
   * Smallest MTU that the driver takes.
   */
  min_mtu?: number;
  /**
   * Largest MTU that the driver takes; 0 means no limit.
   */
  max_mtu?: number;
  /**
   * Queueing discipline.
   */
  qdisc?: string;
  /**
   * The bridge, bond, VRF or team that it is a member of.
   */
  master?: KernelInterfaceName;
  /**
   * Operational state (RFC 2863). Virtual links without a carrier, and the loopback, are `UNKNOWN` while they work.
   */
  operstate: OperState;
  /**
   * `DEFAULT` or `DORMANT`.
   */
  linkmode?: string;
  /**
   * Link group; a name from `/etc/iproute2/group` or a number.
   */
  group: string;
  /**
   * Transmit queue length in packets.
   */
  txqlen?: number;
  /**
   * Hardware type: `ether`, `loopback`, `none`, `infiniband`, `gre`, `sit`, …
   */
  link_type: string;
  /**
   * Link-layer address.
   */
  address?: LinkLayerAddress;
  /**
   * True where `broadcast` is the peer's address.
   */
  link_pointtopoint?: boolean;
  /**
   * Link-layer broadcast address, or the peer's.
   */
  broadcast?: LinkLayerAddress;
  /**
   * The address that the hardware came with, where it differs.
   */
  permaddr?: LinkLayerAddress;
  /**
   * How many users want all packets.
   */
  promiscuity?: number;
  /**
   * How many users want all multicast packets.
   */
  allmulti?: number;
  /**
   * Held down by a protocol.
   */
  proto_down?: boolean;
  /**
   * Why it is held down.
   *
   * @maxItems 32
   *
   * Items: One reason.
   */
  proto_down_reason?: string[];
  linkinfo?: LinkInfo;
  /**
   * How IPv6 interface identifiers are made: `eui64`, `none`, `stable_secret`, `random`.
   */
  inet6_addr_gen_mode?: string;
  /**
   * Transmit queues.
   */
  num_tx_queues?: number;
  /**
   * Receive queues.
   */
  num_rx_queues?: number;
  /**
   * Largest segmentation-offload packet in bytes.
   */
  gso_max_size?: number;
  /**
   * Most segments in one such packet.
   */
  gso_max_segs?: number;
  /**
   * Largest the device can segment, in bytes.
   */
  tso_max_size?: number;
  /**
   * Most segments the device can make.
   */
  tso_max_segs?: number;
  /**
   * Largest receive-offload packet in bytes.
   */
  gro_max_size?: number;
  /**
   * As `gso_max_size`, for IPv4.
   */
  gso_ipv4_max_size?: number;
  /**
   * As `gro_max_size`, for IPv4.
   */
  gro_ipv4_max_size?: number;
  /**
   * Name of the physical port.
   */
  phys_port_name?: string;
  /**
   * Id of the physical port, hexadecimal.
   */
  phys_port_id?: string;
  /**
   * Id of the switch chip, hexadecimal.
   */
  phys_switch_id?: string;
  /**
   * Bus of the parent device, such as `pci`.
   */
  parentbus?: string;
  /**
   * Name of the parent device, such as `0000:00:03.0`.
   */
  parentdev?: string;
  /**
   * Free text on the link; links of this daemon carry `my_os_server:<kind>`. Bytes that are not valid UTF-8 are written as `\xNN`.
   */
  ifalias?: string;
  /**
   * Alternative names.
   *
   * @maxItems 256
   *
   * Items: One name; bytes that are not valid UTF-8 are written as `\xNN`.
   */
  altnames?: string[];
  xdp?: LinkXdp;
  /**
   * SR-IOV virtual functions.
   *
   * @maxItems 1024
   */
  vfinfo_list?: LinkVf[];
  /**
   * Its addresses, IPv4 first, in the kernel's order.
   *
   * @maxItems 65536
   */
  addr_info: AddressInfo[];
  stats64: InterfaceStats;
  /**
   * True when this daemon owns the link.
   */
  managed: boolean;
}
/**
 * A next hop of the other family.
 */
export interface RouteVia {
  family: Family;
  /**
   * Its address.
   */
  host: IpAddress;
}
/**
 * Routing realms.
 */
export interface RouteRealms {
  /**
   * Source realm.
   */
  from?: string;
  /**
   * Destination realm.
   */
  to: string;
}
/**
 * A lightweight tunnel that packets enter on this route.
 */
export interface RouteEncap {
  /**
   * `mpls`, `ip`, `ip6`, `seg6`, `seg6local`, `bpf`, `rpl`, `ioam6`, `xfrm` or `ila`; the other fields follow `ip -j route`, which prints this name as `encap` beside them.
   */
  type: string;
  [k: string]: unknown;
}
/**
 * Metrics of the path. Names follow `ip -j route`; times are always milliseconds, where `ip` changes to seconds from 1,000 on.
 */
export interface RouteMetrics {
  /**
   * Path MTU in bytes.
   */
  mtu?: number;
  /**
   * Largest window to advertise, in bytes.
   */
  window?: number;
  /**
   * First round-trip estimate in milliseconds.
   */
  rtt?: number;
  /**
   * First variance of it in milliseconds.
   */
  rttvar?: number;
  /**
   * First slow-start threshold in segments.
   */
  ssthresh?: number;
  /**
   * Congestion window clamp in segments.
   */
  cwnd?: number;
  /**
   * Segment size to advertise, in bytes.
   */
  advmss?: number;
  /**
   * Reordering to expect, in segments.
   */
  reordering?: number;
  /**
   * Hop limit.
   */
  hoplimit?: number;
  /**
   * First congestion window in segments.
   */
  initcwnd?: number;
  /**
   * True where explicit congestion notification is on.
   */
  ecn?: boolean;
  /**
   * True where TCP timestamps count microseconds.
   */
  tcp_usec_ts?: boolean;
  /**
   * Feature bits beyond the known ones, hexadecimal.
   */
  features?: string;
  /**
   * Smallest retransmission timeout in milliseconds.
   */
  rto_min?: number;
  /**
   * First receive window in segments.
   */
  initrwnd?: number;
  /**
   * 1 where quick acknowledgements are on.
   */
  quickack?: number;
  /**
   * Congestion control algorithm.
   */
  congestion?: string;
  /**
   * 1 where TCP Fast Open needs no cookie.
   */
  fastopen_no_cookie?: number;
  /**
   * Metrics that are locked (`mtu lock 1400`): path MTU discovery does not change them.
   *
   * @maxItems 32
   *
   * Items: One metric's name.
   */
  locked?: string[];
}
/**
 * One of several next hops.
 */
export interface RouteNexthop {
  /**
   * Next hop; absent where the destination is on the link.
   */
  gateway?: IpAddress;
  via?: RouteVia;
  /**
   * Outgoing interface.
   */
  dev?: KernelInterfaceName;
  /**
   * Share of the traffic, relative to the others.
   */
  weight: number;
  /**
   * `onlink`, `dead`, `linkdown`, `pervasive`, `offload`, `trap`, `unresolved`.
   *
   * @maxItems 16
   *
   * Items: One flag.
   */
  flags: string[];
  encap?: RouteEncap;
  flow?: RouteRealms;
}
/**
 * One route as the kernel has it; names follow `ip -j -d route`, plus `family` and `managed`.
 */
export interface Route {
  family: Family;
  type: RouteType;
  /**
   * Destination: a prefix, a bare address for a host route, or `default`.
   */
  dst: Prefix;
  /**
   * Source prefix that it is limited to (IPv6).
   */
  from?: Prefix;
  /**
   * Type of service that it is limited to, such as `0x10` or a name from `rt_dsfield`.
   */
  tos?: string;
  /**
   * Next hop, where there is one and it is of the route's family.
   */
  gateway?: IpAddress;
  via?: RouteVia;
  /**
   * Outgoing interface; absent where `nexthops` has them, and on IPv4 blackhole-like routes.
   */
  dev?: KernelInterfaceName;
  /**
   * Id of the nexthop object that it uses; `gateway`, `dev` or `nexthops` hold what the kernel made of it.
   */
  nhid?: number;
  /**
   * The next hops of a multipath route.
   *
   * @maxItems 65536
   */
  nexthops?: RouteNexthop[];
  table: RouteTableName;
  /**
   * Who installed it: `kernel`, `boot`, `static`, `dhcp`, `ra`, `bird`, …, a name from `rt_protos`, or a number; this daemon's is 109, shown as `my_os_server` where its `rt_protos.d` file is installed.
   */
  protocol: string;
  /**
   * `global`, `site`, `link`, `host`, `nowhere` or a number.
   */
  scope: string;
  /**
   * Source address that the node prefers on it.
   */
  prefsrc?: IpAddress;
  /**
   * Priority; lower wins. Absent means 0 (IPv4 only).
   */
  metric?: number;
  /**
   * `onlink`, `dead`, `linkdown`, `pervasive`, `offload`, `trap`, `rt_offload`, `rt_trap`, `rt_offload_failed`, `notify`, `unresolved`.
   *
   * @maxItems 16
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * Path metrics: one object in an array, as `ip -j route` has it; absent where none is set.
   *
   * @maxItems 1
   */
  metrics?: RouteMetrics[];
  /**
   * Seconds until it expires (IPv6); 0 where that is past.
   */
  expires?: number;
  /**
   * Router preference (IPv6): `low`, `medium` or `high`.
   */
  pref?: string;
  /**
   * What a packet gets on an IPv6 reject route: a negative errno.
   */
  error?: number;
  encap?: RouteEncap;
  flow?: RouteRealms;
  /**
   * Incoming interface of a multicast route.
   */
  iif?: KernelInterfaceName;
  /**
   * Whether an MPLS tunnel copies the TTL.
   */
  ttl_propagate?: boolean;
  /**
   * True when this daemon owns it: protocol 109.
   */
  managed: boolean;
}
/**
 * One entry of the neighbour table; names follow `ip -j -s neigh`, plus `family`. Each flag is present, and true, where it is set.
 */
export interface Neighbor {
  family: Family;
  /**
   * The neighbour's address.
   */
  dst: IpAddress;
  /**
   * The interface that it is reached by.
   */
  dev: KernelInterfaceName;
  /**
   * Its link-layer address, once known.
   */
  lladdr?: LinkLayerAddress;
  /**
   * Its state; one entry as a rule, none on proxy entries.
   *
   * @maxItems 8
   */
  state: NeighborState[];
  /**
   * It is a router (IPv6).
   */
  router?: boolean;
  /**
   * The node answers for it.
   */
  proxy?: boolean;
  /**
   * Another program, such as a routing daemon, put it there.
   */
  extern_learn?: boolean;
  /**
   * It is in hardware.
   */
  offload?: boolean;
  /**
   * The kernel keeps it resolved (`NTF_EXT_MANAGED`). Unlike everywhere else this does not mean that this daemon owns it: it owns no neighbours.
   */
  managed?: boolean;
  /**
   * Externally validated; the kernel does not expire it.
   */
  extern_valid?: boolean;
  /**
   * Who installed it, where known: a name from `rt_protos` or a number.
   */
  protocol?: string;
  /**
   * VLAN id.
   */
  vlan?: number;
  /**
   * VXLAN network id.
   */
  vni?: number;
  /**
   * Nexthop object.
   */
  nhid?: number;
  /**
   * Users of the entry; absent when zero.
   */
  refcnt?: number;
  /**
   * Seconds since it was used.
   */
  used?: number;
  /**
   * Seconds since it was confirmed reachable.
   */
  confirmed?: number;
  /**
   * Seconds since it was updated.
   */
  updated?: number;
  /**
   * Probes sent for it.
   */
  probes?: number;
}
/**
 * What one link contributes to name resolution.
 */
export interface DnsLink {
  /**
   * The interface.
   */
  ifname: KernelInterfaceName;
  /**
   * Its index.
   */
  ifindex?: number;
  /**
   * Name servers that the link's configuration gave.
   *
   * @maxItems 256
   */
  servers: DnsServerAddress[];
  /**
   * Search domains; a routing-only one starts with `~`, and `~.` means all names.
   *
   * @maxItems 1024
   */
  domains: DomainName[];
  /**
   * Whether names that no link claims are asked here.
   */
  default_route: boolean;
  /**
   * `yes`, `no` or `resolve`, where the link sets it.
   */
  llmnr?: string;
  /**
   * `yes`, `no` or `resolve`, where the link sets it.
   */
  mdns?: string;
  /**
   * `yes`, `no` or `opportunistic`, where the link sets it.
   */
  dns_over_tls?: string;
  /**
   * `yes`, `no` or `allow-downgrade`, where the link sets it.
   */
  dnssec?: string;
}
/**
 * How this node resolves names.
 */
export interface DnsConfig {
  /**
   * Name servers that queries finally go to: those behind the local stub where there is one and they are known, otherwise `nameservers`.
   *
   * @maxItems 256
   */
  servers: DnsServerAddress[];
  /**
   * The `nameserver` lines of `/etc/resolv.conf`, in order. The C library uses the first three.
   *
   * @maxItems 256
   */
  nameservers: DnsServerAddress[];
  /**
   * Search domains in force: the last `search` or `domain` line of `/etc/resolv.conf`.
   *
   * @maxItems 256
   */
  search: DomainName[];
  /**
   * All domains that have a say, each once: `search`, then those of the links; routing-only ones start with `~`.
   *
   * @maxItems 1024
   */
  domains: DomainName[];
  /**
   * The `options` of `/etc/resolv.conf`, such as `edns0` or `ndots:2`, in order.
   *
   * @maxItems 64
   *
   * Items: One option.
   */
  options: string[];
  /**
   * Dots from which a name is tried as it is first, where an option sets it; the C library's default is 1.
   */
  ndots?: number;
  /**
   * Seconds before another server is asked, where an option sets it; the default is 5.
   */
  timeout_seconds?: number;
  /**
   * Rounds over the servers, where an option sets it; the default is 2.
   */
  attempts?: number;
  /**
   * Servers are asked in turn; absent where no option says so.
   */
  rotate?: boolean;
  /**
   * The `sortlist` line, where there is one.
   *
   * @maxItems 10
   *
   * Items: Address, or address/netmask.
   */
  sortlist?: string[];
  /**
   * Who writes `/etc/resolv.conf`, by where it points and what its head says. `static` is a plain file that nobody claims, `none` means that there is no such file: the C library then asks 127.0.0.1.
   */
  source:
    | "systemd-resolved"
    | "networkmanager"
    | "resolvconf"
    | "openresolv"
    | "dhcpcd"
    | "dhclient"
    | "udhcpc"
    | "connman"
    | "netconfig"
    | "container"
    | "static"
    | "none";
  /**
   * The local resolver that `/etc/resolv.conf` points at, where its first name server is a loopback address: `127.0.0.53` for systemd-resolved.
   */
  stub?: IpAddress;
  /**
   * What `/etc/resolv.conf` is, in `resolvectl`'s words: `stub` and `static` lead to the stub of systemd-resolved, `uplink` to its list of servers, `foreign` is another program's or a plain file.
   */
  resolv_conf_mode: "stub" | "static" | "uplink" | "foreign" | "missing";
  /**
   * Where the symbolic link `/etc/resolv.conf` leads in the end; absent where it is a plain file or missing. Present also where the target does not exist.
   */
  resolv_conf_target?: AbsolutePath;
  /**
   * The `hosts:` line of `/etc/nsswitch.conf`, word by word, such as `files`, `resolve`, `[!UNAVAIL=return]`, `dns`; absent where there is none.
   *
   * @maxItems 32
   *
   * Items: One source or action.
   */
  nsswitch_hosts?: string[];
  /**
   * What each link contributes, from systemd-networkd's and systemd-resolved's runtime files; empty where nobody keeps DNS by link.
   *
   * @maxItems 65536
   */
  per_link: DnsLink[];
}
/**
 * One network parameter of the kernel's command line.
 */
export interface BootParameter {
  /**
   * Its name: `mosip4`, `mosip6`, `mosbridge`, `mosnat`, `ip`, `nameserver`, `vlan`, `bond`, `bridge`, `BOOTIF`, `net.ifnames`, `ipv6.disable`, …
   */
  name: string;
  /**
   * Its text after the equals sign; empty for a bare word.
   */
  value: string;
  /**
   * True where the text was understood; its meaning is then in `ipv4`, `ipv6`, `bridge`, `nat` or `settings`.
   */
  recognised: boolean;
  /**
   * True where a later parameter of the same name wins.
   */
  overridden?: boolean;
  /**
   * What is wrong with the text, where it was not understood.
   */
  problem?: string;
}
/**
 * How one address family is configured.
 */
export interface IpConfig {
  family: Family;
  /**
   * How addresses are to come: `slaac_dhcp` is router advertisements with DHCPv6, `unmanaged` means that nothing says.
   */
  method: "static" | "dhcp" | "slaac" | "slaac_dhcp" | "link_local" | "off" | "unmanaged";
  source: ConfigSource;
  /**
   * The text that says so, such as `mosip4=192.0.2.10/24,192.0.2.1`, or the file that holds it.
   */
  parameter?: string;
  /**
   * The interface that it is for, where it names one.
   */
  interface?: KernelInterfaceName;
  /**
   * The wanted address with its prefix length, where it is static.
   */
  address?: Cidr;
  /**
   * The wanted default gateway, where it names one.
   */
  gateway?: IpAddress;
  /**
   * The wanted name servers, where it names any.
   *
   * @maxItems 64
   */
  dns: DnsServerAddress[];
  /**
   * The wanted host name, where it names one.
   */
  hostname?: string;
  /**
   * The addresses of scope global that are there now, on that interface or on all.
   *
   * @maxItems 65536
   */
  addresses: Cidr[];
  /**
   * The gateway of the best default route now; absent where there is none.
   */
  default_gateway?: IpAddress;
  /**
   * True where what is there agrees with what is wanted.
   */
  in_force: boolean;
  /**
   * Why it is not in force.
   */
  reason?: string;
}
/**
 * The bridge that the boot configuration wants.
 */
export interface BridgeBootConfig {
  /**
   * Whether a bridge is wanted.
   */
  enabled: boolean;
  source: ConfigSource;
  /**
   * The text that says so, such as `mosbridge=br0:eth0`.
   */
  parameter?: string;
  /**
   * The wanted bridge.
   */
  name?: InterfaceName;
  /**
   * Its wanted ports.
   *
   * @maxItems 256
   */
  ports: InterfaceName[];
  /**
   * True where what is there agrees with what is wanted.
   */
  in_force: boolean;
  /**
   * Why it is not in force.
   */
  reason?: string;
}
/**
 * The source NAT that the boot configuration wants.
 */
export interface NatBootConfig {
  /**
   * Whether NAT is wanted.
   */
  enabled: boolean;
  source: ConfigSource;
  /**
   * The text that says so, such as `mosnat=10.0.0.0/24:eth0`.
   */
  parameter?: string;
  family?: Family;
  /**
   * Sources that are to be rewritten.
   */
  source_cidr?: Cidr;
  /**
   * The interface through which rewritten connections leave.
   */
  out_interface?: InterfaceName;
  /**
   * The address that replaces the source; absent means masquerade.
   */
  to_source?: IpAddress;
  /**
   * True where what is there agrees with what is wanted.
   */
  in_force: boolean;
  /**
   * Why it is not in force.
   */
  reason?: string;
}
/**
 * One more setting that shapes the node's network.
 */
export interface ConfigSetting {
  /**
   * Its name, such as `firewall.input_policy`, `firewall.always_allow`, `net.ifnames`, `ipv6.disable`.
   */
  name: string;
  /**
   * The wanted value, as text.
   */
  value: string;
  source: ConfigSource;
  /**
   * The parameter or the file that sets it.
   */
  origin?: string;
  /**
   * True where what is there agrees with it.
   */
  in_force: boolean;
  /**
   * What is there, where it differs.
   */
  actual?: string;
}
/**
 * The node's network configuration: what is wanted, by whom, and whether it is in force.
 */
export interface NetConfig {
  /**
   * The kernel's command line as it is in `/proc/cmdline`, without the newline.
   */
  cmdline: string;
  /**
   * Its network parameters, in order.
   *
   * @maxItems 256
   */
  parameters: BootParameter[];
  /**
   * IPv4.
   */
  ipv4: IpConfig;
  /**
   * IPv6.
   */
  ipv6: IpConfig;
  bridge: BridgeBootConfig;
  nat: NatBootConfig;
  /**
   * Other settings, by name.
   *
   * @maxItems 256
   */
  settings: ConfigSetting[];
}
/**
 * A route that came with a lease.
 */
export interface LeaseRoute {
  /**
   * Its destination.
   */
  dst: Prefix;
  /**
   * Its gateway; absent where the destination is on the link.
   */
  gateway?: IpAddress;
}
/**
 * One lease: an address or prefix that the network lent to this node, or an address made from a router's advertisement. Fields that the client does not keep are absent.
 */
export interface Lease {
  /**
   * The interface that it is for.
   */
  interface: KernelInterfaceName;
  family: Family;
  /**
   * What it is: a DHCPv4 address, a DHCPv6 address, an address by SLAAC, or a delegated IPv6 prefix.
   */
  kind: "dhcp4" | "dhcp6" | "slaac" | "prefix_delegation";
  client: LeaseClient;
  /**
   * By the clock: `renewing` after `renew_at`, `rebinding` after `rebind_at`, `expired` after `expires_at`; `unknown` where the client keeps no times.
   */
  state: "bound" | "renewing" | "rebinding" | "expired" | "unknown";
  /**
   * The address; absent on a delegated prefix.
   */
  address?: IpAddress;
  /**
   * The delegated prefix, or the prefix that the SLAAC address was made from.
   */
  prefix?: IpAddress;
  /**
   * Length of the prefix, or of the address's on-link prefix.
   */
  prefixlen?: number;
  /**
   * The DHCP server's, or the advertising router's, address.
   */
  server?: IpAddress;
  /**
   * The DHCPv6 server's DUID, colon-separated hexadecimal.
   */
  server_duid?: string;
  /**
   * Default gateways, in order.
   *
   * @maxItems 64
   */
  routers: IpAddress[];
  /**
   * Name servers.
   *
   * @maxItems 64
   */
  dns: DnsServerAddress[];
  /**
   * Time servers.
   *
   * @maxItems 64
   *
   * Items: An address or a name.
   */
  ntp?: string[];
  domain?: DomainName;
  /**
   * Search domains.
   *
   * @maxItems 64
   */
  search?: DomainName[];
  /**
   * Host name that the server gave.
   */
  hostname?: string;
  /**
   * MTU in bytes that the server or router gave.
   */
  mtu?: number;
  /**
   * Broadcast address (IPv4).
   */
  broadcast?: IpAddress;
  /**
   * Classless routes (option 121) or route information.
   *
   * @maxItems 1024
   */
  routes?: LeaseRoute[];
  /**
   * DHCPv4 client identifier, colon-separated hexadecimal.
   */
  client_id?: string;
  /**
   * Identity association (DHCPv6).
   */
  iaid?: number;
  /**
   * This node's DUID, colon-separated hexadecimal (DHCPv6).
   */
  duid?: string;
  /**
   * When it was obtained or last renewed.
   */
  obtained_at?: Timestamp;
  /**
   * When the client renews it (T1).
   */
  renew_at?: Timestamp;
  /**
   * When the client asks any server (T2).
   */
  rebind_at?: Timestamp;
  /**
   * When it ends; absent where it never does or nobody knows.
   */
  expires_at?: Timestamp;
  /**
   * Seconds that it was given for; 4294967295 means for ever.
   */
  lifetime_seconds?: number;
  /**
   * Seconds until it ends; 0 where it has ended, 4294967295 means for ever.
   */
  remaining_seconds?: number;
  /**
   * Seconds until it is renewed; 0 where that moment is past.
   */
  renew_in_seconds?: number;
  /**
   * Seconds until any server is asked; 0 where that moment is past.
   */
  rebind_in_seconds?: number;
  /**
   * Seconds that it stays preferred (IPv6); 4294967295 means for ever.
   */
  preferred_seconds?: number;
  /**
   * Seconds that it stays valid (IPv6); 4294967295 means for ever.
   */
  valid_seconds?: number;
  /**
   * The file or interface that this was read from: a lease file's path, or `netlink`.
   */
  source: string;
}
/**
 * A part of a delegated prefix that an inner interface uses.
 */
export interface DelegatedSubnet {
  /**
   * The interface.
   */
  interface: KernelInterfaceName;
  /**
   * The subnet's prefix.
   */
  prefix: IpAddress;
  /**
   * Its length.
   */
  prefixlen: number;
  /**
   * The node's own address in it, where it has one.
   */
  address?: IpAddress;
}
/**
 * One IPv6 prefix that a provider's router delegated to this node.
 */
export interface DelegatedPrefix {
  /**
   * The prefix.
   */
  prefix: IpAddress;
  /**
   * Its length.
   */
  prefixlen: number;
  /**
   * The uplink that it came by.
   */
  interface: KernelInterfaceName;
  /**
   * Identity association.
   */
  iaid?: number;
  /**
   * This node's DUID, colon-separated hexadecimal.
   */
  duid?: string;
  /**
   * The delegating router's DUID, colon-separated hexadecimal.
   */
  server_duid?: string;
  /**
   * Seconds that it stays preferred; 4294967295 means for ever.
   */
  preferred_seconds?: number;
  /**
   * Seconds that it stays valid; 4294967295 means for ever.
   */
  valid_seconds?: number;
  /**
   * When it ends; absent where it never does or nobody knows.
   */
  expires_at?: Timestamp;
  /**
   * What of it inner interfaces use, found by comparing their addresses with it; empty where it is unused.
   *
   * @maxItems 65536
   */
  delegated_to: DelegatedSubnet[];
  client: LeaseClient;
  /**
   * The file or interface that this was read from: a lease file's path, or `netlink`.
   */
  source: string;
}
/**
 * One check and what it found.
 */
export interface HealthCheck {
  /**
   * The check: `carrier` (links that are up have one), `addresses` (a usable address of scope global), `default_route`, `gateway` (the gateway's neighbour entry is or becomes reachable), `dns` (a name server is configured), `conntrack` (how full the table is), `forwarding` (on where NAT rules or bridged guests want it), `managed` (everything in the registries is there).
   */
  name:
    "carrier" | "addresses" | "default_route" | "gateway" | "dns" | "conntrack" | "forwarding" | "managed";
  status: HealthStatus;
  /**
   * What it is about, where a check is made for each of several things: an interface, a gateway, a family.
   */
  subject?: string;
  /**
   * One sentence for a person: what was found, and what would help.
   */
  message: string;
  /**
   * What was measured.
   */
  value?: number;
  /**
   * What `value` is measured against. For `conntrack` the status is `ok` below it; for every other check, at it or above.
   */
  threshold?: number;
  /**
   * Unit of `value` and `threshold`; `boolean` is 0 or 1.
   */
  unit?: "count" | "percent" | "ms" | "seconds" | "boolean";
}
/**
 * The health of the node's network.
 */
export interface HealthReport {
  /**
   * The worst status of all checks.
   */
  status: HealthStatus;
  /**
   * When the checks were made.
   */
  checked_at: Timestamp;
  /**
   * Every check, always in the same order; one that does not apply here is `ok` and says so.
   *
   * @maxItems 4096
   */
  checks: HealthCheck[];
}
/**
 * One managed object, compared with the live kernel. Where several fields differ there is one item for each.
 */
export interface DriftItem {
  kind: DriftKind;
  /**
   * Which one: an interface's name, `bridge/port` for a port, `a+b` for a connection, a route as `table/dst/metric` (then `/type` and `/tos` where they are not the default), a rule's id, a mount point, a registry's file name.
   */
  id: string;
  /**
   * `missing`: it is in the registry and not in the kernel. `differs`: a field has another value. `extra`: it carries this daemon's mark and no registry knows it. `shadowed`: it is there and another rule or route defeats it. `delayed`: it waits for a device or a tool since start.
   */
  state: "ok" | "missing" | "differs" | "extra" | "shadowed" | "delayed";
  /**
   * The field that differs.
   */
  field?: string;
  /**
   * What the registry says.
   */
  expected?: string;
  /**
   * What the kernel says, or what defeats or delays it.
   */
  actual?: string;
  /**
   * Since when the daemon knows of it; absent where it was found just now.
   */
  since?: Timestamp;
  /**
   * True where the next start of the daemon, or the add call again, would put it right.
   */
  repairable: boolean;
}
/**
 * Managed objects against the live kernel.
 */
export interface VerifyReport {
  /**
   * True where every item's state is `ok`.
   */
  ok: boolean;
  /**
   * When the comparison was made.
   */
  checked_at: Timestamp;
  /**
   * Every managed object, by kind and id; with `only_drift` those that are not `ok`.
   *
   * @maxItems 1000000
   */
  items: DriftItem[];
}
/**
 * IPv4 switches as `net.ipv4.conf.<name>` has them.
 */
export interface SysctlInet {
  /**
   * Packets that arrive here are forwarded. 0 is off, anything else on.
   */
  forwarding: number;
  /**
   * Multicast is forwarded. 0 is off, anything else on.
   */
  mc_forwarding?: number;
  /**
   * ARP is answered for hosts that are reached elsewhere; in force where `all` or the interface has 1. 0 is off, anything else on.
   */
  proxy_arp: number;
  /**
   * ARP is answered for hosts on the same interface. 0 is off, anything else on.
   */
  proxy_arp_pvlan?: number;
  /**
   * Reverse-path filter: 0 off, 1 strict, 2 loose; the larger of `all` and the interface is in force.
   */
  rp_filter?: number;
  /**
   * Which ARP requests are answered.
   */
  arp_ignore?: number;
  /**
   * Which address ARP requests carry.
   */
  arp_announce?: number;
  /**
   * ARP is answered by route. 0 is off, anything else on.
   */
  arp_filter?: number;
  /**
   * Packets with a local source are taken. 0 is off, anything else on.
   */
  accept_local?: number;
  /**
   * 127.0.0.0/8 is routed. 0 is off, anything else on.
   */
  route_localnet?: number;
  /**
   * Redirects are taken. 0 is off, anything else on.
   */
  accept_redirects?: number;
  /**
   * Redirects are sent. 0 is off, anything else on.
   */
  send_redirects?: number;
  /**
   * Source-routed packets are taken.
   */
  accept_source_route?: number;
  /**
   * Impossible addresses are logged. 0 is off, anything else on.
   */
  log_martians?: number;
  /**
   * Routes by a link without carrier are skipped. 0 is off, anything else on.
   */
  ignore_routes_with_linkdown?: number;
}
/**
 * IPv6 switches as `net.ipv6.conf.<name>` has them.
 */
export interface SysctlInet6 {
  /**
   * IPv6 is switched off here. 0 means that it is on, anything else that it is off.
   */
  disable_ipv6: number;
  /**
   * Packets that arrive here are forwarded; the kernel forwards by `all`.
   */
  forwarding: number;
  /**
   * Multicast is forwarded. 0 is off, anything else on.
   */
  mc_forwarding?: number;
  /**
   * Neighbour solicitations are answered for the proxy entries; in force where `all` or the interface has 1. 0 is off, anything else on.
   */
  proxy_ndp: number;
  /**
   * Router advertisements: 0 ignored, 1 taken while not forwarding, 2 always taken.
   */
  accept_ra?: number;
  /**
   * Default routers are learned from them. 0 is off, anything else on.
   */
  accept_ra_defrtr?: number;
  /**
   * Prefixes are learned from them. 0 is off, anything else on.
   */
  accept_ra_pinfo?: number;
  /**
   * Longest prefix learned as route information.
   */
  accept_ra_rt_info_max_plen?: number;
  /**
   * Addresses are made by SLAAC. 0 is off, anything else on.
   */
  autoconf?: number;
  /**
   * Privacy addresses: 0 or less none, 1 made, 2 preferred.
   */
  use_tempaddr?: number;
  /**
   * How interface identifiers are made: 0 EUI-64, 1 none, 2 stable secret, 3 random.
   */
  addr_gen_mode?: number;
  /**
   * Duplicate detection.
   */
  accept_dad?: number;
  /**
   * Solicitations sent for it.
   */
  dad_transmits?: number;
  /**
   * Redirects are taken. 0 is off, anything else on.
   */
  accept_redirects?: number;
  /**
   * Source-routed packets are taken.
   */
  accept_source_route?: number;
  /**
   * Routes by a link without carrier are skipped. 0 is off, anything else on.
   */
  ignore_routes_with_linkdown?: number;
  /**
   * Packets are forwarded whatever `all` says; kernels from 6.17. 0 is off, anything else on.
   */
  force_forwarding?: number;
}
/**
 * The switches of one interface.
 */
export interface SysctlInterface {
  /**
   * The interface.
   */
  ifname: KernelInterfaceName;
  ipv4?: SysctlInet;
  ipv6?: SysctlInet6;
}
/**
 * Whether bridged packets visit the IP firewall, from `net.bridge`; there while the module br_netfilter is loaded.
 */
export interface SysctlBridgeNetfilter {
  /**
   * IPv4 packets do. 0 is off, anything else on.
   */
  bridge_nf_call_iptables: number;
  /**
   * IPv6 packets do. 0 is off, anything else on.
   */
  bridge_nf_call_ip6tables: number;
  /**
   * ARP packets do. 0 is off, anything else on.
   */
  bridge_nf_call_arptables: number;
  /**
   * VLAN-tagged ones too. 0 is off, anything else on.
   */
  bridge_nf_filter_vlan_tagged?: number;
  /**
   * The VLAN device counts as the input device. 0 is off, anything else on.
   */
  bridge_nf_pass_vlan_input_dev?: number;
}
/**
 * Forwarding and proxy switches, whole numbers as `sysctl` prints them: the kernel takes and shows any number where only 0 and 1 make sense.
 */
export interface SysctlReport {
  /**
   * `net.ipv4.ip_forward`, the global switch for IPv4. 0 is off, anything else on.
   */
  ip_forward: number;
  /**
   * `net.ipv4.conf.all`.
   */
  ipv4_all: SysctlInet;
  /**
   * `net.ipv4.conf.default`: what new interfaces get.
   */
  ipv4_default: SysctlInet;
  /**
   * `net.ipv6.conf.all`; absent on a kernel without IPv6.
   */
  ipv6_all?: SysctlInet6;
  /**
   * `net.ipv6.conf.default`: what new interfaces get; absent on a kernel without IPv6.
   */
  ipv6_default?: SysctlInet6;
  bridge_netfilter?: SysctlBridgeNetfilter;
  /**
   * The interfaces, by name.
   *
   * @maxItems 65536
   */
  interfaces: SysctlInterface[];
}
/**
 * One entry of a VLAN device's priority mapping.
 */
export interface VlanQosMap {
  /**
   * Priority on the way in.
   */
  from: number;
  /**
   * Priority that it becomes.
   */
  to: number;
}
/**
 * One 802.1Q or 802.1ad device; names follow `ip -j -d link show type vlan`.
 */
export interface VlanDevice {
  /**
   * The VLAN device.
   */
  ifname: KernelInterfaceName;
  /**
   * Its index.
   */
  ifindex: number;
  /**
   * The interface that it sits on; absent where that is in another namespace.
   */
  link?: KernelInterfaceName;
  /**
   * VLAN id.
   */
  id: number;
  /**
   * `802.1Q` or `802.1ad`.
   */
  protocol: string;
  /**
   * `REORDER_HDR`, `GVRP`, `MVRP`, `LOOSE_BINDING`, `BRIDGE_BINDING`.
   *
   * @maxItems 16
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * 802.1p priority to packet priority.
   *
   * @maxItems 16
   */
  ingress_qos?: VlanQosMap[];
  /**
   * Packet priority to 802.1p priority.
   *
   * @maxItems 4096
   */
  egress_qos?: VlanQosMap[];
  operstate: OperState;
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * One VLAN, or a range of them, on a bridge port; names follow `bridge -j vlan`, with `vlanEnd` as `vlan_end`.
 */
export interface BridgeVlan {
  /**
   * VLAN id, or the first of a range.
   */
  vlan: number;
  /**
   * The last of the range; absent for a single VLAN.
   */
  vlan_end?: number;
  /**
   * `PVID` (untagged packets belong to it), `Egress Untagged`.
   *
   * @maxItems 8
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * VXLAN network id that it is mapped to, or the first of a range.
   */
  tunid?: number;
  /**
   * The last of that range.
   */
  tunid_end?: number;
  /**
   * Spanning tree state of the VLAN, where the kernel keeps one.
   */
  state?: BridgePortState;
  /**
   * Bytes in; there where VLAN statistics are on.
   */
  rx_bytes?: Counter;
  /**
   * Packets in.
   */
  rx_packets?: Counter;
  /**
   * Bytes out.
   */
  tx_bytes?: Counter;
  /**
   * Packets out.
   */
  tx_packets?: Counter;
}
/**
 * The VLAN table of one port, or of the bridge itself.
 */
export interface BridgeVlanPort {
  /**
   * The port, or the bridge.
   */
  ifname: KernelInterfaceName;
  /**
   * True for the bridge itself.
   */
  self: boolean;
  /**
   * Its VLANs, by id.
   *
   * @maxItems 4094
   */
  vlans: BridgeVlan[];
}
/**
 * VLAN filtering of one bridge.
 */
export interface BridgeVlanTable {
  /**
   * The bridge.
   */
  ifname: KernelInterfaceName;
  /**
   * Whether VLANs are filtered. The tables are kept, without effect, while they are not.
   */
  vlan_filtering: boolean;
  /**
   * `802.1Q` or `802.1ad`.
   */
  vlan_protocol: string;
  /**
   * VLAN of untagged packets on new ports; 0 means none.
   */
  vlan_default_pvid: number;
  /**
   * Whether packets are counted by VLAN.
   */
  vlan_stats_enabled: boolean;
  /**
   * Whether they are counted by port too.
   */
  vlan_stats_per_port?: boolean;
  /**
   * The bridge itself and its ports, by index.
   *
   * @maxItems 65536
   */
  ports: BridgeVlanPort[];
}
/**
 * VLANs of this node.
 */
export interface VlanReport {
  /**
   * VLAN devices, by index.
   *
   * @maxItems 65536
   */
  devices: VlanDevice[];
  /**
   * Bridges, by index; all of them, filtering or not.
   *
   * @maxItems 65536
   */
  bridges: BridgeVlanTable[];
}
/**
 * One port of a bridge; names follow `bridge -j -d link`.
 */
export interface BridgePort {
  /**
   * The port.
   */
  ifname: KernelInterfaceName;
  /**
   * Its index.
   */
  ifindex: number;
  /**
   * Link flags, as in `net.interfaces`.
   *
   * @maxItems 32
   *
   * Items: One flag.
   */
  flags: string[];
  operstate: OperState;
  /**
   * MTU in bytes.
   */
  mtu: number;
  address?: LinkLayerAddress;
  state: BridgePortState;
  /**
   * Spanning tree priority.
   */
  priority?: number;
  /**
   * Path cost.
   */
  cost?: number;
  /**
   * Port number in the bridge.
   */
  port_no?: number;
  /**
   * Port id: priority and number.
   */
  port_id?: number;
  /**
   * Root bridge that the port knows of.
   */
  designated_root?: string;
  /**
   * Designated bridge of its segment.
   */
  designated_bridge?: string;
  /**
   * Designated port of its segment.
   */
  designated_port?: number;
  /**
   * Cost from there to the root.
   */
  designated_cost?: number;
  /**
   * Packets may leave by the port that they came by.
   */
  hairpin?: boolean;
  /**
   * BPDUs shut it (BPDU guard).
   */
  guard?: boolean;
  /**
   * It may not become the root port.
   */
  root_block?: boolean;
  /**
   * Multicast groups are left at once.
   */
  fastleave?: boolean;
  /**
   * Addresses are learned.
   */
  learning?: boolean;
  /**
   * Unknown unicast is flooded to it.
   */
  flood?: boolean;
  /**
   * Unknown multicast is flooded to it.
   */
  mcast_flood?: boolean;
  /**
   * Broadcast is flooded to it.
   */
  bcast_flood?: boolean;
  /**
   * Multicast router: 0 never, 1 learned, 2 always, 3 for a while.
   */
  mcast_router?: number;
  /**
   * Multicast is sent as unicast.
   */
  mcast_to_unicast?: boolean;
  /**
   * ARP and NDP are answered from the table.
   */
  neigh_suppress?: boolean;
  /**
   * ARP is answered for others.
   */
  proxy_arp?: boolean;
  /**
   * The same, by the wireless rules.
   */
  proxy_arp_wifi?: boolean;
  /**
   * VLANs are mapped to tunnels.
   */
  vlan_tunnel?: boolean;
  /**
   * It talks to ports that are not isolated only.
   */
  isolated?: boolean;
  /**
   * Only known addresses may send.
   */
  locked?: boolean;
  /**
   * Unknown senders are recorded on the locked port.
   */
  mab?: boolean;
  /**
   * Port that takes over without carrier.
   */
  backup_port?: KernelInterfaceName;
  /**
   * The other end, where the port is one end of a veth pair in this namespace.
   */
  peer?: KernelInterfaceName;
  /**
   * The bridge at the other end, where the port is half of a pair made by `net.bridge.connect`.
   */
  connects_to?: KernelInterfaceName;
  /**
   * True where this daemon owns the link, or put it into the bridge.
   */
  managed: boolean;
}
/**
 * One entry of a bridge's forwarding table; names follow `bridge -j -s fdb`, with `viaIf` as `via_if`.
 */
export interface FdbEntry {
  mac: MacAddress;
  /**
   * The port, or the bridge itself.
   */
  ifname: KernelInterfaceName;
  /**
   * VLAN; absent where VLANs are not filtered.
   */
  vlan?: number;
  /**
   * `self`, `router`, `extern_learn`, `offload`, `sticky`, `locked`, `added_by_user`.
   *
   * @maxItems 16
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * `permanent` (the port's own), `static` (set by someone), `stale`, or `learned`, which `bridge` prints as nothing.
   */
  state: string;
  /**
   * Tunnel destination (VXLAN).
   */
  dst?: IpAddress;
  /**
   * Network id (VXLAN).
   */
  vni?: number;
  /**
   * Source network id (VXLAN).
   */
  src_vni?: number;
  port?: Port;
  /**
   * Interface towards `dst`.
   */
  via_if?: KernelInterfaceName;
  /**
   * Nexthop object.
   */
  nhid?: number;
  /**
   * Seconds since a packet went there.
   */
  used?: number;
  /**
   * Seconds since it was learned or changed.
   */
  updated?: number;
  /**
   * Who installed it, where known.
   */
  protocol?: string;
}
/**
 * One Linux bridge; names follow `ip -j -d link show type bridge`, with times in seconds, where `ip` prints hundredths.
 */
export interface Bridge {
  /**
   * The bridge.
   */
  ifname: KernelInterfaceName;
  /**
   * Its index.
   */
  ifindex: number;
  address?: LinkLayerAddress;
  /**
   * True where the address was set and no longer follows the ports.
   */
  address_fixed?: boolean;
  /**
   * MTU in bytes.
   */
  mtu: number;
  /**
   * Link flags, as in `net.interfaces`.
   *
   * @maxItems 32
   *
   * Items: One flag.
   */
  flags: string[];
  operstate: OperState;
  /**
   * Free text on the link; bridges of this daemon carry `my_os_server:bridge`. Bytes that are not valid UTF-8 are written as `\xNN`.
   */
  ifalias?: string;
  /**
   * Whether the spanning tree protocol runs.
   */
  stp_state: boolean;
  /**
   * True where another program runs it (RSTP, MSTP).
   */
  stp_userspace?: boolean;
  /**
   * Bridge priority; the lowest becomes the root.
   */
  priority: number;
  /**
   * This bridge's id, such as `8000.52:54:00:12:34:56`.
   */
  bridge_id: string;
  /**
   * The root bridge's id.
   */
  root_id: string;
  /**
   * Number of the port towards the root; 0 on the root itself.
   */
  root_port: number;
  /**
   * Cost of the way to the root.
   */
  root_path_cost: number;
  /**
   * A topology change is in progress.
   */
  topology_change?: boolean;
  /**
   * Seconds that a port listens, and again learns, before it forwards.
   */
  forward_delay_seconds: number;
  /**
   * Seconds between hellos.
   */
  hello_time_seconds: number;
  /**
   * Seconds after which silence means a change.
   */
  max_age_seconds: number;
  /**
   * Seconds after which a learned address is forgotten.
   */
  ageing_time_seconds: number;
  /**
   * Whether VLANs are filtered; the tables are in `net.vlan`.
   */
  vlan_filtering: boolean;
  /**
   * `802.1Q` or `802.1ad`.
   */
  vlan_protocol?: string;
  /**
   * VLAN of untagged packets on new ports; 0 means none.
   */
  vlan_default_pvid?: number;
  /**
   * Whether multicast is sent only where it is wanted.
   */
  mcast_snooping?: boolean;
  /**
   * Whether the bridge asks for members.
   */
  mcast_querier?: boolean;
  /**
   * Link-local groups that are forwarded, a hexadecimal mask.
   */
  group_fwd_mask?: string;
  /**
   * Bridged IPv4 packets visit the IP firewall.
   */
  nf_call_iptables?: boolean;
  /**
   * Bridged IPv6 packets visit the IP firewall.
   */
  nf_call_ip6tables?: boolean;
  /**
   * Bridged ARP packets visit the ARP firewall.
   */
  nf_call_arptables?: boolean;
  /**
   * How many addresses are learned; newer kernels.
   */
  fdb_n_learned?: number;
  /**
   * How many may be learned; 0 means no limit; newer kernels.
   */
  fdb_max_learned?: number;
  /**
   * The bridge's own addresses.
   *
   * @maxItems 65536
   */
  addr_info?: AddressInfo[];
  /**
   * Its ports, by index.
   *
   * @maxItems 65536
   */
  ports: BridgePort[];
  /**
   * Its forwarding table; there where `fdb` asked for it.
   *
   * @maxItems 1048576
   */
  fdb?: FdbEntry[];
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * One managed tap interface of a virtual machine, with its traffic.
 */
export interface VmTap {
  /**
   * The tap.
   */
  name: InterfaceName;
  /**
   * Its index; absent while it is not `present`.
   */
  ifindex?: number;
  /**
   * The bridge that it belongs to.
   */
  bridge: KernelInterfaceName;
  /**
   * The bridge that it is a port of now; absent where it is in none.
   */
  master?: KernelInterfaceName;
  mtu: Mtu;
  /**
   * The host side's address. The guest's own address differs and stands in the bridge's forwarding table.
   */
  address: MacAddress;
  /**
   * User who may open it; 0 means root only.
   */
  owner_uid: number;
  /**
   * Group whose members may open it too; absent where none was named.
   */
  owner_gid?: number;
  /**
   * Whether it takes several queues.
   */
  multi_queue: boolean;
  /**
   * Queues open now (`numqueues`); absent while it is not `present`.
   */
  queues?: number;
  /**
   * Operational state (RFC 2863); absent while it is not `present`.
   */
  operstate?: OperState;
  /**
   * Link flags, as in `net.interfaces`; absent while it is not `present`.
   *
   * @maxItems 32
   *
   * Items: One flag.
   */
  flags?: string[];
  /**
   * True while a process has it open.
   */
  attached: boolean;
  /**
   * The processes that have it open, with their pids.
   *
   * @maxItems 256
   */
  holders: Holder[];
  /**
   * Exact counters, from the node's side: `rx` is what the guest sent. Absent while it is not `present`.
   */
  stats64?: InterfaceStats;
  /**
   * True while the kernel holds it. False where someone deleted it: it stays in the registry, shows in `net.verify` and is made again when the daemon starts.
   */
  present: boolean;
  /**
   * When it was made by `net.vm.create_tap`.
   */
  created_at?: Timestamp;
  /**
   * Always true.
   */
  managed: true;
}
/**
 * One statement of a rule in libnftables' JSON form, such as `{"match": …}`, `{"counter": …}`, `{"accept": null}`.
 */
export interface NftExpression {
  [k: string]: unknown;
}
/**
 * One rule of a chain.
 */
export interface NftRule {
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  /**
   * Place in the chain, from 0.
   */
  index?: number;
  /**
   * Its statements, as `nft -j list ruleset` prints them.
   *
   * @maxItems 1024
   */
  expr: NftExpression[];
  /**
   * The rule as `nft list ruleset` prints it, without handle.
   */
  text: string;
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * Packets that reached its first counter; absent where it has none.
   */
  packets?: Counter;
  /**
   * Bytes of these packets.
   */
  bytes?: Counter;
  /**
   * The id of the managed rule that it belongs to; one managed rule can be several rules here.
   */
  id?: RuleId;
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * One chain of a table. A base chain has `type`, `hook`, `prio` and `policy`.
 */
export interface NftChain {
  name: NftName;
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  /**
   * `filter`, `nat` or `route`; base chains only.
   */
  type?: string;
  /**
   * `prerouting`, `input`, `forward`, `output`, `postrouting`, `ingress` or `egress`; base chains only.
   */
  hook?: string;
  /**
   * Priority on the hook; lower runs first. Base chains only.
   */
  prio?: number;
  /**
   * What happens to a packet that no rule decides about; base chains only.
   */
  policy?: "accept" | "drop";
  /**
   * Devices that a chain of family `netdev`, or on the ingress hook, is attached to.
   *
   * @maxItems 1024
   */
  devs?: KernelInterfaceName[];
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * Its rules, in order.
   *
   * @maxItems 1000000
   */
  rules: NftRule[];
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * One element of a set or map.
 */
export interface NftElement {
  /**
   * The element in nft's notation: `198.51.100.0/24`, `10.0.0.1 . 80`, `eth0`.
   */
  value: string;
  /**
   * What a map maps it to: an address, a port, a verdict such as `accept` or `jump web`.
   */
  data?: string;
  /**
   * Seconds that it was given.
   */
  timeout_seconds?: number;
  /**
   * Seconds that remain.
   */
  expires_seconds?: number;
  /**
   * Packets that matched it, where the set counts.
   */
  packets?: Counter;
  /**
   * Bytes that matched it, where the set counts.
   */
  bytes?: Counter;
  /**
   * Its comment.
   */
  comment?: string;
}
/**
 * One named set or map of a table.
 */
export interface NftSet {
  name: NftName;
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  /**
   * Types that its elements are made of, such as `ipv4_addr`, `inet_service`; one unless elements are concatenations.
   *
   * @maxItems 16
   *
   * Items: One type.
   */
  type: string[];
  /**
   * For a map, the type of what it maps to, such as `ipv4_addr` or `verdict`; absent for a set.
   *
   * @maxItems 16
   *
   * Items: One type.
   */
  map?: string[];
  /**
   * `constant`, `interval`, `timeout`, `dynamic`.
   *
   * @maxItems 16
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * Most elements that it may hold.
   */
  size?: number;
  /**
   * Seconds that elements stay unless they say otherwise.
   */
  timeout_seconds?: number;
  /**
   * Seconds between clean-ups.
   */
  gc_interval_seconds?: number;
  /**
   * `performance` or `memory`.
   */
  policy?: string;
  /**
   * Touching intervals are merged.
   */
  auto_merge?: boolean;
  /**
   * Its comment.
   */
  comment?: string;
  /**
   * How many elements it holds.
   */
  total: number;
  /**
   * Its elements, the first `element_limit` of them.
   *
   * @maxItems 100000
   */
  elements: NftElement[];
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * One stateful object of a table: a counter, quota, limit, ct helper, ct timeout, ct expectation, secmark, synproxy or flowtable. Beside the fields here it has those that `nft -j` prints.
 */
export interface NftObject {
  /**
   * `counter`, `quota`, `limit`, `ct helper`, `ct timeout`, `ct expectation`, `secmark`, `synproxy`, `flowtable`.
   */
  type: string;
  name: NftName;
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  packets?: Counter;
  bytes?: Counter;
  [k: string]: unknown;
}
/**
 * One nftables table.
 */
export interface NftTable {
  family: NftFamily;
  name: NftName;
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  /**
   * `dormant`, `owner`, `persist`.
   *
   * @maxItems 8
   *
   * Items: One flag.
   */
  flags: string[];
  /**
   * Its comment.
   */
  comment?: string;
  manager: FirewallManager;
  /**
   * Its chains, in the kernel's order.
   *
   * @maxItems 100000
   */
  chains: NftChain[];
  /**
   * Its sets and maps.
   *
   * @maxItems 100000
   */
  sets: NftSet[];
  /**
   * Its stateful objects and flowtables.
   *
   * @maxItems 100000
   */
  objects: NftObject[];
  /**
   * True when this daemon owns it.
   */
  managed: boolean;
}
/**
 * An x_tables table that is loaded (iptables-legacy). Its rules are not listed here, and they count: a packet must pass both.
 */
export interface LegacyTable {
  family: Family;
  /**
   * `filter`, `nat`, `mangle`, `raw` or `security`.
   */
  table: string;
}
/**
 * The packet filter of this node.
 */
export interface FirewallState {
  /**
   * The policy of this daemon's own input chain, from its configuration (`[firewall] input_policy`).
   */
  input_policy: "accept" | "drop";
  /**
   * Ports that stay open with `input_policy` `drop`, such as `tcp/22`.
   *
   * @maxItems 256
   *
   * Items: One port.
   */
  always_allow?: string[];
  /**
   * The mark that managed rules set on what they let in, so that an administrator's own policy can accept by it; absent where none is configured.
   */
  accept_mark?: number;
  /**
   * The managed input rules by the registry, also those that are gone from the kernel (`present` false).
   *
   * @maxItems 100000
   */
  allow_rules: FirewallAllowRule[];
  /**
   * The nftables tables, in the kernel's order.
   *
   * @maxItems 10000
   */
  tables: NftTable[];
  /**
   * Loaded iptables-legacy tables.
   *
   * @maxItems 16
   */
  legacy_tables: LegacyTable[];
}
/**
 * One input allow rule of this daemon, in the chain `input` of its own nftables table `inet my_os_server`.
 */
export interface FirewallAllowRule {
  id: RuleId;
  /**
   * Always true: this daemon made it, keeps it in its registry and puts it back at start.
   */
  managed: true;
  /**
   * True while the kernel holds it. False where someone removed it from the kernel: it stays in the registry, shows in `net.verify` and is put back when the daemon starts.
   */
  present: boolean;
  protocol: FilterProtocol;
  /**
   * Only this address family; absent where the rule holds for both.
   */
  family?: Family;
  /**
   * Destination port on this node; absent where `port_range` is given or the protocol has no ports.
   */
  port?: Port;
  /**
   * Destination ports on this node; absent where `port` is given or the protocol has no ports.
   */
  port_range?: PortRange;
  /**
   * Only from here; absent means from anywhere.
   */
  source?: AddressOrCidr;
  /**
   * Only to this local address or prefix; absent means to any address of this node.
   */
  destination?: AddressOrCidr;
  /**
   * Only arriving on this interface; absent means on any.
   */
  interface?: KernelInterfaceName;
  comment?: Comment;
  /**
   * The rule's nftables handle, as `nft -a list` shows it; absent while not `present`.
   */
  handle?: number;
  /**
   * Packets accepted since the rule was last put in place; absent while not `present`.
   */
  packets?: Counter;
  /**
   * Bytes accepted since the rule was last put in place; absent while not `present`.
   */
  bytes?: Counter;
}
/**
 * One direction of a connection, as packets carry it.
 */
export interface ConntrackTuple {
  /**
   * Source address.
   */
  src: IpAddress;
  /**
   * Destination address.
   */
  dst: IpAddress;
  /**
   * Source port; absent for protocols without ports.
   */
  sport?: number;
  /**
   * Destination port; absent for protocols without ports.
   */
  dport?: number;
  /**
   * ICMP type.
   */
  icmp_type?: number;
  /**
   * ICMP code.
   */
  icmp_code?: number;
  /**
   * ICMP identifier.
   */
  icmp_id?: number;
  /**
   * Zone of this direction, where the directions differ.
   */
  zone?: number;
  /**
   * GRE key.
   */
  gre_key?: number;
  /**
   * Packets so far; there where accounting is on (`nf_conntrack_acct`).
   */
  packets?: Counter;
  /**
   * Bytes so far; there where accounting is on.
   */
  bytes?: Counter;
}
/**
 * One entry of the kernel's connection table; what `conntrack -L -o extended,id` prints.
 */
export interface ConntrackEntry {
  /**
   * The kernel's id of the entry.
   */
  id: number;
  /**
   * Zone; 0 is the default one.
   */
  zone: number;
  family: Family;
  protocol: ConntrackProtocol;
  /**
   * Protocol number.
   */
  protocol_number: number;
  /**
   * State of the protocol, such as `ESTABLISHED` or `TIME_WAIT`; absent for protocols without one.
   */
  state?: string;
  /**
   * Status bits that are set: `expected`, `seen_reply`, `assured`, `confirmed`, `snat`, `dnat`, `seq_adjust`, `snat_done`, `dnat_done`, `dying`, `fixed_timeout`, `template`, `nat_clash`, `helper`, `offload`, `hw_offload`, or `bit<n>` for one that has no name here. Without `seen_reply` it is what `conntrack` prints as `[UNREPLIED]`.
   *
   * @maxItems 32
   *
   * Items: One bit.
   */
  status: string[];
  /**
   * Seconds until it is forgotten; 0 for offloaded entries.
   */
  timeout: number;
  /**
   * Connection mark.
   */
  mark: number;
  /**
   * Security context.
   */
  secctx?: string;
  /**
   * Connection labels, hexadecimal after `0x`; absent where none is set.
   */
  labels?: string;
  /**
   * Connection tracking helper, such as `ftp`.
   */
  helper?: string;
  /**
   * References to it.
   */
  use?: number;
  /**
   * How the reply differs from the original: `snat` (source), `dnat` (destination), both, or none.
   *
   * @maxItems 2
   *
   * Items: One translation.
   */
  nat: ("snat" | "dnat")[];
  /**
   * As the opener's packets are.
   */
  original: ConntrackTuple;
  /**
   * As the answers are expected.
   */
  reply: ConntrackTuple;
  /**
   * When it began; there where time stamps are on (`nf_conntrack_timestamp`).
   */
  start_at?: Timestamp;
  /**
   * Seconds since it began, likewise.
   */
  delta_seconds?: number;
}
/**
 * Entries of the kernel's connection table.
 */
export interface ConntrackTable {
  /**
   * How many entries match the filters.
   */
  total: number;
  /**
   * How many entries the table holds.
   */
  count: number;
  /**
   * How many it may hold; 0 where connection tracking is not loaded.
   */
  max: number;
  /**
   * True where `limit` left entries out.
   */
  truncated: boolean;
  /**
   * The first `limit` of the matching entries, in the kernel's order.
   *
   * @maxItems 1000000
   */
  entries: ConntrackEntry[];
}
/**
 * Counters of one processor; names follow `conntrack -S`.
 */
export interface ConntrackCpuStats {
  /**
   * The processor.
   */
  cpu: number;
  /**
   * Lookups that found an entry.
   */
  found: number;
  /**
   * Packets that could not be tracked.
   */
  invalid: number;
  /**
   * Entries inserted by user space.
   */
  insert: number;
  /**
   * Insertions that failed because the entry was there.
   */
  insert_failed: number;
  /**
   * Packets dropped because an entry could not be made.
   */
  drop: number;
  /**
   * Entries removed early to make room.
   */
  early_drop: number;
  /**
   * Packets in error.
   */
  error: number;
  /**
   * Lookups begun again after a resize.
   */
  search_restart: number;
  /**
   * Clashing insertions resolved.
   */
  clash_resolve?: number;
  /**
   * Insertions refused because a chain was too long.
   */
  chaintoolong?: number;
  /**
   * Expectations added.
   */
  expect_new?: number;
  /**
   * Expectations made.
   */
  expect_create?: number;
  /**
   * Expectations removed.
   */
  expect_delete?: number;
}
/**
 * The processors' counters added up.
 */
export interface ConntrackTotals {
  /**
   * Lookups that found an entry.
   */
  found: Counter;
  /**
   * Packets that could not be tracked.
   */
  invalid: Counter;
  /**
   * Entries inserted by user space.
   */
  insert: Counter;
  /**
   * Insertions that failed because the entry was there.
   */
  insert_failed: Counter;
  /**
   * Packets dropped because an entry could not be made.
   */
  drop: Counter;
  /**
   * Entries removed early to make room.
   */
  early_drop: Counter;
  /**
   * Packets in error.
   */
  error: Counter;
  /**
   * Lookups begun again after a resize.
   */
  search_restart: Counter;
  /**
   * Clashing insertions resolved.
   */
  clash_resolve?: Counter;
  /**
   * Insertions refused because a chain was too long.
   */
  chaintoolong?: Counter;
  /**
   * Expectations added.
   */
  expect_new?: Counter;
  /**
   * Expectations made.
   */
  expect_create?: Counter;
  /**
   * Expectations removed.
   */
  expect_delete?: Counter;
}
/**
 * One setting of connection tracking.
 */
export interface ConntrackSetting {
  /**
   * Its name under `net.netfilter`, without `nf_conntrack_`, such as `tcp_timeout_established`.
   */
  name: string;
  /**
   * Its value; timeouts are seconds.
   */
  value: number;
}
/**
 * Statistics of connection tracking.
 */
export interface ConntrackStats {
  /**
   * False where connection tracking is not in this kernel; everything else is then zero or empty.
   */
  loaded: boolean;
  /**
   * Entries now.
   */
  count: number;
  /**
   * Most entries that fit.
   */
  max: number;
  /**
   * Hundred times `count` over `max`; 0 where `max` is 0.
   */
  fill_percent: number;
  /**
   * Size of the hash table.
   */
  buckets?: number;
  /**
   * Expected connections now; absent where the daemon's user may not look.
   */
  expect_count?: number;
  /**
   * Most of them that fit.
   */
  expect_max?: number;
  /**
   * Counters by processor.
   *
   * @maxItems 65536
   */
  cpus: ConntrackCpuStats[];
  totals: ConntrackTotals;
  /**
   * Settings and timeouts, by name.
   *
   * @maxItems 256
   */
  settings: ConntrackSetting[];
}
/**
 * A NAT rule of another owner.
 */
export interface ForeignNatRule {
  family: NftFamily;
  table: NftName;
  chain: NftName;
  /**
   * Handle, as `nft -a list` shows it.
   */
  handle: number;
  /**
   * What it does.
   */
  kind: "dnat" | "snat" | "masquerade" | "redirect";
  /**
   * The rule as `nft list ruleset` prints it.
   */
  text: string;
  /**
   * Packets that reached its counter; absent where it has none.
   */
  packets?: Counter;
  /**
   * Bytes of these packets.
   */
  bytes?: Counter;
  manager: FirewallManager;
}
/**
 * Network address translation on this node.
 */
export interface NatStatus {
  boot: NatBootConfig;
  /**
   * The managed port forwards, by id.
   *
   * @maxItems 100000
   */
  dnat: DnatRule[];
  /**
   * The managed source translations, by id.
   *
   * @maxItems 100000
   */
  snat: SnatRule[];
  /**
   * Forwarding, by family.
   *
   * @maxItems 2
   */
  forwarding: ForwardingState[];
  /**
   * Base chains of other owners that drop forwarded packets, in the order in which packets meet them; empty when there are none.
   *
   * @maxItems 256
   */
  blocked_by: Blocker[];
  /**
   * NAT rules that this daemon does not own, in the kernel's order; iptables-legacy rules are not seen.
   *
   * @maxItems 100000
   */
  foreign: ForeignNatRule[];
}
/**
 * One port forward of this daemon: connections to a port of this node are sent on to an inner host.
 */
export interface DnatRule {
  id: RuleId;
  /**
   * Always true: this daemon made it, keeps it in its registry and puts it back at start.
   */
  managed: true;
  /**
   * True while the kernel holds it. False where someone removed it from the kernel: it stays in the registry, shows in `net.verify` and is put back when the daemon starts.
   */
  present: boolean;
  protocol: DnatProtocol;
  /**
   * Address family, that of `internal_ip`.
   */
  family: Family;
  /**
   * Port that is forwarded; the first one where `external_port_range` is given.
   */
  external_port: Port;
  /**
   * Ports that are forwarded; absent where it is one.
   */
  external_port_range?: PortRange;
  /**
   * Only connections to this address; absent means to any local address of this node (`fib daddr type local`), never to traffic in transit.
   */
  external_ip?: IpAddress;
  /**
   * Only connections arriving on this interface; absent means on any.
   */
  interface?: KernelInterfaceName;
  /**
   * Only connections from here; absent means from anywhere.
   */
  source?: AddressOrCidr;
  /**
   * Where connections are sent.
   */
  internal_ip: IpAddress;
  /**
   * Port they are sent to. Where it equals the first port of `external_port_range`, each connection keeps its port.
   */
  internal_port: Port;
  /**
   * True where connections from the inner host's own network are also forwarded, masqueraded as this node so that the answers come back through it.
   */
  hairpin: boolean;
  /**
   * True where connections that this node itself opens are forwarded too.
   */
  local_output: boolean;
  comment?: Comment;
  /**
   * Packets that opened a forwarded connection since the rule was last put in place; absent while not `present`.
   */
  packets?: Counter;
  /**
   * Bytes of those packets; absent while not `present`.
   */
  bytes?: Counter;
}
/**
 * One source NAT rule of this daemon: connections leaving through an interface get another source address.
 */
export interface SnatRule {
  id: RuleId;
  /**
   * Always true: this daemon made it, keeps it in its registry and puts it back at start.
   */
  managed: true;
  /**
   * True while the kernel holds it. False where someone removed it from the kernel: it stays in the registry, shows in `net.verify` and is put back when the daemon starts.
   */
  present: boolean;
  /**
   * `masquerade` uses the outgoing interface's address at that moment, `snat` the fixed address `to_source`.
   */
  mode: "masquerade" | "snat";
  /**
   * Address family, that of `source_cidr`.
   */
  family: Family;
  /**
   * Sources that are rewritten.
   */
  source_cidr: Cidr;
  /**
   * Only connections leaving through this interface.
   */
  out_interface: KernelInterfaceName;
  /**
   * The address that replaces the source; absent where `mode` is `masquerade`.
   */
  to_source?: IpAddress;
  /**
   * Only connections to here; absent means to anywhere.
   */
  destination_cidr?: Cidr;
  protocol: FilterProtocol;
  /**
   * True where source ports are chosen at random (nftables' `fully-random`).
   */
  random: boolean;
  /**
   * True where one client always gets the same source address (nftables' `persistent`).
   */
  persistent: boolean;
  comment?: Comment;
  /**
   * Packets that opened a rewritten connection since the rule was last put in place; absent while not `present`.
   */
  packets?: Counter;
  /**
   * Bytes of those packets; absent while not `present`.
   */
  bytes?: Counter;
}
/**
 * Whether this node forwards packets of one address family, without which NAT for other hosts does nothing.
 */
export interface ForwardingState {
  family: Family;
  /**
   * The kernel's global switch as it is now: `net.ipv4.ip_forward` for `inet`, `net.ipv6.conf.all.forwarding` for `inet6`.
   */
  enabled: boolean;
  /**
   * Present, and true, where this call switched it on because `enable_forwarding` asked for it.
   */
  switched_on?: boolean;
}
/**
 * Keys and values as the database has them.
 */
export interface StringMap {
  [k: string]: string;
}
/**
 * Named counters.
 */
export interface CounterMap {
  [k: string]: Counter;
}
/**
 * One interface of a port; names follow `ovs-vsctl list interface`.
 */
export interface OvsInterface {
  /**
   * Row id in the database.
   */
  uuid: string;
  /**
   * Its name; for most types also a Linux interface.
   */
  name: string;
  /**
   * `system` (the database's empty string), `internal`, `patch`, `tap`, `vxlan`, `gre`, `geneve`, `dpdk`, …
   */
  type: string;
  /**
   * OpenFlow port number; −1 where it could not be made.
   */
  ofport?: number;
  /**
   * Wanted port number.
   */
  ofport_request?: number;
  /**
   * Linux index; 0 where there is none.
   */
  ifindex?: number;
  /**
   * Whether it is switched on.
   */
  admin_state?: "up" | "down";
  /**
   * Whether it has carrier.
   */
  link_state?: "up" | "down";
  /**
   * Speed in bits a second.
   */
  link_speed?: Counter;
  /**
   * How often the carrier changed.
   */
  link_resets?: Counter;
  /**
   * Duplex.
   */
  duplex?: "half" | "full";
  /**
   * Wanted address.
   */
  mac?: MacAddress;
  /**
   * Address in use.
   */
  mac_in_use?: MacAddress;
  /**
   * MTU in bytes.
   */
  mtu?: number;
  /**
   * Wanted MTU.
   */
  mtu_request?: number;
  /**
   * Why it could not be set up.
   */
  error?: string;
  /**
   * Most that it may send into the switch, kilobits a second; 0 means no limit.
   */
  ingress_policing_rate?: Counter;
  /**
   * Burst, kilobits.
   */
  ingress_policing_burst?: Counter;
  /**
   * The same in thousand packets a second.
   */
  ingress_policing_kpkts_rate?: Counter;
  /**
   * Burst, thousand packets.
   */
  ingress_policing_kpkts_burst?: Counter;
  /**
   * LACP state is up to date.
   */
  lacp_current?: boolean;
  bfd?: StringMap;
  bfd_status?: StringMap;
  /**
   * Connectivity fault management sees a fault.
   */
  cfm_fault?: boolean;
  /**
   * Maintenance point id.
   */
  cfm_mpid?: number;
  /**
   * Health of the remote points, percent.
   */
  cfm_health?: number;
  lldp?: StringMap;
  /**
   * Options of its type: a patch port's `peer`, a tunnel's `remote_ip` and `key`.
   */
  options: StringMap;
  /**
   * Counters such as `rx_bytes`, `tx_packets`, `rx_dropped`.
   */
  statistics: CounterMap;
  /**
   * What the driver says.
   */
  status: StringMap;
  /**
   * The row's `other_config`.
   */
  other_config: StringMap;
  /**
   * The row's `external_ids`.
   */
  external_ids: StringMap;
}
/**
 * One port of a bridge; names follow `ovs-vsctl list port`.
 */
export interface OvsPort {
  /**
   * Row id in the database.
   */
  uuid: string;
  /**
   * Its name.
   */
  name: string;
  /**
   * VLAN of an access port; absent on a trunk.
   */
  tag?: number;
  /**
   * VLANs that a trunk carries; empty means all.
   *
   * @maxItems 4096
   *
   * Items: One VLAN.
   */
  trunks: number[];
  /**
   * Customer VLANs of a tunnelling port.
   *
   * @maxItems 4096
   *
   * Items: One VLAN.
   */
  cvlans?: number[];
  /**
   * How VLANs are treated; absent where it follows from `tag` and `trunks`.
   */
  vlan_mode?: "access" | "native-tagged" | "native-untagged" | "trunk" | "dot1q-tunnel";
  /**
   * How a bond shares its load.
   */
  bond_mode?: "active-backup" | "balance-slb" | "balance-tcp";
  /**
   * Address of the active member of a bond.
   */
  bond_active_slave?: MacAddress;
  /**
   * Milliseconds before a member counts as up.
   */
  bond_updelay?: number;
  /**
   * Milliseconds before a member counts as down.
   */
  bond_downdelay?: number;
  /**
   * LACP.
   */
  lacp?: "active" | "passive" | "off";
  /**
   * It talks to unprotected ports only.
   */
  protected?: boolean;
  /**
   * It stands for a VLAN bridge.
   */
  fake_bridge?: boolean;
  /**
   * Address.
   */
  mac?: MacAddress;
  /**
   * Row of its quality of service.
   */
  qos?: string;
  rstp_status?: StringMap;
  rstp_statistics?: CounterMap;
  /**
   * Counters of the port.
   */
  statistics?: CounterMap;
  /**
   * State of the port, such as its STP role.
   */
  status?: StringMap;
  /**
   * Its interfaces: one, or several where it is a bond.
   *
   * @maxItems 256
   */
  interfaces: OvsInterface[];
  /**
   * The row's `other_config`.
   */
  other_config: StringMap;
  /**
   * The row's `external_ids`.
   */
  external_ids: StringMap;
}
/**
 * One OpenFlow controller of a bridge; names follow `ovs-vsctl list controller`.
 */
export interface OvsController {
  /**
   * Row id in the database.
   */
  uuid: string;
  /**
   * Where it is, such as `tcp:192.0.2.5:6653`.
   */
  target: string;
  /**
   * Whether the switch talks to it.
   */
  is_connected: boolean;
  /**
   * Role that the controller took.
   */
  role?: "other" | "master" | "slave";
  /**
   * How it is reached.
   */
  connection_mode?: "in-band" | "out-of-band";
  /**
   * Milliseconds of silence before it is asked.
   */
  inactivity_probe?: number;
  /**
   * Most milliseconds between attempts.
   */
  max_backoff?: number;
  /**
   * State of the connection.
   */
  status?: StringMap;
}
/**
 * One Open vSwitch bridge; names follow `ovs-vsctl list bridge`.
 */
export interface OvsBridge {
  /**
   * Row id in the database.
   */
  uuid: string;
  name: OvsBridgeName;
  /**
   * OpenFlow datapath id, hexadecimal.
   */
  datapath_id?: string;
  /**
   * `system` (the kernel; the database's empty string) or `netdev` (user space).
   */
  datapath_type: string;
  /**
   * Version of the datapath.
   */
  datapath_version?: string;
  /**
   * What it does without a controller; absent means `standalone`.
   */
  fail_mode?: "standalone" | "secure";
  /**
   * Spanning tree.
   */
  stp_enable: boolean;
  /**
   * Rapid spanning tree.
   */
  rstp_enable: boolean;
  /**
   * Multicast snooping.
   */
  mcast_snooping_enable: boolean;
  /**
   * OpenFlow versions that are allowed, such as `OpenFlow13`; empty means the default ones.
   *
   * @maxItems 16
   *
   * Items: One version.
   */
  protocols: string[];
  /**
   * VLANs without address learning.
   *
   * @maxItems 4096
   *
   * Items: One VLAN.
   */
  flood_vlans?: number[];
  /**
   * Its controllers.
   *
   * @maxItems 64
   */
  controllers: OvsController[];
  /**
   * Names of its mirrors.
   *
   * @maxItems 256
   *
   * Items: One mirror.
   */
  mirrors?: string[];
  rstp_status?: StringMap;
  /**
   * State of the bridge, such as its STP root.
   */
  status?: StringMap;
  /**
   * Its ports, by name.
   *
   * @maxItems 65536
   */
  ports: OvsPort[];
  /**
   * The row's `other_config`.
   */
  other_config: StringMap;
  /**
   * The row's `external_ids`.
   */
  external_ids: StringMap;
}
/**
 * Open vSwitch on this node.
 */
export interface OvsState {
  /**
   * Row id in the database.
   */
  uuid: string;
  /**
   * Version of Open vSwitch.
   */
  ovs_version?: string;
  /**
   * Version of the database's schema.
   */
  db_version?: string;
  /**
   * Kind of system.
   */
  system_type?: string;
  /**
   * Version of the system.
   */
  system_version?: string;
  /**
   * Whether DPDK is in use.
   */
  dpdk_initialized?: boolean;
  /**
   * Version of DPDK.
   */
  dpdk_version?: string;
  /**
   * Configuration that the switch has applied.
   */
  cur_cfg?: Counter;
  /**
   * Configuration that it was told; not equal means that it is still at it.
   */
  next_cfg?: Counter;
  /**
   * Kinds of datapath that it can make.
   *
   * @maxItems 32
   *
   * Items: One type.
   */
  datapath_types: string[];
  /**
   * Kinds of interface that it can make.
   *
   * @maxItems 128
   *
   * Items: One type.
   */
  iface_types: string[];
  /**
   * Database managers, such as `ptcp:6640`.
   *
   * @maxItems 64
   *
   * Items: One manager.
   */
  managers: string[];
  /**
   * Statistics of the system, where they are on.
   */
  statistics?: StringMap;
  /**
   * The bridges, by name.
   *
   * @maxItems 4096
   */
  bridges: OvsBridge[];
  /**
   * The row's `other_config`.
   */
  other_config: StringMap;
  /**
   * The row's `external_ids`.
   */
  external_ids: StringMap;
}
/**
 * One OpenFlow entry; names follow `ovs-ofctl dump-flows`.
 */
export interface OpenFlowEntry {
  bridge: OvsBridgeName;
  /**
   * Table.
   */
  table: number;
  /**
   * Priority; higher wins.
   */
  priority: number;
  /**
   * The controller's mark, hexadecimal, such as `0x5`.
   */
  cookie: string;
  /**
   * Seconds since it was added, to the millisecond.
   */
  duration_seconds: number;
  /**
   * Packets that matched.
   */
  n_packets: Counter;
  /**
   * Bytes that matched.
   */
  n_bytes: Counter;
  /**
   * Seconds without a packet after which it goes; absent means never.
   */
  idle_timeout?: number;
  /**
   * Seconds after which it goes; absent means never.
   */
  hard_timeout?: number;
  /**
   * Seconds since the last packet.
   */
  idle_age?: number;
  /**
   * Seconds since it was changed.
   */
  hard_age?: number;
  /**
   * Importance when room is made.
   */
  importance?: number;
  /**
   * `send_flow_rem`, `check_overlap`, `reset_counts`, `no_packet_counts`, `no_byte_counts`.
   *
   * @maxItems 8
   *
   * Items: One flag.
   */
  flags?: string[];
  /**
   * What it matches, in `ovs-ofctl`'s notation without the priority, such as `ip,nw_src=192.0.2.0/24`; empty means everything.
   */
  match: string;
  /**
   * What it does, such as `output:1`, `NORMAL`, `drop`.
   */
  actions: string;
}
/**
 * OpenFlow entries.
 */
export interface FlowTable {
  /**
   * How many entries match the filters.
   */
  total: number;
  /**
   * True where `limit` left entries out.
   */
  truncated: boolean;
  /**
   * The first `limit` of them, by bridge, table and falling priority.
   *
   * @maxItems 1000000
   */
  flows: OpenFlowEntry[];
}
/**
 * Counters of one datapath port; one that the port does not keep is absent.
 */
export interface DatapathPortStats {
  /**
   * Received: packets.
   */
  rx_packets: Counter;
  /**
   * Received: bytes.
   */
  rx_bytes: Counter;
  /**
   * Received: errors.
   */
  rx_errors?: Counter;
  /**
   * Received: dropped.
   */
  rx_dropped?: Counter;
  /**
   * Received: overruns.
   */
  rx_overruns?: Counter;
  /**
   * Received: frame.
   */
  rx_frame?: Counter;
  /**
   * Sent: packets.
   */
  tx_packets: Counter;
  /**
   * Sent: bytes.
   */
  tx_bytes: Counter;
  /**
   * Sent: errors.
   */
  tx_errors?: Counter;
  /**
   * Sent: dropped.
   */
  tx_dropped?: Counter;
  /**
   * Sent: aborted.
   */
  tx_aborted?: Counter;
  /**
   * Sent: carrier.
   */
  tx_carrier?: Counter;
  /**
   * Collisions.
   */
  collisions?: Counter;
}
/**
 * One port of a datapath.
 */
export interface DatapathPort {
  /**
   * Its number in the datapath; not the OpenFlow port number.
   */
  number: number;
  /**
   * Its name.
   */
  name: string;
  /**
   * `system`, `internal`, `tap`, `vxlan`, `geneve`, …
   */
  type: string;
  /**
   * Its options, as `dpctl/show` prints them, such as `packet_type=ptap`.
   */
  options?: string;
  stats?: DatapathPortStats;
}
/**
 * How packets found their flows.
 */
export interface DatapathMasks {
  /**
   * Masks tried.
   */
  hit: Counter;
  /**
   * Masks in use.
   */
  total: number;
  /**
   * Masks tried for one packet, on average.
   */
  hit_per_pkt?: number;
}
/**
 * One datapath; names follow `ovs-appctl dpctl/show -s`.
 */
export interface Datapath {
  name: DatapathName;
  /**
   * `system` (the kernel) or `netdev` (user space).
   */
  type: string;
  /**
   * Packets that a flow was found for.
   */
  lookups_hit: Counter;
  /**
   * Packets that went up to the switch.
   */
  lookups_missed: Counter;
  /**
   * Packets lost on that way.
   */
  lookups_lost: Counter;
  /**
   * Flows now.
   */
  flows: number;
  masks?: DatapathMasks;
  /**
   * Its ports, by number.
   *
   * @maxItems 65536
   */
  ports: DatapathPort[];
}
/**
 * One flow that a datapath has cached; what `ovs-appctl dpctl/dump-flows -m` prints.
 */
export interface DatapathFlow {
  datapath: DatapathName;
  /**
   * Unique flow id.
   */
  ufid?: string;
  /**
   * What it matches, in dpctl's notation.
   */
  match: string;
  /**
   * The port that its packets come by.
   */
  in_port?: string;
  /**
   * Ethernet type, such as `0x0800`.
   */
  eth_type?: string;
  /**
   * Recirculation id, such as `0` or `0x1a`.
   */
  recirc_id?: string;
  /**
   * Packets.
   */
  packets: Counter;
  /**
   * Bytes.
   */
  bytes: Counter;
  /**
   * Seconds since it was used, to the millisecond; absent means never.
   */
  used_seconds?: number;
  /**
   * TCP flags seen, such as `SFP.`.
   */
  tcp_flags?: string;
  /**
   * Which datapath holds it: `ovs`, `tc`, `dpdk`.
   */
  dp?: string;
  /**
   * Whether it is in hardware: `yes` or `partial`; absent means no.
   */
  offloaded?: string;
  /**
   * What the datapath adds (`dp-extra-info`).
   */
  extra_info?: string;
  /**
   * What happens to its packets; `drop` where nothing does.
   */
  actions: string;
}
/**
 * The datapaths and their cached flows.
 */
export interface DatapathReport {
  /**
   * The datapaths, by name.
   *
   * @maxItems 64
   */
  datapaths: Datapath[];
  /**
   * How many flows the datapaths hold.
   */
  total: number;
  /**
   * True where `limit` left flows out.
   */
  truncated: boolean;
  /**
   * The first `limit` flows, by datapath.
   *
   * @maxItems 1000000
   */
  flows: DatapathFlow[];
}
/**
 * One direction of a connection.
 */
export interface OvsConntrackTuple {
  /**
   * Source address.
   */
  src: IpAddress;
  /**
   * Destination address.
   */
  dst: IpAddress;
  /**
   * Source port; absent for protocols without ports.
   */
  sport?: number;
  /**
   * Destination port; absent for protocols without ports.
   */
  dport?: number;
  /**
   * ICMP type.
   */
  icmp_type?: number;
  /**
   * ICMP code.
   */
  icmp_code?: number;
  /**
   * ICMP identifier.
   */
  icmp_id?: number;
  /**
   * Packets so far; there where the datapath counts.
   */
  packets?: Counter;
  /**
   * Bytes so far; there where the datapath counts.
   */
  bytes?: Counter;
}
/**
 * One connection that a datapath tracks; what `ovs-appctl dpctl/dump-conntrack -m -s` prints.
 */
export interface OvsConntrackEntry {
  datapath: DatapathName;
  protocol: ConntrackProtocol;
  family?: Family;
  /**
   * Zone; 0 is the default one.
   */
  zone: number;
  /**
   * The datapath's id of the entry.
   */
  id?: number;
  /**
   * As the opener's packets are.
   */
  original: OvsConntrackTuple;
  /**
   * As the answers are expected.
   */
  reply: OvsConntrackTuple;
  /**
   * State of a TCP or SCTP connection, such as `ESTABLISHED`.
   */
  state?: string;
  /**
   * Status bits as printed, such as `SEEN_REPLY|CONFIRMED` or a number.
   */
  status?: string;
  /**
   * Connection mark; absent means 0.
   */
  mark?: number;
  /**
   * Connection labels, hexadecimal after `0x`; absent where none is set.
   */
  labels?: string;
  /**
   * Seconds until it is forgotten.
   */
  timeout?: number;
  /**
   * Helper.
   */
  helper?: string;
  /**
   * The connection that this one was expected by.
   */
  parent?: OvsConntrackTuple;
}
/**
 * Connections that the datapaths track.
 */
export interface OvsConntrackTable {
  /**
   * How many match the filters.
   */
  total: number;
  /**
   * True where `limit` left entries out.
   */
  truncated: boolean;
  /**
   * The first `limit` of them.
   *
   * @maxItems 1000000
   */
  entries: OvsConntrackEntry[];
}
/**
 * Connections of one protocol.
 */
export interface OvsConntrackProtocolCount {
  protocol: ConntrackProtocol;
  /**
   * How many there are.
   */
  connections: number;
  /**
   * How many are in each state, for protocols with states.
   */
  states?: CounterMap;
}
/**
 * The limit of one zone.
 */
export interface OvsConntrackZoneLimit {
  /**
   * The zone.
   */
  zone: number;
  /**
   * Most connections; 0 means no limit.
   */
  limit: number;
  /**
   * Connections now.
   */
  count: number;
}
/**
 * Connection tracking of one datapath.
 */
export interface OvsConntrackStats {
  datapath: DatapathName;
  /**
   * Connections now, of the zone where one was asked for.
   */
  total: number;
  /**
   * Most connections that fit; user-space datapaths only.
   */
  max?: number;
  /**
   * Whether TCP sequence numbers are checked; user-space datapaths only.
   */
  tcp_sequence_checking?: boolean;
  /**
   * Connections by protocol.
   *
   * @maxItems 256
   */
  by_protocol: OvsConntrackProtocolCount[];
  /**
   * Limit of zones that have none of their own; 0 means no limit.
   */
  default_zone_limit?: number;
  /**
   * Zones with a limit of their own.
   *
   * @maxItems 65536
   */
  zone_limits: OvsConntrackZoneLimit[];
}
/**
 * One end of a connection between two bridges.
 */
export interface BridgeConnectionEnd {
  /**
   * The bridge on this end.
   */
  bridge: KernelInterfaceName;
  /**
   * The port on that bridge: `mv`, ten hexadecimal digits and `a` or `b`.
   */
  interface: KernelInterfaceName;
  state: BridgePortState;
}
/**
 * A connection between two bridges, made of a pair of veth interfaces that this daemon owns (patch ports on a MOS node).
 */
export interface BridgeConnection {
  /**
   * Always true: this daemon made it, keeps it in its registry and puts it back at start.
   */
  managed: true;
  mtu: Mtu;
  /**
   * The end on the bridge whose name sorts first.
   */
  a: BridgeConnectionEnd;
  /**
   * The end on the other bridge.
   */
  b: BridgeConnectionEnd;
}
/**
 * One path of a multipath route. At least one of `gateway` and `dev` is needed.
 */
export interface WantedNexthop {
  /**
   * Next hop.
   */
  gateway?: IpAddress;
  /**
   * Outgoing interface; found from `gateway` where absent.
   */
  dev?: InterfaceName;
  /**
   * Share of the traffic relative to the other paths.
   */
  weight?: number;
}
/**
 * What became of one interface's DHCP client.
 */
export interface LeaseRestart {
  interface: KernelInterfaceName;
  family: Family;
  client: LeaseClient;
  /**
   * What that client was asked to do: systemd-networkd `reconfigure`, NetworkManager `reapply`, dhcpcd `rebind`, dhclient `release_and_start`, udhcpc `release_and_renew`.
   */
  action: "reconfigure" | "reapply" | "rebind" | "release_and_start" | "release_and_renew";
  /**
   * True where a lease now has another server or another expiry than before, or came or went.
   */
  changed: boolean;
  /**
   * True where the answer was sent before the restart because the caller's own connection runs over the interface; `leases` are then the old ones.
   */
  pending: boolean;
  /**
   * The leases that the client holds now; empty where no server gave one.
   *
   * @maxItems 1024
   */
  leases: Lease[];
  /**
   * The leases that it held before; empty where there were none.
   *
   * @maxItems 1024
   */
  previous: Lease[];
}
/**
 * The DHCP clients that were restarted and the leases that they now hold.
 */
export interface RestartLeaseResult {
  /**
   * True where at least one lease has another server or another expiry than before.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * One entry for each interface and family whose client was restarted.
   *
   * @minItems 1
   * @maxItems 65536
   */
  restarted: LeaseRestart[];
}
/**
 * The route as it now is.
 */
export interface AddRouteResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  route: Route;
  /**
   * True where the registry holds it: it is made again when the daemon starts.
   */
  persisted: boolean;
}
/**
 * The route that was deleted.
 */
export interface DeleteRouteResult {
  /**
   * Always true: a route that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The route as it was.
   */
  route: Route;
}
/**
 * The bridge as it now is.
 */
export interface AddBridgeResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The bridge, without its forwarding table.
   */
  bridge: Bridge;
  /**
   * True where the registry holds it: it is made again when the daemon starts.
   */
  persisted: boolean;
}
/**
 * The bridge that was deleted.
 */
export interface DeleteBridgeResult {
  /**
   * Always true: a bridge that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The bridge as it was, with the ports that it had and without its forwarding table.
   */
  bridge: Bridge;
  /**
   * Connections to other bridges that were deleted with it; only with `force`.
   *
   * @maxItems 1024
   */
  deleted_connections: BridgeConnection[];
  /**
   * Routes of this daemon through the bridge that were deleted with it; only with `force`.
   *
   * @maxItems 1024
   */
  deleted_routes: Route[];
}
/**
 * The connection as it now is.
 */
export interface ConnectBridgesResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  connection: BridgeConnection;
  /**
   * True where the registry holds it: it is made again when the daemon starts.
   */
  persisted: boolean;
}
/**
 * What `migrate` moved from an interface to its bridge.
 */
export interface BridgePortMigration {
  /**
   * Addresses, with their prefix lengths, that are now the bridge's.
   *
   * @maxItems 256
   */
  addresses: Cidr[];
  /**
   * Routes that now leave through the bridge, as they now are.
   *
   * @maxItems 1024
   */
  routes: Route[];
  /**
   * The interface's Ethernet address, which the bridge has taken over.
   */
  address: MacAddress;
}
/**
 * The port as it now is.
 */
export interface AddBridgePortResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The bridge that the interface is now a port of.
   */
  bridge: KernelInterfaceName;
  port: BridgePort;
  migrated?: BridgePortMigration;
  /**
   * True where the registry holds it: it is made again when the daemon starts.
   */
  persisted: boolean;
}
/**
 * The bridge as it now is.
 */
export interface RemoveBridgePortResult {
  /**
   * False when the interface was a port of no bridge.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The bridge as it now is, without its forwarding table.
   */
  bridge: Bridge;
  /**
   * The connection between two bridges that was deleted, both ends, because the port was one end of it.
   */
  deleted_connection?: BridgeConnection;
}
/**
 * The tap as it now is.
 */
export interface CreateTapResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  tap: VmTap;
}
/**
 * A tap interface that was deleted, as it was.
 */
export interface DeletedTap {
  name: KernelInterfaceName;
  /**
   * True where this daemon had made it; false only with `force`.
   */
  managed: boolean;
  /**
   * Bridge that it was a port of; absent where it was in none.
   */
  master?: KernelInterfaceName;
  /**
   * The processes that had it open; empty unless `force` was given.
   *
   * @maxItems 256
   */
  holders: Holder[];
}
/**
 * The tap that was deleted.
 */
export interface DeleteTapResult {
  /**
   * Always true: a tap that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  tap: DeletedTap;
}
/**
 * The rule as it now is, and whether it opens anything.
 */
export interface AddFirewallRuleResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  id: RuleId;
  rule: FirewallAllowRule;
  /**
   * Whether matching packets now reach this node: `no` when a chain in `blocked_by` drops them all the same, `unknown` when a chain decides by something that cannot be foreseen (a set, a mark, a connection state).
   */
  effective: Effective;
  /**
   * The base chains of other owners that stand in the way, in the order in which packets meet them; empty when there are none.
   *
   * @maxItems 256
   */
  blocked_by: Blocker[];
}
/**
 * The rule that was removed, and whether that closes anything.
 */
export interface RemoveFirewallRuleResult {
  /**
   * Always true: an id that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The rule as it was.
   */
  rule: FirewallAllowRule;
  /**
   * Whether new matching packets are now refused: `no` when they still reach this node because `input_policy` is `accept` or another rule lets them in (see `warnings`).
   */
  effective: Effective;
  /**
   * Tracked connections that are still treated as the removed rule said, until they end. 0 after `drop_existing`.
   */
  remaining_flows: number;
  /**
   * Tracked connections that this call deleted because of `drop_existing`.
   */
  dropped_flows: number;
}
/**
 * The port forward as it now is, and whether connections get through.
 */
export interface AddDnatResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  id: RuleId;
  rule: DnatRule;
  /**
   * Whether matching connections really get through: `no` when forwarding is off or a chain in `blocked_by` drops them, `unknown` when a chain decides by something that cannot be foreseen (a set, a mark, an interface that is absent).
   */
  effective: Effective;
  /**
   * The base chains of other owners that stand in the way, in the order in which packets meet them; empty when there are none.
   *
   * @maxItems 256
   */
  blocked_by: Blocker[];
  forwarding: ForwardingState;
}
/**
 * The port forward that was removed.
 */
export interface RemoveDnatResult {
  /**
   * Always true: an id that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The rule as it was.
   */
  rule: DnatRule;
  /**
   * Tracked connections that are still treated as the removed rule said, until they end. 0 after `drop_existing`.
   */
  remaining_flows: number;
  /**
   * Tracked connections that this call deleted because of `drop_existing`.
   */
  dropped_flows: number;
}
/**
 * The source NAT rule as it now is, and whether connections get through.
 */
export interface AddSnatResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  id: RuleId;
  rule: SnatRule;
  /**
   * Whether matching connections really get through: `no` when forwarding is off or a chain in `blocked_by` drops them, `unknown` when a chain decides by something that cannot be foreseen (a set, a mark, an interface that is absent).
   */
  effective: Effective;
  /**
   * The base chains of other owners that stand in the way, in the order in which packets meet them; empty when there are none.
   *
   * @maxItems 256
   */
  blocked_by: Blocker[];
  forwarding: ForwardingState;
}
/**
 * The source NAT rule that was removed.
 */
export interface RemoveSnatResult {
  /**
   * Always true: an id that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The rule as it was.
   */
  rule: SnatRule;
  /**
   * Tracked connections that are still treated as the removed rule said, until they end. 0 after `drop_existing`.
   */
  remaining_flows: number;
  /**
   * Tracked connections that this call deleted because of `drop_existing`.
   */
  dropped_flows: number;
}
/**
 * How many tracked connections matched and how many were deleted.
 */
export interface FlushConntrackResult {
  /**
   * True when at least one entry was deleted.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * Entries that the filter matched when the table was read.
   */
  matched: number;
  /**
   * Entries that were deleted. Lower than `matched` where some ended by themselves in between.
   */
  deleted: number;
}
/**
 * What is known about the flush of the Open vSwitch datapath.
 */
export interface FlushOvsConntrackResult {
  /**
   * True when the datapath carried the flush out; it does not tell whether there was anything to delete.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The zone that was flushed; absent where all were.
   */
  zone?: number;
  /**
   * Entries that were deleted; absent where the datapath does not tell.
   */
  deleted?: number;
}
/**
 * Exactly `{"status":"ok"}`.
 */
export interface Health {
  /**
   * Always `ok`: a daemon that answers is up.
   */
  status: "ok";
}
/**
 * An OpenRPC 1.3.2 document; its shape is that specification's.
 */
export interface OpenRpcDocument {
  /**
   * Version of the OpenRPC specification, `1.3.2`.
   */
  openrpc: string;
  /**
   * Title, version and licence of this interface.
   */
  info: {
    [k: string]: unknown;
  };
  /**
   * Every method, in the order of the reference.
   *
   * @maxItems 1000
   */
  methods: {
    [k: string]: unknown;
  }[];
  [k: string]: unknown;
}
/**
 * A partition table as its first sectors say.
 */
export interface PartitionTable {
  /**
   * `gpt`, `dos` (MBR), or another name that libblkid knows, such as `sun`, `mac` or `bsd`.
   */
  type: string;
  /**
   * The table's identifier: a GUID for GPT, eight hexadecimal digits for MBR. Lower case. Absent where the table has none.
   */
  uuid?: string;
}
/**
 * Which device was meant: enough to recognise it again, whatever name was used to ask.
 */
export interface DeviceIdentity {
  path: BlockDevicePath;
  name: KernelDeviceName;
  maj_min: MajMin;
  /**
   * As in `Disk` and, for a partition, `part`.
   */
  type: string;
  size_bytes: Bytes;
  /**
   * Model as the device reports it, without padding.
   */
  model?: string;
  /**
   * Serial number, without padding.
   */
  serial?: string;
  /**
   * World-wide name, such as `0x5000c500a1b2c3d4`, `eui.0025388b710116a4` or `nvme.…`.
   */
  wwn?: string;
  /**
   * The kernel's sequence number of this disk since boot. Another disk under the same path has another number. Absent before Linux 5.15.
   */
  diskseq?: Counter;
  /**
   * The partition's unique identifier, where the device is a partition. Lower case.
   */
  partuuid?: string;
}
/**
 * A whole block device, as sysfs and its own first sectors describe it. Names follow `lsblk -J -b` with underscores.
 */
export interface Disk {
  path: BlockDevicePath;
  name: KernelDeviceName;
  maj_min: MajMin;
  /**
   * As `lsblk` has it: `disk`, `loop`, `rom`, `raid0`, `raid1`, … for MD arrays, `crypt`, `lvm`, `mpath`, `dm` for device-mapper. zram and network block devices are `disk`.
   */
  type: string;
  size_bytes: Bytes;
  /**
   * Smallest addressable unit in bytes; partition tables count in it.
   */
  logical_block_size: number;
  /**
   * Smallest unit in bytes that the device writes without reading first.
   */
  physical_block_size: number;
  /**
   * Smallest request in bytes that performs well.
   */
  minimum_io_size?: number;
  /**
   * Best request size in bytes; 0 or absent where the device names none.
   */
  optimal_io_size?: number;
  /**
   * Discard unit in bytes; 0 where the device does not discard.
   */
  discard_granularity?: number;
  /**
   * The kernel's flag: true for spinning disks. Many virtual disks say true as well.
   */
  rotational: boolean;
  /**
   * True where the medium can be taken out (`removable` of sysfs).
   */
  removable: boolean;
  /**
   * True where the device or a bus above it can be unplugged while running, as `lsblk` decides it: a removable medium, or USB, IEEE 1394, PCMCIA, MMC or CCW on the way to it.
   */
  hotplug: boolean;
  /**
   * True where the kernel refuses writes.
   */
  read_only: boolean;
  /**
   * `none`, `host-aware` or `host-managed`.
   */
  zoned: string;
  /**
   * How it is attached: `sata`, `ata`, `nvme`, `usb`, `sas`, `fc`, `iscsi`, `spi`, `sbp`, `mmc`, `virtio`. Absent where nothing says it.
   */
  transport?: string;
  /**
   * Model as the device reports it, without padding.
   */
  model?: string;
  /**
   * Serial number, without padding.
   */
  serial?: string;
  /**
   * World-wide name, such as `0x5000c500a1b2c3d4`, `eui.0025388b710116a4` or `nvme.…`.
   */
  wwn?: string;
  /**
   * The kernel's sequence number of this disk since boot. Another disk under the same path has another number. Absent before Linux 5.15.
   */
  diskseq?: Counter;
  /**
   * Vendor as the device reports it, without padding.
   */
  vendor?: string;
  /**
   * Firmware revision.
   */
  rev?: string;
  /**
   * SCSI address, host:channel:target:lun.
   */
  hctl?: string;
  /**
   * The driver's state, such as `running`, `live` or `offline`.
   */
  state?: string;
  /**
   * The active I/O scheduler; absent where there is no choice to make.
   */
  scheduler?: string;
  /**
   * Its links below `/dev/disk/by-id`, sorted: names that survive a reboot and another port. Empty where udev does not run.
   *
   * @maxItems 64
   */
  by_id: BlockDevicePath[];
  /**
   * Its links below `/dev/disk/by-path`, sorted: names that follow the port. Empty where udev does not run.
   *
   * @maxItems 64
   */
  by_path: BlockDevicePath[];
  partition_table?: PartitionTable;
  /**
   * What the superblock says: a filesystem (`ext4`, `btrfs`, `vfat`, …), `swap`, or a container such as `linux_raid_member`, `LVM2_member`, `crypto_LUKS`. Names are libblkid's. Absent where nothing is found, or where two signatures contradict each other (`ambivalent`).
   */
  fstype?: string;
  /**
   * Version of that format, such as `FAT32` or `1.0`.
   */
  fsver?: string;
  /**
   * The filesystem's label. Absent where it is empty.
   */
  label?: LabelText;
  /**
   * The filesystem's UUID as libblkid prints it (`434B-5CCF` for FAT). All members of a btrfs or MD array share it.
   */
  uuid?: string;
  /**
   * The UUID of this member of a multi-device filesystem or array.
   */
  uuid_sub?: string;
  /**
   * True where two valid signatures contradict each other, so that no `fstype` is answered; false otherwise.
   */
  ambivalent: boolean;
  /**
   * Where `fstype`, `label`, the UUIDs and names come from: `probe` (read from the device now), `udev` (the daemon may not open the device; udev's database as of the last event), `none` (neither; those fields are absent and say nothing about what is on the device).
   */
  identity_source: "probe" | "udev" | "none";
  /**
   * For a loop device: the file behind it, as the kernel has it (` (deleted)` is appended when it was removed).
   */
  backing_file?: PathText;
  /**
   * Where filesystems that lie on it are mounted in the daemon's mount namespace, the further members of a btrfs included. Swap is not a mount: see `in_use_by`.
   *
   * @maxItems 100000
   */
  mountpoints: PathText[];
  /**
   * The devices directly below it, for an MD array or device-mapper device. Sorted.
   *
   * @maxItems 1024
   */
  slaves: BlockDevicePath[];
  /**
   * The devices directly above it or above one of its partitions (MD arrays, device-mapper). Sorted.
   *
   * @maxItems 4096
   */
  holders: BlockDevicePath[];
  /**
   * What holds the disk, one of its partitions or a device stacked on them: mounts (of other mount namespaces too), swap, btrfs membership, MD arrays, device-mapper and loop devices; `device` names the partition or stacked device it is held through. A partition by itself is no holder. Empty means that nothing visible holds it: without root the daemon sees its own mount namespace only, and a read never tries an exclusive open.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
  /**
   * True where the running system lives on it: it is one of the disks below `/`, `/usr`, `/boot`, `/boot/efi`, `/var`, active swap or the daemon's state folder, through overlay, device-mapper, MD, btrfs and loop devices. Such a disk is never formatted.
   */
  is_root_disk: boolean;
}
/**
 * A partition as the kernel has it, with what the partition table and its own first sectors say. Names follow `lsblk -J -b` and `sfdisk -J`.
 */
export interface Partition {
  path: BlockDevicePath;
  name: KernelDeviceName;
  maj_min: MajMin;
  /**
   * The disk that it lies on.
   */
  disk: BlockDevicePath;
  /**
   * Partition number.
   */
  number: number;
  /**
   * First sector, counted in `sector_size`.
   */
  start_sector: Counter;
  /**
   * Length in sectors of `sector_size`. An MBR extended partition has the length that the kernel gives it (one or two sectors).
   */
  sectors: Counter;
  /**
   * The disk's logical sector size in bytes.
   */
  sector_size: number;
  /**
   * Offset from the start of the disk.
   */
  start_bytes: Bytes;
  size_bytes: Bytes;
  /**
   * True where the kernel refuses writes.
   */
  read_only: boolean;
  /**
   * Type of the table it comes from: `gpt`, `dos`, ….
   */
  table_type?: string;
  /**
   * Type: a lower-case GUID for GPT (`c12a7328-f81f-11d2-ba4b-00a0c93ec93b`), a number such as `0x83` for MBR.
   */
  parttype?: string;
  /**
   * That type in words as `lsblk` and `sfdisk` have them, such as `EFI System`; absent where the type is not a known one.
   */
  parttypename?: string;
  /**
   * Unique identifier, lower case: a GUID for GPT, `<table id>-<two hexadecimal digits>` for MBR.
   */
  partuuid?: string;
  /**
   * The partition's name in a GPT. Absent where it is empty.
   */
  partlabel?: LabelText;
  /**
   * The table's attribute bits as a hexadecimal number: the 64 bits of GPT, `0x80` for an active MBR partition. Absent where no bit is set.
   */
  partflags?: string;
  /**
   * Those bits by name, as `sfdisk` prints them: `RequiredPartition`, `NoBlockIOProtocol`, `LegacyBIOSBootable`, `GUID:<bit>` for bits 48 to 63; `bootable` for an active MBR partition.
   *
   * @maxItems 64
   *
   * Items: One attribute.
   */
  attrs: string[];
  /**
   * Its links below `/dev/disk/by-id`, sorted: names that survive a reboot and another port. Empty where udev does not run.
   *
   * @maxItems 64
   */
  by_id: BlockDevicePath[];
  /**
   * Its links below `/dev/disk/by-path`, sorted: names that follow the port. Empty where udev does not run.
   *
   * @maxItems 64
   */
  by_path: BlockDevicePath[];
  /**
   * What the superblock says: a filesystem (`ext4`, `btrfs`, `vfat`, …), `swap`, or a container such as `linux_raid_member`, `LVM2_member`, `crypto_LUKS`. Names are libblkid's. Absent where nothing is found, or where two signatures contradict each other (`ambivalent`).
   */
  fstype?: string;
  /**
   * Version of that format, such as `FAT32` or `1.0`.
   */
  fsver?: string;
  /**
   * The filesystem's label. Absent where it is empty.
   */
  label?: LabelText;
  /**
   * The filesystem's UUID as libblkid prints it (`434B-5CCF` for FAT). All members of a btrfs or MD array share it.
   */
  uuid?: string;
  /**
   * The UUID of this member of a multi-device filesystem or array.
   */
  uuid_sub?: string;
  /**
   * True where two valid signatures contradict each other, so that no `fstype` is answered; false otherwise.
   */
  ambivalent: boolean;
  /**
   * Where `fstype`, `label`, the UUIDs and names come from: `probe` (read from the device now), `udev` (the daemon may not open the device; udev's database as of the last event), `none` (neither; those fields are absent and say nothing about what is on the device).
   */
  identity_source: "probe" | "udev" | "none";
  /**
   * Where filesystems that lie on it are mounted in the daemon's mount namespace, the further members of a btrfs included. Swap is not a mount: see `in_use_by`.
   *
   * @maxItems 100000
   */
  mountpoints: PathText[];
  /**
   * The devices directly above it (MD arrays, device-mapper). Sorted.
   *
   * @maxItems 4096
   */
  holders: BlockDevicePath[];
  /**
   * What holds it now: mounts (of other mount namespaces too), swap, btrfs membership, MD arrays, device-mapper and loop devices. Empty means that nothing visible holds it: without root the daemon sees its own mount namespace only, and a read never tries an exclusive open.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
  /**
   * True where the running system lives on its disk, as `vol.list_disks` decides it.
   */
  is_root_disk: boolean;
}
/**
 * What `statfs` says about a mounted filesystem.
 */
export interface SpaceUsage {
  /**
   * The filesystem's block size in bytes.
   */
  block_size: number;
  /**
   * Size of the filesystem: all its data blocks.
   */
  size_bytes: Bytes;
  /**
   * `size_bytes` less all free blocks.
   */
  used_bytes: Bytes;
  /**
   * What a process without privileges can still write.
   */
  available_bytes: Bytes;
  /**
   * Free blocks that only root may use: free less available, 0 where a filesystem reports more available than free.
   */
  reserved_bytes: Bytes;
  /**
   * `used / (used + available)` in percent, rounded up, as `df` shows it; 0 where both are 0.
   */
  use_percent: number;
  /**
   * Number of inodes. This and the other inode fields are absent where the filesystem does not count them (btrfs, vfat).
   */
  inodes?: Counter;
  /**
   * Inodes in use.
   */
  inodes_used?: Counter;
  /**
   * Inodes still free.
   */
  inodes_free?: Counter;
  /**
   * `inodes_used / inodes` in percent, rounded up.
   */
  inodes_use_percent?: number;
}
/**
 * What `statfs` says about a mounted filesystem, and which one it is.
 */
export interface FilesystemUsage {
  /**
   * The mount point that was asked.
   */
  target: PathText;
  /**
   * What is mounted there, as `vol.list_mounts` has it.
   */
  source: PathText;
  /**
   * Filesystem type as the kernel names it.
   */
  fstype: string;
  maj_min: MajMin;
  /**
   * The mount's id in mountinfo.
   */
  mount_id: Counter;
  /**
   * True where the mount or the filesystem is read-only.
   */
  read_only: boolean;
  /**
   * The filesystem's block size in bytes.
   */
  block_size: number;
  /**
   * Size of the filesystem: all its data blocks.
   */
  size_bytes: Bytes;
  /**
   * `size_bytes` less all free blocks.
   */
  used_bytes: Bytes;
  /**
   * What a process without privileges can still write.
   */
  available_bytes: Bytes;
  /**
   * Free blocks that only root may use: free less available, 0 where a filesystem reports more available than free.
   */
  reserved_bytes: Bytes;
  /**
   * `used / (used + available)` in percent, rounded up, as `df` shows it; 0 where both are 0.
   */
  use_percent: number;
  /**
   * Number of inodes. This and the other inode fields are absent where the filesystem does not count them (btrfs, vfat).
   */
  inodes?: Counter;
  /**
   * Inodes in use.
   */
  inodes_used?: Counter;
  /**
   * Inodes still free.
   */
  inodes_free?: Counter;
  /**
   * `inodes_used / inodes` in percent, rounded up.
   */
  inodes_use_percent?: number;
}
/**
 * The exact bytes, in base64, of those texts of a mount that are not valid UTF-8. A field is present only where the text of the same name holds `\xNN` escapes made by the daemon.
 */
export interface MountRawBytes {
  /**
   * The bytes of `target`.
   */
  target?: string;
  /**
   * The bytes of `root`.
   */
  root?: string;
  /**
   * The bytes of `source`.
   */
  source?: string;
  /**
   * The bytes of `options`.
   */
  options?: string;
  /**
   * The bytes of `vfs_options`.
   */
  vfs_options?: string;
  /**
   * The bytes of `fs_options`.
   */
  fs_options?: string;
}
/**
 * One row of the daemon's mount table. Names follow `findmnt -J` with underscores; octal escapes of mountinfo are decoded.
 */
export interface Mount {
  /**
   * The mount's id; the kernel reuses it after unmounting.
   */
  mount_id: Counter;
  /**
   * The id of the mount that this one is mounted on; the root of the namespace's tree has a parent outside the list, or itself.
   */
  parent_id: Counter;
  maj_min: MajMin;
  /**
   * Which folder of the filesystem is mounted: `/` for the whole, a folder for bind mounts, the subvolume for btrfs, the cgroup or the namespace file (`net:[4026532008]`) for others.
   */
  root: PathText;
  /**
   * The mount point, seen from the daemon's root.
   */
  target: PathText;
  /**
   * What is mounted, as mountinfo has it: a device, `server:/export`, `overlay`, …; `none` where the kernel names nothing. The root of a btrfs or bind mount is in `root`, not in brackets here.
   */
  source: PathText;
  /**
   * Filesystem type as the kernel names it, with a subtype such as `fuse.sshfs`.
   */
  fstype: string;
  /**
   * All options, comma-separated, merged as `findmnt` does: first `rw`, or `ro` where mount or filesystem is read-only, then the mount's own, then the filesystem's.
   */
  options: PathText;
  /**
   * The mount's own options, such as `rw,nosuid,relatime`. A comma inside a value cannot be told from a separator: the kernel does not say.
   */
  vfs_options: PathText;
  /**
   * The filesystem's options, such as `rw,compress=zstd:3,subvolid=256,subvol=/data`. They hold for every mount of that filesystem.
   */
  fs_options: PathText;
  /**
   * True where the mount or the filesystem is read-only: a `rw` mount of a read-only filesystem does not write.
   */
  read_only: boolean;
  /**
   * `private`, `shared`, `slave`, `unbindable`, or several joined by commas, as `findmnt` writes it.
   */
  propagation: string;
  /**
   * The optional fields of mountinfo, such as `shared:12` or `master:3`.
   *
   * @maxItems 64
   *
   * Items: One field.
   */
  opt_fields: string[];
  /**
   * For btrfs: the mounted subvolume's path from the filesystem's top, such as `/data`.
   */
  subvol?: PathText;
  /**
   * For btrfs: the mounted subvolume's id; 5 is the top level.
   */
  subvolid?: Counter;
  /**
   * The block devices that it lies on: one, all present members of a btrfs, none for virtual and remote filesystems. Sorted.
   *
   * @maxItems 1024
   */
  devices: BlockDevicePath[];
  /**
   * The filesystem's label, from its device.
   */
  label?: LabelText;
  /**
   * The filesystem's UUID, from its device.
   */
  uuid?: string;
  /**
   * The partition's unique identifier, where it lies on one partition. Lower case.
   */
  partuuid?: string;
  /**
   * The partition's name, where it lies on one GPT partition.
   */
  partlabel?: LabelText;
  usage?: SpaceUsage;
  /**
   * Why there is no `usage`: `remote` (network, FUSE and autofs filesystems are never asked, because a dead server would hang the call), `virtual` (it has no blocks: proc, sysfs, cgroup, …), `covered` (another mount hides the mount point, so the question would reach that one), `denied` (the daemon may not look there), `failed` (the filesystem answered an error or not in time), `not_asked` (`usage` was false, or the daemon reads a recorded machine).
   */
  usage_skipped?: "remote" | "virtual" | "covered" | "denied" | "failed" | "not_asked";
  /**
   * True where this daemon mounted it and mounts it again after a reboot.
   */
  managed: boolean;
  raw_bytes?: MountRawBytes;
}
/**
 * A device that a filesystem lies on.
 */
export interface FilesystemDevice {
  /**
   * The device. For a missing one the path that the filesystem remembers, or `/dev/missing`.
   */
  path: BlockDevicePath;
  /**
   * btrfs's number of the device; 0 is the target of a replacement that runs.
   */
  devid?: number;
  /**
   * The disk, where the device is a partition.
   */
  disk?: BlockDevicePath;
  /**
   * The partition's unique identifier. Lower case.
   */
  partuuid?: string;
  /**
   * The partition's name in a GPT.
   */
  partlabel?: LabelText;
  /**
   * The UUID of this member.
   */
  uuid_sub?: string;
  /**
   * Size of the device; 0 for a missing one.
   */
  size_bytes: Bytes;
  /**
   * True where the filesystem expects the device and it is not there.
   */
  missing: boolean;
}
/**
 * A filesystem on block devices, mounted or not.
 */
export interface Filesystem {
  /**
   * Type as libblkid names it, such as `btrfs`, `ext4` or `vfat`.
   */
  fstype: string;
  /**
   * Version of that format, such as `FAT32`.
   */
  fsver?: string;
  /**
   * The label. Absent where it is empty.
   */
  label?: LabelText;
  /**
   * The UUID as libblkid prints it.
   */
  uuid?: string;
  /**
   * True where it is MOS-labelled: the label starts with `MOS`, or the name of one of its partitions starts with `mos`.
   */
  mos: boolean;
  /**
   * Its devices, by `devid` or path: one, or the members of a btrfs.
   *
   * @maxItems 1024
   */
  devices: FilesystemDevice[];
  /**
   * How many members of a btrfs are not there.
   */
  missing_devices: number;
  /**
   * True where another filesystem with the same UUID is present that is not a member of this one, a clone for instance. Neither is mounted while both are there.
   */
  duplicate_uuid: boolean;
  /**
   * Where filesystems that lie on it are mounted in the daemon's mount namespace, the further members of a btrfs included. Swap is not a mount: see `in_use_by`.
   *
   * @maxItems 100000
   */
  mountpoints: PathText[];
  /**
   * What holds one of its devices now, as in `vol.list_disks`.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
  /**
   * True where this daemon mounted it and mounts it again after a reboot.
   */
  managed: boolean;
  usage?: SpaceUsage;
}
/**
 * What the quota group of one subvolume (`0/<id>`) counts and allows.
 */
export interface SubvolumeQuota {
  /**
   * Data that the subvolume reaches, shared or not.
   */
  referenced_bytes: Bytes;
  /**
   * Data that only this subvolume reaches: what deleting it would free.
   */
  exclusive_bytes: Bytes;
  /**
   * Limit of the former; absent where there is none.
   */
  max_referenced_bytes?: Bytes;
  /**
   * Limit of the latter; absent where there is none.
   */
  max_exclusive_bytes?: Bytes;
  /**
   * True while a rescan is running or due: the figures are not to be relied on.
   */
  inconsistent: boolean;
}
/**
 * A btrfs subvolume or snapshot. Names follow `btrfs subvolume list` and `show`.
 */
export interface Subvolume {
  /**
   * Subvolume id; unique in its filesystem and never used again.
   */
  id: number;
  /**
   * Id of the subvolume whose tree holds its folder; 5 is the top level.
   */
  parent_id: number;
  /**
   * The same, as `btrfs subvolume list` shows it in its column `top level`.
   */
  top_level: number;
  /**
   * Generation of its last change.
   */
  generation: Counter;
  /**
   * Generation at its creation.
   */
  origin_generation: Counter;
  /**
   * Path from the filesystem's top level, without a leading slash.
   */
  path: PathText;
  /**
   * An absolute path at which it can be reached now through a mount that the daemon sees; absent where there is none. `vol.delete_subvolume` and the others take this one.
   */
  full_path?: PathText;
  /**
   * Its UUID.
   */
  uuid: string;
  /**
   * For a snapshot: the UUID of its source, which may be gone.
   */
  parent_uuid?: string;
  /**
   * For a subvolume made by `btrfs receive`: the UUID of the one that was sent.
   */
  received_uuid?: string;
  /**
   * When it was made.
   */
  created_at?: Timestamp;
  /**
   * True where it cannot be written to.
   */
  read_only: boolean;
  /**
   * True where it is mounted when no subvolume is named.
   */
  default: boolean;
  /**
   * Mount points whose root is this subvolume.
   *
   * @maxItems 100000
   */
  mounted_at: PathText[];
  quota?: SubvolumeQuota;
}
/**
 * A stretch of a disk that no partition covers.
 */
export interface FreeExtent {
  /**
   * Offset from the start of the disk.
   */
  start_bytes: Bytes;
  size_bytes: Bytes;
  /**
   * First sector, counted in `sector_size`.
   */
  start_sector: Counter;
  /**
   * Length in sectors of `sector_size`.
   */
  sectors: Counter;
  /**
   * The disk's logical sector size in bytes.
   */
  sector_size: number;
  /**
   * True where start and end are multiples of `alignment_bytes`: the extent was trimmed to that. False where trimming would have left nothing: the extent is as it is.
   */
  aligned: boolean;
  /**
   * What old data in the extent looks like, by offset on the disk; empty where nothing is found. A partition made there would show it again: `vol.create_partition` erases it unless told otherwise.
   *
   * @maxItems 256
   */
  stale_signatures: FoundSignature[];
}
/**
 * The unpartitioned space of a disk.
 */
export interface FreeSpace {
  disk: DeviceIdentity;
  partition_table?: PartitionTable;
  /**
   * What the disk carries as a whole instead of a partition table. Its space is not free then, and `extents` is empty. An empty list where there is a table, or nothing at all.
   *
   * @maxItems 256
   */
  signatures: FoundSignature[];
  /**
   * The alignment that was used.
   */
  alignment_bytes: number;
  /**
   * True where the backup GPT is not in the disk's last sectors, because the disk grew: `extents` count to the real end, and `vol.create_partition` moves the backup there.
   */
  backup_gpt_misplaced: boolean;
  /**
   * Where partitions may start.
   */
  first_usable_bytes?: Bytes;
  /**
   * Where the last partition must end, on the disk as it is now.
   */
  end_usable_bytes?: Bytes;
  /**
   * The free extents, in the order of the disk.
   *
   * @maxItems 65536
   */
  extents: FreeExtent[];
  /**
   * Sum of the extents.
   */
  total_bytes: Bytes;
  /**
   * Size of the largest extent; 0 where there is none.
   */
  largest_bytes: Bytes;
}
/**
 * A member of an MD array, or a slot that lacks one.
 */
export interface MdMember {
  /**
   * The device; absent for a slot that nothing fills.
   */
  path?: BlockDevicePath;
  /**
   * What it does: `active` (carries data in `slot`), `rebuilding` (is being filled for `slot`), `spare`, `faulty`, `journal`, `missing` (nothing fills `slot`).
   */
  role: "active" | "rebuilding" | "spare" | "faulty" | "journal" | "missing";
  /**
   * Its place in the array, from 0.
   */
  slot?: number;
  /**
   * The kernel's words (`/sys/block/<md>/md/dev-<name>/state`): `in_sync`, `faulty`, `write_mostly`, `blocked`, `spare`, `write_error`, `want_replacement`, `replacement`, `failfast`, `journal`, `external_bbl`.
   *
   * @maxItems 32
   *
   * Items: One word.
   */
  state: string[];
  /**
   * Read errors that were corrected and did not put it out of the array.
   */
  errors?: Counter;
  /**
   * Events that its own superblock counts; one that lags behind the array's missed writes. Only in `vol.md_detail`, and only for a daemon that may read the device.
   */
  event_count?: Counter;
  /**
   * The member's own UUID. As for `event_count`.
   */
  device_uuid?: string;
}
/**
 * How far a resync, recovery, check, repair or reshape has come.
 */
export interface MdSync {
  /**
   * Bytes of each member that are done.
   */
  done_bytes: Bytes;
  /**
   * Bytes of each member that are to be done.
   */
  total_bytes: Bytes;
  /**
   * The same as a percentage.
   */
  percent: number;
  /**
   * Current speed of each member.
   */
  speed_bytes_per_second?: Bytes;
  /**
   * Estimated time left in seconds; absent where the speed is 0.
   */
  eta_seconds?: number;
  /**
   * True while it waits for another array on the same disks.
   */
  delayed?: boolean;
}
/**
 * A Linux software RAID array as sysfs has it. Names follow `/sys/block/<md>/md` and `mdadm --detail`.
 */
export interface MdArray {
  /**
   * The array's node, such as `/dev/md127`.
   */
  path: BlockDevicePath;
  name: KernelDeviceName;
  maj_min: MajMin;
  /**
   * The name stored in the members' superblocks, without the host. Absent where the daemon may not read them.
   */
  array_name?: LabelText;
  /**
   * The host that the name is for, or `any`. As for `array_name`.
   */
  homehost?: string;
  /**
   * The array's UUID in libblkid's form (`mdadm` writes the same digits with colons). As for `array_name`.
   */
  uuid?: string;
  /**
   * Its stable names below `/dev/md`. Sorted.
   *
   * @maxItems 64
   */
  links: BlockDevicePath[];
  /**
   * `raid0`, `raid1`, `raid4`, `raid5`, `raid6`, `raid10`, `linear` or `container`.
   */
  level: string;
  /**
   * Version of the superblock: `1.2`, `1.1`, `1.0`, `0.90`, `external:imsm`, …; `none` where the array has none.
   */
  metadata: string;
  /**
   * The kernel's word: `clean`, `active`, `active-idle`, `write-pending`, `readonly`, `read-auto`, `inactive`, `suspended`, `broken`, `clear`.
   */
  array_state: string;
  /**
   * True where it cannot be written to; `read-auto` (until the first write) is not counted.
   */
  read_only: boolean;
  /**
   * Size of the array; 0 while it is inactive.
   */
  size_bytes: Bytes;
  /**
   * How much of each member it uses.
   */
  component_size_bytes?: Bytes;
  /**
   * Chunk size; absent for levels without one.
   */
  chunk_size_bytes?: Bytes;
  /**
   * How many members the level wants.
   */
  raid_devices: number;
  /**
   * How many members are in sync.
   */
  active_devices: number;
  /**
   * How many members are faulty.
   */
  failed_devices: number;
  /**
   * How many members are spare, those being rebuilt included.
   */
  spare_devices: number;
  /**
   * True where fewer members than wanted are in sync.
   */
  degraded: boolean;
  /**
   * What the array is doing: `idle`, `resync`, `recover`, `check`, `repair`, `reshape` or `frozen`; `none` for levels without redundancy.
   */
  sync_action: string;
  sync_completed?: MdSync;
  /**
   * Sectors found to differ by the last check or repair. Absent for levels without redundancy.
   */
  mismatch_cnt?: Counter;
  /**
   * Write-intent bitmap: `none`, `internal`, `clustered`, or the file that holds it.
   */
  bitmap: string;
  /**
   * How a crash is recovered from: `bitmap`, `resync`, `journal`, `ppl` or `none`.
   */
  consistency_policy?: string;
  /**
   * Its members by slot, then spares and faulty ones by path.
   *
   * @maxItems 4096
   */
  members: MdMember[];
  /**
   * Where filesystems that lie on it are mounted in the daemon's mount namespace, the further members of a btrfs included. Swap is not a mount: see `in_use_by`.
   *
   * @maxItems 100000
   */
  mountpoints: PathText[];
  /**
   * What holds it now: mounts (of other mount namespaces too), swap, btrfs membership, MD arrays, device-mapper and loop devices. Empty means that nothing visible holds it: without root the daemon sees its own mount namespace only, and a read never tries an exclusive open.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
  /**
   * True where the running system lives on it, as `vol.list_disks` decides it.
   */
  is_root_disk: boolean;
}
/**
 * A Linux software RAID array, with what the superblocks of its members say.
 */
export interface MdArrayDetail {
  /**
   * The array's node, such as `/dev/md127`.
   */
  path: BlockDevicePath;
  name: KernelDeviceName;
  maj_min: MajMin;
  /**
   * The name stored in the members' superblocks, without the host. Absent where the daemon may not read them.
   */
  array_name?: LabelText;
  /**
   * The host that the name is for, or `any`. As for `array_name`.
   */
  homehost?: string;
  /**
   * The array's UUID in libblkid's form (`mdadm` writes the same digits with colons). As for `array_name`.
   */
  uuid?: string;
  /**
   * Its stable names below `/dev/md`. Sorted.
   *
   * @maxItems 64
   */
  links: BlockDevicePath[];
  /**
   * `raid0`, `raid1`, `raid4`, `raid5`, `raid6`, `raid10`, `linear` or `container`.
   */
  level: string;
  /**
   * Version of the superblock: `1.2`, `1.1`, `1.0`, `0.90`, `external:imsm`, …; `none` where the array has none.
   */
  metadata: string;
  /**
   * The kernel's word: `clean`, `active`, `active-idle`, `write-pending`, `readonly`, `read-auto`, `inactive`, `suspended`, `broken`, `clear`.
   */
  array_state: string;
  /**
   * True where it cannot be written to; `read-auto` (until the first write) is not counted.
   */
  read_only: boolean;
  /**
   * Size of the array; 0 while it is inactive.
   */
  size_bytes: Bytes;
  /**
   * How much of each member it uses.
   */
  component_size_bytes?: Bytes;
  /**
   * Chunk size; absent for levels without one.
   */
  chunk_size_bytes?: Bytes;
  /**
   * How many members the level wants.
   */
  raid_devices: number;
  /**
   * How many members are in sync.
   */
  active_devices: number;
  /**
   * How many members are faulty.
   */
  failed_devices: number;
  /**
   * How many members are spare, those being rebuilt included.
   */
  spare_devices: number;
  /**
   * True where fewer members than wanted are in sync.
   */
  degraded: boolean;
  /**
   * What the array is doing: `idle`, `resync`, `recover`, `check`, `repair`, `reshape` or `frozen`; `none` for levels without redundancy.
   */
  sync_action: string;
  sync_completed?: MdSync;
  /**
   * Sectors found to differ by the last check or repair. Absent for levels without redundancy.
   */
  mismatch_cnt?: Counter;
  /**
   * Write-intent bitmap: `none`, `internal`, `clustered`, or the file that holds it.
   */
  bitmap: string;
  /**
   * How a crash is recovered from: `bitmap`, `resync`, `journal`, `ppl` or `none`.
   */
  consistency_policy?: string;
  /**
   * Its members by slot, then spares and faulty ones by path.
   *
   * @maxItems 4096
   */
  members: MdMember[];
  /**
   * Where filesystems that lie on it are mounted in the daemon's mount namespace, the further members of a btrfs included. Swap is not a mount: see `in_use_by`.
   *
   * @maxItems 100000
   */
  mountpoints: PathText[];
  /**
   * What holds it now: mounts (of other mount namespaces too), swap, btrfs membership, MD arrays, device-mapper and loop devices. Empty means that nothing visible holds it: without root the daemon sees its own mount namespace only, and a read never tries an exclusive open.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
  /**
   * True where the running system lives on it, as `vol.list_disks` decides it.
   */
  is_root_disk: boolean;
  /**
   * How many events the array has counted.
   */
  events: Counter;
  /**
   * Layout, such as `left-symmetric` or `near=2`; absent for levels without one.
   */
  layout?: string;
  /**
   * When it was made.
   */
  created_at?: Timestamp;
  /**
   * When its superblocks were last written.
   */
  updated_at?: Timestamp;
  /**
   * Active and spare members together.
   */
  working_devices?: number;
  /**
   * All members, faulty ones included.
   */
  total_devices?: number;
  /**
   * How much one bit of the bitmap stands for.
   */
  bitmap_chunk_bytes?: Bytes;
  /**
   * Where data starts on the first active member.
   */
  data_offset_bytes?: Bytes;
}
/**
 * An active swap area, as `/proc/swaps` has it.
 */
export interface SwapArea {
  /**
   * The partition or file.
   */
  path: PathText;
  /**
   * What it is.
   */
  type: "partition" | "file";
  /**
   * Size, less the first page.
   */
  size_bytes: Bytes;
  /**
   * How much is used.
   */
  used_bytes: Bytes;
  /**
   * Higher is used first.
   */
  priority: number;
}
/**
 * All of a node's storage at one moment. The lists are those of the methods of the same name; `path`, `disk`, `devices` and `uuid` join them.
 */
export interface Inventory {
  /**
   * When the reading ended.
   */
  taken_at: Timestamp;
  /**
   * True where nothing was attached, detached, mounted or unmounted during the reading. False where that kept happening through three tries: the lists may then disagree with each other.
   */
  consistent: boolean;
  /**
   * As `vol.list_disks` without parameters.
   *
   * @maxItems 65536
   */
  disks: Disk[];
  /**
   * As `vol.list_partitions` without parameters.
   *
   * @maxItems 65536
   */
  partitions: Partition[];
  /**
   * As `vol.list_filesystems` with `all`: MOS-labelled or not. A btrfs with several devices is one entry.
   *
   * @maxItems 65536
   */
  filesystems: Filesystem[];
  /**
   * As `vol.list_mounts` without parameters.
   *
   * @maxItems 1000000
   */
  mounts: Mount[];
  /**
   * Active swap areas.
   *
   * @maxItems 1024
   */
  swaps: SwapArea[];
  /**
   * As `vol.list_md_arrays`.
   *
   * @maxItems 4096
   */
  md_arrays: MdArray[];
}
/**
 * Why a topology is not feasible.
 */
export interface TopologyReason {
  /**
   * `not_enough_disks` (eligible ones), `no_ssd`, `no_hdd` (none among the eligible ones), `tool_missing` (the program that would make the filesystem), `kernel_support_missing` (the kernel cannot mount it), `too_small` (nothing would be left after the boot partition).
   */
  code: "not_enough_disks" | "no_ssd" | "no_hdd" | "tool_missing" | "kernel_support_missing" | "too_small";
  /**
   * One sentence for a person, with what was wanted and what is there.
   */
  message: string;
  /**
   * What would help, such as a package to install.
   */
  remedy?: string;
}
/**
 * A disk that a topology would take as a whole.
 */
export interface TopologyDisk {
  device: DeviceIdentity;
  /**
   * The kernel's flag: true for spinning disks.
   */
  rotational: boolean;
  /**
   * `data`, or `cache`: written to and read from first, its space is not counted.
   */
  role: "data" | "cache";
  /**
   * What is on the disk or one of its partitions now and would be lost: partition tables, filesystems, swap and containers. Empty for a blank disk.
   *
   * @maxItems 256
   */
  erases: FoundSignature[];
}
/**
 * A partition that a topology would make. Pass it to `vol.create_partition`.
 */
export interface PlannedPartition {
  /**
   * The disk.
   */
  disk: BlockDevicePath;
  /**
   * The number it would get.
   */
  number: number;
  /**
   * Offset from the start of the disk.
   */
  start_bytes: Bytes;
  size_bytes: Bytes;
  /**
   * Type GUID, lower case: the `type` to pass on.
   */
  parttype: string;
  /**
   * Name in the GPT.
   */
  name: string;
}
/**
 * A filesystem that a topology would make.
 */
export interface PlannedFilesystem {
  /**
   * Its type.
   */
  fstype: "btrfs" | "bcachefs" | "vfat";
  label: Label;
  /**
   * The planned partitions that it lies on, as positions in `partitions`, from 0.
   *
   * @maxItems 256
   *
   * Items: A position.
   */
  partitions: number[];
  /**
   * For btrfs.
   */
  data_profile?: BtrfsProfile;
  /**
   * For btrfs.
   */
  metadata_profile?: BtrfsProfile;
  /**
   * For bcachefs: copies of data and metadata.
   */
  replicas?: number;
}
/**
 * A way to lay out storage, and whether this node's disks allow it.
 */
export interface Topology {
  name: TopologyName;
  /**
   * True where nothing stands against it.
   */
  feasible: boolean;
  /**
   * Everything that stands against it; empty where it is feasible.
   *
   * @maxItems 16
   */
  reasons: TopologyReason[];
  /**
   * The disks chosen, in the order of the plan; empty where it is not feasible.
   *
   * @maxItems 1024
   */
  disks: TopologyDisk[];
  /**
   * Space for data: the data partitions, counted once where copies are kept, before the filesystem's own overhead. Absent where it is not feasible.
   */
  usable_bytes?: Bytes;
  /**
   * How many of the disks may fail without loss of data.
   */
  tolerated_failures: number;
  /**
   * The plan: each chosen disk gets a new GPT with these partitions. Empty where it is not feasible.
   *
   * @maxItems 2048
   */
  partitions: PlannedPartition[];
  /**
   * What would be made on them. Empty where it is not feasible.
   *
   * @maxItems 2048
   */
  filesystems: PlannedFilesystem[];
}
/**
 * A disk that no topology takes.
 */
export interface LeftOutDisk {
  device: DeviceIdentity;
  /**
   * The first of these that holds: `system` (the running system lives on it), `in_use`, `read_only`, `not_a_disk` (optical drive, loop, zram, MD array or device-mapper device), `removable` (removable or hot-pluggable), `too_small`, `zoned` (host-managed), `not_blank` (with `blank_only`), `not_chosen` (with `disks`).
   */
  code:
    | "system"
    | "in_use"
    | "read_only"
    | "not_a_disk"
    | "removable"
    | "too_small"
    | "zoned"
    | "not_blank"
    | "not_chosen";
  /**
   * The same in a sentence, with what was wanted and what is there.
   */
  reason: string;
  /**
   * What holds it; empty where nothing does.
   *
   * @maxItems 4096
   */
  in_use_by: Holder[];
}
/**
 * Which topologies this node's disks allow.
 */
export interface TopologyReport {
  /**
   * All six topologies, in the order of `TopologyName`.
   *
   * @minItems 6
   * @maxItems 6
   */
  topologies: Topology[];
  /**
   * The disks that were not eligible, each with the first reason.
   *
   * @maxItems 65536
   */
  left_out: LeftOutDisk[];
}
/**
 * Error counters that btrfs keeps for one device, across reboots, until someone resets them (`btrfs device stats -z`).
 */
export interface BtrfsDeviceStats {
  /**
   * btrfs's number of the device; 0 is the target of a replacement that runs.
   */
  devid: number;
  /**
   * The device; absent for a missing one.
   */
  device?: BlockDevicePath;
  /**
   * True where the filesystem expects the device and it is not there.
   */
  missing: boolean;
  /**
   * Failed writes.
   */
  write_io_errs: Counter;
  /**
   * Failed reads.
   */
  read_io_errs: Counter;
  /**
   * Failed flushes.
   */
  flush_io_errs: Counter;
  /**
   * Blocks whose checksum or header was wrong.
   */
  corruption_errs: Counter;
  /**
   * Blocks that were older than their parent says: writes that the device lost.
   */
  generation_errs: Counter;
}
/**
 * What a scrub has counted. Names follow `btrfs scrub status -R`.
 */
export interface ScrubCounters {
  /**
   * Data extents read.
   */
  data_extents_scrubbed: Counter;
  /**
   * Metadata extents read.
   */
  tree_extents_scrubbed: Counter;
  /**
   * Bytes of data read.
   */
  data_bytes_scrubbed: Counter;
  /**
   * Bytes of metadata read.
   */
  tree_bytes_scrubbed: Counter;
  /**
   * Reads that failed.
   */
  read_errors: Counter;
  /**
   * Blocks whose checksum was wrong.
   */
  csum_errors: Counter;
  /**
   * Metadata blocks whose header was wrong.
   */
  verify_errors: Counter;
  /**
   * Data blocks without a checksum, one filesystem sector each: not verified.
   */
  no_csum: Counter;
  /**
   * Checksums without a block, or without one any more.
   */
  csum_discards: Counter;
  /**
   * Superblocks that were wrong.
   */
  super_errors: Counter;
  /**
   * Blocks not checked for lack of memory.
   */
  malloc_errors: Counter;
  /**
   * Errors that could not be repaired: data is lost.
   */
  uncorrectable_errors: Counter;
  /**
   * Errors that were gone on the second look.
   */
  unverified_errors: Counter;
  /**
   * Errors that were repaired from another copy.
   */
  corrected_errors: Counter;
}
/**
 * The scrub of one device.
 */
export interface ScrubDevice {
  /**
   * btrfs's number of the device; 0 is the target of a replacement that runs.
   */
  devid: number;
  /**
   * The device; absent for a missing one.
   */
  device?: BlockDevicePath;
  status: ScrubState;
  /**
   * When it was started. Absent with `never`.
   */
  started_at?: Timestamp;
  /**
   * When it was last resumed; absent where it never was.
   */
  resumed_at?: Timestamp;
  /**
   * How long it has run, pauses not counted.
   */
  duration_seconds: number;
  counters: ScrubCounters;
  /**
   * Up to where on the device it has come.
   */
  last_physical_bytes: Bytes;
}
/**
 * The running or the last scrub of a btrfs.
 */
export interface ScrubStatus {
  /**
   * The filesystem's UUID.
   */
  uuid: string;
  /**
   * The mount point through which it was asked.
   */
  target: PathText;
  status: ScrubState;
  /**
   * When it was started. Absent with `never`.
   */
  started_at?: Timestamp;
  /**
   * When it was last resumed; absent where it never was.
   */
  resumed_at?: Timestamp;
  /**
   * How long it has run, pauses not counted.
   */
  duration_seconds: number;
  counters: ScrubCounters;
  /**
   * Data and metadata read so far, over all devices, copies counted each.
   */
  scrubbed_bytes: Bytes;
  /**
   * What is to be read in all, as far as is known: bytes in use at this moment. Absent with `never`.
   */
  total_bytes?: Bytes;
  /**
   * `scrubbed_bytes` of `total_bytes`, at most 100; 100 once it is finished. Absent with `never`.
   */
  percent?: number;
  /**
   * Mean speed since it was started or resumed.
   */
  rate_bytes_per_second?: Bytes;
  /**
   * Estimated time left in seconds, while it runs.
   */
  eta_seconds?: number;
  /**
   * Sum of `read_errors`, `csum_errors`, `verify_errors`, `super_errors` and `malloc_errors`; the other error counters say what became of them.
   */
  error_count: Counter;
  /**
   * The same for each device.
   *
   * @maxItems 1024
   */
  devices: ScrubDevice[];
}
/**
 * How much of a device block groups of one sort take.
 */
export interface BtrfsDeviceAllocation {
  /**
   * btrfs's number of the device; 0 is the target of a replacement that runs.
   */
  devid: number;
  /**
   * The device; absent for a missing one.
   */
  device?: BlockDevicePath;
  /**
   * Bytes on that device.
   */
  bytes: Bytes;
}
/**
 * Block groups of one type and profile.
 */
export interface BtrfsProfileUsage {
  bg_type: BtrfsBlockGroupType;
  bg_profile: BtrfsProfile;
  /**
   * Space in these block groups, copies and parity not counted.
   */
  size_bytes: Bytes;
  /**
   * How much of it is used.
   */
  used_bytes: Bytes;
  /**
   * What they take on each device, copies and parity counted. Absent where the daemon lacks the right to read the chunk tree (root).
   *
   * @maxItems 1024
   */
  devices?: BtrfsDeviceAllocation[];
}
/**
 * A device of a btrfs.
 */
export interface BtrfsDeviceUsage {
  /**
   * btrfs's number of the device; 0 is the target of a replacement that runs.
   */
  devid: number;
  /**
   * The device; absent for a missing one.
   */
  device?: BlockDevicePath;
  /**
   * True where the filesystem expects the device and it is not there.
   */
  missing: boolean;
  /**
   * How much of the device the filesystem has.
   */
  size_bytes: Bytes;
  /**
   * How much of that is in block groups.
   */
  allocated_bytes: Bytes;
  /**
   * The rest.
   */
  unallocated_bytes: Bytes;
  /**
   * What the device has beyond that: `vol.resize_max` would take it.
   */
  slack_bytes: Bytes;
}
/**
 * How a btrfs uses its devices. Names follow `btrfs filesystem usage -b`.
 */
export interface BtrfsUsage {
  /**
   * The filesystem's UUID.
   */
  uuid: string;
  /**
   * The mount point through which it was asked.
   */
  target: PathText;
  /**
   * Sum over all devices.
   */
  device_size_bytes: Bytes;
  /**
   * In block groups, copies counted.
   */
  device_allocated_bytes: Bytes;
  /**
   * Not in block groups yet.
   */
  device_unallocated_bytes: Bytes;
  /**
   * On devices that are not there.
   */
  device_missing_bytes: Bytes;
  /**
   * On the devices beyond the filesystem.
   */
  device_slack_bytes: Bytes;
  /**
   * Used in block groups, copies counted.
   */
  used_bytes: Bytes;
  /**
   * What could still be written as data with the present profile.
   */
  free_estimated_bytes: Bytes;
  /**
   * The same if the unallocated space went to the profile with the most copies in use.
   */
  free_estimated_min_bytes: Bytes;
  /**
   * What `statfs` and `df` say.
   */
  free_statfs_bytes: Bytes;
  /**
   * Bytes on devices for each byte of data: 1 for single, 2 for RAID1.
   */
  data_ratio: number;
  /**
   * The same for metadata.
   */
  metadata_ratio: number;
  /**
   * Metadata space kept back for the filesystem's own work.
   */
  global_reserve_bytes: Bytes;
  /**
   * How much of that is in use now.
   */
  global_reserve_used_bytes: Bytes;
  /**
   * True where one type of block group has several profiles, as after a balance that was stopped.
   */
  multiple_profiles: boolean;
  /**
   * One entry for each type and profile.
   *
   * @maxItems 64
   */
  profiles: BtrfsProfileUsage[];
  /**
   * The devices, by `devid`.
   *
   * @maxItems 1024
   */
  devices: BtrfsDeviceUsage[];
}
/**
 * Block groups of one type and profile, as `btrfs filesystem df` has them.
 */
export interface BtrfsSpaceInfo {
  bg_type: BtrfsBlockGroupType;
  bg_profile: BtrfsProfile;
  /**
   * Space in these block groups, copies and parity not counted.
   */
  total_bytes: Bytes;
  /**
   * How much of it is used.
   */
  used_bytes: Bytes;
}
/**
 * What a balance does with one type of block group.
 */
export interface BalanceScope {
  /**
   * Which block groups.
   */
  bg_type: "data" | "metadata" | "system";
  /**
   * The filters in `btrfs balance`'s own notation, such as `usage=50` or `convert=raid1,soft`; empty where it rewrites all of them.
   */
  filters: string;
}
/**
 * How the last balance ended that this daemon started.
 */
export interface BalanceOutcome {
  /**
   * How it ended.
   */
  outcome: "completed" | "cancelled" | "failed";
  finished_at: Timestamp;
  /**
   * How many chunks it rewrote.
   */
  chunks_relocated?: Counter;
  /**
   * Why it failed, in the words of `btrfs` or the kernel.
   */
  message?: string;
}
/**
 * Whether a balance is under way on a btrfs, and how far it is.
 */
export interface BalanceStatus {
  /**
   * The filesystem's UUID.
   */
  uuid: string;
  /**
   * The mount point through which it was asked.
   */
  target: PathText;
  /**
   * `idle`, `running`, `pausing` (it ends the present chunk first), `paused` (also after a mount with `skip_balance`), `cancelling`.
   */
  status: "idle" | "running" | "pausing" | "paused" | "cancelling";
  /**
   * Chunks rewritten so far. Absent with `idle`, as are the following.
   */
  chunks_balanced?: Counter;
  /**
   * Chunks looked at so far.
   */
  chunks_considered?: Counter;
  /**
   * Chunks to be rewritten in all, as estimated by the kernel.
   */
  chunks_expected?: Counter;
  /**
   * `chunks_balanced` of `chunks_expected`, at most 100: the kernel only estimates the latter.
   */
  percent?: number;
  /**
   * What it works on, by type of block group.
   *
   * @maxItems 3
   */
  filters?: BalanceScope[];
  /**
   * The exclusive operation that the filesystem is in, in the kernel's words: `none`, `balance`, `balance paused`, `device add`, `device remove`, `device replace`, `resize`, `swap activate`. While it is not `none` another one is refused. `unknown` before Linux 5.14.
   */
  exclusive_operation: string;
  last?: BalanceOutcome;
}
/**
 * Which mounted filesystem was meant, and the devices that it lies on.
 */
export interface FilesystemIdentity {
  /**
   * Filesystem type as the kernel names it, such as `btrfs`.
   */
  fstype: string;
  /**
   * UUID of the filesystem; absent where it has none.
   */
  uuid?: string;
  /**
   * Label of the filesystem; absent where it has none.
   */
  label?: LabelText;
  /**
   * A mount point through which the call reached it.
   */
  target: PathText;
  /**
   * Its devices, by device id. A missing member of a btrfs is not among them.
   *
   * @maxItems 1024
   */
  devices: DeviceIdentity[];
}
/**
 * A range of percentages. At least one end is needed, and `min` is not above `max`; otherwise `invalid_argument`.
 */
export interface PercentRange {
  /**
   * Lowest value, inclusive; 0 or the smallest possible where absent.
   */
  min?: number;
  /**
   * Highest value, inclusive; unlimited where absent.
   */
  max?: number;
}
/**
 * A range of counts. At least one end is needed, and `min` is not above `max`; otherwise `invalid_argument`.
 */
export interface CountRange {
  /**
   * Lowest value, inclusive; 0 or the smallest possible where absent.
   */
  min?: number;
  /**
   * Highest value, inclusive; unlimited where absent.
   */
  max?: number;
}
/**
 * A half-open range of bytes: from `start_bytes` up to and without `end_bytes`. An empty range is `invalid_argument`.
 */
export interface ByteRange {
  /**
   * First byte of the range; 0 where absent.
   */
  start_bytes?: Bytes;
  /**
   * First byte after the range; to the end where absent.
   */
  end_bytes?: Bytes;
}
/**
 * Which chunks of one kind a balance works on, as the filters of `btrfs balance start -d/-m/-s`. A chunk has to pass every filter given; an empty object takes all chunks of the kind.
 */
export interface BalanceFilter {
  /**
   * Only chunks whose usage in percent is at most this: 0 takes the empty ones. Excludes `usage_range`.
   */
  usage?: number;
  /**
   * Only chunks whose usage in percent lies in this range. Excludes `usage`.
   */
  usage_range?: PercentRange;
  /**
   * Only chunks that have one of these profiles now.
   *
   * @minItems 1
   * @maxItems 9
   */
  profiles?: BtrfsProfile[];
  /**
   * Only chunks that have a stripe on the device with this btrfs device id.
   */
  devid?: number;
  /**
   * Only chunks that overlap this range of bytes on the device `devid`, which is then needed.
   */
  drange?: ByteRange;
  /**
   * Only chunks that overlap this range of btrfs's own address space.
   */
  vrange?: ByteRange;
  /**
   * Only chunks whose number of stripes lies in this range.
   */
  stripes?: CountRange;
  /**
   * At most this many chunks. Excludes `limit_range`.
   */
  limit?: number;
  /**
   * At least `min` chunks (fewer eligible: nothing is done), at most `max`. Excludes `limit`.
   */
  limit_range?: CountRange;
  /**
   * Rewrite the chunks with this profile. The device count has to suffice.
   */
  convert?: BtrfsProfile;
  /**
   * With `convert`: leave chunks that have the wanted profile already.
   */
  soft?: boolean;
}
/**
 * A mount namespace that still holds a mount, by one of its processes.
 */
export interface MountNamespaceHolder {
  /**
   * A process that lives in the namespace.
   */
  pid: number;
  /**
   * Inode number of the mount namespace.
   */
  mnt_ns: number;
}
/**
 * The partition as it now is.
 */
export interface CreatePartitionResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The disk that was meant.
   */
  device: DeviceIdentity;
  partition: Partition;
  /**
   * True where the disk had no partition table and this call made the GPT.
   */
  table_created: boolean;
  /**
   * True where the disk had grown and this call moved the backup GPT to its end.
   */
  backup_gpt_moved: boolean;
  /**
   * Old signatures that lay inside the new partition, each with whether it was erased; empty where there were none.
   *
   * @maxItems 256
   */
  stale_signatures: FoundSignature[];
}
/**
 * The new filesystem as a prober now finds it.
 */
export interface CreateFilesystemResult {
  /**
   * Always true: formatting is never repeated in silence.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The device that was formatted.
   */
  device: DeviceIdentity;
  /**
   * The filesystem; for a swap area `fstype` is `swap`.
   */
  filesystem: Filesystem;
  /**
   * What was found on the target and erased; empty where it was blank.
   *
   * @maxItems 256
   */
  erased_signatures: FoundSignature[];
}
/**
 * The mount as it now is.
 */
export interface MountFilesystemResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The device that was mounted.
   */
  device: DeviceIdentity;
  mount: Mount;
  /**
   * True where the registry holds it: it is mounted again by identity after a reboot.
   */
  persisted: boolean;
  /**
   * True where this call made the folder `target`.
   */
  target_created: boolean;
}
/**
 * What was unmounted.
 */
export interface UnmountFilesystemResult {
  /**
   * Always true: a target that is neither mounted nor in the registry is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The mount point, symbolic links resolved.
   */
  target: PathText;
  /**
   * The mount as it was; absent where only the registry's entry was left.
   */
  mount?: Mount;
  /**
   * The device that was mounted; absent where it is gone.
   */
  device?: DeviceIdentity;
  /**
   * True where the registry held this mount and no longer does.
   */
  forgotten: boolean;
  /**
   * How many mounts are still stacked at `target`.
   */
  remaining_at_target: number;
  /**
   * Other mount namespaces in which the filesystem is still mounted, one process for each; empty where there are none.
   *
   * @maxItems 256
   */
  still_mounted_in: MountNamespaceHolder[];
  /**
   * After a `lazy` unmount: what keeps the detached filesystem alive. Until the last of them goes, its device stays in use.
   *
   * @maxItems 256
   */
  holders: Holder[];
}
/**
 * The subvolume as it now is.
 */
export interface WriteSubvolumeResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that it lies on.
   */
  filesystem: FilesystemIdentity;
  subvolume: Subvolume;
}
/**
 * What was deleted.
 */
export interface DeleteSubvolumeResult {
  /**
   * Always true: a subvolume that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that it lay on.
   */
  filesystem: FilesystemIdentity;
  /**
   * The deleted subvolumes as they were, in the order of deletion: nested ones first, the one named last.
   *
   * @minItems 1
   * @maxItems 100000
   */
  deleted: Subvolume[];
}
/**
 * The subvolume's quota as it now is.
 */
export interface SetQuotaResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that the subvolume lies on.
   */
  filesystem: FilesystemIdentity;
  /**
   * The subvolume that was meant.
   */
  subvolume: Subvolume;
  /**
   * The subvolume's own qgroup, such as `0/257`.
   */
  qgroup_id: string;
  /**
   * What that qgroup now counts and allows.
   */
  quota: SubvolumeQuota;
  /**
   * True while the kernel counts: until it ends, the byte counts are not exact.
   */
  rescan_running: boolean;
  /**
   * True where quotas were off on this filesystem and this call switched them on.
   */
  quota_enabled_now: boolean;
}
/**
 * The scrub as it now is.
 */
export interface ControlScrubResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that was meant.
   */
  filesystem: FilesystemIdentity;
  action: OperationAction;
  scrub: ScrubStatus;
}
/**
 * The balance as it now is.
 */
export interface ControlBalanceResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that was meant.
   */
  filesystem: FilesystemIdentity;
  action: OperationAction;
  balance: BalanceStatus;
}
/**
 * The finished run.
 */
export interface DefragmentResult {
  /**
   * True where this call started the run, false where it joined one.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The btrfs that the path lies on.
   */
  filesystem: FilesystemIdentity;
  /**
   * The path that was worked on, symbolic links resolved.
   */
  path: PathText;
  /**
   * Whether the run went into sub-folders.
   */
  recursive: boolean;
  /**
   * The algorithm that the run compressed with; absent where it used none of its own.
   */
  compress?: CompressionAlgorithm;
  /**
   * True where the same run was under way already and this call waited for its end.
   */
  joined: boolean;
  /**
   * Files that could not be defragmented, such as running programs; 0 where all went well.
   */
  failed_files: number;
  /**
   * When the run began.
   */
  started_at: Timestamp;
  /**
   * When the run ended.
   */
  ended_at: Timestamp;
}
/**
 * One device of a filesystem before and after it was grown.
 */
export interface ResizedDevice {
  device: DeviceIdentity;
  /**
   * The device's id in the btrfs; absent for other filesystems.
   */
  devid?: number;
  /**
   * Bytes of the device that the filesystem used before.
   */
  before_bytes: Bytes;
  /**
   * Bytes of the device that the filesystem uses now.
   */
  after_bytes: Bytes;
  /**
   * True where they differ.
   */
  changed: boolean;
}
/**
 * The filesystem's sizes before and after.
 */
export interface ResizeMaxResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The filesystem that was meant.
   */
  filesystem: FilesystemIdentity;
  /**
   * Size of the filesystem before; for btrfs the sum over its devices.
   */
  before_bytes: Bytes;
  /**
   * Size of the filesystem now.
   */
  after_bytes: Bytes;
  /**
   * Each device that was to be grown.
   *
   * @minItems 1
   * @maxItems 1024
   */
  devices: ResizedDevice[];
}
/**
 * The array as it now is.
 */
export interface CreateMdArrayResult {
  /**
   * False when nothing had to be done.
   */
  changed: boolean;
  warnings: Warnings;
  array: MdArray;
  /**
   * The members that were meant, in the order given.
   *
   * @minItems 1
   * @maxItems 64
   */
  devices: DeviceIdentity[];
  /**
   * What was found on the target and erased; empty where it was blank.
   *
   * @maxItems 256
   */
  erased_signatures: FoundSignature[];
}
/**
 * What was stopped.
 */
export interface StopMdArrayResult {
  /**
   * Always true: an array that is not there is `not_found`.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The array as it was.
   */
  array: MdArray;
  /**
   * Its members, now free.
   *
   * @maxItems 1024
   */
  devices: DeviceIdentity[];
  /**
   * True where the members' superblocks were erased: the array cannot be assembled again.
   */
  superblocks_zeroed: boolean;
}
/**
 * The new filesystem and its devices.
 */
export interface CreateBtrfsRaidResult {
  /**
   * Always true: formatting is never repeated in silence.
   */
  changed: boolean;
  warnings: Warnings;
  /**
   * The new btrfs.
   */
  filesystem: Filesystem;
  /**
   * Its devices in the order given; the first has the btrfs device id 1.
   *
   * @minItems 1
   * @maxItems 64
   */
  devices: DeviceIdentity[];
  data_profile: BtrfsProfile;
  /**
   * Profile of metadata and system chunks.
   */
  metadata_profile: BtrfsProfile;
  /**
   * What was found on the target and erased; empty where it was blank.
   *
   * @maxItems 256
   */
  erased_signatures: FoundSignature[];
}
/**
 * Parameters of `net.lease`.
 */
export interface NetLeaseParams {
  /**
   * Only leases of this interface.
   */
  interface?: InterfaceName;
  /**
   * Only leases of this family.
   */
  family?: Family;
}
/**
 * Parameters of `net.prefix`.
 */
export interface NetPrefixParams {
  /**
   * Only prefixes that came by this uplink.
   */
  interface?: InterfaceName;
}
/**
 * Parameters of `net.vlan`.
 */
export interface NetVlanParams {
  /**
   * Only this bridge and the VLAN devices that sit on it.
   */
  bridge?: InterfaceName;
}
/**
 * Parameters of `net.verify`.
 */
export interface NetVerifyParams {
  /**
   * Only objects of this kind.
   */
  kind?: DriftKind;
  /**
   * Leave out the items whose state is `ok`.
   */
  only_drift?: boolean;
}
/**
 * Parameters of `net.interfaces`.
 */
export interface NetInterfacesParams {
  /**
   * Only this interface.
   */
  name?: InterfaceName;
  /**
   * Only links of this kind. Physical links and the loopback have no kind and never match.
   */
  kind?: LinkKind;
  /**
   * Only members of this bridge, bond, VRF or team.
   */
  master?: InterfaceName;
}
/**
 * Parameters of `net.routes`.
 */
export interface NetRoutesParams {
  /**
   * Only routes of this family.
   */
  family?: Family;
  /**
   * Only this table: a name or a number as a string; `all` is the default.
   */
  table?: RouteTableName;
  /**
   * Only routes that leave by this interface, also as one of several next hops.
   */
  dev?: InterfaceName;
  /**
   * Only routes to exactly this destination; a bare address means the host route.
   */
  dst?: Prefix;
  /**
   * Only routes installed by this protocol: a name or a number as a string.
   */
  protocol?: string;
  /**
   * Only routes of this type.
   */
  type?: RouteType;
}
/**
 * Parameters of `net.neighbors`.
 */
export interface NetNeighborsParams {
  /**
   * Only neighbours of this family.
   */
  family?: Family;
  /**
   * Only neighbours on this interface.
   */
  dev?: InterfaceName;
  /**
   * Only entries in this state.
   */
  state?: NeighborState;
  /**
   * List the proxy entries instead of the neighbours.
   */
  proxy?: boolean;
}
/**
 * Parameters of `net.bridge`.
 */
export interface NetBridgeParams {
  /**
   * Only this bridge.
   */
  name?: InterfaceName;
  /**
   * Include the forwarding table, which can be long.
   */
  fdb?: boolean;
}
/**
 * Parameters of `net.firewall`.
 */
export interface NetFirewallParams {
  /**
   * Only tables of this family.
   */
  family?: NftFamily;
  /**
   * Only tables of this name.
   */
  table?: NftName;
  /**
   * Only chains of this name.
   */
  chain?: NftName;
  /**
   * Only what this daemon owns (true), or only what it does not (false).
   */
  managed?: boolean;
  /**
   * At most this many elements of each set; `total` says how many there are.
   */
  element_limit?: number;
}
/**
 * Parameters of `net.sysctl`.
 */
export interface NetSysctlParams {
  /**
   * Only this interface; the global switches are always there.
   */
  interface?: InterfaceName;
}
/**
 * Parameters of `net.conntrack`.
 */
export interface NetConntrackParams {
  /**
   * Only entries of this zone.
   */
  zone?: number;
  /**
   * Only entries of this family.
   */
  family?: Family;
  /**
   * Only entries of this transport protocol.
   */
  protocol?: ConntrackProtocol;
  /**
   * Answer at most this many entries.
   */
  limit?: number;
  /**
   * Only connections opened from here.
   */
  source?: AddressOrCidr;
  /**
   * Only connections opened to here, before translation.
   */
  destination?: AddressOrCidr;
  /**
   * Only connections opened from this port.
   */
  source_port?: Port;
  /**
   * Only connections opened to this port, before translation.
   */
  destination_port?: Port;
  /**
   * Only entries with this connection mark.
   */
  mark?: number;
}
/**
 * Parameters of `net.vm.list`.
 */
export interface NetVmListParams {
  /**
   * Only taps of this bridge.
   */
  bridge?: InterfaceName;
}
/**
 * Parameters of `net.ovs`.
 */
export interface NetOvsParams {
  /**
   * Only this bridge.
   */
  bridge?: OvsBridgeName;
}
/**
 * Parameters of `net.flows`.
 */
export interface NetFlowsParams {
  /**
   * Only this bridge; without it all bridges.
   */
  bridge?: OvsBridgeName;
  /**
   * Only this table.
   */
  table?: number;
  /**
   * Only entries with this cookie, hexadecimal with an optional mask, such as `0x5` or `0x5/0xff`.
   */
  cookie?: string;
  /**
   * Answer at most this many entries.
   */
  limit?: number;
}
/**
 * Parameters of `net.datapath`.
 */
export interface NetDatapathParams {
  /**
   * Only this datapath.
   */
  datapath?: DatapathName;
  /**
   * Answer at most this many flows; 0 leaves them out.
   */
  limit?: number;
}
/**
 * Parameters of `net.ovs.conntrack`.
 */
export interface NetOvsConntrackParams {
  /**
   * Only this datapath.
   */
  datapath?: DatapathName;
  /**
   * Only this zone.
   */
  zone?: number;
  /**
   * Only connections of this family.
   */
  family?: Family;
  /**
   * Only connections of this transport protocol.
   */
  protocol?: ConntrackProtocol;
  /**
   * Answer at most this many entries.
   */
  limit?: number;
}
/**
 * Parameters of `net.ovs.conntrack.stats`.
 */
export interface NetOvsConntrackStatsParams {
  /**
   * Only this datapath.
   */
  datapath?: DatapathName;
  /**
   * Only this zone.
   */
  zone?: number;
}
/**
 * Parameters of `net.lease.restart`.
 */
export interface NetLeaseRestartParams {
  /**
   * Only this interface; absent means every interface with a DHCP client.
   */
  interface?: InterfaceName;
  /**
   * Only DHCPv4 (`inet`) or only DHCPv6 (`inet6`); absent means both.
   */
  family?: Family;
  /**
   * Restart although the caller's own remote connection or an established inbound SSH session runs over the interface.
   */
  force?: boolean;
}
/**
 * Parameters of `net.routes.add`.
 */
export interface NetRoutesAddParams {
  /**
   * Destination prefix, a bare address (one host), or `default`. Host bits must be zero. `default` takes its family from `gateway`, `nexthops` or `src` and is IPv4 where none tells; write `::/0` for IPv6.
   */
  dst: Prefix;
  /**
   * Next hop. Must be absent where `nexthops` is given.
   */
  gateway?: IpAddress;
  /**
   * Outgoing interface; found from `gateway` where absent. Must be absent where `nexthops` is given.
   */
  dev?: InterfaceName;
  /**
   * Priority; the lowest wins. Absent means the kernel's default: 0 for IPv4, 1024 for IPv6 (where 0 also means 1024).
   */
  metric?: number;
  /**
   * Routing table. A name that `rt_tables` does not know is `invalid_argument`, as is `all`.
   */
  table?: RouteTableName;
  /**
   * Preferred source address of connections that this node opens over the route (`prefsrc` in answers). Must be an address of this node.
   */
  src?: IpAddress;
  /**
   * What happens to packets that match.
   */
  type?: WritableRouteType;
  /**
   * Take `gateway` as reachable on `dev` although no address of `dev` covers it.
   */
  onlink?: boolean;
  /**
   * Reach of the destination, IPv4 only. Absent means what iproute2 chooses: `host` for `local` routes, `link` for a unicast route without a gateway, else `global`.
   */
  scope?: "global" | "site" | "link" | "host";
  /**
   * Path MTU in bytes that the route imposes; at least 1280 for IPv6.
   */
  mtu?: Mtu;
  /**
   * The paths of a multipath route, instead of `gateway` and `dev`.
   *
   * @minItems 2
   * @maxItems 64
   */
  nexthops?: WantedNexthop[];
  /**
   * Type of service that packets must carry, IPv4 only, as reads have it: `0x10`, or a name from `rt_dsfield`. Part of the route's identity.
   */
  tos?: string;
  /**
   * Replace the route of the same identity where its values differ.
   */
  replace?: boolean;
  /**
   * Restore this route when the daemon starts.
   */
  persist?: boolean;
  /**
   * With `replace`: replace a route of another owner. With it or without: lead the caller's own remote connection or an established inbound SSH session another way.
   */
  force?: boolean;
}
/**
 * Parameters of `net.routes.delete`.
 */
export interface NetRoutesDeleteParams {
  /**
   * Destination prefix, a bare address (one host), or `default`. Host bits must be zero. `default` takes its family from `gateway` or `src` and is IPv4 where neither tells; write `::/0` for IPv6.
   */
  dst: Prefix;
  /**
   * Only the route through this next hop.
   */
  gateway?: IpAddress;
  /**
   * Only the route through this interface.
   */
  dev?: InterfaceName;
  /**
   * The route's metric; absent means 0 for IPv4 and 1024 for IPv6.
   */
  metric?: number;
  /**
   * Routing table. A name that `rt_tables` does not know is `invalid_argument`, as is `all`.
   */
  table?: RouteTableName;
  /**
   * Only the route with this preferred source address.
   */
  src?: IpAddress;
  /**
   * The route's type.
   */
  type?: WritableRouteType;
  /**
   * The route's type of service, IPv4 only.
   */
  tos?: string;
  /**
   * Delete a route of another owner, or one that the caller's own remote connection or an established inbound SSH session uses.
   */
  force?: boolean;
}
/**
 * Parameters of `net.bridge.add`.
 */
export interface NetBridgeAddParams {
  /**
   * Name of the new bridge.
   */
  name: InterfaceName;
  /**
   * MTU in bytes. Absent lets the bridge follow its smallest port, starting at 1500.
   */
  mtu?: Mtu;
  /**
   * Run the spanning tree protocol, so that loops are harmless.
   */
  stp?: boolean;
  /**
   * Filter by 802.1Q VLAN membership of the ports.
   */
  vlan_filtering?: boolean;
  /**
   * Set the bridge up.
   */
  up?: boolean;
  /**
   * The bridge's Ethernet address. Absent: a generated locally administered one, which is kept.
   */
  address?: MacAddress;
  /**
   * STP: seconds that a port spends in each of the listening and learning states.
   */
  forward_delay_seconds?: number;
  /**
   * STP: this bridge's priority; the lowest becomes the root.
   */
  priority?: number;
  /**
   * Seconds after which a learned address that is not seen again is forgotten; 0 floods every frame.
   */
  ageing_time?: number;
  /**
   * Make this bridge again when the daemon starts.
   */
  persist?: boolean;
}
/**
 * Parameters of `net.bridge.delete`.
 */
export interface NetBridgeDeleteParams {
  /**
   * The bridge.
   */
  name: InterfaceName;
  /**
   * Delete a bridge that has ports, routes or interfaces on it, that is not ours, or that the caller's own remote connection or an established inbound SSH session uses.
   */
  force?: boolean;
}
/**
 * Parameters of `net.bridge.connect`.
 */
export interface NetBridgeConnectParams {
  /**
   * One bridge.
   */
  a: InterfaceName;
  /**
   * The other bridge.
   */
  b: InterfaceName;
  /**
   * MTU of the pair in bytes. Absent means the lower of the two bridges'.
   */
  mtu?: Mtu;
  /**
   * Make this connection again when the daemon starts.
   */
  persist?: boolean;
}
/**
 * Parameters of `net.bridge.add_port`.
 */
export interface NetBridgeAddPortParams {
  /**
   * The bridge.
   */
  bridge: InterfaceName;
  /**
   * The interface that becomes a port.
   */
  interface: InterfaceName;
  /**
   * Move the interface's addresses, routes and Ethernet address to the bridge.
   */
  migrate?: boolean;
  /**
   * Make it a port again when the daemon starts.
   */
  persist?: boolean;
  /**
   * Take an interface that has addresses (and leave them on it), that is a port of another bridge, or that the caller's own remote connection or an established inbound SSH session uses.
   */
  force?: boolean;
}
/**
 * Parameters of `net.bridge.remove_port`.
 */
export interface NetBridgeRemovePortParams {
  /**
   * The bridge.
   */
  bridge: InterfaceName;
  /**
   * The port to take out.
   */
  interface: InterfaceName;
  /**
   * Take out a port that this daemon did not add, a tap that is in use, or a port that the caller's own remote connection or an established inbound SSH session comes in by.
   */
  force?: boolean;
}
/**
 * Parameters of `net.vm.create_tap`.
 */
export interface NetVmCreateTapParams {
  /**
   * Name of the new tap.
   */
  name: InterfaceName;
  /**
   * Bridge that it becomes a port of.
   */
  bridge: InterfaceName;
  /**
   * MTU in bytes. Absent means the bridge's.
   */
  mtu?: Mtu;
  /**
   * The host side's Ethernet address, not the virtual machine's (they must differ). Absent: a generated locally administered one, which is kept.
   */
  mac?: MacAddress;
  /**
   * User who may open the tap; 0 is root only.
   */
  owner_uid?: number;
  /**
   * Allow several queues.
   */
  multi_queue?: boolean;
  /**
   * Group whose members may open the tap too. Absent: no group.
   */
  owner_gid?: number;
}
/**
 * Parameters of `net.vm.delete_tap`.
 */
export interface NetVmDeleteTapParams {
  /**
   * The tap.
   */
  name: InterfaceName;
  /**
   * Delete a tap that a process has open, one that other interfaces lie on, or one that this daemon did not make.
   */
  force?: boolean;
}
/**
 * Parameters of `net.firewall.add_rule`.
 */
export interface NetFirewallAddRuleParams {
  /**
   * Protocol of the packets.
   */
  protocol: FilterProtocol;
  /**
   * Destination port. Exactly one of `port` and `port_range` with `tcp`, `udp` and `sctp`, else neither.
   */
  port?: Port;
  /**
   * Destination ports, instead of `port`.
   */
  port_range?: PortRange;
  /**
   * Only from this address or prefix.
   */
  source?: AddressOrCidr;
  /**
   * Only arriving on this interface.
   */
  interface?: InterfaceName;
  /**
   * Text for people, kept with the rule.
   */
  comment?: Comment;
  /**
   * Only this address family. Absent: that of `source` or `destination` or the ICMP protocol, else both.
   */
  family?: Family;
  /**
   * Only to this local address or prefix.
   */
  destination?: AddressOrCidr;
}
/**
 * Parameters of `net.firewall.remove_rule`.
 */
export interface NetFirewallRemoveRuleParams {
  /**
   * The rule's id.
   */
  id: RuleId;
  /**
   * End the connections that came in by this rule.
   */
  drop_existing?: boolean;
  /**
   * Remove the rule that the caller's own remote connection or an established inbound SSH session came in by.
   */
  force?: boolean;
}
/**
 * Parameters of `net.nat.add_dnat`.
 */
export interface NetNatAddDnatParams {
  /**
   * Protocol of the connections.
   */
  protocol: DnatProtocol;
  /**
   * Port of this node; the first one where `external_port_range` is given.
   */
  external_port: Port;
  /**
   * Host that they are sent to.
   */
  internal_ip: IpAddress;
  /**
   * Port of the inner host. With `external_port_range`: equal to `external_port` means that each connection keeps its port.
   */
  internal_port: Port;
  /**
   * Only connections arriving on this interface.
   */
  interface?: InterfaceName;
  /**
   * Only connections to this address; absent means to any local address of this node.
   */
  external_ip?: IpAddress;
  /**
   * Forward this whole range of ports; it begins with `external_port`.
   */
  external_port_range?: PortRange;
  /**
   * Only connections from this address or prefix.
   */
  source?: AddressOrCidr;
  /**
   * Serve hosts on the inner network as well, masqueraded as this node.
   */
  hairpin?: boolean;
  /**
   * Serve connections that this node itself opens as well.
   */
  local_output?: boolean;
  /**
   * Switch the kernel's forwarding on for this family if it is off.
   */
  enable_forwarding?: boolean;
  /**
   * Text for people, kept with the rule.
   */
  comment?: Comment;
}
/**
 * Parameters of `net.nat.remove_dnat`.
 */
export interface NetNatRemoveDnatParams {
  /**
   * The rule's id.
   */
  id: RuleId;
  /**
   * End the connections that this rule has forwarded.
   */
  drop_existing?: boolean;
}
/**
 * Parameters of `net.nat.add_snat`.
 */
export interface NetNatAddSnatParams {
  /**
   * Sources that are rewritten.
   */
  source_cidr: Cidr;
  /**
   * Interface that the connections leave by.
   */
  out_interface: InterfaceName;
  /**
   * The new source address; absent means masquerade.
   */
  to_source?: IpAddress;
  /**
   * Only connections to here.
   */
  destination_cidr?: Cidr;
  /**
   * Only connections of this protocol.
   */
  protocol?: FilterProtocol;
  /**
   * Choose source ports at random (`fully-random`).
   */
  random?: boolean;
  /**
   * Give one client always the same source address (`persistent`).
   */
  persistent?: boolean;
  /**
   * Switch the kernel's forwarding on for this family if it is off.
   */
  enable_forwarding?: boolean;
  /**
   * Text for people, kept with the rule.
   */
  comment?: Comment;
}
/**
 * Parameters of `net.nat.remove_snat`.
 */
export interface NetNatRemoveSnatParams {
  /**
   * The rule's id.
   */
  id: RuleId;
  /**
   * End the connections that this rule has rewritten.
   */
  drop_existing?: boolean;
}
/**
 * Parameters of `net.conntrack.flush`.
 */
export interface NetConntrackFlushParams {
  /**
   * Only this conntrack zone; 0 is the default zone. Absent: all zones.
   */
  zone?: number;
  /**
   * Only this address family.
   */
  family?: Family;
  /**
   * Only this protocol.
   */
  protocol?: ConntrackProtocol;
  /**
   * Only connections opened from this address or prefix.
   */
  source?: AddressOrCidr;
  /**
   * Only connections opened to this address or prefix.
   */
  destination?: AddressOrCidr;
  /**
   * Only connections opened from this port.
   */
  source_port?: Port;
  /**
   * Only connections opened to this port.
   */
  destination_port?: Port;
  /**
   * Only entries with exactly this mark.
   */
  mark?: number;
  /**
   * Flush everything where no filter is given.
   */
  force?: boolean;
}
/**
 * Parameters of `net.ovs.conntrack.flush`.
 */
export interface NetOvsConntrackFlushParams {
  /**
   * Only this datapath; absent means all datapaths.
   */
  datapath?: DatapathName;
  /**
   * Only this zone; absent means all zones.
   */
  zone?: number;
}
/**
 * Parameters of `vol.list_disks`.
 */
export interface VolListDisksParams {
  /**
   * Answer only this device. Any name of it will do. A partition is `invalid_argument`; its disk is in `vol.list_partitions`. A device that is asked for by name is answered whatever its size.
   */
  disk?: DevicePath;
  /**
   * Also list RAM disks and devices of size zero.
   */
  all?: boolean;
}
/**
 * Parameters of `vol.list_partitions`.
 */
export interface VolListPartitionsParams {
  /**
   * Answer only the partitions of this disk. Any name of it will do. A partition is `invalid_argument`. A disk without partitions answers an empty list.
   */
  disk?: DevicePath;
}
/**
 * Parameters of `vol.list_filesystems`.
 */
export interface VolListFilesystemsParams {
  /**
   * Also list filesystems that are not MOS-labelled.
   */
  all?: boolean;
}
/**
 * Parameters of `vol.list_mounts`.
 */
export interface VolListMountsParams {
  /**
   * Only mounts at exactly this mount point, compared with `target` as this method shows it. Several mounts can be stacked on one.
   */
  target?: PathText;
  /**
   * Only mounts of this source: a device by any of its names (each member of a btrfs counts), `UUID=…`, `LABEL=…`, `PARTUUID=…`, `PARTLABEL=…`, or the exact text of `source`.
   */
  source?: PathText;
  /**
   * Only mounts of this filesystem type, compared exactly.
   */
  fstype?: string;
  /**
   * Only mounts that this daemon owns (true) or does not own (false).
   */
  managed?: boolean;
  /**
   * Ask the filesystems for their usage. With false the answer comes from the mount table alone.
   */
  usage?: boolean;
}
/**
 * Parameters of `vol.list_subvolumes`.
 */
export interface VolListSubvolumesParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.list_free_space`.
 */
export interface VolListFreeSpaceParams {
  /**
   * The disk. Any name of it will do. A partition is `invalid_argument`.
   */
  disk: DevicePath;
  /**
   * Align extents to this many bytes; a multiple of the disk's logical sector size.
   */
  alignment_bytes?: number;
  /**
   * Leave out extents smaller than this.
   */
  min_bytes?: number;
}
/**
 * Parameters of `vol.feasible_topologies`.
 */
export interface VolFeasibleTopologiesParams {
  /**
   * Consider only these disks. Any names of them will do. Absent: all disks.
   *
   * @minItems 1
   * @maxItems 1024
   */
  disks?: DevicePath[];
  /**
   * Leave out disks smaller than this. Default 10 GiB.
   */
  min_disk_bytes?: number;
  /**
   * Size of the boot partition on each disk, a multiple of 1 MiB; 0 plans none. Default 512 MiB.
   */
  boot_bytes?: number;
  /**
   * Count removable and hot-pluggable disks as eligible.
   */
  include_removable?: boolean;
  /**
   * Leave out disks that carry a partition table or any other signature.
   */
  blank_only?: boolean;
}
/**
 * Parameters of `vol.usage`.
 */
export interface VolUsageParams {
  /**
   * A file or folder; the filesystem that it lies on is asked. Symbolic links are followed.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.device_stats`.
 */
export interface VolDeviceStatsParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.scrub_status`.
 */
export interface VolScrubStatusParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.fs_usage`.
 */
export interface VolFsUsageParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.fs_df`.
 */
export interface VolFsDfParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.balance_status`.
 */
export interface VolBalanceStatusParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted. A path that is not on btrfs is `invalid_argument`.
   */
  path?: AbsolutePath;
}
/**
 * Parameters of `vol.md_detail`.
 */
export interface VolMdDetailParams {
  /**
   * The array: its node or any stable name, such as `/dev/md127` or `/dev/md/backup`. Another device is `invalid_argument`.
   */
  array: DevicePath;
}
/**
 * Parameters of `vol.create_partition`.
 */
export interface VolCreatePartitionParams {
  /**
   * The whole disk, by its kernel path (`/dev/sdb`) or any stable name (`/dev/disk/by-id/…`).
   */
  disk: DevicePath;
  /**
   * Size in bytes, a multiple of the disk's logical sector size (otherwise `invalid_argument`). Absent: up to the end of the extent.
   */
  size_bytes?: Bytes;
  /**
   * First byte on the disk, a multiple of the disk's logical sector size (otherwise `invalid_argument`). Absent: a fitting extent is chosen and the start is aligned to 1 MiB.
   */
  start_bytes?: Bytes;
  /**
   * Partition type.
   */
  type?: WantedPartitionType;
  /**
   * GPT partition name. Absent: none.
   */
  name?: PartitionName;
  /**
   * Allow the disk that the running system lives on; on a disk without a partition table, erase its signatures and make a GPT. Nothing else yields.
   */
  force?: boolean;
  /**
   * Erase old signatures that lie inside the new partition. With false they stay and may be seen as a filesystem on it.
   */
  wipe_signatures?: boolean;
}
/**
 * Parameters of `vol.create_filesystem`.
 */
export interface VolCreateFilesystemParams {
  /**
   * The device to format, by its kernel path (`/dev/sdb1`) or any stable name.
   */
  device: DevicePath;
  /**
   * What to make.
   */
  fstype: NewFilesystemType;
  /**
   * Label: at most 255 bytes for btrfs, 16 for ext4, 15 for swap, 11 of upper-case ASCII for vfat (without any of `*?.,;:/\|+=<>[]"`), 32 for bcachefs; without blanks at its ends. Absent: none.
   */
  label?: Label;
  /**
   * Erase all signatures found on the device first. No other guard yields.
   */
  force?: boolean;
}
/**
 * Parameters of `vol.mount`.
 */
export interface VolMountParams {
  /**
   * The device that carries the filesystem, by its kernel path (`/dev/sdb1`) or any stable name (`/dev/disk/by-uuid/…`).
   */
  device: DevicePath;
  /**
   * The folder to mount at. Symbolic links are resolved once, before the mount, and the answer names the result.
   */
  target: AbsolutePath;
  /**
   * What the device is expected to carry. Absent: whatever a prober finds.
   */
  fstype?: MountFilesystemType;
  /**
   * Mount options. A list replaces the default: name `nodev` and `nosuid` in it unless device nodes and set-uid programs on the filesystem are wanted. Options that contradict each other or another parameter, and options that the filesystem does not have, are `invalid_argument`.
   *
   * @maxItems 32
   */
  options?: MountOption[];
  /**
   * Path of the btrfs subvolume to mount, from the filesystem's top level. Absent: the default subvolume. Excludes the option `subvolid=`. A path with a comma or a quote cannot be handed to the kernel: name it by `subvolid=`.
   */
  subvol?: string;
  /**
   * Mount read-only. The same as the option `ro`.
   */
  read_only?: boolean;
  /**
   * Mount a btrfs although members are missing. Whether that is possible depends on its profiles.
   */
  degraded?: boolean;
  /**
   * Make the folder, and its parents, where it is not there: owned by root, mode 0755.
   */
  create_target?: boolean;
  /**
   * Keep the mount in the registry and make it again after a reboot.
   */
  persist?: boolean;
}
/**
 * Parameters of `vol.unmount`.
 */
export interface VolUnmountParams {
  /**
   * The mount point. Symbolic links are resolved, and the answer names what was meant. One with bytes that are not valid UTF-8 is named as `vol.list_mounts` shows it.
   */
  target: AbsolutePath;
  /**
   * Detach now even where it is busy. The filesystem stays alive, and its device in use, until the last process lets go; `holders` lists them.
   */
  lazy?: boolean;
  /**
   * Unmount also a mount that this daemon did not make. A busy filesystem stays `in_use`.
   */
  force?: boolean;
}
/**
 * Parameters of `vol.create_subvolume`.
 */
export interface VolCreateSubvolumeParams {
  /**
   * Where the subvolume shall be, as an absolute path inside a mounted btrfs.
   */
  path: AbsolutePath;
}
/**
 * Parameters of `vol.delete_subvolume`.
 */
export interface VolDeleteSubvolumeParams {
  /**
   * The subvolume, as an absolute path inside a mounted btrfs.
   */
  path: AbsolutePath;
  /**
   * Delete the subvolumes nested in it too.
   */
  recursive?: boolean;
  /**
   * Delete read-only snapshots. No other guard yields.
   */
  force?: boolean;
}
/**
 * Parameters of `vol.snapshot_subvolume`.
 */
export interface VolSnapshotSubvolumeParams {
  /**
   * The subvolume, as an absolute path inside a mounted btrfs.
   */
  source: AbsolutePath;
  /**
   * Where the snapshot shall be, as an absolute path on the same filesystem. Nothing may be there.
   */
  target: AbsolutePath;
  /**
   * Make the snapshot read-only, as sending it needs.
   */
  read_only?: boolean;
}
/**
 * Parameters of `vol.set_quota`.
 */
export interface VolSetQuotaParams {
  /**
   * The subvolume, as an absolute path inside a mounted btrfs.
   */
  path: AbsolutePath;
  /**
   * Limit in bytes on what the subvolume refers to, shared data included; `null` for none.
   */
  max_referenced_bytes?: Bytes | null;
  /**
   * Limit in bytes on what only this subvolume refers to; `null` for none.
   */
  max_exclusive_bytes?: Bytes | null;
  /**
   * Switch quotas on for the whole filesystem where they are off. False never switches them off.
   */
  enable?: boolean;
}
/**
 * Parameters of `vol.scrub_start`.
 */
export interface VolScrubStartParams {
  /**
   * A file or folder on the filesystem. Default: where the filesystem labelled `MOSDATA` is mounted.
   */
  path?: AbsolutePath;
  /**
   * What to do.
   */
  action?: OperationAction;
  /**
   * With `start`: check only, repair nothing. With another action it is `invalid_argument`; a resumed scrub goes on as it was started.
   */
  read_only?: boolean;
}
/**
 * Parameters of `vol.balance_start`.
 */
export interface VolBalanceStartParams {
  /**
   * A file or folder on the filesystem.
   */
  path: AbsolutePath;
  /**
   * Filter for data chunks.
   */
  data?: BalanceFilter;
  /**
   * Filter for metadata chunks, and for system chunks where `system` is absent.
   */
  metadata?: BalanceFilter;
  /**
   * Filter for system chunks.
   */
  system?: BalanceFilter;
  /**
   * Rewrite every chunk. Needed where no filter is given, refused where one is.
   */
  full?: boolean;
  /**
   * What to do.
   */
  action?: OperationAction;
  /**
   * Allow a conversion that lowers the redundancy of metadata or system chunks.
   */
  force?: boolean;
}
/**
 * Parameters of `vol.defrag`.
 */
export interface VolDefragParams {
  /**
   * A file or folder inside a mounted btrfs.
   */
  path: AbsolutePath;
  /**
   * Work on all files beneath the folder.
   */
  recursive?: boolean;
  /**
   * Compress what is rewritten with this algorithm, whatever the mount options say. Absent: as the mount options and file attributes say.
   */
  compress?: CompressionAlgorithm;
}
/**
 * Parameters of `vol.resize_max`.
 */
export interface VolResizeMaxParams {
  /**
   * A file or folder on the mounted filesystem.
   */
  path: AbsolutePath;
  /**
   * Grow only the device with this btrfs device id. Absent: every device.
   */
  devid?: number;
}
/**
 * Parameters of `vol.create_md_array`.
 */
export interface VolCreateMdArrayParams {
  /**
   * Name of the array.
   */
  name: MdArrayName;
  /**
   * The members, by kernel path or any stable name.
   *
   * @minItems 1
   * @maxItems 64
   */
  devices: DevicePath[];
  /**
   * Superblock format: `1.2` lies near the start of a member, `1.1` at the start, `1.0` at the end, where boot loaders that do not know MD can read the member as a plain filesystem.
   */
  metadata?: "1.2" | "1.0" | "1.1";
  /**
   * Erase all signatures found on the devices first. No other guard yields.
   */
  force?: boolean;
  /**
   * Write-intent bitmap: with `internal`, only what was being written is synchronised again after a crash; with `none`, everything is.
   */
  bitmap?: "internal" | "none";
  /**
   * Host that the array belongs to, written into its superblock; `any` means that every host assembles it under its plain name.
   */
  homehost?: string;
  /**
   * Skip the first sync. Only for devices that are known to be equal, such as new or discarded ones.
   */
  assume_clean?: boolean;
  /**
   * How many slots to keep empty, beside the devices given.
   */
  missing?: number;
}
/**
 * Parameters of `vol.stop_md_array`.
 */
export interface VolStopMdArrayParams {
  /**
   * The array, by its kernel path (`/dev/md127`), its name (`/dev/md/data`) or any stable name.
   */
  array: DevicePath;
  /**
   * Erase the members' superblocks after stopping.
   */
  zero_superblock?: boolean;
  /**
   * With `zero_superblock`: go on although the array carries a signature. No other guard yields.
   */
  force?: boolean;
}
/**
 * Parameters of `vol.create_btrfs_raid`.
 */
export interface VolCreateBtrfsRaidParams {
  /**
   * The devices, by kernel path or any stable name.
   *
   * @minItems 1
   * @maxItems 64
   */
  devices: DevicePath[];
  /**
   * Profile of data chunks.
   */
  data_profile: BtrfsProfile;
  /**
   * Profile of metadata and system chunks.
   */
  metadata_profile: BtrfsProfile;
  /**
   * Label, at most 255 bytes. Absent: none.
   */
  label?: Label;
  /**
   * Erase all signatures found on the devices first. No other guard yields.
   */
  force?: boolean;
}
