import { formatIpv4, formatIpv6, parseAddress } from "./ip-address.js";
import type { IpFamily } from "./net-model.js";

/** An address range of one family, its host bits cleared. */
export interface IpPrefix {
  readonly family: IpFamily;
  /** Four or sixteen bytes. */
  readonly bytes: Uint8Array;
  readonly length: number;
}

/** Reads an address (a range of one) or a prefix in CIDR form; `hostBits` says that bits beyond its length were set. */
export function parseIpPrefix(text: string): { prefix: IpPrefix; hostBits: boolean } | undefined {
  const [address = "", digits, ...rest] = text.split("/");
  const given = parseAddress(address);
  if (!given || rest.length > 0 || (digits !== undefined && !/^[0-9]{1,3}$/.test(digits))) return undefined;
  const length = digits === undefined ? given.length * 8 : Number(digits);
  if (length > given.length * 8) return undefined;
  const bytes = given.map((byte, index) => byte & maskByte(length, index));
  const family = given.length === 4 ? "inet" : "inet6";
  return { prefix: { family, bytes, length }, hostBits: bytes.some((byte, index) => byte !== given[index]) };
}

const maskByte = (length: number, index: number): number =>
  (0xff00 >> Math.min(8, Math.max(0, length - index * 8))) & 0xff;

/** The range's first address in the kernel's spelling. */
export const prefixAddress = ({ bytes }: IpPrefix): string =>
  bytes.length === 4 ? formatIpv4(bytes, 0) : formatIpv6(bytes, 0);

/** `10.0.0.0/8`, `fd00::/64`; a range of one address has its length too. */
export const cidrText = (prefix: IpPrefix): string => `${prefixAddress(prefix)}/${prefix.length}`;

/** The same, but a range of one address is the bare address. */
export const prefixText = (prefix: IpPrefix): string =>
  prefix.length === prefix.bytes.length * 8 ? prefixAddress(prefix) : cidrText(prefix);

/** Whether the bytes from `at` on are an address of the range's; the family is the caller's to compare. */
export function holdsAt({ bytes, length }: IpPrefix, address: Uint8Array, at: number): boolean {
  for (let index = 0; index * 8 < length; index++) {
    if (((address[at + index] ?? 0) & maskByte(length, index)) !== bytes[index]) return false;
  }
  return true;
}

/** Whether every address of `inner` is one of `outer`. */
export const covers = (outer: IpPrefix, inner: IpPrefix): boolean =>
  outer.family === inner.family && outer.length <= inner.length && holdsAt(outer, inner.bytes, 0);

/** Whether the two have an address in common. */
export const overlaps = (a: IpPrefix, b: IpPrefix): boolean => covers(a, b) || covers(b, a);
