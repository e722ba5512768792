import type { VolBalanceHandlers } from "../../../generated/handlers.gen.js";
import { controlBalance } from "./balance-control.js";
import { balanceStatus } from "./balance-status.js";
import { onBtrfs } from "./fs-btrfs.js";
import type { OperationDeps } from "./fs-operation.js";

/** The `vol.balance` topic: `btrfs` does it in a session of its own, the kernel is asked. */
export const balance = (deps: OperationDeps): VolBalanceHandlers => ({
  "vol.balance_status": ({ path }) => onBtrfs(deps.files, path, (place) => balanceStatus(deps, place)),
  "vol.balance_start": (params) => controlBalance(deps, params),
});
