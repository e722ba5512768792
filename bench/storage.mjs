// The storage lists on a machine with very many devices and mounts, made in a mount namespace of their own.
import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, start } from "./subject.mjs";

const run = promisify(execFile);
const devices = Number(process.env.BENCH_DEVICES ?? 200);
const mounts = Number(process.env.BENCH_MOUNTS ?? 5000);
const rounds = 5;
const mib = 1 << 20;

const lsblk = ["lsblk", "-J", "-b", "-O"];
const findmnt = ["findmnt", "-J", "-l"];
const reads = [
  ["vol.list_disks", {}, lsblk],
  ["vol.list_partitions", {}, lsblk],
  ["vol.list_filesystems", { all: true }, ["lsblk", "-J", "-f"]],
  ["vol.list_mounts", {}, findmnt],
  ["vol.inventory", {}, lsblk, findmnt],
  ["vol.feasible_topologies", {}, lsblk],
];

/** Needs root; answers nothing without it. */
export async function measureStorage() {
  if (process.getuid() !== 0) return { skipped: { reason: "loop devices and mounts need root" } };
  const inside = ["--mount", "--propagation", "private", process.execPath, fileURLToPath(import.meta.url), "--inside"];
  const { stdout } = await run("unshare", inside, { maxBuffer: 1 << 26 });
  return JSON.parse(stdout);
}

/** Loop devices with an ext4 each, and one of them bound to very many folders. */
function furnish(folder, attached) {
  for (let at = 0; at < devices; at += 1) {
    const file = join(folder, `${at}.img`);
    writeFileSync(file, "");
    truncateSync(file, 4 * mib);
    execFileSync("mkfs.ext4", ["-q", "-O", "^has_journal", "-L", `bench${at}`, file], { stdio: "ignore" });
    attached.push(execFileSync("losetup", ["--find", "--show", file], { encoding: "utf8" }).trim());
  }
  execFileSync("sh", ["-eu"], {
    input: `cd '${folder}'; mkdir m; mount -t tmpfs bench m; mkdir m/all m/disk; mount '${attached[0]}' m/disk
      i=0; while [ $i -lt ${mounts} ]; do mkdir m/all/$i; mount --bind m/disk m/all/$i; i=$((i + 1)); done`,
  });
}

async function measured(subject, [method, params, ...tools]) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const health = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "rpc.health" });
  const [ours, theirs, waits] = [[], [], []];
  let bytes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const began = performance.now();
    let isRunning = true;
    const answer = subject.call(body).finally(() => {
      isRunning = false;
    });
    // Others keep being answered meanwhile.
    while (isRunning) waits.push(await timed(() => subject.call(health)));
    bytes = (await answer).length;
    ours.push(performance.now() - began);
    theirs.push(
      await timed(async () => {
        for (const [tool, ...args] of tools) await run(tool, args, { maxBuffer: 1 << 28 }).catch(() => undefined);
      }),
    );
  }
  const [call, spawned] = [median(ours), median(theirs)];
  return {
    "daemon ms": call.toFixed(0),
    tool: tools.map((words) => words.join(" ")).join("; "),
    "tool ms": spawned.toFixed(0),
    ratio: (call / spawned).toFixed(2),
    "others wait at most ms": Math.max(...waits).toFixed(0),
    "answer MiB": (bytes / mib).toFixed(1),
    "daemon MiB": subject.rssMiB().toFixed(0),
  };
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function inside() {
  const folder = mkdtempSync(join(tmpdir(), "my-os-bench-"));
  const attached = [];
  const rows = {};
  try {
    furnish(folder, attached);
    const subject = await start("daemon");
    try {
      for (const read of reads) rows[read[0]] = await measured(subject, read);
    } finally {
      await subject.stop();
    }
  } finally {
    // The mounts go with the namespace, but its devices only when nothing is mounted from them.
    execFileSync("umount", ["--recursive", "--lazy", join(folder, "m")], { stdio: "ignore" });
    for (const path of attached) execFileSync("losetup", ["--detach", path], { stdio: "ignore" });
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(JSON.stringify(rows));
}

if (process.argv.includes("--inside")) await inside();
