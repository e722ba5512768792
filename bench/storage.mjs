// The storage lists on a machine with very many devices and mounts. Everything is made in mount and process namespaces of
// their own: loop devices that detach themselves with their last mount, over files in a tmpfs. Whatever ends this process,
// Ctrl-C and SIGKILL included, ends all of it.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median, start } from "./subject.mjs";

const run = promisify(execFile);
const devices = Number(process.env.BENCH_DEVICES ?? 200);
const mounts = Number(process.env.BENCH_MOUNTS ?? 5000);
/** Other mount namespaces that see the same mounts, as services and containers have them. */
const namespaces = Number(process.env.BENCH_NAMESPACES ?? 4);
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const mib = 1 << 20;
/** A tool that takes each mount for each device does not end in reasonable time on every machine. */
const LONGEST_TOOL_MS = 30_000;
/** One round is enough of a tool that takes so long. */
const LONG_MS = 5000;

const lsblk = ["lsblk", "-J", "-b", "-O"];
const findmnt = ["findmnt", "-J", "-l"];
/** What `vol.list_mounts` answers, as far as findmnt does: usage, identities. */
const findmntAll = ["findmnt", "-J", "-l", "-b", "--output-all"];
const reads = [
  ["vol.list_disks", {}, lsblk],
  ["vol.list_partitions", {}, lsblk],
  ["vol.list_filesystems", { all: true }, ["lsblk", "-J", "-f"]],
  ["vol.list_mounts", {}, findmntAll],
  ["vol.list_mounts without usage", { usage: false }, findmnt],
  ["vol.inventory", {}, lsblk, findmntAll],
  ["vol.feasible_topologies", {}, lsblk],
  ["vol.list_free_space", "disk", ["sfdisk", "-F"]],
];

const tell = (words) => process.stderr.write(`  ${words}\n`);

/** Needs root; answers nothing without it. */
export async function measureStorage() {
  if (process.getuid() !== 0) return { skipped: { reason: "loop devices and mounts need root" } };
  const folder = mkdtempSync(join(tmpdir(), "my-os-bench-"));
  const inside = [process.execPath, fileURLToPath(import.meta.url), "--inside", folder];
  const own = ["--mount", "--propagation", "private", "--pid", "--mount-proc", "--fork", "--kill-child"];
  const child = spawn("unshare", [...own, ...inside], { stdio: ["pipe", "pipe", "inherit"] });
  const remove = () => rmdirSync(folder);
  process.once("exit", remove);
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(name, () => process.exit(1));
  const [answer, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  if (code !== 0) throw new Error(`the measuring process ended with ${code}`);
  return JSON.parse(answer);
}

/** Loop devices with an ext4 each, all mounted, and all of those bound again until the mounts are as many; the last device has a GPT. */
async function furnish(folder) {
  const [images, places] = [join(folder, "images"), join(folder, "m")];
  // Two, because a mount that a loop device's file lies on and its own filesystem is mounted on would keep itself alive.
  for (const path of [folder, images, places]) {
    mkdirSync(path, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2G", "bench", path]);
  }
  mkdirSync(join(places, "0"));
  for (let at = 0; at < devices - 1; at += 1) {
    const [file, place] = [join(images, `${at}`), join(places, "0", `${at}`)];
    makeFile(file);
    mkdirSync(place);
    await run("mkfs.ext4", ["-q", "-O", "^has_journal", "-L", `bench${at}`, file]);
    // Such a device detaches itself when its last mount goes.
    await run("mount", ["-o", "loop", file, place]);
    if (at % 50 === 49) tell(`${at + 1} of ${devices} devices`);
  }
  const copies = Math.floor(mounts / (devices - 1));
  for (let at = 1; at < copies; at += 1) {
    mkdirSync(join(places, `${at}`));
    await run("mount", ["--rbind", join(places, "0"), join(places, `${at}`)]);
  }
  tell(`${readFileSync("/proc/self/mountinfo", "utf8").split("\n").length - 1} mounts`);
  return divided(join(images, "gpt"));
}

function makeFile(file) {
  writeFileSync(file, "");
  truncateSync(file, 4 * mib);
}

/** A disk with a partition table. It detaches itself too, once this process no longer holds it open. */
async function divided(file) {
  makeFile(file);
  execFileSync("sfdisk", ["-q", file], { input: "label: gpt\nsize=1M\n", stdio: ["pipe", "ignore", "inherit"] });
  const path = (await run("losetup", ["--find", "--show", file])).stdout.trim();
  openSync(path, "r");
  await run("losetup", ["--detach", path]);
  return path;
}

const crowd = [];

/** Namespaces go with the processes in them. */
async function populate() {
  for (let at = 0; at < namespaces; at += 1)
    crowd.push(spawn("unshare", ["--mount", "sleep", "infinity"], { stdio: "ignore" }));
  await sleep(500);
}

async function measured(subject, [method, params, ...tools]) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: method.split(" ")[0], params });
  const health = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "rpc.health" });
  const [ours, theirs, waits] = [[], [], []];
  let answer = await subject.call(body);
  const { error } = JSON.parse(answer);
  if (error) throw new Error(`${method}: ${error.message}`);
  for (let round = 0; round < rounds; round += 1) {
    let isRunning = true;
    // Others keep being answered meanwhile.
    const others = (async () => {
      for (; isRunning; await sleep(3)) waits.push(await timed(() => subject.call(health)));
    })();
    ours.push(
      await timed(async () => {
        answer = await subject.call(body);
      }),
    );
    isRunning = false;
    await others;
    theirs.push(await timed(() => runAll(tools)));
    if (theirs.at(-1) > LONG_MS) break;
  }
  const [call, spawned] = [median(ours), median(theirs)];
  const row = {
    "daemon ms": call.toFixed(0),
    tool: tools.map((words) => words.join(" ")).join("; "),
    "tool ms": spawned.toFixed(0),
    ratio: (call / spawned).toFixed(2),
    "others wait at most ms": Math.max(...waits).toFixed(0),
    "answer MiB": (answer.length / mib).toFixed(1),
    "daemon MiB": subject.rssMiB().toFixed(0),
    "tool MiB": Math.max(...(await Promise.all(tools.map(peakMiB)))).toFixed(0),
  };
  tell(`${method}: ${row["daemon ms"]} ms beside ${row["tool ms"]}, others ${row["others wait at most ms"]}`);
  return row;
}

