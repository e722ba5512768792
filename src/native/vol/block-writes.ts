import type { Handlers } from "../../../generated/handlers.gen.js";
import { DiskLocks } from "../../kernel/device-lock.js";
import { Claims } from "./claims.js";
import { filesystemCreate } from "./filesystem-create.js";
import type { GuardDeps } from "./guard.js";
import { mdCreate } from "./md-create.js";
import { mdStop } from "./md-stop.js";
import { partitionCreate } from "./partition-create.js";
import { raid } from "./raid.js";

type Overwriting =
  | "vol.create_partition"
  | "vol.create_filesystem"
  | "vol.create_btrfs_raid"
  | "vol.create_md_array"
  | "vol.stop_md_array";

/** What overwrites block devices, behind one set of guards, claims and locks. */
export function blockWrites(deps: Omit<GuardDeps, "claims" | "locks">): Pick<Handlers, Overwriting> {
  const guarded: GuardDeps = { ...deps, claims: new Claims(), locks: new DiskLocks() };
  return {
    ...partitionCreate(guarded),
    ...filesystemCreate(guarded),
    ...raid(guarded),
    ...mdCreate(guarded),
    ...mdStop(guarded),
  };
}
