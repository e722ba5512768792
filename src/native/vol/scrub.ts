import type { VolScrubHandlers } from "../../../generated/handlers.gen.js";
import type { Files } from "../../kernel/files.js";
import { onBtrfs } from "./fs-btrfs.js";
import { scrubStatus } from "./scrub-status.js";

export interface ScrubDeps {
  readonly files: Files;
}

/** The `vol.scrub` topic, as far as it is built. */
export const scrub = ({ files }: ScrubDeps): Pick<VolScrubHandlers, "vol.scrub_status"> => ({
  "vol.scrub_status": ({ path }) => onBtrfs(files, path, (place) => scrubStatus(files, place)),
});
