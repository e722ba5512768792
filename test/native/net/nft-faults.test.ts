import { expect, it } from "vitest";
import { ruleId } from "../../../src/native/net/rule-parts.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { type Call, stepSites, type Trial, WriteBench } from "../../world/writes.js";

const LOOK = [
  ["sh", "-c", "nft list table inet my_os_server 2>/dev/null || true"],
  ["sh", "-c", "cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding"],
  ["sh", "-c", "cat /proc/sys/net/ipv6/conf/wan0/accept_ra 2>/dev/null || true"],
];

/** The rules and what is forwarded. Chains, once made, stay, as does the rule that keeps connections tracked. */
const normal = ([table = "", forwarding = "", acceptRa = ""]: readonly string[]) => ({
  rules: table
    .split("\n")
    .filter((line) => line.includes("comment") && !line.includes("base-"))
    .map((line) => line.trim())
    .sort(),
  forwarding,
  acceptRa,
});

const trial = (write: Call, reset: readonly Call[], setup: readonly Call[] = []): Trial => ({
  setup,
  write,
  reset,
  look: LOOK,
  normal,
});

const idOf = (prefix: string, fields: object): string =>
  ruleId(prefix, JSON.stringify(Object.entries(fields)), () => true);

const RULE: Call = ["net.firewall.add_rule", { protocol: "tcp", port: 8080 }];
const RULE_ID = idOf("fw", { protocol: "tcp", port: 8080 });
const DNAT: Call = [
  "net.nat.add_dnat",
  { protocol: "both", external_port: 80, internal_ip: "10.0.0.20", internal_port: 80 },
];
const DNAT_ID = idOf("dnat", { protocol: "both", external_port: 80, family: "inet" });
const SNAT: Call = ["net.nat.add_snat", { source_cidr: "fd00::/64", out_interface: "wan0" }];
const SNAT_ID = idOf("snat", { source_cidr: "fd00::/64", out_interface: "wan0", protocol: "any" });

const shell = (script: string): Call => ["happen", { command: ["sh", "-c", script] }];
const FORWARDED_DNAT: Call = [DNAT[0], { ...DNAT[1], enable_forwarding: true }];
const FORWARDED_SNAT: Call = [SNAT[0], { ...SNAT[1], enable_forwarding: true }];
/** A node that does not forward, with an uplink whose default route came by a router advertisement. */
const UPLINK: readonly Call[] = [
  shell("echo 0 > /proc/sys/net/ipv4/ip_forward; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding"),
  shell("ip link show wan0 || ip link add wan0 type veth peer name wan1; ip link set wan0 up; ip link set wan1 up"),
  shell("echo 1 > /proc/sys/net/ipv6/conf/wan0/accept_ra"),
  shell("ip -6 route replace default via fe80::1 dev wan0 proto ra"),
];

const TRIALS: readonly (readonly [string, Trial])[] = [
  ["net.firewall.add_rule", trial(RULE, [["net.firewall.remove_rule", { id: RULE_ID }]])],
  ["net.firewall.remove_rule", trial(["net.firewall.remove_rule", { id: RULE_ID }], [RULE], [RULE, DNAT])],
  ["net.nat.add_dnat", trial(DNAT, [["net.nat.remove_dnat", { id: DNAT_ID }]], [RULE])],
  ["net.nat.remove_dnat", trial(["net.nat.remove_dnat", { id: DNAT_ID }], [DNAT], [DNAT])],
  ["net.nat.add_snat", trial(SNAT, [["net.nat.remove_snat", { id: SNAT_ID }]], [DNAT])],
  [
    "net.nat.add_dnat that switches forwarding on",
    trial(FORWARDED_DNAT, [["net.nat.remove_dnat", { id: DNAT_ID }], ...UPLINK], UPLINK),
  ],
  [
    "net.nat.add_snat that switches forwarding on beside router advertisements",
    trial(FORWARDED_SNAT, [["net.nat.remove_snat", { id: SNAT_ID }], ...UPLINK], UPLINK),
  ],
  ["net.nat.remove_snat", trial(["net.nat.remove_snat", { id: SNAT_ID }], [SNAT], [SNAT])],
];

