import type { Effective, Warning } from "../../../generated/types.gen.js";
import { parseAddress } from "../../kernel/ip-address.js";
import { holdsAt, parseIpPrefix } from "../../kernel/ip-prefix.js";
import { type NetReader, NoSuchInterface } from "../../kernel/net-model.js";
import type { NftChain, NftTable } from "../../kernel/nft-model.js";
import type { Survey } from "./nft-blockers.js";
import { localAddresses } from "./rule-flows.js";

/** One for each chain of others in the way. */
export function blockedWarnings(
  { blocked_by, effective }: Survey,
  what: string,
  kind: "shadowed_by_chain" | "forward_dropped" = "shadowed_by_chain",
): Warning[] {
  const verb = effective === "no" ? "drops" : "may drop";
  return blocked_by.slice(0, 32).map(({ family, table, chain, manager, remedy }) => ({
    kind,
    message: `The chain ${chain} of table ${family} ${table} (${manager}) ${verb} ${what}.`.slice(0, 1024),
    object: `${family} ${table} ${chain}`,
    ...(remedy !== undefined && { remedy: remedy.slice(0, 1024) }),
  }));
}

/** An interface that is named and is not there, or is down. */
export async function interfaceWarning(net: NetReader, field: string, ifname: string | undefined): Promise<Warning[]> {
  if (ifname === undefined) return [];
  try {
    const [link] = await net.links({ name: ifname });
    if (!link) return [absent(field, ifname)];
    if (link.flags.includes("UP") && link.flags.includes("LOWER_UP")) return [];
    const state = link.flags.includes("UP") ? "has no carrier" : "is down";
    return [{ kind: "interface_down", message: `Interface ${ifname} ${state}.`, field, object: ifname }];
  } catch (error) {
    if (error instanceof NoSuchInterface) return [absent(field, ifname)];
    throw error;
  }
}

const absent = (field: string, ifname: string): Warning => ({
  kind: "interface_absent",
  message: `There is no interface ${ifname} yet; the rule matches as soon as there is.`,
  field,
  object: ifname,
});

/** An address that is named as one of this node's and is none; of a prefix, no address of this node is in it. */
export async function addressWarning(net: NetReader, field: string, range: string | undefined): Promise<Warning[]> {
  const prefix = range === undefined ? undefined : parseIpPrefix(range)?.prefix;
  if (!prefix || range === undefined) return [];
  for (const text of await localAddresses(net)) {
    const bytes = parseAddress(text);
    if (bytes?.length === prefix.bytes.length && holdsAt(prefix, bytes, 0)) return [];
  }
  return [{ kind: "address_not_local", message: `No address of this node is ${range}.`, field, object: range }];
}

/** Whether a translation works: nothing in transit passes a node that does not forward, or by an interface that is not there. */
export function effectiveWith(found: Effective, isForwarding: boolean, absent: readonly Warning[]): Effective {
  if (!isForwarding) return "no";
  return found === "yes" && absent.some(({ kind }) => kind === "interface_absent") ? "unknown" : found;
}

/** One for each NAT chain of others that may translate the packets before ours does. */
export const translatedFirst = (chains: readonly { table: NftTable; chain: NftChain }[]): Warning[] =>
  [...new Map(chains.map((one) => [`${one.table.family} ${one.table.name} ${one.chain.name}`, one]))]
    .slice(0, 16)
    .map(([object, { table, chain }]) => ({
      kind: "shadowed_by_chain",
      message:
        `The chain ${chain.name} of table ${table.family} ${table.name} may translate these connections first.`.slice(
          0,
          1024,
        ),
      object,
    }));
