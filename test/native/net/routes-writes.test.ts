import { afterAll, beforeAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { type Call, uncleanOf, WriteBench } from "../../world/writes.js";

describeNetwork("net.routes.add and net.routes.delete", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  beforeAll(() => {
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    for (const link of ["up0", "up1"]) {
      namespace.ip(`link add ${link} type veth peer name ${link}p`);
      namespace.ip(`link set ${link} up`);
      namespace.ip(`link set ${link}p up`);
    }
    namespace.batch([
      "addr add 192.0.2.1/24 dev up0",
      "addr add 198.51.100.1/24 dev up1",
      "addr add 2001:db8:1::1/64 dev up0 nodad",
      "addr add 2001:db8:2::1/64 dev up1 nodad",
      "route add 10.1.0.0/16 via 192.0.2.9 proto static",
    ]);
  });

  const one = (call: Call, options = {}) => bench.run([call], options).answers[0] ?? {};
  const shown = (words: string) => namespace.ip(words).toString().trim();

  it("make the route that was asked for, once", () => {
    const call: Call = [
      "net.routes.add",
      { dst: "10.2.0.0/16", gateway: "192.0.2.9", metric: 5, mtu: 1400, src: "192.0.2.1" },
    ];
    const { answers, drift } = bench.run([call, call]);
    expect(answers).toMatchObject([
      {
        result: {
          changed: true,
          persisted: true,
          warnings: [],
          route: { dst: "10.2.0.0/16", dev: "up0", managed: true },
        },
      },
      { result: { changed: false, persisted: true, warnings: [] } },
    ]);
    expect(shown("route show 10.2.0.0/16")).toBe(
      "10.2.0.0/16 via 192.0.2.9 dev up0 proto 109 src 192.0.2.1 metric 5 mtu 1400",
    );
    expect(drift).toMatchObject([{ kind: "route", id: "main/10.2.0.0/16/5", state: "ok" }]);
    expect(one(["net.routes.delete", { dst: "10.2.0.0/16", metric: 5 }])).toMatchObject({
      result: { changed: true, route: { gateway: "192.0.2.9", metrics: [{ mtu: 1400 }] } },
    });
    expect(shown("route show 10.2.0.0/16")).toBe("");
    expect(one(["net.routes.delete", { dst: "10.2.0.0/16", metric: 5 }])).toMatchObject({
      error: { kind: "not_found", resource: "route", name: "main/10.2.0.0/16/5" },
    });
    expect(bench.registry("routes")).toEqual({});
  });

  const kinds: readonly [string, object, string][] = [
    ["a direct one", { dst: "10.3.0.0/16", dev: "up1" }, "10.3.0.0/16 dev up1 proto 109 scope link"],
    ["a blackhole", { dst: "10.3.0.0/16", type: "blackhole" }, "blackhole 10.3.0.0/16 proto 109"],
    [
      "a local one",
      { dst: "10.3.0.0/16", type: "local", dev: "up0" },
      "local 10.3.0.0/16 dev up0 proto 109 scope host",
    ],
    [
      "one with a tos",
      { dst: "10.3.0.0/16", gateway: "192.0.2.9", tos: "0x10" },
      "10.3.0.0/16 tos 0x10 via 192.0.2.9 dev up0 proto 109",
    ],
    [
      "an onlink one",
      { dst: "10.3.0.0/16", gateway: "172.16.0.1", dev: "up0", onlink: true },
      "10.3.0.0/16 via 172.16.0.1 dev up0 proto 109 onlink",
    ],
    [
      "several paths",
      {
        dst: "10.3.0.0/16",
        nexthops: [
          { gateway: "192.0.2.9", weight: 3 },
          { gateway: "198.51.100.9", dev: "up1" },
        ],
      },
      "10.3.0.0/16 proto 109\n\tnexthop via 192.0.2.9 dev up0 weight 3\n\tnexthop via 198.51.100.9 dev up1 weight 1",
    ],
    [
      "IPv6",
      { dst: "2001:db8:3::/48", gateway: "2001:DB8:1:0::9" },
      "2001:db8:3::/48 via 2001:db8:1::9 dev up0 proto 109 metric 1024 pref medium",
    ],
    [
      "an IPv6 default",
      { dst: "default", gateway: "fe80::1", dev: "up1", metric: 0 },
      "default via fe80::1 dev up1 proto 109 metric 1024 pref medium",
    ],
    [
      "an unreachable IPv6 network",
      { dst: "2001:db8:3::/48", type: "unreachable" },
      "unreachable 2001:db8:3::/48 dev lo proto 109 metric 1024 pref medium",
    ],
    [
      "several IPv6 paths",
      { dst: "2001:db8:3::/48", nexthops: [{ gateway: "2001:db8:1::9", weight: 2 }, { gateway: "2001:db8:2::9" }] },
      "2001:db8:3::/48 proto 109 metric 1024 pref medium\n\tnexthop via 2001:db8:1::9 dev up0 weight 2\n\tnexthop via 2001:db8:2::9 dev up1 weight 1",
    ],
  ];
  it.each(kinds)("make %s, and delete it again", (_, params, text) => {
    const family = text.includes("2001") || text.includes("fe80") ? "-6" : "-4";
    const ours = () => shown(`${family} route show table all proto 109`).replaceAll(/ +$/gm, "");
    const { answers, drift } = bench.run([
      ["net.routes.add", params],
      ["net.routes.add", params],
    ]);
    expect(answers).toMatchObject([{ result: { changed: true } }, { result: { changed: false } }]);
    expect(drift.map(({ state }) => state)).toEqual(["ok"]);
    expect(ours()).toBe(text.replace(" proto 109", ""));
    const { dst, type, metric, tos } = params as { dst: string; type?: string; metric?: number; tos?: string };
    const gone = {
      dst: family === "-6" && dst === "default" ? "::/0" : dst,
      ...(type && { type }),
      ...(metric !== undefined && { metric }),
      ...(tos && { tos }),
    };
    expect(one(["net.routes.delete", gone])).toMatchObject({ result: { changed: true } });
    expect(ours()).toBe("");
  });

  it("refuse what cannot be, and say which parameter it is", () => {
    const add = (params: object): Call => ["net.routes.add", params];
    const { answers } = bench.run([
      add({ dst: "10.0.0.1/8", dev: "up0" }),
      add({ dst: "10.4.0.0/16" }),
      add({ dst: "10.4.0.0/16", dev: "nope" }),
      add({ dst: "10.4.0.0/16", gateway: "203.0.113.1" }),
      add({ dst: "10.4.0.0/16", gateway: "2001:db8::1" }),
      add({ dst: "10.4.0.0/16", gateway: "0.0.0.0", dev: "up0" }),
      add({ dst: "2001:db8:4::/48", gateway: "::", dev: "up0" }),
      add({ dst: "10.4.0.0/16", type: "blackhole", dev: "up0" }),
      add({ dst: "10.4.0.0/16", dev: "up0", src: "203.0.113.7" }),
      add({ dst: "10.4.0.0/16", dev: "up0", table: "all" }),
      add({ dst: "10.4.0.0/16", dev: "up0", nexthops: [{ dev: "up0" }, { dev: "up1" }] }),
      add({ dst: "2001:db8:4::/48", dev: "up0", scope: "link" }),
      add({ dst: "2001:db8:4::/48", dev: "up0", mtu: 1000 }),
      add({ dst: "10.1.0.0/16", gateway: "192.0.2.9" }),
      add({ dst: "10.1.0.0/16", gateway: "192.0.2.8" }),
      add({ dst: "10.1.0.0/16", gateway: "192.0.2.8", replace: true }),
      ["net.routes.delete", { dst: "10.1.0.0/16" }],
      ["net.routes.delete", { dst: "192.0.2.0/24" }],
    ]);
    const invalid = (field: string) => ({ error: { kind: "invalid_argument", field } });
    expect(answers).toMatchObject([
      { error: { kind: "invalid_argument", field: "dst", reason: "host bits are set; did you mean 10.0.0.0/8?" } },
      invalid("gateway"),
      { error: { kind: "not_found", resource: "interface", name: "nope" } },
      ...Array.from({ length: 4 }, () => invalid("gateway")),
      invalid("dev"),
      invalid("src"),
      invalid("table"),
      invalid("nexthops"),
      invalid("scope"),
      invalid("mtu"),
      {
        result: {
          changed: false,
          persisted: false,
          route: { managed: false },
          warnings: [{ kind: "route_managed_by_other_daemon" }, { kind: "not_persisted" }],
        },
      },
      { error: { kind: "conflict", managed: false, remedy: "replace: true and force: true" } },
      { error: { kind: "conflict", managed: false } },
      { error: { kind: "conflict", managed: false, remedy: "force: true" } },
      { error: { kind: "conflict", managed: false } },
    ]);
  });

  it("come back when their link does, for the kernel forgets them", { timeout: 120_000 }, () => {
    const happen = (words: string, until?: string): Call => [
      "happen",
      { command: words.split(" "), ...(until && { until }) },
    ];
    const route = "10.6.0.0/16 via 192.0.2.9 dev up0 proto 109";
    const { answers, drift } = bench.run([
      ["net.routes.add", { dst: "10.6.0.0/16", gateway: "192.0.2.9" }],
      ["net.routes.add", { dst: "10.7.0.0/16", gateway: "192.0.2.9", persist: false }],
      happen("ip link set up0 down"),
      happen("ip route show table all proto 109"),
      ["net.verify", { kind: "route" }],
      happen("ip link set up0 up"),
      happen("ip route show 10.6.0.0/16", route),
      happen("ip route show 10.7.0.0/16"),
    ]);
    const printed = (at: number) => answers[at]?.result?.stdout;
    expect(printed(3)).toBe("");
    expect(answers[4]).toMatchObject({ result: { ok: false } });
    expect(printed(6)).toContain(route);
    expect(printed(7)).toBe("");
    expect(uncleanOf({ drift })).toEqual([]);
    one(["net.routes.delete", { dst: "10.6.0.0/16" }]);
  });

  it("wait for a link that is not there yet, and are made when it comes", { timeout: 120_000 }, () => {
    bench.run([["net.routes.add", { dst: "10.6.0.0/16", dev: "up1" }]]);
    namespace.ip("link set up1 name gone");
    namespace.ip("route flush proto 109");
    const { found, answers } = bench.run([
      ["happen", { command: ["ip", "link", "set", "gone", "name", "up1"] }],
      ["happen", { command: ["ip", "route", "show", "10.6.0.0/16"], until: "dev up1" }],
    ]);
    expect(found.waiting).toMatchObject([{ kind: "route", reason: "there is no interface up1" }]);
    expect(found.drift).toMatchObject([{ state: "delayed" }]);
    expect(answers[1]).toMatchObject({ result: { stdout: expect.stringContaining("dev up1") } });
    one(["net.routes.delete", { dst: "10.6.0.0/16" }]);
  });
});
