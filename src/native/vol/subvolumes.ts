import type { VolSubvolumesHandlers } from "../../../generated/handlers.gen.js";
import { TOP_LEVEL } from "../../kernel/btrfs-subvolumes.js";
import { mapInSlices } from "../../kernel/slices.js";
import type { NativeState } from "../state.js";
import { onBtrfs } from "./fs-btrfs.js";
import type { FsDeps } from "./fs-identity.js";
import { setQuota } from "./quota.js";
import { createSubvolume, snapshotSubvolume } from "./subvolumes-add.js";
import { deleteSubvolume } from "./subvolumes-delete.js";
import { Subvolumes } from "./subvolumes-shape.js";

export interface SubvolumesDeps extends FsDeps {
  readonly state: NativeState;
  /** The daemon's state folder: what it lies in is not deleted. */
  readonly stateDir?: string;
}

/** The `vol.subvolumes` topic. Subvolumes and limits live in the filesystem: no registry holds them. */
export const subvolumes = (deps: SubvolumesDeps): VolSubvolumesHandlers => ({
  "vol.list_subvolumes": ({ path }) =>
    onBtrfs(deps.files, path, async (place) => {
      const found = await Subvolumes.read(place);
      return mapInSlices(
        found.records.filter(({ id }) => id !== TOP_LEVEL),
        (record) => found.shape(record),
      );
    }),
  "vol.create_subvolume": (params) => createSubvolume(deps, params),
  "vol.snapshot_subvolume": (params) => snapshotSubvolume(deps, params),
  "vol.delete_subvolume": (params) => deleteSubvolume(deps, params),
  "vol.set_quota": (params) => setQuota(deps, params),
});
