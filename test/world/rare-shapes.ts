import type { Namespace } from "./namespace.js";

const hex = (value: number): string => value.toString(16);
const count = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));

/** Links that a namespace made by chance does not have: at limits, across namespaces, under odd names. */
export function makeRareLinks(namespace: Namespace, other: Namespace): void {
  const ip = (words: string) => namespace.ip(words);
  ip("link set lo up");
  ip("link add up0 type veth peer name up0p");
  ip("link add up1 type veth peer name up1p");
  for (const name of ["up0", "up0p", "up1", "up1p"]) ip(`link set ${name} up`);
  // Both ends elsewhere, lower link elsewhere, and a link whose peer has the same index in another namespace.
  ip("link add far0 type veth peer name far0p");
  ip(`link set far0p netns ${other.name}`);
  ip("link add mvl0 link up1 type macvlan mode vepa");
  ip(`link set mvl0 netns ${other.name}`);
  other.ip("link add back0 type veth peer name back0p");
  other.ip(`link set back0p netns ${namespace.name}`);
  other.ip("link set back0 up");
  ip("link add vxl0 type vxlan id 16777215 remote 2001:db8::9 dev up0 dstport 1 ttl 255 flowlabel 0xfffff gbp");
  ip("link add vxl1 type vxlan id 1 group 239.1.1.1 dev up0 dstport 65535 srcport 1 65535 ageing 0 maxaddress 2");
  ip("link add vxl3 type vxlan dstport 4791 gpe external vnifilter");
  ip("link add vxl2 type vxlan id 2 remote 192.0.2.9 dstport 4790 udp6zerocsumtx udp6zerocsumrx remcsumtx remcsumrx");
  ip("link set up0 mtu 65535 txqueuelen 0 promisc on allmulticast on group 2147483647");
  ip("link add tiny type veth peer name tinyp");
  ip("link set tiny mtu 68 up");
  ip("link set up1 txqueuelen 2147483647");
  ip("link set lo mtu 65536");
  ip("link add ifb0 numtxqueues 16 numrxqueues 8 type ifb");
  ip("tuntap add dev tapq mode tap multi_queue user 65534 group 65534 one_queue");
  ip("link set tapq up");
  makeOddNames(namespace);
  makeFullBridge(namespace);
}

function makeOddNames(namespace: Namespace): void {
  for (const name of ["100%d", "😀😀😀", "a\u0001b", "__proto__", "if7", "[x]", '"']) {
    namespace.ip("link add odd type ifb");
    namespace.ip("link set odd name", name);
  }
  const raw = (script: string) => namespace.run("sh", "-c", script);
  // Fifteen bytes that are no UTF-8, each of which becomes four characters.
  raw(`ip link add odd type ifb; ip link set odd name "$(printf '%0.s\\377' $(seq 15))"`);
  raw(
    `ip link add odd type ifb; ip link set odd name "$(printf '\\351t\\351')"; ip link set up0 alias "$(printf '%0.s\\377' $(seq 255))"`,
  );
  raw(`ip link property add dev up0 altname "$(printf '%0.s\\376' $(seq 127))" altname "$(printf '\\351')"`);
  raw(`ip link set up1 alias "$(printf 'line\\nfeed\\ttab\\001')"`);
  raw(
    `ip addr add 192.0.2.200/32 dev up0 label "$(printf 'up0:\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377\\377')"`,
  );
}

function makeFullBridge(namespace: Namespace): void {
  namespace.batch([
    "link add brfull type bridge stp_state 1",
    ...count(100, (n) => `link add pt${n} type veth peer name qt${n}`),
    ...count(100, (n) => `link set pt${n} master brfull`),
    ...count(50, (n) => `link set pt${n} up`),
    "link set brfull up",
  ]);
}

