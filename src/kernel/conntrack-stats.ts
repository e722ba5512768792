import { type Files, isForbidden } from "./files.js";

const SYSCTL = "/proc/sys/net/netfilter";
const PREFIX = "nf_conntrack_";

/** Settings that the statistics tell by names of their own. */
const TOLD_APART: ReadonlySet<string> = new Set(["count", "max", "buckets", "expect_max"]);

/** Our names of `/proc/net/stat/nf_conntrack`'s columns; the others are always zero. */
const COLUMNS: ReadonlyMap<string, string> = new Map([
  ["found", "found"],
  ["invalid", "invalid"],
  ["insert", "insert"],
  ["insert_failed", "insert_failed"],
  ["drop", "drop"],
  ["early_drop", "early_drop"],
  ["icmp_error", "error"],
  ["search_restart", "search_restart"],
  ["clashres", "clash_resolve"],
  ["chainlength", "chaintoolong"],
  ["expect_new", "expect_new"],
  ["expect_create", "expect_create"],
  ["expect_delete", "expect_delete"],
]);

/** Counters that every kernel has. */
export interface ConntrackCounters {
  found: number;
  invalid: number;
  insert: number;
  insert_failed: number;
  drop: number;
  early_drop: number;
  error: number;
  search_restart: number;
  clash_resolve?: number;
  chaintoolong?: number;
  expect_new?: number;
  expect_create?: number;
  expect_delete?: number;
}

export interface ConntrackSetting {
  readonly name: string;
  readonly value: number;
}

/** How many entries the table holds, and how many fit; undefined where connection tracking is not loaded. */
export async function conntrackFill(files: Files): Promise<{ count: number; max: number } | undefined> {
  const [count, max] = await Promise.all([sysctl(files, "count"), sysctl(files, "max")]);
  return count === undefined ? undefined : { count, max: max ?? 0 };
}

/** One of the settings under `net.netfilter`, by its name without `nf_conntrack_`. */
export async function sysctl(files: Files, name: string): Promise<number | undefined> {
  const text = await files.readIfThere(`${SYSCTL}/${PREFIX}${name}`);
  return text !== undefined && /^-?[0-9]+\s*$/.test(text) ? Number(text) : undefined;
}

/** The settings and timeouts, by name. */
export async function conntrackSettings(files: Files): Promise<ConntrackSetting[]> {
  const names = (await files.listIfThere(SYSCTL))
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => !TOLD_APART.has(name));
  const values = await Promise.all(names.map((name) => sysctl(files, name)));
  return names.flatMap((name, index) => {
    const value = values[index];
    return value === undefined ? [] : [{ name, value }];
  });
}

/** The connections that helpers expect; undefined where the daemon's user may not look. */
export async function expectedConnections(files: Files): Promise<number | undefined> {
  try {
    const text = await files.readIfThere("/proc/net/nf_conntrack_expect");
    return text?.split("\n").filter((line) => line !== "").length ?? 0;
  } catch (error) {
    if (isForbidden(error)) return undefined;
    throw error;
  }
}

/** The counters of each processor, in the processors' order. */
export async function conntrackCounters(files: Files): Promise<ConntrackCounters[]> {
  return parseConntrackStat((await files.readIfThere("/proc/net/stat/nf_conntrack")) ?? "");
}

/** Reads `/proc/net/stat/nf_conntrack`: a line of names, then a line of hexadecimal numbers for each processor. */
export function parseConntrackStat(text: string): ConntrackCounters[] {
  const [names = [], ...rows] = text.split("\n").map((line) => line.split(/\s+/).filter((word) => word !== ""));
  return rows
    .filter((row) => row.length > 0)
    .map((row) => {
      const counters: Record<string, number> = {};
      for (const [at, column] of names.entries()) {
        const name = COLUMNS.get(column);
        if (name !== undefined) counters[name] = Number.parseInt(row[at] ?? "0", 16);
      }
      return { ...NONE, ...counters };
    });
}

const NONE: ConntrackCounters = {
  found: 0,
  invalid: 0,
  insert: 0,
  insert_failed: 0,
  drop: 0,
  early_drop: 0,
  error: 0,
  search_restart: 0,
};
