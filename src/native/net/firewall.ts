import type { NetFirewallHandlers } from "../../../generated/handlers.gen.js";
import type {
  AddFirewallRuleResult,
  Effective,
  NetFirewallAddRuleParams,
  NetFirewallRemoveRuleParams,
  RemoveFirewallRuleResult,
  Warning,
} from "../../../generated/types.gen.js";
import type { IpFamily } from "../../kernel/net-model.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { judgeChain } from "../../kernel/nft-walk.js";
import type { PacketClass } from "../../kernel/packet-class.js";
import type { CallContext } from "../../rpc/context.js";
import { rpcError } from "../../rpc/errors.js";
import { refuseToLockOut } from "./firewall-callers.js";
import { allowRule, readFirewall } from "./firewall-read.js";
import {
  entryDestination,
  entryPorts,
  entrySource,
  type FirewallEntry,
  firewallEntry,
  firewallIdentity,
} from "./firewall-rule.js";
import { askKernel } from "./live.js";
import { otherFilters, type Passage, type Survey, survey } from "./nft-blockers.js";
import type { PacketRules } from "./nft-state.js";
import { endFlows, firewallFlows, localAddresses } from "./rule-flows.js";
import { ruleId } from "./rule-parts.js";
import { addressWarning, blockedWarnings, interfaceWarning } from "./rule-warnings.js";

/** The `net.firewall` topic: the whole ruleset, and the ports that this daemon opens. */
export const firewall = (rules: PacketRules): NetFirewallHandlers => ({
  "net.firewall": (params, { signal }) => askKernel(rules.deps, () => readFirewall(rules, params, signal)),
  "net.firewall.add_rule": (params) => askKernel(rules.deps, () => addRule(rules, params)),
  "net.firewall.remove_rule": (params, context) => askKernel(rules.deps, () => removeRule(rules, params, context)),
});

/** The packets that a rule lets in, by family. */
function passagesOf(entry: FirewallEntry): Passage[] {
  const ports = entryPorts(entry);
  const source = entrySource(entry);
  const destination = entryDestination(entry);
  const families: readonly IpFamily[] = entry.family ? [entry.family] : ["inet", "inet6"];
  return families.map((family) => {
    const packet: PacketClass = {
      family,
      ...(entry.protocol !== "any" && { protocol: entry.protocol }),
      ...(ports && { destinationPorts: ports }),
      ...(source && { source }),
      ...(destination && { destination }),
      ...(entry.interface !== undefined && { iif: entry.interface }),
      isLocal: true,
      isTranslated: false,
    };
    return { arriving: packet, passing: packet, hook: "input" };
  });
}

/** What other packet filters make of what the rule lets in. */
export async function surveyRule(
  rules: PacketRules,
  entry: FirewallEntry,
  tables: readonly NftTable[],
): Promise<Survey> {
  const { protocol, source } = entry;
  const whom = { protocol, ports: entryPorts(entry), source, isForward: false };
  return survey(await otherFilters(rules.deps.files, tables), passagesOf(entry), whom);
}

function addRule(rules: PacketRules, params: NetFirewallAddRuleParams): Promise<AddFirewallRuleResult> {
  const entry = firewallEntry(params);
  return rules.write(async (steps) => {
    const { firewall: registry } = rules;
    const identity = firewallIdentity(entry);
    const id = ruleId("fw", identity, (candidate) => {
      const held = registry.get(candidate);
      return held === undefined || firewallIdentity(held) === identity;
    });
    const held = registry.get(id);
    if (held && held.comment !== entry.comment) throw otherComment(id, entry, held);
    const before = rules.wanted();
    await steps.do(
      "registry",
      () => registry.put(id, entry),
      () => registry.restore(id, held),
    );
    const wasWhole = held !== undefined && (await rules.isWhole(id));
    await rules.settleStep(steps, before, held ? [] : [id]);
    const { tables, own } = await rules.readBack([id]);
    const found = await surveyRule(rules, entry, tables);
    const warnings = [
      ...blockedWarnings(found, "these packets"),
      ...alreadyOpen(rules, id, entry, own),
      ...(await interfaceWarning(rules.deps.net, "interface", entry.interface)),
      ...(await addressWarning(rules.deps.net, "destination", entry.destination)),
    ];
    return { changed: !wasWhole, warnings, id, rule: allowRule(id, entry, own), ...found };
  });
}

function otherComment(id: string, wanted: FirewallEntry, held: FirewallEntry) {
  const comment = (entry: FirewallEntry) =>
    entry.comment === undefined ? "no comment" : `comment ${JSON.stringify(entry.comment)}`;
  return rpcError(
    "conflict",
    { expected: comment(wanted), actual: `${id} with ${comment(held)}`, objects: [id] },
    `comment: rule ${id} is there with ${comment(held)}`,
  );
}

/** Whether packets of the rule get past our own chain without it; undefined where that differs among them. */
function isOpenWithout(rules: PacketRules, id: string, entry: FirewallEntry, own: NftTable | undefined): Effective {
  const chain = own?.chains.find(({ name }) => name === "input");
  if (rules.deps.config.inputPolicy === "accept" || !own || !chain) return "yes";
  const others = { ...chain, rules: chain.rules.filter(({ comment }) => comment !== id) };
  const judged = passagesOf(entry).map(({ passing }) => judgeChain(own, others, passing));
  if (judged.every(({ drops }) => !drops)) return "yes";
  return judged.every(({ accepts }) => !accepts) ? "no" : "unknown";
}

function alreadyOpen(rules: PacketRules, id: string, entry: FirewallEntry, own: NftTable | undefined): Warning[] {
  if (isOpenWithout(rules, id, entry, own) !== "yes") return [];
  const isOpenToAll = rules.deps.config.inputPolicy === "accept";
  const why = isOpenToAll ? "input_policy is accept" : "another rule of this daemon lets these packets in";
  const remedy = isOpenToAll ? { remedy: '[firewall] input_policy = "drop"' } : {};
  return [{ kind: "already_open", message: `Nothing of this daemon is shut here: ${why}.`, object: id, ...remedy }];
}

function removeRule(
  rules: PacketRules,
  { id, drop_existing = false, force = false }: NetFirewallRemoveRuleParams,
  context: CallContext,
): Promise<RemoveFirewallRuleResult> {
  return rules.write(async (steps) => {
    const { firewall: registry, deps } = rules;
    const entry = registry.get(id);
    if (!entry) throw rpcError("not_found", { resource: "firewall_rule", name: id }, `no firewall rule ${id}`);
    const table = await rules.table();
    if (!force) await refuseToLockOut(rules, id, entry, table, context);
    const rule = allowRule(id, entry, table);
    await rules.removal(steps, id, registry, entry);
    const { tables, own } = await rules.readBack([]);
    const found = await surveyRule(rules, entry, tables);
    const open = isOpenWithout(rules, id, entry, own);
    const query = firewallFlows(entry, await localAddresses(deps.net));
    const { warnings, ...flows } = await endFlows(
      deps.conntrack,
      query,
      id,
      drop_existing,
      "that came in by this rule go on",
    );
    return {
      changed: true,
      warnings: [...warnings, ...(found.effective === "no" ? [] : alreadyOpen(rules, id, entry, own))],
      rule,
      effective: found.effective === "no" || open === "no" ? "yes" : open === "yes" ? "no" : "unknown",
      ...flows,
    };
  });
}
