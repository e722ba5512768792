import type { HealthCheck } from "../../../generated/types.gen.js";
import type { IpFamily, KernelAddress, KernelLink, KernelRoute } from "../../kernel/net-model.js";

/** What the checks of links and routes look at. */
export interface Seen {
  readonly links: readonly KernelLink[];
  /** Unicast default routes of all tables. */
  readonly defaults: readonly KernelRoute[];
}

const FAMILIES: readonly IpFamily[] = ["inet", "inet6"];
const NAMES: Readonly<Record<IpFamily, string>> = { inet: "IPv4", inet6: "IPv6" };

const isUp = ({ flags }: KernelLink): boolean => flags.includes("UP");
const isTap = ({ linkinfo }: KernelLink): boolean => linkinfo?.info_kind === "tun";

/** A tap has carrier while a guest runs, a bridge while a port has: neither is a cable that somebody pulled. */
const needsCarrier = (link: KernelLink, { links }: Seen): boolean => {
  if (!isUp(link) || link.flags.includes("LOOPBACK") || isTap(link)) return false;
  return link.linkinfo?.info_kind !== "bridge" || links.some(({ master }) => master === link.ifname);
};

const nextDevices = ({ dev, nexthops }: KernelRoute): (string | undefined)[] =>
  nexthops ? nexthops.map((hop) => hop.dev) : [dev];

/** One check for each link that is up. */
export function carrierChecks(seen: Seen): HealthCheck[] {
  const ways = new Set(seen.defaults.flatMap(nextDevices));
  const checks = seen.links
    .filter((link) => needsCarrier(link, seen))
    .map(({ ifname, flags }): HealthCheck => {
      const value = flags.includes("LOWER_UP") ? 1 : 0;
      const check = { name: "carrier", subject: ifname, value, threshold: 1, unit: "boolean" } as const;
      if (value === 1) return { ...check, status: "ok", message: `${ifname} has carrier` };
      const isWay = ways.has(ifname);
      const message = `${ifname} is up and has no carrier${isWay ? ", and a default route leads over it" : ""}: look at the cable or the other end`;
      return { ...check, status: isWay ? "fail" : "warn", message };
    });
  return checks.length > 0
    ? checks
    : [{ name: "carrier", status: "ok", message: "no link that needs a carrier is up" }];
}

const isUsable = ({ scope, tentative, dadfailed, deprecated }: KernelAddress): boolean =>
  scope === "global" && !tentative && !dadfailed && !deprecated;

const usable = ({ links }: Seen, family: IpFamily): number =>
  links.filter(isUp).flatMap(({ addr_info }) => addr_info.filter((one) => one.family === family && isUsable(one)))
    .length;

/** One check for each family; a node may do without one of them. */
export const addressChecks = (seen: Seen): HealthCheck[] =>
  FAMILIES.map((family) => {
    const value = usable(seen, family);
    const name = NAMES[family];
    const check = { name: "addresses", subject: family, value, unit: "count" } as const;
    if (value > 0) {
      const message = `${value} usable ${name} address${value === 1 ? "" : "es"}`;
      return { ...check, status: "ok", threshold: 1, message };
    }
    const hasOther = FAMILIES.some((other) => other !== family && usable(seen, other) > 0);
    if (hasOther)
      return { ...check, status: "ok", threshold: 0, message: `no ${name} address; this node does without` };
    const message = `no usable ${name} address of scope global on a link that is up: see net.lease and net.config`;
    return { ...check, status: "fail", threshold: 1, message };
  });

const wayOf = (route: KernelRoute): string => {
  const { gateway, via, dev, nexthops = [] } = route;
  if (nexthops.length > 0) return `default over ${nexthops.length} next hops`;
  const hop = gateway ?? via?.host;
  return `default${hop === undefined ? "" : ` via ${hop}`}${dev === undefined ? "" : ` dev ${dev}`}`;
};

const byMetric = (a: KernelRoute, b: KernelRoute): number => (a.metric ?? 0) - (b.metric ?? 0);

/** One check for each family that has addresses. */
export const routeChecks = (seen: Seen): HealthCheck[] =>
  FAMILIES.map((family) => {
    const routes = seen.defaults.filter((route) => route.family === family).sort(byMetric);
    const [best] = routes;
    const check = { name: "default_route", subject: family, value: routes.length, unit: "count" } as const;
    if (best) return { ...check, status: "ok", threshold: 1, message: wayOf(best) };
    if (usable(seen, family) === 0) {
      return {
        ...check,
        status: "ok",
        threshold: 0,
        message: `no ${NAMES[family]} address, so no default route is wanted`,
      };
    }
    const message = `no ${NAMES[family]} default route: only on-link destinations and those of other routes are reached`;
    return { ...check, status: seen.defaults.length === 0 ? "fail" : "warn", threshold: 1, message };
  });

/** A bridge with an address, guests and no way out of its own: its guests need this node to forward. */
const routesGuests = (bridge: KernelLink, family: IpFamily, { links }: Seen): boolean => {
  if (bridge.linkinfo?.info_kind !== "bridge") return false;
  const ports = links.filter(({ master }) => master === bridge.ifname);
  const hasAddress = bridge.addr_info.some((one) => one.family === family && isUsable(one));
  return hasAddress && ports.length > 0 && ports.every(isTap);
};

/** One check for each family: on where NAT or guests want it. */
export const forwardingChecks = (
  seen: Seen,
  switches: Readonly<Record<IpFamily, number | undefined>>,
  nat: ReadonlySet<IpFamily>,
): HealthCheck[] =>
  FAMILIES.map((family) => {
    const value = switches[family] ? 1 : 0;
    const guests = seen.links.find((link) => routesGuests(link, family, seen));
    const check = { name: "forwarding", subject: family, value, unit: "boolean" } as const;
    const wantedBy = nat.has(family) ? "NAT rules want it" : guests && `the guests on ${guests.ifname} need it`;
    if (wantedBy === undefined) {
      return { ...check, status: "ok", threshold: 0, message: `${value ? "on" : "off"}; nothing here wants it` };
    }
    if (value === 1) return { ...check, status: "ok", threshold: 1, message: `on; ${wantedBy}` };
    const remedy = family === "inet" ? "net.ipv4.ip_forward=1" : "net.ipv6.conf.all.forwarding=1";
    return { ...check, status: "fail", threshold: 1, message: `off, but ${wantedBy}: sysctl -w ${remedy}` };
  });
