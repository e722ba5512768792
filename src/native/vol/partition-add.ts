import type { FileHandle } from "node:fs/promises";
import type { FoundSignature } from "../../../generated/types.gen.js";
import { erase, put } from "../../kernel/erase.js";
import { requireTool } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import { readExtent } from "../../kernel/fingerprint.js";
import { type Gpt, type GptEntry, readGpt } from "../../kernel/gpt.js";
import { appendEntry } from "../../kernel/sfdisk.js";
import { signaturesWithin } from "../../kernel/wipefs.js";
import { rpcError } from "../../rpc/errors.js";
import type { Steps } from "../../state/steps.js";
import type { Extent } from "./free-extents.js";
import { type PlacedSignature, placed } from "./guard-signatures.js";
import { type GuardedDisk, refuseOtherDisk } from "./partition-guard.js";
import { hideFromKernel, showToKernel } from "./partition-node.js";
import { shown, type Target } from "./target.js";

export interface Addition {
  readonly files: Files;
  readonly target: Target;
  readonly handle: FileHandle;
  readonly guarded: GuardedDisk;
  readonly place: Extent;
  readonly type: string;
  readonly name: string | undefined;
  readonly wipe: boolean;
  /** Descriptors that keep the disk locked while sfdisk runs. */
  readonly locks: readonly number[];
}

export interface Added {
  readonly entry: GptEntry;
  readonly gpt: Gpt;
  readonly isShown: boolean;
  readonly stale: readonly FoundSignature[];
}

/** Adds the entry, step by step: what is done is undone when a later step fails. */
export async function addPartition(steps: Steps, addition: Addition): Promise<Added> {
  const { files, target, handle, guarded, place, wipe } = addition;
  const { table, saved } = guarded;
  const size = BigInt(table.sectorSize);
  const within = await signaturesWithin(handle, place.start * size, (place.end - place.start) * size);
  const stale = within.map((signature) => placed(signature, target.node.path, place.start * size));
  await requireTool("sfdisk");
  await steps.do("checked", () => {});
  await refuseOtherDisk(files, target, guarded);
  const doomed = [...table.signatures, ...(wipe ? stale : [])];
  await steps.do(
    "erased",
    async () => eraseKept(handle, doomed),
    (kept) => putBack(handle, kept),
  );
  const { entry, gpt } = await steps.do(
    "written",
    () => writeEntry(addition),
    () => saved.restore(handle),
  );
  const isShown = await steps.do(
    "shown",
    () => showToKernel(files, target.node, entry.number),
    (wasShown) => (wasShown ? hideFromKernel(target.node, entry.number) : undefined),
  );
  return { entry, gpt, isShown, stale: stale.map(({ found }) => ({ ...found, erased: wipe })) };
}

type Kept = readonly { readonly offset: bigint; readonly bytes: Buffer }[];

async function eraseKept(handle: FileHandle, doomed: readonly PlacedSignature[]): Promise<Kept> {
  const kept = [];
  for (const { offset, length } of doomed) kept.push({ offset, bytes: await readExtent(handle, offset, length) });
  await erase(handle, doomed);
  return kept;
}

async function putBack(handle: FileHandle, kept: Kept): Promise<void> {
  for (const { offset, bytes } of kept) await put(handle, offset, bytes);
  await handle.sync();
}

/** All or nothing: what sfdisk wrote is compared with what was asked, and the old table put back where it differs. */
async function writeEntry({ target, handle, guarded, place, type, name, locks }: Addition) {
  const { table, saved } = guarded;
  const entry = { start: place.start, sectors: place.end - place.start, type, ...(name !== undefined && { name }) };
  try {
    await appendEntry(target.node.node, entry, { isNewTable: table.gpt === undefined, inherit: locks });
    const found = await readGpt(handle, table.sectorSize, target.node.sizeBytes);
    const written = found.kind === "gpt" ? addedEntry(found.gpt, table.gpt, place) : undefined;
    if (found.kind === "gpt" && written && written.type === type.toLowerCase() && written.name === (name ?? "")) {
      return { entry: written, gpt: found.gpt };
    }
    const [expected, actual] = ["the table with one more entry, as asked", written?.name ?? "another table"];
    throw rpcError(
      "conflict",
      { expected, actual },
      `${shown(target.named)}: sfdisk wrote another table than was asked for`,
    );
  } catch (error) {
    await saved.restore(handle);
    throw error;
  }
}

/** The new entry, where it has its place and every older entry is as it was, byte for byte. */
function addedEntry(now: Gpt, before: Gpt | undefined, place: Extent): GptEntry | undefined {
  const old = before?.entries ?? [];
  const kept = old.every((entry) =>
    now.entries.some(({ number, bytes }) => number === entry.number && bytes.equals(entry.bytes)),
  );
  if (!kept || now.entries.length !== old.length + 1) return undefined;
  return now.entries.find(({ first, last }) => first === place.start && last + 1n === place.end);
}
