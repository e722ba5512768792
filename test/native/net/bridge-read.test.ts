import { afterEach, expect, it } from "vitest";
import type { Bridge, BridgePort, FdbEntry } from "../../../generated/types.gen.js";
import { type IpEntry, ipJson } from "../../world/ip-json.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { makeLinks } from "../../world/random-links.js";
import { type Call, WriteBench } from "../../world/writes.js";

const made: { remove(): void }[] = [];
afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

const entry = (value: unknown): IpEntry => value as IpEntry;
const hex = (value: unknown) => Number.parseInt(String(value), 16);
const onOff = (value: unknown) => value === 1 || value === true;
const defined = <T extends object>(value: T) => JSON.parse(JSON.stringify(value));

/** A bridge of `ip -d link` and `ip addr`, as `net.bridge` answers it; timers and the forwarding table aside. */
function asBridge(link: IpEntry, addr: IpEntry | undefined, ports: readonly IpEntry[], sysfs: string) {
  const data = entry(entry(link.linkinfo).info_data);
  const seconds = (name: string) => Number(data[name]) / 100;
  return defined({
    ifname: link.ifname,
    ifindex: link.ifindex,
    address: link.address,
    address_fixed: sysfs === "3",
    mtu: link.mtu,
    flags: link.flags,
    operstate: link.operstate,
    ifalias: link.ifalias,
    stp_state: data.stp_state !== 0,
    priority: data.priority,
    bridge_id: data.bridge_id,
    root_id: data.root_id,
    root_port: data.root_port,
    root_path_cost: data.root_path_cost,
    topology_change: onOff(data.topology_change),
    forward_delay_seconds: seconds("forward_delay"),
    hello_time_seconds: seconds("hello_time"),
    max_age_seconds: seconds("max_age"),
    ageing_time_seconds: seconds("ageing_time"),
    vlan_filtering: onOff(data.vlan_filtering),
    vlan_protocol: data.vlan_protocol,
    vlan_default_pvid: data.vlan_default_pvid,
    mcast_snooping: onOff(data.mcast_snooping),
    mcast_querier: onOff(data.mcast_querier),
    group_fwd_mask: data.group_fwd_mask,
    nf_call_iptables: onOff(data.nf_call_iptables),
    nf_call_ip6tables: onOff(data.nf_call_ip6tables),
    nf_call_arptables: onOff(data.nf_call_arptables),
    addresses: (addr?.addr_info as IpEntry[] | undefined)?.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    ports: ports.map(asPort),
    managed: String(link.ifalias ?? "").startsWith("my_os_server:"),
  });
}

function asPort(link: IpEntry) {
  const data = entry(entry(link.linkinfo).info_slave_data);
  return defined({
    ifname: link.ifname,
    ifindex: link.ifindex,
    flags: link.flags,
    operstate: link.operstate,
    mtu: link.mtu,
    address: link.address,
    state: data.state,
    priority: data.priority,
    cost: data.cost,
    port_no: hex(data.no),
    port_id: hex(data.id),
    designated_root: data.root_id,
    designated_bridge: data.bridge_id,
    designated_port: data.designated_port,
    designated_cost: data.designated_cost,
    hairpin: data.hairpin,
    guard: data.guard,
    root_block: data.root_block,
    fastleave: data.fastleave,
    learning: data.learning,
    flood: data.flood,
    mcast_flood: data.mcast_flood,
    bcast_flood: data.bcast_flood,
    mcast_router: data.multicast_router,
    mcast_to_unicast: data.mcast_to_unicast,
    neigh_suppress: data.neigh_suppress,
    proxy_arp: data.proxy_arp,
    proxy_arp_wifi: data.proxy_arp_wifi,
    vlan_tunnel: data.vlan_tunnel,
    isolated: data.isolated,
    locked: data.locked,
    peer: entry(link.linkinfo).info_kind === "veth" ? link.link : undefined,
    managed: String(link.ifalias ?? "").startsWith("my_os_server:"),
  });
}

const byText = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** An entry of `bridge -s fdb`, ages aside: they pass between two looks. */
const asEntry = ({ mac, ifname, vlan, flags, state, dst, port, vni, src_vni, viaIf, nhid }: IpEntry) =>
  defined({ mac, ifname, vlan, flags, state: state || "learned", dst, port, vni, src_vni, via_if: viaIf, nhid });

const withoutAges = ({ used: _, updated: __, ...rest }: FdbEntry) => rest;
const newer = ({ fdb_n_learned: _, fdb_max_learned: __, fdb: ___, addr_info = [], ports, ...rest }: Bridge) => ({
  ...rest,
  addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  ports: ports.map(({ mab: _____, ...port }: BridgePort) => port),
});

