import { afterAll, beforeAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { uncleanOf, WriteBench } from "../../world/writes.js";

describeNetwork("what somebody changed by hand and a call asks for", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  beforeAll(() => {
    namespace.batch([
      "link add p0 type veth peer name p1",
      "link set p0 up",
      "link set p1 up",
      "addr add 192.0.2.1/24 dev p1",
    ]);
    bench.run([
      ["net.bridge.add", { name: "br0", mtu: 1400 }],
      ["net.bridge.add", { name: "br1" }],
      ["net.vm.create_tap", { name: "tap0", bridge: "br0" }],
      ["net.bridge.add_port", { bridge: "br0", interface: "p0" }],
    ]);
  });

  it("a bridge's new value stays after a restart", () => {
    namespace.ip("link set br0 mtu 1300");
    const call = ["net.bridge.add", { name: "br0", mtu: 1300 }] as const;
    const { answers, drift } = bench.run([call, call]);
    expect(answers).toMatchObject([{ result: { changed: true } }, { result: { changed: false } }]);
    expect(uncleanOf({ drift })).toEqual([]);
    expect(bench.registry("bridges")["bridge br0"]).toMatchObject({ mtu: 1300 });
  });

  it("a port that was moved is remembered in one bridge alone", () => {
    namespace.ip("link set p0 nomaster");
    const { drift } = bench.run([
      ["happen", { command: ["ip", "link", "set", "p0", "nomaster"] }],
      ["net.bridge.add_port", { bridge: "br1", interface: "p0" }],
    ]);
    expect(uncleanOf({ drift })).toEqual([]);
    expect(Object.keys(bench.registry("bridges"))).toEqual(["bridge br0", "bridge br1", "bridge_port br1/p0"]);
    const call = ["net.bridge.add_port", { bridge: "br0", interface: "p0" }] as const;
    const moved = bench.run([["happen", { command: ["ip", "link", "set", "p0", "master", "br0"] }], call, call]);
    expect(moved.answers.slice(1)).toMatchObject([{ result: { changed: true } }, { result: { changed: false } }]);
    expect(uncleanOf(moved)).toEqual([]);
    expect(Object.keys(bench.registry("bridges"))).toEqual(["bridge br0", "bridge br1", "bridge_port br0/p0"]);
  });

  it.each([
    ["net.vm.create_tap", { name: "tap0", bridge: "br1" }, "br1"],
    ["net.bridge.add_port", { interface: "tap0", bridge: "br0" }, "br0"],
  ])("%s takes a tap that was moved for where it is", (method, params, bridge) => {
    const call = [method, params] as const;
    const { answers, drift } = bench.run([
      ["happen", { command: ["ip", "link", "set", "tap0", "master", bridge] }],
      call,
      call,
    ]);
    expect(answers.slice(1)).toMatchObject([{ result: { changed: true } }, { result: { changed: false } }]);
    expect(uncleanOf({ drift })).toEqual([]);
    expect(bench.registry("taps")).toMatchObject({ tap0: { bridge } });
  });

  it("a route's new gateway stays after a restart", () => {
    const route = (gateway: string) => ["net.routes.add", { dst: "10.0.0.0/8", gateway }] as const;
    bench.run([route("192.0.2.8")]);
    namespace.ip("route replace 10.0.0.0/8 via 192.0.2.9 proto 109");
    const { answers, drift } = bench.run([route("192.0.2.9"), route("192.0.2.9")]);
    expect(answers).toMatchObject([{ result: { changed: true } }, { result: { changed: false } }]);
    expect(uncleanOf({ drift })).toEqual([]);
    namespace.ip("route delete 10.0.0.0/8");
    expect(bench.run([]).drift.filter(({ kind }) => kind === "route")).toMatchObject([{ state: "ok" }]);
    expect(namespace.ip("route show 10.0.0.0/8").toString()).toContain("via 192.0.2.9");
  });

  it.each([
    ["net.nat.add_dnat", { protocol: "tcp", external_port: 80, internal_ip: "192.0.2.9", internal_port: 80 }, "dnat"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 80 }, "fw"],
  ])("%s says that it changed something where a part of the rule was gone", (method, params, id) => {
    const call = [method, params] as const;
    const chain = `nft -a list chain inet my_os_server ${id === "fw" ? "input" : "postrouting"}`;
    const rule = `$(${chain} | sed -n 's/.*"${id}-.*handle //p')`;
    const spoil =
      id === "fw"
        ? `replace rule inet my_os_server input handle ${rule} tcp dport 81 accept comment \\"$(${chain} | grep -o 'fw-[0-9a-f]*')\\"`
        : `delete rule inet my_os_server postrouting handle ${rule}`;
    const { answers, drift } = bench.run([call, ["happen", { command: ["sh", "-ec", `nft ${spoil}`] }], call, call]);
    const changes = answers.map(({ result }) => result?.changed);
    expect(changes).toEqual([true, undefined, true, false]);
    expect(uncleanOf({ drift })).toEqual([]);
  });

  it("a table that was flushed comes back at the next start, and not with what waits for a link", () => {
    namespace.ip("link add w0 type veth peer name w1");
    namespace.ip("link set w0 up");
    bench.run([
      ["net.routes.add", { dst: "198.51.100.0/24", dev: "w0" }],
      ["net.firewall.add_rule", { protocol: "tcp", port: 80 }],
    ]);
    namespace.ip("link delete w0");
    const ids = (state: string) => (one: { id: string; state: string }) => (one.state === state ? [one.id] : []);
    const { waiting, drift } = bench.run([
      ["happen", { command: ["nft", "flush", "ruleset"] }],
      // A link that appears makes everything that waits be tried again, within a second or two.
      ["happen", { command: ["ip", "link", "add", "x0", "type", "veth", "peer", "name", "x1"] }],
      ["happen", { command: ["sleep", "3"] }],
    ]);
    expect(waiting).toMatchObject([{ kind: "route" }]);
    expect(drift.flatMap(ids("missing"))).toContain("inet my_os_server");
    const next = bench.run([["net.routes.delete", { dst: "198.51.100.0/24" }]]);
    expect(uncleanOf(next)).toEqual([]);
  });

  it("a port that was made with addresses on it gives them to the bridge where that is asked for", () => {
    namespace.batch([
      "link add m0 type veth peer name m1",
      "link set m1 up",
      "link set m0 up master br1",
      "addr add 203.0.113.1/24 dev m0",
      "route add 172.16.0.0/12 via 203.0.113.9 proto static",
    ]);
    const call = ["net.bridge.add_port", { bridge: "br1", interface: "m0", migrate: true }] as const;
    const { answers, drift } = bench.run([["net.bridge.add_port", { bridge: "br1", interface: "m0" }], call, call]);
    const migrated = { addresses: ["203.0.113.1/24"], routes: [{ dst: "172.16.0.0/12", dev: "br1" }] };
    expect(answers).toMatchObject([
      { result: { changed: true } },
      { result: { changed: true, migrated } },
      { result: { changed: false } },
    ]);
    expect(answers[2]?.result).not.toHaveProperty("migrated");
    expect(uncleanOf({ drift })).toEqual([]);
    expect(namespace.ip("-brief -4 addr show dev m0").toString()).not.toContain("203.0.113.1");
    expect(namespace.ip("-brief -4 addr show dev br1").toString()).toContain("203.0.113.1/24");
    expect(bench.registry("bridges")["bridge_port br1/m0"]).toMatchObject({ migrate: true });
  });
});
