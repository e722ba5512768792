import type { VolFilesystemsHandlers } from "../../../generated/handlers.gen.js";
import type {
  NewFilesystemType,
  VolCreateFilesystemParams,
  VolCreateFilesystemResult,
} from "../../../generated/types.gen.js";
import { readDiskGeometry } from "../../kernel/disk.js";
import { makeFilesystem, misfit, requireMkfs } from "../../kernel/mkfs.js";
import { type GuardDeps, onFreeDevices } from "./guard.js";
import { refuseLabel } from "./labels.js";
import { newFilesystem, refuseOther } from "./new-filesystem.js";
import { deviceMeant, refuseTarget, type Target } from "./target.js";

/** The writing half of the `vol.filesystems` topic. */
export const filesystemCreate = (deps: GuardDeps): Pick<VolFilesystemsHandlers, "vol.create_filesystem"> => ({
  "vol.create_filesystem": (params) => createFilesystem(deps, params),
});

async function createFilesystem(
  deps: GuardDeps,
  { device, fstype, label, force = false }: VolCreateFilesystemParams,
): Promise<VolCreateFilesystemResult> {
  refuseLabel(fstype, label);
  const wanted = {
    method: "vol.create_filesystem",
    devices: [device],
    fieldOf: () => "device",
    force,
    onFound: (targets: readonly Target[]) => refuseMisfit(deps, targets, fstype),
    beforeWriting: () => requireMkfs(fstype),
  };
  return onFreeDevices(deps, wanted, async ({ targets: [target], erased, warnings, locks }) => {
    if (!target) throw new Error("no device passed the guards");
    const { node, whole } = target;
    await makeFilesystem(fstype, node.node, { ...(label !== undefined && { label }), isWhole: node === whole }, locks);
    const filesystem = await newFilesystem(deps, [target]);
    refuseOther(device, filesystem, { fstype, label });
    return {
      changed: true,
      warnings: [...warnings],
      device: await deviceMeant(deps.files, deps.identities, target),
      filesystem,
      erased_signatures: [...erased].slice(0, 256),
    };
  });
}

async function refuseMisfit(
  { files }: GuardDeps,
  targets: readonly Target[],
  fstype: NewFilesystemType,
): Promise<void> {
  for (const target of targets) {
    const { logicalBlockSize } = await readDiskGeometry(files, target.whole);
    const reason = misfit(fstype, target.node.sizeBytes, logicalBlockSize);
    if (reason !== undefined) throw refuseTarget("device", target.named, reason);
  }
}