async function runAll(tools) {
  for (const [tool, ...args] of tools) {
    // One that is ended counts with the time that it had.
    await run(tool, args, { maxBuffer: 1 << 28, timeout: LONGEST_TOOL_MS }).catch((error) => {
      if (!error.killed) throw error;
      tell(`${tool} was ended after ${LONGEST_TOOL_MS} ms`);
    });
  }
}

/** The most resident memory of a tool's run: the kernel keeps the mark until the process is gone. */
async function peakMiB([tool, ...args]) {
  const child = spawn(tool, args, { stdio: ["ignore", "pipe", "ignore"] });
  let peak = 0;
  const ended = once(child, "exit");
  // Its output is taken only when the pipe is full, so that it stands still with all in memory.
  const late = sleep(2000).then(() => child.stdout.resume());
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
      peak = Math.max(peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has just ended.
    }
  }, 1);
  await late;
  await ended;
  clearInterval(watch);
  return peak;
}

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function inside(folder) {
  const clear = (code) => {
    for (const child of crowd) child.kill("SIGKILL");
    spawnSync("umount", ["--lazy", folder], { stdio: "ignore" });
    process.exit(code);
  };
  // Ctrl-C reaches everyone; whoever started this is gone then, or by another way, and nothing is wanted any more.
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => {});
  process.stdin.resume().once("close", () => clear(1));
  // What the daemon makes for itself lies there too.
  process.env.TMPDIR = folder;
  const disk = await furnish(folder);
  await populate();
  const subject = await start("daemon");
  const rows = {};
  for (const [method, params, ...tools] of reads) {
    const row =
      params === "disk" ? [method, { disk }, ...tools.map((words) => [...words, disk])] : [method, params, ...tools];
    rows[method] = await measured(subject, row);
  }
  await subject.stop();
  process.stdout.write(`${JSON.stringify(rows)}\n`, () => clear(0));
}

if (process.argv[2] === "--inside") await inside(process.argv[3]);
