import type {
  AddSnatResult,
  NetNatAddSnatParams,
  NetNatRemoveSnatParams,
  RemoveSnatResult,
  Warning,
} from "../../../generated/types.gen.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { translatingChains } from "../../kernel/nft-nat.js";
import type { PacketClass } from "../../kernel/packet-class.js";
import { rpcError } from "../../rpc/errors.js";
import { forwardingStep } from "./nat-forwarding.js";
import { snatRule } from "./nat-read.js";
import { type SnatEntry, snatDestination, snatEntry, snatIdentity, snatSource, snatValues } from "./nat-snat.js";
import { otherFilters, type Passage, type Survey, survey } from "./nft-blockers.js";
import type { PacketRules } from "./nft-state.js";
import { endFlows, findFlows, localAddresses, rewrittenFlows, unrewrittenFlows } from "./rule-flows.js";
import { ruleId } from "./rule-parts.js";
import { addressWarning, blockedWarnings, effectiveWith, interfaceWarning, translatedFirst } from "./rule-warnings.js";

/** The packets that a source translation rewrites. */
function snatPassage(entry: SnatEntry): Passage {
  const source = snatSource(entry);
  const destination = snatDestination(entry);
  const packet: PacketClass = {
    family: entry.family,
    ...(entry.protocol !== "any" && { protocol: entry.protocol }),
    ...(source && { source }),
    ...(destination && { destination }),
    isLocal: false,
    isTranslated: false,
  };
  return { arriving: packet, passing: { ...packet, oif: entry.out_interface }, hook: "forward" };
}

/** What other packet filters make of what a source translation rewrites. */
export async function surveySnat(rules: PacketRules, entry: SnatEntry, tables: readonly NftTable[]): Promise<Survey> {
  const { protocol, source_cidr: source, destination_cidr: destination } = entry;
  const whom = { protocol, source, destination, isForward: true };
  return survey(await otherFilters(rules.deps.files, tables), [snatPassage(entry)], whom);
}

export function addSnat(rules: PacketRules, params: NetNatAddSnatParams): Promise<AddSnatResult> {
  const asked = snatEntry(params);
  const { enable_forwarding = false } = params;
  return rules.write(async (steps) => {
    const { snat: registry, deps } = rules;
    const identity = snatIdentity(asked);
    const id = ruleId("snat", identity, (candidate) => {
      const other = registry.get(candidate);
      return other === undefined || snatIdentity(other) === identity;
    });
    const held = registry.get(id);
    if (held && snatValues(held) !== snatValues(asked)) throw otherValues(id, asked, held);
    const keepsForwarding = enable_forwarding || held?.enable_forwarding === true;
    const entry: SnatEntry = { ...asked, ...(keepsForwarding && { enable_forwarding: true }) };
    const before = rules.wanted();
    await steps.do(
      "registry",
      () => registry.put(id, entry),
      () => registry.restore(id, held),
    );
    const wasWhole = held !== undefined && (await rules.isWhole(id));
    const forwarding = await forwardingStep(steps, deps, entry.family, enable_forwarding);
    await rules.settleStep(steps, before, held ? [] : [id]);
    const { tables, own } = await rules.readBack([id]);
    const found = await surveySnat(rules, entry, tables);
    const absent = await interfaceWarning(deps.net, "out_interface", entry.out_interface);
    const shadows = translatingChains(tables, "postrouting", 100, ["snat", "masquerade"], snatPassage(entry).passing);
    const warnings = [
      ...forwarding.warnings,
      ...blockedWarnings(found, "these connections", "forward_dropped"),
      ...translatedFirst(shadows),
      ...(await addressWarning(deps.net, "to_source", entry.to_source)),
      ...absent,
      ...(await earlierFlows(rules, id, entry)),
    ];
    return {
      changed: !wasWhole,
      warnings,
      id,
      rule: snatRule(id, entry, own),
      effective: effectiveWith(found.effective, forwarding.state.enabled, absent),
      blocked_by: found.blocked_by,
      forwarding: forwarding.state,
    };
  });
}

function otherValues(id: string, wanted: SnatEntry, held: SnatEntry) {
  const describe = ({ to_source, random, persistent, comment }: SnatEntry) =>
    [
      to_source === undefined ? "masquerade" : `to ${to_source}`,
      ...(random ? ["random"] : []),
      ...(persistent ? ["persistent"] : []),
      ...(comment === undefined ? [] : [`comment ${JSON.stringify(comment)}`]),
    ].join(", ");
  const actual = `${id}: ${describe(held)}`;
  return rpcError(
    "conflict",
    { expected: describe(wanted), actual, objects: [id] },
    `source translation ${id} is there with other values: ${describe(held)}`,
  );
}

async function earlierFlows({ deps }: PacketRules, id: string, entry: SnatEntry): Promise<Warning[]> {
  const query = unrewrittenFlows(entry, await localAddresses(deps.net));
  const { length: count } = await findFlows(deps.conntrack, query);
  if (count === 0) return [];
  const message = `${count === 1 ? "1 connection" : `${count} connections`} of before the rule keep their source.`;
  return [{ kind: "existing_flows_remain", message, object: id, remedy: "net.conntrack.flush" }];
}

export function removeSnat(
  rules: PacketRules,
  { id, drop_existing = false }: NetNatRemoveSnatParams,
): Promise<RemoveSnatResult> {
  return rules.write(async (steps) => {
    const { snat: registry, deps } = rules;
    const entry = registry.get(id);
    if (!entry) throw rpcError("not_found", { resource: "snat", name: id }, `no source translation ${id}`);
    const rule = snatRule(id, entry, await rules.table());
    await rules.removal(steps, id, registry, entry);
    const fixed = new Set([...registry.entries.values()].flatMap(({ to_source }) => to_source ?? []));
    const becomes = "stay translated until they end";
    const { warnings, ...flows } = await endFlows(
      deps.conntrack,
      rewrittenFlows(entry, fixed),
      id,
      drop_existing,
      becomes,
    );
    return { changed: true, warnings, rule, ...flows };
  });
}
