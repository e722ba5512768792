import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { adminDaemon, result } from "../../world/admin-daemon.js";
import type { Daemon } from "../../world/daemon.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";

interface Answer {
  readonly id: string;
  readonly changed: boolean;
  readonly effective: string;
  readonly blocked_by: readonly object[];
  readonly warnings: readonly { readonly kind: string; readonly remedy?: string }[];
}

describeNetwork("what other packet filters make of a rule", () => {
  const namespace = new Namespace();
  let daemon: Daemon;
  beforeAll(async () => {
    namespace.batch([
      "link set lo up",
      "link add wan0 type veth peer name lan0",
      "link set wan0 up",
      "link set lan0 up",
    ]);
    namespace.batch(["addr add 192.0.2.1/24 dev wan0", "addr add 10.0.0.1/24 dev lan0"]);
    namespace.sysctl("net.ipv4.ip_forward", 1);
    namespace.sysctl("net.ipv6.conf.all.forwarding", 1);
    daemon = await adminDaemon(namespace);
  });
  afterAll(async () => {
    await daemon?.stop();
    namespace.remove();
  });
  afterEach(() => {
    namespace.run("nft", "flush", "ruleset");
  });

  const load = (script: string): void => {
    const file = join(daemon.folder, "foreign.nft");
    writeFileSync(file, script);
    namespace.run("nft", "-f", file);
  };
  const open = (params: object = { protocol: "tcp", port: 8080 }) =>
    result<Answer>(daemon, "net.firewall.add_rule", params);
  const forward = (params: object = {}) =>
    result<Answer>(daemon, "net.nat.add_dnat", {
      protocol: "tcp",
      external_port: 80,
      internal_ip: "10.0.0.20",
      internal_port: 8080,
      ...params,
    });

  it("nothing where there are none", async () => {
    expect(await open()).toMatchObject({ effective: "yes", blocked_by: [] });
    expect(await forward()).toMatchObject({ effective: "yes", blocked_by: [] });
  });

  it.each([-300, -10, 10])("a policy of drop at priority %i, whoever comes first", async (priority) => {
    load(
      `table inet strict {\nchain in {\ntype filter hook input priority ${priority}; policy drop;\nct state established accept\niif lo accept\ntcp dport 22 accept\n}\n}`,
    );
    expect(await open()).toMatchObject({
      effective: "no",
      blocked_by: [
        { family: "inet", table: "strict", chain: "in", hook: "input", priority, policy: "drop", manager: "unknown" },
      ],
      warnings: expect.arrayContaining([
        expect.objectContaining({
          kind: "shadowed_by_chain",
          object: "inet strict in",
          remedy: "nft insert rule inet strict in tcp dport 8080 accept",
        }),
      ]),
    });
    expect(await open({ protocol: "tcp", port: 22 })).toMatchObject({ effective: "yes", blocked_by: [] });
  });

  it("a chain like ufw's, at another priority, with the rule that opens it there", async () => {
    load(`table ip filter {
      chain ufw-user-input {
        tcp dport 22 accept
      }
      chain ufw-before-input {
        iifname "lo" accept
        ct state established,related accept
        ct state invalid drop
        ip protocol icmp accept
        jump ufw-user-input
      }
      chain INPUT {
        type filter hook input priority 5; policy drop;
        jump ufw-before-input
      }
    }`);
    const blocked = await open();
    expect(blocked).toMatchObject({
      effective: "no",
      blocked_by: [
        { table: "filter", chain: "INPUT", priority: 5, policy: "drop", manager: "ufw", remedy: "ufw allow 8080/tcp" },
      ],
    });
    namespace.run("nft", "add", "rule", "ip", "filter", "ufw-user-input", "tcp", "dport", "8080", "accept");
    expect(await open()).toMatchObject({ effective: "yes", blocked_by: [] });
    expect(await open({ protocol: "udp", port: 53, family: "inet6" })).toMatchObject({ effective: "yes" });
  });

  it("iptables' own words, in nftables and in the legacy tables", async () => {
    namespace.run("iptables-nft", "-A", "INPUT", "-m", "conntrack", "--ctstate", "ESTABLISHED", "-j", "ACCEPT");
    namespace.run("iptables-nft", "-A", "INPUT", "-p", "tcp", "-m", "multiport", "--dports", "22,8081", "-j", "ACCEPT");
    namespace.run("iptables-nft", "-A", "INPUT", "-j", "REJECT");
    expect(await open()).toMatchObject({
      effective: "no",
      blocked_by: [{ table: "filter", chain: "INPUT", handle: expect.any(Number), manager: "iptables-nft" }],
    });
    expect(await open({ protocol: "tcp", port: 8081 })).toMatchObject({ effective: "yes", blocked_by: [] });
    namespace.run("nft", "flush", "ruleset");
    namespace.run("iptables-legacy", "-P", "FORWARD", "DROP");
    namespace.run("iptables-legacy", "-A", "INPUT", "-p", "tcp", "--dport", "8080", "-j", "DROP");
    try {
      expect(await open()).toMatchObject({
        effective: "no",
        blocked_by: [
          {
            family: "ip",
            chain: "INPUT",
            manager: "iptables-legacy",
            remedy: "iptables-legacy -I INPUT -p tcp --dport 8080 -j ACCEPT",
          },
        ],
      });
      expect(await open({ protocol: "tcp", port: 8081 })).toMatchObject({ effective: "yes", blocked_by: [] });
      expect(await forward()).toMatchObject({
        effective: "no",
        blocked_by: [{ manager: "iptables-legacy", policy: "drop" }],
      });
      expect(await result<{ legacy_tables: object[] }>(daemon, "net.firewall")).toMatchObject({
        legacy_tables: [{ family: "inet", table: "filter" }],
      });
    } finally {
      namespace.run("iptables-legacy", "-P", "FORWARD", "ACCEPT");
      namespace.run("iptables-legacy", "-F");
    }
  });

  it.each(["ip", "ip6"] as const)(
    "an iptables FORWARD policy of drop (%s) for a port forward, and not for the other family",
    async (family) => {
      const v6 = { internal_ip: "fd00::20", external_port: 81 };
      namespace.run(family === "ip" ? "iptables-nft" : "ip6tables-nft", "-P", "FORWARD", "DROP");
      const [v4Answer, v6Answer] = [await forward(), await forward(v6)];
      const [blocked, free] = family === "ip" ? [v4Answer, v6Answer] : [v6Answer, v4Answer];
      expect(blocked).toMatchObject({
        effective: "no",
        blocked_by: [
          { family, table: "filter", chain: "FORWARD", hook: "forward", policy: "drop", manager: "iptables-nft" },
        ],
      });
      expect(blocked.warnings).toContainEqual(expect.objectContaining({ kind: "forward_dropped" }));
      expect(free).toMatchObject({ effective: "yes", blocked_by: [] });
      expect(await result(daemon, "net.nat.status")).toMatchObject({ blocked_by: [{ family, chain: "FORWARD" }] });
      const snat = { source_cidr: family === "ip" ? "10.0.0.0/24" : "fd00::/64", out_interface: "wan0" };
      expect(await result(daemon, "net.nat.add_snat", snat)).toMatchObject({
        effective: "no",
        blocked_by: [{ family }],
      });
    },
  );

  it("Docker's, which takes its own remedy", async () => {
    namespace.run("iptables-nft", "-N", "DOCKER-USER");
    namespace.run("iptables-nft", "-P", "FORWARD", "DROP");
    namespace.run("iptables-nft", "-A", "FORWARD", "-j", "DOCKER-USER");
    const remedy = "iptables -I DOCKER-USER -p tcp -d 10.0.0.20 --dport 8080 -j ACCEPT";
    expect(await forward()).toMatchObject({ effective: "no", blocked_by: [{ manager: "docker", remedy }] });
    namespace.run("sh", "-c", remedy);
    expect(await forward()).toMatchObject({ effective: "yes", blocked_by: [] });
  });

  it("says unknown where a set, a mark or a limit decides", async () => {
    for (const rule of ["ip saddr @banned drop", "meta mark 0x7 drop", "limit rate over 5/second drop"]) {
      load(
        `table ip f {\nset banned {\ntype ipv4_addr\n}\nchain in {\ntype filter hook input priority 0; policy accept;\n${rule}\n}\n}`,
      );
      expect(await open(), rule).toMatchObject({
        effective: "unknown",
        blocked_by: [{ table: "f", handle: expect.any(Number) }],
      });
      namespace.run("nft", "delete", "table", "ip", "f");
    }
  });

  it("lets rules about other packets pass without a word", async () => {
    load(`table inet f {
      chain nothing {
      }
      chain in {
        type filter hook input priority 0; policy accept;
        ct state vmap { established : accept, related : accept, invalid : drop }
        ip saddr 198.51.100.0/24 drop
        udp dport 8080 drop
        tcp dport { 1-100, 9000 } drop
        iifname "lan0" ip saddr 10.9.0.0/16 drop
        ip6 daddr ff02::1 drop
        fib daddr type broadcast drop
      }
      chain off {
        type filter hook input priority 1; policy accept;
        goto nothing
      }
    }
    table inet asleep {
      flags dormant;
      chain in {
        type filter hook input priority 0; policy drop;
      }
    }`);
    expect(await open()).toMatchObject({ effective: "yes", blocked_by: [] });
    expect(await open({ protocol: "tcp", port: 9000 })).toMatchObject({ effective: "no" });
    expect(await open({ protocol: "tcp", port: 8080, source: "198.51.100.7" })).toMatchObject({ effective: "no" });
  });

  describe("and a foreign NAT chain", () => {
    it("is named where it translates first", async () => {
      load(
        "table ip lb {\nchain pre {\ntype nat hook prerouting priority -150; policy accept;\ntcp dport 80 dnat to 10.0.0.99\n}\n}",
      );
      const answer = await forward();
      expect(answer.warnings).toContainEqual(
        expect.objectContaining({ kind: "shadowed_by_chain", object: "ip lb pre" }),
      );
      const other = await forward({ external_port: 82 });
      expect(other.warnings.map(({ kind }) => kind)).not.toContain("shadowed_by_chain");
      expect(await result(daemon, "net.nat.status")).toMatchObject({
        foreign: [{ family: "ip", table: "lb", chain: "pre", kind: "dnat", text: "tcp dport 80 dnat to 10.0.0.99" }],
      });
    });
  });
});
