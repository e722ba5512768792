import type { VolScrubHandlers } from "../../../generated/handlers.gen.js";
import { onBtrfs } from "./fs-btrfs.js";
import type { OperationDeps } from "./fs-operation.js";
import { controlScrub } from "./scrub-control.js";
import { scrubStatus } from "./scrub-status.js";

/** The `vol.scrub` topic: `btrfs` does it in a session of its own, the kernel and its record are asked. */
export const scrub = (deps: OperationDeps): VolScrubHandlers => ({
  "vol.scrub_status": ({ path }) => onBtrfs(deps.files, path, (place) => scrubStatus(deps.files, place)),
  "vol.scrub_start": (params) => controlScrub(deps, params),
});
