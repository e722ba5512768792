import type { NetDnsHandlers } from "../../../generated/handlers.gen.js";
import type { DnsConfig, DnsLink } from "../../../generated/types.gen.js";
import { type LinkDns, readLinkDns } from "../../kernel/dns-links.js";
import { type Files, isForbidden } from "../../kernel/files.js";
import { isLoopback, nsswitchHosts, type ResolvFile, readResolvFile, serversBehind } from "../../kernel/resolv.js";
import { rpcError } from "../../rpc/errors.js";

export interface DnsDeps {
  readonly files: Files;
}

/** The `net.dns` topic: how this node resolves names, from its files alone. */
export const dns = ({ files }: DnsDeps): NetDnsHandlers => ({
  "net.dns": () => dnsOf(files).catch(refuseForbidden),
});

/** How names are resolved here. */
export async function dnsOf(files: Files): Promise<DnsConfig> {
  const [file, links, hosts] = await Promise.all([readResolvFile(files), readLinkDns(files), nsswitchHosts(files)]);
  const stub = stubOf(file);
  return {
    servers: await serversOf(files, file, links, stub),
    nameservers: file.nameservers,
    search: file.search,
    domains: domainsOf(file, links),
    options: file.options,
    ...limits(file.options),
    ...(file.sortlist.length > 0 && { sortlist: file.sortlist }),
    source: file.source,
    ...(stub !== undefined && { stub }),
    resolv_conf_mode: file.mode,
    ...(file.target !== undefined && { resolv_conf_target: file.target }),
    ...(hosts && { nsswitch_hosts: hosts }),
    per_link: links.map(linkOf),
  };
}

/** A file that only root may read is no defect of a daemon that another user runs. */
function refuseForbidden(error: unknown): never {
  if (!isForbidden(error)) throw error;
  const reason = `the daemon's user may not read what name resolution is configured by: ${error.message}`;
  throw rpcError("unsupported", { reason, mode: "native" }, reason);
}

const MAX_DOMAINS = 1024;
const MAX_SERVERS = 256;

/** The local resolver, where the C library asks one first. */
const stubOf = ({ nameservers: [first] }: ResolvFile): string | undefined =>
  first !== undefined && isLoopback(first) ? first : undefined;

async function serversOf(
  files: Files,
  { nameservers }: ResolvFile,
  links: readonly LinkDns[],
  stub: string | undefined,
): Promise<string[]> {
  if (stub === undefined) return nameservers;
  const behind = (await serversBehind(files, stub)) ?? unique(links.flatMap(({ servers }) => servers));
  return behind.length > 0 ? behind.slice(0, MAX_SERVERS) : nameservers;
}

const unique = (words: readonly string[]): string[] => [...new Set(words)];

const domainsOf = ({ search }: ResolvFile, links: readonly LinkDns[]): string[] =>
  unique([...search, ...links.flatMap(({ domains }) => domains)]).slice(0, MAX_DOMAINS);

/** The C library's own caps on what an option can set. */
const CAPS = [
  ["ndots", "ndots", 15],
  ["timeout", "timeout_seconds", 30],
  ["attempts", "attempts", 5],
] as const;

type Limits = Pick<DnsConfig, "ndots" | "timeout_seconds" | "attempts" | "rotate">;

function limits(options: readonly string[]): Limits {
  const found: Limits = {};
  for (const [option, field, cap] of CAPS) {
    const value = options.findLast((word) => word.startsWith(`${option}:`))?.slice(option.length + 1);
    // A value that is no number counts as 0 there.
    if (value !== undefined) found[field] = Math.min(cap, Number(/^\d+/.exec(value)?.[0] ?? 0));
  }
  if (options.includes("rotate")) found.rotate = true;
  return found;
}

const linkOf = (link: LinkDns): DnsLink => ({
  ifname: link.ifname,
  ifindex: link.ifindex,
  servers: link.servers,
  domains: link.domains,
  default_route: link.defaultRoute,
  ...(link.llmnr !== undefined && { llmnr: link.llmnr }),
  ...(link.mdns !== undefined && { mdns: link.mdns }),
  ...(link.dnsOverTls !== undefined && { dns_over_tls: link.dnsOverTls }),
  ...(link.dnssec !== undefined && { dnssec: link.dnssec }),
});
