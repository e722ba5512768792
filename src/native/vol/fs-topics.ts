import { join } from "node:path";
import type { Handlers } from "../../../generated/handlers.gen.js";
import { BtrfsRuns } from "../../kernel/btrfs-runs.js";
import type { Files } from "../../kernel/files.js";
import type { Identities } from "../../kernel/identities.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import type { NativeState } from "../state.js";
import { balance } from "./balance.js";
import { defrag } from "./defrag.js";
import { resize } from "./resize.js";
import { scrub } from "./scrub.js";
import { stats } from "./stats.js";
import { subvolumes } from "./subvolumes.js";

export interface FsTopicsDeps {
  readonly files: Files;
  readonly identities: Identities;
  readonly space: SpaceReader;
  readonly state: NativeState;
  readonly stateDir: string;
}

type OnFilesystems =
  | "vol.list_subvolumes"
  | "vol.create_subvolume"
  | "vol.delete_subvolume"
  | "vol.snapshot_subvolume"
  | "vol.set_quota"
  | "vol.device_stats"
  | "vol.fs_usage"
  | "vol.fs_df"
  | "vol.scrub_status"
  | "vol.scrub_start"
  | "vol.balance_status"
  | "vol.balance_start"
  | "vol.defrag"
  | "vol.resize_max";

/** What is asked of and done on a mounted filesystem as a whole: nearly all of it is btrfs's. */
export function filesystemTopics(deps: FsTopicsDeps): Pick<Handlers, OnFilesystems> {
  const { files, identities, state, stateDir } = deps;
  const operations = { files, identities, state, runs: new BtrfsRuns(join(stateDir, "btrfs")) };
  return {
    ...stats(deps),
    ...subvolumes(deps),
    ...scrub(operations),
    ...balance(operations),
    ...defrag(operations),
    ...resize(deps),
  };
}
