import type { DriftItem, DriftKind } from "../../../generated/types.gen.js";
import { CommandFailed } from "../../kernel/exec.js";
import { isForwarding } from "../../kernel/forwarding.js";
import type { IpFamily } from "../../kernel/net-model.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { BASE, isOwnTable, type TableDrift, tableDrift } from "../../kernel/nft-own-table.js";
import { OWN_TABLE } from "../../kernel/ownership.js";
import { interfaceTowards } from "../../kernel/route-get.js";
import type { Registry } from "../../state/registry.js";
import type { Delayed, Managed } from "../managed.js";
import { surveyRule } from "./firewall.js";
import type { DnatEntry } from "./nat-dnat.js";
import { surveyDnat } from "./nat-dnat-writes.js";
import { restoreForwarding } from "./nat-forwarding.js";
import { surveySnat } from "./nat-snat-writes.js";
import type { Survey } from "./nft-blockers.js";
import type { PacketRules } from "./nft-state.js";

const TABLE_ID = `${OWN_TABLE.family} ${OWN_TABLE.name}`;

/** The table with everything in it, as four kinds of managed things that one transaction restores. */
export function managedRules(rules: PacketRules): Managed[] {
  const part = (kind: DriftKind, prefix: string, count: () => number, verify: Managed["verify"]): Managed => ({
    kind,
    count,
    restore: async () => [],
    verify: async (signal) => [...(await verify(signal)), ...(await extras(rules, kind, prefix))],
  });
  const { firewall, dnat, snat } = rules;
  // What somebody takes away once all is there stays away until the next start, whatever else is waited for.
  let isDone = false;
  const restoreOnce = async (): Promise<readonly Delayed[]> => {
    if (isDone) return [];
    const delayed = await restore(rules);
    isDone = delayed.length === 0;
    return delayed;
  };
  const judgeDnat: Judge<DnatEntry> = async (all, entry, tables) =>
    surveyDnat(all, entry, tables, await interfaceTowards(entry.internal_ip));
  return [
    {
      ...part(
        "firewall_table",
        "",
        () => 0,
        () => verifyTable(rules),
      ),
      restore: restoreOnce,
    },
    part("firewall_rule", "fw-", () => firewall.entries.size, verifier(rules, "firewall_rule", firewall, surveyRule)),
    {
      ...part("dnat", "dnat-", () => dnat.entries.size, verifier(rules, "dnat", dnat, judgeDnat)),
      forwardingFamilies: () => familiesOf(dnat),
    },
    {
      ...part("snat", "snat-", () => snat.entries.size, verifier(rules, "snat", snat, surveySnat)),
      forwardingFamilies: () => familiesOf(snat),
    },
  ];
}

/** What is translated goes on to another machine: nothing of it works while this one does not forward. */
const familiesOf = ({ entries }: Registry<{ readonly family: IpFamily }>): IpFamily[] =>
  [...entries.values()].map(({ family }) => family);

/** Puts back what is missing, all in one transaction; where nft refuses that, what it does not refuse. */
async function restore(rules: PacketRules): Promise<readonly Delayed[]> {
  return rules.write(async (steps) => {
    const families = [...rules.dnat.entries.values(), ...rules.snat.entries.values()].flatMap(
      ({ enable_forwarding, family }): IpFamily[] => (enable_forwarding ? [family] : []),
    );
    await restoreForwarding(steps, rules.deps, families);
    const wanted = rules.wanted();
    try {
      await rules.settle(wanted);
      return [];
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
    }
    const refused = new Map<string, string>();
    const ids = [...new Set(wanted.rules.map(({ id }) => id))];
    const settled = wanted.rules.filter(({ id }) => id.startsWith(BASE));
    await rules.settle({ ...wanted, rules: settled });
    for (const id of ids.filter((one) => !one.startsWith(BASE))) {
      const own = wanted.rules.filter((rule) => rule.id === id);
      try {
        await rules.settle({
          ...wanted,
          rules: wanted.rules.filter((rule) => settled.includes(rule) || rule.id === id),
        });
        settled.push(...own);
      } catch (error) {
        if (!(error instanceof CommandFailed)) throw error;
        refused.set(id, error.stderr || error.message);
      }
    }
    return [...refused].map(([id, reason]) => ({ id, reason }));
  });
}

