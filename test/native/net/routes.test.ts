import { afterAll, beforeAll, expect, it } from "vitest";
import type { Neighbor, Route } from "../../../generated/types.gen.js";
import { describeNetwork, Namespace, type NetCall } from "../../world/namespace.js";

describeNetwork("the filters of net.routes and net.neighbors", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());
  beforeAll(() => {
    // No link-local addresses, which come only after a second of duplicate detection.
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    for (const link of ["up0", "up1"]) {
      namespace.ip(`link add ${link} type veth peer name ${link}p`);
      namespace.ip(`link set ${link} up`);
      namespace.ip(`link set ${link}p up`);
    }
    namespace.batch([
      "addr add 192.0.2.1/24 dev up0",
      "addr add 198.51.100.1/24 dev up1",
      "addr add 2001:db8::1/64 dev up0 nodad",
      "route add 203.0.113.0/24 via 192.0.2.9 proto 109",
      "route add 10.0.0.0/8 nexthop via 192.0.2.9 nexthop via 198.51.100.9",
      "route add blackhole 10.9.0.0/16 table 4242",
      "route add default via 192.0.2.254 metric 50 proto dhcp",
      "route add default via fe80::1 dev up0 proto ra",
      "neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 nud permanent dev up0",
      "neigh add 198.51.100.9 lladdr 02:00:00:00:00:10 nud stale dev up1",
      "neigh add 2001:db8::9 lladdr 02:00:00:00:00:11 nud permanent dev up0",
    ]);
  });

  const ask = <T>(...calls: NetCall[]): T[] => namespace.ask(calls).answers as T[];

  it("each choose from the whole what they say", () => {
    const choices: readonly [object, (route: Route) => boolean][] = [
      [{ family: "inet6" }, ({ family }) => family === "inet6"],
      [{ table: "main" }, ({ table }) => table === "main"],
      [{ table: "4242" }, ({ table }) => table === "4242"],
      [{ table: "254", family: "inet" }, ({ table, family }) => table === "main" && family === "inet"],
      [{ table: "77" }, () => false],
      [{ dev: "up1" }, (route) => [route, ...(route.nexthops ?? [])].some(({ dev }) => dev === "up1")],
      [{ protocol: "dhcp" }, ({ protocol }) => protocol === "dhcp"],
      [{ protocol: "109" }, ({ managed }) => managed],
      [{ type: "blackhole" }, ({ type }) => type === "blackhole"],
      [{ dst: "default" }, ({ dst }) => dst === "default"],
      [{ dst: "203.0.113.0/24" }, ({ dst }) => dst === "203.0.113.0/24"],
      [{ dst: "192.0.2.1" }, ({ dst }) => dst === "192.0.2.1"],
      [{ dst: "2001:0DB8:0::/64" }, ({ dst }) => dst === "2001:db8::/64"],
      [{ dst: "::/0" }, ({ dst, family }) => dst === "default" && family === "inet6"],
      [{ dst: "203.0.113.0/25" }, () => false],
    ];
    const [all = [], ...found] = ask<Route[]>(
      ["net.routes", { table: "all" }],
      ...choices.map(([params]): NetCall => ["net.routes", params]),
    );
    expect(all.length).toBeGreaterThan(10);
    for (const [place, [params, chosen]] of choices.entries()) {
      expect(found[place], JSON.stringify(params)).toEqual(all.filter(chosen));
    }
    expect(all.filter(({ managed }) => managed)).toMatchObject([{ dst: "203.0.113.0/24", protocol: "109" }]);
  });

  it("choose neighbours too", () => {
    const choices: readonly [object, (entry: Neighbor) => boolean][] = [
      [{ family: "inet" }, ({ family }) => family === "inet"],
      [{ dev: "up1" }, ({ dev }) => dev === "up1"],
      [{ state: "PERMANENT" }, ({ state }) => state.includes("PERMANENT")],
      [{ state: "STALE", dev: "up0" }, ({ state, dev }) => state.includes("STALE") && dev === "up0"],
    ];
    const [all = [], ...found] = ask<Neighbor[]>(
      ["net.neighbors"],
      ...choices.map(([params]): NetCall => ["net.neighbors", params]),
    );
    expect(all.length).toBeGreaterThan(2);
    for (const [place, [params, chosen]] of choices.entries()) {
      expect(found[place], JSON.stringify(params)).toEqual(all.filter(chosen));
    }
  });

  it("name what is not there, and what cannot be", () => {
    const missing = { kind: "not_found", resource: "interface", name: "eth9" };
    expect(
      ask(
        ["net.routes", { dev: "eth9" }],
        ["net.neighbors", { dev: "eth9" }],
        ["net.interfaces", { name: "eth9" }],
        ["net.interfaces", { master: "eth9" }],
        ["net.routes", { table: "nowhere" }],
        ["net.routes", { table: "99999999999" }],
        ["net.routes", { protocol: "nobody" }],
        ["net.routes", { dst: "10.0.0.1/8" }],
        ["net.routes", { dst: "1.2.3" }],
      ),
    ).toEqual([
      missing,
      missing,
      missing,
      missing,
      { kind: "invalid_argument", field: "table", reason: expect.stringContaining("/etc/iproute2/rt_tables") },
      { kind: "invalid_argument", field: "table", reason: expect.stringContaining("or give a number") },
      { kind: "invalid_argument", field: "protocol", reason: expect.stringContaining("/etc/iproute2/rt_protos") },
      { kind: "invalid_argument", field: "dst", reason: "host bits are set; did you mean 10.0.0.0/8?" },
      { kind: "invalid_argument", field: "dst", reason: "1.2.3 is no address, prefix or `default`" },
    ]);
  });

  it("are the same where `ip` is asked in netlink's stead", () => {
    const calls: NetCall[] = [
      ["net.routes", { dev: "up1" }],
      ["net.routes", { table: "4242" }],
      ["net.routes", { protocol: "109" }],
      ["net.routes", { dst: "default" }],
      ["net.routes", { dev: "eth9" }],
      ["net.neighbors", { dev: "up0", family: "inet" }],
      ["net.neighbors", { state: "STALE", family: "inet" }],
    ];
    const moving = ["used", "updated", "confirmed", "probes", "refcnt"];
    const still = (answers: readonly unknown[]) =>
      JSON.parse(JSON.stringify(answers, (name, value) => (moving.includes(name) ? undefined : value)));
    expect(still(namespace.ask(calls, { reader: "ip" }).answers)).toEqual(still(namespace.ask(calls).answers));
  });
});

