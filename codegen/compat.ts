import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { refusedChanges } from "./compatibility.js";
import { SPEC_FILE, type Spec } from "./spec.js";

/** What git answers, or undefined where it has nothing to answer. */
function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 });
  } catch {
    return undefined;
  }
}

/** Compares `openrpc.json` with that of the last release: exit 0, or 1 with what the version number does not allow. */
function main(): number {
  const tag = git("describe", "--tags", "--abbrev=0")?.trim();
  if (!tag) {
    console.log("No release is tagged yet, so there is nothing to be compatible with.");
    return 0;
  }
  const released = git("show", `${tag}:${SPEC_FILE}`);
  if (released === undefined) {
    console.log(`${tag} has no ${SPEC_FILE}, so there is nothing to be compatible with.`);
    return 0;
  }
  // Both have passed the house rules: the one when it was released, the other in `npm run generate:check`.
  const before = JSON.parse(released) as Spec;
  const after = JSON.parse(readFileSync(SPEC_FILE, "utf8")) as Spec;
  const refused = refusedChanges(before, after);
  for (const { where, sentence } of refused) console.error(`${SPEC_FILE}: ${where}: ${sentence}`);
  if (refused.length === 0) {
    console.log(`${SPEC_FILE} ${after.info.version} keeps what ${tag} promised, as far as its version must.`);
    return 0;
  }
  const needed = before.info.version.startsWith("0.") ? "minor" : "major";
  console.error(
    `These break callers of ${tag}: raise the ${needed} version, or deprecate first and remove in the next minor.`,
  );
  return 1;
}

process.exitCode = main();
