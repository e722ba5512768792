import type { NetNatAddSnatParams } from "../../../generated/types.gen.js";
import { cidrText, type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { IpFamily } from "../../kernel/net-model.js";
import * as nft from "../../kernel/nft-expressions.js";
import type { NftObjectValue } from "../../kernel/nft-json.js";
import type { WantedRule } from "../../kernel/nft-own-table.js";
import { addressRange, hostlessKind, refused, singleAddress } from "./addresses.js";
import { FAMILY_OF, type FilterProtocol } from "./firewall-rule.js";
import { checkComment, checkInterface, identityText, isOptional, isRecord } from "./rule-parts.js";

/** A source translation as the registry keeps it; addresses are canonical. */
export interface SnatEntry {
  readonly family: IpFamily;
  readonly source_cidr: string;
  readonly out_interface: string;
  /** Absent: masquerade. */
  readonly to_source?: string;
  readonly destination_cidr?: string;
  readonly protocol: FilterProtocol;
  readonly random: boolean;
  readonly persistent: boolean;
  readonly comment?: string;
  /** Forwarding is switched on again at start. */
  readonly enable_forwarding?: boolean;
}

export const isSnatEntry = (value: unknown): value is SnatEntry =>
  isRecord(value) &&
  (value.family === "inet" || value.family === "inet6") &&
  ["source_cidr", "out_interface", "protocol"].every((name) => typeof value[name] === "string") &&
  ["random", "persistent"].every((name) => typeof value[name] === "boolean") &&
  ["to_source", "destination_cidr", "comment"].every((name) => isOptional(value[name], "string")) &&
  isOptional(value.enable_forwarding, "boolean");

/** A call's parameters as an entry. Throws `invalid_argument`. */
export function snatEntry(params: NetNatAddSnatParams): SnatEntry {
  const { out_interface, protocol = "any", random = false, persistent = false, comment } = params;
  const source = addressRange("source_cidr", params.source_cidr);
  const to = params.to_source === undefined ? undefined : singleAddress("to_source", params.to_source);
  const destination =
    params.destination_cidr === undefined ? undefined : addressRange("destination_cidr", params.destination_cidr);
  const { family } = source;
  const kind = to && hostlessKind(to.bytes);
  if (kind !== undefined) throw refused("to_source", `nothing could answer to ${kind} addresses`);
  if (to && to.family !== family) throw refused("to_source", `source_cidr is of family ${family}`);
  if (destination && destination.family !== family) {
    throw refused("destination_cidr", `source_cidr is of family ${family}`);
  }
  if ((FAMILY_OF.get(protocol) ?? family) !== family) {
    throw refused("protocol", `${protocol} has no connections of family ${family}`);
  }
  checkComment(comment);
  checkInterface("out_interface", out_interface);
  return {
    family,
    source_cidr: cidrText(source),
    out_interface,
    ...(to && { to_source: to.text }),
    ...(destination && { destination_cidr: cidrText(destination) }),
    protocol,
    random,
    persistent,
    ...(comment !== undefined && { comment }),
  };
}

/** What tells one source translation from another. */
export const snatIdentity = ({ source_cidr, out_interface, destination_cidr, protocol }: SnatEntry): string =>
  identityText({ source_cidr, out_interface, destination_cidr, protocol });

/** The values of a source translation beside what identifies it. */
export const snatValues = ({ to_source, random, persistent, comment }: SnatEntry): string =>
  identityText({ to_source, random: `${random}`, persistent: `${persistent}`, comment });

const prefixOf = (text: string | undefined): IpPrefix | undefined =>
  text === undefined ? undefined : parseIpPrefix(text)?.prefix;

export const snatSource = ({ source_cidr }: SnatEntry): IpPrefix | undefined => prefixOf(source_cidr);
export const snatDestination = ({ destination_cidr }: SnatEntry): IpPrefix | undefined => prefixOf(destination_cidr);

/** What is to be in the chain `postrouting` for an entry. */
export function snatRules(id: string, entry: SnatEntry): WantedRule[] {
  const source = snatSource(entry);
  const destination = snatDestination(entry);
  const flags = [...(entry.random ? ["fully-random"] : []), ...(entry.persistent ? ["persistent"] : [])];
  const expr: NftObjectValue[] = [nft.onOutput(entry.out_interface)];
  if (source) expr.push(nft.from(source));
  if (destination) expr.push(nft.to(destination));
  if (entry.protocol !== "any") expr.push(nft.ofProtocol(entry.protocol));
  expr.push(nft.counter, nft.sourceNat(entry.family, entry.to_source, flags));
  return [{ chain: "postrouting", id, expr }];
}

/** The longest source first, then the longest destination, then what names a protocol. */
export function bySpecificity([, a]: readonly [string, SnatEntry], [, b]: readonly [string, SnatEntry]): number {
  const length = (range: IpPrefix | undefined) => range?.length ?? -1;
  return (
    length(snatSource(b)) - length(snatSource(a)) ||
    length(snatDestination(b)) - length(snatDestination(a)) ||
    Number(b.protocol !== "any") - Number(a.protocol !== "any")
  );
}
