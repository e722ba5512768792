import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { adminDaemon, result } from "../../world/admin-daemon.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { randomRuleset } from "../../world/random-nft.js";
import { type Call, type Outcome, uncleanOf, WriteBench } from "../../world/writes.js";

vi.setConfig({ testTimeout: 400_000 });
const isDeep = process.env.MOS_TEST_DEEP === "1";

/** A few rules of each kind; `comment` or a target make the same one differ in its values. */
function randomAdd(random: Random): Call {
  const comment = random.pick([{}, {}, { comment: "one" }, { comment: "two" }]);
  const at = random.between(1, 4);
  switch (random.below(3)) {
    case 0:
      return ["net.firewall.add_rule", { protocol: "tcp", port: 8000 + at, ...comment }];
    case 1: {
      const to = { internal_ip: `10.0.0.${20 + random.below(2)}`, internal_port: 80 };
      return ["net.nat.add_dnat", { protocol: "udp", external_port: 9000 + at, ...to, ...comment }];
    }
    default:
      return ["net.nat.add_snat", { source_cidr: `10.${at}.0.0/16`, out_interface: "wan0", ...comment }];
  }
}

const REMOVE: Readonly<Record<string, string>> = {
  "net.firewall.add_rule": "net.firewall.remove_rule",
  "net.nat.add_dnat": "net.nat.remove_dnat",
  "net.nat.add_snat": "net.nat.remove_snat",
};

/** What tells one rule from another, and the values beside it. */
const keyOf = ([method, params = {}]: Call): string => {
  const { comment: _, internal_ip: __, ...identity } = params as Record<string, unknown>;
  return JSON.stringify([method, identity]);
};
const valuesOf = ([, params = {}]: Call): string => {
  const { comment, internal_ip } = params as Record<string, unknown>;
  return JSON.stringify([comment, internal_ip]);
};

