import { formatIpv4 } from "../ip-address.js";
import {
  capped,
  colonHex,
  domainName,
  FOREVER_SECONDS,
  hostName,
  type LeaseDetails,
  type LentRoute,
  maskLength,
  present,
  some,
} from "./lease.js";

/** RFC 2131: the fixed header, then the magic cookie, then the options. */
const YIADDR = 16;
const SNAME = [44, 108] as const;
const FILE = [108, 236] as const;
const COOKIE = 236;
const MAGIC = 0x63825363;

const PAD = 0;
const END = 255;

const OPTION = {
  MASK: 1,
  ROUTERS: 3,
  DNS: 6,
  HOST_NAME: 12,
  DOMAIN: 15,
  MTU: 26,
  BROADCAST: 28,
  NTP: 42,
  LEASE_TIME: 51,
  OVERLOAD: 52,
  SERVER: 54,
  RENEW: 58,
  REBIND: 59,
  CLIENT_ID: 61,
  SEARCH: 119,
  ROUTES: 121,
} as const;

type Options = Map<number, Buffer>;

/** What a DHCPv4 message grants. Times are seconds from when it came. */
export interface Granted4 {
  readonly details: LeaseDetails;
  readonly leaseSeconds?: number;
  readonly renewSeconds?: number;
  readonly rebindSeconds?: number;
}

/** Reads a DHCPv4 message as it was on the wire (RFC 2131); undefined where the bytes are none that grants an address. */
export function parseDhcp4(message: Buffer): Granted4 | undefined {
  if (message.length < COOKIE + 4 || message.readUInt32BE(COOKIE) !== MAGIC) return undefined;
  const address = formatIpv4(message, YIADDR);
  if (address === "0.0.0.0") return undefined;
  const options = optionsOf(message);
  const seconds = (option: number) => u32(options.get(option));
  const lease = seconds(OPTION.LEASE_TIME);
  return present<Granted4>({
    details: { address, ...detailsOf(options), ...(lease !== undefined && { lifetimeSeconds: lease }) },
    leaseSeconds: lease,
    // RFC 2131, 4.4.5: half and seven eighths of the lease where the server does not say.
    renewSeconds: seconds(OPTION.RENEW) ?? part(lease, 0.5),
    rebindSeconds: seconds(OPTION.REBIND) ?? part(lease, 0.875),
  });
}

const part = (seconds: number | undefined, of: number): number | undefined =>
  seconds === undefined || seconds === FOREVER_SECONDS ? seconds : Math.floor(seconds * of);

/** Options that come several times are one long one (RFC 3396); the two name fields may hold more of them. */
function optionsOf(message: Buffer): Options {
  const options: Options = new Map();
  collect(message.subarray(COOKIE + 4), options);
  const overload = options.get(OPTION.OVERLOAD)?.[0] ?? 0;
  if (overload & 1) collect(message.subarray(...FILE), options);
  if (overload & 2) collect(message.subarray(...SNAME), options);
  return options;
}

function collect(area: Buffer, into: Options): void {
  for (let at = 0; at < area.length; ) {
    const code = area[at] ?? END;
    if (code === END) return;
    if (code === PAD) {
      at += 1;
      continue;
    }
    const size = area[at + 1] ?? 0;
    if (at + 2 + size > area.length) return;
    into.set(code, Buffer.concat([into.get(code) ?? Buffer.alloc(0), area.subarray(at + 2, at + 2 + size)]));
    at += 2 + size;
  }
}

