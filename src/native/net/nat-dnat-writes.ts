import type {
  AddDnatResult,
  NetNatAddDnatParams,
  NetNatRemoveDnatParams,
  RemoveDnatResult,
  Warning,
} from "../../../generated/types.gen.js";
import type { Files } from "../../kernel/files.js";
import { type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { translatingChains } from "../../kernel/nft-nat.js";
import { interfaceTowards } from "../../kernel/route-get.js";
import { rpcError } from "../../rpc/errors.js";
import { refused } from "./addresses.js";
import {
  contends,
  type DnatEntry,
  dnatEntry,
  dnatIdentity,
  dnatProtocols,
  dnatSource,
  dnatValues,
  externalPorts,
  internalPorts,
} from "./nat-dnat.js";
import { forwardingStep } from "./nat-forwarding.js";
import { dnatRule } from "./nat-read.js";
import { otherFilters, type Passage, type Survey, survey } from "./nft-blockers.js";
import type { PacketRules } from "./nft-state.js";
import { endFlows, findFlows, forwardedFlows, localAddresses, unforwardedFlows } from "./rule-flows.js";
import { ruleId } from "./rule-parts.js";
import {
  addressWarning,
  blockedWarnings,
  effectiveWith,
  hiddenServices,
  interfaceWarning,
  translatedFirst,
} from "./rule-warnings.js";

const prefixOf = (text: string | undefined): IpPrefix | undefined =>
  text === undefined ? undefined : parseIpPrefix(text)?.prefix;

/** The packets that a port forward sends on. */
function dnatPassages(entry: DnatEntry, oif: string | undefined): Passage[] {
  const { family } = entry;
  const source = dnatSource(entry);
  const outer = prefixOf(entry.external_ip);
  const inner = prefixOf(entry.internal_ip);
  return dnatProtocols(entry).map((protocol): Passage => {
    const common = {
      family,
      protocol,
      ...(source && { source }),
      ...(entry.interface !== undefined && { iif: entry.interface }),
    };
    const ports = { arriving: externalPorts(entry), passing: internalPorts(entry) };
    const arriving = { ...common, destinationPorts: ports.arriving, isLocal: true, isTranslated: false };
    const passing = { ...common, destinationPorts: ports.passing, isLocal: false, isTranslated: true };
    return {
      arriving: { ...arriving, ...(outer && { destination: outer }) },
      passing: { ...passing, ...(inner && { destination: inner }), ...(oif !== undefined && { oif }) },
      hook: "forward",
    };
  });
}

/** What other packet filters make of what a port forward sends on. */
export async function surveyDnat(
  rules: PacketRules,
  entry: DnatEntry,
  tables: readonly NftTable[],
  oif: string | undefined,
): Promise<Survey> {
  const [protocol = "tcp"] = dnatProtocols(entry);
  const { source, internal_ip: destination } = entry;
  const whom = { protocol, ports: internalPorts(entry), source, destination, isForward: true };
  return survey(await otherFilters(rules.deps.files, tables), dnatPassages(entry, oif), whom);
}

export function addDnat(rules: PacketRules, params: NetNatAddDnatParams): Promise<AddDnatResult> {
  const asked = dnatEntry(params);
  const { enable_forwarding = false } = params;
  return rules.write(async (steps) => {
    const { dnat: registry, deps } = rules;
    const local = await localAddresses(deps.net);
    if (local.has(asked.internal_ip)) throw refused("internal_ip", "it is an address of this node itself");
    const identity = dnatIdentity(asked);
    const isFree = (candidate: string) => {
      const other = registry.get(candidate);
      return other === undefined || dnatIdentity(other) === identity;
    };
    const id = ruleId("dnat", identity, isFree);
    const held = registry.get(id);
    refuseConflict(rules, id, asked, held);
    const oif = await interfaceTowards(asked.internal_ip);
    const keepsForwarding = enable_forwarding || held?.enable_forwarding === true;
    const entry: DnatEntry = {
      ...asked,
      ...(keepsForwarding && { enable_forwarding: true }),
      ...(asked.hairpin && asked.interface !== undefined && oif !== undefined && { inner_interface: oif }),
    };
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
    const found = await surveyDnat(rules, entry, tables, oif);
    const absent = await interfaceWarning(deps.net, "interface", entry.interface);
    const warnings = [
      ...forwarding.warnings,
      ...blockedWarnings(found, "these connections", "forward_dropped"),
      ...shadows(entry, tables),
      ...(await addressWarning(deps.net, "external_ip", entry.external_ip)),
      ...absent,
      ...(await servicesHidden(deps.files, entry)),
      ...(await earlierFlows(rules, id, entry, local)),
    ];
    const effective = effectiveWith(found.effective, forwarding.state.enabled, absent);
    return {
      changed: !wasWhole,
      warnings,
      id,
      rule: dnatRule(id, entry, own),
      effective,
      blocked_by: found.blocked_by,
      forwarding: forwarding.state,
    };
  });
}

function refuseConflict({ dnat }: PacketRules, id: string, asked: DnatEntry, held: DnatEntry | undefined): void {
  if (held && dnatValues(held) !== dnatValues(asked)) {
    throw rpcError(
      "conflict",
      { expected: describe(asked), actual: `${id}: ${describe(held)}`, objects: [id] },
      `port forward ${id} is there with other values: ${describe(held)}`,
    );
  }
  const rival = [...dnat.entries].find(([other, entry]) => other !== id && contends(entry, asked));
  if (!rival) return;
  const [other, entry] = rival;
  throw rpcError(
    "conflict",
    { expected: describe(asked), actual: `${other}: ${describe(entry)}`, objects: [other] },
    `external_port: port forward ${other} has some of these ports: ${describe(entry)}`,
  );
}

function describe(entry: DnatEntry): string {
  const { protocol, external_port, external_port_range, internal_ip, internal_port, hairpin, local_output, comment } =
    entry;
  const options = [
    ...(hairpin ? ["hairpin"] : []),
    ...(local_output ? ["local_output"] : []),
    ...(comment === undefined ? [] : [`comment ${JSON.stringify(comment)}`]),
  ];
  const to = internal_ip.includes(":") ? `[${internal_ip}]:${internal_port}` : `${internal_ip}:${internal_port}`;
  return [`${protocol} ${external_port_range ?? external_port} to ${to}`, ...options].join(", ");
}

function shadows(entry: DnatEntry, tables: readonly NftTable[]): Warning[] {
  const chains = dnatPassages(entry, undefined).flatMap(({ arriving }) =>
    translatingChains(tables, "prerouting", -100, ["dnat", "redirect"], arriving),
  );
  return translatedFirst(chains);
}

const servicesHidden = (files: Files, entry: DnatEntry): Promise<Warning[]> =>
  hiddenServices(files, {
    family: entry.family,
    protocols: dnatProtocols(entry),
    ports: externalPorts(entry),
    address: entry.external_ip,
  });

/** Unanswered UDP entries go, or a client that keeps sending would never meet the rule; others are told of. */
async function earlierFlows(
  { deps: { conntrack } }: PacketRules,
  id: string,
  entry: DnatEntry,
  local: ReadonlySet<string>,
): Promise<Warning[]> {
  const flows = await findFlows(conntrack, unforwardedFlows(entry, local));
  const isUnanswered = ({ protocol, status }: { protocol: string; status: string[] }) =>
    protocol === "udp" && !status.includes("seen_reply");
  await conntrack.delete(flows.filter((flow) => isUnanswered(flow.entry)).map(({ key }) => key));
  const count = flows.filter((flow) => !isUnanswered(flow.entry)).length;
  if (count === 0) return [];
  const message = `${count === 1 ? "1 connection" : `${count} connections`} of before the rule keep their path.`;
  return [{ kind: "existing_flows_remain", message, object: id, remedy: "net.conntrack.flush" }];
}

export function removeDnat(
  rules: PacketRules,
  { id, drop_existing = false }: NetNatRemoveDnatParams,
): Promise<RemoveDnatResult> {
  return rules.write(async (steps) => {
    const { dnat: registry, deps } = rules;
    const entry = registry.get(id);
    if (!entry) throw rpcError("not_found", { resource: "dnat", name: id }, `no port forward ${id}`);
    const rule = dnatRule(id, entry, await rules.table());
    await rules.removal(steps, id, registry, entry);
    const becomes = "stay translated until they end";
    const { warnings, ...flows } = await endFlows(deps.conntrack, forwardedFlows(entry), id, drop_existing, becomes);
    return { changed: true, warnings, rule, ...flows };
  });
}
