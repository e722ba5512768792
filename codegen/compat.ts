import { execFileSync } from "node:child_process";
import { refusedChanges } from "./compatibility.js";
import { isRelease, RECORDS, readRecords } from "./records.js";
import { readSpecText, SPEC_FILE, type Spec } from "./spec.js";

/** The version of the last release tag, where there is git and such a tag; a checkout without them has the records. */
function taggedVersion(): string | undefined {
  try {
    const words = ["describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"];
    return execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
      .trim()
      .slice(1);
  } catch {
    return undefined;
  }
}

/** Compares `openrpc.json` with the record of the last release: exit 0, or 1 with what the version number does not allow. */
async function main(): Promise<number> {
  const records = await readRecords(".");
  const tagged = taggedVersion();
  if (tagged !== undefined && !records.some(({ info }) => info.version === tagged)) {
    console.error(`v${tagged} is tagged, but ${RECORDS} has no record of it: \`npm run spec:record\` at that tag.`);
    return 1;
  }
  const before = records.filter(isRelease).at(-1);
  if (before === undefined) {
    console.log(`No release is recorded in ${RECORDS} yet, so there is nothing to be compatible with.`);
    return 0;
  }
  const { version } = before.info;
  // Its house rules are looked at by `npm run generate:check`.
  const after: Spec = JSON.parse(await readSpecText("."));
  const refused = refusedChanges(before, after);
  for (const { where, sentence } of refused) console.error(`${SPEC_FILE}: ${where}: ${sentence}`);
  if (refused.length === 0) {
    console.log(`${SPEC_FILE} ${after.info.version} keeps what ${version} promised, as far as its version must.`);
    return 0;
  }
  const needed = version.startsWith("0.") ? "minor" : "major";
  console.error(
    `These break callers of ${version}: raise the ${needed} version, or deprecate first and remove in the next minor.`,
  );
  return 1;
}

process.exitCode = await main();
