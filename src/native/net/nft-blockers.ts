import type { Blocker, Effective } from "../../../generated/types.gen.js";
import type { PortSpan } from "../../kernel/conntrack-model.js";
import { ToolMissing } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import { chainManager, configuredTables, type FirewallManager } from "../../kernel/firewall-managers.js";
import type { IpFamily } from "../../kernel/net-model.js";
import type { NftTable } from "../../kernel/nft-model.js";
import { isOwnTable } from "../../kernel/nft-own-table.js";
import { type JudgedChain, judgeHook } from "../../kernel/nft-walk.js";
import type { PacketClass } from "../../kernel/packet-class.js";
import { legacyRules, legacyTables } from "../../kernel/xtables-legacy.js";
import { spanText } from "./rule-parts.js";

const MOST = 256;
const DNAT_PRIORITY = -100;

/** Every packet filter of the node but ours. */
export interface Filters {
  readonly nftables: readonly NftTable[];
  readonly legacy: readonly NftTable[];
  /** iptables-legacy tables are loaded, and its tool is not there to read them. */
  readonly isLegacyUnknown: boolean;
  readonly configured: ReadonlySet<string>;
}

/** What the rules of others make of our packets. */
export interface Survey {
  readonly effective: Effective;
  readonly blocked_by: Blocker[];
}

/** Where the packets of a rule go through. */
export interface Passage {
  /** As they arrive, before any translation. */
  readonly arriving: PacketClass;
  /** As they pass the filter. */
  readonly passing: PacketClass;
  readonly hook: "input" | "forward";
}

/** Reads what is needed for a survey, beside the nftables tables. */
export async function otherFilters(files: Files, tables: readonly NftTable[], signal?: AbortSignal): Promise<Filters> {
  const nftables = tables.filter((table) => !isOwnTable(table));
  const [loaded, configured] = await Promise.all([legacyTables(files), configuredTables(files)]);
  const families = [...new Set(loaded.map(({ family }) => family))];
  try {
    const legacy = (await Promise.all(families.map((family) => legacyRules(family, signal)))).flat();
    return { nftables, legacy, isLegacyUnknown: false, configured };
  } catch (error) {
    if (!(error instanceof ToolMissing)) throw error;
    return { nftables, legacy: [], isLegacyUnknown: true, configured };
  }
}

/** Walks all base chains of others that the packets meet, in all passages (one a family). */
export function survey(filters: Filters, passages: readonly Passage[], whom: Wanted): Survey {
  const blockers = new Map<string, Blocker>();
  let effective: Effective = filters.isLegacyUnknown ? "unknown" : "yes";
  for (const passage of passages) {
    for (const judged of meetings(filters, passage)) {
      if (!judged.drops) continue;
      if (!judged.accepts) effective = "no";
      else if (effective === "yes") effective = "unknown";
      const blocker = blockerOf(judged, filters, whom, passage.passing.family);
      const key = [blocker.manager === "iptables-legacy", blocker.family, blocker.table, blocker.chain].join(" ");
      if (!blockers.has(key)) blockers.set(key, blocker);
    }
  }
  return { effective, blocked_by: [...blockers.values()].slice(0, MOST) };
}

/** The base chains of others that drop what is in transit, whatever it is. */
export function droppingForwarded(filters: Filters): Blocker[] {
  const whom: Wanted = { protocol: "any", isForward: true };
  const found = (["inet", "inet6"] as const).flatMap((family) => {
    const packet: PacketClass = { family, isLocal: false, isTranslated: false };
    return [filters.nftables, filters.legacy]
      .flatMap((tables) => judgeHook(tables, "forward", packet))
      .filter(({ drops, accepts, handle }) => drops && (!accepts || handle === undefined))
      .map((judged) => blockerOf(judged, filters, whom, family));
  });
  const byPlace = new Map(
    found.map((blocker) => [`${blocker.family} ${blocker.table} ${blocker.chain} ${blocker.manager}`, blocker]),
  );
  return [...byPlace.values()].slice(0, MOST);
}

function meetings({ nftables, legacy }: Filters, { arriving, passing, hook }: Passage): JudgedChain[] {
  return [nftables, legacy].flatMap((tables) => {
    const early = judgeHook(tables, "prerouting", arriving).filter(({ chain }) => (chain.prio ?? 0) <= DNAT_PRIORITY);
    const late = judgeHook(tables, "prerouting", passing).filter(({ chain }) => (chain.prio ?? 0) > DNAT_PRIORITY);
    const leaving = hook === "forward" ? judgeHook(tables, "postrouting", passing) : [];
    return [...early, ...late, ...judgeHook(tables, hook, passing), ...leaving];
  });
}

