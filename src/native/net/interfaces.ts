import type { NetInterfacesHandlers } from "../../../generated/handlers.gen.js";
import type { Files } from "../../kernel/files.js";
import type { NetReader } from "../../kernel/net-model.js";
import { askKernel } from "./live.js";

export interface InterfacesDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The `net.interfaces` topic: every link of the daemon's network namespace. */
export const interfaces = (deps: InterfacesDeps): NetInterfacesHandlers => ({
  "net.interfaces": (filter, { signal }) => askKernel(deps, () => deps.net.links(filter, signal)),
});
