import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareWithIp } from "../../world/looks.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import {
  makeContested,
  makeRareAddresses,
  makeRareLinks,
  makeRareNeighbors,
  makeRareRoutes,
  untilCarrier,
} from "../../world/rare-shapes.js";

describeNetwork("the network reads, of shapes that chance seldom makes", () => {
  const namespace = new Namespace();
  const other = new Namespace();
  afterAll(() => {
    namespace.remove();
    other.remove();
  });
  beforeAll(async () => {
    makeRareLinks(namespace, other);
    await untilCarrier(namespace, "up0");
    makeRareAddresses(namespace);
    makeContested(namespace);
    makeRareRoutes(namespace);
    namespace.ip("link set up1 down");
    namespace.ip("link set up0p down");
    makeRareNeighbors(namespace);
  });

  describe.each(["netlink", "ip"] as const)("read by %s", (reader) => {
    it("find a link by a name that is no text, as it is shown", () => {
      const name = "\\xe9t\\xe9";
      const [links, neighbors] = namespace.ask(
        [
          ["net.interfaces", { name }],
          ["net.neighbors", { dev: name, proxy: true }],
        ],
        { reader },
      ).answers;
      expect(links).toMatchObject([{ ifname: name }]);
      expect(neighbors).toMatchObject([{ dst: "10.2.0.6", dev: name }]);
    });

    it("answer what `ip -j` says, field by field", async () => {
      for (const { label, ours, ip } of await compareWithIp(namespace, reader)) {
        expect(ours, label).toEqual(ip);
        expect(ip.length, label).toBeGreaterThan(0);
      }
    });
  });
});
