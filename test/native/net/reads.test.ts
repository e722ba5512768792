import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Interface } from "../../../generated/types.gen.js";
import { settle, steady } from "../../world/alike.js";
import { asInterface, asNeighbor, asRoute, type IpEntry, ipJson } from "../../world/ip-json.js";
import { describeNetwork, Namespace, type NetCall } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { makeLinks } from "../../world/random-links.js";
import { makeAddresses, makeNeighbors, makeRoutes } from "../../world/random-routes.js";

const CALLS: readonly NetCall[] = [
  ["net.interfaces"],
  ["net.routes"],
  ["net.neighbors"],
  ["net.neighbors", { proxy: true }],
  ["net.neighbors", { state: "NOARP" }],
];

const bothFamilies = (read: (flag: string, family: string) => IpEntry[]): IpEntry[] => [
  ...read("-4", "inet"),
  ...read("-6", "inet6"),
];

/** What `CALLS` should answer, by `ip`. */
function byIp(namespace: Namespace): IpEntry[][] {
  const links = new Map(ipJson(namespace, "-d -s -s link").map((link) => [link.ifindex, link]));
  const neighbors = (which: string) =>
    bothFamilies((flag, family) =>
      ipJson(namespace, `${flag} -s neigh show${which}`).map((entry) => asNeighbor(family, entry)),
    );
  return [
    ipJson(namespace, "-d -s -s addr").map((addr) => asInterface(addr, links.get(addr.ifindex ?? 0) ?? {})),
    bothFamilies((flag, family) =>
      ipJson(namespace, `${flag} -d route show table all`).map((route) => asRoute(family, route)),
    ),
    neighbors(""),
    neighbors(" proxy"),
    neighbors(" nud noarp").filter(({ state }) => Array.isArray(state) && state.includes("NOARP")),
  ];
}

/** Looks with `ip`, asks, and looks again, until nothing came or went meanwhile: states and detection take their time. */
async function threeLooks(namespace: Namespace, reader: "netlink" | "ip") {
  for (let tries = 1; ; tries++) {
    const before = byIp(namespace);
    const { answers } = namespace.ask(CALLS, { reader });
    const after = byIp(namespace);
    if (steady(before, after)) return { before, answers, after };
    if (tries === 20) throw new Error("the namespace does not come to rest");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

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
        const { before, answers, after } = await threeLooks(namespace, reader);
        for (const [place, [method, params]] of CALLS.entries()) {
          const label = `${method} ${JSON.stringify(params ?? {})}`;
          expect(settle(answers[place], before[place], after[place]), label).toEqual(before[place]);
          expect(before[place]?.length, label).toBeGreaterThan(2);
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
