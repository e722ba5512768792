import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

const SERVER = `require("net").createServer((c) => c.resume()).listen({ port: Number(process.argv[1]), host: "::" }, () => console.log("ready"))`;
const CLIENT = `const c = require("net").connect(Number(process.argv[2]), process.argv[1], () => console.log("ready")); c.resume(); c.on("error", () => {})`;

describeNetwork("what carries a connection of the caller or an SSH session", () => {
  const [node, far] = [new Namespace(), new Namespace()];
  const bench = new WriteBench(() => node.wrapper);
  const started: ChildProcess[] = [];
  afterAll(async () => {
    for (const child of started) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    node.remove();
    far.remove();
    bench.remove();
  });

  async function start(where: Namespace, script: string, ...args: string[]): Promise<void> {
    const [command = "", ...rest] = [...where.wrapper, process.execPath, "-e", script, ...args];
    const child = spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    await once(child.stdout, "data");
  }

  beforeAll(async () => {
    for (const one of [node, far]) one.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    node.batch([
      "link add up0 type veth peer name eth0",
      "link add v0 type veth peer name v1",
      "link set v0 up",
      "link set v1 up",
    ]);
    node.ip(`link set eth0 netns ${far.name}`);
    node.ip("link set up0 up");
    far.batch([
      "link set eth0 up",
      "link set lo up",
      "addr add 192.0.2.2/24 dev eth0",
      "addr add 198.51.100.7/32 dev lo",
    ]);
    // The uplink is a port of a bridge of ours, as on a node with machines.
    bench.run([
      ["net.bridge.add", { name: "br0" }],
      ["net.bridge.add_port", { bridge: "br0", interface: "up0" }],
    ]);
    node.ip("addr add 192.0.2.1/24 dev br0");
    far.ip("route add default via 192.0.2.1");
    bench.run([
      ["net.bridge.add_port", { bridge: "br0", interface: "v0" }],
      ["net.routes.add", { dst: "198.51.100.0/24", gateway: "192.0.2.2" }],
      ["net.routes.add", { dst: "203.0.113.0/24", gateway: "192.0.2.2" }],
    ]);
    await start(node, SERVER, "22");
    await start(node, SERVER, "9443");
  }, 60_000);

  const holder = (reason: string) => expect.arrayContaining([{ kind: "connection", name: expect.any(String), reason }]);
  const refused = (reason: string) => ({ error: { kind: "in_use", holders: holder(reason) } });

  it("is not cut without force: routes, ports, the bridge", { timeout: 60_000 }, async () => {
    const route = (dst: string) => ["net.routes.delete", { dst }] as const;
    // Nobody is connected: nothing stands in the way.
    const { address } = { address: "198.51.100.7" };
    const idle = bench.run(
      [route("198.51.100.0/24"), ["net.routes.add", { dst: "198.51.100.0/24", gateway: "192.0.2.2" }]],
      { address },
    );
    expect(idle.answers).toMatchObject([{ result: { changed: true } }, { result: { changed: true } }]);

    await start(
      far,
      `require("net").connect({ host: "192.0.2.1", port: 22, localAddress: "198.51.100.7" }, () => console.log("ready")).resume()`,
    );
    const calls = [
      route("198.51.100.0/24"),
      ["net.routes.add", { dst: "198.51.100.0/24", gateway: "192.0.2.3", replace: true }],
      // A more specific one takes it over, wherever that leads.
      ["net.routes.add", { dst: "198.51.100.7", type: "blackhole" }],
      ["net.routes.add", { dst: "198.51.100.0/25", gateway: "192.0.2.3" }],
      ["net.bridge.remove_port", { bridge: "br0", interface: "up0" }],
      ["net.bridge.delete", { name: "br0" }],
      // The same way by another route, and what goes elsewhere, take nothing over.
      ["net.routes.add", { dst: "198.51.100.0/26", gateway: "192.0.2.2" }],
      ["net.routes.add", { dst: "203.0.113.0/25", gateway: "192.0.2.3" }],
      ["net.routes.delete", { dst: "198.51.100.0/26", force: true }],
      // What does not carry it can go.
      route("203.0.113.0/24"),
      ["net.bridge.remove_port", { bridge: "br0", interface: "v0" }],
    ] as const;
    const ssh = bench.run(calls);
    const session = refused("established inbound SSH session");
    expect(ssh.answers).toMatchObject([
      ...Array.from({ length: 6 }, () => session),
      ...Array.from({ length: 5 }, () => ({ result: { changed: true } })),
    ]);
    expect(node.ip("route show table all 198.51.100.0/24").toString()).toContain("via 192.0.2.2");
    expect(node.ip("route show 198.51.100.7").toString() + node.ip("route show 198.51.100.0/25")).toBe("");
    expect(Object.keys(bench.registry("routes"))).toEqual([
      "inet 254 198.51.100.0/24 0 0",
      "inet 254 203.0.113.0/25 0 0",
    ]);
    const [{ error } = {}] = ssh.answers;
    const [{ name } = {}] = (error?.holders ?? []) as { name?: string }[];
    expect(name).toMatch(/^192\.0\.2\.1:22 198\.51\.100\.7:[0-9]+$/);

    // The caller's own connection counts only where the call came by it.
    await start(far, CLIENT, "192.0.2.1", "9443");
    const direct = [["net.bridge.remove_port", { bridge: "br0", interface: "up0" }]] as const;
    expect(bench.run(direct, { address: "192.0.2.2" }).answers).toMatchObject([refused("the caller's own connection")]);

    const forced = bench.run([
      ["net.routes.delete", { dst: "198.51.100.0/24", force: true }],
      ["net.bridge.remove_port", { bridge: "br0", interface: "up0", force: true }],
    ]);
    expect(forced.answers).toMatchObject([{ result: { changed: true } }, { result: { changed: true } }]);
  });
});
