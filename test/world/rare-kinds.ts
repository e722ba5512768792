/** Links of the kinds that few kernels of test machines have, at settings other than the defaults, as `ip -batch` takes them. */
export const RARE_KINDS: readonly string[] = [
  "link add up0 type veth peer name up0p",
  "link add up1 type veth peer name up1p",
  "link set up0 up",
  "link set up0p up",
  "link set up1 up",
  "addr add 192.0.2.1/24 dev up0",
  "addr add 2001:db8::1/64 dev up0 nodad",
  "link add dum0 type dummy",
  ...vlans(),
  ...bonds(),
  ...vrfs(),
  ...tunnels(),
  ...stacked(),
  ...filteringBridge(),
];

function vlans(): string[] {
  return [
    "link add link up0 name up0.7 type vlan id 7",
    "link add link up0 name up0.4094 type vlan protocol 802.1ad id 4094 reorder_hdr off gvrp on loose_binding on",
    "link add link up0.7 name up0.7.9 type vlan id 9 ingress-qos-map 1:2 3:4294967295 egress-qos-map 0:7 4294967295:1",
    "link add link up1 name up1.1 type vlan id 1 mvrp on bridge_binding on",
    "link set up0.7 up",
    "addr add 198.51.100.1/24 dev up0.7",
  ];
}

function bonds(): string[] {
  const modes = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"];
  return [
    ...modes.flatMap((mode, index) => [
      `link add bond${index} type bond mode ${mode} miimon 100`,
      `link add member${index} type dummy`,
      `link set member${index} master bond${index}`,
      `link set bond${index} up`,
    ]),
    "link add bondarp type bond mode active-backup arp_interval 200 arp_ip_target 192.0.2.9,192.0.2.10 arp_validate all arp_all_targets all",
    "link add bondmii type bond mode active-backup miimon 200 updelay 400 downdelay 600 use_carrier 1 fail_over_mac follow num_grat_arp 9 primary_reselect better all_slaves_active 1 min_links 2 resend_igmp 3",
    "link add bondlacp type bond mode 802.3ad miimon 50 lacp_rate fast ad_select bandwidth xmit_hash_policy layer3+4 ad_user_port_key 17 ad_actor_sys_prio 99 ad_actor_system 02:00:00:00:00:09",
    "link add sb1 type dummy",
    "link add sb2 type dummy",
    "link set sb1 master bondmii",
    "link set sb2 master bondmii",
    "link set bondmii type bond primary sb2",
    "link set bondmii up",
  ];
}

function vrfs(): string[] {
  return [
    "link add red type vrf table 1001",
    "link add blue type vrf table 4294967294",
    "link add invrf type dummy",
    "link set invrf master red",
    "link set red up",
    "link set invrf up",
    "addr add 203.0.113.1/24 dev invrf",
    "addr add 2001:db8:5::1/64 dev invrf nodad",
    "route add 203.0.114.0/24 via 203.0.113.9 vrf red",
  ];
}

function tunnels(): string[] {
  return [
    "link add gre1 type gre local 192.0.2.1 remote 192.0.2.2 ttl 64 key 7 seq csum",
    "link add gre2 type gre local 192.0.2.1 ikey 1 okey 4294967295 nopmtudisc ignore-df dev up0 tos 0x10",
    "link add gre3 type gre external",
    "link add gretap1 type gretap local 192.0.2.1 remote 192.0.2.3 ttl 5 tos inherit",
    "link add ipip3 type ipip local 192.0.2.1 remote 192.0.2.13 encap fou encap-sport auto encap-dport 5555 encap-csum",
    "link add erspan1 type erspan local 192.0.2.1 remote 192.0.2.4 seq key 30 erspan_ver 1 erspan 123",
    "link add erspan2 type erspan local 192.0.2.1 remote 192.0.2.5 seq key 31 erspan_ver 2 erspan_dir egress erspan_hwid 17",
    "link add ipip1 type ipip local 192.0.2.1 remote 192.0.2.6 ttl 9 mode any",
    "link add ipip2 type ipip external",
    "link add sit1 type sit local 192.0.2.1 remote 192.0.2.7 mode ip6ip isatap",
    "link add sit2 type sit local 192.0.2.1 6rd-prefix 2001:db8::/32 6rd-relay_prefix 192.0.0.0/16",
    "link add six1 type ip6tnl local 2001:db8::1 remote 2001:db8::2 mode ipip6 encaplimit 7 hoplimit 9 tclass 0x1c flowlabel 0xabcde",
    "link add six2 type ip6tnl local 2001:db8::1 remote 2001:db8::3 mode any encaplimit none tclass inherit flowlabel inherit dscp inherit allow-localremote fwmark 0x7",
    "link add six3 type ip6tnl external",
    "link add gresix1 type ip6gre local 2001:db8::1 remote 2001:db8::4 key 5 csum seq hoplimit 255 encaplimit none",
    "link add gresix2 type ip6gretap local 2001:db8::1 remote 2001:db8::5 tclass 0x20 flowlabel 0x1 dev up0",
    "link add erspansix type ip6erspan local 2001:db8::1 remote 2001:db8::6 seq key 2 erspan_ver 2 erspan_dir ingress erspan_hwid 3",
    "link add vti1 type vti local 192.0.2.1 remote 192.0.2.8 key 9 fwmark 0x10",
    "link add vtisix type vti6 local 2001:db8::1 remote 2001:db8::8 ikey 1 okey 2 dev up0",
    "link add xfrm1 type xfrm dev up0 if_id 0xffffffff",
    "link add gnv1 type geneve id 16777215 remote 192.0.2.9 ttl auto tos inherit dstport 6082 noudpcsum df set",
    "link add gnv2 type geneve id 1 remote 2001:db8::9 ttl 3 flowlabel 0xfffff udp6zerocsumtx udp6zerocsumrx",
    "link add gnv4 type geneve id 4 remote 192.0.2.9 ttl inherit dstport 7004",
    "link add gnv3 type geneve external dstport 7001",
    "link add vxl1 type vxlan id 9 remote 192.0.2.9 dev up0 dstport 4789 ttl inherit tos inherit",
    "link add wg0 type wireguard",
  ];
}

function stacked(): string[] {
  return [
    "link add ipv0 link up1 type ipvlan mode l3s vepa",
    "link add ipv1 link up1 type ipvlan mode l3s private",
    "link add ipvt link up0p type ipvtap mode l2 bridge",
    "link add mv0 link dum0 type macvlan mode bridge bcqueuelen 5000",
    "link add mvt link dum0 type macvtap mode private",
    "link add nlm type nlmon",
    "link add can0 type vcan",
    "link add team0 type team",
  ];
}

function filteringBridge(): string[] {
  return [
    "link add brv type bridge vlan_filtering 1 vlan_default_pvid 5 vlan_protocol 802.1ad vlan_stats_enabled 1 vlan_stats_per_port 1",
    "link add brm type bridge vlan_filtering 1 mcast_vlan_snooping 1 mcast_startup_query_count 3",
    "link add pv type veth peer name pvp",
    "link set pv master brv",
    "link set pv type bridge_slave vlan_tunnel on mcast_fast_leave on locked on",
    "link set pv up",
    "link set pvp up",
    "link set brv up",
  ];
}