describeNetwork("what the kernel says and `ip -j` does not print", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());

  it("is told all the same: locked metrics, and who made an address", () => {
    namespace.ip("link add up0 type veth peer name up0p");
    for (const link of ["lo", "up0"]) namespace.ip(`link set ${link} up`);
    namespace.ip("addr add 192.0.2.1/24 dev up0");
    namespace.ip("route add 10.0.0.0/8 via 192.0.2.9 mtu lock 1400 advmss 1300 rto_min 300ms congctl lock cubic");
    const { answers } = namespace.ask([
      ["net.routes", { dst: "10.0.0.0/8" }],
      ["net.interfaces", { name: "lo" }],
    ]);
    expect(answers).toMatchObject([
      [
        {
          metrics: [
            { mtu: 1400, advmss: 1300, rto_min: 300, congestion: "cubic", locked: ["mtu", "rto_min", "congestion"] },
          ],
        },
      ],
      [{ addr_info: [{ local: "127.0.0.1" }, { local: "::1", protocol: "kernel_lo" }] }],
    ]);
  });
});

describeNetwork("twenty thousand routes", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());

  it("are all read, while the event loop goes round between", () => {
    namespace.ip("link add many type veth peer name manyp");
    namespace.ip("link set many up");
    namespace.ip("addr add 192.0.2.1/24 dev many");
    const destinations = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 8}.${n & 255}.0/24`);
    namespace.batch(destinations.map((dst) => `route add ${dst} via 192.0.2.9`));
    const { answers, rounds } = namespace.ask([["net.routes", { family: "inet", table: "main" }]]);
    const [found] = answers as [Route[]];
    expect(
      found
        .map(({ dst }) => dst)
        .filter((dst) => dst.startsWith("10."))
        .sort(),
    ).toEqual(destinations.sort());
    // A dump of this size comes in dozens of datagrams; a reader that blocked would let the loop round a few times.
    expect(rounds).toBeGreaterThan(30);
  });
});

describeNetwork("a thousand interfaces", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());

  it("are all read, with their addresses", () => {
    namespace.batch(
      Array.from({ length: 500 }, (_, n) => [
        `link add n${n} type veth peer name p${n}`,
        `addr add 10.${n >> 8}.${n & 255}.1/24 dev n${n}`,
      ]).flat(),
    );
    const [links] = namespace.ask([["net.interfaces"]]).answers as [{ ifname: string; addr_info: unknown[] }[]];
    expect(links).toHaveLength(1001);
    expect(links.filter(({ addr_info }) => addr_info.length > 0)).toHaveLength(500);
  });
});