/** The kernel tells IPv6 of a carrier up to a second later, and routes of addresses come only then. */
export async function untilCarrier(namespace: Namespace, name: string): Promise<void> {
  while (!namespace.run("cat", `/sys/class/net/${name}/operstate`).toString().startsWith("up")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Hundreds of addresses on one link, and each kind of flag. */
export function makeRareAddresses(namespace: Namespace): void {
  namespace.sysctl("net.ipv6.conf.up0.use_tempaddr", 2);
  namespace.batch(
    [
      ...count(300, (n) => `addr add 10.0.${(n + 1) >> 8}.${(n + 1) & 255}/16 dev up0`),
      ...count(300, (n) => `addr add 2001:db8:0:1::${hex(n + 1)}/64 dev up0 nodad`),
      "addr add 192.0.2.1/32 dev up0 scope 42 label up0:a.b-c",
      "addr add 192.0.2.2 peer 198.51.100.2/31 dev up0 broadcast 198.51.100.3",
      "addr add 192.0.2.4/24 dev up0 valid_lft 4294967294 preferred_lft 4294967294",
      "addr add 0.0.0.5/8 dev up0",
      "addr add ::ffff:198.51.100.9/128 dev up0 nodad",
      "addr add ::198.51.100.10/128 dev up0 nodad",
      "addr add 2001:db8:0:2::/128 dev up0 nodad",
      "addr add 2001:db8:1:0:1:0:0:1/128 dev up0 nodad",
      "addr add 2001:db8:0:2::5 peer 2001:db8:0:9::5/128 dev up0 nodad",
      "addr add 2001:db8:0:3::1/64 dev up0 optimistic",
      "addr add 2001:db8:0:4::1/64 dev up0 mngtmpaddr noprefixroute",
    ].filter((line) => !line.includes("anycast")),
  );
}

/** An address that both ends of a pair hold, so that duplicate detection fails, and one whose detection never ends. */
export function makeContested(namespace: Namespace): void {
  namespace.sysctl("net.ipv6.conf.back0p.dad_transmits", 100);
  namespace.ip("link set back0p up");
  namespace.batch([
    "addr add 2001:db8:0:7::1/64 dev up0 nodad",
    "addr add 2001:db8:0:7::1/64 dev up0p",
    "addr add 2001:db8:0:8::1/64 dev back0p",
  ]);
}

/** Routes at limits and of rare kinds. */
export function makeRareRoutes(namespace: Namespace): void {
  const hops4 = count(64, (n) => `nexthop via 10.0.2.${n + 1} dev up0 weight ${n * 4 + 1}`).join(" ");
  const hops6 = count(64, (n) => `nexthop via 2001:db8:0:1::1:${hex(n + 1)} dev up0 weight ${n * 4 + 1}`).join(" ");
  namespace.batch([
    "nexthop add id 1 via 10.0.3.1 dev up0",
    "nexthop add id 2 via 10.0.3.2 dev up0 onlink",
    "nexthop add id 3 via 2001:db8:0:1::a:3 dev up0",
    "nexthop add id 4 via 2001:db8:0:1::a:4 dev up0",
    "nexthop add id 5 blackhole",
    "nexthop add id 6 dev up0",
    "nexthop add id 7 encap ip id 3 dst 10.0.0.9 dev up0",
    "nexthop add id 4294967295 via 10.0.3.3 dev up0",
    "nexthop add id 20 group 1,255/2/4294967295",
    "nexthop add id 21 group 3/4,200",
    "nexthop add id 22 group 1/2 type resilient buckets 8",
  ]);
  namespace.batch(["nexthop add id 8 blackhole", "nexthop add id 9 dev up0"], "-6");
  namespace.batch(
    [
      ...[1, 2, 3, 5, 6, 7, 4294967295, 20, 21, 22].map((id, n) => `route add 172.16.${n}.0/24 nhid ${id}`),
      `route add 172.17.0.0/16 ${hops4}`,
      "route add default via 10.0.4.1 dev up0 metric 0",
      "route add default metric 7 nexthop via 10.0.4.2 nexthop via 10.0.4.3",
      "route add unreachable default metric 4294967295",
      "route add blackhole 0.0.0.0/32 table 4294967295",
      "route add throw 255.255.255.255 table 5000 proto 255 tos 0x1c",
      "route add 0.0.0.0/1 dev up0 scope 42",
      "route add 172.18.0.0/16 via 10.0.4.4 mtu lock 1400 features ecn quickack 1 congctl lock cubic initcwnd 10",
      "route add 172.18.1.0/24 via 10.0.4.4 hoplimit 0 rtt lock 10s rttvar 3s rto_min 5s fastopen_no_cookie 1",
      "route add 172.18.2.0/24 via 10.0.4.4 realms 255/254 ttl-propagate enabled",
      "route add 172.18.3.0/24 via 10.0.4.4 realms 0/255 ttl-propagate disabled src 10.0.0.7",
      "route add 172.19.0.0/16 encap ip id 18446744073709551615 src 10.0.0.1 dst 10.0.0.2 ttl 255 tos 0xff key csum seq dev up0",
      "route add 172.19.1.0/24 encap ip6 id 0 src 2001:db8::1 dst 2001:db8::2 hoplimit 255 tc 0xff dev up0",
      "route add 172.19.2.0/24 nexthop encap ip id 9007199254740993 dst 10.0.0.3 via 10.0.5.1 dev up0 nexthop via 10.0.5.2 realms 7",
      "route add 172.20.0.0/16 via 10.0.6.1 dev up1 onlink",
      "route add 172.21.0.0/16 dev up1p",
      "route add 172.22.0.0/16 nexthop via 10.0.6.1 dev up0 nexthop via 10.0.6.2 dev up1p onlink",
    ].filter((line) => !line.includes("bpf")),
    "-4",
  );
  namespace.batch(
    [
      ...[3, 4, 8, 9, 21].map((id, n) => `route add 2001:db8:f0${n}::/48 nhid ${id}`),
      `route add 2001:db8:f10::/48 ${hops6}`,
      "route add default via fe80::1 dev up0",
      "route add default via fe80::2 dev up0 metric 5 pref high",
      "route add default from 2001:db8:0:1::/64 via fe80::3 dev up0",
      "route add 2001:db8:f11::/48 from 2001:db8:0:1::1 via fe80::4 dev up0 table 5000 proto 255",
      "route add unreachable ::/1 metric 4294967295",
      "route add ::ffff:10.0.0.0/104 dev up0",
      "route add ::192.0.2.0/120 dev up0",
      "route add 2001:db8:f12::/48 via fe80::4 dev up0 mtu lock 1280 hoplimit lock 9 features ecn congctl cubic",
      "route add 2001:db8:f13::/48 encap seg6 mode inline segs 2001:db8::a dev up0",
      "route add 2001:db8:f14::/48 encap seg6 mode l2encap segs 2001:db8::a,2001:db8::b,2001:db8::c dev up0",
      "route add 2001:db8:f15::/48 encap ip id 5 dst 10.0.0.2 dev up0",
      "route add multicast ff05::/16 dev up0 table 5000",
      "route add local 2001:db8:f16::/48 dev lo table 5000",
      "route add 2001:db8:f17::/48 via 2001:db8:0:1::f:5 dev up0 expires 2147483",
      "route add 2001:db8:f18::/48 nexthop via fe80::5 dev up0 weight 255 nexthop via fe80::6 dev up1p weight 1",
    ],
    "-6",
  );
}

/** Neighbours at limits. */
export function makeRareNeighbors(namespace: Namespace): void {
  namespace.batch([
    ...count(
      2500,
      (n) =>
        `neigh add 10.1.${n >> 8}.${n & 255} lladdr 02:00:00:00:${hex(n >> 8)}:${hex(n & 255)} nud permanent dev up0`,
    ),
    ...count(
      2500,
      (n) =>
        `neigh add 2001:db8:0:1::2:${hex(n)} lladdr 02:00:00:00:${hex(n >> 8)}:${hex(n & 255)} nud permanent dev up0`,
    ),
    "neigh add 10.2.0.1 nud incomplete dev up0",
    "neigh add 10.2.0.2 nud none dev up0",
    "neigh add 10.2.0.3 lladdr 02:00:00:00:00:01 nud noarp dev up0",
    "neigh add 10.2.0.4 lladdr 02:00:00:00:00:01 nud permanent router extern_learn protocol 109 dev up0",
    "neigh add 2001:db8:0:1::3:1 nud incomplete dev up0",
    "neigh add proxy 0.0.0.0 dev up0",
    "neigh add proxy 2001:db8::77 dev up0 protocol 200",
    "neigh add proxy 10.2.0.5 dev lo",
  ]);
  namespace.run("sh", "-c", `ip neigh add proxy 10.2.0.6 dev "$(printf '\\351t\\351')"`);
  namespace.run("bridge", "fdb", "add", "02:00:00:00:00:77", "dev", "pt0", "master", "static");
  namespace.run("bridge", "fdb", "add", "02:00:00:00:00:78", "dev", "vxl1", "dst", "192.0.2.78");
}
