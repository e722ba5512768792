import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import type { BridgeVlan, VlanDevice, VlanReport } from "../../generated/types.gen.js";
import { describeGuest, suiteGuest } from "../world/guest.js";

const LINKS = [
  "link set lo up",
  "link add br0 type bridge vlan_filtering 1",
  "link add br1 type bridge",
  "link add br2 type bridge vlan_filtering 1 vlan_protocol 802.1ad vlan_default_pvid 0 vlan_stats_enabled 1 vlan_stats_per_port 1",
  "link add p0 type veth peer name q0",
  "link add p1 type veth peer name q1",
  "link add p2 type veth peer name q2",
  "link set p0 master br0",
  "link set p1 master br1",
  "link set p2 master br2",
  "link add vx0 type vxlan external dstport 4789",
  "link set vx0 master br0",
  "link add link q0 name q0.10 type vlan id 10 ingress-qos-map 1:2 5:6 egress-qos-map 3:4",
  "link add link q1 name svlan type vlan protocol 802.1ad id 20 gvrp on loose_binding on reorder_hdr off",
  "link add link br0 name br0.30 type vlan id 30",
  "link set q0.10 alias my_os_server:bridge",
  ...["br0", "br1", "br2", "p0", "p1", "p2", "q0", "q1", "q2", "q0.10", "br0.30"].map((name) => `link set ${name} up`),
];
const TABLES = [
  "vlan add dev p0 vid 20 pvid untagged",
  "vlan add dev p0 vid 100-110",
  "vlan add dev p0 vid 300-305 untagged",
  "vlan add dev br0 vid 30 self",
  "vlan add dev p1 vid 7-9",
  "vlan add dev p2 vid 2 pvid untagged",
  "vlan add dev p2 vid 3-4",
  "vlan add dev br2 vid 2 self",
  "link set dev vx0 vlan_tunnel on",
  "vlan add dev vx0 vid 2000-2002",
  "vlan add dev vx0 vid 2000-2002 tunnel_info id 5000-5002",
];

interface ToolVlan {
  readonly vlan?: number;
  /** What it is called beside counters. */
  readonly vid?: number;
  readonly vlanEnd?: number;
  readonly flags?: readonly string[];
  readonly state?: string;
  readonly [counter: string]: unknown;
}
type ToolTable = readonly { readonly ifname: string; readonly vlans: readonly ToolVlan[] }[];

const COUNTERS = ["rx_bytes", "rx_packets", "tx_bytes", "tx_packets"] as const;

/** One entry as `bridge` tells it, in our names. */
const asOurs = ({ vid, vlan = vid, vlanEnd, flags = [], state, ...rest }: ToolVlan): object => ({
  vlan,
  ...(vlanEnd !== undefined && { vlan_end: vlanEnd }),
  flags,
  ...(state !== undefined && { state }),
  ...Object.fromEntries(COUNTERS.flatMap((name) => (rest[name] === undefined ? [] : [[name, rest[name]]]))),
});

const withoutTunnel = ({ tunid: _, tunid_end: __, ...vlan }: BridgeVlan): object => vlan;

