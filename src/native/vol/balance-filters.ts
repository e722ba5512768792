import type { BalanceFilter, BtrfsProfile, VolBalanceStartParams } from "../../../generated/types.gen.js";
import { invalid } from "./fs-place.js";

/** The kinds of block groups that a balance can be told to work on, with the letter of `btrfs balance start`. */
const KINDS = [
  ["data", "d"],
  ["metadata", "m"],
  ["system", "s"],
] as const;

type Kind = (typeof KINDS)[number][0];

/** What a balance shall work on. */
export interface Wanted {
  /** Words for `btrfs balance start`. */
  readonly words: readonly string[];
  /** Filters in `btrfs balance`'s own notation, by kind, as the kernel will have them. */
  readonly filters: ReadonlyMap<Kind, string>;
  /** Profiles that chunks are to have, by kind. */
  readonly converts: ReadonlyMap<Kind, BtrfsProfile>;
}

/** Reads the filters; throws `invalid_argument` for a contradiction and where everything would be rewritten unasked. */
export function wantedOf({ data, metadata, system, full = false }: VolBalanceStartParams): Wanted {
  const given = { data, metadata, system };
  const isAny = KINDS.some(([kind]) => given[kind] !== undefined);
  if (!isAny && !full) {
    throw invalid(
      "full",
      "without a filter every chunk would be rewritten, which takes hours or days: that needs `full: true`",
    );
  }
  if (isAny && full) throw invalid("full", "it rewrites every chunk: give it or filters, not both");
  if (full)
    return { words: ["--full-balance"], filters: new Map(KINDS.map(([kind]) => [kind, ""])), converts: new Map() };
  // As `btrfs` does: chunks of the system follow those of metadata.
  const all = { data, metadata, system: system ?? metadata };
  const filters = new Map<Kind, string>();
  const converts = new Map<Kind, BtrfsProfile>();
  for (const [kind] of KINDS) {
    const filter = all[kind];
    if (!filter) continue;
    filters.set(kind, notation(filter, given[kind] ? kind : "metadata"));
    if (filter.convert !== undefined) converts.set(kind, filter.convert);
  }
  const words = KINDS.flatMap(([kind, letter]) => (given[kind] ? [`-${letter}${filters.get(kind)}`] : []));
  return { words, filters, converts };
}

function notation(filter: BalanceFilter, field: string): string {
  const { usage, usage_range, profiles, devid, drange, vrange, stripes, limit, limit_range, convert, soft } = filter;
  if (usage !== undefined && usage_range) throw invalid(`${field}.usage`, "give `usage` or `usage_range`, not both");
  if (limit !== undefined && limit_range) throw invalid(`${field}.limit`, "give `limit` or `limit_range`, not both");
  if (drange && devid === undefined)
    throw invalid(`${field}.drange`, "it is a range of the device `devid`, which is missing");
  if (soft && convert === undefined) throw invalid(`${field}.soft`, "it goes with `convert` only");
  return [
    profiles && `profiles=${profiles.join("|")}`,
    usage !== undefined && `usage=${usage}`,
    usage_range && `usage=${counts(usage_range, `${field}.usage_range`)}`,
    devid !== undefined && `devid=${devid}`,
    drange && `drange=${bytes(drange, `${field}.drange`)}`,
    vrange && `vrange=${bytes(vrange, `${field}.vrange`)}`,
    stripes && `stripes=${counts(stripes, `${field}.stripes`)}`,
    limit !== undefined && `limit=${limit}`,
    limit_range && `limit=${counts(limit_range, `${field}.limit_range`)}`,
    convert !== undefined && `convert=${convert}`,
    soft && "soft",
  ]
    .filter((part) => typeof part === "string")
    .join(",");
}

function counts({ min, max }: { min?: number; max?: number }, field: string): string {
  if (min === undefined && max === undefined) throw invalid(field, "at least one of `min` and `max` is needed");
  if (min !== undefined && max !== undefined && min > max) throw invalid(field, "`min` is above `max`");
  return `${min || ""}..${max ?? ""}`;
}

function bytes(
  { start_bytes, end_bytes }: { start_bytes?: number | bigint; end_bytes?: number | bigint },
  field: string,
): string {
  const [start, end] = [BigInt(start_bytes ?? 0), end_bytes === undefined ? undefined : BigInt(end_bytes)];
  if (start_bytes === undefined && end === undefined) throw invalid(field, "at least one end is needed");
  if (end !== undefined && start >= end) throw invalid(field, "the range is empty");
  return `${start || ""}..${end ?? ""}`;
}
