import { established, inboundSsh, type TcpConnection } from "../../kernel/inet-sockets.js";
import { holdsAt, type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { judgeChain } from "../../kernel/nft-walk.js";
import type { CallContext } from "../../rpc/context.js";
import { type ProtectedPath, usedBy } from "./caller-path.js";
import { entryDestination, entryPorts, entrySource, type FirewallEntry } from "./firewall-rule.js";
import type { PacketRules } from "./nft-state.js";

/** Throws `in_use` where the caller's own remote connection or an SSH session came in by the rule, and by no other one. */
export async function refuseToLockOut(
  rules: PacketRules,
  id: string,
  entry: FirewallEntry,
  table: NftTable | undefined,
  { caller }: CallContext,
): Promise<void> {
  const { files, config } = rules.deps;
  const chain = table?.chains.find(({ name }) => name === "input");
  if (config.inputPolicy === "accept" || !table || !chain) return;
  const { address } = caller;
  const own = address === undefined ? [] : (await established(files)).filter(({ remote }) => remote === address);
  const connections: ProtectedPath[] = [
    ...own.map((connection) => ({ connection, reason: "the caller's own connection" as const })),
    ...(await inboundSsh(files)).map((connection) => ({
      connection,
      reason: "established inbound SSH session" as const,
    })),
  ];
  const others = { ...chain, rules: chain.rules.filter(({ comment }) => comment !== id) };
  const cut = connections.filter(({ connection }) => {
    const packet = packetOf(connection);
    return cameBy(entry, connection) && judgeChain(table, others, { ...packet, ...byInterface(entry) }).drops;
  });
  if (cut.length > 0) throw usedBy("firewall_rule", id, cut);
}

const byInterface = (entry: FirewallEntry) => (entry.interface === undefined ? {} : { iif: entry.interface });

const rangeOf = (address: string): IpPrefix | undefined => parseIpPrefix(address)?.prefix;

function packetOf({ family, local, localPort, remote }: TcpConnection) {
  const [source, destination] = [rangeOf(remote), rangeOf(local)];
  return {
    family,
    protocol: "tcp",
    destinationPorts: { first: localPort, last: localPort },
    ...(source && { source }),
    ...(destination && { destination }),
    isLocal: true,
    isTranslated: false,
  };
}

/** Whether the rule lets in what opened the connection; which interface that came by is not remembered. */
function cameBy(entry: FirewallEntry, { family, local, localPort, remote }: TcpConnection): boolean {
  if (entry.protocol !== "tcp" && entry.protocol !== "any") return false;
  if (entry.family !== undefined && entry.family !== family) return false;
  const ports = entryPorts(entry);
  if (ports && (localPort < ports.first || localPort > ports.last)) return false;
  return isIn(entrySource(entry), remote) && isIn(entryDestination(entry), local);
}

function isIn(range: IpPrefix | undefined, address: string): boolean {
  if (!range) return true;
  const one = rangeOf(address);
  return one !== undefined && one.family === range.family && holdsAt(range, one.bytes, 0);
}