describeGuest("net.vlan on a kernel that has VLANs", () => {
  const guest = suiteGuest({ modules: ["bridge", "8021q", "veth", "vxlan"] });
  beforeAll(async () => {
    await guest().output(["ip", "netns", "add", "world"]);
    await guest().output(["ip", "-n", "world", "-batch", "-"], { input: LINKS.join("\n") });
    await guest().output(["bridge", "-n", "world", "-batch", "-"], { input: TABLES.join("\n") });
  }, 130_000);

  const ask = async (reader: "netlink" | "ip", ...params: object[]): Promise<VlanReport[]> => {
    const script = join(import.meta.dirname, "../world/call-net.mjs");
    const calls = JSON.stringify(params.map((one) => ["net.vlan", one]));
    const command = ["ip", "netns", "exec", "world", process.execPath, script, reader, calls];
    return JSON.parse(await guest().output(command, { timeoutSeconds: 100 })).answers;
  };
  const bridge = async (...words: string[]): Promise<ToolTable> =>
    JSON.parse(await guest().output(["bridge", "-n", "world", "-j", ...words, "vlan", "show"]));
  const vlansOf = (report: VlanReport | undefined, ifname: string) =>
    report?.bridges.flatMap(({ ports }) => ports).find((port) => port.ifname === ifname)?.vlans ?? [];

  it("tells every device as `ip -j -d` does", async () => {
    const links: {
      ifname: string;
      ifindex: number;
      link: string;
      operstate: string;
      linkinfo: { info_data: object };
    }[] = JSON.parse(await guest().output(["ip", "-n", "world", "-j", "-d", "link", "show", "type", "vlan"]));
    const [report] = await ask("netlink", {});
    const theirs = links.map(({ ifname, ifindex, link, operstate, linkinfo }) => ({
      ifname,
      ifindex,
      link,
      operstate,
      ...linkinfo.info_data,
    }));
    const ours = report?.devices.map(({ managed: _, ...device }: VlanDevice) => device);
    expect(theirs.map(({ ifname }) => ifname)).toEqual(["q0.10", "svlan", "br0.30"]);
    expect(ours).toEqual(theirs);
    expect(report?.devices.map(({ ifname, managed }) => [ifname, managed])).toEqual([
      ["q0.10", true],
      ["svlan", false],
      ["br0.30", false],
    ]);
  }, 200_000);

  it("tells every table as `bridge -j vlan` does, with states, tunnels and counters", async () => {
    // Somebody asks for an address that nobody has: broadcasts that enter at p2.
    await guest().script(`ip netns exec world sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6'
      ip -n world addr add 192.0.2.1/24 dev q2; ip netns exec world ping -c 1 -W 1 192.0.2.77 >/dev/null 2>&1 || true; sleep 3`);
    const [report] = await ask("netlink", {});
    expect(
      report?.bridges.map(({ ports, ...about }) => [about, ports.map(({ ifname, self }) => [ifname, self])]),
    ).toEqual([
      [
        {
          ifname: "br0",
          vlan_filtering: true,
          vlan_protocol: "802.1Q",
          vlan_default_pvid: 1,
          vlan_stats_enabled: false,
          vlan_stats_per_port: false,
        },
        [
          ["br0", true],
          ["p0", false],
          ["vx0", false],
        ],
      ],
      [
        {
          ifname: "br1",
          vlan_filtering: false,
          vlan_protocol: "802.1Q",
          vlan_default_pvid: 1,
          vlan_stats_enabled: false,
          vlan_stats_per_port: false,
        },
        [
          ["br1", true],
          ["p1", false],
        ],
      ],
      [
        {
          ifname: "br2",
          vlan_filtering: true,
          vlan_protocol: "802.1ad",
          vlan_default_pvid: 0,
          vlan_stats_enabled: true,
          vlan_stats_per_port: true,
        },
        [
          ["br2", true],
          ["p2", false],
        ],
      ],
    ]);
    const detailed = await bridge("-d");
    for (const { ifname, vlans } of detailed.filter((port) => !["br2", "p2"].includes(port.ifname))) {
      expect(vlansOf(report, ifname).map(withoutTunnel), ifname).toEqual(vlans.map(asOurs));
    }
    expect(vlansOf(report, "vx0").find(({ vlan }) => vlan === 2000)).toMatchObject({
      vlan_end: 2002,
      tunid: 5000,
      tunid_end: 5002,
    });
    const counted = (await bridge("-s")).find(({ ifname }) => ifname === "p2")?.vlans ?? [];
    const ours = vlansOf(report, "p2").map(({ state: _, ...vlan }) => vlan);
    expect(ours).toEqual(counted.map(asOurs));
    expect(ours).toHaveLength(3);
    expect(ours[0]?.rx_packets).toBeGreaterThan(0);
  }, 200_000);

  it("asks `bridge` to the same end where netlink cannot be used", async () => {
    const [[byNetlink], [byTool]] = [await ask("netlink", {}), await ask("ip", {})];
    const plain = (report: VlanReport | undefined) =>
      report?.bridges.map((table) => ({
        ...table,
        ports: table.ports.map((port) => ({
          ...port,
          vlans: port.vlans.map((vlan) => ({ vlan: vlan.vlan, vlan_end: vlan.vlan_end, flags: vlan.flags })),
        })),
      }));
    expect(plain(byTool)).toEqual(plain(byNetlink));
  }, 200_000);

  it("shows one bridge with the devices on it, and says what is no bridge", async () => {
    const [one, missing, other] = await ask("netlink", { bridge: "br0" }, { bridge: "br9" }, { bridge: "q0" });
    expect(one?.devices.map(({ ifname }) => ifname)).toEqual(["br0.30"]);
    expect(one?.bridges.map(({ ifname }) => ifname)).toEqual(["br0"]);
    expect(missing).toEqual({ kind: "not_found", resource: "bridge", name: "br9" });
    expect(other).toEqual({ kind: "not_found", resource: "bridge", name: "q0" });
  }, 200_000);
});
