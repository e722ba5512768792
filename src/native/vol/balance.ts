import type { VolBalanceHandlers } from "../../../generated/handlers.gen.js";
import type { Files } from "../../kernel/files.js";
import { balanceStatus } from "./balance-status.js";
import { onBtrfs } from "./fs-btrfs.js";

export interface BalanceDeps {
  readonly files: Files;
}

/** The `vol.balance` topic, as far as it is built. */
export const balance = ({ files }: BalanceDeps): Pick<VolBalanceHandlers, "vol.balance_status"> => ({
  "vol.balance_status": ({ path }) => onBtrfs(files, path, (place) => balanceStatus(files, place)),
});
