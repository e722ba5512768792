import type { NetNeighborsHandlers } from "../../../generated/handlers.gen.js";
import type { Files } from "../../kernel/files.js";
import type { NetReader } from "../../kernel/net-model.js";
import { askKernel } from "./live.js";

export interface NeighborsDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The `net.neighbors` topic: the ARP and NDP tables. */
export const neighbors = (deps: NeighborsDeps): NetNeighborsHandlers => ({
  "net.neighbors": (filter, { signal }) => askKernel(deps, () => deps.net.neighbors(filter, signal)),
});
