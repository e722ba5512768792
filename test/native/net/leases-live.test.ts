import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DelegatedPrefix, Interface, Lease } from "../../../generated/types.gen.js";
import { DhcpWorld } from "../../world/dhcp.js";
import { dhcpClients } from "../../world/dhcp-clients.js";
import { describeNetwork } from "../../world/namespace.js";

const kindsOf = (leases: readonly Lease[]): string[] => leases.map(({ kind }) => kind).sort();

/** When dnsmasq will take an address back, by its own file. */
function lentUntil(world: DhcpWorld, address: string): number {
  const rows = readFileSync(join(world.folder, "dnsmasq.leases"), "utf8").split("\n");
  return Number(rows.map((row) => row.split(" ")).find((words) => words[2] === address)?.[0]) * 1000;
}

describeNetwork("net.lease beside real clients", () => {
  describe.each(dhcpClients())("$name", ({ name, kinds, start }) => {
    const world = new DhcpWorld();
    let leases: readonly Lease[];
    beforeAll(async () => {
      await world.open();
      world.dnsmasq();
      start(world);
      leases = await world.until<Lease[]>(["net.lease", { interface: "up0" }], (found) => found.length >= kinds.length);
    });
    afterAll(() => world.close());

    it("holds one lease of each kind, and the kernel has every address", () => {
      expect(kindsOf(leases)).toEqual([...kinds].sort());
      const [up0] = JSON.parse(world.run("ip", "-j", "addr", "show", "up0"));
      for (const { address, prefixlen, family } of leases) {
        expect(up0.addr_info).toContainEqual(expect.objectContaining({ local: address, prefixlen, family }));
      }
    });

    it("says of the DHCPv4 lease what the server says", () => {
      const lease = leases.find(({ kind }) => kind === "dhcp4");
      expect(lease).toMatchObject({ client: name, family: "inet", prefixlen: 24, routers: ["192.0.2.1"] });
      const expires = lentUntil(world, lease?.address ?? "");
      expect(expires).toBeGreaterThan(Date.now());
      if (name === "udhcpc") {
        // It keeps nothing: only what the kernel holds is known.
        expect(lease).toMatchObject({ state: "unknown", source: "netlink" });
        expect(lease).not.toHaveProperty("expires_at");
        return;
      }
      expect(lease).toMatchObject({ state: "bound", server: "192.0.2.1", dns: ["192.0.2.53"], domain: "example.net" });
      expect(Math.abs(Date.parse(lease?.expires_at ?? "") - expires)).toBeLessThan(60_000);
      expect(lease?.lifetime_seconds).toBe(3600);
      expect(lease?.routes).toContainEqual({ dst: "198.51.100.0/24", gateway: "192.0.2.2" });
    });

    it("says of IPv6 what server and router say", () => {
      const dhcp = leases.find(({ kind }) => kind === "dhcp6");
      if (kinds.includes("dhcp6")) {
        expect(dhcp).toMatchObject({ client: name, state: "bound", prefixlen: 128 });
        const expires = lentUntil(world, dhcp?.address ?? "");
        expect(Math.abs(Date.parse(dhcp?.expires_at ?? "") - expires)).toBeLessThan(60_000);
      }
      const slaac = leases.find(({ kind }) => kind === "slaac");
      const own = JSON.parse(world.server.run("ip", "-j", "-6", "addr", "show", "srv0", "scope", "link").toString());
      const router = own[0].addr_info.find(({ local }: { local?: string }) => local?.startsWith("fe80"))?.local;
      expect(slaac).toMatchObject({ prefix: "2001:db8:1::", prefixlen: 64, server: router, routers: [router] });
    });

    it("filters by family and interface", () => {
      const asked = [
        { family: "inet" },
        { family: "inet6", interface: "up0" },
        { interface: "lo" },
        { interface: "up9" },
      ];
      const answers = world.ask(...asked.map((params) => ["net.lease", params] as const)) as Lease[][];
      expect(answers[0]?.map(({ family }) => family)).toEqual(["inet"]);
      expect(answers[1]).toHaveLength(kinds.length - 1);
      expect(answers.slice(2)).toEqual([[], { kind: "not_found", resource: "interface", name: "up9" }]);
    });

    it("leaves out what the kernel no longer holds, whatever the client's file says", () => {
      const gone = leases.filter(({ kind }) => kind !== "slaac");
      for (const { address, prefixlen } of gone)
        world.run("ip", "addr", "del", `${address}/${prefixlen}`, "dev", "up0");
      const [left, links] = world.ask(["net.lease"], ["net.interfaces", { name: "up0" }]) as [Lease[], Interface[]];
      const held = links[0]?.addr_info.map(({ local }) => local) ?? [];
      expect(left.every(({ address }) => address !== undefined && held.includes(address))).toBe(true);
      expect(left.map(({ address }) => address)).toEqual(
        expect.not.arrayContaining(gone.map(({ address }) => address).filter((one) => !held.includes(one ?? ""))),
      );
    });
  });
});

