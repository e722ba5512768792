import type { Warning } from "../../../generated/types.gen.js";
import type { Conntrack, HeldEntry } from "../../kernel/conntrack.js";
import type { ConntrackEntry, ConntrackFilter } from "../../kernel/conntrack-model.js";
import { protocolNumber } from "../../kernel/conntrack-names.js";
import { parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { NetReader } from "../../kernel/net-model.js";
import { entryDestination, entryPorts, entrySource, type FirewallEntry } from "./firewall-rule.js";
import { type DnatEntry, dnatProtocols, dnatSource, externalPorts, internalPorts } from "./nat-dnat.js";
import { type SnatEntry, snatDestination, snatSource } from "./nat-snat.js";

/** Which tracked connections a rule is about: what the kernel layer can filter, and the rest. */
export interface FlowQuery {
  readonly filters: readonly ConntrackFilter[];
  readonly isMeant: (entry: ConntrackEntry) => boolean;
}

/** The addresses of this node, in the kernel's spelling. */
export async function localAddresses(net: NetReader): Promise<ReadonlySet<string>> {
  const links = await net.links({});
  return new Set(links.flatMap(({ addr_info }) => addr_info.flatMap(({ local }) => local ?? [])));
}

const optional = <K extends string, V>(name: K, value: V | undefined): { [N in K]?: V } =>
  (value === undefined ? {} : { [name]: value }) as { [N in K]?: V };

/** Connections to this node that an allow rule let in; by which interface they came is not remembered. */
export function firewallFlows(entry: FirewallEntry, local: ReadonlySet<string>): FlowQuery {
  const number = entry.protocol === "any" ? undefined : protocolNumber(entry.protocol);
  const filter: ConntrackFilter = {
    ...optional("protocol", number),
    ...optional("family", entry.family),
    ...optional("source", entrySource(entry)),
    ...optional("destination", entryDestination(entry)),
    ...optional("destinationPorts", entryPorts(entry)),
  };
  const isMeant = ({ original, nat }: ConntrackEntry) =>
    local.has(original.dst) && !local.has(original.src) && !nat.includes("dnat");
  return { filters: [filter], isMeant };
}

/** Connections to the ports of this node that a port forward is about, whatever becomes of them. */
function arriving(entry: DnatEntry, local: ReadonlySet<string>): FlowQuery {
  const outer = entry.external_ip === undefined ? undefined : parseIpPrefix(entry.external_ip)?.prefix;
  const filters = dnatProtocols(entry).map(
    (name): ConntrackFilter => ({
      family: entry.family,
      destinationPorts: externalPorts(entry),
      ...optional("protocol", protocolNumber(name)),
      ...optional("source", dnatSource(entry)),
      ...optional("destination", outer),
    }),
  );
  return { filters, isMeant: ({ original }) => outer !== undefined || local.has(original.dst) };
}

const isForwardedBy = (entry: DnatEntry, { nat, reply }: ConntrackEntry): boolean => {
  const ports = internalPorts(entry);
  const port = reply.sport ?? 0;
  return nat.includes("dnat") && reply.src === entry.internal_ip && port >= ports.first && port <= ports.last;
};

/** Connections that a port forward has translated; those of addresses that are gone too. */
export const forwardedFlows = (entry: DnatEntry): FlowQuery => ({
  ...arriving(entry, new Set()),
  isMeant: (flow) => isForwardedBy(entry, flow),
});

/** Connections that a port forward would translate, had it been there when they began. */
export const unforwardedFlows = (entry: DnatEntry, local: ReadonlySet<string>): FlowQuery => {
  const { filters, isMeant } = arriving(entry, local);
  return { filters, isMeant: (flow) => isMeant(flow) && !isForwardedBy(entry, flow) };
};

const snatFilter = (entry: SnatEntry): ConntrackFilter => ({
  family: entry.family,
  ...optional("source", snatSource(entry)),
  ...optional("destination", snatDestination(entry)),
  ...optional("protocol", entry.protocol === "any" ? undefined : protocolNumber(entry.protocol)),
});

const isRewrittenBy = ({ to_source }: SnatEntry, { nat, reply }: ConntrackEntry): boolean =>
  nat.includes("snat") && (to_source === undefined || reply.dst === to_source);

/**
 * Connections that a source translation has rewritten; by which interface they left is not remembered.
 * @param others the addresses of other rules, which masquerading would not have given
 */
export const rewrittenFlows = (entry: SnatEntry, others: ReadonlySet<string>): FlowQuery => ({
  filters: [snatFilter(entry)],
  isMeant: (flow) => isRewrittenBy(entry, flow) && (entry.to_source !== undefined || !others.has(flow.reply.dst)),
});

/** Connections in transit that a source translation would rewrite, had it been there when they began. */
export const unrewrittenFlows = (entry: SnatEntry, local: ReadonlySet<string>): FlowQuery => ({
  filters: [snatFilter(entry)],
  isMeant: (flow) =>
    !isRewrittenBy(entry, flow) &&
    !local.has(flow.original.dst) &&
    !local.has(flow.reply.src) &&
    !local.has(flow.original.src),
});

/** The tracked connections that a query asks for; none where connections are not tracked. */
export async function findFlows(conntrack: Conntrack, { filters, isMeant }: FlowQuery): Promise<HeldEntry[]> {
  if (!(await conntrack.isLoaded())) return [];
  const found: HeldEntry[] = [];
  for (const filter of filters) found.push(...(await conntrack.find(filter, isMeant)));
  return found;
}

/** What became of a removed rule's connections. */
export interface EndedFlows {
  readonly remaining_flows: number;
  readonly dropped_flows: number;
  readonly warnings: Warning[];
}

/** Ends the connections of a removed rule, or says that they go on. */
export async function endFlows(
  conntrack: Conntrack,
  query: FlowQuery,
  id: string,
  isWanted: boolean,
  becomes: string,
): Promise<EndedFlows> {
  const flows = await findFlows(conntrack, query);
  if (isWanted) {
    const dropped_flows = await conntrack.delete(flows.map(({ key }) => key));
    return { remaining_flows: 0, dropped_flows, warnings: [] };
  }
  const count = flows.length;
  if (count === 0) return { remaining_flows: 0, dropped_flows: 0, warnings: [] };
  const message = `${count === 1 ? "1 connection" : `${count} connections`} ${becomes}.`;
  const warning: Warning = { kind: "existing_flows_remain", message, object: id, remedy: "drop_existing: true" };
  return { remaining_flows: count, dropped_flows: 0, warnings: [warning] };
}
