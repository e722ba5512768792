// `npm test`: sets up what is missing, then runs every check and suite and ends with one line of counts.
// `--deep` adds all seeds and the other Node versions; further arguments name test files.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDebianPackages } from "./debian.mjs";
import { nodeLanes } from "./node-lanes.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const deep = process.argv.includes("--deep");
const files = process.argv.slice(2).filter((argument) => argument !== "--deep");
const counts = { passed: 0, failed: 0, skipped: 0 };
const skips = [];

installPackages();
installDebianPackages(say);
if (files.length === 0)
  for (const check of ["generate:check", "spec:compat", "lint", "build", "typecheck", "knip"]) runCheck(check);
else runCheck("build");
runSuites("vitest", process.execPath, ["node_modules/vitest/vitest.mjs"]);
if (deep && files.length === 0)
  for (const lane of nodeLanes(say)) runSuites(lane.name, lane.node, ["node_modules/vitest/vitest.mjs"]);
report();

function installPackages() {
  const installed = join(root, "node_modules/.package-lock.json");
  const isFresh =
    existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
  if (isFresh) return;
  say("installing npm packages");
  const { status } = spawnSync("npm", ["install", "--no-save", "--no-audit", "--no-fund"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) fail("npm could not install the packages");
}

function runCheck(name) {
  say(`check: ${name}`);
  const { status } = spawnSync("npm", ["run", "--silent", name], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status === 0) counts.passed += 1;
  else counts.failed += 1;
}

function runSuites(name, node, command) {
  say(`suites: ${name}`);
  const folder = mkdtempSync(join(tmpdir(), "my-os-test-report-"));
  const report = join(folder, "report.json");
  const { status } = spawnSync(
    node,
    [...command, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files],
    {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...(deep ? { MOS_TEST_DEEP: "1" } : {}) },
    },
  );
  count(report, status);
  rmSync(folder, { recursive: true });
}

function count(reportFile, status) {
  if (!existsSync(reportFile)) {
    counts.failed += 1;
    return;
  }
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  counts.passed += report.numPassedTests;
  counts.failed += report.numFailedTests;
  const broken = report.testResults.filter(
    (suite) => suite.status === "failed" && suite.assertionResults.every((test) => test.status !== "failed"),
  );
  counts.failed += broken.length;
  // A crash outside any test (an unhandled rejection) fails the run although no test did.
  if (status !== 0 && report.numFailedTests === 0 && broken.length === 0) counts.failed += 1;
  for (const suite of report.testResults)
    for (const test of suite.assertionResults)
      if (["skipped", "pending", "todo"].includes(test.status)) skips.push(test.fullName);
  counts.skipped = skips.length;
}

function report() {
  if (skips.length > 0) say(`skipped:\n${skips.map((name) => `  ${name}`).join("\n")}`);
  const skipsFail = process.env.CI === "true" && skips.length > 0;
  if (skipsFail) say("a skipped test is a failure where CI=true");
  const failed = counts.failed + (skipsFail ? skips.length : 0);
  const skipped = counts.skipped > 0 && !skipsFail ? `, ${counts.skipped} skipped` : "";
  process.stdout.write(`${counts.passed} passed, ${failed} failed${skipped}\n`);
  process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
}

function say(message) {
  process.stdout.write(`\n── ${message}\n`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