/** How each client asks for a prefix and gives `in0` a subnet of it. */
const DELEGATIONS: readonly [client: Lease["client"], script: string][] = [
  ["dhclient", "dhclient -6 -P -N up0 </dev/null >/dev/null 2>&1"],
  [
    "dhcpcd",
    `printf 'ipv6only\\nnoipv6rs\\ninterface up0\\n  ia_na 1\\n  ia_pd 2 in0/3\\n' >/run/dhcpcd.conf
     dhcpcd -f /run/dhcpcd.conf up0 </dev/null >/dev/null 2>&1`,
  ],
  [
    "dhcp6c",
    `printf 'interface up0 { send ia-pd 5; send ia-na 6; };\\nid-assoc pd 5 { prefix-interface in0 { sla-id 7; sla-len 8; ifid 1; }; };\\nid-assoc na 6 { };\\n' >/run/dhcp6c.conf
     dhcp6c -c /run/dhcp6c.conf -p /run/dhcp6c.pid up0 </dev/null >/dev/null 2>&1`,
  ],
];

describeNetwork("net.prefix beside a delegating router", () => {
  const quick =
    process.env.MOS_TEST_DEEP === "1" ? DELEGATIONS : DELEGATIONS.filter(([client]) => client === "dhclient");
  describe.each(quick)("%s", (client, script) => {
    const world = new DhcpWorld();
    afterAll(() => world.close());

    it("tells the prefix, who delegated it and which link uses a part of it", async () => {
      await world.open();
      world.delegate();
      world.script(script);
      const found = await world.until<DelegatedPrefix[]>(["net.prefix"], (prefixes) => prefixes.length > 0);
      expect(found).toHaveLength(1);
      const [delegated] = found;
      const lent = readFileSync(join(world.folder, "dhcpd6.leases"), "latin1");
      expect(lent).toContain(`iaprefix ${delegated?.prefix}/${delegated?.prefixlen}`);
      expect(delegated).toMatchObject({ interface: "up0", client, prefixlen: 56, duid: expect.stringMatching(/^00:/) });
      if (client === "dhclient") {
        // dhclient-script leaves the subnets to others.
        expect(delegated?.delegated_to).toEqual([]);
        const own = delegated?.prefix.replace(/::$/, "") ?? "";
        world.run("ip", "addr", "add", `${own.slice(0, -2)}42::1/64`, "dev", "in0", "nodad");
      }
      const [{ delegated_to } = { delegated_to: [] }] = await world.until<DelegatedPrefix[]>(
        ["net.prefix", { interface: "up0" }],
        ([one]) => (one?.delegated_to.length ?? 0) > 0,
      );
      expect(delegated_to).toEqual([
        {
          interface: "in0",
          prefix: expect.stringContaining("2001:db8:10"),
          prefixlen: 64,
          address: expect.any(String),
        },
      ]);
      const [other, missing] = world.ask(["net.prefix", { interface: "in0" }], ["net.prefix", { interface: "up9" }]);
      expect([other, missing]).toEqual([[], { kind: "not_found", resource: "interface", name: "up9" }]);
      if (client !== "dhcp6c") expect(Math.abs((delegated?.valid_seconds ?? 0) - 7000)).toBeLessThan(300);
    });
  });
});
