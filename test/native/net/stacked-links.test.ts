import { afterAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

describeNetwork("what lies on a link that is to be deleted", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  const names = () => JSON.parse(namespace.ip("-j link").toString()).map((link: { ifname: string }) => link.ifname);

  it("keeps a bridge, for it would go too: interfaces, and another owner's routes", () => {
    bench.run([["net.bridge.add", { name: "br0" }]]);
    namespace.batch([
      "link add mv0 link br0 type macvlan mode bridge",
      "addr add 192.0.2.1/24 dev br0",
      "route add 10.0.0.0/8 via 192.0.2.9 proto static",
    ]);
    const { answers } = bench.run([
      ["net.bridge.delete", { name: "br0" }],
      ["happen", { command: ["ip", "link", "delete", "mv0"] }],
      ["net.bridge.delete", { name: "br0" }],
      ["happen", { command: ["ip", "route", "delete", "10.0.0.0/8"] }],
      ["net.bridge.delete", { name: "br0" }],
    ]);
    const route = { kind: "route", name: "10.0.0.0/8 via 192.0.2.9 dev br0 proto static" };
    expect(answers).toMatchObject([
      { error: { kind: "in_use", holders: [{ kind: "interface", name: "mv0" }, route] } },
      {},
      { error: { kind: "in_use", holders: [route] } },
      {},
      { result: { changed: true } },
    ]);
  });

  it("keeps a tap, unless that is forced", () => {
    const { answers } = bench.run([
      ["net.bridge.add", { name: "br1" }],
      ["net.vm.create_tap", { name: "tap1", bridge: "br1" }],
      ["net.bridge.remove_port", { bridge: "br1", interface: "tap1" }],
      ["happen", { command: ["ip", "link", "add", "mv1", "link", "tap1", "type", "macvlan"] }],
      ["net.vm.delete_tap", { name: "tap1" }],
    ]);
    expect(answers.at(-1)).toMatchObject({ error: { kind: "in_use", holders: [{ kind: "interface", name: "mv1" }] } });
    expect(names()).toEqual(expect.arrayContaining(["tap1", "mv1"]));
    const forced = bench.run([["net.vm.delete_tap", { name: "tap1", force: true }]]);
    expect(forced.answers).toMatchObject([{ result: { changed: true } }]);
    expect(names()).not.toContain("mv1");
  });
});
