import { afterEach, beforeEach, expect, it } from "vitest";
import type { HealthCheck, HealthReport } from "../../../generated/types.gen.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

describeNetwork("net.health", () => {
  let node: Namespace;
  let router: Namespace;
  let bench: WriteBench;
  beforeEach(() => {
    node = new Namespace();
    router = new Namespace();
    bench = new WriteBench(() => node.wrapper);
    node.ip(`link add up0 type veth peer name r0 netns ${router.name}`);
    for (const [one, link] of [
      [node, "up0"],
      [router, "r0"],
    ] as const) {
      one.sysctl(`net.ipv6.conf.${link}.accept_dad`, 0);
      one.batch(["link set lo up", `link set ${link} up`]);
    }
    router.batch(["addr add 192.0.2.254/24 dev r0", "addr add 2001:db8::fe/64 dev r0 nodad"]);
  });
  afterEach(() => {
    bench.remove();
    node.remove();
    router.remove();
  });

  const ask = (): HealthReport => {
    const [answer] = bench.run([["net.health"]]).answers;
    expect(answer?.error).toBeUndefined();
    return answer?.result as unknown as HealthReport;
  };
  const checks = ({ checks: all }: HealthReport, name: HealthCheck["name"]) =>
    all
      .filter((check) => check.name === name)
      .map(({ subject, status, value, threshold }) => ({ subject, status, value, threshold }));
  const uplink = () =>
    node.batch([
      "addr add 192.0.2.1/24 dev up0",
      "addr add 2001:db8::1/64 dev up0 nodad",
      "route add default via 192.0.2.254",
      "route add default via 2001:db8::fe dev up0",
    ]);

  it("is well on a node with two families and gateways that answer", () => {
    uplink();
    const report = ask();
    expect(checks(report, "carrier")).toEqual([{ subject: "up0", status: "ok", value: 1, threshold: 1 }]);
    expect(checks(report, "addresses")).toEqual([
      { subject: "inet", status: "ok", value: 1, threshold: 1 },
      { subject: "inet6", status: "ok", value: 1, threshold: 1 },
    ]);
    expect(checks(report, "default_route").map(({ status }) => status)).toEqual(["ok", "ok"]);
    expect(checks(report, "gateway")).toEqual([
      { subject: "192.0.2.254", status: "ok", value: 1, threshold: 1 },
      { subject: "2001:db8::fe", status: "ok", value: 1, threshold: 1 },
    ]);
    expect(checks(report, "managed")).toEqual([{ subject: undefined, status: "ok", value: 0, threshold: 0 }]);
    expect([...new Set(report.checks.map(({ name }) => name))]).toEqual([
      "carrier",
      "addresses",
      "default_route",
      "gateway",
      "dns",
      "conntrack",
      "forwarding",
      "managed",
    ]);
  });

  it("fails where nothing is configured at all", () => {
    const report = ask();
    expect(report.status).toBe("fail");
    expect(checks(report, "addresses").map(({ status }) => status)).toEqual(["fail", "fail"]);
    expect(checks(report, "default_route").map(({ status, threshold }) => [status, threshold])).toEqual([
      ["ok", 0],
      ["ok", 0],
    ]);
    expect(checks(report, "gateway")).toEqual([
      { subject: undefined, status: "ok", value: undefined, threshold: undefined },
    ]);
  });

  it("one family is enough, and says that the other is not there", () => {
    node.batch(["addr add 192.0.2.1/24 dev up0", "route add default via 192.0.2.254"]);
    const report = ask();
    expect(checks(report, "addresses")).toEqual([
      { subject: "inet", status: "ok", value: 1, threshold: 1 },
      { subject: "inet6", status: "ok", value: 0, threshold: 0 },
    ]);
  });

  it("a gateway that is gone fails; beside one that answers it is worth a warning", () => {
    uplink();
    node.ip("route add default via 192.0.2.77 metric 50");
    expect(checks(ask(), "gateway").filter(({ subject }) => subject === "192.0.2.77")).toEqual([
      { subject: "192.0.2.77", status: "warn", value: 0, threshold: 1 },
    ]);
    router.ip("addr del 192.0.2.254/24 dev r0");
    node.ip("neigh flush all");
    const gone = checks(ask(), "gateway").filter(({ subject }) => subject?.startsWith("192.0.2."));
    expect(gone.map(({ status }) => status)).toEqual(["fail", "fail"]);
  });

  it("an old neighbour entry is asked again before it is believed", () => {
    uplink();
    const [own] = JSON.parse(router.ip("-j link show r0").toString());
    node.ip(`neigh replace 192.0.2.254 dev up0 lladdr ${own.address} nud stale`);
    expect(checks(ask(), "gateway")[0]).toMatchObject({ status: "ok", value: 1 });
    node.ip(`neigh replace 192.0.2.254 dev up0 lladdr ${own.address} nud stale`);
    router.ip("link set r0 arp off");
    router.ip("addr del 192.0.2.254/24 dev r0");
    expect(checks(ask(), "gateway")[0]).toMatchObject({ status: "fail", value: 0 });
  });

  it("a link without carrier: a warning, and a failure where the default route leads over it", () => {
    uplink();
    node.batch(["link add a0 type veth peer name a1", "link set a0 up", "link add br9 type bridge", "link set br9 up"]);
    node.ip("tuntap add dev vm9 mode tap");
    node.ip("link set vm9 up");
    expect(checks(ask(), "carrier")).toEqual(
      [
        { subject: "a0", status: "warn", value: 0, threshold: 1 },
        { subject: "up0", status: "ok", value: 1, threshold: 1 },
      ].sort((a, b) => (a.subject === "up0" ? -1 : b.subject === "up0" ? 1 : 0)),
    );
    router.ip("link set r0 down");
    const report = ask();
    expect(checks(report, "carrier").find(({ subject }) => subject === "up0")?.status).toBe("fail");
    expect(report.status).toBe("fail");
  });

  it("forwarding is wanted by guests behind a bridge that has no way out of its own", () => {
    uplink();
    node.batch(["link add br0 type bridge", "link set br0 up", "addr add 10.0.0.1/24 dev br0"]);
    node.ip("tuntap add dev vm1 mode tap");
    node.ip("link set vm1 master br0");
    expect(checks(ask(), "forwarding")).toEqual([
      { subject: "inet", status: "fail", value: 0, threshold: 1 },
      { subject: "inet6", status: "ok", value: 0, threshold: 0 },
    ]);
    node.sysctl("net.ipv4.ip_forward", 1);
    expect(checks(ask(), "forwarding")[0]).toEqual({ subject: "inet", status: "ok", value: 1, threshold: 1 });
  });

  it("forwarding is wanted by NAT rules, in their own family alone", () => {
    uplink();
    bench.run([["net.nat.add_snat", { source_cidr: "2001:db8:5::/64", out_interface: "up0" }]]);
    expect(checks(ask(), "forwarding")).toEqual([
      { subject: "inet", status: "ok", value: 0, threshold: 0 },
      { subject: "inet6", status: "fail", value: 0, threshold: 1 },
    ]);
    node.sysctl("net.ipv6.conf.all.forwarding", 1);
    expect(checks(ask(), "forwarding")[1]).toEqual({ subject: "inet6", status: "ok", value: 1, threshold: 1 });
  });

  it("counts managed objects, and names one that waits", () => {
    uplink();
    bench.run([["net.routes.add", { dst: "10.1.0.0/16", gateway: "192.0.2.254" }]]);
    expect(checks(ask(), "managed")).toEqual([{ subject: undefined, status: "ok", value: 1, threshold: 1 }]);
    node.ip("link del up0");
    const report = ask();
    expect(checks(report, "managed")).toEqual([{ subject: undefined, status: "warn", value: 0, threshold: 1 }]);
    expect(report.checks.find(({ name }) => name === "managed")?.message).toContain("10.1.0.0/16");
  });
});
