import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { BtrfsRuns } from "../../src/kernel/btrfs-runs.js";
import { Files } from "../../src/kernel/files.js";
import { Identities } from "../../src/kernel/identities.js";
import { NativeState } from "../../src/native/state.js";
import type { StepHook } from "../../src/state/steps.js";
import { callContext } from "./call-context.js";
import { type LoopBench, type LoopDevice, tool } from "./loop.js";

/** A mounted btrfs over loop devices of a bench. */
export interface BtrfsWorld {
  readonly bench: LoopBench;
  readonly devices: readonly LoopDevice[];
  readonly target: string;
  readonly uuid: string;
}

export interface BtrfsOptions {
  /** How many devices; default 1. */
  readonly devices?: number;
  /** Default 300 MiB each. */
  readonly sizeBytes?: number;
  /** Further words for `mkfs.btrfs`. */
  readonly args?: readonly string[];
  /** For `mount`. */
  readonly options?: string;
  /** Folder of the mount point inside the bench; default `fs`. */
  readonly name?: string;
}

/** Makes and mounts a btrfs. */
export function makeBtrfs(
  bench: LoopBench,
  { devices = 1, sizeBytes = 300 << 20, args = [], options, name = "fs" }: BtrfsOptions = {},
): BtrfsWorld {
  const loops = Array.from({ length: devices }, () => bench.attach({ sizeBytes }));
  const [last = bench.attach({ sizeBytes }), ...others] = [...loops].reverse();
  // Each device is checked to be ours before a tool may write on all of them.
  for (const device of others) device.wreck("true", []);
  last.wreck("mkfs.btrfs", ["--quiet", "--force", ...args, ...others.reverse().map(({ path }) => path)]);
  const target = bench.mount(last.path, name, options === undefined ? [] : ["--options", options]);
  const uuid = tool("btrfs", ["filesystem", "show", "--raw", last.path]).match(/uuid: ([0-9a-f-]{36})/)?.[1] ?? "";
  return { bench, devices: loops, target, uuid };
}

/** What the btrfs topics are made from, with a state folder inside the bench. */
export async function btrfsDeps(bench: LoopBench, hook?: StepHook) {
  const files = new Files();
  const { log } = callContext();
  const stateDir = join(bench.folder, "state");
  mkdirSync(stateDir, { recursive: true });
  const state = await NativeState.open({ folder: stateDir, files, log, ...(hook && { hook }) });
  return { files, identities: new Identities(files), state, stateDir, runs: new BtrfsRuns(join(stateDir, "btrfs")) };
}

/** Closes a bench: what still runs on its filesystems is ended, and what `btrfs` noted of their scrubs removed. */
export function closeBtrfs(bench: LoopBench, worlds: readonly BtrfsWorld[] = []): void {
  for (const { target } of worlds) {
    for (const operation of ["scrub", "balance"]) spawnSync("btrfs", [operation, "cancel", target]);
  }
  bench.close();
  for (const { uuid } of worlds) {
    for (const kind of ["status", "progress"]) {
      const path = `/var/lib/btrfs/scrub.${kind}.${uuid}`;
      if (uuid !== "" && existsSync(path)) rmSync(path);
    }
  }
}

/** What `btrfs filesystem usage -b` prints, by heading; devices by path or `missing`. */
export function usageByTool(target: string) {
  const text = tool("btrfs", ["filesystem", "usage", "-b", target]);
  const figure = (heading: string, part = "") => {
    const line = new RegExp(`^\\s*${heading.replace(/[()]/g, "\\$&")}:\\s+(.*)$`, "m").exec(text)?.[1] ?? "";
    return Number((part === "" ? /^[\d.]+/ : new RegExp(`${part}: ([\\d.]+)`)).exec(line)?.at(part === "" ? 0 : 1));
  };
  const sections = [...text.matchAll(/^([\w+]+),(\w+): Size:(\d+), Used:(\d+)[^\n]*\n((?: {3}[^\n]*\n)*)/gm)].map(
    ([, type = "", profile = "", size, used, rows = ""]) => ({
      type: type.replace("Data+Metadata", "mixed").toLowerCase(),
      profile: profile.toLowerCase(),
      size: Number(size),
      used: Number(used),
      devices: rowsOf(rows),
    }),
  );
  return {
    size: figure("Device size"),
    allocated: figure("Device allocated"),
    unallocated: figure("Device unallocated"),
    missing: figure("Device missing"),
    slack: figure("Device slack"),
    used: figure("Used"),
    free: figure("Free (estimated)"),
    freeMin: figure("Free (estimated)", "min"),
    statfs: figure("Free (statfs, df)"),
    dataRatio: figure("Data ratio"),
    metadataRatio: figure("Metadata ratio"),
    reserve: figure("Global reserve"),
    reserveUsed: figure("Global reserve", "used"),
    severalProfiles: /Multiple profiles:\s+yes/.test(text),
    sections,
    unallocatedByDevice: rowsOf(/^Unallocated:\n((?: {3}[^\n]*\n)*)/m.exec(text)?.[1] ?? ""),
  };
}

const rowsOf = (rows: string): Record<string, number> =>
  Object.fromEntries([...rows.matchAll(/^ {3}(\S+)\s+(\d+)$/gm)].map(([, path, bytes]) => [path, Number(bytes)]));

/** A row of `btrfs subvolume list -pcguqR`; names must have no line ends. */
export interface ListedSubvolume {
  readonly id: number;
  readonly generation: number;
  readonly origin: number;
  readonly parent: number;
  readonly topLevel: number;
  readonly parentUuid: string;
  readonly receivedUuid: string;
  readonly uuid: string;
  readonly path: string;
}

const ROW =
  /^ID (\d+) gen (\d+) cgen (\d+) parent (\d+) top level (\d+) parent_uuid (\S+)\s+received_uuid (\S+)\s+uuid (\S+) path (.*)$/;

/** What `btrfs subvolume list` prints of a mount of the top level. */
export const subvolumesByTool = (target: string): ListedSubvolume[] =>
  tool("btrfs", ["subvolume", "list", "-pcguqR", target])
    .split("\n")
    .flatMap((line) => {
      const [, id, generation, origin, parent, topLevel, parentUuid = "", receivedUuid = "", uuid = "", path = ""] =
        ROW.exec(line) ?? [];
      return id === undefined
        ? []
        : [
            {
              id: Number(id),
              generation: Number(generation),
              origin: Number(origin),
              parent: Number(parent),
              topLevel: Number(topLevel),
              parentUuid,
              receivedUuid,
              uuid,
              path,
            },
          ];
    })
    .sort((a, b) => a.id - b.id);

/** `btrfs scrub status -R`: the state in its words, and the counters by name. */
export function scrubByTool(target: string): { state: string; counters: Record<string, number> } {
  const text = tool("btrfs", ["scrub", "status", "-R", target]);
  return {
    state: /^Status:\s+(\S+)$/m.exec(text)?.[1] ?? "never",
    counters: Object.fromEntries([...text.matchAll(/^\t(\w+): (\d+)$/gm)].map(([, name, n]) => [name, Number(n)])),
  };
}
