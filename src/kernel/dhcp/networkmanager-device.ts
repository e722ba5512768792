import { canonicalAddress, parseAddress, parsePrefix } from "../ip-address.js";
import {
  capped,
  colonHex,
  domainName,
  domainNames,
  hostName,
  type LeaseDetails,
  type LentRoute,
  maskLength,
  present,
  seconds32,
  some,
} from "./lease.js";

/** What NetworkManager notes of a device. */
export interface NetworkManagerDevice {
  readonly managed: boolean;
  readonly connection?: string;
  readonly dhcp4?: LeaseDetails;
  readonly dhcp6?: LeaseDetails;
}

/** The sections of a key file, keys by name. */
function sections(text: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  let section = new Map<string, string>();
  for (const row of text.split("\n")) {
    const name = /^\[([^\]]+)\]\s*$/.exec(row)?.[1];
    if (name !== undefined) {
      section = new Map();
      found.set(name, section);
      continue;
    }
    const [, key, value] = /^([^=#\s]+)=(.*)$/.exec(row) ?? [];
    if (key !== undefined && value !== undefined) section.set(key, value);
  }
  return found;
}

/** Reads a file of `/run/NetworkManager/devices`. */
export function parseNetworkManagerDevice(text: string): NetworkManagerDevice {
  const found = sections(text);
  const device = found.get("device");
  return present<NetworkManagerDevice>({
    managed: device?.get("managed") === "true",
    connection: device?.get("connection-uuid"),
    dhcp4: lease4(optionsOf(found.get("dhcp4"), "dhcp4.")),
    dhcp6: lease6(optionsOf(found.get("dhcp6"), "dhcp6.")),
  });
}

type Options = ReadonlyMap<string, string>;

const optionsOf = (section: Options | undefined, prefix: string): Options =>
  new Map([...(section ?? [])].map(([key, value]) => [key.startsWith(prefix) ? key.slice(prefix.length) : key, value]));

const addresses = (text: string | undefined): string[] =>
  (text ?? "").split(/\s+/).flatMap((word) => canonicalAddress(word) ?? []);

const integer = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;

function lease4(options: Options): LeaseDetails | undefined {
  const address = canonicalAddress(options.get("ip_address") ?? "");
  if (address === undefined) return undefined;
  const expiry = integer(options.get("expiry"));
  const lifetime = integer(options.get("dhcp_lease_time"));
  const mask = parseAddress(options.get("subnet_mask") ?? "");
  const mtu = integer(options.get("interface_mtu"));
  const routes = routesOf(options.get("rfc3442_classless_static_routes"));
  const defaults = routes.flatMap(({ dst, gateway }) => (dst === "default" && gateway ? [gateway] : []));
  return present<LeaseDetails>({
    address,
    prefixlen: mask && maskLength(mask),
    server: addresses(options.get("dhcp_server_identifier"))[0],
    routers: capped(routes.length > 0 ? defaults : addresses(options.get("routers"))),
    dns: capped(addresses(options.get("domain_name_servers"))),
    ntp: some(addresses(options.get("ntp_servers"))),
    domain: domainName(options.get("domain_name")),
    search: some(domainNames(options.get("domain_search") ?? "")),
    hostname: hostName(options.get("host_name")),
    mtu: mtu !== undefined && mtu <= 65_535 ? mtu : undefined,
    broadcast: addresses(options.get("broadcast_address"))[0],
    routes: some(routes),
    clientId: hexOf(options.get("dhcp_client_identifier")),
    expiresAt: expiry === undefined ? undefined : expiry * 1000,
    obtainedAt: expiry !== undefined && lifetime !== undefined ? (expiry - lifetime) * 1000 : undefined,
    lifetimeSeconds: seconds32(lifetime),
  });
}

function lease6(options: Options): LeaseDetails | undefined {
  const address = canonicalAddress(options.get("ip6_address") ?? "");
  if (address === undefined) return undefined;
  const iaid = hexOf(options.get("iaid"))?.replaceAll(":", "");
  return present<LeaseDetails>({
    address,
    routers: [],
    dns: capped(addresses(options.get("dhcp6_name_servers"))),
    ntp: some(addresses(options.get("dhcp6_ntp_servers") ?? options.get("dhcp6_sntp_servers"))),
    search: some(domainNames(options.get("dhcp6_domain_search") ?? "")),
    hostname: hostName(options.get("fqdn_fqdn")),
    duid: hexOf(options.get("dhcp6_client_id")),
    serverDuid: hexOf(options.get("dhcp6_server_id")),
    iaid: iaid?.length === 8 ? Number.parseInt(iaid, 16) : undefined,
  });
}

const hexOf = (text: string | undefined): string | undefined =>
  text !== undefined && /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){0,254}$/i.test(text)
    ? colonHex(Uint8Array.from(text.split(":"), (digits) => Number.parseInt(digits, 16)))
    : undefined;

/** `0.0.0.0/0 192.0.2.1 198.51.100.0/24 192.0.2.2`: destination and gateway in turn. */
function routesOf(text: string | undefined): LentRoute[] {
  const words = (text ?? "").split(/\s+/).filter(Boolean);
  const routes: LentRoute[] = [];
  for (let at = 0; at + 1 < words.length; at += 2) {
    const dst = parsePrefix(words[at] ?? "")?.text;
    const gateway = canonicalAddress(words[at + 1] ?? "");
    if (dst !== undefined && gateway !== undefined) routes.push(gateway === "0.0.0.0" ? { dst } : { dst, gateway });
  }
  return routes;
}
