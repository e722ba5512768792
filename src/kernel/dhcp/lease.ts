import type { IpFamily } from "../net-model.js";
import { isDomain } from "../resolv.js";

export type LeaseClientName =
  | "systemd-networkd"
  | "networkmanager"
  | "dhcpcd"
  | "dhclient"
  | "udhcpc"
  | "dhcp6c"
  | "kernel"
  | "unknown";

export interface LentRoute {
  readonly dst: string;
  readonly gateway?: string;
}

/** What the network lent: one address or one prefix, as a client keeps it. What the client does not keep is absent. */
export interface LeaseRecord {
  interface: string;
  family: IpFamily;
  kind: "dhcp4" | "dhcp6" | "slaac" | "prefix_delegation";
  client: LeaseClientName;
  /** The file that it was read from, or `netlink`. */
  source: string;
  address?: string;
  prefix?: string;
  prefixlen?: number;
  server?: string;
  serverDuid?: string;
  routers: string[];
  dns: string[];
  ntp?: string[];
  domain?: string;
  search?: string[];
  hostname?: string;
  mtu?: number;
  broadcast?: string;
  routes?: LentRoute[];
  clientId?: string;
  iaid?: number;
  duid?: string;
  /** Moments in milliseconds since the epoch; `Infinity` is never. */
  obtainedAt?: number;
  renewAt?: number;
  rebindAt?: number;
  expiresAt?: number;
  preferredUntil?: number;
  /** Seconds; 4294967295 is for ever. */
  lifetimeSeconds?: number;
}

/** What a DHCP message or file says beyond the address itself. */
export type LeaseDetails = Omit<LeaseRecord, "interface" | "family" | "kind" | "client" | "source">;

export const FOREVER_SECONDS = 0xffff_ffff;

/** More of a lease file than any client writes: a client keeps some dozens of leases at most. */
export const MAX_LEASE_FILE = 1024 * 1024;

const MAX_ITEMS = 64;
const MAX_NAME = 253;

/** The moment so many seconds after another; never for 4294967295 seconds. */
export const after = (from: number, seconds: number): number =>
  seconds === FOREVER_SECONDS ? Number.POSITIVE_INFINITY : from + seconds * 1000;

/** A list as the wire takes it, or undefined where it is empty. */
export const some = <T>(items: readonly T[]): T[] | undefined =>
  items.length > 0 ? items.slice(0, MAX_ITEMS) : undefined;

export const capped = <T>(items: readonly T[]): T[] => items.slice(0, MAX_ITEMS);

/** A domain without the dots around it; undefined where the text is none. */
export function domainName(text: string | undefined): string | undefined {
  const name = text?.replace(/^\.+|\.+$/g, "");
  return name !== undefined && isDomain(name) ? name : undefined;
}

/** Blank-separated domains. */
export const domainNames = (text: string): string[] => text.split(/\s+/).flatMap((word) => domainName(word) ?? []);

/** A host or server name that a person can read; undefined for anything else. */
export const hostName = (text: string | undefined): string | undefined =>
  text !== undefined && text.length > 0 && text.length <= MAX_NAME && !/[\s\p{Cc}\ufffd]/u.test(text)
    ? text
    : undefined;

/** RFC 8415: a DUID has at most 130 bytes; no client identifier that is in use has more either. */
const MAX_IDENTIFIER = 130;

/** An identifier as colon-separated hexadecimal; undefined for none. */
export const colonHex = (bytes: Uint8Array): string | undefined =>
  bytes.length === 0
    ? undefined
    : [...bytes.subarray(0, MAX_IDENTIFIER)].map((byte) => byte.toString(16).padStart(2, "0")).join(":");

/** Seconds as 32 bits can say them. */
export const seconds32 = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.min(seconds, FOREVER_SECONDS);

/** A netmask's length; undefined where its ones are not all in front. */
export function maskLength(mask: Uint8Array): number | undefined {
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const length = bits.indexOf("0") < 0 ? bits.length : bits.indexOf("0");
  return mask.length === 4 && !bits.includes("1", length) ? length : undefined;
}

/** Leaves out what is undefined, so that an absent field is no field. */
export function present<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
