import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MethodName, MethodTypes } from "../../../generated/methods.gen.js";
import { validateResult } from "../../../generated/results.gen.js";
import { Files } from "../../../src/kernel/files.js";
import { ovs } from "../../../src/native/net/ovs.js";
import { callContext } from "../../world/call-context.js";
import { describeNetwork } from "../../world/namespace.js";
import { OpenVswitch } from "../../world/open-vswitch.js";

const handlers = ovs({ files: new Files() });
const DATAPATH = "netdev@ovs-netdev";

/** Asks the handler and sees that the answer fits the specification. */
async function ask<M extends MethodName & keyof typeof handlers>(method: M, params: MethodTypes[M]["params"] = {}) {
  const handler = handlers[method] as (params: unknown, context: unknown) => Promise<MethodTypes[M]["result"]>;
  const result = await handler(params, callContext());
  expect(validateResult[method](result), JSON.stringify(validateResult[method].errors)).toBe(true);
  return result;
}

const counted = (text: string): number => text.split("\n").filter((line) => line.includes("actions=")).length;

describeNetwork("a live Open vSwitch", () => {
  const world = new OpenVswitch();
  const before = { ...process.env };
  beforeAll(() => {
    world.start();
    Object.assign(process.env, world.env);
    for (const flow of [
      "table=0,priority=100,ip,nw_dst=192.0.2.0/24,ct_state=-trk,cookie=0x5,idle_timeout=600,send_flow_rem actions=ct(table=1,zone=5)",
      "table=0,priority=50,arp actions=NORMAL",
      "table=1,priority=10,ct_state=+new,ip actions=ct(commit,zone=5,exec(set_field:0x1->ct_mark)),NORMAL",
      "table=1,priority=5,ct_state=+est,ip actions=NORMAL",
      "table=1,ct_state=+inv,ip actions=drop",
      "table=2,priority=7,tcp,tp_dst=80,hard_timeout=600 actions=drop",
      "priority=0 actions=drop",
    ])
      world.run("ovs-ofctl", "-O", "OpenFlow13", "add-flow", "br-ex", flow);
    world.hosts[0].run("ping", "-c", "2", "-i", "0.2", "192.0.2.2");
    // The datapath tells the tables what it counted every half second.
    world.run("ovs-appctl", "revalidator/wait");
  });
  afterAll(() => {
    process.env = before;
    world.stop();
  });

  it("shows its bridges, ports and interfaces as ovs-vsctl has them", async () => {
    const state = await ask("net.ovs");
    expect(state.bridges.map(({ name }) => name)).toEqual(world.run("ovs-vsctl", "list-br").trim().split("\n").sort());
    for (const bridge of state.bridges) {
      const get = (column: string) =>
        world.run("ovs-vsctl", "get", "bridge", bridge.name, column).trim().replaceAll('"', "");
      expect(bridge.uuid).toBe(get("_uuid"));
      expect(bridge.datapath_id).toBe(get("datapath_id"));
      expect(`[${bridge.protocols.join(", ")}]`).toBe(get("protocols"));
      expect(bridge.fail_mode ?? "[]").toBe(get("fail_mode"));
      const ports = world.run("ovs-vsctl", "list-ports", bridge.name).trim().split("\n");
      expect(bridge.ports.map(({ name }) => name)).toEqual([...ports, bridge.name].sort());
      for (const { interfaces } of bridge.ports)
        for (const { name, ofport, type, mac_in_use } of interfaces) {
          const column = (key: string) =>
            world.run("ovs-vsctl", "get", "interface", name, key).trim().replaceAll('"', "");
          expect([String(ofport), type === "system" ? "" : type, mac_in_use]).toEqual([
            column("ofport"),
            column("type"),
            column("mac_in_use"),
          ]);
        }
    }
    const [external, internal] = state.bridges;
    expect(external).toMatchObject({
      fail_mode: "secure",
      other_config: { hwaddr: "02:00:00:00:00:0a" },
      controllers: [],
    });
    expect(internal).toMatchObject({
      external_ids: { owner: "test" },
      controllers: [{ target: "tcp:127.0.0.1:6653", is_connected: false }],
      ports: [{ name: "br-int" }, { interfaces: [{ type: "patch", options: { peer: "patch-int" } }] }],
    });
    expect((await ask("net.ovs", { bridge: "br-int" })).bridges).toHaveLength(1);
  });

  it("lists its flows as ovs-ofctl does, table by table, the higher priority first", async () => {
    const { total, truncated, flows } = await ask("net.flows", { bridge: "br-ex" });
    expect([total, truncated]).toEqual([counted(world.run("ovs-ofctl", "dump-flows", "br-ex")), false]);
    expect(flows.map(({ table, priority, match, actions }) => [table, priority, match, actions])).toEqual([
      [0, 100, "ct_state=-trk,ip,nw_dst=192.0.2.0/24", "ct(table=1,zone=5)"],
      [0, 50, "arp", "NORMAL"],
      [0, 0, "", "drop"],
      [1, 32768, "ct_state=+inv,ip", "drop"],
      [1, 10, "ct_state=+new,ip", "ct(commit,zone=5,exec(load:0x1->NXM_NX_CT_MARK[])),NORMAL"],
      [1, 5, "ct_state=+est,ip", "NORMAL"],
      [2, 7, "tcp,tp_dst=80", "drop"],
    ]);
    expect(flows[0]).toMatchObject({
      bridge: "br-ex",
      cookie: "0x5",
      idle_timeout: 600,
      n_packets: expect.any(Number),
    });
    expect(flows[0]?.n_packets).toBeGreaterThanOrEqual(1);
  });

  it("filters flows by table and cookie, and says what it left out", async () => {
    expect((await ask("net.flows", { bridge: "br-ex", table: 1 })).total).toBe(3);
    expect((await ask("net.flows", { cookie: "0x5" })).flows.map(({ cookie }) => cookie)).toEqual(["0x5"]);
    expect((await ask("net.flows", { cookie: "0x4/0xc" })).total).toBe(1);
    expect(await ask("net.flows", { limit: 2 })).toMatchObject({ total: 7, truncated: true, flows: [{}, {}] });
  });

  it("reads the flows of a bridge that forbids OpenFlow 1.0", async () => {
    world.run("ovs-vsctl", "set", "bridge", "br-ex", "protocols=[OpenFlow13]");
    const { flows } = await ask("net.flows", { bridge: "br-ex" });
    expect(flows[0]).toMatchObject({ flags: ["send_flow_rem"], match: "ct_state=-trk,ip,nw_dst=192.0.2.0/24" });
    world.run("ovs-vsctl", "set", "bridge", "br-ex", "protocols=[OpenFlow10,OpenFlow13]");
  });

  it("shows its datapath with ports, counters and cached flows", async () => {
    const { datapaths, flows, total } = await ask("net.datapath");
    const ports = [...world.run("ovs-appctl", "dpctl/show").matchAll(/port (\d+): (\S+)/g)].map(([, n, name]) => [
      Number(n),
      name,
    ]);
    expect(datapaths.map(({ name, type }) => [name, type])).toEqual([[DATAPATH, "netdev"]]);
    expect(datapaths[0]?.ports.map(({ number, name }) => [number, name])).toEqual(ports);
    expect(datapaths[0]?.ports.find(({ name }) => name === "ovs1")?.stats?.rx_packets).toBeGreaterThanOrEqual(2);
    expect(total).toBe(flows.length);
    expect(flows.filter(({ in_port, eth_type }) => in_port === "ovs1" && eth_type === "0x0800").length).toBeGreaterThan(
      0,
    );
    expect((await ask("net.datapath", { datapath: DATAPATH, limit: 0 })).flows).toEqual([]);
  });

  it("lists, counts and flushes its connections", async () => {
    const all = await ask("net.ovs.conntrack");
    expect(all.entries).toMatchObject([
      {
        datapath: DATAPATH,
        protocol: "icmp",
        family: "inet",
        zone: 5,
        mark: 1,
        original: { src: "192.0.2.1", icmp_type: 8 },
        reply: { src: "192.0.2.2" },
      },
    ]);
    expect(await ask("net.ovs.conntrack", { zone: 6 })).toMatchObject({ total: 0 });
    expect(await ask("net.ovs.conntrack", { protocol: "tcp" })).toMatchObject({ total: 0 });
    expect(await ask("net.ovs.conntrack", { family: "inet6" })).toMatchObject({ total: 0 });
    world.run("ovs-appctl", "dpctl/ct-set-limits", DATAPATH, "default=10", "zone=5,limit=1000");
    expect(await ask("net.ovs.conntrack.stats")).toMatchObject([
      {
        datapath: DATAPATH,
        total: 1,
        max: 3000000,
        tcp_sequence_checking: true,
        by_protocol: [{ protocol: "icmp", connections: 1 }],
        default_zone_limit: 10,
        zone_limits: [{ zone: 5, limit: 1000 }],
      },
    ]);
    expect(await ask("net.ovs.conntrack.flush", { zone: 6 })).toEqual({ changed: true, warnings: [], zone: 6 });
    expect((await ask("net.ovs.conntrack")).total).toBe(1);
    expect(await ask("net.ovs.conntrack.flush", { datapath: DATAPATH, zone: 5 })).toMatchObject({ changed: true });
    expect(world.run("ovs-appctl", "dpctl/dump-conntrack", DATAPATH).trim()).toBe("");
  });

  it.each([
    ["net.ovs", { bridge: "no-such" }, "ovs_bridge"],
    ["net.flows", { bridge: "unix:/etc/passwd" }, "ovs_bridge"],
    ["net.datapath", { datapath: "netdev@other" }, "datapath"],
    ["net.ovs.conntrack", { datapath: "system@ovs-system" }, "datapath"],
    ["net.ovs.conntrack.stats", { datapath: "x" }, "datapath"],
    ["net.ovs.conntrack.flush", { datapath: "x" }, "datapath"],
  ] as const)("%s of what is not there is not_found: %j", async (method, params, resource) => {
    await expect(ask(method, params)).rejects.toMatchObject({ kind: "not_found", details: { resource } });
  });
});

describe("where no Open vSwitch runs", () => {
  it("each method says what failed", async () => {
    const before = process.env.OVS_RUNDIR;
    process.env.OVS_RUNDIR = "/nonexistent";
    try {
      await expect(ask("net.ovs")).rejects.toMatchObject({ kind: "command_failed" });
      await expect(ask("net.datapath")).rejects.toMatchObject({ kind: "command_failed" });
    } finally {
      if (before === undefined) delete process.env.OVS_RUNDIR;
      else process.env.OVS_RUNDIR = before;
    }
  });

  it("and without its tools, which package holds them", async () => {
    const path = process.env.PATH;
    process.env.PATH = "/nonexistent";
    try {
      await expect(ask("net.ovs")).rejects.toMatchObject({
        kind: "tool_missing",
        details: { package: "openvswitch-switch" },
      });
      await expect(ask("net.ovs.conntrack")).rejects.toMatchObject({
        kind: "tool_missing",
        details: { package: "openvswitch-common" },
      });
    } finally {
      process.env.PATH = path;
    }
  });
});
