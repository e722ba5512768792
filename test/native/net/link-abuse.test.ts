import { afterEach, expect, it } from "vitest";
import { hostileWords } from "../../world/hostile-words.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { type Call, type Outcome, uncleanOf, WriteBench } from "../../world/writes.js";

const LOOK = [
  ["ip", "-d", "-j", "link", "show"],
  ["ip", "-j", "addr", "show"],
  ["ip", "-d", "-j", "route", "show", "table", "all"],
  ["ip", "-d", "-j", "-6", "route", "show", "table", "all"],
];

const worlds: { namespace: Namespace; bench: WriteBench }[] = [];
afterEach(() => {
  for (const { namespace, bench } of worlds.splice(0)) {
    namespace.remove();
    bench.remove();
  }
});

/** A namespace where other owners have a bridge with a port, a tap, addresses and routes, beside spare links. */
function world() {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  worlds.push({ namespace, bench });
  namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
  namespace.batch([
    "link add fbr type bridge",
    "link add fp0 type veth peer name fp0p",
    "link set fp0 master fbr",
    "tuntap add dev ftap mode tap",
    "link add up0 type veth peer name up0p",
    "link add p0 type veth peer name p0p",
    "link add p1 type veth peer name p1p",
    ...["fbr", "fp0", "fp0p", "up0", "up0p", "p0p", "p1p"].map((name) => `link set ${name} up`),
    "addr add 192.0.2.1/24 dev up0",
    "addr add 2001:db8:1::1/64 dev up0 nodad",
    "route add 10.0.0.0/16 via 192.0.2.9 proto static",
    "route add default via 192.0.2.9 metric 50 proto dhcp",
    "route add 2001:db8:f::/48 via 2001:db8:1::9 proto static",
  ]);
  return { namespace, bench };
}

type Shown = Readonly<Record<string, unknown>>;

const FOREIGN = ["lo", "fbr", "fp0", "fp0p", "ftap", "up0", "up0p"];

/** Everything that is not ours, whole but for counters and timers. */
function foreignOf(looks: readonly string[]) {
  const [links = [], addresses = [], ...routes] = looks.map((text) => JSON.parse(text) as Shown[]);
  const isForeign = ({ ifname }: Shown) => FOREIGN.includes(String(ifname));
  const still = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value, (name, inner) => (/_timer$|_life_time$|^expires$/.test(name) ? undefined : inner)),
    );
  return still([
    links.filter(isForeign),
    addresses.filter(isForeign),
    routes.flat().filter(({ protocol, dev }) => protocol !== "109" && FOREIGN.includes(String(dev))),
  ]);
}

/** What the end of a run is: links, masters and routes, generated addresses aside. */
function endOf(looks: readonly string[]) {
  const [links = [], , ...routes] = looks.map((text) => JSON.parse(text) as Shown[]);
  const pick = (entry: Shown, fields: readonly string[]) => JSON.stringify(fields.map((field) => entry[field]));
  return [
    links.map((link) => pick(link, ["ifname", "master", "mtu", "ifalias"])).sort(),
    routes
      .flat()
      .map((route) => pick(route, ["type", "dst", "gateway", "dev", "metric", "table", "protocol"]))
      .sort(),
  ];
}

/** A write by chance on few objects, so that they meet; by force never, for then it may change what it names. */
function randomWrite(random: Random): Call {
  const bridge = () => random.pick(["b0", "b1", "b2"]);
  const any = () => random.pick(["b0", "b1", "b2", "fbr", "fp0", "ftap", "up0", "p0", "p1", "t0", "t1", "lo", "nope"]);
  const persist = random.chance(0.8) ? {} : { persist: false };
  const dst = random.pick([
    "10.0.0.0/16",
    "10.1.0.0/16",
    "10.2.0.0/16",
    "2001:db8:f::/48",
    "2001:db8:2::/48",
    "default",
  ]);
  const gateway = dst.startsWith("2001") ? "2001:db8:1::9" : random.pick(["192.0.2.9", "192.0.2.8"]);
  return random.pick<() => Call>([
    () => [
      "net.bridge.add",
      { name: random.pick(["b0", "b1", "b2", "fbr", "up0"]), ...persist, ...(random.chance(0.2) && { mtu: 1400 }) },
    ],
    () => ["net.bridge.delete", { name: any() }],
    () => ["net.bridge.connect", { a: bridge(), b: bridge(), ...persist }],
    () => [
      "net.bridge.add_port",
      { bridge: bridge(), interface: random.pick(["p0", "p1", "t0", "fp0", "up0", "lo", "b1"]), ...persist },
    ],
    () => ["net.bridge.remove_port", { bridge: any(), interface: any() }],
    () => ["net.vm.create_tap", { name: random.pick(["t0", "t1", "ftap", "up0"]), bridge: bridge() }],
    () => ["net.vm.delete_tap", { name: any() }],
    () => [
      "net.routes.add",
      { dst, gateway, ...persist, ...(random.chance(0.3) && { replace: true }), metric: random.pick([0, 5, 50]) },
    ],
    () => ["net.routes.delete", { dst, metric: random.pick([0, 5, 50]) }],
    () => ["net.routes.add", { dst: "10.3.0.0/16", dev: bridge() }],
  ])();
}

