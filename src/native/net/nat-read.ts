import type { DnatRule, ForeignNatRule, NatStatus, SnatRule } from "../../../generated/types.gen.js";
import { configuredTables, tableManager } from "../../kernel/firewall-managers.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { natKind } from "../../kernel/nft-nat.js";
import { isOwnTable, rulesOf } from "../../kernel/nft-own-table.js";
import { counted } from "./firewall-read.js";
import { bootNat } from "./nat-boot.js";
import type { DnatEntry } from "./nat-dnat.js";
import { readForwarding } from "./nat-forwarding.js";
import type { SnatEntry } from "./nat-snat.js";
import { droppingForwarded, otherFilters } from "./nft-blockers.js";
import type { PacketRules } from "./nft-state.js";

/** The answer of `net.nat.status`. */
export async function natStatus(rules: PacketRules, signal: AbortSignal): Promise<NatStatus> {
  const { files, nft } = rules.deps;
  const [tables, configured, inet, inet6] = await Promise.all([
    nft.ruleset(signal),
    configuredTables(files),
    readForwarding(files, "inet"),
    readForwarding(files, "inet6"),
  ]);
  const own = tables.find(isOwnTable);
  return {
    boot: await bootNat(files, tables),
    dnat: [...rules.dnat.entries].map(([id, entry]) => dnatRule(id, entry, own)).sort(byId),
    snat: [...rules.snat.entries].map(([id, entry]) => snatRule(id, entry, own)).sort(byId),
    forwarding: [inet, inet6],
    blocked_by: droppingForwarded(await otherFilters(files, tables, signal)),
    foreign: tables.filter((table) => !isOwnTable(table)).flatMap((table) => foreignRules(table, configured)),
  };
}

const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);

function foreignRules(table: NftTable, configured: ReadonlySet<string>): ForeignNatRule[] {
  const manager = tableManager(table, configured);
  return table.chains.flatMap((chain) =>
    chain.rules.flatMap((rule) => {
      const kind = natKind(rule);
      if (!kind) return [];
      const { handle, text, packets, bytes } = rule;
      const counters = packets === undefined || bytes === undefined ? {} : { packets, bytes };
      return [{ family: table.family, table: table.name, chain: chain.name, handle, kind, text, ...counters, manager }];
    }),
  );
}

/** A port forward by the registry, with what the kernel counts. */
export function dnatRule(id: string, entry: DnatEntry, own: NftTable | undefined): DnatRule {
  const { enable_forwarding: _, inner_interface: __, ...rest } = entry;
  const found = rulesOf(own, id);
  return { id, managed: true, present: found.length > 0, ...rest, ...(found.length > 0 && counted(found)) };
}

/** A source translation by the registry, with what the kernel counts. */
export function snatRule(id: string, entry: SnatEntry, own: NftTable | undefined): SnatRule {
  const { enable_forwarding: _, ...rest } = entry;
  const found = rulesOf(own, id);
  const mode = entry.to_source === undefined ? "masquerade" : "snat";
  return { id, managed: true, present: found.length > 0, mode, ...rest, ...(found.length > 0 && counted(found)) };
}
