import type { Files } from "../files.js";
import { networkOf } from "../ip-address.js";
import type { IpFamily, KernelAddress, KernelLink, KernelRoute } from "../net-model.js";
import { type Dhcp6cConfig, parseDhcp6cConfig } from "./dhcp6c-config.js";
import { type KernelTimes, kernelTimes } from "./in-force.js";
import { colonHex, type LeaseClientName, type LeaseRecord } from "./lease.js";
import { leaseFile } from "./lease-files.js";
import { clientOf, type Situation } from "./situation.js";

// Leases that no client's file tells: the kernel's own, and those of clients that keep none.

type Common = Pick<LeaseRecord, "interface" | "family" | "source" | "dns" | "address" | "prefixlen">;

/** The gateways of an interface's default routes. */
function gatewaysOf(ifname: string, family: IpFamily, { routes }: Situation): string[] {
  const found = new Set<string>();
  for (const route of routes) {
    if (route.family !== family || route.dst !== "default") continue;
    for (const { dev, gateway } of route.nexthops ?? [route]) {
      if (dev === ifname && gateway !== undefined) found.add(gateway);
    }
  }
  return [...found];
}

/** Addresses that came from the network and that no kept lease explains. */
export function unkeptAddresses(known: readonly LeaseRecord[], situation: Situation): LeaseRecord[] {
  const explained = new Set(known.map((lease) => `${lease.interface} ${lease.address}`));
  const saysWho = situation.links.some(({ addr_info }) => addr_info.some(({ protocol }) => protocol !== undefined));
  return situation.links.flatMap((link) =>
    link.addr_info
      .filter(({ local, scope }) => scope === "global" && !explained.has(`${link.ifname} ${local}`))
      .flatMap((address) => {
        const lease =
          address.family === "inet" ? lent4(link, address, situation) : lent6(link, address, saysWho, situation);
        return lease ?? [];
      }),
  );
}

const commonOf = ({ ifname }: KernelLink, { family, local, prefixlen }: KernelAddress): Common => ({
  interface: ifname,
  family,
  source: "netlink",
  dns: [],
  address: local,
  prefixlen,
});

function lent4(link: KernelLink, address: KernelAddress, situation: Situation): LeaseRecord | undefined {
  const client = clientOf(situation, link.ifname, "inet");
  // udhcpc keeps no file, and its script gives the address no end: it sets the first address of the link.
  const isFirst = link.addr_info.find(({ family, scope }) => family === "inet" && scope === "global") === address;
  if (!client || !(address.dynamic || (client.name === "udhcpc" && isFirst))) return undefined;
  return {
    ...commonOf(link, address),
    kind: "dhcp4",
    client: client.name,
    routers: gatewaysOf(link.ifname, "inet", situation),
    ...kernelTimes(address, situation.now),
  };
}

/** @param saysWho whether this kernel says who made an address (5.18 and later do) */
function lent6(
  link: KernelLink,
  address: KernelAddress,
  saysWho: boolean,
  situation: Situation,
): LeaseRecord | undefined {
  const client = clientOf(situation, link.ifname, "inet6");
  const byKernel = address.protocol === "kernel_ra" || (!saysWho && address.dynamic === true && !client);
  const common = commonOf(link, address);
  const times = kernelTimes(address, situation.now);
  if (byKernel) return slaac(common, "kernel", times, situation);
  if (!client || !address.dynamic) return undefined;
  if (address.prefixlen < 128) return slaac(common, client.name, times, situation);
  return {
    ...common,
    kind: "dhcp6",
    client: client.name,
    routers: [],
    ...identityOf(link.ifname, situation),
    ...times,
  };
}

/** networkd notes who it is to the DHCPv6 server, though not what that gave. */
function identityOf(ifname: string, { networkd }: Situation): Partial<Pick<LeaseRecord, "iaid" | "duid">> {
  const { iaid, duid } = networkd.get(ifname) ?? {};
  return { ...(iaid !== undefined && { iaid }), ...(duid !== undefined && { duid }) };
}

function slaac(common: Common, client: LeaseClientName, times: KernelTimes, situation: Situation): LeaseRecord {
  const routers = gatewaysOf(common.interface, "inet6", situation);
  const [only] = routers;
  const prefix = networkOf(common.address ?? "", common.prefixlen ?? 128);
  return {
    ...common,
    kind: "slaac",
    client,
    ...(prefix !== undefined && { prefix }),
    routers,
    ...(only !== undefined && routers.length === 1 && { server: only }),
    ...times,
  };
}

