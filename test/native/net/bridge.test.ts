import { afterAll, beforeAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { type Call, type RunOptions, WriteBench } from "../../world/writes.js";

/** A namespace with a daemon's state folder, and calls that a fresh daemon makes in it. */
function world() {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  beforeAll(() => {
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
  });
  const answers = (calls: readonly Call[], options: RunOptions = {}) => bench.run(calls, options).answers;
  return { namespace, bench, answers };
}

const clean = (drift: readonly { readonly state: string }[]) => drift.filter(({ state }) => state !== "ok");

describeNetwork("net.bridge.add and net.bridge.delete", () => {
  const { namespace, bench, answers } = world();

  it("make a bridge with an address of its own, once, and again after somebody deleted it", () => {
    const first = bench.run([
      ["net.bridge.add", { name: "br0" }],
      ["net.bridge.add", { name: "br0", mtu: 1500 }],
      ["net.bridge.add", { name: "br0", address: "02:00:00:00:00:01" }],
      ["net.bridge", { name: "br0" }],
    ]);
    const [{ result } = {}] = first.answers;
    const { address = "" } = (result?.bridge ?? {}) as { address?: string };
    expect(first.answers).toMatchObject([
      {
        result: {
          changed: true,
          warnings: [],
          persisted: true,
          bridge: { managed: true, address_fixed: true, mtu: 1500 },
        },
      },
      { result: { changed: false } },
      { error: { kind: "conflict", expected: "address 02:00:00:00:00:01", actual: `address ${address}` } },
      { result: [{ ifname: "br0", ifalias: "my_os_server:bridge", ports: [], fdb: expect.any(Array) }] },
    ]);
    expect(Number.parseInt(address.slice(0, 2), 16) & 3).toBe(2);
    expect(first.drift).toMatchObject([{ kind: "bridge", id: "br0", state: "ok" }]);
    namespace.ip("link delete br0");
    const again = bench.run([["net.bridge", { name: "br0" }]]);
    expect(again.answers).toMatchObject([{ result: [{ address, flags: expect.arrayContaining(["UP"]) }] }]);
    expect(clean(again.drift)).toEqual([]);
    expect(
      answers([
        ["net.bridge.delete", { name: "br0" }],
        ["net.bridge.delete", { name: "br0" }],
      ]),
    ).toMatchObject([
      { result: { changed: true, bridge: { ifname: "br0", address }, deleted_connections: [], deleted_routes: [] } },
      { error: { kind: "not_found", resource: "bridge", name: "br0" } },
    ]);
    expect(bench.registry("bridges")).toEqual({});
  });

  it("give a bridge all that is asked for, and say what it means", () => {
    const wanted = { stp: true, forward_delay_seconds: 4, priority: 4096, ageing_time: 60, mtu: 1400, up: false };
    const address = "0A:00:00:00:00:01";
    const { answers, drift } = bench.run([
      ["net.bridge.add", { name: "br1", address, ...wanted, persist: false }],
      ["net.bridge.add", { name: "br1", persist: false }],
      ["net.bridge.add", { name: "br1" }],
      ["net.bridge.add", { name: "br1", persist: false, ...wanted }],
      ["net.bridge.add", { name: "br1", up: true }],
      ["net.bridge.delete", { name: "br1" }],
    ]);
    expect(answers).toMatchObject([
      {
        result: {
          changed: true,
          persisted: false,
          warnings: [
            { kind: "port_not_forwarding", message: expect.stringContaining("8 seconds") },
            { kind: "not_persisted" },
            { kind: "interface_down" },
          ],
          bridge: {
            stp_state: true,
            forward_delay_seconds: 4,
            priority: 4096,
            ageing_time_seconds: 60,
            mtu: 1400,
            address: "0a:00:00:00:00:01",
          },
        },
      },
      { result: { changed: false, persisted: false } },
      { result: { changed: true, persisted: true } },
      { result: { changed: true, persisted: false } },
      { error: { kind: "conflict", expected: "up true", actual: "up false" } },
      { result: { changed: true } },
    ]);
    expect(drift).toEqual([]);
  });

  it("leave what is not ours alone unless they are forced", () => {
    namespace.ip("link add docker0 type bridge");
    namespace.ip("link add v0 type veth peer name v1");
    namespace.ip("link set v0 master docker0");
    expect(
      answers([
        ["net.bridge.add", { name: "docker0" }],
        ["net.bridge.add", { name: "v0" }],
        ["net.bridge.delete", { name: "docker0" }],
        ["net.bridge.delete", { name: "v0", force: true }],
        ["net.bridge.add", { name: "br%d" }],
        ["net.bridge.add", { name: "ünïcödénämë" }],
        ["net.bridge.add", { name: "br2", address: "01:00:00:00:00:01" }],
        ["net.bridge.add", { name: "br2", address: "00:00:00:00:00:00" }],
        ["net.bridge.delete", { name: "docker0", force: true }],
      ]),
    ).toMatchObject([
      { error: { kind: "conflict", managed: false, owner_hint: "docker" } },
      { error: { kind: "already_exists", name: "v0" } },
      { error: { kind: "conflict", managed: false, owner_hint: "docker", remedy: "force: true" } },
      { error: { kind: "invalid_argument", field: "name" } },
      { error: { kind: "invalid_argument", field: "name", reason: expect.stringContaining("pattern") } },
      { error: { kind: "invalid_argument", field: "name", reason: expect.stringContaining("15 bytes") } },
      { error: { kind: "invalid_argument", field: "address" } },
      { error: { kind: "invalid_argument", field: "address" } },
      { result: { changed: true, bridge: { ifname: "docker0", managed: false, ports: [{ ifname: "v0" }] } } },
    ]);
    expect(namespace.ip("-o link show v0").toString()).not.toContain("master");
    expect(bench.registry("bridges")).toEqual({});
  });
});

describeNetwork("ports and connections of bridges", () => {
  const { namespace, bench, answers } = world();

  it("two bridges are connected once, pass frames, and are taken apart again", () => {
    namespace.ip("link add br9 type bridge");
    const made = bench.run([
      ["net.bridge.add", { name: "br0" }],
      ["net.bridge.add", { name: "br1", mtu: 1400 }],
      ["net.bridge.connect", { a: "br1", b: "br0" }],
      ["net.bridge.connect", { a: "br0", b: "br1" }],
      ["net.bridge.connect", { a: "br0", b: "br1", mtu: 1300 }],
      ["net.bridge.connect", { a: "br0", b: "br9", persist: false }],
      ["net.bridge.connect", { a: "br9", b: "br1" }],
      ["net.bridge.connect", { a: "br0", b: "br0" }],
      ["net.bridge.connect", { a: "br0", b: "lo" }],
      ["net.bridge.connect", { a: "br0", b: "nope" }],
    ]);
    const name = (end: string) => expect.stringMatching(new RegExp(`^mv[0-9a-f]{10}${end}$`));
    expect(made.answers.slice(2)).toMatchObject([
      {
        result: {
          changed: true,
          warnings: [{ kind: "mtu_lowered", object: "br0" }],
          connection: {
            mtu: 1400,
            a: { bridge: "br0", interface: name("a") },
            b: { bridge: "br1", interface: name("b") },
          },
        },
      },
      { result: { changed: false } },
      { error: { kind: "conflict", expected: "mtu 1300", actual: "mtu 1400" } },
      { result: { changed: true, persisted: false } },
      {
        error: {
          kind: "conflict",
          objects: [
            "br1",
            expect.any(String),
            expect.any(String),
            "br0",
            expect.any(String),
            expect.any(String),
            "br9",
          ],
        },
      },
      { error: { kind: "invalid_argument", field: "b" } },
      { error: { kind: "invalid_argument", field: "b" } },
      { error: { kind: "not_found", name: "nope" } },
    ]);
    expect(clean(made.drift)).toEqual([]);
    namespace.ip("addr add 192.0.2.1/24 dev br0");
    // The other side answers from a namespace of its own.
    const other = new Namespace();
    try {
      namespace.ip("link add far type veth peer name eth0");
      namespace.ip(`link set eth0 netns ${other.name}`);
      other.ip("addr add 192.0.2.2/24 dev eth0");
      other.ip("link set eth0 up");
      expect(answers([["net.bridge.add_port", { bridge: "br1", interface: "far" }]])).toMatchObject([
        { result: { changed: true, port: { ifname: "far", managed: true }, persisted: true } },
      ]);
      expect(namespace.run("ping", "-c", "1", "-W", "5", "192.0.2.2").toString()).toContain("1 received");
      const [read] = answers([["net.bridge", { name: "br1" }]]);
      expect(read).toMatchObject({
        result: [{ ports: expect.arrayContaining([expect.objectContaining({ connects_to: "br0", managed: true })]) }],
      });
      const { result } = made.answers[2] ?? {};
      const { a } = (result?.connection ?? {}) as { a?: { interface: string } };
      const gone = bench.run([["net.bridge.remove_port", { bridge: "br0", interface: a?.interface }]]);
      expect(gone.answers).toMatchObject([
        { result: { changed: true, deleted_connection: { a: { bridge: "br0" }, b: { bridge: "br1" } } } },
      ]);
      expect(() => namespace.run("ping", "-c", "1", "-W", "1", "192.0.2.2")).toThrow();
      expect(clean(gone.drift)).toEqual([]);
    } finally {
      other.remove();
    }
  });

  it("a port with addresses is refused, migrated, or left as it is", () => {
    namespace.ip("link add up0 type veth peer name up0p");
    for (const link of ["up0", "up0p"]) namespace.ip(`link set ${link} up`);
    namespace.batch([
      "addr add 198.51.100.1/24 dev up0",
      "addr add 198.51.100.7/24 dev up0 label up0:x",
      "addr add 2001:db8:1::1/64 dev up0 nodad",
      "route add default via 198.51.100.9 metric 5",
      "route add 10.0.0.0/8 via 198.51.100.9 proto static",
      "route add 2001:db8:9::/48 via 2001:db8:1::9",
    ]);
    bench.run([["net.routes.add", { dst: "10.9.0.0/16", dev: "up0", gateway: "198.51.100.8" }]]);
    const routes = () => namespace.ip("route").toString() + namespace.ip("-6 route show 2001:db8:9::/48").toString();
    const before = routes();
    const mac = JSON.parse(namespace.ip("-j link show up0").toString())[0].address;
    const { answers, drift } = bench.run([
      ["net.bridge.add", { name: "br3" }],
      ["net.bridge.add_port", { bridge: "br3", interface: "up0" }],
      ["net.bridge.add_port", { bridge: "br3", interface: "lo", force: true }],
      ["net.bridge.add_port", { bridge: "br3", interface: "br9", force: true }],
      ["net.bridge.add_port", { bridge: "up0p", interface: "up0" }],
      ["net.bridge.add_port", { bridge: "br3", interface: "up0", migrate: true }],
      ["net.bridge.add_port", { bridge: "br3", interface: "up0", migrate: true }],
      ["net.bridge.remove_port", { bridge: "br9", interface: "up0" }],
    ]);
    expect(answers.slice(1)).toMatchObject([
      {
        error: {
          kind: "conflict",
          objects: expect.arrayContaining(["198.51.100.1/24", "2001:db8:1::1/64"]),
          remedy: "migrate: true",
        },
      },
      { error: { kind: "invalid_argument", field: "interface" } },
      { error: { kind: "invalid_argument", field: "interface" } },
      { error: { kind: "invalid_argument", field: "bridge" } },
      {
        result: {
          changed: true,
          migrated: {
            addresses: ["198.51.100.1/24", "198.51.100.7/24", "2001:db8:1::1/64"],
            address: mac,
            routes: { length: 4 },
          },
        },
      },
      { result: { changed: false } },
      { error: { kind: "conflict", actual: "up0 is a port of br3" } },
    ]);
    expect(clean(drift)).toMatchObject([{ kind: "bridge_port", id: "br1/far", state: "delayed" }]);
    expect(routes()).toBe(before.replaceAll("dev up0 ", "dev br3 "));
    expect(JSON.parse(namespace.ip("-j addr show up0").toString())[0].addr_info).toEqual([]);
  });
});
