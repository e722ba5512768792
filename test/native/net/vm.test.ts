import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

const machine = join(import.meta.dirname, "../../world/open-tap.mjs");

describeNetwork("net.vm", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  const started: ChildProcess[] = [];
  afterEach(async () => {
    for (const child of started.splice(0)) {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
  });
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  beforeAll(() => {
    namespace.sysctl("net.ipv6.conf.default.addr_gen_mode", 1);
    bench.run([["net.bridge.add", { name: "br0" }]]);
    namespace.ip("addr add 192.0.2.1/24 dev br0");
  });

  /** Starts a machine on a tap in the namespace, as a user; resolves when it has the tap. */
  async function start(tap: string, uid: number): Promise<ChildProcess> {
    const [command = "", ...args] = [...namespace.wrapper, process.execPath, machine, tap, String(uid)];
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    started.push(child);
    const [said] = await once(child.stdout, "data");
    expect(String(said)).toBe("open\n");
    return child;
  }

  /** The kernel tells a carrier a moment after it is there. */
  async function untilUp(ifname: string): Promise<void> {
    const state = () => JSON.parse(namespace.run("ip", "-j", "link", "show", ifname).toString())[0].operstate;
    for (let tries = 0; state() !== "UP" && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  it("create_tap makes a tap that its owner's machine passes packets through, and no stranger", async () => {
    const call = ["net.vm.create_tap", { name: "vm1", bridge: "br0", owner_uid: 4242 }] as const;
    const made = bench.run([call, call, ["net.vm.create_tap", { name: "vm1", bridge: "br0", owner_uid: 1 }]]);
    expect(made.answers).toMatchObject([
      {
        result: {
          changed: true,
          warnings: [],
          tap: {
            name: "vm1",
            bridge: "br0",
            master: "br0",
            owner_uid: 4242,
            attached: false,
            holders: [],
            present: true,
            queues: 0,
          },
        },
      },
      { result: { changed: false } },
      { error: { kind: "conflict", expected: "owner_uid 1", actual: "owner_uid 4242" } },
    ]);
    expect(made.drift.map(({ state }) => state)).toEqual(["ok", "ok"]);
    const [command = "", ...args] = [...namespace.wrapper, process.execPath, machine, "vm1", "4243"];
    expect(spawnSync(command, args).stdout.toString()).toBe("errno 1\n");

    const child = await start("vm1", 4242);
    expect(namespace.run("ping", "-c", "1", "-W", "5", "192.0.2.50").toString()).toContain("1 received");
    await untilUp("vm1");
    const holder = { kind: "process", pid: child.pid };
    const running = bench.run([
      call,
      ["net.vm.list"],
      ["net.vm.list", { bridge: "br0" }],
      ["net.vm.list", { bridge: "nope" }],
      ["net.bridge", { name: "br0" }],
      ["net.vm.delete_tap", { name: "vm1" }],
      ["net.bridge.remove_port", { bridge: "br0", interface: "vm1" }],
    ]);
    const attached = { name: "vm1", attached: true, holders: [holder], queues: 1, operstate: "UP" };
    expect(running.answers).toMatchObject([
      { result: { changed: false, tap: attached } },
      { result: [attached] },
      { result: [attached] },
      { error: { kind: "not_found", name: "nope" } },
      {
        result: [
          {
            fdb: expect.arrayContaining([
              expect.objectContaining({ mac: "02:16:ee:aa:00:01", ifname: "vm1", state: "learned" }),
            ]),
          },
        ],
      },
      { error: { kind: "in_use", holders: [holder] } },
      { error: { kind: "in_use", holders: [holder] } },
    ]);
    expect(
      bench.run([
        ["net.vm.delete_tap", { name: "vm1", force: true }],
        ["net.vm.delete_tap", { name: "vm1" }],
      ]).answers,
    ).toMatchObject([
      { result: { changed: true, tap: { name: "vm1", managed: true, master: "br0", holders: [holder] } } },
      { error: { kind: "not_found" } },
    ]);
    expect(bench.registry("taps")).toEqual({});
  });

  it("a tap that somebody deleted is told, and made again with its address at the next start", () => {
    const wanted = { name: "vm2", bridge: "br0", mtu: 1400, owner_gid: 4242, multi_queue: true };
    const made = bench.run([["net.vm.create_tap", wanted]]);
    expect(made.answers).toMatchObject([
      {
        result: {
          changed: true,
          warnings: [{ kind: "mtu_lowered", object: "br0" }],
          tap: { mtu: 1400, owner_gid: 4242, multi_queue: true, owner_uid: 0 },
        },
      },
    ]);
    const show = () => JSON.parse(namespace.ip("-j -d link show vm2").toString())[0];
    const { address } = show();
    namespace.ip("link delete vm2");
    const again = bench.run([["net.vm.list"]]);
    expect(again.drift.map(({ state }) => state)).toEqual(["ok", "ok"]);
    expect(show()).toMatchObject({
      address,
      mtu: 1400,
      master: "br0",
      ifalias: "my_os_server:tap",
      linkinfo: {
        info_data: { type: "tap", multi_queue: true, user: "root", persist: true, vnet_hdr: false, pi: false },
      },
    });
    namespace.ip("link delete br0");
    const without = bench.run([["net.vm.delete_tap", { name: "vm2" }]]);
    expect(without.answers).toMatchObject([{ result: { changed: true } }]);
  });

  it("what is no tap, or not ours, is left alone", () => {
    namespace.ip("tuntap add dev theirs mode tap");
    namespace.ip("tuntap add dev tun0 mode tun");
    const { answers, drift } = bench.run([
      ["net.bridge.add", { name: "br0" }],
      ["net.vm.create_tap", { name: "theirs", bridge: "br0" }],
      ["net.vm.create_tap", { name: "tun0", bridge: "br0" }],
      ["net.vm.create_tap", { name: "vm3", bridge: "tun0" }],
      ["net.vm.create_tap", { name: "vm3", bridge: "nope" }],
      ["net.vm.create_tap", { name: "vm%d", bridge: "br0" }],
      ["net.vm.create_tap", { name: "vm3", bridge: "br0", mac: "03:00:00:00:00:00" }],
      ["net.vm.delete_tap", { name: "theirs" }],
      ["net.vm.delete_tap", { name: "tun0", force: true }],
      ["net.vm.delete_tap", { name: "br0", force: true }],
      ["net.vm.delete_tap", { name: "theirs", force: true }],
    ]);
    expect(answers.slice(1)).toMatchObject([
      { error: { kind: "conflict", managed: false } },
      { error: { kind: "already_exists", name: "tun0" } },
      { error: { kind: "invalid_argument", field: "bridge" } },
      { error: { kind: "not_found", name: "nope" } },
      { error: { kind: "invalid_argument", field: "name" } },
      { error: { kind: "invalid_argument", field: "mac" } },
      { error: { kind: "conflict", managed: false } },
      { error: { kind: "invalid_argument", field: "name" } },
      { error: { kind: "invalid_argument", field: "name" } },
      { result: { changed: true, tap: { name: "theirs", managed: false } } },
    ]);
    expect(drift.map(({ state }) => state)).toEqual(["ok"]);
  });
});
