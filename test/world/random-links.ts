import type { Namespace } from "./namespace.js";
import type { Random } from "./random.js";

/** Names that a terminal, a shell, a JSON writer or a parser may stumble over; the last is no UTF-8. */
const ODD_NAMES: readonly string[] = ["q'uote", 'do"uble', "back\\slash", "$(id)", "ünïcödé", "名前", "{a,b}", "-dash"];

const mac = (random: Random): string =>
  ["02", ...Array.from({ length: 5 }, () => random.below(256).toString(16).padStart(2, "0"))].join(":");

const onOff = (random: Random): string => random.pick(["on", "off"]);

/** Every word with a chance of its own. */
const some = (random: Random, words: readonly string[], probability = 0.5): string =>
  words.filter(() => random.chance(probability)).join(" ");

const bridgeOptions = (random: Random): string =>
  some(random, [
    `forward_delay ${random.between(200, 3000)}`,
    `hello_time ${random.between(100, 1000)}`,
    `max_age ${random.between(600, 4000)}`,
    `ageing_time ${random.between(0, 100_000)}`,
    `stp_state ${random.below(2)}`,
    `priority ${random.below(65_536)}`,
    `group_fwd_mask ${random.pick([0, 0x8, 0x4000, 0xfff8])}`,
    `mcast_snooping ${random.below(2)}`,
    `mcast_querier ${random.below(2)}`,
    `mcast_router ${random.below(3)}`,
    `mcast_hash_max ${2 ** random.between(4, 12)}`,
    `mcast_last_member_count ${random.between(1, 9)}`,
    `mcast_query_interval ${random.between(1000, 20_000)}`,
    `mcast_stats_enabled ${random.below(2)}`,
    `mcast_igmp_version ${random.between(2, 3)}`,
    `nf_call_iptables ${random.below(2)}`,
    `no_linklocal_learn ${random.below(2)}`,
  ]);

const portOptions = (random: Random): string =>
  some(random, [
    `priority ${random.below(64)}`,
    `cost ${random.between(1, 65_535)}`,
    `hairpin ${onOff(random)}`,
    `guard ${onOff(random)}`,
    `root_block ${onOff(random)}`,
    `fastleave ${onOff(random)}`,
    `learning ${onOff(random)}`,
    `flood ${onOff(random)}`,
    `mcast_router ${random.below(3)}`,
    `mcast_flood ${onOff(random)}`,
    `bcast_flood ${onOff(random)}`,
    `mcast_to_unicast ${onOff(random)}`,
    `neigh_suppress ${onOff(random)}`,
    `group_fwd_mask ${random.pick([8, 0x10, 0x4000])}`,
    `isolated ${onOff(random)}`,
    `locked ${onOff(random)}`,
    `proxy_arp ${onOff(random)}`,
  ]);

const vxlanOptions = (random: Random, id: number, device: string): string => {
  const endpoints = random.pick([
    `local 192.0.2.1 remote 192.0.2.${random.between(2, 250)}`,
    `local 2001:db8::1 remote 2001:db8::${random.between(2, 250)}`,
    `group 239.1.1.${random.between(1, 250)} dev ${device}`,
    `group ff05::${random.between(1, 250)} dev ${device}`,
    "",
  ]);
  const more = some(random, [
    `ttl ${random.pick(["auto", random.between(1, 255)])}`,
    `tos 0x${(random.between(1, 63) * 4).toString(16)}`,
    `df ${random.pick(["unset", "set"])}`,
    `srcport ${random.between(1000, 2000)} ${random.between(3000, 4000)}`,
    `ageing ${random.below(1000)}`,
    `maxaddress ${random.between(1, 1000)}`,
    random.pick(["learning", "nolearning"]),
    random.pick(["udpcsum", "noudpcsum"]),
    "proxy",
    "rsc",
    "l2miss",
    "l3miss",
    "gbp",
  ]);
  const fields = random.chance(0.2) ? "external" : `id ${id} ${endpoints}`;
  return `type vxlan ${fields} dstport ${4000 + id} ${more}`;
};

