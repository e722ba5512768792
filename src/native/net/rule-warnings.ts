import type { Effective, Warning } from "../../../generated/types.gen.js";
import type { PortSpan } from "../../kernel/conntrack-model.js";
import type { Files } from "../../kernel/files.js";
import { type Listener, listeners } from "../../kernel/inet-sockets.js";
import { parseAddress } from "../../kernel/ip-address.js";
import { holdsAt, parseIpPrefix } from "../../kernel/ip-prefix.js";
import { type IpFamily, type NetReader, NoSuchInterface } from "../../kernel/net-model.js";
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

/** Where the connections that a rule sends on went before. */
interface Taken {
  readonly family: IpFamily;
  readonly protocols: readonly ("tcp" | "udp")[];
  readonly ports: PortSpan;
  readonly address: string | undefined;
}

/** One for each service of this node that cannot be reached from outside any more: SSH, or this daemon itself. */
export async function hiddenServices(files: Files, taken: Taken): Promise<Warning[]> {
  const found = (await Promise.all(taken.protocols.map((protocol) => listeners(files, protocol)))).flat();
  const hidden = found.filter((listener) => isHidden(listener, taken));
  return [...new Set(hidden.map(({ protocol, localPort }) => `${protocol} ${localPort}`))]
    .slice(0, 16)
    .map((object) => ({
      kind: "local_service_hidden",
      message: `A service of this node listens on ${object}; new connections that match the rule do not reach it.`,
      field: "external_port",
      object,
    }));
}

function isHidden({ family, local, localPort }: Listener, { family: wanted, ports, address }: Taken): boolean {
  if (localPort < ports.first || localPort > ports.last) return false;
  if (local === "::") return true;
  if (family !== wanted || local === "::1" || local.startsWith("127.")) return false;
  return local === "0.0.0.0" || address === undefined || local === address;
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
