import { canonicalAddress, parseAddress, parsePrefix } from "../ip-address.js";
import { parseAssignments } from "../machine.js";
import {
  capped,
  colonHex,
  domainName,
  domainNames,
  FOREVER_SECONDS,
  hostName,
  type LeaseDetails,
  type LentRoute,
  maskLength,
  present,
  seconds32,
  some,
} from "./lease.js";

/** What networkd notes of a DHCPv4 lease. Times are seconds from when the server gave it, which the file does not say. */
export interface NetworkdLease {
  readonly details: LeaseDetails;
  readonly renewSeconds?: number;
  readonly rebindSeconds?: number;
}

const UNITS: Readonly<Record<string, number>> = {
  y: 31_557_600,
  month: 2_629_800,
  w: 604_800,
  d: 86_400,
  h: 3600,
  min: 60,
  s: 1,
};

/** Seconds as a bare number, or as newer releases write spans: `1h 30min`, `infinity`. */
export function spanSeconds(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (text === "infinity") return FOREVER_SECONDS;
  if (/^[0-9]{1,10}$/.test(text)) return seconds32(Number(text));
  let seconds = 0;
  for (const part of text.split(" ")) {
    const [, count, unit = ""] = /^([0-9]{1,10})(y|month|w|d|h|min|s)$/.exec(part) ?? [];
    if (count === undefined) return undefined;
    seconds += Number(count) * (UNITS[unit] ?? 0);
  }
  return seconds32(seconds);
}

const addresses = (text: string | undefined): string[] =>
  (text ?? "").split(/\s+/).flatMap((word) => canonicalAddress(word) ?? []);

/** `198.51.100.0/24,192.0.2.2` for each route. */
const routesOf = (text: string | undefined): LentRoute[] =>
  (text ?? "").split(/\s+/).flatMap((word) => {
    const [to = "", via = ""] = word.split(",");
    const dst = parsePrefix(to)?.text;
    const gateway = canonicalAddress(via);
    if (dst === undefined || gateway === undefined) return [];
    return [gateway === "0.0.0.0" ? { dst } : { dst, gateway }];
  });

/** Reads a file of `/run/systemd/netif/leases`; undefined where it names no address. */
export function parseNetworkdLease(text: string): NetworkdLease | undefined {
  const values = parseAssignments(text);
  const address = canonicalAddress(values.get("ADDRESS") ?? "");
  if (address === undefined) return undefined;
  const mask = parseAddress(values.get("NETMASK") ?? "");
  const classless = values.get("CLASSLESS_ROUTES");
  const routes = routesOf(classless ?? values.get("STATIC_ROUTES") ?? values.get("ROUTES"));
  const defaults = routes.flatMap(({ dst, gateway }) => (dst === "default" && gateway ? [gateway] : []));
  const mtu = Number(values.get("MTU") ?? Number.NaN);
  const clientId = values.get("CLIENTID") ?? "";
  const lifetimeSeconds = spanSeconds(values.get("LIFETIME"));
  return present<NetworkdLease>({
    details: present<LeaseDetails>({
      address,
      prefixlen: mask && maskLength(mask),
      server: addresses(values.get("SERVER_ADDRESS"))[0],
      routers: capped(classless ? defaults : addresses(values.get("ROUTER"))),
      dns: capped(addresses(values.get("DNS"))),
      ntp: some(addresses(values.get("NTP"))),
      domain: domainName(values.get("DOMAINNAME")),
      search: some(domainNames(values.get("DOMAIN_SEARCH_LIST") ?? "")),
      hostname: hostName(values.get("HOSTNAME")),
      mtu: Number.isInteger(mtu) && mtu >= 0 && mtu <= 65_535 ? mtu : undefined,
      broadcast: addresses(values.get("BROADCAST"))[0],
      routes: routes.length > 0 ? routes.slice(0, 1024) : undefined,
      clientId: /^([0-9a-f]{2}){1,255}$/i.test(clientId) ? colonHex(Buffer.from(clientId, "hex")) : undefined,
      lifetimeSeconds,
    }),
    renewSeconds: spanSeconds(values.get("T1")),
    rebindSeconds: spanSeconds(values.get("T2")),
  });
}

/** What networkd notes of a link beside its leases; undefined where it leaves the link alone. */
export interface NetworkdLink {
  readonly networkFile?: string;
  readonly iaid?: number;
  readonly duid?: string;
}

/** `DUID-EN/Vendor:0000ab11b033bdeb`: the type's name stands for its number. */
const DUID_TYPES: Readonly<Record<string, string>> = {
  "DUID-LLT": "0001",
  "DUID-EN/Vendor": "0002",
  "DUID-LL": "0003",
  UUID: "0004",
};

function duidOf(text: string): string | undefined {
  const [, type = "", hex = ""] = /^(.*):((?:[0-9a-f]{2}){1,128})$/i.exec(text) ?? [];
  const number = DUID_TYPES[type];
  return number === undefined ? undefined : colonHex(Buffer.from(number + hex, "hex"));
}

/** Reads a file of `/run/systemd/netif/links`. */
export function parseNetworkdLink(text: string): NetworkdLink | undefined {
  const values = parseAssignments(text);
  const state = values.get("ADMIN_STATE");
  if (state === undefined || state === "unmanaged") return undefined;
  const iaid = /^0x([0-9a-f]{1,8})$/i.exec(values.get("DHCP6_CLIENT_IAID") ?? "")?.[1];
  return present<NetworkdLink>({
    networkFile: values.get("NETWORK_FILE"),
    iaid: iaid === undefined ? undefined : Number.parseInt(iaid, 16),
    duid: duidOf(values.get("DHCP6_CLIENT_DUID") ?? ""),
  });
}
