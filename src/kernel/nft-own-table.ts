import { canonical } from "./nft-expressions.js";
import type { NftObjectValue } from "./nft-json.js";
import type { NftChain, NftRule, NftTable } from "./nft-model.js";
import { OWN_TABLE } from "./ownership.js";

/** Our base chains. They are never removed while the daemon is installed: a NAT chain that goes resets every connection. */
const OWN_CHAINS = {
  input: { type: "filter", hook: "input", prio: 0 },
  prerouting: { type: "nat", hook: "prerouting", prio: -100 },
  output: { type: "nat", hook: "output", prio: -100 },
  postrouting: { type: "nat", hook: "postrouting", prio: 100 },
} as const;

type OwnChain = keyof typeof OWN_CHAINS;
const CHAIN_NAMES = Object.keys(OWN_CHAINS).filter((name): name is OwnChain => Object.hasOwn(OWN_CHAINS, name));

/** Pairs of one interface with itself, filled by the packets that come in by it. */
export const SAME_INTERFACE = "same_interface";

/** The comments of the table's own rules begin with it. */
export const BASE = "base-";

/**
 * A rule that stays once it is there. The kernel stops tracking connections with the last rule that needs it, and resets
 * every translated one with that.
 */
export const TRACKING = "base-tracking";

/** One rule that is to be in the table; several can have one id. */
export interface WantedRule {
  readonly chain: OwnChain;
  /** Its comment: the managed rule's id, or what a rule of the table's own is for. */
  readonly id: string;
  readonly expr: readonly NftObjectValue[];
}

/** All that is to be in the table; rules of each chain in order. */
export interface WantedTable {
  readonly inputPolicy: "accept" | "drop";
  readonly rules: readonly WantedRule[];
}

/** What differs between the table as it is wanted and as it is. */
export interface TableDrift {
  /** Of the table and its chains: what is wanted, and what is there. */
  readonly frame: readonly { readonly field: string; readonly expected: string; readonly actual: string }[];
  /** Ids with a rule that is not there, or not as it should be. */
  readonly missing: ReadonlySet<string>;
  /** Ids with a rule that is there twice, or with other statements. */
  readonly differing: ReadonlySet<string>;
  /** Rules of which nobody wants one. */
  readonly extra: readonly { readonly chain: string; readonly rule: NftRule }[];
}

const place = { family: OWN_TABLE.family, table: OWN_TABLE.name };
const keyOf = (comment: string | undefined, expr: readonly NftObjectValue[]): string =>
  `${comment ?? ""}\n${canonical(expr)}`;

const chainOf = (table: NftTable | undefined, name: string): NftChain | undefined =>
  table?.chains.find((chain) => chain.name === name);

/** Chains that hold a rule, or shut something; others are not made, and those that are there stay. */
const isNeeded = (wanted: WantedTable, name: OwnChain): boolean =>
  wanted.rules.some(({ chain }) => chain === name) || (name === "input" && wanted.inputPolicy === "drop");

const needsSet = ({ rules }: WantedTable): boolean => rules.some(({ chain }) => chain === "prerouting");

const policyOf = (wanted: WantedTable, name: OwnChain): string => (name === "input" ? wanted.inputPolicy : "accept");

const describeChain = (chain: Pick<NftChain, "type" | "hook" | "prio" | "policy">): string =>
  `type ${chain.type} hook ${chain.hook} priority ${chain.prio}; policy ${chain.policy}`;

/** A chain of our name that hangs somewhere else can only be made anew. */
const isMisplaced = (chain: NftChain, name: OwnChain): boolean => {
  const { type, hook, prio } = OWN_CHAINS[name];
  return chain.type !== type || chain.hook !== hook || chain.prio !== prio;
};

/**
 * The commands that turn the table into the wanted one, each rule that is there already left in place with its counters;
 * rules that nobody wants stay, unless they carry the id of one that is wanted. None where nothing is to be done.
 */
export function tableChanges(
  table: NftTable | undefined,
  wanted: WantedTable,
  retired: string[] = [],
): NftObjectValue[] {
  const rules = CHAIN_NAMES.flatMap((name) => chainChanges(chainOf(table, name), name, wanted, retired));
  const frame = frameDrift(table, wanted).length > 0 ? frameCommands(table, wanted) : [];
  return [...frame, ...rules];
}

function frameCommands(table: NftTable | undefined, wanted: WantedTable): NftObjectValue[] {
  const commands: NftObjectValue[] = [{ add: { table: OWN_TABLE } }];
  if (needsSet(wanted) && !table?.sets.some(({ name }) => name === SAME_INTERFACE)) {
    const type = ["iface_index", "iface_index"];
    // The flag makes it a set that packets can add to; without a timeout elements stay.
    commands.push({ add: { set: { ...place, name: SAME_INTERFACE, type, size: 65_535, flags: ["timeout"] } } });
  }
  for (const name of CHAIN_NAMES) {
    const chain = chainOf(table, name);
    if (!chain && !isNeeded(wanted, name)) continue;
    if (chain && isMisplaced(chain, name)) {
      commands.push({ flush: { chain: { ...place, name } } }, { delete: { chain: { ...place, name } } });
    }
    commands.push({ add: { chain: { ...place, name, ...OWN_CHAINS[name], policy: policyOf(wanted, name) } } });
  }
  return commands;
}

