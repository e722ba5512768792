import type {
  FirewallAllowRule,
  FirewallState,
  NetFirewallParams,
  NftChain as WireChain,
  NftTable as WireTable,
} from "../../../generated/types.gen.js";
import { configuredTables, tableManager } from "../../kernel/firewall-managers.js";
import type { Exact } from "../../kernel/net-model.js";
import type { NftChain, NftRule, NftTable } from "../../kernel/nft-model.js";
import { isOwnTable, rulesOf } from "../../kernel/nft-own-table.js";
import { legacyTables } from "../../kernel/xtables-legacy.js";
import type { FirewallEntry } from "./firewall-rule.js";
import type { PacketRules } from "./nft-state.js";

const DEFAULT_ELEMENTS = 1000;

/** An id that an add call answered, as a rule's comment. */
const MANAGED_ID = /^(fw|dnat|snat)-[0-9a-f]{8,56}$/;

/** The answer of `net.firewall`. */
export async function readFirewall(
  rules: PacketRules,
  params: NetFirewallParams,
  signal: AbortSignal,
): Promise<FirewallState> {
  const { files, nft, config } = rules.deps;
  const [tables, legacy_tables, configured] = await Promise.all([
    nft.ruleset(signal),
    legacyTables(files),
    configuredTables(files),
  ]);
  const own = tables.find(isOwnTable);
  const { element_limit = DEFAULT_ELEMENTS } = params;
  return {
    input_policy: config.inputPolicy,
    always_allow: [...config.alwaysAllow],
    ...(config.acceptMark !== undefined && { accept_mark: config.acceptMark }),
    allow_rules: [...rules.firewall.entries].map(([id, entry]) => allowRule(id, entry, own)),
    tables: chosen(tables, params).map((table) => wireTable(table, params.chain, element_limit, configured)),
    legacy_tables,
  };
}

function chosen(tables: readonly NftTable[], { family, table, managed }: NetFirewallParams): NftTable[] {
  return tables.filter(
    (one) =>
      (family === undefined || one.family === family) &&
      (table === undefined || one.name === table) &&
      (managed === undefined || isOwnTable(one) === managed),
  );
}

function wireTable(
  table: NftTable,
  chain: string | undefined,
  elements: number,
  configured: ReadonlySet<string>,
): WireTable {
  const managed = isOwnTable(table);
  return {
    ...table,
    manager: tableManager(table, configured),
    managed,
    chains: table.chains
      .filter(({ name }) => chain === undefined || name === chain)
      .map((one) => wireChain(one, managed)),
    sets: table.sets.map((set) => ({ ...set, elements: set.elements.slice(0, elements), managed })),
  };
}

const wireChain = (chain: NftChain, managed: boolean): WireChain => ({
  ...chain,
  managed,
  rules: chain.rules.map((rule) => {
    const id = managed && MANAGED_ID.test(rule.comment ?? "") ? rule.comment : undefined;
    return { ...rule, ...(id !== undefined && { id }), managed };
  }),
});

/** An allow rule by the registry, with what the kernel counts. */
export function allowRule(id: string, entry: FirewallEntry, own: NftTable | undefined): FirewallAllowRule {
  const [rule] = rulesOf(own, id);
  const { port, port_range, ...rest } = entry;
  return {
    id,
    managed: true,
    present: rule !== undefined,
    ...rest,
    ...(port !== undefined && { port }),
    ...(port_range !== undefined && { port_range }),
    ...(rule && { handle: rule.handle, ...counted([rule]) }),
  };
}

/** What several rules of one id counted together. */
export function counted(rules: readonly NftRule[]): { packets: Exact; bytes: Exact } {
  const sum = (values: readonly (Exact | undefined)[]): Exact => {
    const whole = values.reduce<bigint>((total, value) => total + BigInt(value ?? 0), 0n);
    return whole <= Number.MAX_SAFE_INTEGER ? Number(whole) : whole;
  };
  return { packets: sum(rules.map(({ packets }) => packets)), bytes: sum(rules.map(({ bytes }) => bytes)) };
}
