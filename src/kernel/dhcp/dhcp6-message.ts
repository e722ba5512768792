import { formatIpv6 } from "../ip-address.js";
import { nameAt } from "./dhcp4-message.js";
import { after, capped, colonHex, domainName, type LeaseDetails, present, some } from "./lease.js";

/** RFC 8415: message type, transaction id, options. */
const HEADER_BYTES = 4;
const REPLY = 7;

const OPTION = {
  CLIENT_ID: 1,
  SERVER_ID: 2,
  IA_NA: 3,
  IA_TA: 4,
  IA_ADDR: 5,
  STATUS: 13,
  DNS: 23,
  DOMAINS: 24,
  IA_PD: 25,
  IA_PREFIX: 26,
  SNTP: 31,
} as const;

/** One address or prefix of a DHCPv6 reply. */
export interface Granted6 {
  readonly kind: "dhcp6" | "prefix_delegation";
  readonly details: LeaseDetails;
}

type Visit = (code: number, value: Buffer) => void;

function eachOption(area: Buffer, visit: Visit): void {
  for (let at = 0; at + 4 <= area.length; ) {
    const size = area.readUInt16BE(at + 2);
    if (at + 4 + size > area.length) return;
    visit(area.readUInt16BE(at), area.subarray(at + 4, at + 4 + size));
    at += 4 + size;
  }
}

/**
 * Reads a DHCPv6 reply as it was on the wire (RFC 8415), one entry for each address and prefix that it grants.
 * @param received when it came, in milliseconds since the epoch; its times count from then
 */
export function parseDhcp6(message: Buffer, received: number): Granted6[] {
  if (message.length < HEADER_BYTES || message[0] !== REPLY) return [];
  const shared = sharedDetails(message.subarray(HEADER_BYTES));
  const granted: Granted6[] = [];
  eachOption(message.subarray(HEADER_BYTES), (code, value) => {
    if (code === OPTION.IA_NA || code === OPTION.IA_PD) granted.push(...association(value, 12, received, shared));
    if (code === OPTION.IA_TA) granted.push(...association(value, 4, received, shared));
  });
  return granted;
}

function sharedDetails(area: Buffer): LeaseDetails {
  const details: LeaseDetails = { routers: [], dns: [] };
  eachOption(area, (code, value) => {
    if (code === OPTION.CLIENT_ID) Object.assign(details, present({ duid: colonHex(value) }));
    if (code === OPTION.SERVER_ID) Object.assign(details, present({ serverDuid: colonHex(value) }));
    if (code === OPTION.DNS) details.dns = capped(addresses(value));
    if (code === OPTION.SNTP) Object.assign(details, present({ ntp: some(addresses(value)) }));
    if (code === OPTION.DOMAINS) Object.assign(details, present({ search: some(names(value)) }));
  });
  return details;
}

/** An identity association: its id, for the lasting ones T1 and T2, then its addresses or prefixes. */
function association(value: Buffer, header: 4 | 12, received: number, shared: LeaseDetails): Granted6[] {
  if (value.length < header) return [];
  const times =
    header === 12
      ? present<LeaseDetails>({
          ...shared,
          renewAt: moment(received, value.readUInt32BE(4)),
          rebindAt: moment(received, value.readUInt32BE(8)),
        })
      : shared;
  const common = { ...times, iaid: value.readUInt32BE(0), obtainedAt: received };
  const granted: Granted6[] = [];
  eachOption(value.subarray(header), (code, inner) => {
    if (code === OPTION.IA_ADDR && inner.length >= 24) {
      const details = { ...common, address: formatIpv6(inner, 0), ...lifetimes(inner, 16, received) };
      granted.push({ kind: "dhcp6", details });
    }
    if (code === OPTION.IA_PREFIX && inner.length >= 25) {
      const prefix = { prefix: formatIpv6(inner, 9), prefixlen: Math.min(128, inner[8] ?? 0) };
      granted.push({ kind: "prefix_delegation", details: { ...common, ...prefix, ...lifetimes(inner, 0, received) } });
    }
  });
  return granted;
}

/** 0 leaves T1 and T2 to the client. */
const moment = (received: number, seconds: number): number | undefined =>
  seconds === 0 ? undefined : after(received, seconds);

const lifetimes = (bytes: Buffer, at: number, received: number) => ({
  preferredUntil: after(received, bytes.readUInt32BE(at)),
  expiresAt: after(received, bytes.readUInt32BE(at + 4)),
  lifetimeSeconds: bytes.readUInt32BE(at + 4),
});

function addresses(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 16 <= bytes.length; at += 16) found.push(formatIpv6(bytes, at));
  return found;
}

function names(bytes: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const read = nameAt(bytes, at);
    if (!read) break;
    const name = domainName(read.name);
    if (name !== undefined) found.push(name);
    at = read.next;
  }
  return found;
}
