import type { VolRaidHandlers } from "../../../generated/handlers.gen.js";
import type { BtrfsProfile, VolCreateBtrfsRaidParams, VolCreateBtrfsRaidResult } from "../../../generated/types.gen.js";
import { scanBtrfs } from "../../kernel/btrfs-scan.js";
import { leastForBtrfs, makeBtrfsRaid, requireMkfs } from "../../kernel/mkfs.js";
import { rpcError } from "../../rpc/errors.js";
import { type GuardDeps, onFreeDevices } from "./guard.js";
import { refuseLabel } from "./labels.js";
import { newFilesystem, refuseOther } from "./new-filesystem.js";
import { deviceMeant, refuseTarget, type Target } from "./target.js";

/** The `vol.raid` topic. */
export const raid = (deps: GuardDeps): VolRaidHandlers => ({
  "vol.create_btrfs_raid": (params) => createBtrfsRaid(deps, params),
});

/** How many devices a profile needs. */
const LEAST_DEVICES: Readonly<Record<BtrfsProfile, number>> = {
  single: 1,
  dup: 1,
  raid0: 2,
  raid1: 2,
  raid10: 2,
  raid5: 2,
  raid1c3: 3,
  raid6: 3,
  raid1c4: 4,
};

async function createBtrfsRaid(
  deps: GuardDeps,
  { devices, data_profile, metadata_profile, label, force = false }: VolCreateBtrfsRaidParams,
): Promise<VolCreateBtrfsRaidResult> {
  refuseLabel("btrfs", label);
  refuseTooFew(devices.length, { data_profile, metadata_profile });
  const profiles = { dataProfile: data_profile, metadataProfile: metadata_profile };
  const wanted = {
    method: "vol.create_btrfs_raid",
    devices,
    fieldOf: (at: number) => `devices[${at}]`,
    force,
    onFound: async (targets: readonly Target[]) => refuseSmall(targets, leastForBtrfs(data_profile, metadata_profile)),
    beforeWriting: () => requireMkfs("btrfs"),
  };
  return onFreeDevices(deps, wanted, async ({ targets, erased, warnings, locks }) => {
    const nodes = targets.map(({ node }) => node.node);
    await makeBtrfsRaid(nodes, { ...profiles, ...(label !== undefined && { label }) }, locks);
    await scanBtrfs(nodes);
    const filesystem = await newFilesystem(deps, targets);
    refuseOther(devices.join(" "), filesystem, { fstype: "btrfs", label });
    return {
      changed: true,
      warnings: [...warnings],
      filesystem,
      devices: await Promise.all(targets.map((target) => deviceMeant(deps.files, deps.identities, target))),
      data_profile,
      metadata_profile,
      erased_signatures: [...erased].slice(0, 256),
    };
  });
}

function refuseTooFew(count: number, profiles: Readonly<Record<string, BtrfsProfile>>): void {
  for (const [field, profile] of Object.entries(profiles)) {
    const least = LEAST_DEVICES[profile];
    if (count >= least) continue;
    const reason = `${profile} needs at least ${least} devices, and ${count} ${count === 1 ? "is" : "are"} given`;
    throw rpcError("invalid_argument", { field, reason }, `${field}: ${reason}`);
  }
}

function refuseSmall(targets: readonly Target[], least: bigint): void {
  for (const [at, { node, named }] of targets.entries()) {
    if (node.sizeBytes >= least) continue;
    const reason = `it has ${node.sizeBytes} bytes, and btrfs with these profiles needs at least ${least} of each device`;
    throw refuseTarget(`devices[${at}]`, named, reason);
  }
}
