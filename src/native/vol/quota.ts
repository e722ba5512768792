import type { SetQuotaResult, VolSetQuotaParams, Warning } from "../../../generated/types.gen.js";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import {
  isRescanRunning,
  type LimitChange,
  type QuotaGroup,
  readQuotas,
  switchQuotas,
} from "../../kernel/btrfs-quota.js";
import { readBelonging } from "../../kernel/btrfs-subvolume.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { atBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { mustBeWritable, readOnly } from "./fs-parent.js";
import { invalid, notThere } from "./fs-place.js";
import { setLimits } from "./quota-limits.js";
import type { SubvolumesDeps } from "./subvolumes.js";
import { isSubvolume, lineOf } from "./subvolumes-add.js";
import { mustStillLead } from "./subvolumes-same.js";
import { quotaShape, Subvolumes } from "./subvolumes-shape.js";

type Limits = Pick<VolSetQuotaParams, "max_referenced_bytes" | "max_exclusive_bytes">;

/** Sets or removes the limits of a subvolume's own quota group. */
export async function setQuota(deps: SubvolumesDeps, params: VolSetQuotaParams): Promise<SetQuotaResult> {
  const change = changeOf(params);
  return atBtrfs(deps.files, params.path, "path", async (place) => {
    if (!isSubvolume(place)) throw invalid("path", `${params.path} is not a subvolume`);
    return deps.state.queue.run(lineOf(place), () =>
      deps.state.steps((steps) => apply(deps, place, change, steps, params)),
    );
  });
}

function changeOf({ max_referenced_bytes, max_exclusive_bytes, enable = false }: VolSetQuotaParams): LimitChange {
  const change = {
    ...(max_referenced_bytes !== undefined && { maxReferenced: wide(max_referenced_bytes, "max_referenced_bytes") }),
    ...(max_exclusive_bytes !== undefined && { maxExclusive: wide(max_exclusive_bytes, "max_exclusive_bytes") }),
  };
  if (Object.keys(change).length === 0 && !enable) {
    throw invalid("max_referenced_bytes", "give `max_referenced_bytes`, `max_exclusive_bytes` or `enable: true`");
  }
  return change;
}

/** The kernel's largest number means no limit to it. */
const NO_LIMIT = 0xffff_ffff_ffff_ffffn;

function wide(limit: number | bigint | null, field: keyof Limits): bigint | null {
  if (limit === null) return null;
  if (BigInt(limit) === 0n) throw invalid(field, "a limit of 0 would stop every write; `null` removes the limit");
  if (BigInt(limit) >= NO_LIMIT) throw invalid(field, "the limit does not fit into 64 bits; `null` removes the limit");
  return BigInt(limit);
}

async function apply(
  deps: SubvolumesDeps,
  place: BtrfsPlace,
  change: LimitChange,
  steps: Steps,
  { path, enable = false }: VolSetQuotaParams,
): Promise<SetQuotaResult> {
  await mustStillLead(deps.files, { place, path, field: "path" });
  const { id } = await readBelonging(place.fd);
  mustBeWritable(place);
  const before = await readQuotas(place.fd);
  if (!before && !enable) throw quotasOff(place);
  if (!before) await switchOn(steps, place);
  const group = before ? before.groups.get(id) : (await readQuotas(place.fd))?.groups.get(id);
  const hasToChange = isOther(group, change);
  if (hasToChange) await setLimits(deps, steps, place, { id, group, change });
  return answer(deps, place, id, { path, changed: hasToChange || !before, isNew: !before });
}

async function switchOn(steps: Steps, place: BtrfsPlace): Promise<void> {
  try {
    await steps.do(
      "switch quotas on",
      () => switchQuotas(place.fd, "enable"),
      () => switchQuotas(place.fd, "disable"),
    );
  } catch (error) {
    throw isRefused(error, "EROFS") ? readOnly(`the filesystem at ${place.mount.target}`) : error;
  }
}

/** A change of which nothing is left to do is none. */
const isOther = (group: QuotaGroup | undefined, { maxReferenced, maxExclusive }: LimitChange): boolean =>
  (maxReferenced !== undefined && (group?.maxReferenced ?? null) !== maxReferenced) ||
  (maxExclusive !== undefined && (group?.maxExclusive ?? null) !== maxExclusive);

const quotasOff = ({ mount }: BtrfsPlace) =>
  rpcError(
    "conflict",
    { expected: "quotas switched on", actual: "quotas are off on this filesystem", remedy: "enable: true" },
    `quotas are off on the filesystem at ${mount.target}; \`enable: true\` switches them on, which costs time on every write of all of it`,
  );

async function answer(
  deps: SubvolumesDeps,
  place: BtrfsPlace,
  id: number,
  { path, changed, isNew }: { readonly path: string; readonly changed: boolean; readonly isNew: boolean },
): Promise<SetQuotaResult> {
  const [found, isCounting] = [await Subvolumes.read(place), await isRescanRunning(place.fd)];
  const record = found.byId(id);
  if (!record) throw notThere(path);
  const quotas = await readQuotas(place.fd);
  const group = quotas?.groups.get(id) ?? { referenced: 0n, exclusive: 0n };
  const isInexact = isCounting || (quotas?.isInconsistent ?? true);
  return {
    changed,
    warnings: warningsOf(place, group, isInexact),
    filesystem: await btrfsIdentity(deps, place),
    subvolume: found.shape(record),
    qgroup_id: `0/${id}`,
    quota: quotaShape(group, isInexact),
    rescan_running: isCounting,
    quota_enabled_now: isNew,
  };
}

function warningsOf({ mount }: BtrfsPlace, group: QuotaGroup, isInexact: boolean): Warning[] {
  const isOver =
    (group.maxReferenced !== undefined && group.referenced > group.maxReferenced) ||
    (group.maxExclusive !== undefined && group.exclusive > group.maxExclusive);
  return [
    ...(isInexact
      ? [
          {
            kind: "quota_rescan_running" as const,
            message: "The kernel is counting; the byte counts are not exact until it is done.",
            object: mount.target.slice(0, 4096),
          },
        ]
      : []),
    ...(isOver
      ? [
          {
            kind: "already_over_limit" as const,
            message: "More is used already than the limit allows: further writes fail.",
          },
        ]
      : []),
  ];
}
