import type { VolMdHandlers } from "../../../generated/handlers.gen.js";
import type { MdArray, VolStopMdArrayParams, VolStopMdArrayResult, Warning } from "../../../generated/types.gen.js";
import { BlockIndex } from "../../kernel/block-index.js";
import { requireTool } from "../../kernel/exec.js";
import { diskseqNow } from "../../kernel/fingerprint.js";
import { isMdArray } from "../../kernel/md-sysfs.js";
import { stopArray, zeroSuperblock } from "../../kernel/mdadm.js";
import { signaturesOn } from "../../kernel/wipefs.js";
import { rpcError } from "../../rpc/errors.js";
import { asRefusal, type GuardDeps } from "./guard.js";
import { placed } from "./guard-signatures.js";
import { holdersOf, systemHolders } from "./guard-use.js";
import { InUse } from "./in-use.js";
import { mdArrays } from "./md-reads.js";
import { carriesSignatures, inUse as refusedInUse, replaced } from "./refusals.js";
import { deviceMeant, refuseTarget, shown, type Target } from "./target.js";

/** The stopping part of the `vol.md` topic. */
export const mdStop = (deps: GuardDeps): Pick<VolMdHandlers, "vol.stop_md_array"> => ({
  "vol.stop_md_array": (params) => stopMdArray(deps, params),
});

async function stopMdArray(deps: GuardDeps, params: VolStopMdArrayParams): Promise<VolStopMdArrayResult> {
  const { array: named, zero_superblock: zero = false, force = false } = params;
  const { index, target } = await namedArray(deps, named);
  const inUse = await InUse.read(deps.files, index, deps.stateDir);
  const [was] = await mdArrays(deps, inUse, [target.node]);
  const members = (was?.members ?? []).flatMap(({ path }) => memberTarget(index, path));
  const release = deps.claims.take([target, ...members], "vol.stop_md_array");
  try {
    return await deps.state.steps(async (steps) => {
      const before = await steps.do("found", () => identityOf(deps, index, target, was));
      await refuseUsed(deps, inUse, target);
      if (zero && !force) await refuseContent(target);
      await requireTool("mdadm");
      const devices = await Promise.all(members.map((member) => deviceMeant(deps.files, deps.identities, member)));
      await steps.do("checked", () => {});
      await refuseChanged(deps, target, before);
      await steps.do("stopped", () => stopArray(target.node.node));
      if (zero) await steps.do("zeroed", () => zeroAll(members));
      const array = was ?? gone(named);
      return { changed: true, warnings: zero ? [] : [reassembly(array)], array, devices, superblocks_zeroed: zero };
    });
  } catch (error) {
    throw asRefusal(error, [target]);
  } finally {
    release();
  }
}

/** The array by any of its names; one that is inactive has no size, and is an array all the same. */
async function namedArray({ files }: GuardDeps, named: string) {
  const index = await BlockIndex.read(files);
  const node = await index.at(named);
  if (node === undefined) {
    const name = shown(named);
    throw rpcError("not_found", { resource: "md array", name }, `there is no array ${name}`);
  }
  if (node === "other" || !isMdArray(node)) throw refuseTarget("array", named, "it is no MD array");
  const target: Target = { named, node, whole: node };
  return { index, target };
}

function gone(named: string): never {
  const name = shown(named);
  throw rpcError("not_found", { resource: "md array", name }, `${name} is gone`);
}

const memberTarget = (index: BlockIndex, path: string | undefined): Target[] => {
  const node = index.nodes.find((one) => one.path === path);
  return node ? [{ named: node.path, node, whole: index.wholeOf(node) }] : [];
};

async function refuseUsed({ files }: GuardDeps, inUse: InUse, target: Target): Promise<void> {
  // What else lies on its members' disks is nothing to stopping it.
  const system = inUse.isSystem(target.node) ? systemHolders(inUse, target) : [];
  if (system.length > 0) throw refusedInUse(target.named, system, "md array");
  // Without a size nothing can be opened, nor lie on it.
  const holders = target.node.sizeBytes === 0n ? inUse.holders(target.node) : await holdersOf(files, inUse, target);
  if (holders.length > 0) throw refusedInUse(target.named, holders, "md array");
}

async function refuseContent({ named, node }: Target): Promise<void> {
  if (node.sizeBytes === 0n) return;
  const found = (await signaturesOn(node.node)).map((signature) => placed(signature, node.path, 0n).found);
  if (found.length > 0) throw carriesSignatures(named, found, "`force: true` erases the superblocks all the same");
}

/** What an array is: its UUID, its number since boot, and those of its members. */
async function identityOf(
  deps: GuardDeps,
  index: BlockIndex,
  { node, named }: Target,
  array: MdArray | undefined,
): Promise<string> {
  const { uuid, members } = array ?? gone(named);
  const targets = members.flatMap(({ path }) => memberTarget(index, path));
  const numbers = await Promise.all(
    targets.map(async ({ node: { name }, whole }) => `${name}#${(await diskseqNow(deps.files, whole)) ?? ""}`),
  );
  const own = (await diskseqNow(deps.files, node)) ?? "none";
  return `array ${uuid ?? "without a UUID"}, disk sequence number ${own}, members ${numbers.sort().join(" ")}`.slice(
    0,
    4096,
  );
}

async function refuseChanged(deps: GuardDeps, target: Target, expected: string): Promise<void> {
  const index = await BlockIndex.read(deps.files);
  const inUse = await InUse.read(deps.files, index, deps.stateDir);
  const node = index.byName(target.node.name);
  const [array] = node ? await mdArrays(deps, inUse, [node]) : [];
  const actual = array ? await identityOf(deps, index, target, array) : "no array";
  if (actual !== expected) throw replaced(target.named, { expected, actual });
}

/** The first that fails is told, once all have been tried. */
async function zeroAll(members: readonly Target[]): Promise<void> {
  const outcomes = await Promise.allSettled(members.map(({ node }) => zeroSuperblock(node.node)));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
}

const reassembly = ({ path }: MdArray): Warning => ({
  kind: "will_reassemble",
  message: "The members keep their superblocks: udev or the next boot assembles the array again.",
  object: path,
  remedy: "Assemble it and stop it with `zero_superblock: true`.",
});