function chainChanges(
  chain: NftChain | undefined,
  name: OwnChain,
  wanted: WantedTable,
  retired: readonly string[],
): NftObjectValue[] {
  const present = chain && !isMisplaced(chain, name) ? chain.rules : [];
  const rules = wanted.rules.filter((rule) => rule.chain === name);
  const kept = keptRules(present, rules);
  const ids = new Set([...rules.map(({ id }) => id), ...retired]);
  const keeping = new Set(kept.values());
  const isOurs = (comment: string) => ids.has(comment) || (comment.startsWith(BASE) && comment !== TRACKING);
  const stale = present.filter((rule) => isOurs(rule.comment ?? "") && !keeping.has(rule));
  const commands: NftObjectValue[] = stale.map(({ handle }) => ({
    delete: { rule: { ...place, chain: name, handle } },
  }));
  for (const [index, { id, expr }] of rules.entries()) {
    if (kept.has(index)) continue;
    const rule = { ...place, chain: name, comment: id, expr: [...expr] };
    // Before the next one that is there, so that the order is the wanted one; several keep theirs.
    const next = [...kept].find(([at]) => at > index)?.[1];
    commands.push(next ? { insert: { rule: { ...rule, handle: next.handle } } } : { add: { rule } });
  }
  return commands;
}

/** The wanted rules that are there in the wanted order, by their place. */
function keptRules(present: readonly NftRule[], wanted: readonly WantedRule[]): Map<number, NftRule> {
  const keys = present.map((rule) => keyOf(rule.comment, rule.expr));
  const kept = new Map<number, NftRule>();
  let from = 0;
  for (const [index, { id, expr }] of wanted.entries()) {
    const at = keys.indexOf(keyOf(id, expr), from);
    const rule = present[at];
    if (at < 0 || !rule) continue;
    kept.set(index, rule);
    from = at + 1;
  }
  return kept;
}

function frameDrift(table: NftTable | undefined, wanted: WantedTable): TableDrift["frame"] {
  const needed = CHAIN_NAMES.filter((name) => isNeeded(wanted, name));
  if (!table) {
    const expected = `${OWN_TABLE.family} ${OWN_TABLE.name}`;
    return needed.length === 0 ? [] : [{ field: "table", expected, actual: "none" }];
  }
  const drift: { field: string; expected: string; actual: string }[] = [];
  if (table.flags.length > 0) drift.push({ field: "flags", expected: "none", actual: table.flags.join(",") });
  if (needsSet(wanted) && !table.sets.some(({ name }) => name === SAME_INTERFACE)) {
    drift.push({ field: `set ${SAME_INTERFACE}`, expected: "present", actual: "none" });
  }
  for (const name of CHAIN_NAMES) {
    const chain = chainOf(table, name);
    if (!chain && !needed.includes(name)) continue;
    const expected = describeChain({ ...OWN_CHAINS[name], policy: name === "input" ? wanted.inputPolicy : "accept" });
    const actual = chain ? describeChain(chain) : "none";
    if (actual !== expected) drift.push({ field: `chain ${name}`, expected, actual });
  }
  return drift;
}

/** Compares without changing anything. */
export function tableDrift(table: NftTable | undefined, wanted: WantedTable): TableDrift {
  const missing = new Set<string>();
  const differing = new Set<string>();
  const extra: { chain: string; rule: NftRule }[] = [];
  const found = new Set<NftRule>();
  const ids = new Set(wanted.rules.map(({ id }) => id));
  for (const name of CHAIN_NAMES) {
    const rules = wanted.rules.filter((rule) => rule.chain === name);
    const kept = keptRules(chainOf(table, name)?.rules ?? [], rules);
    for (const [index, { id }] of rules.entries()) if (!kept.has(index)) missing.add(id);
    for (const rule of kept.values()) found.add(rule);
  }
  for (const { name, rules } of table?.chains ?? []) {
    for (const rule of rules.filter((one) => !found.has(one) && one.comment !== TRACKING)) {
      if (ids.has(rule.comment ?? "")) differing.add(rule.comment ?? "");
      else extra.push({ chain: name, rule });
    }
  }
  return { frame: frameDrift(table, wanted), missing, differing, extra };
}

/** The rules of one id that are in the table. */
export const rulesOf = (table: NftTable | undefined, id: string): NftRule[] =>
  (table?.chains ?? []).flatMap(({ rules }) => rules.filter(({ comment }) => comment === id));

export const isOwnTable = ({ family, name }: NftTable): boolean =>
  family === OWN_TABLE.family && name === OWN_TABLE.name;