const kinds = (answers: readonly Outcome[]) =>
  answers.map(({ result, error }) => error?.kind ?? (result?.changed === true ? "changed" : "unchanged"));

describeNetwork("writes on links and routes, many of them", () => {
  it.each(seeds(20))("leave everything foreign as it was, and no drift (seed %i)", { timeout: 240_000 }, (seed) => {
    const random = new Random(seed);
    const { bench } = world();
    const calls = Array.from({ length: 1000 }, () => randomWrite(random));
    const ran = bench.run(calls, { look: LOOK });
    expect(foreignOf(ran.looks)).toEqual(foreignOf(ran.found.looks));
    expect(uncleanOf(ran)).toEqual([]);
    const seen = new Set(kinds(ran.answers));
    expect(
      seen.has("internal_error"),
      JSON.stringify(ran.answers.find(({ error }) => error?.kind === "internal_error")),
    ).toBe(false);
    for (const kind of ["changed", "unchanged", "conflict", "in_use", "not_found", "invalid_argument"])
      expect(seen).toContain(kind);
  });

  it.each(seeds(20))(
    "at once, end as one after the other would, every answer true (seed %i)",
    { timeout: 240_000 },
    (seed) => {
      const random = new Random(seed);
      const calls = Array.from({ length: 200 }, () => randomWrite(random));
      const [together, serial] = [world(), world()];
      const all = together.bench.run(calls, { look: LOOK, atOnce: true });
      const each = serial.bench.run(calls, { look: LOOK });
      expect(kinds(all.answers)).toEqual(kinds(each.answers));
      expect(endOf(all.looks)).toEqual(endOf(each.looks));
      expect(uncleanOf(all)).toEqual([]);
      const again = together.bench.run([], { look: LOOK });
      expect(endOf(again.looks)).toEqual(endOf(all.looks));
    },
  );

  it.each(seeds(5))(
    "take a thousand hostile words as data, with no tool on the PATH (seed %i)",
    { timeout: 240_000 },
    (seed) => {
      const { bench } = world();
      bench.run([["net.bridge.add", { name: "b0" }]]);
      const words = hostileWords(new Random(seed), 1000);
      const calls = words.flatMap((word): Call[] => [
        ["net.bridge.add", { name: word }],
        ["net.bridge.add", { name: "b0", address: word }],
        ["net.bridge.delete", { name: word }],
        ["net.bridge.connect", { a: word, b: "b0" }],
        ["net.bridge.connect", { a: "b0", b: word }],
        ["net.bridge.add_port", { bridge: word, interface: "p0" }],
        ["net.bridge.add_port", { bridge: "b0", interface: word }],
        ["net.bridge.remove_port", { bridge: "b0", interface: word }],
        ["net.vm.create_tap", { name: word, bridge: "b0" }],
        ["net.vm.delete_tap", { name: word }],
        ["net.vm.create_tap", { name: "t0", bridge: "b0", mac: word }],
        ["net.routes.add", { dst: word, dev: "up0" }],
        ["net.routes.add", { dst: "10.5.0.0/16", gateway: word }],
        ["net.routes.add", { dst: "10.5.0.0/16", dev: word }],
        ["net.routes.add", { dst: "10.5.0.0/16", dev: "up0", table: word }],
        ["net.routes.add", { dst: "10.5.0.0/16", dev: "up0", tos: word }],
        ["net.routes.delete", { dst: word }],
        ["net.routes.delete", { dst: "10.5.0.0/16", src: word, table: word }],
      ]);
      const ran = bench.run(calls, { look: LOOK, path: "/nonexistent" });
      expect(foreignOf(ran.looks)).toEqual(foreignOf(ran.found.looks));
      const seen = new Set(kinds(ran.answers));
      for (const kind of ["internal_error", "tool_missing", "command_failed"]) expect(seen).not.toContain(kind);
      expect(seen).toContain("changed");
      // A link that was made has exactly the name that was asked for.
      const made = ran.answers.flatMap(({ result }, at) =>
        calls[at]?.[0] === "net.bridge.add" && result?.changed === true ? [[calls[at], result.bridge]] : [],
      );
      for (const [call, bridge] of made) {
        expect((bridge as Shown).ifname).toBe(((call as Call)[1] as Shown).name);
      }
      expect(uncleanOf(ran)).toEqual([]);
    },
  );
});
