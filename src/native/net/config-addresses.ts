import type { ConfigSource, IpConfig } from "../../../generated/types.gen.js";
import { kernelUsedDhcp } from "../../kernel/command-line.js";
import type { LeaseRecord } from "../../kernel/dhcp/lease.js";
import type { Files } from "../../kernel/files.js";
import { ifupdownMethod } from "../../kernel/ifupdown.js";
import type { IpFamily, KernelLink } from "../../kernel/net-model.js";
import { netSwitch } from "../../kernel/sysctl.js";
import type { WantedIp } from "./boot-addresses.js";
import type { Told } from "./boot-parameters.js";
import type { Actual } from "./config-actual.js";

/** How one family is configured: by the command line, else by whoever manages the link with the way out. */
export async function ipConfig(
  files: Files,
  family: IpFamily,
  wanted: readonly Told[],
  actual: Actual,
): Promise<IpConfig> {
  const told = wantedOf(wanted, family);
  if (told) return fromCommandLine(files, told.text, told.ip, actual);
  return fromNode(files, family, actual);
}

/** MOS's own parameter comes before the kernel's `ip=`. */
function wantedOf(wanted: readonly Told[], family: IpFamily): { text: string; ip: WantedIp } | undefined {
  const all = wanted.flatMap(({ text, parameter, meaning: { ip } }) =>
    ip?.family === family ? [{ text, ip, isOwn: parameter.name.startsWith("mosip") }] : [],
  );
  return all.find(({ isOwn }) => isOwn) ?? all.at(-1);
}

const MAX_ADDRESSES = 65_536;

const addressesOf = (links: readonly KernelLink[], family: IpFamily, scope: string, ifname?: string): string[] =>
  links
    .filter((link) => ifname === undefined || link.ifname === ifname)
    .flatMap(({ addr_info }) => addr_info.filter((one) => one.family === family && one.scope === scope))
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    .slice(0, MAX_ADDRESSES);

function gatewaysOf({ defaults }: Actual, family: IpFamily): string[] {
  const found: string[] = [];
  for (const route of defaults.filter((one) => one.family === family)) {
    for (const { gateway, via } of route.nexthops ?? [route]) {
      const hop = gateway ?? via?.host;
      if (hop !== undefined) found.push(hop);
    }
  }
  return found;
}

const leasesOf = ({ leases }: Actual, family: IpFamily, ifname?: string): LeaseRecord[] =>
  leases.leases.filter(
    (lease) =>
      lease.family === family &&
      lease.kind !== "prefix_delegation" &&
      (ifname === undefined || lease.interface === ifname),
  );

async function fromCommandLine(files: Files, parameter: string, ip: WantedIp, actual: Actual): Promise<IpConfig> {
  const { family, method, address, gateway, dns, hostname, interface: ifname } = ip;
  const reason = await whyNot(files, ip, actual);
  const [best] = gatewaysOf(actual, family);
  return {
    family,
    method,
    source: "kernel_command_line",
    parameter,
    ...(ifname !== undefined && { interface: ifname }),
    ...(address !== undefined && { address }),
    ...(gateway !== undefined && { gateway }),
    dns: [...dns],
    ...(hostname !== undefined && { hostname }),
    addresses: addressesOf(actual.links, family, "global", ifname),
    ...(best !== undefined && { default_gateway: best }),
    in_force: reason === undefined,
    ...(reason !== undefined && { reason: reason.slice(0, 512) }),
  };
}

/** Why what the command line wants is not in force; undefined where it is. */
async function whyNot(files: Files, ip: WantedIp, actual: Actual): Promise<string | undefined> {
  const { family, method, interface: ifname } = ip;
  if (ifname !== undefined && !actual.links.some((link) => link.ifname === ifname))
    return `there is no interface ${ifname}`;
  const place = ifname ?? "any interface";
  const held = leasesOf(actual, family, ifname).map(({ kind }) => kind);
  const addresses = addressesOf(actual.links, family, "global", ifname);
  if (method === "static") return whyNotStatic(ip, addresses, actual);
  if (method === "off") return addresses.length > 0 ? `${addresses[0]} is there` : undefined;
  if (method === "link_local") {
    return addressesOf(actual.links, family, "link", ifname).length > 0
      ? undefined
      : `no link-local address on ${place}`;
  }
  if (method === "slaac") return held.includes("slaac") ? undefined : `no address by SLAAC on ${place}`;
  if (held.length > 0 && (method === "slaac_dhcp" || !held.every((kind) => kind === "slaac"))) return undefined;
  if (family === "inet" && addresses.length > 0 && (await kernelUsedDhcp(files))) return undefined;
  return `no ${family === "inet" ? "DHCPv4" : "DHCPv6"} lease is held on ${place}`;
}

