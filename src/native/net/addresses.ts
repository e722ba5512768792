import { canonicalAddress, formatIpv4, parseAddress } from "../../kernel/ip-address.js";
import { cidrText, type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import type { IpFamily } from "../../kernel/net-model.js";
import { type RpcError, rpcError } from "../../rpc/errors.js";

/** `invalid_argument` on a field. */
export const refused = (field: string, reason: string): RpcError =>
  rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);

/** An address or a prefix without host bits. Throws `invalid_argument`. */
export function addressRange(field: string, text: string): IpPrefix {
  const parsed = parseIpPrefix(text);
  if (!parsed) throw refused(field, `${text} is no IPv4 or IPv6 address or prefix`);
  if (parsed.prefix.length >= MAPPED_LENGTH) refuseMapped(field, parsed.prefix.bytes);
  if (parsed.hostBits) throw refused(field, `host bits are set; did you mean ${cidrText(parsed.prefix)}?`);
  return parsed.prefix;
}

/** One address of either family, in the kernel's spelling. */
export interface Address {
  readonly text: string;
  readonly family: IpFamily;
  readonly bytes: Uint8Array;
}

/** An address. Throws `invalid_argument`. */
export function singleAddress(field: string, text: string): Address {
  const bytes = parseAddress(text);
  const canonical = canonicalAddress(text);
  if (!bytes || canonical === undefined) throw refused(field, `${text} is no IPv4 or IPv6 address`);
  refuseMapped(field, bytes);
  return { text: canonical, bytes, family: bytes.length === 4 ? "inet" : "inet6" };
}

const MAPPED_LENGTH = 96;

/** Sockets show IPv4 addresses as `::ffff:192.0.2.1`; no packet carries one, so that a rule for it would never match. */
function refuseMapped(field: string, bytes: Uint8Array): void {
  const isMapped = bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0);
  if (!isMapped || bytes[10] !== 0xff || bytes[11] !== 0xff) return;
  throw refused(field, `it is IPv4 in the form of IPv6, which no packet carries; write ${formatIpv4(bytes, 12)}`);
}

/** Which sort of address it is where no packet can be sent on to it, or come from it, on a network; undefined for a host's. */
export function hostlessKind(bytes: Uint8Array): string | undefined {
  const [first = 0] = bytes;
  if (bytes.length === 4) {
    if (first === 127) return "loopback";
    if (first === 0) return "unspecified";
    return first >= 224 ? "multicast or reserved" : undefined;
  }
  const isLastAlone = bytes.slice(0, -1).every((byte) => byte === 0);
  if (isLastAlone && (bytes[15] ?? 0) <= 1) return "loopback or unspecified";
  return first === 0xff ? "multicast" : undefined;
}

/** An IPv6 address that means another host on every link. */
export const isLinkLocal = ([first = 0, second = 0, ...rest]: Uint8Array): boolean =>
  rest.length === 14 && first === 0xfe && (second & 0xc0) === 0x80;
