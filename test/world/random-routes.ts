import type { Namespace } from "./namespace.js";
import type { Random } from "./random.js";

const hex = (value: number): string => value.toString(16);

const lifetime = (random: Random): string => {
  const valid = random.between(1000, 100_000);
  return random.pick([
    "",
    `valid_lft ${valid} preferred_lft ${random.below(valid)}`,
    `valid_lft ${valid} preferred_lft 0`,
  ]);
};

/** Addresses of both families on each link; the n-th link gets `10.n.0.1/16` and `2001:db8:n::1/64` besides others. */
export function makeAddresses(namespace: Namespace, links: readonly string[], random: Random): void {
  for (const [place, link] of links.entries()) {
    const n = place + 1;
    const lines = [
      `10.${n}.0.1/16 dev ${link} broadcast +`,
      `10.${n}.0.${random.between(2, 99)}/16 dev ${link} ${lifetime(random)}`,
      `10.${n}.1.1/24 dev ${link} label ${link}:${random.below(100)} scope ${random.pick(["global", "link", "host", "site"])}`,
      `10.${n}.2.1 peer 10.${100 + n}.2.${random.between(1, 99)} dev ${link}`,
      `10.${n}.3.1/24 dev ${link} noprefixroute metric ${random.between(1, 9999)}`,
      `2001:db8:${n}::1/64 dev ${link} nodad`,
      `2001:db8:${n}::${hex(random.between(2, 9999))}/64 dev ${link} nodad noprefixroute ${lifetime(random)}`,
      `2001:db8:${n}:1::1/64 dev ${link} nodad home`,
      `239.1.${n}.1/24 dev ${link} autojoin`,
      `2001:db8:${n}:2::1 peer 2001:db8:${n}:3::1 dev ${link} nodad metric ${random.between(1, 9999)}`,
      `fd00:${n}::${hex(random.below(65_536))}/64 dev ${link} mngtmpaddr ${lifetime(random)}`,
    ];
    namespace.batch(lines.map((line) => `addr add ${line}`));
  }
}

const metrics = (random: Random): string =>
  [
    `mtu ${random.pick(["", "lock "])}${random.between(1280, 9000)}`,
    `window ${random.between(1, 60_000)}`,
    `rtt ${random.pick(["20ms", "150ms", "1500ms"])}`,
    `rttvar ${random.pick(["7ms", "70ms"])}`,
    `rto_min ${random.pick(["5ms", "300ms"])}`,
    `ssthresh ${random.between(1, 100)}`,
    `cwnd ${random.between(1, 100)}`,
    `initcwnd ${random.between(1, 100)}`,
    `initrwnd ${random.between(1, 100)}`,
    `advmss ${random.pick(["", "lock "])}${random.between(500, 1400)}`,
    `reordering ${random.between(1, 100)}`,
    `hoplimit ${random.between(1, 255)}`,
    `quickack ${random.below(2)}`,
    "features ecn",
    "congctl cubic",
  ]
    .filter(() => random.chance(0.3))
    .join(" ");

const protocol = (random: Random): string =>
  random.pick(["", "proto static", "proto dhcp", "proto ra", "proto bird", "proto 109", "proto 200"]);

const table = (random: Random): string => random.pick(["", "", "table 100", "table 253", "table 123456"]);

const metric = (random: Random): string => (random.chance(0.5) ? `metric ${random.between(1, 5000)}` : "");

/** Routes of both families over links that `makeAddresses` addressed; each destination is a route's own. */
export function makeRoutes(namespace: Namespace, links: readonly string[], random: Random): void {
  const count = random.between(20, 40);
  const make = (family: "v4" | "v6") =>
    Array.from({ length: count }, (_, index) => {
      const place = random.below(links.length);
      const where = { dev: links[place] ?? "", n: place + 1, index, random };
      return `route add ${family === "v4" ? ipv4Route(where) : ipv6Route(where)}`.replace(/ +/g, " ").trim();
    });
  const [first = ""] = links;
  namespace.batch(nexthopObjects(first));
  namespace.batch([...make("v4"), ...rareIpv4(first)], "-4");
  namespace.batch([...make("v6"), ...rareIpv6(first)], "-6");
}

interface Where {
  readonly dev: string;
  readonly n: number;
  readonly index: number;
  readonly random: Random;
}