function whyNotStatic(
  { address, gateway, family, interface: ifname }: WantedIp,
  there: readonly string[],
  actual: Actual,
) {
  if (address === undefined || !there.includes(address)) return `${address} is not on ${ifname ?? "any interface"}`;
  if (gateway === undefined || gatewaysOf(actual, family).includes(gateway)) return undefined;
  return `no default route leads over ${gateway}`;
}

/** The link that leads out, or else the first one with an address. */
function mainLink({ defaults, links }: Actual, family: IpFamily): KernelLink | undefined {
  const out = defaults.find((route) => route.family === family);
  const dev = out?.dev ?? out?.nexthops?.[0]?.dev;
  return (
    links.find(({ ifname }) => ifname === dev) ??
    links.find(({ addr_info }) => addr_info.some((one) => one.family === family && one.scope === "global"))
  );
}

/** What nobody wants by a parameter is as it is: the question is only who made it so. */
async function fromNode(files: Files, family: IpFamily, actual: Actual): Promise<IpConfig> {
  const [best] = gatewaysOf(actual, family);
  const common = {
    family,
    dns: [],
    addresses: addressesOf(actual.links, family, "global"),
    ...(best !== undefined && { default_gateway: best }),
    in_force: true,
  };
  if (family === "inet6" && (await netSwitch(files, "ipv6/conf/all/disable_ipv6")) === 1) {
    return { ...common, method: "off", source: "kernel", parameter: "net.ipv6.conf.all.disable_ipv6=1" };
  }
  const link = mainLink(actual, family);
  if (!link) return { ...common, method: "unmanaged", source: "none" };
  const held = leasesOf(actual, family, link.ifname);
  const maker = await makerOf(files, family, link.ifname, held, actual);
  const method = maker.source === "none" ? "unmanaged" : methodOf(held);
  return { ...common, method, ...maker, interface: link.ifname };
}

function methodOf(held: readonly LeaseRecord[]): IpConfig["method"] {
  const kinds = new Set(held.map(({ kind }) => kind));
  if (kinds.size === 0) return "static";
  if (!kinds.has("slaac")) return "dhcp";
  return kinds.has("dhcp6") ? "slaac_dhcp" : "slaac";
}

interface Maker {
  readonly source: ConfigSource;
  readonly parameter?: string;
}

/** netplan writes files for networkd, which then says that it uses them. */
const NETPLAN_FILE = /^\/run\/systemd\/network\/\d*-?netplan-/;

/** The program that configures a link in a family, and where it says so. */
async function makerOf(
  files: Files,
  family: IpFamily,
  ifname: string,
  held: readonly LeaseRecord[],
  { leases: { situation } }: Actual,
): Promise<Maker> {
  const [lease] = held;
  const networkd = situation.networkd.get(ifname);
  const isKernels = lease?.client === "kernel";
  if (networkd && !isKernels) {
    const { networkFile } = networkd;
    const source = networkFile !== undefined && NETPLAN_FILE.test(networkFile) ? "netplan" : "systemd-networkd";
    return { source, ...(networkFile !== undefined && { parameter: networkFile.slice(0, 4096) }) };
  }
  const connection = situation.networkManager.get(ifname)?.connection;
  if (situation.networkManager.has(ifname) && !isKernels) {
    return {
      source: "networkmanager",
      ...(connection !== undefined && { parameter: `connection ${connection}`.slice(0, 4096) }),
    };
  }
  if (lease?.client === "dhcpcd") return { source: "dhcpcd", parameter: lease.source };
  const stanza = await ifupdownMethod(files, ifname, family);
  if (stanza && !isKernels) return { source: "ifupdown", parameter: `${stanza.file}: ${stanza.text}`.slice(0, 4096) };
  if (isKernels) return { source: "router_advertisement" };
  return lease ? { source: "lease", parameter: lease.source } : { source: "none" };
}