/** networkd keeps no file of prefixes, but routes what it does not use of them nowhere. */
export function networkdPrefixes(situation: Situation): LeaseRecord[] {
  const uplinks = [...situation.networkd].filter(([, { iaid }]) => iaid !== undefined);
  const [uplink] = uplinks;
  const isRunning = situation.clients.some(({ name }) => name === "systemd-networkd");
  // Of several uplinks nobody says which one it came by.
  if (!isRunning || !uplink || uplinks.length > 1) return [];
  return situation.routes.filter(isReject).flatMap(({ dst, expires }) => {
    const [prefix = "", length] = dst.split("/");
    if (length === undefined) return [];
    return [
      {
        interface: uplink[0],
        family: "inet6" as const,
        kind: "prefix_delegation" as const,
        client: "systemd-networkd" as const,
        source: "netlink",
        prefix,
        prefixlen: Number(length),
        routers: [],
        dns: [],
        ...identityOf(uplink[0], situation),
        ...(expires !== undefined && { expiresAt: situation.now + expires * 1000 }),
      },
    ];
  });
}

const isReject = ({ family, type, protocol }: KernelRoute): boolean =>
  family === "inet6" && type === "unreachable" && protocol === "dhcp";

const DHCP6C_DUID = "/var/lib/dhcpv6/dhcp6c_duid";

/** dhcp6c keeps nothing of its leases: its configuration and the addresses that it made tell them. */
export async function dhcp6cLeases(files: Files, situation: Situation): Promise<LeaseRecord[]> {
  const clients = situation.clients.filter(({ name }) => name === "dhcp6c");
  if (clients.length === 0) return [];
  const kept = await leaseFile(files, DHCP6C_DUID);
  // Two bytes of length in front, in the machine's order.
  const duid = kept && kept.bytes.length > 2 ? colonHex(kept.bytes.subarray(2)) : undefined;
  const found: LeaseRecord[] = [];
  for (const { file, interfaces } of clients) {
    const config = file?.startsWith("/") ? await leaseFile(files, file) : undefined;
    if (!file || !config) continue;
    const asked = parseDhcp6cConfig(config.bytes.toString("utf8"));
    const isOurs = ({ ifname }: { ifname: string }) => interfaces?.includes(ifname) ?? true;
    const granted = [...prefixesOf(asked, isOurs, situation), ...addressesOf(asked, isOurs, situation)];
    for (const lease of granted) {
      const head = { family: "inet6", client: "dhcp6c", source: file, ...(duid !== undefined && { duid }) } as const;
      found.push({ ...head, ...lease, routers: [], dns: [] });
    }
  }
  return found;
}

type IsOurs = (one: { ifname: string }) => boolean;

const globalsOf = ({ links }: Situation, ifname: string): KernelAddress[] =>
  (links.find((link) => link.ifname === ifname)?.addr_info ?? []).filter(
    ({ family, scope, protocol }) => family === "inet6" && scope === "global" && protocol !== "kernel_ra",
  );

const prefixesOf = ({ prefixes }: Dhcp6cConfig, isOurs: IsOurs, situation: Situation) =>
  prefixes.filter(isOurs).flatMap(({ ifname, iaid, subnets }) => {
    const seen = new Map<
      string,
      { interface: string; kind: "prefix_delegation"; iaid: number; prefix: string; prefixlen: number }
    >();
    for (const { ifname: inner, slaBits } of subnets) {
      for (const { local, prefixlen } of globalsOf(situation, inner)) {
        const length = prefixlen - slaBits;
        const prefix = prefixlen === 64 && length >= 0 ? networkOf(local, length) : undefined;
        if (prefix === undefined) continue;
        seen.set(`${prefix}/${length}`, {
          interface: ifname,
          kind: "prefix_delegation",
          iaid,
          prefix,
          prefixlen: length,
        });
      }
    }
    return [...seen.values()];
  });

const addressesOf = ({ addresses }: Dhcp6cConfig, isOurs: IsOurs, situation: Situation) =>
  addresses.filter(isOurs).flatMap(({ ifname, iaid }) =>
    globalsOf(situation, ifname)
      .filter(({ prefixlen }) => prefixlen === 128)
      .map(({ local, prefixlen }) => ({ interface: ifname, kind: "dhcp6" as const, iaid, address: local, prefixlen })),
  );
