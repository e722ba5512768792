import { expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { type Trial, WriteBench } from "../../world/writes.js";

/** What tells one state of links, addresses and routes from another. */
const LOOK = [
  ["ip", "-d", "-j", "link", "show"],
  ["ip", "-j", "addr", "show"],
  ["ip", "-d", "-j", "route", "show", "table", "all"],
  ["ip", "-d", "-j", "-6", "route", "show", "table", "all"],
];

interface Shown {
  readonly [field: string]: unknown;
}

const pick = (entry: Shown, fields: readonly string[]) =>
  Object.fromEntries(fields.filter((field) => entry[field] !== undefined).map((field) => [field, entry[field]]));

const sorted = (entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).sort();

/** Routes that follow from addresses and links are told by these. */
const isOwn = ({ protocol }: Shown) => protocol !== "kernel";

const normal = (looks: readonly string[]) => {
  const [links = [], addresses = [], ...routes] = looks.map((text) => JSON.parse(text) as Shown[]);
  return {
    links: sorted(
      links.map((link) => pick(link, ["ifname", "master", "mtu", "ifalias", "link", "linkinfo.info_kind"])),
    ),
    up: sorted(links.map((link) => ({ name: link.ifname, up: (link.flags as string[]).includes("UP") }))),
    addresses: sorted(
      addresses.flatMap((link) =>
        (link.addr_info as Shown[])
          .filter(({ scope }) => scope !== "link")
          .map((one) => ({ dev: link.ifname, ...pick(one, ["local", "prefixlen"]) })),
      ),
    ),
    routes: sorted(
      routes
        .flat()
        .filter(isOwn)
        .map((route) => pick(route, ["type", "dst", "gateway", "dev", "metric", "table", "protocol", "nexthops"])),
    ),
  };
};

const trial = (parts: Pick<Trial, "setup" | "write" | "reset">): Trial => ({ ...parts, look: LOOK, normal });

const BRIDGES: Trial["setup"] = [
  ["net.bridge.add", { name: "br0", address: "02:00:00:00:00:01" }],
  ["net.bridge.add", { name: "br1", address: "02:00:00:00:00:02" }],
];

const TRIALS: readonly [string, Trial][] = [
  [
    "net.bridge.add",
    trial({
      setup: [],
      write: ["net.bridge.add", { name: "br5", mtu: 1400, stp: true }],
      reset: [["net.bridge.delete", { name: "br5" }]],
    }),
  ],
  [
    "net.bridge.add without persist",
    trial({
      setup: [],
      write: ["net.bridge.add", { name: "br5", persist: false }],
      reset: [["net.bridge.delete", { name: "br5" }]],
    }),
  ],
  [
    "net.bridge.connect",
    trial({
      setup: BRIDGES,
      write: ["net.bridge.connect", { a: "br0", b: "br1" }],
      reset: [["net.bridge.delete", { name: "br0", force: true }], ...BRIDGES],
    }),
  ],
  [
    "net.bridge.add_port",
    trial({
      setup: BRIDGES,
      write: ["net.bridge.add_port", { bridge: "br0", interface: "bare" }],
      reset: [["net.bridge.remove_port", { bridge: "br0", interface: "bare" }]],
    }),
  ],
  [
    "net.bridge.add_port from another bridge",
    trial({
      setup: [...BRIDGES, ["net.bridge.add_port", { bridge: "br1", interface: "bare" }]],
      write: ["net.bridge.add_port", { bridge: "br0", interface: "bare", force: true }],
      reset: [["net.bridge.add_port", { bridge: "br1", interface: "bare", force: true }]],
    }),
  ],
  [
    "net.bridge.remove_port",
    trial({
      setup: [...BRIDGES, ["net.bridge.add_port", { bridge: "br0", interface: "bare" }]],
      write: ["net.bridge.remove_port", { bridge: "br0", interface: "bare" }],
      reset: [["net.bridge.add_port", { bridge: "br0", interface: "bare" }]],
    }),
  ],
  [
    "net.bridge.remove_port of a connection",
    trial({
      setup: [...BRIDGES, ["net.bridge.connect", { a: "br0", b: "br1" }]],
      write: ["net.bridge.remove_port", { bridge: "br0", interface: "mv25c49d9af1a" }],
      reset: [["net.bridge.connect", { a: "br0", b: "br1" }]],
    }),
  ],
  [
    "net.bridge.delete by force, with ports, connections and routes",
    trial({
      setup: [
        ...BRIDGES,
        ["net.bridge.connect", { a: "br0", b: "br1" }],
        ["net.bridge.add_port", { bridge: "br0", interface: "bare" }],
        ["net.routes.add", { dst: "10.7.0.0/16", dev: "br0" }],
      ],
      write: ["net.bridge.delete", { name: "br0", force: true }],
      reset: [
        ...BRIDGES,
        ["net.bridge.connect", { a: "br0", b: "br1" }],
        ["net.bridge.add_port", { bridge: "br0", interface: "bare" }],
        ["net.routes.add", { dst: "10.7.0.0/16", dev: "br0" }],
      ],
    }),
  ],
  [
    "net.vm.create_tap",
    trial({
      setup: BRIDGES,
      write: ["net.vm.create_tap", { name: "vm1", bridge: "br0", owner_uid: 4242, mtu: 1400 }],
      reset: [["net.vm.delete_tap", { name: "vm1" }]],
    }),
  ],
  [
    "net.vm.delete_tap",
    trial({
      setup: [...BRIDGES, ["net.vm.create_tap", { name: "vm1", bridge: "br0" }]],
      write: ["net.vm.delete_tap", { name: "vm1" }],
      reset: [["net.vm.create_tap", { name: "vm1", bridge: "br0" }]],
    }),
  ],
  [
    "net.bridge.add_port of a tap",
    trial({
      setup: [...BRIDGES, ["net.vm.create_tap", { name: "vm1", bridge: "br0" }]],
      write: ["net.bridge.add_port", { bridge: "br1", interface: "vm1", force: true }],
      reset: [["net.bridge.add_port", { bridge: "br0", interface: "vm1", force: true }]],
    }),
  ],
  [
    "net.routes.add",
    trial({
      setup: [],
      write: ["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9" }],
      reset: [["net.routes.delete", { dst: "10.8.0.0/16" }]],
    }),
  ],
  [
    "net.routes.add in another one's place",
    trial({
      setup: [["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9" }]],
      write: ["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.8", replace: true }],
      reset: [["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9", replace: true }]],
    }),
  ],
  [
    "net.routes.delete",
    trial({
      setup: [["net.routes.add", { dst: "2001:db8:8::/48", type: "blackhole" }]],
      write: ["net.routes.delete", { dst: "2001:db8:8::/48", type: "blackhole" }],
      reset: [["net.routes.add", { dst: "2001:db8:8::/48", type: "blackhole" }]],
    }),
  ],
];

describeNetwork("a daemon that is killed or fails at any step of a write on links", () => {
  it.each(TRIALS)("leaves the old state or the new one: %s", { timeout: 240_000 }, (_, parts) => {
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    try {
      namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
      namespace.batch([
        "link add up0 type veth peer name bare",
        "link set up0 up",
        "link set bare up",
        "addr add 192.0.2.1/24 dev up0",
      ]);
      const report = bench.trial(parts);
      expect(report.new).not.toEqual(report.old);
      expect(report.kills.length).toBeGreaterThan(1);
      for (const { step, state, drift } of report.kills) {
        expect([report.old, report.new], `killed after: ${step}`).toContainEqual(state);
        expect(drift, `killed after: ${step}`).toEqual([]);
      }
      expect(report.failures.length).toBe(report.kills.length);
      for (const { step, state, answers, isKept } of report.failures) {
        expect(state, `failed at: ${step}`).toEqual(report.old);
        expect(isKept, `the registries, failed at: ${step}`).toBe(true);
        expect(answers[0]?.error?.kind, step).toBe("internal_error");
      }
    } finally {
      namespace.remove();
      bench.remove();
    }
  });
});
