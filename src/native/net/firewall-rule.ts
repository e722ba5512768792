import type { NetFirewallAddRuleParams } from "../../../generated/types.gen.js";
import type { PortSpan } from "../../kernel/conntrack-model.js";
import { type IpPrefix, parseIpPrefix, prefixText } from "../../kernel/ip-prefix.js";
import type { IpFamily } from "../../kernel/net-model.js";
import * as nft from "../../kernel/nft-expressions.js";
import type { NftObjectValue } from "../../kernel/nft-json.js";
import type { WantedRule } from "../../kernel/nft-own-table.js";
import { addressRange, refused } from "./addresses.js";
import { checkComment, checkInterface, identityText, isOptional, isRecord, portSpan } from "./rule-parts.js";

const PROTOCOLS = ["tcp", "udp", "icmp", "icmpv6", "sctp", "any"] as const;
export type FilterProtocol = (typeof PROTOCOLS)[number];

/** An input allow rule as the registry keeps it; addresses are canonical. */
export interface FirewallEntry {
  readonly protocol: FilterProtocol;
  readonly family?: IpFamily;
  readonly port?: number;
  readonly port_range?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly interface?: string;
  readonly comment?: string;
}

export const isFirewallEntry = (value: unknown): value is FirewallEntry =>
  isRecord(value) &&
  PROTOCOLS.some((protocol) => protocol === value.protocol) &&
  (value.family === undefined || value.family === "inet" || value.family === "inet6") &&
  isOptional(value.port, "number") &&
  ["port_range", "source", "destination", "interface", "comment"].every((name) => isOptional(value[name], "string"));

const HAS_PORTS: ReadonlySet<FilterProtocol> = new Set(["tcp", "udp", "sctp"]);
export const FAMILY_OF: ReadonlyMap<FilterProtocol, IpFamily> = new Map([
  ["icmp", "inet"],
  ["icmpv6", "inet6"],
]);

/** A call's parameters as an entry. Throws `invalid_argument`. */
export function firewallEntry(params: NetFirewallAddRuleParams): FirewallEntry {
  const { protocol, port, port_range, comment } = params;
  const given = Number(port !== undefined) + Number(port_range !== undefined);
  if (HAS_PORTS.has(protocol) && given !== 1) throw refused("port", `${protocol} needs either port or port_range`);
  if (!HAS_PORTS.has(protocol) && given > 0) {
    throw refused(port === undefined ? "port_range" : "port", `${protocol} has no ports`);
  }
  checkComment(comment);
  checkInterface("interface", params.interface);
  const source = params.source === undefined ? undefined : addressRange("source", params.source);
  const destination = params.destination === undefined ? undefined : addressRange("destination", params.destination);
  const family = familyOf(params, source, destination);
  return {
    protocol,
    ...(family && { family }),
    ...(port !== undefined && { port }),
    ...(port_range !== undefined && spanFields(portSpan("port_range", port_range))),
    ...(source && { source: prefixText(source) }),
    ...(destination && { destination: prefixText(destination) }),
    ...(params.interface !== undefined && { interface: params.interface }),
    ...(comment !== undefined && { comment }),
  };
}

const spanFields = ({ first, last }: PortSpan) => ({ port_range: `${first}-${last}` });

function familyOf(
  { protocol, family }: NetFirewallAddRuleParams,
  source: IpPrefix | undefined,
  destination: IpPrefix | undefined,
): IpFamily | undefined {
  if (source && destination && source.family !== destination.family) {
    throw refused("destination", "source and destination are of two families");
  }
  const said = [
    [family, "family"],
    [source?.family, "source"],
    [destination?.family, "destination"],
  ] as const;
  const own = FAMILY_OF.get(protocol);
  const wanted = own ?? said.find(([found]) => found !== undefined)?.[0];
  for (const [found, field] of said) {
    if (found === undefined || found === wanted) continue;
    throw refused(field, own === wanted ? `${protocol} is of family ${wanted}` : `the rule's family is ${wanted}`);
  }
  // A family that an address or the protocol says anyway makes no other rule.
  return wanted;
}

/** Everything but the comment. */
export const firewallIdentity = ({ comment: _, ...rest }: FirewallEntry): string => identityText({ ...rest });

export function entryPorts({ port, port_range }: FirewallEntry): PortSpan | undefined {
  if (port !== undefined) return { first: port, last: port };
  return port_range === undefined ? undefined : portSpan("port_range", port_range);
}

const rangeOf = (text: string | undefined): IpPrefix | undefined =>
  text === undefined ? undefined : parseIpPrefix(text)?.prefix;

export const entrySource = ({ source }: FirewallEntry): IpPrefix | undefined => rangeOf(source);
export const entryDestination = ({ destination }: FirewallEntry): IpPrefix | undefined => rangeOf(destination);

/** What is to be in the chain `input` for an entry. */
export function firewallRules(id: string, entry: FirewallEntry, acceptMark: number | undefined): WantedRule[] {
  const { protocol, family } = entry;
  const source = entrySource(entry);
  const destination = entryDestination(entry);
  const ports = entryPorts(entry);
  const expr: NftObjectValue[] = [];
  if (entry.interface !== undefined) expr.push(nft.onInput(entry.interface));
  if (family && !source && !destination && !FAMILY_OF.has(protocol)) expr.push(nft.ofFamily(family));
  if (source) expr.push(nft.from(source));
  if (destination) expr.push(nft.to(destination));
  if (ports) expr.push(nft.toPorts(protocol, ports));
  else if (protocol !== "any") expr.push(nft.ofProtocol(protocol));
  expr.push(nft.counter);
  if (acceptMark !== undefined) expr.push(nft.setMark(acceptMark));
  expr.push(nft.accept);
  return [{ chain: "input", id, expr }];
}

/** What the chain `input` accepts before any rule where its policy is drop. */
export function baseRules(alwaysAllow: readonly string[]): WantedRule[] {
  const rule = (id: string, ...expr: NftObjectValue[]): WantedRule => ({
    chain: "input",
    id: `base-${id}`,
    expr: [...expr, nft.accept],
  });
  const dhcp = (family: IpFamily, server: number, client: number) => [
    nft.ofFamily(family),
    nft.fromPort("udp", server),
    nft.toPorts("udp", { first: client, last: client }),
  ];
  return [
    rule("established", nft.established),
    rule("loopback", nft.fromLoopback),
    rule("icmp", nft.ofProtocol("icmp")),
    rule("icmpv6", nft.ofProtocol("icmpv6")),
    rule("dhcpv4", ...dhcp("inet", 67, 68)),
    rule("dhcpv6", ...dhcp("inet6", 547, 546)),
    ...alwaysAllow.map((text) => {
      const [protocol = "", ports = ""] = text.split("/");
      const [first = 0, last = first] = ports.split("-").map(Number);
      return rule(`${protocol}-${ports}`, nft.toPorts(protocol, { first, last }));
    }),
  ];
}
