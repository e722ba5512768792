import { run } from "../exec.js";

/** One OpenFlow entry of `ovs-ofctl dump-flows`; absent numbers were not printed. */
export interface OpenFlow {
  table: number;
  priority: number;
  cookie: string;
  duration_seconds: number;
  n_packets: number;
  n_bytes: number;
  idle_timeout?: number;
  hard_timeout?: number;
  idle_age?: number;
  hard_age?: number;
  importance?: number;
  flags: string[];
  match: string;
  actions: string;
}

export interface FlowQuery {
  /** A bridge that the database has: `ovs-ofctl` would take other words for places to connect to. */
  readonly bridge: string;
  /** OpenFlow versions that the bridge allows; empty means the default ones. */
  readonly protocols: readonly string[];
  readonly table?: number | undefined;
  /** `0x5` or `0x5/0xff`. */
  readonly cookie?: string | undefined;
}

/** OpenFlow's own priority of an entry that is given none. */
const DEFAULT_PRIORITY = 32_768;
const OPTIONAL = ["idle_timeout", "hard_timeout", "idle_age", "hard_age", "importance"] as const;
const HEADER = new Set(["cookie", "duration", "table", "n_packets", "n_bytes", ...OPTIONAL]);
const FLAGS = new Set(["send_flow_rem", "check_overlap", "reset_counts", "no_packet_counts", "no_byte_counts"]);

/** The entries of one bridge, in the order in which they are looked at. Rejects with `ToolMissing` or `CommandFailed`. */
export async function readFlows(
  { bridge, protocols, table, cookie }: FlowQuery,
  signal?: AbortSignal,
): Promise<OpenFlow[]> {
  // OpenFlow 1.0 with Nicira's extensions tells more than the later versions do; a bridge may forbid it.
  const version = protocols.length === 0 || protocols.includes("OpenFlow10") ? [] : ["-O", protocols.join(",")];
  const wanted = [
    ...(table === undefined ? [] : [`table=${table}`]),
    ...(cookie === undefined ? [] : [`cookie=${cookie.includes("/") ? cookie : `${cookie}/-1`}`]),
  ].join(",");
  const args = [...version, "dump-flows", "--", bridge, ...(wanted === "" ? [] : [wanted])];
  const { stdout } = await run("ovs-ofctl", args, { ...(signal && { signal }) });
  const flows = stdout.split("\n").flatMap((line) => parseFlow(line) ?? []);
  return flows.sort((a, b) => a.table - b.table || b.priority - a.priority);
}

/** Reads one line; undefined for the reply's head and blank lines. */
export function parseFlow(line: string): OpenFlow | undefined {
  const at = line.indexOf(" actions=");
  if (at < 0) return undefined;
  const header = new Map<string, string>();
  const rest: string[] = [];
  for (const part of line.slice(0, at).trim().split(", ")) {
    const [key = "", value] = part.split("=", 2);
    if (value !== undefined && HEADER.has(key) && !/[ ,]/.test(part)) header.set(key, value);
    else rest.push(part);
  }
  const words = rest.join(", ").split(" ");
  const fields = words
    .filter((word) => !FLAGS.has(word))
    .join(" ")
    .split(",")
    .filter((field) => field !== "");
  const priority = fields.find((field) => field.startsWith("priority="));
  const number = (key: string): number => Number.parseInt(header.get(key) ?? "0", 10);
  return {
    table: number("table"),
    priority: priority === undefined ? DEFAULT_PRIORITY : Number(priority.slice("priority=".length)),
    cookie: header.get("cookie") ?? "0x0",
    duration_seconds: Number.parseFloat(header.get("duration") ?? "0"),
    n_packets: number("n_packets"),
    n_bytes: number("n_bytes"),
    ...Object.fromEntries(OPTIONAL.filter((key) => header.has(key)).map((key) => [key, number(key)])),
    flags: words.filter((word) => FLAGS.has(word)),
    match: fields.filter((field) => field !== priority).join(","),
    actions: line.slice(at + " actions=".length),
  };
}
