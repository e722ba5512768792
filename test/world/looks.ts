import { settle, steady } from "./alike.js";
import { asInterface, asNeighbor, asRoute, type IpEntry, type IpRunner, ipJson } from "./ip-json.js";
import type { Namespace, NetCall } from "./namespace.js";

/** The reads that are compared with `ip`. */
export const CALLS: readonly NetCall[] = [
  ["net.interfaces"],
  ["net.routes"],
  ["net.neighbors"],
  ["net.neighbors", { proxy: true }],
  ["net.neighbors", { state: "NOARP" }],
];

const bothFamilies = (read: (flag: string, family: string) => IpEntry[]): IpEntry[] => [
  ...read("-4", "inet"),
  ...read("-6", "inet6"),
];

/** What `CALLS` should answer, by `ip`. */
export function byIp(namespace: IpRunner): IpEntry[][] {
  const links = new Map(ipJson(namespace, "-d -s -s link").map((link) => [link.ifindex, link]));
  const neighbors = (which: string) =>
    bothFamilies((flag, family) =>
      ipJson(namespace, `${flag} -s neigh show${which}`).map((entry) => asNeighbor(family, entry)),
    );
  return [
    ipJson(namespace, "-d -s -s addr").map((addr) => asInterface(addr, links.get(addr.ifindex ?? 0) ?? {})),
    bothFamilies((flag, family) =>
      ipJson(namespace, `${flag} -d route show table all`).map((route) => asRoute(family, route)),
    ),
    neighbors(""),
    neighbors(" proxy"),
    neighbors(" nud noarp").filter(({ state }) => Array.isArray(state) && state.includes("NOARP")),
  ];
}

/** One read beside what `ip` says. */
export interface Compared {
  readonly label: string;
  readonly ours: unknown;
  readonly ip: readonly IpEntry[];
}

/** The reads beside `ip`'s looks before and after them; undefined where something came or went meanwhile. */
export function compared(before: IpEntry[][], answers: readonly unknown[], after: IpEntry[][]): Compared[] | undefined {
  if (!steady(before, after)) return undefined;
  return CALLS.map(([method, params], place) => ({
    label: `${method} ${JSON.stringify(params ?? {})}`,
    ours: settle(answers[place], before[place], after[place]),
    ip: before[place] ?? [],
  }));
}

/** Looks with `ip`, asks, and looks again, until nothing came or went meanwhile: states and detection take their time. */
export async function compareWithIp(namespace: Namespace, reader: "netlink" | "ip"): Promise<Compared[]> {
  for (let tries = 1; ; tries++) {
    const before = byIp(namespace);
    const { answers } = namespace.ask(CALLS, { reader });
    const result = compared(before, answers, byIp(namespace));
    if (result) return result;
    if (tries === 20) throw new Error("the namespace does not come to rest");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
