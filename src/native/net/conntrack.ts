import type { NetConntrackHandlers } from "../../../generated/handlers.gen.js";
import type { ConntrackStats, ConntrackTable, FlushConntrackResult } from "../../../generated/types.gen.js";
import type { Conntrack } from "../../kernel/conntrack.js";
import type { ConntrackFilter } from "../../kernel/conntrack-model.js";
import {
  type ConntrackCounters,
  conntrackCounters,
  conntrackFill,
  conntrackSettings,
  expectedConnections,
  sysctl,
} from "../../kernel/conntrack-stats.js";
import type { Files } from "../../kernel/files.js";
import type { NativeState } from "../state.js";
import { refused } from "./addresses.js";
import { conntrackFilter } from "./conntrack-filter.js";
import { askKernel } from "./live.js";

export interface ConntrackDeps {
  readonly files: Files;
  readonly conntrack: Conntrack;
  readonly state: NativeState;
}

const DEFAULT_LIMIT = 1000;

/** The `net.conntrack` topic: the kernel's connection table, what it counted, and deleting from it. */
export const conntrack = (deps: ConntrackDeps): NetConntrackHandlers => ({
  "net.conntrack": (params, { signal }) =>
    askKernel(deps, async (): Promise<ConntrackTable> => {
      const filter = conntrackFilter(params);
      const { limit = DEFAULT_LIMIT } = params;
      const fill = await conntrackFill(deps.files);
      if (!fill) return { total: 0, count: 0, max: 0, truncated: false, entries: [] };
      const { total, entries } = await deps.conntrack.list(filter, limit, signal);
      return { total, ...fill, truncated: total > limit, entries };
    }),
  "net.conntrack.stats": () => statistics(deps.files),
  "net.conntrack.flush": ({ force = false, ...params }) =>
    askKernel(deps, async (): Promise<FlushConntrackResult> => {
      const filter = conntrackFilter(params);
      if (Object.keys(params).length === 0 && !force) {
        const reason =
          "without a filter every connection is forgotten, translated ones break: name a filter, or `force: true`";
        throw refused("force", reason);
      }
      if (!(await deps.conntrack.isLoaded())) return { changed: false, warnings: [], matched: 0, deleted: 0 };
      const { matched, deleted } = await deps.state.queue.run(["conntrack"], () =>
        Object.keys(params).length === 0 ? flushAll(deps.conntrack) : flushSome(deps.conntrack, filter),
      );
      return { changed: deleted > 0, warnings: [], matched, deleted };
    }),
});

/** Never the kernel's own flush, which before Linux 6.8 ignores the zone and deletes everything. */
async function flushSome(conntrack: Conntrack, filter: ConntrackFilter) {
  const keys = await conntrack.keys(filter);
  return { matched: keys.length, deleted: await conntrack.delete(keys) };
}

async function flushAll(conntrack: Conntrack) {
  const before = await conntrack.keys({});
  await conntrack.flush();
  const left = new Set((await conntrack.keys({})).map(({ id }) => id));
  return { matched: before.length, deleted: before.filter(({ id }) => !left.has(id)).length };
}

async function statistics(files: Files): Promise<ConntrackStats> {
  const fill = await conntrackFill(files);
  if (!fill) {
    const nothing = sumOf([]);
    return { loaded: false, count: 0, max: 0, fill_percent: 0, cpus: [], totals: nothing, settings: [] };
  }
  const [buckets, expect_count, expect_max, counters, settings] = await Promise.all([
    sysctl(files, "buckets"),
    expectedConnections(files),
    sysctl(files, "expect_max"),
    conntrackCounters(files),
    conntrackSettings(files),
  ]);
  return {
    loaded: true,
    ...fill,
    fill_percent: fill.max === 0 ? 0 : Math.round((10_000 * fill.count) / fill.max) / 100,
    ...(buckets !== undefined && { buckets }),
    ...(expect_count !== undefined && { expect_count }),
    ...(expect_max !== undefined && { expect_max }),
    cpus: counters.map((row, cpu) => ({ cpu, ...row })),
    totals: sumOf(counters),
    settings,
  };
}

function sumOf(rows: readonly ConntrackCounters[]): ConntrackCounters {
  const sum: ConntrackCounters = {
    found: 0,
    invalid: 0,
    insert: 0,
    insert_failed: 0,
    drop: 0,
    early_drop: 0,
    error: 0,
    search_restart: 0,
  };
  for (const row of rows) {
    for (const name of Object.keys(row) as (keyof ConntrackCounters)[]) sum[name] = (sum[name] ?? 0) + (row[name] ?? 0);
  }
  return sum;
}
