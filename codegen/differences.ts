import { interfaceChanges } from "./changes.js";
import { RECORDS, readRecords } from "./records.js";
import { readSpecText, type Spec } from "./spec.js";

/**
 * `npm run spec:changes [OLD [NEW]]`: the differences between two recorded versions; without NEW `openrpc.json` itself,
 * without OLD the last one that is recorded. Exit 64 for a version that is not recorded.
 */
async function main([old, now]: readonly string[]): Promise<number> {
  const records = await readRecords(".");
  const recorded = (version: string): Spec | undefined => records.find(({ info }) => info.version === version);
  const before = old === undefined ? records.at(-1) : recorded(old);
  const after = now === undefined ? (JSON.parse(await readSpecText(".")) as Spec) : recorded(now);
  if (before === undefined || after === undefined) {
    const known = records.map(({ info }) => info.version).join(", ") || "nothing";
    console.error(`${before ? now : (old ?? "no version")} is not recorded in ${RECORDS}: there is ${known}`);
    return 64;
  }
  const changes = interfaceChanges(before, after);
  for (const { where, sentence, isBreaking } of changes)
    console.log(`${isBreaking ? "breaking  " : "          "}${where}: ${sentence}`);
  const count = changes.filter(({ isBreaking }) => isBreaking).length;
  console.log(`${before.info.version} → ${after.info.version}: ${changes.length} changes, ${count} of them breaking.`);
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