function ipv4Route({ dev, n, index, random }: Where): string {
  const dst = `172.16.${index}.0/24`;
  const rest = `${table(random)} ${protocol(random)} ${metric(random)}`;
  const gateway = `10.${n}.0.${random.between(100, 250)}`;
  return random.pick([
    `${random.pick(["blackhole", "unreachable", "prohibit", "throw"])} ${dst} ${rest}`,
    `${dst} via ${gateway} ${rest} ${metrics(random)}`,
    `${dst} via ${gateway} dev ${dev} src 10.${n}.0.1 ${rest}`,
    `${dst} dev ${dev} scope link tos 0x${hex(random.between(1, 7) * 4)} ${rest}`,
    `${dst} via 198.51.100.${random.between(1, 250)} dev ${dev} onlink ${rest}`,
    `${dst} via inet6 2001:db8:${n}::${hex(random.between(100, 9999))} dev ${dev} ${rest}`,
    `${dst} ${rest} nexthop via ${gateway} weight ${random.between(1, 256)} nexthop via 203.0.113.7 dev ${dev} onlink`,
    `${dst} ${rest} nexthop via ${gateway} nexthop via inet6 2001:db8:${n}::77 dev ${dev} weight 3`,
  ]);
}

function ipv6Route({ dev, n, index, random }: Where): string {
  const dst = `2001:db8:f00:${hex(index)}::/64`;
  const rest = `${table(random)} ${protocol(random)} ${metric(random)}`;
  const gateway = `2001:db8:${n}::${hex(random.between(100, 9999))}`;
  return random.pick([
    `${random.pick(["blackhole", "unreachable", "prohibit", "throw"])} ${dst} ${rest}`,
    `${dst} via ${gateway} dev ${dev} ${rest} ${metrics(random)}`,
    `${dst} via fe80::${hex(random.between(1, 9999))} dev ${dev} ${rest} pref ${random.pick(["low", "medium", "high"])}`,
    `${dst} dev ${dev} src 2001:db8:${n}::1 ${rest}`,
    `${dst} via ${gateway} dev ${dev} expires ${random.between(100, 9000)} ${rest}`,
    `${dst} ${rest} nexthop via ${gateway} dev ${dev} weight ${random.between(1, 256)} nexthop via fe80::9 dev ${dev}`,
    `${dst} from 2001:db8:e00::/48 via ${gateway} dev ${dev} ${rest}`,
  ]);
}

/** Routes that use nexthop objects, one alone and a group. */
const nexthopObjects = (dev: string): string[] => [
  `nexthop add id 11 via 10.1.0.201 dev ${dev}`,
  `nexthop add id 12 via 10.1.0.202 dev ${dev}`,
  "nexthop add id 20 group 11/12,3",
  "route add 172.17.1.0/24 nhid 11",
  "route add 172.17.2.0/24 nhid 20",
];

/** Rare ones that every run has: defaults, realms, multicast and lightweight tunnels. */
const rareIpv4 = (dev: string): string[] => [
  `route add default via 10.1.0.254 dev ${dev}`,
  `route add default via 10.1.0.253 dev ${dev} metric 900 table 100`,
  "route add 172.18.1.0/24 via 10.1.0.203 realm 3/4",
  "route add 172.18.2.0/24 nexthop via 10.1.0.204 realm 5 nexthop via 10.1.0.205",
  `route add multicast 239.0.0.0/8 dev ${dev}`,
  `route add broadcast 172.18.3.255 dev ${dev} table 100`,
  `route add local 172.18.4.1 dev ${dev} table 100`,
  `route add 172.18.5.0/24 encap ip id 77 src 192.0.2.1 dst 192.0.2.2 ttl 9 tos 4 dev ${dev}`,
];

const rareIpv6 = (dev: string): string[] => [
  `route add default via fe80::1 dev ${dev} metric 700`,
  `route add 2001:db8:f01::/64 encap ip6 id 78 dst 2001:db8:1::99 hoplimit 5 dev ${dev}`,
  `route add 2001:db8:f02::/64 encap seg6 mode encap segs 2001:db8::a,2001:db8::b dev ${dev}`,
  `route add anycast 2001:db8:f03::1 dev ${dev}`,
];

/** Neighbours in every state that can be set, on each link. */
export function makeNeighbors(namespace: Namespace, links: readonly string[], random: Random): void {
  const states = ["permanent", "stale", "noarp", "reachable", "failed", "delay", "probe"];
  const lines: string[] = [];
  for (const [place, link] of links.entries()) {
    const n = place + 1;
    for (const prefix of [`10.${n}.9.`, `2001:db8:${n}::9`]) {
      const lladdr = () => `lladdr 02:00:00:00:00:${hex(random.between(16, 255))}`;
      for (const [index, state] of states.entries()) {
        if (random.chance(0.7)) lines.push(`${prefix}${index + 1} ${lladdr()} nud ${state} dev ${link}`);
      }
      lines.push(`proxy ${prefix}20 dev ${link}`);
      lines.push(`${prefix}30 ${lladdr()} nud stale extern_learn dev ${link}`);
      lines.push(`${prefix}31 ${lladdr()} nud permanent protocol ${random.pick([4, 200])} dev ${link}`);
      lines.push(`${prefix}32 ${lladdr()} nud permanent router dev ${link}`);
    }
  }
  namespace.batch(lines.map((line) => `neigh add ${line}`));
}
