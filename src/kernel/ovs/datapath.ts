import { run } from "../exec.js";

/** One datapath of `dpctl/show -s`. */
export interface Datapath {
  name: string;
  type: string;
  lookups_hit: number;
  lookups_missed: number;
  lookups_lost: number;
  flows: number;
  masks?: { hit: number; total: number; hit_per_pkt?: number };
  ports: DatapathPort[];
}

interface DatapathPort {
  number: number;
  name: string;
  type: string;
  options?: string;
  stats?: Record<"rx_packets" | "rx_bytes" | "tx_packets" | "tx_bytes", number> & Record<string, number>;
}

/** One cached flow of `dpctl/dump-flows -m`. */
export interface DatapathFlow {
  datapath: string;
  ufid?: string;
  match: string;
  in_port?: string;
  eth_type?: string;
  recirc_id?: string;
  packets: number;
  bytes: number;
  used_seconds?: number;
  tcp_flags?: string;
  dp?: string;
  offloaded?: string;
  extra_info?: string;
  actions: string;
}

/** Runs a command of the switch's datapath control and answers what it printed. */
export async function dpctl(command: string, args: readonly string[], signal?: AbortSignal): Promise<string> {
  const { stdout } = await run("ovs-appctl", ["--timeout=15", `dpctl/${command}`, ...args], {
    ...(signal && { signal }),
  });
  return stdout;
}

/** The names of the datapaths, such as `netdev@ovs-netdev`. */
export const datapathNames = async (signal?: AbortSignal): Promise<string[]> =>
  (await dpctl("dump-dps", [], signal))
    .split("\n")
    .filter((line) => line !== "")
    .sort();

export const readDatapath = async (name: string, signal?: AbortSignal): Promise<Datapath> =>
  parseDatapath(name, await dpctl("show", ["-s", name], signal));

export const readDatapathFlows = async (name: string, signal?: AbortSignal): Promise<DatapathFlow[]> =>
  (await dpctl("dump-flows", ["-m", name], signal)).split("\n").flatMap((line) => parseDatapathFlow(name, line) ?? []);

/** `key:value` words of a line; a value `?` was not kept. */
function numbersIn(line: string): Map<string, number> {
  const pairs = [...line.matchAll(/([a-z/]+): ?(\d+(?:\.\d+)?)/g)];
  return new Map(pairs.map(([, key = "", value]) => [key, Number(value)]));
}

export function parseDatapath(name: string, text: string): Datapath {
  const lines = text.split("\n");
  const line = (head: string) => numbersIn(lines.find((one) => one.trimStart().startsWith(`${head}:`)) ?? "");
  const lookups = line("lookups");
  const masks = line("masks");
  return {
    name,
    type: name.split("@", 1)[0] ?? "",
    lookups_hit: lookups.get("hit") ?? 0,
    lookups_missed: lookups.get("missed") ?? 0,
    lookups_lost: lookups.get("lost") ?? 0,
    flows: line("flows").get("flows") ?? 0,
    ...(masks.size > 0 && { masks: masksOf(masks) }),
    ports: portsIn(lines),
  };
}

function masksOf(masks: ReadonlyMap<string, number>): NonNullable<Datapath["masks"]> {
  const perPacket = masks.get("hit/pkt");
  return {
    hit: masks.get("hit") ?? 0,
    total: masks.get("total") ?? 0,
    ...(perPacket !== undefined && { hit_per_pkt: perPacket }),
  };
}

function portsIn(lines: readonly string[]): DatapathPort[] {
  const heads = lines.flatMap((line, index) => {
    const found = /^ {2}port (\d+): (.+?)(?: \((\w+)(?:: (.*))?\))?$/.exec(line);
    return found === null ? [] : [{ found, index }];
  });
  return heads.map(({ found: [, number, name = "", type = "system", options], index }, place) => {
    const own = lines.slice(index + 1, heads[place + 1]?.index ?? lines.length);
    const stats = statsIn(own);
    return { number: Number(number), name, type, ...(options !== undefined && { options }), ...(stats && { stats }) };
  });
}

function statsIn(lines: readonly string[]): DatapathPort["stats"] {
  if (!lines.some((line) => line.includes("RX packets:"))) return undefined;
  const counters: Record<string, number> = {};
  for (const line of lines) {
    let side = "";
    for (const [, direction, key = "", value] of line.matchAll(/(?:(RX|TX) )?([a-z]+):(\d+)/g)) {
      if (direction !== undefined) side = `${direction.toLowerCase()}_`;
      counters[key === "collisions" ? key : `${side}${key}`] = Number(value);
    }
  }
  const { rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0, ...others } = counters;
  return { ...others, rx_packets, rx_bytes, tx_packets, tx_bytes };
}

/** Reads one line; undefined for what is no flow. */
export function parseDatapathFlow(datapath: string, line: string): DatapathFlow | undefined {
  const found =
    /^(?:ufid:([0-9a-f-]+), )?(.*), packets:(\d+), bytes:(\d+), used:([\d.]+s?|never)(.*), actions:(.*)$/.exec(line);
  if (found === null) return undefined;
  const [, ufid, match = "", packets, bytes, used = "", between = "", behind = ""] = found;
  const word = (key: string) => new RegExp(`, ${key}:([^,]+)`).exec(between)?.[1];
  const field = (key: string) => new RegExp(`(?:^|,)${key}\\(([^)]*)\\)`).exec(match)?.[1];
  const [actions = "", extra] = behind.split(", dp-extra-info:");
  const known = {
    ufid,
    in_port: field("in_port"),
    eth_type: field("eth_type"),
    recirc_id: field("recirc_id"),
    used_seconds: used === "never" ? undefined : Number.parseFloat(used),
    tcp_flags: word("flags"),
    dp: word("dp"),
    offloaded: word("offloaded"),
    extra_info: extra,
  };
  return {
    datapath,
    match,
    packets: Number(packets),
    bytes: Number(bytes),
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    actions,
  };
}
