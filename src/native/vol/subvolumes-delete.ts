import type { DeleteSubvolumeResult, Holder, VolDeleteSubvolumeParams } from "../../../generated/types.gen.js";
import { isRefused } from "../../kernel/btrfs-ioctl.js";
import { destroySubvolume, readBelonging } from "../../kernel/btrfs-subvolume.js";
import { listSubvolumes, type SubvolumeRecord, TOP_LEVEL } from "../../kernel/btrfs-subvolumes.js";
import { kindAt } from "../../kernel/open-place.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import { asBtrfs, type BtrfsPlace } from "./fs-btrfs.js";
import { btrfsIdentity } from "./fs-identity.js";
import { inFolder, mustBeWritable, readOnly } from "./fs-parent.js";
import { invalid, notThere, opened } from "./fs-place.js";
import { inUse } from "./refusals.js";
import type { SubvolumesDeps } from "./subvolumes.js";
import { isSubvolume, lineOf } from "./subvolumes-add.js";
import { Keepers } from "./subvolumes-guards.js";
import { mustStillLead } from "./subvolumes-same.js";
import { Subvolumes, shown } from "./subvolumes-shape.js";

/** Deletes a subvolume, after the guards that the specification names, in its order. */
export const deleteSubvolume = (
  deps: SubvolumesDeps,
  params: VolDeleteSubvolumeParams,
): Promise<DeleteSubvolumeResult> =>
  inFolder(deps.files, params.path, "path", async (place) => {
    if ((await kindAt(place.at)) === undefined) throw notThere(params.path);
    return opened(deps.files, { path: params.path, at: place.at, field: "path" }, place.folder.tree, async (found) =>
      deleteAt(deps, params, await asBtrfs(found)),
    );
  });

async function deleteAt(
  deps: SubvolumesDeps,
  { path, recursive = false, force = false }: VolDeleteSubvolumeParams,
  place: BtrfsPlace,
): Promise<DeleteSubvolumeResult> {
  if (!isSubvolume(place)) throw invalid("path", `${path} is not a subvolume`);
  return deps.state.queue.run(lineOf(place), () =>
    deps.state.steps(async (steps) => {
      await mustStillLead(deps.files, { place, path, field: "path" });
      const found = await Subvolumes.read(place);
      const record = found.byId((await readBelonging(place.fd)).id);
      if (!record) throw notThere(path);
      if (record.id === TOP_LEVEL) throw invalid("path", `${path} is the top level of its filesystem`);
      const nested = found.beneath(record);
      mustBeFree(path, [record, ...nested], await Keepers.read(deps.files, place, deps.stateDir));
      if (nested.length > 0 && !recursive) throw holdsOthers(path, nested);
      if (!force) mustNotBeKept(path, [record, ...nested]);
      mustBeWritable(place);
      const filesystem = await btrfsIdentity(deps, place);
      const doomed = [...nested, record];
      const deleted = doomed.map((each) => found.shape(each));
      await mustStillBe(place, path, doomed);
      for (const each of doomed) await destroy(steps, place, path, each);
      return { changed: true, warnings: [], filesystem, deleted };
    }),
  );
}

/** The third and fourth guard: the running system, mounts, swap files, the default subvolume. */
function mustBeFree(path: string, records: readonly SubvolumeRecord[], keepers: Keepers): void {
  const holders = unique(records.flatMap((record) => keepers.of(record)));
  const system = holders.filter(({ kind }) => kind === "system");
  if (system.length > 0) throw inUse(path, system, "subvolume");
  const defaults = records
    .filter(({ isDefault }) => isDefault)
    .map(
      (record): Holder => ({
        kind: "subvolume",
        name: shown(record.path).slice(0, 4096),
        reason: "it is the filesystem's default subvolume",
      }),
    );
  if (holders.length + defaults.length > 0) throw inUse(path, [...holders, ...defaults], "subvolume");
}

const unique = (holders: readonly Holder[]): Holder[] => [
  ...new Map(holders.map((holder) => [JSON.stringify(holder), holder])).values(),
];

/** The fifth guard. */
const holdsOthers = (path: string, nested: readonly SubvolumeRecord[]) =>
  inUse(
    path,
    nested.map((record): Holder => ({ kind: "subvolume", name: shown(record.path).slice(0, 4096) })),
    "subvolume",
  );

/** The sixth guard, the only one that yields to `force`. */
function mustNotBeKept(path: string, records: readonly SubvolumeRecord[]): void {
  const kept = records.filter(({ isReadOnly }) => isReadOnly);
  const [first] = kept;
  if (!first) return;
  throw rpcError(
    "conflict",
    {
      expected: "subvolumes that can be written to",
      actual: `${shown(first.path)} is a read-only snapshot`.slice(0, 4096),
      objects: kept.slice(0, 64).map((record) => shown(record.path).slice(0, 1024)),
      remedy: "force: true",
    },
    `${path}: ${shown(first.path)} is a read-only snapshot, which may be a backup or the base of an incremental send; \`force: true\` deletes it`,
  );
}

/** The seventh guard: ids are never used again, so a subvolume by its id and UUID is the one that was looked at. */
async function mustStillBe(place: BtrfsPlace, path: string, doomed: readonly SubvolumeRecord[]): Promise<void> {
  const now = new Map((await listSubvolumes(place.fd)).map((record) => [record.id, record]));
  const ids = new Set(doomed.map(({ id }) => id));
  for (const { id, uuid, path: was } of doomed) {
    const found = now.get(id);
    if (found?.uuid === uuid && found.path === was) continue;
    throw rpcError(
      "conflict",
      {
        expected: `subvolume ${id} (${uuid}) at ${shown(was)}`.slice(0, 4096),
        actual: (found ? `${found.uuid} at ${shown(found.path)}` : "it is gone").slice(0, 4096),
      },
      `${path} changed while it was looked at; nothing was deleted`,
    );
  }
  const newcomer = [...now.values()].find(({ id, parentId }) => ids.has(parentId) && !ids.has(id));
  if (newcomer) throw holdsOthers(path, [newcomer]);
}

async function destroy(steps: Steps, place: BtrfsPlace, path: string, record: SubvolumeRecord): Promise<void> {
  try {
    await steps.do(`delete subvolume ${record.id}`, () => destroySubvolume(place.fd, record.id));
  } catch (error) {
    if (isRefused(error, "EROFS")) throw readOnly(`the subvolume that holds ${shown(record.path)}`);
    if (!isRefused(error, "ENOTEMPTY", "EBUSY", "ETXTBSY")) throw error;
    const reason = "it holds a subvolume or a swap file that came since, or is being sent";
    throw inUse(path, [{ kind: "unknown", name: shown(record.path).slice(0, 4096), reason }], "subvolume");
  }
}
