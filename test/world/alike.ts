/** Fields that newer releases of `ip` print too: dropped from our answer only where the installed one knows them not. */
const NEWER_THAN_IP: ReadonlySet<string> = new Set([
  "gso_ipv4_max_size",
  "gro_ipv4_max_size",
  "fdb_n_learned",
  "fdb_max_learned",
  "mst_enabled",
  "mab",
  "neigh_vlan_suppress",
  "backup_nhid",
  "localbypass",
  "bclim",
]);

/** Our own: who made an address, which this `ip` does not print, and the metrics whose `lock` it prints as text only. */
const BEYOND_IP: readonly RegExp[] = [/\.addr_info\[\d+\]\.protocol$/, /\.metrics\[\d+\]\.locked$/];

/** Timers run, lifetimes pass and counters count between two looks. */
const VOLATILE =
  /_timer$|_life_time$|\.(used|confirmed|updated|expires|probes|refcnt)$|\.stats64\.(rx|tx)\.\w+$|\.carrier_changes$/;
/** These start again every few seconds, so that no look says what another one shows. */
const WRAPS = /_timer$/;

type Walked = unknown;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const within = (value: number, low: number, high: number): boolean =>
  value >= Math.min(low, high) - 1 && value <= Math.max(low, high) + 1;

/** Whether two looks of `ip` differ in nothing but what is always changing. */
export const steady = (first: unknown, second: unknown): boolean =>
  JSON.stringify(blank(first, "")) === JSON.stringify(blank(second, ""));

const blank = (value: unknown, path: string): unknown => {
  if (Array.isArray(value)) return value.map((item, index) => blank(item, `${path}[${index}]`));
  if (!isObject(value)) return VOLATILE.test(path) ? typeof value : value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, blank(inner, `${path}.${name}`)]));
};

/**
 * Our answer, made comparable with `ip`'s look before it: what is always changing takes `ip`'s value where it lies
 * between the looks before and after, and what only newer releases print is dropped where this one did not.
 */
export function settle(ours: Walked, before: Walked, after: Walked, path = ""): Walked {
  if (Array.isArray(ours) && Array.isArray(before)) {
    return ours.map((item, index) =>
      settle(item, before[index], Array.isArray(after) ? after[index] : undefined, `${path}[${index}]`),
    );
  }
  if (isObject(ours) && isObject(before)) {
    const kept = Object.entries(ours).filter(([name]) => name in before || !isExtra(name, `${path}.${name}`));
    return Object.fromEntries(
      kept.map(([name, inner]) => [
        name,
        settle(inner, before[name], isObject(after) ? after[name] : undefined, `${path}.${name}`),
      ]),
    );
  }
  if (!VOLATILE.test(path) || typeof ours !== "number" || typeof before !== "number") return ours;
  if (WRAPS.test(path)) return before;
  return within(ours, before, typeof after === "number" ? after : before) ? before : ours;
}

const isExtra = (name: string, path: string): boolean =>
  NEWER_THAN_IP.has(name) || BEYOND_IP.some((pattern) => pattern.test(path));
