import type { IpConfig } from "../../../generated/types.gen.js";
import { maskLength } from "../../kernel/dhcp/lease.js";
import { canonicalAddress, parseAddress } from "../../kernel/ip-address.js";
import type { IpFamily } from "../../kernel/net-model.js";

/** How a parameter wants one address family to be configured. */
export interface WantedIp {
  readonly family: IpFamily;
  readonly method: IpConfig["method"];
  /** With its prefix length. */
  readonly address?: string;
  readonly gateway?: string;
  readonly dns: readonly string[];
  readonly hostname?: string;
  readonly interface?: string;
}

/** What a parameter means, or what is wrong with it. */
export type Understood<T> = { readonly meaning: T } | { readonly problem: string };

const problem = (text: string): { problem: string } => ({ problem: text.slice(0, 512) });

/** An interface's name as the kernel takes it. */
export const isInterfaceName = (name: string): boolean =>
  Buffer.byteLength(name) <= 15 && /^(?!\.{1,2}$)[^/\s:\p{Cc}-][^/\s:\p{Cc}]*$/u.test(name);

const familyOf = (address: string): IpFamily => (address.includes(":") ? "inet6" : "inet");

/** An address of a family in the kernel's spelling; undefined for anything else. */
const addressOf = (text: string, family: IpFamily): string | undefined => {
  const address = canonicalAddress(text);
  return address !== undefined && familyOf(address) === family ? address : undefined;
};

const MOS_METHODS: Readonly<Record<IpFamily, Readonly<Record<string, IpConfig["method"]>>>> = {
  inet: { dhcp: "dhcp", off: "off", none: "off" },
  inet6: {
    slaac: "slaac",
    auto: "slaac",
    dhcp: "dhcp",
    "slaac+dhcp": "slaac_dhcp",
    "link-local": "link_local",
    off: "off",
    none: "off",
  },
};

/** `mosip4=` and `mosip6=`: a method, or `address/length[,gateway[,server…]]`. */
export function mosAddress(value: string, family: IpFamily): Understood<WantedIp> {
  const methods = MOS_METHODS[family];
  const method = Object.hasOwn(methods, value) ? methods[value] : undefined;
  if (method !== undefined) return { meaning: { family, method, dns: [] } };
  const [cidr = "", gateway, ...servers] = value.split(",");
  const [local = "", length] = cidr.split("/");
  const address = addressOf(local, family);
  const bits = family === "inet" ? 32 : 128;
  const name = family === "inet" ? "IPv4" : "IPv6";
  if (address === undefined) {
    return problem(`${local || "it"} is neither ${Object.keys(methods).join(", ")} nor an ${name} address`);
  }
  if (length === undefined || !/^[0-9]{1,3}$/.test(length) || Number(length) > bits) {
    return problem(`${cidr} has no prefix length from 0 to ${bits}`);
  }
  const via = gateway === undefined || gateway === "" ? undefined : addressOf(gateway, family);
  if (gateway && via === undefined) return problem(`the gateway ${gateway} is no ${name} address`);
  const dns = servers.map((server) => canonicalAddress(server));
  if (dns.includes(undefined)) return problem("a name server is no address");
  return {
    meaning: {
      family,
      method: "static",
      address: `${address}/${Number(length)}`,
      ...(via !== undefined && { gateway: via }),
      dns: dns.filter((server) => server !== undefined),
    },
  };
}

/** The words of `ip=` that stand for a method, with the family that they are about. */
const AUTOCONF: Readonly<Record<string, readonly [IpFamily, IpConfig["method"]]>> = {
  dhcp: ["inet", "dhcp"],
  dhcp4: ["inet", "dhcp"],
  bootp: ["inet", "dhcp"],
  rarp: ["inet", "dhcp"],
  both: ["inet", "dhcp"],
  on: ["inet", "dhcp"],
  any: ["inet", "dhcp"],
  off: ["inet", "off"],
  none: ["inet", "off"],
  dhcp6: ["inet6", "dhcp"],
  auto6: ["inet6", "slaac"],
  either6: ["inet6", "slaac_dhcp"],
  link6: ["inet6", "link_local"],
};

const autoconf = (word: string) => (Object.hasOwn(AUTOCONF, word) ? AUTOCONF[word] : undefined);

/** Fields between colons; an IPv6 address stands in brackets. */
const fieldsOf = (value: string): string[] =>
  (value.match(/(?:\[[^\]]*\]|[^:[\]])*(?::|$)/g) ?? [])
    .map((field) => field.replace(/:$/, ""))
    .map((field) => field.replace(/^\[(.*)\]$/, "$1"))
    .slice(0, Math.max(1, countColons(value) + 1));

const countColons = (value: string): number => value.replace(/\[[^\]]*\]/g, "").split(":").length - 1;

/** `ip=` as the kernel and dracut read it. */
export function kernelAddress(value: string): Understood<WantedIp> {
  const fields = fieldsOf(value);
  const [first = "", second = ""] = fields;
  const whole = autoconf(value);
  if (whole) return { meaning: { family: whole[0], method: whole[1], dns: [] } };
  const onOne = autoconf(second);
  // dracut: `ip=eth0:dhcp`, perhaps with an MTU and a MAC address behind it.
  if (onOne && isInterfaceName(first) && canonicalAddress(first) === undefined) {
    return { meaning: { family: onOne[0], method: onOne[1], dns: [], interface: first } };
  }
  if (first !== "" && canonicalAddress(first) === undefined) return problem(`${first} is no address and no method`);
  return fullForm(fields);
}

/** `client:server:gateway:netmask:hostname:device:autoconf:dns0:dns1:ntp0` */
function fullForm(fields: readonly string[]): Understood<WantedIp> {
  const [client = "", , gateway = "", mask = "", hostname = "", device = "", word = "", ...rest] = fields;
  const address = canonicalAddress(client);
  const dns = rest.slice(0, 2).filter(Boolean);
  if (device !== "" && !isInterfaceName(device)) return problem(`${device} cannot be an interface's name`);
  if (dns.some((server) => canonicalAddress(server) === undefined)) return problem("a name server is no address");
  const common = {
    dns: dns.map((server) => canonicalAddress(server) ?? server),
    ...(hostname !== "" && hostname.length <= 253 && { hostname }),
    ...(device !== "" && { interface: device }),
  };
  if (address === undefined) {
    const method = autoconf(word === "" ? "any" : word);
    if (!method) return problem(`${word} is no method`);
    return { meaning: { family: method[0], method: method[1], ...common } };
  }
  const family = familyOf(address);
  const length = prefixLength(mask, address);
  if (length === undefined) return problem(`${mask} is no netmask and no prefix length`);
  const via = gateway === "" ? undefined : addressOf(gateway, family);
  if (gateway !== "" && via === undefined) return problem(`the gateway ${gateway} is no address of the same family`);
  const route = via !== undefined && { gateway: via };
  return { meaning: { family, method: "static", address: `${address}/${length}`, ...route, ...common } };
}

/** A dotted mask or a length; the kernel guesses by class where there is neither. */
function prefixLength(mask: string, address: string): number | undefined {
  const bits = address.includes(":") ? 128 : 32;
  if (mask === "") return bits === 128 ? 128 : classLength(Number(address.split(".")[0]));
  if (/^[0-9]{1,3}$/.test(mask)) return Number(mask) <= bits ? Number(mask) : undefined;
  const bytes = parseAddress(mask);
  return bytes && maskLength(bytes);
}

const classLength = (first: number): number => (first < 128 ? 8 : first < 192 ? 16 : 24);