/** Asks again where a carrier or an address came by itself meanwhile. */
function steadily<T>(namespace: Namespace, ask: () => T): T {
  const look = () =>
    JSON.stringify(
      ipJson(namespace, "addr show").map(({ flags, operstate, addr_info }) => [flags, operstate, addr_info]),
    )
      // Lifetimes run.
      .replace(/"(valid|preferred)_life_time":\d+/g, "");
  for (let tries = 0; ; tries += 1) {
    const before = look();
    const answer = ask();
    if (look() === before || tries === 10) return answer;
  }
}

describeNetwork("net.bridge", () => {
  it.each(seeds(20))(
    "answers what `ip -d` and `bridge -s` say, field by field (seed %i)",
    { timeout: 120_000 },
    (seed) => {
      const [namespace, other] = [new Namespace(), new Namespace()];
      const bench = new WriteBench(() => namespace.wrapper);
      made.push(namespace, other, bench);
      makeLinks(namespace, other, new Random(seed));
      namespace.ip("addr add 192.0.2.1/24 dev br0");
      namespace.run("bridge", "fdb", "add", "02:00:00:00:00:aa", "dev", "v0a", "master", "static");
      namespace.run("bridge", "fdb", "add", "02:00:00:00:00:bb", "dev", "v1a", "master", "static", "sticky");
      const asked: Call[] = [["net.bridge"], ["net.bridge", { fdb: false }], ["net.bridge", { name: "v0a" }]];
      const { answers } = steadily(namespace, () => bench.run(asked));
      const bridges = answers[0]?.result as unknown as Bridge[];
      const links = ipJson(namespace, "-d link show");
      const addresses = ipJson(namespace, "-d addr show");
      const wanted = links
        .filter((link) => entry(link.linkinfo ?? {}).info_kind === "bridge")
        .map((link) => {
          const name = String(link.ifname);
          const sysfs = namespace.run("cat", `/sys/class/net/${name}/addr_assign_type`).toString().trim();
          const ports = links.filter(({ master }) => master === name);
          return asBridge(
            link,
            addresses.find(({ ifname }) => ifname === name),
            ports,
            sysfs,
          );
        });
      expect(wanted.length).toBeGreaterThan(0);
      expect(bridges.map(newer)).toEqual(wanted);
      const table = JSON.parse(namespace.run("bridge", "-j", "-s", "-d", "fdb", "show").toString()) as IpEntry[];
      for (const { ifname: name, fdb = [], ports } of bridges) {
        const members = [name, ...ports.map(({ ifname }) => ifname)];
        const own = table.filter(({ master, ifname }) => (master ? master === name : members.includes(String(ifname))));
        expect(fdb.map(withoutAges).sort(byText)).toEqual(own.map(asEntry).sort(byText));
        expect(fdb.length).toBeGreaterThan(0);
      }
      const plain = answers[1]?.result as unknown as Bridge[];
      expect(plain.map(({ fdb }) => fdb)).toEqual(bridges.map(() => undefined));
      expect(answers[2]).toMatchObject({ error: { kind: "not_found", name: "v0a" } });
    },
  );

  it("tells the same forwarding table where `bridge` is asked in netlink's stead", { timeout: 120_000 }, () => {
    const namespace = new Namespace();
    made.push(namespace);
    namespace.batch([
      "link add br0 type bridge",
      "link add v0a type veth peer name v0b",
      "link add vx4 type vxlan id 7 local 192.0.2.1 dstport 4789",
      "link add vx6 type vxlan id 8 local 2001:db8::1 dstport 4790",
      ...["v0a", "vx4", "vx6"].flatMap((port) => [`link set ${port} master br0`, `link set ${port} up`]),
      "link set br0 up",
    ]);
    for (const words of [
      "02:00:00:00:00:aa dev v0a master static",
      "02:00:00:00:00:ac dev v0a master dynamic extern_learn",
      "02:00:00:00:00:ad dev br0 self local",
      "00:00:00:00:00:00 dev vx4 dst 192.0.2.9 port 4799 vni 70 via v0a",
      "02:00:00:00:00:ae dev vx4 dst 192.0.2.8 self",
      "00:00:00:00:00:00 dev vx6 dst 2001:db8::9",
      "02:00:00:00:00:af dev vx6 dst 2001:db8::8 vni 80 self",
    ]) {
      namespace.run("bridge", "fdb", "append", ...words.split(" "));
    }
    const table = (reader: "netlink" | "ip") => {
      const [bridges] = namespace.ask([["net.bridge"]], { reader }).answers as [Bridge[]];
      return (bridges[0]?.fdb ?? []).map(withoutAges).sort(byText);
    };
    const ours = table("netlink");
    expect(ours.map(({ dst }) => dst)).toEqual(
      expect.arrayContaining(["192.0.2.9", "192.0.2.8", "2001:db8::9", "2001:db8::8"]),
    );
    expect(table("ip")).toEqual(ours);
  });
});
