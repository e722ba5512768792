import { run } from "./exec.js";
import type { Files } from "./files.js";
import { runLasting } from "./lasting.js";

export interface NewArray {
  readonly name: string;
  readonly homehost: string;
  readonly metadata: string;
  readonly bitmap: string;
  readonly assumeClean: boolean;
  /** Slots that stay empty. */
  readonly missing: number;
  /** The members' nodes. */
  readonly nodes: readonly string[];
}

/** The arguments that create a RAID-1; `--run`, because nobody is there to be asked. */
const createArguments = (array: NewArray): string[] => [
  "--create",
  `/dev/md/${array.name}`,
  "--run",
  "--level=1",
  `--raid-devices=${array.nodes.length + array.missing}`,
  `--metadata=${array.metadata}`,
  `--bitmap=${array.bitmap}`,
  `--homehost=${array.homehost}`,
  `--name=${array.name}`,
  ...(array.assumeClean ? ["--assume-clean"] : []),
  ...array.nodes,
  ...Array.from({ length: array.missing }, () => "missing"),
];

/** Creates and starts an array; outlives this process. Throws `ToolMissing` or `CommandFailed`. */
export async function createArray(array: NewArray, inherit: readonly number[]): Promise<void> {
  await runLasting("mdadm", createArguments(array), { inherit });
}

/** Stops an array. */
export async function stopArray(node: string): Promise<void> {
  await run("mdadm", ["--stop", node], { deadlineMs: 50_000 });
}

/** Erases a member's superblock. */
export async function zeroSuperblock(node: string): Promise<void> {
  await run("mdadm", ["--zero-superblock", node], { deadlineMs: 30_000 });
}

/** Whether the kernel has MD, loaded or built in. */
export const hasMd = (files: Files): Promise<boolean> => files.exists("/proc/mdstat");

/** Loads MD where it is a module; whether that helps shows in `/proc/mdstat`. */
export async function loadMd(): Promise<void> {
  await run("modprobe", ["--quiet", "md_mod"], { okCodes: [0, 1] });
}