describeNetwork("a daemon that is killed or fails at any step of a write on the nftables table", () => {
  const reached = new Set<string>();
  let tried = 0;

  it.each(TRIALS)("leaves the old state or the new one: %s", { timeout: 240_000 }, (_, parts) => {
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    try {
      const report = bench.trial(parts);
      tried += 1;
      for (const site of report.sites) reached.add(site);
      expect(report.new).not.toEqual(report.old);
      expect(report.kills.length).toBeGreaterThan(1);
      for (const { step, state, drift } of report.kills) {
        expect([report.old, report.new], `killed after: ${step}`).toContainEqual(state);
        expect(drift, `killed after: ${step}`).toEqual([]);
      }
      expect(report.failures.length).toBe(report.kills.length);
      for (const { step, state, isKept } of report.failures) {
        expect(state, `failed at: ${step}`).toEqual(report.old);
        expect(isKept, `the registries, failed at: ${step}`).toBe(true);
      }
    } finally {
      namespace.remove();
      bench.remove();
    }
  });

  it("has a trial for every step there is", ({ skip }) => {
    if (tried < TRIALS.length) skip("only some of the trials ran");
    const there = stepSites("native/net").filter((site) => /\/(nft|nat|firewall)[^/]*$/.test(site));
    expect(there.length).toBeGreaterThan(6);
    expect(there.filter((site) => !reached.has(site))).toEqual([]);
  });

  it("undoes forwarding with the rest", { timeout: 120_000 }, () => {
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    const call: Call = [DNAT[0], { ...DNAT[1], enable_forwarding: true }];
    const isOn = () => namespace.run("cat", "/proc/sys/net/ipv4/ip_forward").toString().trim();
    try {
      namespace.sysctl("net.ipv4.ip_forward", 0);
      const whole = bench.run([], { first: [] }).steps;
      expect(whole).toEqual([]);
      const failed = bench.run([call], { failAt: 3 });
      expect(failed.steps).toEqual(["registry", "forwarding", "nft"]);
      expect(failed.answers[0]?.error?.kind).toBe("internal_error");
      expect(isOn()).toBe("0");
      expect(bench.registry("dnat")).toEqual({});
      expect(bench.run([call]).answers[0]?.result).toMatchObject({ forwarding: { enabled: true, switched_on: true } });
      // And again after a boot, which forgets it.
      namespace.sysctl("net.ipv4.ip_forward", 0);
      namespace.run("nft", "flush", "ruleset");
      expect(bench.run([]).drift.every(({ state }) => state === "ok")).toBe(true);
      expect(isOn()).toBe("1");
    } finally {
      namespace.remove();
      bench.remove();
    }
  });
});

describeNetwork("somebody else at our table", () => {
  it("is put right at the next start, down to the order of the rules", { timeout: 120_000 }, () => {
    const namespace = new Namespace();
    const bench = new WriteBench(() => namespace.wrapper);
    const firewall = { inputPolicy: "drop" as const, alwaysAllow: ["tcp/22"] };
    try {
      bench.run([RULE, DNAT, SNAT], { firewall });
      const clean = bench.run([], { firewall }).drift;
      expect(clean.map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
        "dnat ok",
        "firewall_rule ok",
        "firewall_table ok",
        "snat ok",
      ]);
      const before = namespace.run("nft", "list", "table", "inet", "my_os_server").toString();
      const damages = [
        ["nft", "flush", "ruleset"],
        ["nft", "flush", "chain", "inet", "my_os_server", "prerouting"],
        ["nft", "add", "chain", "inet", "my_os_server", "input", "{ policy accept; }"],
        ["nft", "flush", "chain", "inet", "my_os_server", "input"],
        ["nft", "add", "table", "inet", "my_os_server", "{ flags dormant; }"],
      ];
      for (const damage of damages) {
        const [command = "", ...words] = damage;
        namespace.run(command, ...words);
        const { found, drift: after } = bench.run([], {
          firewall,
          look: [["nft", "list", "table", "inet", "my_os_server"]],
        });
        expect(
          after.filter(({ state }) => state !== "ok"),
          damage.join(" "),
        ).toEqual([]);
        expect(found.looks[0], damage.join(" ")).toBe(before);
      }
      namespace.run("nft", "insert", "rule", "inet", "my_os_server", "input", "tcp", "dport", "1", "drop");
      const { drift: extra } = bench.run([], { firewall });
      expect(extra.filter(({ state }) => state !== "ok")).toMatchObject([
        { kind: "firewall_table", state: "extra", repairable: false },
      ]);
    } finally {
      namespace.remove();
      bench.remove();
    }
  });
});