const detailsOf = (options: Options): LeaseDetails => {
  const mask = options.get(OPTION.MASK);
  const clientId = options.get(OPTION.CLIENT_ID);
  const [broadcast] = addresses(options.get(OPTION.BROADCAST));
  const [server] = addresses(options.get(OPTION.SERVER));
  const mtu = options.get(OPTION.MTU);
  const routes = routesOf(options.get(OPTION.ROUTES));
  const own = addresses(options.get(OPTION.ROUTERS));
  return present<LeaseDetails>({
    prefixlen: mask && maskLength(mask),
    server,
    // RFC 3442: with classless routes the router option is ignored.
    routers: capped(routes ? routes.flatMap(defaultGateway) : own),
    dns: capped(addresses(options.get(OPTION.DNS))),
    ntp: some(addresses(options.get(OPTION.NTP))),
    domain: domainName(text(options.get(OPTION.DOMAIN))),
    search: some(searchList(options.get(OPTION.SEARCH))),
    hostname: hostName(text(options.get(OPTION.HOST_NAME))),
    mtu: mtu && mtu.length === 2 ? mtu.readUInt16BE(0) : undefined,
    broadcast,
    routes: routes?.slice(0, 1024),
    clientId: clientId && colonHex(clientId),
  });
};

const defaultGateway = ({ dst, gateway }: LentRoute): string[] =>
  dst === "default" && gateway !== undefined ? [gateway] : [];

const u32 = (bytes: Buffer | undefined): number | undefined =>
  bytes && bytes.length === 4 ? bytes.readUInt32BE(0) : undefined;

const text = (bytes: Buffer | undefined): string | undefined => bytes?.toString("utf8").replace(/\0+$/, "");

function addresses(bytes: Buffer | undefined): string[] {
  const found: string[] = [];
  for (let at = 0; bytes && at + 4 <= bytes.length; at += 4) found.push(formatIpv4(bytes, at));
  return found;
}

/** Option 121 (RFC 3442): prefix length, as many bytes of the destination as it needs, gateway; undefined where it is not there. */
function routesOf(bytes: Buffer | undefined): LentRoute[] | undefined {
  return bytes && classlessRoutes(bytes);
}

/** Classless routes as option 121 packs them; what is cut off at the end is left out. */
export function classlessRoutes(bytes: Uint8Array): LentRoute[] {
  const routes: LentRoute[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes[at] ?? 0;
    const significant = Math.ceil(length / 8);
    if (length > 32 || at + 1 + significant + 4 > bytes.length) break;
    const destination = new Uint8Array(4);
    destination.set(bytes.subarray(at + 1, at + 1 + significant));
    const gateway = formatIpv4(bytes, at + 1 + significant);
    const dst = length === 0 ? "default" : `${formatIpv4(destination, 0)}${length === 32 ? "" : `/${length}`}`;
    routes.push(gateway === "0.0.0.0" ? { dst } : { dst, gateway });
    at += 1 + significant + 4;
  }
  return routes;
}

const MAX_NAMES = 64;
const MAX_JUMPS = 16;

/** Option 119 (RFC 3397): names as in DNS messages, compressed; one that is cut off or runs in a circle ends the list. */
function searchList(bytes: Buffer | undefined): string[] {
  const names: string[] = [];
  for (let at = 0; bytes && at < bytes.length && names.length < MAX_NAMES; ) {
    const read = nameAt(bytes, at);
    if (!read) break;
    names.push(...(domainName(read.name) === undefined ? [] : [domainName(read.name) ?? ""]));
    at = read.next;
  }
  return names;
}

/** The DNS name at an offset, and where the one behind it starts. */
export function nameAt(bytes: Uint8Array, start: number): { name: string; next: number } | undefined {
  const labels: string[] = [];
  let next = -1;
  let jumps = 0;
  for (let at = start; at < bytes.length; ) {
    const size = bytes[at] ?? 0;
    if (size === 0) return { name: labels.join("."), next: next < 0 ? at + 1 : next };
    if ((size & 0xc0) === 0xc0) {
      if (next < 0) next = at + 2;
      at = ((size & 0x3f) << 8) | (bytes[at + 1] ?? 0);
      jumps += 1;
      if (jumps > MAX_JUMPS) return undefined;
      continue;
    }
    if (at + 1 + size > bytes.length || size > 63) return undefined;
    labels.push(Buffer.from(bytes.subarray(at + 1, at + 1 + size)).toString("utf8"));
    at += 1 + size;
  }
  return undefined;
}
