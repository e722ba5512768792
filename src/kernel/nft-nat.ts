import { isNftObject, type NftObjectValue, textOf } from "./nft-json.js";
import type { NftChain, NftRule, NftTable } from "./nft-model.js";
import { isOwnTable } from "./nft-own-table.js";
import { judgeChain } from "./nft-walk.js";
import type { PacketClass } from "./packet-class.js";

export type NatKind = "dnat" | "snat" | "masquerade" | "redirect";

const KINDS: readonly NatKind[] = ["dnat", "snat", "masquerade", "redirect"];

/** What a rule translates; undefined where it translates nothing. */
export const natKind = ({ expr }: NftRule): NatKind | undefined => expr.map(statementKind).find((kind) => kind);

function statementKind(statement: NftObjectValue): NatKind | undefined {
  const target = isNftObject(statement.xt) && statement.xt.type === "target" ? textOf(statement.xt.name) : undefined;
  return KINDS.find((kind) => kind in statement || target?.toLowerCase() === kind);
}

/** The NAT base chains of others on a hook that run before a priority, or beside it, and translate some packets of the class. */
export function translatingChains(
  tables: readonly NftTable[],
  hook: "prerouting" | "postrouting",
  prio: number,
  kinds: readonly NatKind[],
  packet: PacketClass,
): { table: NftTable; chain: NftChain }[] {
  const family = packet.family === "inet" ? "ip" : "ip6";
  return tables
    .filter((table) => !isOwnTable(table) && (table.family === "inet" || table.family === family))
    .flatMap((table) => {
      // A translation ends the walk as a drop does: so one walk finds both.
      const marked = {
        ...table,
        chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map(asDrop(kinds)) })),
      };
      const chains = marked.chains.filter((one) => one.type === "nat" && one.hook === hook && (one.prio ?? 0) <= prio);
      return chains.filter((chain) => judgeChain(marked, chain, packet).drops).map((chain) => ({ table, chain }));
    });
}

const asDrop =
  (kinds: readonly NatKind[]) =>
  (rule: NftRule): NftRule => ({
    ...rule,
    expr: rule.expr.map((statement) => {
      const kind = statementKind(statement);
      return kind && kinds.includes(kind) ? { drop: null } : statement;
    }),
  });