async function verifyTable(rules: PacketRules): Promise<DriftItem[]> {
  const table = await rules.table();
  const wanted = rules.wanted();
  const { frame, missing, differing } = tableDrift(table, wanted);
  const kind = "firewall_table";
  const differs = [...missing, ...differing].filter((id) => id.startsWith(BASE));
  const items: DriftItem[] = frame.map(({ field, expected, actual }) =>
    field === "table"
      ? { kind, id: TABLE_ID, state: "missing", expected, repairable: true }
      : { kind, id: TABLE_ID, state: "differs", field, expected, actual, repairable: true },
  );
  for (const id of table ? new Set(differs) : []) {
    const actual = missing.has(id) ? "none" : "other statements";
    items.push({
      kind,
      id: TABLE_ID,
      state: "differs",
      field: `rule ${id}`,
      expected: "present",
      actual,
      repairable: true,
    });
  }
  if (items.length > 0) return items;
  return table ? [{ kind, id: TABLE_ID, state: "ok", repairable: true }] : [];
}

/** What entries of all kinds may have. */
interface Translated {
  readonly family?: IpFamily;
  readonly enable_forwarding?: boolean;
}

type Judge<E> = (rules: PacketRules, entry: E, tables: readonly NftTable[]) => Promise<Survey>;

/** Compares each entry with the kernel, and where it is there whether it does what it says. */
function verifier<E extends Translated>(
  rules: PacketRules,
  kind: DriftKind,
  registry: Registry<E>,
  judge: Judge<E>,
): Managed["verify"] {
  return async (signal) => {
    const { entries } = registry;
    if (entries.size === 0) return [];
    const tables = await rules.deps.nft.ruleset(signal);
    const drift = tableDrift(tables.find(isOwnTable), rules.wanted());
    const items: DriftItem[] = [];
    for (const [id, entry] of entries) {
      const found = driftOf(kind, id, drift);
      items.push(found ?? (await standing(rules, kind, id, entry, tables, judge)));
    }
    return items;
  };
}

function driftOf(kind: DriftKind, id: string, { missing, differing }: TableDrift): DriftItem | undefined {
  if (differing.has(id)) {
    return { kind, id, state: "differs", field: "statements", expected: id, actual: "others", repairable: true };
  }
  return missing.has(id)
    ? { kind, id, state: "missing", expected: `rule ${id} in ${TABLE_ID}`, repairable: true }
    : undefined;
}

async function standing<E extends Translated>(
  rules: PacketRules,
  kind: DriftKind,
  id: string,
  entry: E,
  tables: readonly NftTable[],
  judge: Judge<E>,
): Promise<DriftItem> {
  const { family } = entry;
  if (entry.enable_forwarding && family && !(await isForwarding(rules.deps.files, family))) {
    return { kind, id, state: "differs", field: "forwarding", expected: "on", actual: "off", repairable: true };
  }
  const { effective, blocked_by } = await judge(rules, entry, tables);
  const [blocker] = blocked_by;
  if (effective !== "no" || !blocker) return { kind, id, state: "ok", repairable: true };
  const { family: where, table, chain, manager } = blocker;
  const by = blocker.policy === undefined ? `rule ${blocker.handle ?? ""}` : `policy ${blocker.policy}`;
  const actual = `table ${where} ${table}, chain ${chain}, ${by} (${manager})`;
  return { kind, id, state: "shadowed", expected: "packets get through", actual, repairable: false };
}

/** Rules in our table that carry an id of the kind, or none, and that no registry knows. */
async function extras(rules: PacketRules, kind: DriftKind, prefix: string): Promise<DriftItem[]> {
  const { extra } = tableDrift(await rules.table(), rules.wanted());
  const kindOf = (comment: string): string => ["fw-", "dnat-", "snat-"].find((one) => comment.startsWith(one)) ?? "";
  return extra
    .filter(({ rule }) => kindOf(rule.comment ?? "") === prefix)
    .map(({ chain, rule }) => ({
      kind,
      id: rule.comment?.startsWith(prefix) && prefix !== "" ? rule.comment : TABLE_ID,
      state: "extra",
      actual: `rule ${rule.handle} of chain ${chain}`.slice(0, 4096),
      repairable: false,
    }));
}
