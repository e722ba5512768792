import type { NetNatHandlers } from "../../../generated/handlers.gen.js";
import { askKernel } from "./live.js";
import { addDnat, removeDnat } from "./nat-dnat-writes.js";
import { natStatus } from "./nat-read.js";
import { addSnat, removeSnat } from "./nat-snat-writes.js";
import type { PacketRules } from "./nft-state.js";

/** The `net.nat` topic: port forwards and source translations. */
export const nat = (rules: PacketRules): NetNatHandlers => ({
  "net.nat.status": (_, { signal }) => askKernel(rules.deps, () => natStatus(rules, signal)),
  "net.nat.add_dnat": (params) => askKernel(rules.deps, () => addDnat(rules, params)),
  "net.nat.remove_dnat": (params) => askKernel(rules.deps, () => removeDnat(rules, params)),
  "net.nat.add_snat": (params) => askKernel(rules.deps, () => addSnat(rules, params)),
  "net.nat.remove_snat": (params) => askKernel(rules.deps, () => removeSnat(rules, params)),
});
