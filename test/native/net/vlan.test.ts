import { afterAll, beforeAll, expect, it } from "vitest";
import type { VlanReport } from "../../../generated/types.gen.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";

/** A kernel without VLANs still has bridges; the guest suite has the rest. */
describeNetwork("net.vlan on whatever kernel this is", () => {
  const namespace = new Namespace();
  afterAll(() => namespace.remove());
  beforeAll(() => {
    namespace.batch([
      "link add br0 type bridge",
      "link add br1 type bridge",
      "link add v0 type veth peer name v1",
      "link set v0 master br0",
    ]);
  });

  it.each(["netlink", "ip"] as const)("lists every bridge with its ports, read by %s", (reader) => {
    const [report] = namespace.ask([["net.vlan"]], { reader }).answers as [VlanReport];
    expect(report.devices).toEqual([]);
    const filters = JSON.parse(namespace.ip("-j -d link show type bridge").toString());
    for (const { ifname, linkinfo } of filters) {
      const table = report.bridges.find((bridge) => bridge.ifname === ifname);
      expect(table?.vlan_filtering).toBe((linkinfo.info_data.vlan_filtering ?? 0) !== 0);
      expect(table?.vlan_default_pvid).toBe(linkinfo.info_data.vlan_default_pvid ?? 0);
    }
    expect(report.bridges.map(({ ports }) => ports.map(({ ifname, self }) => [ifname, self]))).toEqual([
      [
        ["br0", true],
        ["v0", false],
      ],
      [["br1", true]],
    ]);
  });

  it("of one bridge, of a link that is none, of nothing", () => {
    const { answers } = namespace.ask(["br1", "v1", "br9"].map((bridge) => ["net.vlan", { bridge }] as const));
    expect(answers).toEqual([
      { devices: [], bridges: [expect.objectContaining({ ifname: "br1" })] },
      { kind: "not_found", resource: "bridge", name: "v1" },
      { kind: "not_found", resource: "bridge", name: "br9" },
    ]);
  });
});
