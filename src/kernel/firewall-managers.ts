import type { Files } from "./files.js";
import type { NftChain, NftTable } from "./nft-model.js";
import { OWN_TABLE } from "./ownership.js";

/** Who seems to own a table or a chain. */
export type FirewallManager =
  | "my_os_server"
  | "ufw"
  | "firewalld"
  | "docker"
  | "libvirt"
  | "nftables"
  | "iptables-nft"
  | "iptables-legacy"
  | "unknown";

/** iptables' own tables and the chains that it makes in them. */
const XTABLES: ReadonlySet<string> = new Set(["filter", "nat", "mangle", "raw", "security"]);
const XTABLES_CHAIN = /^(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING)$/;

/** Names that only one program gives to its chains. */
const CHAIN_OWNERS: readonly (readonly [RegExp, FirewallManager])[] = [
  [/^ufw6?-/, "ufw"],
  [/^DOCKER(-|$)/, "docker"],
  [/^LIBVIRT_/, "libvirt"],
];

/** By its name alone, whose a chain is. */
const chainOwner = (name: string): FirewallManager | undefined =>
  CHAIN_OWNERS.find(([pattern]) => pattern.test(name))?.[1];

/** Tables that the administrator's own /etc/nftables.conf makes. */
export async function configuredTables(files: Files): Promise<ReadonlySet<string>> {
  const text = (await files.headIfThere("/etc/nftables.conf", 1024 * 1024)) ?? "";
  const names = [...text.matchAll(/^\s*(?:add\s+)?table\s+(?:(ip|ip6|inet|arp|bridge|netdev)\s+)?([\w.-]+)/gm)];
  return new Set(names.map(([, family = "ip", name]) => `${family} ${name}`));
}

/** Who seems to own a table, by the names that programs are known to use. */
export function tableManager(table: NftTable, configured: ReadonlySet<string>): FirewallManager {
  const { family, name, chains } = table;
  if (family === OWN_TABLE.family && name === OWN_TABLE.name) return "my_os_server";
  if (name === "firewalld") return "firewalld";
  if (name === "libvirt_network") return "libvirt";
  if (name === "docker-bridges") return "docker";
  const owners = new Set(chains.flatMap((chain) => chainOwner(chain.name) ?? []));
  for (const [, owner] of CHAIN_OWNERS) if (owners.has(owner)) return owner;
  if (isXtables(table)) return "iptables-nft";
  return configured.has(`${family} ${name}`) ? "nftables" : "unknown";
}

const isXtables = ({ family, name, chains }: NftTable): boolean =>
  (family === "ip" || family === "ip6") && XTABLES.has(name) && chains.some((chain) => XTABLES_CHAIN.test(chain.name));

/** Who seems to have shut a base chain: with several programs in one table, the one that its hook's rules lead to. */
export function chainManager(table: NftTable, chain: NftChain, configured: ReadonlySet<string>): FirewallManager {
  const whole = tableManager(table, configured);
  if (!isXtables(table)) return whole;
  const targets = chain.rules
    .flatMap(({ expr }) => expr)
    .flatMap(({ jump, goto }) => targetOf(jump) ?? targetOf(goto) ?? []);
  const led = targets.flatMap((target) => chainOwner(target) ?? []);
  // Docker sets the policy of FORWARD, ufw that of INPUT.
  const preferred: FirewallManager = chain.hook === "forward" ? "docker" : "ufw";
  return led.includes(preferred) ? preferred : (led[0] ?? "iptables-nft");
}

const targetOf = (value: unknown): string | undefined =>
  typeof value === "object" && value !== null && "target" in value && typeof value.target === "string"
    ? value.target
    : undefined;
