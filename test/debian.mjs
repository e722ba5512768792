// The Debian tools that the real-kernel suites use, installed only as root on Debian and never silently.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const policy = "/usr/sbin/policy-rc.d";

/** Installs what `debian-packages.txt` names and is missing; `MY_OS_TEST_SETUP=0` forbids it. */
export function installDebianPackages(say) {
  const missing = wanted().filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const obstacle = whyNot();
  if (obstacle) return say(`not installing ${missing.join(" ")}: ${obstacle}; the suites that need them are skipped`);
  say(`installing Debian packages for the real-kernel suites: ${missing.join(" ")}`);
  withoutServiceStarts(() => {
    apt(["update", "-qq"]);
    apt(["install", "-y", "-qq", "--no-install-recommends", ...missing]);
  });
}

function wanted() {
  const lines = readFileSync(new URL("debian-packages.txt", import.meta.url), "utf8").split("\n");
  return lines.filter((line) => line !== "" && !line.startsWith("#"));
}

function isInstalled(name) {
  const { stdout } = spawnSync("dpkg", ["--status", name], { encoding: "utf8" });
  return stdout?.includes("Status: install ok installed") ?? false;
}

function whyNot() {
  if (process.env.MY_OS_TEST_SETUP === "0") return "MY_OS_TEST_SETUP=0";
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/etc/debian_version")) return "not Debian";
}

/** No package may start its daemon on the machine that runs the tests. */
function withoutServiceStarts(install) {
  const mine = !existsSync(policy);
  if (mine) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (mine) rmSync(policy);
  }
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("apt-get", args, { stdio: ["ignore", "ignore", "inherit"], env });
  if (status !== 0) throw new Error(`apt-get ${args.join(" ")} failed`);
}
