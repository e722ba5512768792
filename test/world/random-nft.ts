import type { Random } from "./random.js";

const FAMILIES = ["ip", "ip6", "inet", "inet", "bridge", "arp", "netdev"] as const;
type Family = (typeof FAMILIES)[number];

/** A ruleset as `nft -f` reads it: tables of all families, base and other chains, rules, sets, maps, stateful objects. */
export function randomRuleset(random: Random): string {
  return Array.from({ length: random.between(4, 9) }, (_, index) => table(random, index)).join("\n");
}

function table(random: Random, index: number): string {
  const family = random.pick(FAMILIES);
  const isIp = family === "inet" || family === "ip";
  const lines = [
    ...(random.chance(0.2) ? ["\tflags dormant;"] : []),
    ...(random.chance(0.3) ? [`\tcomment ${comment(random)};`] : []),
    ...(isIp ? sets(random) : []),
    ...(isIp ? objects() : []),
  ];
  const plain = Array.from({ length: random.between(1, 3) }, (_, at) => `c${at}`);
  for (const name of plain) lines.push(chain(random, family, name, ""));
  for (const [at, head] of heads(random, family).entries()) lines.push(chain(random, family, `base${at}`, head, plain));
  return `table ${family} t${index} {\n${lines.join("\n")}\n}`;
}

const comment = (random: Random): string =>
  JSON.stringify(random.pick(["plain", "ünïcode ✓", "a # handle 7", "{ } ; drop", "x".repeat(100), "$(reboot)"]));

function heads(random: Random, family: Family): string[] {
  const prio = () => random.pick(["-300", "-150", "-5", "0", "10", "100"]);
  const policy = () => random.pick(["accept", "drop"]);
  if (family === "netdev") return [`type filter hook ingress device "lo" priority ${prio()}; policy ${policy()};`];
  if (family === "arp") return [`type filter hook input priority ${prio()}; policy accept;`];
  const filters = ["input", "forward", "output", "prerouting", "postrouting"].map(
    (hook) => `type filter hook ${hook} priority ${prio()}; policy ${policy()};`,
  );
  if (family === "bridge") return filters.slice(0, 2);
  return [
    ...filters.slice(0, random.between(1, 5)),
    "type nat hook prerouting priority -100; policy accept;",
    "type nat hook postrouting priority 100; policy accept;",
    ...(family === "ip" || family === "ip6" ? ["type route hook output priority -150; policy accept;"] : []),
  ];
}

const sets = (random: Random): string[] => [
  "\tset s0 { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9, 198.51.100.7 } }",
  `\tset s1 { type inet_service; size ${random.between(100, 999)}; elements = { ${ports(random)} } }`,
  "\tset s2 { type ipv4_addr . inet_service; flags timeout; timeout 1h; gc-interval 10m; elements = { 10.0.0.1 . 80, 10.0.0.2 . 443 timeout 2h } }",
  `\tset s3 { type ifname; comment ${comment(random)}; elements = { "eth0", "wg*0" } }`,
  "\tset s4 { type ipv4_addr; counter; elements = { 10.1.1.1 counter packets 5 bytes 18446744073709551000, 10.1.1.2 counter packets 0 bytes 0 } }",
  "\tmap m0 { type inet_service : ipv4_addr; elements = { 80 : 10.0.0.1, 443 : 10.0.0.2 } }",
  "\tmap m1 { type ipv4_addr : verdict; elements = { 10.0.0.9 : drop, 10.0.0.8 : accept, 10.0.0.7 : jump c0 } }",
  "\tmap m2 { type ipv4_addr . inet_service : ipv4_addr; elements = { 10.0.0.1 . 22 : 10.9.9.9 } }",
];

const ports = (random: Random): string =>
  [...new Set(Array.from({ length: random.between(1, 40) }, () => random.between(1, 65_000)))].join(", ");

