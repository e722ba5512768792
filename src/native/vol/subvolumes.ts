import type { VolSubvolumesHandlers } from "../../../generated/handlers.gen.js";
import { TOP_LEVEL } from "../../kernel/btrfs-subvolumes.js";
import type { Files } from "../../kernel/files.js";
import { mapInSlices } from "../../kernel/slices.js";
import { onBtrfs } from "./fs-btrfs.js";
import { Subvolumes } from "./subvolumes-shape.js";

export interface SubvolumesDeps {
  readonly files: Files;
}

/** The `vol.subvolumes` topic, as far as it is built. */
export const subvolumes = ({ files }: SubvolumesDeps): Pick<VolSubvolumesHandlers, "vol.list_subvolumes"> => ({
  "vol.list_subvolumes": ({ path }) =>
    onBtrfs(files, path, async (place) => {
      const found = await Subvolumes.read(place);
      return mapInSlices(
        found.records.filter(({ id }) => id !== TOP_LEVEL),
        (record) => found.shape(record),
      );
    }),
});
