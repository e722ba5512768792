import type { Call, Trial } from "../../world/writes.js";

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

/** Bridges whose Ethernet address a trial gives; those of others are made by chance. */
const ADDRESSED: ReadonlySet<unknown> = new Set(["br0", "br1"]);

const sorted = (entries: readonly object[]) => entries.map((entry) => JSON.stringify(entry)).sort();

/** Routes that follow from addresses and links are told by these. */
const isOwn = ({ protocol }: Shown) => protocol !== "kernel";

const normal = (looks: readonly string[]) => {
  const [links = [], addresses = [], ...routes] = looks.map((text) => JSON.parse(text) as Shown[]);
  return {
    links: sorted(
      links.map((link) => ({
        ...pick(link, ["ifname", "master", "mtu", "ifalias", "link", "linkinfo.info_kind"]),
        ...(ADDRESSED.has(link.ifname) && { address: link.address }),
      })),
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

export interface LinkTrial extends Trial {
  /** Only what is remembered changes. */
  readonly keepsKernel?: boolean;
  /** It starts from a state that a start of the daemon repairs. */
  readonly isDrift?: boolean;
}

const trial = (parts: Omit<LinkTrial, "look" | "normal">): LinkTrial => ({ ...parts, look: LOOK, normal });

const BRIDGES: Trial["setup"] = [
  ["net.bridge.add", { name: "br0", address: "02:00:00:00:00:01" }],
  ["net.bridge.add", { name: "br1", address: "02:00:00:00:00:02" }],
];

const shell = (script: string): Call => ["happen", { command: ["sh", "-c", script] }];

/** An interface that carries addresses and routes of both families, one of them ours. */
const BURDEN: Trial["setup"] = [
  shell("ip addr flush dev bare; ip addr add 198.51.100.1/24 dev bare; ip addr add 198.51.100.2/24 dev bare"),
  shell("ip addr add 2001:db8:1::1/64 dev bare nodad; ip route replace 10.6.0.0/16 via 198.51.100.9 proto static"),
  shell("ip -6 route replace 2001:db8:6::/48 via 2001:db8:1::9 proto static"),
  ["net.routes.add", { dst: "10.9.0.0/16", dev: "bare" }],
];

const FOREIGN_ROUTE = shell("ip route replace 10.8.0.0/16 via 192.0.2.7 proto static");
const DETACHED: Trial["setup"] = [
  ["net.bridge.remove_port", { bridge: "br0", interface: "vm1" }],
  shell("ip link set vm1 master br0"),
];
const CONNECTED: Trial["setup"] = [
  ...BRIDGES,
  ["net.bridge.connect", { a: "br0", b: "br1" }],
  ["net.bridge.add_port", { bridge: "br0", interface: "bare" }],
];

/** Every write on links and routes, with each of its variants. */
export const TRIALS: readonly [string, LinkTrial][] = [
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
  [
    "net.bridge.add of one that is there",
    trial({
      setup: BRIDGES,
      write: ["net.bridge.add", { name: "br0", persist: false }],
      reset: [["net.bridge.add", { name: "br0" }]],
      keepsKernel: true,
    }),
  ],
  [
    "net.bridge.connect of what is connected",
    trial({
      setup: [...BRIDGES, ["net.bridge.connect", { a: "br0", b: "br1" }]],
      write: ["net.bridge.connect", { a: "br0", b: "br1", persist: false }],
      reset: [["net.bridge.connect", { a: "br0", b: "br1" }]],
      keepsKernel: true,
    }),
  ],
  [
    "net.bridge.add_port of a port",
    trial({
      setup: [...BRIDGES, ["net.bridge.add_port", { bridge: "br0", interface: "bare" }]],
      write: ["net.bridge.add_port", { bridge: "br0", interface: "bare", persist: false }],
      reset: [["net.bridge.add_port", { bridge: "br0", interface: "bare" }]],
      keepsKernel: true,
    }),
  ],
  [
    "net.bridge.add_port with all that the interface carries",
    trial({
      setup: [...BRIDGES, ...BURDEN],
      write: ["net.bridge.add_port", { bridge: "br0", interface: "bare", migrate: true }],
      reset: [
        ["net.routes.delete", { dst: "10.9.0.0/16" }],
        ["net.bridge.delete", { name: "br0", force: true }],
        shell("ip link set bare up"),
        ...BRIDGES,
        ...BURDEN,
      ],
    }),
  ],
  [
    "net.bridge.add_port with a route and no address",
    trial({
      setup: [...BRIDGES, ["net.routes.add", { dst: "10.9.0.0/16", dev: "bare" }]],
      write: ["net.bridge.add_port", { bridge: "br0", interface: "bare", migrate: true }],
      reset: [
        ["net.routes.delete", { dst: "10.9.0.0/16" }],
        ["net.bridge.delete", { name: "br0", force: true }],
        ...BRIDGES,
        ["net.routes.add", { dst: "10.9.0.0/16", dev: "bare" }],
      ],
    }),
  ],
  [
    "net.bridge.remove_port of a tap",
    trial({
      setup: [...BRIDGES, ["net.vm.create_tap", { name: "vm1", bridge: "br0" }]],
      write: ["net.bridge.remove_port", { bridge: "br0", interface: "vm1" }],
      reset: [["net.bridge.add_port", { bridge: "br0", interface: "vm1" }]],
    }),
  ],
  [
    "net.bridge.add_port of a tap that somebody moved there",
    trial({
      setup: [...BRIDGES, ["net.vm.create_tap", { name: "vm1", bridge: "br0" }], ...DETACHED],
      write: ["net.bridge.add_port", { bridge: "br0", interface: "vm1" }],
      reset: DETACHED,
      keepsKernel: true,
    }),
  ],
  [
    "net.vm.create_tap of a tap that somebody moved there",
    trial({
      setup: [...BRIDGES, ["net.vm.create_tap", { name: "vm1", bridge: "br0" }], ...DETACHED],
      write: ["net.vm.create_tap", { name: "vm1", bridge: "br0" }],
      reset: DETACHED,
      keepsKernel: true,
    }),
  ],
  [
    "net.bridge.delete of one that somebody deleted",
    trial({
      setup: [...CONNECTED, shell("ip link delete br0")],
      write: ["net.bridge.delete", { name: "br0" }],
      reset: [...CONNECTED, shell("ip link delete br0")],
      isDrift: true,
    }),
  ],
  [
    "net.bridge.delete of another owner's by force",
    trial({
      setup: [shell("ip link add brx address 02:00:00:00:00:09 type bridge; ip link set brx up")],
      write: ["net.bridge.delete", { name: "brx", force: true }],
      reset: [
        shell("ip link show brx || { ip link add brx address 02:00:00:00:00:09 type bridge; ip link set brx up; }"),
      ],
    }),
  ],
  [
    "net.routes.add of one that is there",
    trial({
      setup: [["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9" }]],
      write: ["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9", persist: false }],
      reset: [["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.9" }]],
      keepsKernel: true,
    }),
  ],
  [
    "net.routes.add in another owner's place by force",
    trial({
      setup: [FOREIGN_ROUTE],
      write: ["net.routes.add", { dst: "10.8.0.0/16", gateway: "192.0.2.8", replace: true, force: true }],
      reset: [["net.routes.delete", { dst: "10.8.0.0/16", force: true }], FOREIGN_ROUTE],
    }),
  ],
  [
    "net.routes.delete of another owner's by force",
    trial({
      setup: [FOREIGN_ROUTE],
      write: ["net.routes.delete", { dst: "10.8.0.0/16", force: true }],
      reset: [FOREIGN_ROUTE],
    }),
  ],
];