const objects = (): string[] => [
  "\tcounter n0 { packets 17 bytes 9007199254740999 }",
  "\tquota q0 { over 25 mbytes }",
  "\tlimit l0 { rate 400/minute }",
];

function chain(random: Random, family: Family, name: string, head: string, targets: readonly string[] = []): string {
  const isNat = head.includes("type nat");
  const hook = /hook (\w+)/.exec(head)?.[1] ?? "";
  const rules = Array.from({ length: random.below(9) }, () => rule(random, family, isNat ? hook : "", targets));
  return `\tchain ${name} {\n${[head, ...rules]
    .filter((line) => line !== "")
    .map((line) => `\t\t${line}`)
    .join("\n")}\n\t}`;
}

function rule(random: Random, family: Family, natHook: string, targets: readonly string[]): string {
  const words: string[] = [];
  const v4 = family === "ip" || family === "inet";
  if (family !== "arp") words.push(...match(random, v4, natHook !== "", targets.length > 0));
  if (random.chance(0.6))
    words.push(`counter packets ${random.below(99)} bytes ${random.pick(["7", "18446744073709551615"])}`);
  if (random.chance(0.2) && family !== "arp") words.push('log prefix "x: " level warn');
  words.push(verdict(random, family, natHook, targets));
  if (random.chance(0.4)) words.push(`comment ${comment(random)}`);
  return words.join(" ");
}

function match(random: Random, v4: boolean, isNat: boolean, isBase: boolean): string[] {
  const anywhere = [
    "tcp dport 22",
    `tcp dport { ${ports(random)} }`,
    "udp dport 60000-61000",
    'iifname "eth*"',
    'iifname { "lo", "eth1" }',
    "meta mark 0x42",
    "meta l4proto { tcp, udp }",
    "tcp flags & (fin | syn | rst | ack) == syn",
    "limit rate 3/second burst 5 packets",
    "meta pkttype { broadcast, multicast }",
    "th dport 53",
  ];
  const ofV4 = [
    "ip saddr 10.0.0.0/8",
    "ip saddr != { 10.0.0.1, 10.0.0.2 }",
    "ip daddr @s0",
    "tcp dport @s1",
    "ip saddr . tcp dport @s2",
    "iifname @s3",
    "counter name n0",
    "fib daddr type local",
    // It jumps to a chain that must not jump back.
    ...(isBase ? ["ip saddr vmap @m1"] : []),
    'quota name "q0"',
    'limit name "l0"',
  ];
  const tracked = ["ct state established,related", "ct state vmap { established : accept, invalid : drop }"];
  const pool = v4 ? [...anywhere, ...tracked, ...ofV4] : anywhere;
  const usable = isNat ? pool.filter((text) => !text.includes("quota")) : pool;
  return Array.from({ length: random.below(3) }, () => random.pick(usable)).filter((text, at, all) => {
    // One port match and one map a rule: two would contradict each other.
    const kind = (one: string) => (/port|th |l4proto|tcp|udp/.test(one) ? "port" : one.includes("vmap") ? "map" : one);
    return all.findIndex((one) => kind(one) === kind(text)) === at;
  });
}

function verdict(random: Random, family: Family, natHook: string, targets: readonly string[]): string {
  const v4 = family === "ip" || family === "inet";
  if (natHook === "prerouting") {
    return v4
      ? random.pick(["accept", family === "ip" ? "dnat to 10.0.0.9" : "dnat ip to 10.0.0.9", "redirect"])
      : "accept";
  }
  if (natHook === "postrouting") return random.pick(["masquerade", "accept", "masquerade fully-random"]);
  const jumps = targets.flatMap((target) => [`jump ${target}`, `goto ${target}`]);
  const rejects = ["ip", "ip6", "inet"].includes(family) && targets.length === 0 ? ["accept"] : ["drop"];
  return random.pick([
    "accept",
    "drop",
    "return",
    ...jumps,
    ...rejects,
    ...(family === "arp" ? [] : ["meta mark set 0x7"]),
  ]);
}
