import type { VolUsageHandlers } from "../../../generated/handlers.gen.js";
import type { BtrfsDeviceStats, BtrfsSpaceInfo } from "../../../generated/types.gen.js";
import { readDevices, readErrorCounters } from "../../kernel/btrfs-devices.js";
import { readSpace } from "../../kernel/btrfs-space.js";
import type { Files } from "../../kernel/files.js";
import type { SpaceReader } from "../../kernel/statfs.js";
import { type BtrfsPlace, named, onBtrfs } from "./fs-btrfs.js";
import { unsupported } from "./fs-place.js";
import { btrfsUsage } from "./fs-usage.js";
import { exact } from "./space.js";

export interface StatsDeps {
  readonly files: Files;
  readonly space: SpaceReader;
}

/** The part of the `vol.usage` topic that is about one btrfs; all of it asks the kernel itself and needs no root. */
export const stats = ({
  files,
  space,
}: StatsDeps): Pick<VolUsageHandlers, "vol.device_stats" | "vol.fs_usage" | "vol.fs_df"> => ({
  "vol.device_stats": ({ path }) => onBtrfs(files, path, (place) => deviceStats(files, place)),
  "vol.fs_usage": ({ path }) => onBtrfs(files, path, (place) => btrfsUsage(files, space, place)),
  "vol.fs_df": ({ path }) => onBtrfs(files, path, fsDf),
});

async function deviceStats(files: Files, { fd, info }: BtrfsPlace): Promise<BtrfsDeviceStats[]> {
  const answers: BtrfsDeviceStats[] = [];
  for (const device of await readDevices(files, fd, info)) {
    const counters = await readErrorCounters(fd, device.devid);
    if (!counters) throw unsupported(`the kernel has no error counters of the device with devid ${device.devid} yet`);
    answers.push({
      ...named(device),
      missing: device.isMissing,
      write_io_errs: exact(counters.write),
      read_io_errs: exact(counters.read),
      flush_io_errs: exact(counters.flush),
      corruption_errs: exact(counters.corruption),
      generation_errs: exact(counters.generation),
    });
  }
  return answers;
}

async function fsDf({ fd }: BtrfsPlace): Promise<BtrfsSpaceInfo[]> {
  return (await readSpace(fd)).map(({ type, profile, total, used }) => ({
    bg_type: type,
    bg_profile: profile,
    total_bytes: exact(total),
    used_bytes: exact(used),
  }));
}
