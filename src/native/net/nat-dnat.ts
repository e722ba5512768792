import type { NetNatAddDnatParams } from "../../../generated/types.gen.js";
import type { PortSpan } from "../../kernel/conntrack-model.js";
import { type IpPrefix, parseIpPrefix, prefixText } from "../../kernel/ip-prefix.js";
import type { IpFamily } from "../../kernel/net-model.js";
import * as nft from "../../kernel/nft-expressions.js";
import type { NftObjectValue } from "../../kernel/nft-json.js";
import { SAME_INTERFACE, type WantedRule } from "../../kernel/nft-own-table.js";
import { addressRange, hostlessKind, isLinkLocal, refused, singleAddress } from "./addresses.js";
import { checkComment, checkInterface, identityText, isOptional, isRecord, portSpan, spanText } from "./rule-parts.js";

/** A port forward as the registry keeps it; addresses are canonical. */
export interface DnatEntry {
  readonly protocol: "tcp" | "udp" | "both";
  readonly family: IpFamily;
  readonly external_port: number;
  readonly external_port_range?: string;
  readonly external_ip?: string;
  readonly interface?: string;
  readonly source?: string;
  readonly internal_ip: string;
  readonly internal_port: number;
  readonly hairpin: boolean;
  readonly local_output: boolean;
  readonly comment?: string;
  /** Forwarding is switched on again at start. */
  readonly enable_forwarding?: boolean;
  /** The interface that the inner host was reached by when the rule was made: where hairpin connections arrive. */
  readonly inner_interface?: string;
}

export const isDnatEntry = (value: unknown): value is DnatEntry =>
  isRecord(value) &&
  (value.protocol === "tcp" || value.protocol === "udp" || value.protocol === "both") &&
  (value.family === "inet" || value.family === "inet6") &&
  ["external_port", "internal_port"].every((name) => typeof value[name] === "number") &&
  ["hairpin", "local_output"].every((name) => typeof value[name] === "boolean") &&
  typeof value.internal_ip === "string" &&
  ["external_port_range", "external_ip", "interface", "source", "comment", "inner_interface"].every((name) =>
    isOptional(value[name], "string"),
  ) &&
  isOptional(value.enable_forwarding, "boolean");

/** A call's parameters as an entry. Throws `invalid_argument`. */
export function dnatEntry(params: NetNatAddDnatParams): DnatEntry {
  const { protocol, external_port, internal_port, comment, hairpin = true, local_output = false } = params;
  const inner = singleAddress("internal_ip", params.internal_ip);
  const outer = params.external_ip === undefined ? undefined : singleAddress("external_ip", params.external_ip);
  const source = params.source === undefined ? undefined : addressRange("source", params.source);
  const span = params.external_port_range === undefined ? undefined : rangeFrom(params.external_port_range, params);
  refuseUnreachable("internal_ip", inner.bytes);
  if (outer) refuseUnreachable("external_ip", outer.bytes);
  if (outer && outer.family !== inner.family) throw refused("external_ip", `internal_ip is of family ${inner.family}`);
  if (source && source.family !== inner.family) throw refused("source", `internal_ip is of family ${inner.family}`);
  if (span && internal_port === external_port && internal_port + span.last - span.first > 65_535) {
    throw refused("external_port_range", "it goes beyond port 65535");
  }
  checkComment(comment);
  checkInterface("interface", params.interface);
  return {
    protocol,
    family: inner.family,
    external_port,
    ...(span && { external_port_range: spanText(span) }),
    ...(outer && { external_ip: outer.text }),
    ...(params.interface !== undefined && { interface: params.interface }),
    ...(source && { source: prefixText(source) }),
    internal_ip: inner.text,
    internal_port,
    hairpin,
    local_output,
    ...(comment !== undefined && { comment }),
  };
}

function rangeFrom(text: string, { external_port }: NetNatAddDnatParams): PortSpan {
  const span = portSpan("external_port_range", text);
  if (span.first === external_port) return span;
  throw refused("external_port_range", `it must begin with external_port, ${external_port}`);
}

/** Where nothing can be sent on to, or arrive. */
function refuseUnreachable(field: string, bytes: Uint8Array): void {
  const kind = hostlessKind(bytes) ?? (field === "internal_ip" && isLinkLocal(bytes) ? "link-local" : undefined);
  if (kind !== undefined) throw refused(field, `${kind} addresses cannot be forwarded to`);
}

/** What tells one port forward from another. */
export const dnatIdentity = (entry: DnatEntry): string => {
  const { protocol, family, external_port, external_port_range, external_ip, source } = entry;
  const place = { family, external_ip, interface: entry.interface, source };
  return identityText({ protocol, external_port, external_port_range, ...place });
};

/** The values of a port forward beside what identifies it. */
export const dnatValues = ({ internal_ip, internal_port, hairpin, local_output, comment }: DnatEntry): string =>
  identityText({ internal_ip, internal_port, hairpin: `${hairpin}`, local_output: `${local_output}`, comment });

