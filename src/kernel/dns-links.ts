import { isIP } from "node:net";
import { type Files, isForbidden } from "./files.js";
import { parseAssignments } from "./machine.js";
import { isDomain } from "./resolv.js";

/** What one link contributes to name resolution. */
export interface LinkDns {
  readonly ifindex: number;
  readonly ifname: string;
  readonly servers: string[];
  /** Search domains; a routing-only one starts with `~`. */
  readonly domains: string[];
  readonly defaultRoute: boolean;
  readonly llmnr?: string;
  readonly mdns?: string;
  readonly dnsOverTls?: string;
  readonly dnssec?: string;
}

/** systemd-networkd's state of each link. */
const NETWORKD = "/run/systemd/netif/links";
/** What other programs told systemd-resolved about links that networkd does not manage. */
const RESOLVED = "/run/systemd/resolve/netif";

const MAX_SERVERS = 256;
const MAX_DOMAINS = 1024;
const MAX_SETTING = 16;
/** The kernel's limit in bytes; a recorded machine's folder can be named anything. */
const MAX_NAME = 15;
const MAX_FILE = 256 * 1024;
const MAX_INDEX = 0x7fff_ffff;

const words = (value: string | undefined): string[] => (value ?? "").split(" ").filter(Boolean);

/** The address of `192.0.2.1`, `192.0.2.1:853#name`, `[2001:db8::1]:853%eth0#name` and the like. */
function serverAddress(entry: string): string | undefined {
  const [withoutName = ""] = entry.split("#");
  const bracketed = /^\[([^\]]+)\](?::\d+)?(%.+)?$/.exec(withoutName);
  const ported = /^([0-9.]+):\d+(%.+)?$/.exec(withoutName);
  const address = bracketed
    ? `${bracketed[1]}${bracketed[2] ?? ""}`
    : ported
      ? `${ported[1]}${ported[2] ?? ""}`
      : withoutName;
  return isIP(address.replace(/%\S+$/, "")) !== 0 && address.length <= 64 ? address : undefined;
}

const yes = (value: string | undefined): boolean | undefined =>
  value === undefined || value === "" ? undefined : ["yes", "true", "1", "on"].includes(value);

interface Raw {
  readonly servers: string[];
  readonly domains: string[];
  readonly defaultRoute: boolean | undefined;
  readonly values: ReadonlyMap<string, string>;
}

const fromNetworkd = (values: ReadonlyMap<string, string>): Raw => ({
  servers: words(values.get("DNS")),
  domains: [...words(values.get("DOMAINS")), ...words(values.get("ROUTE_DOMAINS")).map((domain) => `~${domain}`)],
  defaultRoute: yes(values.get("DNS_DEFAULT_ROUTE")),
  values,
});

const fromResolved = (values: ReadonlyMap<string, string>): Raw => ({
  servers: words(values.get("SERVERS")),
  domains: words(values.get("DOMAINS")),
  defaultRoute: yes(values.get("DEFAULT_ROUTE")),
  values,
});

const present = (values: ReadonlyMap<string, string>, key: string): string | undefined =>
  values.get(key)?.slice(0, MAX_SETTING) || undefined;

/** A link without a word on it is asked about all names unless its domains are for routing only, as resolved does. */
const impliedDefaultRoute = (domains: readonly string[]): boolean =>
  domains.includes("~.") || !domains.some((domain) => domain.startsWith("~"));

const linkDns = (ifindex: number, ifname: string, raw: Raw): LinkDns | undefined => {
  const servers = raw.servers.flatMap((entry) => serverAddress(entry) ?? []).slice(0, MAX_SERVERS);
  const domains = raw.domains.filter(isDomain).slice(0, MAX_DOMAINS);
  if (servers.length === 0 && domains.length === 0) return undefined;
  const llmnr = present(raw.values, "LLMNR");
  const mdns = present(raw.values, "MDNS");
  const dnsOverTls = present(raw.values, "DNS_OVER_TLS") ?? present(raw.values, "DNSOVERTLS");
  const dnssec = present(raw.values, "DNSSEC");
  return {
    ifindex,
    ifname,
    servers,
    domains,
    defaultRoute: raw.defaultRoute ?? (servers.length > 0 && impliedDefaultRoute(domains)),
    ...(llmnr !== undefined && { llmnr }),
    ...(mdns !== undefined && { mdns }),
    ...(dnsOverTls !== undefined && { dnsOverTls }),
    ...(dnssec !== undefined && { dnssec }),
  };
};

/** The names of links by index, from sysfs, so that a recorded machine has them too. */
const linkNames = async (files: Files): Promise<ReadonlyMap<number, string>> => {
  const names = (await files.listIfThere("/sys/class/net")).filter(({ length }) => length <= MAX_NAME);
  const pairs = await Promise.all(
    names.map(async (name) => [Number(await files.readIfThere(`/sys/class/net/${name}/ifindex`)), name] as const),
  );
  return new Map(pairs);
};

/** Resolved keeps its folder to itself: a daemon without privileges knows only what networkd says. */
const listIfAllowed = (files: Files, folder: string): Promise<string[]> =>
  files.listIfThere(folder).catch((error: unknown) => {
    if (isForbidden(error)) return [];
    throw error;
  });

const read = async (files: Files, folder: string, name: string): Promise<Map<string, string> | undefined> => {
  const text = await files.headIfThere(`${folder}/${name}`, MAX_FILE);
  return text === undefined ? undefined : parseAssignments(text);
};

/** What each link contributes, by index; links that contribute nothing are left out. */
export async function readLinkDns(files: Files): Promise<LinkDns[]> {
  const [managed, told] = await Promise.all([listIfAllowed(files, NETWORKD), listIfAllowed(files, RESOLVED)]);
  const indexes = [...new Set([...managed, ...told])]
    .filter((name) => /^[1-9][0-9]*$/.test(name) && Number(name) <= MAX_INDEX)
    .map(Number);
  if (indexes.length === 0) return [];
  const names = await linkNames(files);
  const links: LinkDns[] = [];
  for (const ifindex of indexes.sort((a, b) => a - b)) {
    const networkd = await read(files, NETWORKD, String(ifindex));
    // Resolved takes networkd's word on links that networkd manages, and nobody else's.
    const isManaged = networkd !== undefined && networkd.get("ADMIN_STATE") !== "unmanaged";
    const resolved = isManaged ? undefined : await read(files, RESOLVED, String(ifindex));
    const raw = resolved ? fromResolved(resolved) : fromNetworkd(networkd ?? new Map());
    const link = linkDns(ifindex, names.get(ifindex) ?? `if${ifindex}`, raw);
    if (link) links.push(link);
  }
  return links;
}
