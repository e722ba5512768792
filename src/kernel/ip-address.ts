import { isIPv4, isIPv6 } from "node:net";

/** Four bytes as a dotted quad. */
export const formatIpv4 = (bytes: Uint8Array, at: number): string =>
  `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;

/** Where the longest run of at least two zero words is; the first of equals. */
const longestZeroRun = (words: readonly number[]): { start: number; length: number } => {
  let best = { start: -1, length: 1 };
  for (let start = 0; start < words.length; start++) {
    let length = 0;
    while (start + length < words.length && words[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
    start += length;
  }
  return best;
};

/** Sixteen bytes as the C library writes them: RFC 5952, with a dotted quad in mapped and compatible addresses. */
export function formatIpv6(bytes: Uint8Array, at: number): string {
  const words: number[] = [];
  for (let word = at; word < at + 16; word += 2) words.push(((bytes[word] ?? 0) << 8) | (bytes[word + 1] ?? 0));
  const zeros = longestZeroRun(words);
  if (zeros.start === 0 && zeros.length === 6) return `::${formatIpv4(bytes, at + 12)}`;
  if (zeros.start === 0 && zeros.length === 5 && words[5] === 0xffff) return `::ffff:${formatIpv4(bytes, at + 12)}`;
  const hex = (part: readonly number[]) => part.map((word) => word.toString(16)).join(":");
  if (zeros.start < 0) return hex(words);
  return `${hex(words.slice(0, zeros.start))}::${hex(words.slice(zeros.start + zeros.length))}`;
}

/** An address of either family as bytes; undefined where the text is none. A zone (`%eth0`) makes it none. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
  if (!isIPv6(text) || text.includes("%")) return undefined;
  const quad = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hex = (high: string | undefined, low: string | undefined) => ((Number(high) << 8) | Number(low)).toString(16);
  const plain = quad ? `${quad[1]}${hex(quad[2], quad[3])}:${hex(quad[4], quad[5])}` : text;
  const [head = "", tail] = plain.split("::");
  const words = (part: string) => (part === "" ? [] : part.split(":").map((word) => Number.parseInt(word, 16)));
  const front = words(head);
  const back = tail === undefined ? [] : words(tail);
  const all = [...front, ...new Array<number>(8 - front.length - back.length).fill(0), ...back];
  return Uint8Array.from(all.flatMap((word) => [word >> 8, word & 0xff]));
}

/**
 * An IPv4 address as the C library's `inet_aton` reads it: one to four numbers, the last of which fills what is left
 * (`10.1` is 10.0.0.1), decimal, octal behind a zero, hexadecimal behind `0x`. Undefined where the text is none.
 */
export function inetAton(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  const numbers = parts.map(aNumber);
  const last = numbers.pop() ?? Number.NaN;
  if (parts.length > 4 || !(last < 256 ** (5 - parts.length)) || !numbers.every((part) => part < 256)) return undefined;
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, last);
  for (const [at, part] of numbers.entries()) bytes[at] = part;
  return bytes;
}

const aNumber = (digits: string): number => {
  if (/^0x[0-9a-f]{1,8}$/i.test(digits)) return Number.parseInt(digits, 16);
  if (/^0[0-7]{0,11}$/.test(digits)) return Number.parseInt(digits, 8);
  return /^[1-9][0-9]{0,9}$/.test(digits) ? Number(digits) : Number.NaN;
};

const format = (bytes: Uint8Array): string => (bytes.length === 4 ? formatIpv4(bytes, 0) : formatIpv6(bytes, 0));

/** An address in the kernel's spelling, so that two spellings of one address compare equal; undefined where it is none. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseAddress(text);
  return bytes && format(bytes);
}

/** A prefix in the kernel's spelling; `hostBits` says that bits beyond its length were set (and are cleared here). */
export interface CanonicalPrefix {
  /** `192.0.2.0/24`, a bare address for a host route, or `default`. */
  readonly text: string;
  /** Absent for the word `default`, which is of both families. */
  readonly family?: "inet" | "inet6";
  readonly hostBits: boolean;
}

/** Reads `default`, an address or a prefix in CIDR form; undefined where the text is none of them. */
export function parsePrefix(text: string): CanonicalPrefix | undefined {
  if (text === "default") return { text, hostBits: false };
  const [address = "", length, ...rest] = text.split("/");
  const bytes = parseAddress(address);
  if (!bytes || rest.length > 0) return undefined;
  const bits = bytes.length * 8;
  const prefix = length === undefined ? bits : Number(length);
  if ((length !== undefined && !/^[0-9]{1,3}$/.test(length)) || prefix > bits) return undefined;
  const masked = bytes.map((byte, index) => byte & (0xff00 >> Math.min(8, Math.max(0, prefix - index * 8))));
  const hostBits = masked.some((byte, index) => byte !== bytes[index]);
  const family = bits === 32 ? "inet" : "inet6";
  if (prefix === 0) return { text: "default", family, hostBits };
  return { text: prefix === bits ? format(masked) : `${format(masked)}/${prefix}`, family, hostBits };
}

/** The first address of the prefix of that length that an address lies in; undefined where the text is no address. */
export const networkOf = (address: string, prefixlen: number): string | undefined => {
  const text = parsePrefix(`${address}/${prefixlen}`)?.text;
  return text === "default" ? (address.includes(":") ? "::" : "0.0.0.0") : text?.split("/")[0];
};

/** Whether an address lies in a prefix; never of another family. */
export const containsAddress = (prefix: string, prefixlen: number, address: string): boolean =>
  prefix.includes(":") === address.includes(":") && networkOf(prefix, prefixlen) === networkOf(address, prefixlen);
