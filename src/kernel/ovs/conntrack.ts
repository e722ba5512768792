import { isIPv6 } from "node:net";
import { dpctl } from "./datapath.js";

interface OvsTuple {
  src: string;
  dst: string;
  sport?: number;
  dport?: number;
  icmp_type?: number;
  icmp_code?: number;
  icmp_id?: number;
  packets?: number;
  bytes?: number;
}

/** One tracked connection of `dpctl/dump-conntrack -m -s`. */
export interface OvsConnection {
  datapath: string;
  protocol: string;
  family?: "inet" | "inet6";
  zone: number;
  id?: number;
  original: OvsTuple;
  reply: OvsTuple;
  state?: string;
  status?: string;
  mark?: number;
  labels?: string;
  timeout?: number;
  helper?: string;
  parent?: OvsTuple;
}

/** The states of TCP as Open vSwitch orders them: of the two sides' states it tells the later one. */
const TCP_STATES =
  "CLOSED LISTEN SYN_SENT SYN_RECV ESTABLISHED CLOSE_WAIT FIN_WAIT_1 CLOSING LAST_ACK FIN_WAIT_2 TIME_WAIT".split(" ");

export async function readConnections(datapath: string, zone?: number, signal?: AbortSignal): Promise<OvsConnection[]> {
  const only = zone === undefined ? [] : [`zone=${zone}`];
  const text = await dpctl("dump-conntrack", ["-m", "-s", datapath, ...only], signal);
  return text.split("\n").flatMap((line) => parseConnection(datapath, line) ?? []);
}

/** Reads one line; undefined for what is no connection. */
export function parseConnection(datapath: string, line: string): OvsConnection | undefined {
  const [, protocol = "", rest = ""] = /^([a-z0-9]+),(.*)$/i.exec(line) ?? [];
  const groups = new Map(
    [...rest.matchAll(/(\w+)=\(([^)]*)\)/g)].map(([, key = "", inside = ""]) => [key, wordsIn(inside)]),
  );
  const plain = wordsIn(rest.replace(/,?\w+=\([^)]*\)/g, ""));
  const [original, reply] = [tupleOf(groups.get("orig")), tupleOf(groups.get("reply"))];
  if (original === undefined || reply === undefined) return undefined;
  const number = (key: string) => (plain.has(key) ? Number(plain.get(key)) : undefined);
  const known = {
    id: number("id"),
    state: stateOf(groups.get("protoinfo")),
    status: plain.get("status"),
    mark: number("mark"),
    labels: plain.get("labels"),
    timeout: number("timeout"),
    helper: plain.get("helper"),
    parent: tupleOf(groups.get("parent")),
  };
  return {
    datapath,
    protocol: protocol.toLowerCase(),
    family: isIPv6(original.src) ? "inet6" : "inet",
    zone: number("zone") ?? 0,
    original,
    reply,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
  };
}

const wordsIn = (text: string): Map<string, string> =>
  new Map([...text.matchAll(/(\w+)=([^,]*)/g)].map(([, key = "", value = ""]) => [key, value]));

function tupleOf(words: ReadonlyMap<string, string> | undefined): OvsTuple | undefined {
  const [src, dst] = [words?.get("src"), words?.get("dst")];
  if (words === undefined || src === undefined || dst === undefined) return undefined;
  const names = {
    sport: "sport",
    dport: "dport",
    icmp_type: "type",
    icmp_code: "code",
    icmp_id: "id",
    packets: "packets",
    bytes: "bytes",
  };
  const numbers = Object.entries(names).flatMap(([name, key]) =>
    words.has(key) ? [[name, Number(words.get(key))]] : [],
  );
  return { src, dst, ...Object.fromEntries(numbers) };
}

function stateOf(words: ReadonlyMap<string, string> | undefined): string | undefined {
  const sides = [words?.get("state_orig"), words?.get("state_reply")].filter((state) => state !== undefined);
  const later = sides.sort((a, b) => TCP_STATES.indexOf(b) - TCP_STATES.indexOf(a));
  return words?.get("state") ?? later[0];
}

/** What `dpctl/ct-stats-show DP verbose` counts. */
export interface OvsConnectionCounts {
  total: number;
  by_protocol: { protocol: string; connections: number; states?: Record<string, number> }[];
}

export async function readConnectionCounts(
  datapath: string,
  zone?: number,
  signal?: AbortSignal,
): Promise<OvsConnectionCounts> {
  const only = zone === undefined ? [] : [`zone=${zone}`];
  // `verbose` counts only as the last word.
  return parseCounts(await dpctl("ct-stats-show", [datapath, ...only, "verbose"], signal));
}

export function parseCounts(text: string): OvsConnectionCounts {
  const counts: OvsConnectionCounts = { total: Number(/Total: (\d+)/.exec(text)?.[1] ?? 0), by_protocol: [] };
  for (const line of text.split("\n")) {
    const [, protocol, connections] = /^\s+([A-Za-z0-9]+): (\d+)$/.exec(line) ?? [];
    if (protocol !== undefined && protocol !== "Total") {
      counts.by_protocol.push({ protocol: protocol.toLowerCase(), connections: Number(connections) });
    }
    const [, state, number] = /^\s+\[(\w+)\]=(\d+)$/.exec(line) ?? [];
    const last = counts.by_protocol.at(-1);
    if (state !== undefined && last) last.states = { ...last.states, [state]: Number(number) };
  }
  return counts;
}

/** Limits of a datapath's zones, from `dpctl/ct-get-limits`. */
export interface OvsZoneLimits {
  default_zone_limit?: number;
  zone_limits: { zone: number; limit: number; count: number }[];
}

export function parseLimits(text: string): OvsZoneLimits {
  const fallback = /^default limit=(\d+)/m.exec(text)?.[1];
  const zones = [...text.matchAll(/^zone=(\d+),limit=(\d+),count=(\d+)/gm)];
  return {
    ...(fallback !== undefined && { default_zone_limit: Number(fallback) }),
    zone_limits: zones.map(([, zone, limit, count]) => ({
      zone: Number(zone),
      limit: Number(limit),
      count: Number(count),
    })),
  };
}