function blockerOf({ table, chain, handle }: JudgedChain, filters: Filters, whom: Wanted, family: IpFamily): Blocker {
  const isLegacy = filters.legacy.includes(table);
  const named = chainManager(table, chain, filters.configured);
  const manager = isLegacy && named === "iptables-nft" ? "iptables-legacy" : named;
  const remedy = remedyFor(manager, table, chain.name, whom, family);
  return {
    family: table.family,
    table: table.name,
    chain: chain.name,
    hook: chain.hook as Blocker["hook"],
    priority: chain.prio ?? 0,
    ...(handle === undefined && chain.policy && { policy: chain.policy }),
    ...(handle !== undefined && handle > 0 && { handle }),
    manager: manager === "my_os_server" ? "unknown" : manager,
    ...(remedy !== undefined && { remedy }),
  };
}

/** What a rule lets through, for the words of a remedy. */
export interface Wanted {
  /** `any`: every protocol. */
  readonly protocol: string;
  readonly ports?: PortSpan | undefined;
  readonly source?: string | undefined;
  /** In transit: the host or network behind this node. */
  readonly destination?: string | undefined;
  readonly isForward: boolean;
}

/** A command that would let it through there; undefined where none is known. */
function remedyFor(
  manager: FirewallManager,
  table: NftTable,
  chain: string,
  whom: Wanted,
  family: IpFamily,
): string | undefined {
  switch (manager) {
    case "ufw":
      return ufwRemedy(whom);
    case "firewalld":
      return firewalldRemedy(whom);
    case "docker":
      return `${tool("iptables", family)} -I ${whom.isForward ? "DOCKER-USER" : chain} ${iptablesMatch(whom, family)}`;
    case "iptables-nft":
    case "libvirt":
      return `${tool("iptables", family)} -I ${chain} ${iptablesMatch(whom, family)}`;
    case "iptables-legacy":
      return `${tool("iptables", family)}-legacy -I ${chain} ${iptablesMatch(whom, family)}`;
    default:
      return nftRemedy(table, chain, whom, family);
  }
}

const tool = (name: string, family: IpFamily): string => (family === "inet" ? name : name.replace("ip", "ip6"));

function ufwRemedy({ protocol, ports, source, destination, isForward }: Wanted): string | undefined {
  if (protocol !== "tcp" && protocol !== "udp") return undefined;
  const port = ports && spanText(ports).replace("-", ":");
  if (!isForward && source === undefined && destination === undefined) return `ufw allow ${port}/${protocol}`;
  const to = `to ${destination ?? "any"}${port === undefined ? "" : ` port ${port}`}`;
  return `ufw ${isForward ? "route " : ""}allow proto ${protocol} from ${source ?? "any"} ${to}`;
}

function firewalldRemedy({ protocol, ports, isForward }: Wanted): string | undefined {
  if (isForward) return "firewall-cmd --permanent --add-forward && firewall-cmd --reload";
  if (!ports) return undefined;
  return `firewall-cmd --permanent --add-port=${spanText(ports)}/${protocol} && firewall-cmd --reload`;
}

function iptablesMatch({ protocol, ports, source, destination }: Wanted, family: IpFamily): string {
  const isV6 = family === "inet6";
  const name = protocol === "icmpv6" ? "ipv6-icmp" : protocol;
  return [
    ...(protocol === "any" ? [] : [`-p ${name}`]),
    ...(source !== undefined && source.includes(":") === isV6 ? [`-s ${source}`] : []),
    ...(destination !== undefined && destination.includes(":") === isV6 ? [`-d ${destination}`] : []),
    ...(ports ? [`--dport ${spanText(ports).replace("-", ":")}`] : []),
    "-j ACCEPT",
  ].join(" ");
}

const PLAIN_NAME = /^[a-zA-Z][\w-]*$/;

function nftRemedy(table: NftTable, chain: string, whom: Wanted, family: IpFamily): string | undefined {
  if (!PLAIN_NAME.test(table.name) || !PLAIN_NAME.test(chain)) return undefined;
  const ip = family === "inet" ? "ip" : "ip6";
  const { protocol, ports, source, destination } = whom;
  const match = [
    ...(source === undefined ? [] : [`${ip} saddr ${source}`]),
    ...(destination === undefined ? [] : [`${ip} daddr ${destination}`]),
    ...(ports ? [`${protocol} dport ${spanText(ports)}`] : []),
    ...(ports || protocol === "any" ? [] : [`meta l4proto ${protocol === "icmpv6" ? "ipv6-icmp" : protocol}`]),
  ];
  return `nft insert rule ${table.family} ${table.name} ${chain} ${[...match, "accept"].join(" ")}`;
}
