import { afterAll, expect, it } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { WriteBench } from "../../world/writes.js";

describeNetwork("net.bridge.add_port closes no loop", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });

  it("through a pair of links or another bridge, whatever is forced, unless the bridges run STP", () => {
    namespace.batch([
      "link add p0 type veth peer name p1",
      "link add q0 type veth peer name q1",
      "link set p0 up",
      "link set p1 up",
    ]);
    const again = { bridge: "br0", interface: "p1", force: true };
    const { answers, drift } = bench.run([
      ["net.bridge.add", { name: "br0" }],
      ["net.bridge.add", { name: "br1" }],
      ["net.bridge.add_port", { bridge: "br0", interface: "p0" }],
      ["net.bridge.add_port", again],
      ["net.bridge.connect", { a: "br0", b: "br1" }],
      ["net.bridge.add_port", { bridge: "br1", interface: "p1" }],
      ["net.bridge.add_port", { bridge: "br1", interface: "q0" }],
      ["happen", { command: ["ip", "link", "set", "br0", "type", "bridge", "stp_state", "1"] }],
      ["net.bridge.add_port", again],
    ]);
    expect(answers.slice(2)).toMatchObject([
      { result: { changed: true } },
      { error: { kind: "conflict", objects: ["p1", "p0", "br0"], remedy: "stp on the bridge" } },
      { result: { changed: true } },
      { error: { kind: "conflict", objects: ["p1", "p0", "br0", expect.any(String), expect.any(String), "br1"] } },
      { result: { changed: true } },
      {},
      { result: { changed: true } },
    ]);
    expect(JSON.parse(namespace.ip("-j link show p1").toString())).toMatchObject([{ master: "br0" }]);
    expect(drift.filter(({ kind }) => kind === "bridge_port").map(({ state }) => state)).toEqual(["ok", "ok", "ok"]);
  });
});
