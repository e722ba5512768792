import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { describeGuest, suiteGuest } from "../world/guest.js";
import type { Call, Ran } from "../world/writes.js";

const script = join(import.meta.dirname, "../world/call-writes.mjs");

describeGuest("bridges on a kernel with VLANs", () => {
  const guest = suiteGuest({ modules: ["8021q", "bridge", "tun"] });
  beforeAll(async () => {
    await guest().output(["ip", "netns", "add", "world"]);
    const lines = ["link add up0 type dummy", "link add link up0 name up0.7 type vlan id 7", "link set up0 up"];
    await guest().output(["ip", "-n", "world", "-batch", "-"], { input: lines.join("\n") });
    await guest().output(["mkdir", "-p", "/run/state"]);
  }, 130_000);

  /** The daemon's own code in the guest: what it found, and what its calls answered. */
  async function run(calls: readonly Call[]): Promise<Ran> {
    const input = JSON.stringify({ stateDir: "/run/state", calls });
    const words = ["ip", "netns", "exec", "world", process.execPath, script];
    const [found, done] = (await guest().output(words, { input, timeoutSeconds: 300 })).trim().split("\n");
    return { ...JSON.parse(done ?? ""), ...JSON.parse(found ?? "") };
  }

  it("filter VLANs where that is wanted, take VLAN devices as ports, make no loop by them, and are made again", async () => {
    const { answers, drift } = await run([
      ["net.bridge.add", { name: "br0", vlan_filtering: true }],
      ["net.bridge.add", { name: "br0", vlan_filtering: true }],
      ["net.bridge.add", { name: "br0", vlan_filtering: false }],
      ["net.bridge.add", { name: "br1" }],
      ["net.bridge.add_port", { bridge: "br1", interface: "up0.7" }],
      ["net.vm.create_tap", { name: "vm1", bridge: "br0" }],
      ["net.bridge.connect", { a: "br0", b: "br1" }],
      ["net.bridge", { name: "br0" }],
      // A VLAN of a bridge is a way into it: a second one would be a loop.
      ["happen", { command: "ip link add link br1 name br1.9 type vlan id 9".split(" ") }],
      ["net.bridge.add", { name: "br2" }],
      ["net.bridge.add_port", { bridge: "br2", interface: "br1.9" }],
      ["net.bridge.connect", { a: "br2", b: "br1" }],
    ]);
    expect(answers).toMatchObject([
      { result: { changed: true, bridge: { vlan_filtering: true, vlan_default_pvid: 1, vlan_protocol: "802.1Q" } } },
      { result: { changed: false } },
      { error: { kind: "conflict", expected: "vlan_filtering false", actual: "vlan_filtering true" } },
      { result: { changed: true, bridge: { vlan_filtering: false } } },
      { result: { changed: true, port: { ifname: "up0.7" } } },
      { result: { changed: true } },
      { result: { changed: true } },
      { result: [{ fdb: expect.arrayContaining([expect.objectContaining({ vlan: 1 })]) }] },
      { result: {} },
      { result: { changed: true } },
      { result: { changed: true } },
      { error: { kind: "conflict", objects: ["br1", "br1.9", "br2"] } },
    ]);
    expect(drift.filter(({ state }) => state !== "ok")).toEqual([]);
    const before = await guest().output(["ip", "-n", "world", "-d", "-j", "link", "show", "br0"]);
    await guest().output(["ip", "-n", "world", "link", "delete", "br0"]);
    const again = await run([]);
    expect(again.found.drift.filter(({ state }) => state !== "ok")).toEqual([]);
    const after = await guest().output(["ip", "-n", "world", "-d", "-j", "link", "show", "br0"]);
    const told = (text: string) => {
      const [{ address, linkinfo } = { address: "", linkinfo: { info_data: { vlan_filtering: 0 } } }] =
        JSON.parse(text);
      return { address, filtering: linkinfo.info_data.vlan_filtering };
    };
    expect(told(after)).toEqual(told(before));
    expect(told(after).filtering).toBe(1);
  }, 700_000);
});
