import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Interface } from "../../../generated/types.gen.js";
import { compareWithIp } from "../../world/looks.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { makeLinks } from "../../world/random-links.js";
import { makeAddresses, makeNeighbors, makeRoutes } from "../../world/random-routes.js";

describeNetwork("the network reads", () => {
  describe.each(seeds(25))("in a network made by chance, seed %i", (seed) => {
    const namespace = new Namespace();
    const other = new Namespace();
    afterAll(() => {
      namespace.remove();
      other.remove();
    });
    beforeAll(() => {
      const random = new Random(seed);
      const links = makeLinks(namespace, other, random);
      for (const link of links) namespace.ip(`link set ${link} up`);
      makeAddresses(namespace, links, random);
      makeRoutes(namespace, links, random);
      makeNeighbors(namespace, links, random);
    });

    describe.each(["netlink", "ip"] as const)("read by %s", (reader) => {
      it("answers what `ip -j` says, field by field", async () => {
        for (const { label, ours, ip } of await compareWithIp(namespace, reader)) {
          expect(ours, label).toEqual(ip);
          expect(ip.length, label).toBeGreaterThan(2);
        }
      });
    });

    it("applies each filter as a choice from the whole", () => {
      const [all = []] = namespace.ask([["net.interfaces"]]).answers as Interface[][];
      const brief = (links: readonly Interface[] = []) => links.map(({ ifname }) => ifname);
      const choices: readonly [object, (link: Interface) => boolean][] = [
        [{ name: "v2a" }, ({ ifname }) => ifname === "v2a"],
        [{ kind: "veth" }, ({ linkinfo }) => linkinfo?.info_kind === "veth"],
        [{ master: "br0" }, ({ master }) => master === "br0"],
        [{ master: "br0", kind: "bridge" }, () => false],
      ];
      const { answers } = namespace.ask(choices.map(([params]) => ["net.interfaces", params]));
      expect((answers as Interface[][]).map(brief)).toEqual(choices.map(([, chosen]) => brief(all.filter(chosen))));
    });
  });
});
