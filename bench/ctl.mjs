// How long a person waits for `my-os-ctl`: whole processes, beside `ip` and another command line program on Node.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { median, start } from "./subject.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const ROUNDS = 15;

/** Median of whole runs, in turn. */
export async function measureCtl() {
  const subject = await start("daemon");
  const env = { ...process.env, MY_OS_SOCKET: subject.socket };
  const programs = {
    "my-os-ctl net interfaces": [process.execPath, here("../dist/src/bin/my-os-ctl.js"), "net", "interfaces"],
    "my-os-ctl --help": [process.execPath, here("../dist/src/bin/my-os-ctl.js"), "--help"],
    "ip -j addr": ["ip", "-j", "addr"],
    "tsc --version (another CLI on Node)": [process.execPath, here("../node_modules/typescript/bin/tsc"), "--version"],
    "node -e 0": [process.execPath, "-e", "0"],
  };
  const samples = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, [command, ...args]] of Object.entries(programs)) {
      const began = performance.now();
      const { status, stderr } = spawnSync(command, args, { env });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      samples[name].push(performance.now() - began);
    }
  }
  await subject.stop();
  const [first] = Object.keys(programs);
  const own = median(samples[first]);
  return Object.fromEntries(
    Object.entries(samples).map(([name, values]) => [
      name,
      { ms: median(values).toFixed(0), "ratio of ours to it": (own / median(values)).toFixed(2) },
    ]),
  );
}
