import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { ask, HeldConnection, Server } from "../../world/traffic.js";
import { type Call, type Outcome, type RunOptions, WriteBench } from "../../world/writes.js";

const ADDRESSES = {
  inet: {
    router: "192.0.2.1",
    outer: "192.0.2.2",
    second: "192.0.2.77",
    gate: "10.0.0.1",
    inner: "10.0.0.20",
    net: "10.0.0.0/24",
  },
  inet6: {
    router: "2001:db8:1::1",
    outer: "2001:db8:1::2",
    second: "2001:db8:1::77",
    gate: "2001:db8:2::1",
    inner: "2001:db8:2::20",
    net: "2001:db8:2::/64",
  },
} as const;
const KINDS = ["tcp", "udp"] as const;

/** An outer host, a router with the daemon, an inner host. */
// Each call of the bench is a process of its own.
vi.setConfig({ testTimeout: 120_000 });

describeNetwork("traffic through the router", () => {
  const [outer, router, inner] = [new Namespace(), new Namespace(), new Namespace()];
  const bench = new WriteBench(() => router.wrapper);
  const servers: Server[] = [];

  afterAll(() => {
    for (const server of servers) server.stop();
    for (const namespace of [outer, router, inner]) namespace.remove();
    bench.remove();
  });
  beforeAll(async () => {
    for (const [name, peer] of [
      ["wan0", outer],
      ["lan0", inner],
    ] as const) {
      router.ip(`link add ${name} type veth peer name eth0 netns ${peer.name}`);
      router.ip(`link set ${name} up`);
      peer.batch(["link set lo up", "link set eth0 up"]);
    }
    router.ip("link set lo up");
    for (const { router: wan, outer: out, second, gate, inner: host, net } of Object.values(ADDRESSES)) {
      const [length, nodad] = net.includes(":") ? [64, " nodad"] : [24, ""];
      router.batch([
        `addr add ${wan}/${length} dev wan0${nodad}`,
        `addr add ${second}/${length} dev wan0${nodad}`,
        `addr add ${gate}/${length} dev lan0${nodad}`,
      ]);
      outer.batch([`addr add ${out}/${length} dev eth0${nodad}`]);
      inner.batch([`addr add ${host}/${length} dev eth0${nodad}`]);
      outer.batch([`route add default via ${wan}`], net.includes(":") ? "-6" : "-4");
      inner.batch([`route add default via ${gate}`], net.includes(":") ? "-6" : "-4");
    }
    servers.push(await Server.start(inner, "inner", [80, 8080]), await Server.start(outer, "outer", [7000]));
    servers.push(await Server.start(router, "router", [8080, 9000, 9001]));
  });

  const all = (calls: readonly Call[], options: RunOptions = {}): readonly Outcome[] => {
    const { answers } = bench.run(calls, options);
    for (const { error } of answers) if (error) throw new Error(JSON.stringify(error));
    return answers;
  };
  const one = (call: Call, options: RunOptions = {}) => all([call], options)[0]?.result ?? {};
  const idsOf = (answers: readonly Outcome[]): string[] => answers.map(({ result }) => String(result?.id));

  beforeEach(() => {
    router.run("conntrack", "-F");
  });

  describe.each(["inet", "inet6"] as const)("%s", (family) => {
    const at = ADDRESSES[family];
    const dnat = { protocol: "both", external_port: 8080, internal_ip: at.inner, internal_port: 80 };
    let ids: string[] = [];
    const remove = (method: string) => all(ids.splice(0).map((id): Call => [method, { id }]));

    it("reaches the router itself before there is a rule", () => {
      expect(ask(outer, "tcp", at.router, 8080)).toBe(`router ${at.outer}`);
    });

    it("is forwarded to the inner host, which sees the outer host's address; transit is not touched", () => {
      const [answer] = all([["net.nat.add_dnat", { ...dnat, enable_forwarding: true, interface: "wan0" }]]);
      ids = idsOf([answer ?? {}]);
      expect(answer?.result).toMatchObject({
        changed: true,
        effective: "yes",
        blocked_by: [],
        forwarding: { family, enabled: true, switched_on: true },
        // The router's own server is on that port too.
        warnings: KINDS.map((kind) => ({
          kind: "local_service_hidden",
          field: "external_port",
          object: `${kind} 8080`,
        })),
      });
      for (const kind of KINDS) {
        expect(ask(outer, kind, at.router, 8080)).toBe(`inner ${at.outer}`);
        expect(ask(outer, kind, at.second, 8080)).toBe(`inner ${at.outer}`);
        // The same port of a host behind the router, which only routes there.
        expect(ask(outer, kind, at.inner, 8080)).toBe(`inner ${at.outer}`);
        expect(router.run("conntrack", "-L", "-f", family === "inet" ? "ipv4" : "ipv6", "-p", kind).toString()).toMatch(
          new RegExp(`dst=${at.inner} sport=\\d+ dport=8080 .*src=${at.inner} dst=${at.outer} sport=8080`),
        );
      }
      const status = one(["net.nat.status"]);
      expect(status.dnat).toMatchObject([{ id: ids[0], present: true, packets: 4 }]);
    });

    it("comes back to the inner network by the outer address, masqueraded as the router", () => {
      for (const kind of KINDS) {
        expect(ask(inner, kind, at.router, 8080)).toBe(`inner ${at.gate}`);
      }
      // The router's own service on the inner network's side stays what it is.
      expect(ask(inner, "tcp", at.gate, 8080)).toBe(`router ${at.inner}`);
      expect(ask(router, "tcp", at.router, 8080)).toBe(`router ${at.router}`);
      remove("net.nat.remove_dnat");
      expect(ask(outer, "tcp", at.router, 8080)).toBe(`router ${at.outer}`);
    });

    it("is forwarded on every interface, and from the router itself, where that is asked for", () => {
      ids = idsOf(
        all([
          [
            "net.nat.add_dnat",
            {
              ...dnat,
              local_output: true,
              external_ip: at.router,
              source: `${at.outer.slice(0, -1)}0/${family === "inet" ? 24 : 124}`,
            },
          ],
        ]),
      );
      for (const kind of KINDS) {
        expect(ask(outer, kind, at.router, 8080)).toBe(`inner ${at.outer}`);
        expect(ask(router, kind, at.router, 8080)).toBe(`inner ${at.router}`);
      }
      expect(ask(outer, "tcp", at.second, 8080)).toBe(`router ${at.outer}`);
      expect(ask(inner, "tcp", at.router, 8080)).toBe(`router ${at.inner}`);
      remove("net.nat.remove_dnat");
      ids = idsOf(all([["net.nat.add_dnat", dnat]]));
      for (const kind of KINDS) {
        expect(ask(outer, kind, at.second, 8080)).toBe(`inner ${at.outer}`);
        expect(ask(inner, kind, at.router, 8080)).toBe(`inner ${at.gate}`);
      }
      remove("net.nat.remove_dnat");
    });

    it("keeps each connection's port in a range, and sends a range to one port", () => {
      const range = { protocol: "tcp", internal_ip: at.inner, external_port: 8079, external_port_range: "8079-8081" };
      ids = idsOf(all([["net.nat.add_dnat", { ...range, internal_port: 8079 }]]));
      expect(ask(outer, "tcp", at.router, 8080)).toBe(`inner ${at.outer}`);
      expect(ask(outer, "tcp", at.router, 8081)).toContain("nothing");
      remove("net.nat.remove_dnat");
      ids = idsOf(all([["net.nat.add_dnat", { ...range, internal_port: 80 }]]));
      for (const port of [8079, 8081]) expect(ask(outer, "tcp", at.router, port)).toBe(`inner ${at.outer}`);
      remove("net.nat.remove_dnat");
    });

    it("goes on for a connection whose rule is removed, and ends with drop_existing", async () => {
      const tcp = { ...dnat, protocol: "tcp" };
      const [id = ""] = idsOf(all([["net.nat.add_dnat", tcp]]));
      const held = await HeldConnection.open(outer, at.router, 8080);
      try {
        expect(one(["net.nat.remove_dnat", { id }])).toMatchObject({
          remaining_flows: 1,
          dropped_flows: 0,
          warnings: [{ kind: "existing_flows_remain", object: id }],
        });
        expect(await held.again()).toBe("still");
        expect(ask(outer, "tcp", at.router, 8080)).toBe(`router ${at.outer}`);
        all([["net.nat.add_dnat", tcp]]);
        expect(one(["net.nat.remove_dnat", { id, drop_existing: true }])).toMatchObject({
          remaining_flows: 0,
          dropped_flows: 1,
          warnings: [],
        });
        expect(await held.again()).toMatch(/^nothing|^closed/);
      } finally {
        held.close();
      }
    });

    it("leaves as the router: masqueraded, or with the address that was asked for", () => {
      for (const kind of KINDS) expect(ask(inner, kind, at.outer, 7000)).toBe(`outer ${at.inner}`);
      router.run("conntrack", "-F");
      const masquerade = { source_cidr: at.net, out_interface: "wan0" };
      const fixed = { ...masquerade, protocol: "udp", to_source: at.second, random: true };
      ids = idsOf(
        all([
          ["net.nat.add_snat", masquerade],
          ["net.nat.add_snat", fixed],
        ]),
      );
      // The narrower rule wins although it came later.
      expect(ask(inner, "udp", at.outer, 7000)).toBe(`outer ${at.second}`);
      // Masquerading takes the address that the kernel prefers on the interface.
      expect([`outer ${at.router}`, `outer ${at.second}`]).toContain(ask(inner, "tcp", at.outer, 7000));
      const status = one(["net.nat.status"]);
      expect(status.snat).toEqual(
        expect.arrayContaining([expect.objectContaining({ mode: "masquerade", packets: 1 })]),
      );
      const ended = all(
        ids
          .splice(0)
          .reverse()
          .map((id): Call => ["net.nat.remove_snat", { id, drop_existing: true }]),
      );
      expect(ended.map(({ result }) => Number(result?.dropped_flows))).toEqual([1, 1]);
      for (const kind of KINDS) expect(ask(inner, kind, at.outer, 7000)).toBe(`outer ${at.inner}`);
    });

    it("meets a new rule although the client keeps sending: unanswered UDP entries go", () => {
      // Nobody listens there, and the router's answer is lost.
      router.run("nft", "add table inet quiet");
      router.run("nft", "add chain inet quiet o { type filter hook output priority 0; }");
      router.run("nft", "add rule inet quiet o meta l4proto { icmp, icmpv6 } drop");
      try {
        expect(ask(outer, "udp", at.router, 8085)).toContain("nothing");
        const entries = () =>
          router.run("conntrack", "-L", "-f", family === "inet" ? "ipv4" : "ipv6", "-p", "udp").toString();
        expect(entries()).toContain("dport=8085");
        ids = idsOf(all([["net.nat.add_dnat", { ...dnat, external_port: 8085 }]]));
        expect(entries()).not.toContain("dport=8085");
        expect(ask(outer, "udp", at.router, 8085)).toBe(`inner ${at.outer}`);
      } finally {
        router.run("nft", "delete table inet quiet");
        remove("net.nat.remove_dnat");
      }
    });
  });

  describe("to a router whose input policy is drop", () => {
    const firewall = { inputPolicy: "drop" as const, alwaysAllow: ["tcp/9001"] };
    const families = Object.values(ADDRESSES);
    it("is shut but for what stays open, opened by a rule and shut by its removal", async () => {
      all([], { firewall });
      for (const { router: address, outer: client } of families) {
        expect(ask(outer, "tcp", address, 9000)).toBe("nothing: timed out");
        expect(ask(outer, "tcp", address, 9001)).toBe(`router ${client}`);
        expect(ask(router, "tcp", address, 9000)).toBe(`router ${address}`);
        expect(outer.run("ping", "-c1", "-W2", address).toString()).toContain("1 received");
      }
      const [answer] = all([["net.firewall.add_rule", { protocol: "tcp", port: 9000 }]], { firewall });
      expect(answer?.result).toMatchObject({ changed: true, effective: "yes", warnings: [], blocked_by: [] });
      for (const { router: address, outer: client } of families) {
        expect(ask(outer, "tcp", address, 9000)).toBe(`router ${client}`);
        expect(ask(outer, "udp", address, 9000)).toBe("nothing: timed out");
      }
      const held = await HeldConnection.open(outer, ADDRESSES.inet.router, 9000);
      const id = String(answer?.result?.id);
      const removed = one(["net.firewall.remove_rule", { id }], { firewall });
      expect(removed).toMatchObject({ changed: true, effective: "yes", dropped_flows: 0 });
      expect(removed.remaining_flows).toBeGreaterThan(0);
      expect(await held.again()).toBe("still");
      held.close();
      for (const { router: address } of families) expect(ask(outer, "tcp", address, 9000)).toBe("nothing: timed out");
    });

    it("keeps the rule that the caller's own connection or an SSH session came in by, unless forced", async () => {
      const at = ADDRESSES.inet;
      const port = (number: number): Call => [
        "net.firewall.add_rule",
        { protocol: "tcp", port: number, source: `${at.outer}/32` },
      ];
      const ids = idsOf(all([port(9000), port(9001), port(22)], { firewall: { ...firewall, alwaysAllow: [] } }));
      const ssh = await Server.start(router, "ssh", [22]);
      const held = [await HeldConnection.open(outer, at.router, 9000), await HeldConnection.open(outer, at.router, 22)];
      try {
        const removals = ids.map((id): Call => ["net.firewall.remove_rule", { id }]);
        const options = { firewall: { ...firewall, alwaysAllow: [] }, address: at.outer };
        const { answers } = bench.run(removals, options);
        const holder = (local: number, reason: string) => ({
          error: {
            kind: "in_use",
            holders: [
              { kind: "connection", name: expect.stringMatching(`^${at.router}:${local} ${at.outer}:`), reason },
            ],
          },
        });
        expect(answers[0]).toMatchObject(holder(9000, "the caller's own connection"));
        expect(answers[1]).toMatchObject({ result: { changed: true } });
        expect(answers[2]?.error?.kind).toBe("in_use");
        expect(bench.run(removals.slice(0, 1), { firewall: options.firewall }).answers[0]).toMatchObject({
          result: { changed: true },
        });
        all([["net.firewall.remove_rule", { id: ids[2], force: true }]], { firewall: options.firewall });
      } finally {
        for (const one of held) one.close();
        ssh.stop();
      }
    });

    it("is open again when the policy is accept again", () => {
      all([], { firewall });
      expect(ask(outer, "tcp", ADDRESSES.inet.router, 9000)).toBe("nothing: timed out");
      all([]);
      expect(ask(outer, "tcp", ADDRESSES.inet.router, 9000)).toBe(`router ${ADDRESSES.inet.outer}`);
    });
  });
});
