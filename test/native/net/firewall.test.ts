import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, expect, it, vi } from "vitest";
import type { FirewallState, NftChain, NftSet, NftTable } from "../../../generated/types.gen.js";
import { describeNetwork, Namespace } from "../../world/namespace.js";
import { Random, seeds } from "../../world/random.js";
import { randomRuleset } from "../../world/random-nft.js";
import { WriteBench } from "../../world/writes.js";

vi.setConfig({ testTimeout: 120_000 });

type Listed = Readonly<Record<string, unknown>>;

/** Numbers that a number cannot hold as text, which is what the bench makes of bigints. */
const exact = (json: string): string =>
  json.replace(/(?<=[:[] ?)(\d{16,})(?=[,\]}])/g, (digits) =>
    Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`,
  );

/** nft's JSON shows counters beyond 2^63 as negative numbers. */
const unsigned = (value: unknown): unknown =>
  Number(value) < 0 ? String(BigInt.asUintN(64, BigInt(String(value)))) : value;

const list = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
const kept = (fields: Listed): Listed =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

describeNetwork("net.firewall", () => {
  const namespace = new Namespace();
  const bench = new WriteBench(() => namespace.wrapper);
  afterAll(() => {
    namespace.remove();
    bench.remove();
  });
  beforeEach(() => {
    namespace.run("nft", "flush", "ruleset");
  });

  const load = (script: string): void => {
    const file = join(bench.stateDir, "ruleset.nft");
    // This nft wants the end of a line before a brace that closes a block.
    writeFileSync(file, script.replaceAll(" }", "\n}"));
    namespace.run("nft", "-f", file);
  };
  const read = (params: object = {}): FirewallState => {
    const { answers } = bench.run([["net.firewall", params]]);
    if (!answers[0]?.result) throw new Error(JSON.stringify(answers[0]?.error));
    return answers[0].result as unknown as FirewallState;
  };
  let listing: readonly Listed[] = [];
  const nft = (): readonly Listed[] =>
    JSON.parse(exact(namespace.run("nft", "-j", "list", "ruleset").toString())).nftables;

  /** nft's own objects of a kind in a table. */
  const ofTable = (kind: string, { family, name }: { family: string; name: string }): Listed[] =>
    listing.flatMap((item) => {
      const object = item[kind] as Listed | undefined;
      return object?.family === family && object.table === name ? [object] : [];
    });

  function checkChain(table: NftTable, chain: NftChain): void {
    const [theirs] = ofTable("chain", table).filter(({ name }) => name === chain.name);
    const { rules, managed, devs, ...rest } = chain;
    const { family: _, table: __, dev, ...fields } = theirs ?? {};
    expect(rest).toEqual(fields);
    expect({ managed, devs }).toEqual({ managed: false, devs: dev === undefined ? undefined : list(dev) });
    const listed = ofTable("rule", table).filter((rule) => rule.chain === chain.name);
    expect(rules.map(({ handle, expr, comment }) => kept({ handle, expr, comment }))).toEqual(
      listed.map(({ handle, expr, comment }) => kept({ handle, expr, comment })),
    );
    for (const { expr, packets, bytes } of rules) {
      const counter = expr.map((statement) => statement.counter).find((one) => typeof one === "object") as
        | Listed
        | undefined;
      expect({ packets, bytes }).toEqual({ packets: unsigned(counter?.packets), bytes: unsigned(counter?.bytes) });
    }
    const text = namespace.run("nft", "list", "chain", table.family, table.name, chain.name).toString();
    expect(text).toContain(rules.map((rule) => `\t\t${rule.text}\n`).join(""));
    expect(rules.every((rule) => !/ # handle \d+$/.test(rule.text) || rule.comment?.includes("handle"))).toBe(true);
  }

  function checkSet(table: NftTable, set: NftSet): void {
    const kind = set.map ? "map" : "set";
    const [theirs = {}] = ofTable(kind, table).filter(({ name }) => name === set.name);
    expect(set).toMatchObject(
      kept({
        handle: theirs.handle,
        type: list(theirs.type),
        map: theirs.map === undefined ? undefined : list(theirs.map),
        flags: list(theirs.flags),
        size: theirs.size,
        timeout_seconds: theirs.timeout,
        gc_interval_seconds: theirs["gc-interval"],
        comment: theirs.comment,
        total: list(theirs.elem).length,
      }),
    );
    expect(set.auto_merge ?? false).toBe(theirs["auto-merge"] === true);
    // Each element stands in nft's own text too, ports and interfaces by the names that it gives them.
    const text = namespace
      .run("nft", "-nn", "list", kind, table.family, table.name, set.name)
      .toString()
      .replace(/\s+/g, " ");
    for (const { value, data, bytes } of set.elements) {
      expect(text.replaceAll('"', "")).toContain(value);
      if (data !== undefined) expect(text).toContain(`${value} : ${data}`);
      if (bytes !== undefined) expect(text).toContain(`bytes ${bytes}`);
    }
  }

  it.each(seeds(40))("is what nft lists, field by field, with seed %i", (seed) => {
    load(randomRuleset(new Random(seed)));
    const { tables } = read();
    listing = nft();
    // nft's JSON has a table's name for its flags.
    const text = namespace.run("nft", "list", "ruleset").toString();
    for (const { family, name, flags } of tables) {
      expect(flags).toEqual(text.includes(`table ${family} ${name} {\n\tflags dormant\n`) ? ["dormant"] : []);
    }
    expect(tables.map(({ family, name, handle, comment }) => kept({ family, name, handle, comment }))).toEqual(
      listing.flatMap(({ table }) => {
        const { flags: _, ...rest } = (table ?? {}) as Listed;
        return table === undefined ? [] : [rest];
      }),
    );
    let rules = 0;
    for (const table of tables) {
      expect(table.managed).toBe(false);
      expect(table.chains.map(({ name }) => name)).toEqual(ofTable("chain", table).map(({ name }) => name));
      for (const chain of table.chains) {
        checkChain(table, chain);
        rules += chain.rules.length;
      }
      for (const set of table.sets) checkSet(table, set);
      for (const { type, ...object } of table.objects) {
        const [theirs] = ofTable(type, table).filter(({ name }) => name === object.name);
        const { family: _, table: __, ...fields } = theirs ?? {};
        expect(object).toEqual(fields);
      }
    }
    expect(rules).toBeGreaterThan(10);
  });

  it("answers what the filters ask for", () => {
    load(
      "table ip a { chain x { accept; }\n chain y { drop; } }\ntable ip6 a { chain x { } }\ntable inet b { set s { type inet_service; elements = { 1, 2, 3 } } }",
    );
    bench.run([["net.firewall.add_rule", { protocol: "tcp", port: 80 }]]);
    const names = (params: object) => read(params).tables.map(({ family, name }) => `${family} ${name}`);
    expect(names({ table: "a" })).toEqual(["ip a", "ip6 a"]);
    expect(names({ table: "a", family: "ip6" })).toEqual(["ip6 a"]);
    expect(names({ managed: true })).toEqual(["inet my_os_server"]);
    expect(names({ managed: false })).toEqual(["ip a", "ip6 a", "inet b"]);
    expect(names({ table: "nowhere" })).toEqual([]);
    expect(read({ chain: "y" }).tables.flatMap(({ chains }) => chains.map(({ name }) => name))).toEqual(["y"]);
    const [set] = read({ table: "b", element_limit: 2 }).tables[0]?.sets ?? [];
    expect(set).toMatchObject({ total: 3, elements: [{ value: "1" }, { value: "2" }] });
  });

  it("marks what is managed, and knows the managers by their names", () => {
    load(`
      table inet firewalld { chain filter_INPUT { } }
      table ip filter { chain ufw-before-input { }
        chain INPUT { type filter hook input priority 0; policy drop; jump ufw-before-input; } }`);
    namespace.run("iptables-nft", "-t", "nat", "-N", "DOCKER");
    namespace.run("ip6tables-nft", "-A", "INPUT", "-j", "ACCEPT");
    bench.run([["net.firewall.add_rule", { protocol: "tcp", port: 81, comment: "web" }]]);
    const { tables, allow_rules } = read();
    const manager = (text: string) => tables.find(({ family, name }) => `${family} ${name}` === text)?.manager;
    expect(manager("inet firewalld")).toBe("firewalld");
    expect(manager("ip filter")).toBe("ufw");
    expect(manager("ip nat")).toBe("docker");
    expect(manager("ip6 filter")).toBe("iptables-nft");
    expect(manager("inet my_os_server")).toBe("my_os_server");
    const own = tables.find(({ managed }) => managed);
    const rule = allow_rules.find(({ port }) => port === 81);
    expect(own?.chains.flatMap(({ rules }) => rules)).toContainEqual(
      expect.objectContaining({ id: rule?.id, managed: true, handle: rule?.handle }),
    );
  });
});
