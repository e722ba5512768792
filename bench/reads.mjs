import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { median, start } from "./subject.mjs";

const run = promisify(execFile);
const rounds = 41;

const reads = {
  "net.interfaces": ["ip", "-j", "-d", "-s", "addr"],
  "net.routes": ["ip", "-j", "-d", "route", "show", "table", "all"],
  "net.neighbors": ["ip", "-j", "-s", "neigh"],
  "vol.list_mounts": ["findmnt", "-J", "-l"],
  "vol.usage": ["df"],
  "vol.list_disks": ["lsblk", "-J", "-b", "-d", "-O"],
  "vol.list_partitions": ["lsblk", "-J", "-b", "-O"],
};

/** One call over the socket beside one run of the tool that answers the same, in turn. */
export async function measureReads() {
  const subject = await start("daemon");
  const rows = {};
  for (const [method, [tool, ...args]] of Object.entries(reads)) {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: {} });
    const answer = JSON.parse(await subject.call(body));
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    const [ours, theirs] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      ours.push(await timed(() => subject.call(body)));
      theirs.push(await timed(() => run(tool, args, { maxBuffer: 1 << 26 })));
    }
    const [call, spawned] = [median(ours), median(theirs)];
    rows[method] = {
      "daemon ms": call.toFixed(2),
      tool: [tool, ...args].join(" "),
      "tool ms": spawned.toFixed(2),
      ratio: (call / spawned).toFixed(2),
    };
  }
  await subject.stop();
  return rows;
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