/** The ports of this node. */
export function externalPorts({ external_port, external_port_range }: DnatEntry): PortSpan {
  if (external_port_range !== undefined) return portSpan("external_port_range", external_port_range);
  return { first: external_port, last: external_port };
}

const keepsPort = ({ external_port_range, external_port, internal_port }: DnatEntry): boolean =>
  external_port_range !== undefined && external_port === internal_port;

/** The ports of the inner host. */
export const internalPorts = (entry: DnatEntry): PortSpan =>
  keepsPort(entry) ? externalPorts(entry) : { first: entry.internal_port, last: entry.internal_port };

export const dnatProtocols = ({ protocol }: DnatEntry): readonly ("tcp" | "udp")[] =>
  protocol === "both" ? ["tcp", "udp"] : [protocol];

const prefixOf = (text: string): IpPrefix[] => {
  const parsed = parseIpPrefix(text);
  return parsed ? [parsed.prefix] : [];
};

export const dnatSource = ({ source }: DnatEntry): IpPrefix | undefined =>
  source === undefined ? undefined : prefixOf(source)[0];

/** Whether a connection could match both rules and neither is the narrower one: same place, common ports and protocol. */
export function contends(a: DnatEntry, b: DnatEntry): boolean {
  const samePlace =
    a.family === b.family && a.external_ip === b.external_ip && a.interface === b.interface && a.source === b.source;
  const [p, q] = [externalPorts(a), externalPorts(b)];
  const sameProtocol = dnatProtocols(a).some((protocol) => dnatProtocols(b).includes(protocol));
  return samePlace && sameProtocol && p.first <= q.last && q.first <= p.last;
}

/** What is to be in the chains for an entry. */
export function dnatRules(id: string, entry: DnatEntry): WantedRule[] {
  return dnatProtocols(entry).flatMap((protocol) => [
    ...arrivals(entry).map(
      (where): WantedRule => ({ chain: "prerouting", id, expr: [...where, ...onwards(entry, protocol)] }),
    ),
    ...(entry.local_output
      ? [{ chain: "output" as const, id, expr: [...opened(entry), ...onwards(entry, protocol)] }]
      : []),
    ...(entry.hairpin ? [hairpinRule(id, entry, protocol)] : []),
  ]);
}

/** Which packets are meant: as asked for, and where that is only one interface, also the inner network's own. */
function arrivals(entry: DnatEntry): NftObjectValue[][] {
  const { family, interface: ifname, hairpin, inner_interface } = entry;
  const source = dnatSource(entry);
  const from = source ? [nft.from(source)] : [];
  const to = entry.external_ip === undefined ? undefined : prefixOf(entry.external_ip).map(nft.to);
  const there = to ?? [...(source ? [] : [nft.ofFamily(family)]), nft.toLocal];
  const asked = [...(ifname === undefined ? [] : [nft.onInput(ifname)]), ...from, ...there];
  if (!hairpin || ifname === undefined || inner_interface === undefined || inner_interface === ifname) return [asked];
  // "Its outer address": any of this node's but those on the inner network itself.
  const outer = to ?? [...there, nft.notToArrivalInterface];
  return [asked, [nft.onInput(inner_interface), ...from, ...outer]];
}

function opened(entry: DnatEntry): NftObjectValue[] {
  const source = dnatSource(entry);
  const from = source ? [nft.from(source)] : [];
  if (entry.external_ip !== undefined) return [...from, ...prefixOf(entry.external_ip).map(nft.to)];
  return [...from, nft.notToLoopback(entry.family), nft.toLocal];
}

const onwards = (entry: DnatEntry, protocol: string): NftObjectValue[] => [
  nft.toPorts(protocol, externalPorts(entry)),
  nft.counter,
  nft.dnatTo(entry.family, entry.internal_ip, keepsPort(entry) ? undefined : entry.internal_port),
];

/** The answers of a neighbour of the client would go to it directly, and past this node, unless they come from here. */
const hairpinRule = (id: string, entry: DnatEntry, protocol: string): WantedRule => ({
  chain: "postrouting",
  id,
  expr: [
    nft.sameInterface(SAME_INTERFACE),
    nft.translated,
    ...prefixOf(entry.internal_ip).map(nft.to),
    nft.toPorts(protocol, internalPorts(entry)),
    nft.originallyTo(externalPorts(entry)),
    nft.masquerade,
  ],
});

/** The narrower rule first: by source, by address, by interface. */
export function byNarrowness([, a]: readonly [string, DnatEntry], [, b]: readonly [string, DnatEntry]): number {
  const width = (entry: DnatEntry) => dnatSource(entry)?.length ?? -1;
  const there = (value: string | undefined) => (value === undefined ? 0 : 1);
  return width(b) - width(a) || there(b.external_ip) - there(a.external_ip) || there(b.interface) - there(a.interface);
}