describeNetwork("the nftables table under pressure", () => {
  let namespace: Namespace;
  let bench: WriteBench;
  beforeEach(() => {
    namespace = new Namespace();
    bench = new WriteBench(() => namespace.wrapper);
    namespace.batch(["link add wan0 type veth peer name lan0", "link set wan0 up", "link set lan0 up"]);
    namespace.batch(["addr add 10.0.0.1/24 dev lan0"]);
  });
  afterEach(() => {
    namespace.remove();
    bench.remove();
  });

  it.each(seeds(5))("two hundred writes at once are answered as one after the other, with seed %i", (seed) => {
    const random = new Random(seed);
    // The ids follow from what identifies a rule: known after a first round.
    const all = [1, 2, 3, 4].flatMap((at): Call[] => [
      ["net.firewall.add_rule", { protocol: "tcp", port: 8000 + at }],
      ["net.nat.add_dnat", { protocol: "udp", external_port: 9000 + at, internal_ip: "10.0.0.20", internal_port: 80 }],
      ["net.nat.add_snat", { source_cidr: `10.${at}.0.0/16`, out_interface: "wan0" }],
    ]);
    const made = bench.run(all).answers;
    const ids = new Map(all.map((call, index) => [keyOf(call), String(made[index]?.result?.id)]));
    const held = new Map(all.map((call) => [keyOf(call), valuesOf(call)]));
    const calls: Call[] = [];
    const expected: object[] = [];
    for (let count = 0; count < 200; count++) {
      const add = randomAdd(random);
      const key = keyOf(add);
      const id = ids.get(key);
      if (random.chance(0.4)) {
        calls.push([REMOVE[add[0]] ?? "", { id }]);
        expected.push(held.delete(key) ? { result: { changed: true } } : { error: { kind: "not_found", name: id } });
        continue;
      }
      calls.push(add);
      const there = held.get(key);
      if (there === undefined || there === valuesOf(add)) {
        expected.push({ result: { id, changed: there === undefined } });
        held.set(key, valuesOf(add));
      } else expected.push({ error: { kind: "conflict", objects: [id] } });
    }
    const ran = bench.run(calls, { atOnce: true });
    for (const [index, answer] of ran.answers.entries()) {
      expect(answer, JSON.stringify(calls[index])).toMatchObject(expected[index] ?? {});
    }
    expect(uncleanOf(ran)).toEqual([]);
    const registered = ["firewall", "dnat", "snat"].flatMap((name) => Object.keys(bench.registry(name)));
    expect(registered.sort()).toEqual([...held.keys()].map((key) => ids.get(key)).sort());
    const table = namespace.run("nft", "list", "table", "inet", "my_os_server").toString();
    for (const id of ids.values()) expect(table.includes(`"${id}"`)).toBe(registered.includes(id));
  });

  it.each(seeds(3))("random writes leave everything of others as it was, with seed %i", (seed) => {
    const random = new Random(seed);
    const file = join(bench.stateDir, "foreign.nft");
    writeFileSync(file, randomRuleset(random).replaceAll(" }", "\n}"));
    namespace.run("nft", "-f", file);
    for (const tool of ["iptables-legacy", "ip6tables-legacy"])
      namespace.run(tool, "-A", "FORWARD", "-p", "tcp", "-j", "ACCEPT");
    const fingerprint = () =>
      [
        namespace
          .run("nft", "-a", "list", "ruleset")
          .toString()
          .replace(/^table inet my_os_server \{[\s\S]*?^\}\n/m, "")
          .replace(/ expires [0-9a-z]+| packets \d+ bytes \d+| used \d+ \w+/g, ""),
        namespace
          .run("iptables-legacy-save")
          .toString()
          .replace(/^#.*\n/gm, ""),
        namespace
          .run("ip6tables-legacy-save")
          .toString()
          .replace(/^#.*\n/gm, ""),
      ].join("\n");
    const before = fingerprint();
    const ids: string[] = [];
    for (let left = isDeep ? 1000 : 60; left > 0; left -= 20) {
      const removals = ids.splice(0, 6).map((id): Call => {
        const [prefix = ""] = id.split("-");
        return [prefix === "fw" ? "net.firewall.remove_rule" : `net.nat.remove_${prefix}`, { id }];
      });
      const calls = [...removals, ...Array.from({ length: 20 - removals.length }, () => randomAdd(random))];
      const { answers, drift } = bench.run(calls, {
        firewall: { inputPolicy: random.pick(["accept", "drop"]), alwaysAllow: [] },
      });
      const unwanted = answers.filter(({ error }) => error && !["conflict", "not_found"].includes(error.kind));
      expect(unwanted).toEqual([]);
      ids.push(...answers.flatMap(({ result: one }) => (typeof one?.id === "string" ? [one.id] : [])));
      // A foreign chain may shut what we open; nothing of ours is missing, doubled or strange.
      expect(drift.filter(({ state }) => state !== "ok" && state !== "shadowed")).toEqual([]);
    }
    expect(fingerprint()).toBe(before);
  });

  it("hostile texts are data, and no tool sees them but as such", () => {
    const random = new Random(4);
    const parts = [
      '"',
      "'",
      "; reboot",
      "$(reboot)",
      "`reboot`",
      "--help",
      "-f",
      "{ drop; }",
      "\n",
      "\0",
      "\\",
      "@set",
      "* ",
      "ünï✓",
      "%s",
      "accept",
      "#",
      "x".repeat(120),
    ];
    const hostile = () => Array.from({ length: random.between(1, 3) }, () => random.pick(parts)).join("");
    const folder = join(bench.stateDir, "bin");
    const seen = join(bench.stateDir, "seen.txt");
    mkdirSync(folder);
    // Stands before nft and notes what it is given: its arguments, and the transaction's file.
    for (const tool of ["nft", "ip", "conntrack"]) {
      writeFileSync(
        join(folder, tool),
        `#!/bin/sh\nprintf '%s\\n' "$@" >> ${seen}\nfor last; do :; done\n[ -f "$last" ] && cat "$last" >> ${seen}\nexec /usr/sbin/${tool} "$@"\n`,
      );
      chmodSync(join(folder, tool), 0o755);
    }
    const calls: Call[] = [];
    const count = isDeep ? 1000 : 80;
    for (let index = 0; index < count; index++) {
      const text = hostile();
      const comment = `HOSTILE${text}`;
      const port = 1 + index;
      calls.push(
        random.pick<Call>([
          ["net.firewall.add_rule", { protocol: "tcp", port, comment }],
          [
            "net.nat.add_dnat",
            { protocol: "tcp", external_port: port, internal_ip: "10.0.0.20", internal_port: 80, comment },
          ],
          ["net.nat.add_snat", { source_cidr: `10.${index % 250}.0.0/16`, out_interface: "wan0", comment }],
          ["net.firewall.add_rule", { protocol: "tcp", port, source: comment }],
          ["net.nat.add_dnat", { protocol: "tcp", external_port: port, internal_ip: comment, internal_port: 80 }],
          ["net.firewall.remove_rule", { id: comment }],
          ["net.firewall.add_rule", { protocol: "tcp", port, interface: text.slice(0, 15) }],
          ["net.nat.add_snat", { source_cidr: "10.0.0.0/8", out_interface: text.slice(0, 15) }],
        ]),
      );
    }
    const { answers, drift } = bench.run(calls, { path: `${folder}:${process.env.PATH}` });
    const rules = answers.filter(({ result: one }) => one);
    expect(rules.length).toBeGreaterThan(count / 10);
    for (const [index, { error }] of answers.entries()) {
      expect(
        ["invalid_params", "invalid_argument", "not_found", "conflict", undefined],
        JSON.stringify([calls[index], error]),
      ).toContain(error?.kind);
    }
    // What was taken is what was asked for, to the letter, and the kernel holds it so.
    for (const [index, { result: one }] of answers.entries()) {
      const { comment, interface: ifname } = (calls[index]?.[1] ?? {}) as Record<string, unknown>;
      if (one)
        expect(one.rule).toMatchObject({
          ...(comment !== undefined && { comment }),
          ...(ifname !== undefined && { interface: ifname }),
        });
    }
    expect(drift.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(existsSync(seen)).toBe(true);
    expect(readFileSync(seen, "utf8")).not.toContain("HOSTILE");
  });

  const REFUSED: readonly (readonly [method: string, params: object, field: string])[] = [
    ["net.firewall.add_rule", { protocol: "tcp", port: 80, interface: "@same_interface" }, "interface"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 80, interface: "a\\*" }, "interface"],
    ["net.firewall.add_rule", { protocol: "tcp" }, "port"],
    ["net.firewall.add_rule", { protocol: "icmp", port: 80 }, "port"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 1, port_range: "2-3" }, "port"],
    ["net.firewall.add_rule", { protocol: "tcp", port_range: "9-3" }, "port_range"],
    ["net.firewall.add_rule", { protocol: "tcp", port_range: "1-70000" }, "port_range"],
    ["net.firewall.add_rule", { protocol: "icmp", family: "inet6" }, "family"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 1, source: "10.0.0.1/8" }, "source"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 1, source: "10.0.0.1", destination: "fd00::1" }, "destination"],
    ["net.firewall.add_rule", { protocol: "tcp", port: 1, comment: "ü".repeat(65) }, "comment"],
    [
      "net.nat.add_dnat",
      { protocol: "tcp", external_port: 1, internal_ip: "10.0.0.1", internal_port: 1 },
      "internal_ip",
    ],
    [
      "net.nat.add_dnat",
      { protocol: "tcp", external_port: 1, internal_ip: "127.0.0.1", internal_port: 1 },
      "internal_ip",
    ],
    [
      "net.nat.add_dnat",
      { protocol: "tcp", external_port: 1, internal_ip: "ff02::1", internal_port: 1 },
      "internal_ip",
    ],
    [
      "net.nat.add_dnat",
      { protocol: "tcp", external_port: 1, internal_ip: "10.0.0.9", internal_port: 1, external_ip: "fd00::1" },
      "external_ip",
    ],
    [
      "net.nat.add_dnat",
      { protocol: "tcp", external_port: 5, internal_ip: "10.0.0.9", internal_port: 5, external_port_range: "6-9" },
      "external_port_range",
    ],
    ["net.nat.add_snat", { source_cidr: "10.0.0.1/8", out_interface: "wan0" }, "source_cidr"],
    ["net.nat.add_snat", { source_cidr: "10.0.0.0/8", out_interface: "wan0", to_source: "fd00::1" }, "to_source"],
    ["net.nat.add_snat", { source_cidr: "10.0.0.0/8", out_interface: "wan0", protocol: "icmpv6" }, "protocol"],
  ];
  it("refuses what cannot be, before anything is done", () => {
    const { answers, steps } = bench.run(REFUSED.map(([method, params]): Call => [method, params]));
    for (const [index, [method, params, field]] of REFUSED.entries()) {
      const what = `${method} ${JSON.stringify(params)}`;
      expect(answers[index], what).toMatchObject({ error: { kind: "invalid_argument", field } });
    }
    expect(steps).toEqual([]);
  });

  it("without nft says which package holds it, and nothing is remembered", () => {
    const calls: Call[] = [
      ["net.firewall", {}],
      ["net.nat.status", {}],
      ["net.firewall.add_rule", { protocol: "tcp", port: 80 }],
      ["net.nat.add_dnat", { protocol: "tcp", external_port: 80, internal_ip: "10.0.0.20", internal_port: 80 }],
      ["net.nat.add_snat", { source_cidr: "10.0.0.0/24", out_interface: "wan0" }],
    ];
    const answers: readonly Outcome[] = calls.flatMap((call) => bench.run([call], { path: "/nowhere" }).answers);
    for (const { error } of answers)
      expect(error).toMatchObject({ kind: "tool_missing", tool: "nft", package: "nftables" });
    for (const name of ["firewall", "dnat", "snat"]) expect(bench.registry(name)).toEqual({});
    // The connection table is read without a tool.
    const { answers: others } = bench.run(
      [["net.conntrack"], ["net.conntrack.stats"], ["net.conntrack.flush", { zone: 1 }]],
      {
        path: "/nowhere",
      },
    );
    expect(others.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  });

  it("a rule that somebody takes away shows in net.verify, and a second add puts it back", async () => {
    const daemon = await adminDaemon(namespace);
    const verify = async () => {
      const { items } = await result<{ items: { kind: string; id: string; state: string }[] }>(daemon, "net.verify");
      return items.filter(({ state }) => state !== "ok");
    };
    const add = () =>
      result<{ id: string; changed: boolean }>(daemon, "net.firewall.add_rule", { protocol: "tcp", port: 80 });
    try {
      const { id } = await add();
      const forward = { protocol: "tcp", external_port: 81, internal_ip: "10.0.0.20", internal_port: 80 };
      const { id: dnat } = await result<{ id: string }>(daemon, "net.nat.add_dnat", forward);
      expect(await verify()).toEqual([]);
      namespace.run("nft", "flush", "chain", "inet", "my_os_server", "prerouting");
      expect(await verify()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "firewall_table", state: "differs" }),
          expect.objectContaining({ kind: "dnat", id: dnat, state: "missing" }),
        ]),
      );
      namespace.run("nft", "flush", "ruleset");
      expect((await verify()).map(({ kind, state }) => `${kind} ${state}`).sort()).toEqual([
        "dnat missing",
        "firewall_rule missing",
        "firewall_table missing",
      ]);
      expect(await result(daemon, "net.firewall")).toMatchObject({ allow_rules: [{ id, present: false }] });
      expect(await add()).toMatchObject({ id, changed: true });
      expect(await verify()).toEqual([]);
      namespace.run(
        "nft",
        "add",
        "rule",
        "inet",
        "my_os_server",
        "input",
        "tcp",
        "dport",
        "5",
        "accept",
        "comment",
        '"fw-0badcafe"',
      );
      namespace.run("nft", "add", "table", "inet", "my_os_server", "{ flags dormant; }");
      expect(await verify()).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: "firewall_rule", id: "fw-0badcafe", state: "extra", repairable: false }),
          expect.objectContaining({ kind: "firewall_table", state: "differs", field: "flags", actual: "dormant" }),
        ]),
      );
      await add();
      expect((await verify()).map(({ id: one, state }) => [one, state])).toEqual([["fw-0badcafe", "extra"]]);
    } finally {
      await daemon.stop();
    }
  });
});