const settings = (random: Random): string =>
  some(
    random,
    [
      `mtu ${random.between(1280, 9000)}`,
      `txqueuelen ${random.below(5000)}`,
      `group ${random.below(100)}`,
      `promisc ${onOff(random)}`,
      `allmulticast ${onOff(random)}`,
      `multicast ${onOff(random)}`,
      `arp ${onOff(random)}`,
      `mode ${random.pick(["default", "dormant"])}`,
      `gso_max_size ${random.between(2000, 65_000)}`,
      `gso_max_segs ${random.between(10, 60_000)}`,
      `gro_max_size ${random.between(2000, 65_000)}`,
    ],
    0.25,
  );

/** Links of every kind that a plain kernel has, with settings by chance. Answers those that can hold addresses. */
export function makeLinks(namespace: Namespace, other: Namespace, random: Random): readonly string[] {
  const ip = (words: string) => namespace.ip(words.trim().replace(/ +/g, " "));
  ip("link set lo up");
  const bridges = ["br0", "br1", "br2"].slice(0, random.between(1, 3));
  for (const name of bridges) ip(`link add ${name} type bridge ${bridgeOptions(random)}`);
  const ends: string[] = [];
  for (let pair = 0; pair < random.between(4, 7); pair++) {
    ip(`link add v${pair}a type veth peer name v${pair}b`);
    ends.push(`v${pair}a`, `v${pair}b`);
  }
  for (const name of ["v0a", "v1a", ...(ends.length > 8 ? ["v3a"] : [])]) {
    ip(`link set ${name} master ${random.pick(bridges)}`);
    const options = portOptions(random);
    if (options !== "") ip(`link set ${name} type bridge_slave ${options}`);
  }
  ip(`link add far type veth peer name back`);
  namespace.ip(`link set back netns ${other.name}`);
  makeStacked(ip, random);
  for (const name of ends) {
    ip(`link set ${name} ${settings(random)} ${random.chance(0.85) ? "up" : "down"}`);
    if (random.chance(0.2)) ip(`link set ${name} addrgenmode ${random.pick(["none", "eui64", "random"])}`);
  }
  for (const name of bridges) ip(`link set ${name} ${random.pick(["up", "down"])}`);
  nameOddly(namespace, random);
  return ["v2a", "v2b", "v1b", "v0b"];
}

function makeStacked(ip: (words: string) => void, random: Random): void {
  for (const id of [1, 2, 3]) ip(`link add vx${id} ${vxlanOptions(random, id, "v0b")} `);
  for (const mode of ["private", "vepa", "bridge"]) ip(`link add mv${mode} link v1b type macvlan mode ${mode}`);
  ip(`link add mvsource link v1b type macvlan mode source macaddr set ${mac(random)} ${mac(random)}`);
  ip(`link add mvtap link v0b address ${mac(random)} type macvtap mode ${random.pick(["vepa", "bridge", "private"])}`);
  ip("link add mvpass link v3b type macvlan mode passthru nopromisc");
  ip(`tuntap add dev tap0 mode tap user ${random.pick([0, 1, 4242])} group ${random.pick([0, 2, 4242])}`);
  ip("tuntap add dev tap1 mode tap multi_queue vnet_hdr pi");
  ip("tuntap add dev tun0 mode tun");
  ip("link add ifb9 type ifb");
  ip(`link set tap0 alias my_os_server:tap ${random.pick(["up", "down"])}`);
  ip("link set br0 alias my_os_server:bridge");
}

function nameOddly(namespace: Namespace, random: Random): void {
  for (const name of ODD_NAMES) {
    // `--` is no argument that `ip` knows: a dash is given by renaming, where no option is expected.
    namespace.ip("link add odd type ifb");
    namespace.ip("link set odd name", name);
  }
  namespace.run("sh", "-c", `ip link add "$(printf 'caf\\351\\377')" type ifb`);
  namespace.ip("link set v2a alias", `${random.pick(["a 'quoted' \"alias\"", "tab\there", "überlang"])}`);
  namespace.ip("link property add dev v2a altname", "another-rather-long-name", "altname", "dritter'name");
}
