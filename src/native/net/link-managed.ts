import type { Managed } from "../managed.js";
import { ManagedBridges, ManagedConnections, ManagedPorts } from "./bridge-managed.js";
import type { LinkDeps } from "./link-state.js";
import { ManagedRoutes } from "./routes-managed.js";
import { ManagedTaps } from "./tap-managed.js";

/** Links and routes of ours, in the order of their needs. */
export const managedLinks = (deps: LinkDeps): Managed[] => [
  new ManagedBridges(deps),
  new ManagedPorts(deps),
  new ManagedConnections(deps),
  new ManagedTaps(deps),
  new ManagedRoutes(deps),
];
