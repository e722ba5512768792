import { mapBounded } from "./bounded.js";
import { CommandFailed, type RunOptions, type RunResult, run, ToolMissing } from "./exec.js";
import { type Properties, parseProperties } from "./identity.js";
import type { Tool } from "./tools.js";

/** So much of the patience goes to a group; the rest is for its devices one by one, if one of them does not answer. */
const GROUP_SHARE = 1 / 3;

/** Processes that wait for disks cost nothing while they wait. */
const ALONE_AT_ONCE = 8;

/** One process probes up to this many devices: starting it costs as much as probing several, and holds our thread. */
const GROUP = 64;

const NOTHING_FOUND = 2;
const AMBIVALENT = 8;

export interface ProbeOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds for all devices together, and a second more to end the tool. A sleeping disk needs several. */
  readonly patienceMs?: number;
}

type Run = (tool: Tool, args: readonly string[], options: RunOptions) => Promise<RunResult>;

/** libblkid's probing of devices themselves (`blkid -p`), past every cache. */
export class Blkid {
  /** Devices whose process cannot be ended: nobody asks them again until it does. */
  private readonly stuck = new Set<string>();
  /** Devices that failed or were late: the next time they are asked alone, where they spoil nobody's answer. */
  private readonly troubled = new Set<string>();

  constructor(private readonly tool: Run = run) {}

  /**
   * What each device says of itself, as udev's properties; a blank device has none but its sector sizes.
   * A device that cannot be opened or does not answer in time is left out, and so are all where blkid is not installed.
   */
  async probe(
    paths: readonly string[],
    { signal, patienceMs = 10_000 }: ProbeOptions = {},
  ): Promise<Map<string, Properties>> {
    const found = new Map<string, Properties>();
    const task: Task = { found, endsAt: performance.now() + patienceMs, groupMs: patienceMs * GROUP_SHARE, signal };
    const askable = paths.filter((path) => !this.stuck.has(path));
    const together = askable.filter((path) => !this.troubled.has(path));
    const groups = Array.from({ length: Math.ceil(together.length / GROUP) }, (_, at) =>
      together.slice(at * GROUP, (at + 1) * GROUP),
    );
    await Promise.all([
      mapBounded(groups, (group) => this.group(group, task), 2),
      this.oneByOne(
        askable.filter((path) => this.troubled.has(path)),
        task,
      ),
    ]);
    return found;
  }

  /** blkid may stop at the first device that fails, without saying which: a group with one is asked again in halves. */
  private async group(paths: readonly string[], task: Task): Promise<void> {
    const answer = await this.ask(paths, task);
    if (answer === "missing") return;
    const [only] = paths;
    if (answer !== "late" && answer.exitCode === 0 && answer.blocks.length === paths.length) {
      for (const [at, path] of paths.entries()) {
        task.found.set(path, answer.blocks[at] ?? new Map());
        this.troubled.delete(path);
      }
    } else if (paths.length > 1 && answer === "late") {
      await this.oneByOne(paths, task);
    } else if (paths.length > 1) {
      const half = Math.ceil(paths.length / 2);
      await Promise.all([paths.slice(0, half), paths.slice(half)].map((part) => this.group(part, task)));
    } else if (only !== undefined) {
      this.troubled.add(only);
      const properties = answer === "late" ? undefined : await this.single(only, answer, task);
      if (properties) task.found.set(only, properties);
    }
  }

  private async oneByOne(paths: readonly string[], task: Task): Promise<void> {
    await mapBounded(paths, (path) => this.group([path], task), ALONE_AT_ONCE);
  }

  private async single(path: string, answer: Answer, task: Task): Promise<Properties | undefined> {
    // Nothing recognised and nothing to complain of: the device is blank.
    if (answer.exitCode === NOTHING_FOUND) return answer.stderr === "" ? new Map() : undefined;
    if (answer.exitCode !== AMBIVALENT) return undefined;
    // Contradicting superblocks hide the partition entry too: ask again without them.
    const rest = await this.ask([path], task, ["-u", "other"]);
    const entry = typeof rest === "string" ? [] : (rest.blocks[0] ?? []);
    return new Map([...entry, ["ID_FS_AMBIVALENT", "yes"]]);
  }

  private async ask(
    paths: readonly string[],
    { signal, endsAt, groupMs }: Task,
    more: readonly string[] = [],
  ): Promise<Answer | "late" | "missing"> {
    const left = endsAt - performance.now();
    if (left <= 0) return "late";
    const patienceMs = paths.length > 1 ? Math.min(groupMs, left) : left;
    // `-i` gives a blank device something to print; without it blkid would stop there.
    const running = this.tool("blkid", ["-p", "-i", "-o", "udev", ...more, ...paths], {
      ...(signal && { signal }),
      deadlineMs: patienceMs,
      okCodes: [0, NOTHING_FOUND, AMBIVALENT],
    });
    const answer = await this.inTime(running, paths, patienceMs);
    signal?.throwIfAborted();
    return answer;
  }

  /** A process that waits for a dead disk cannot be killed: leave it, and do not ask that disk again until it ends. */
  private async inTime(
    running: Promise<RunResult>,
    paths: readonly string[],
    patienceMs: number,
  ): Promise<Answer | "late" | "missing"> {
    const [path] = paths;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<"late">((resolve) => {
      timer = setTimeout(() => {
        if (paths.length === 1 && path !== undefined) {
          this.stuck.add(path);
          const forget = () => void this.stuck.delete(path);
          running.then(forget, forget);
        }
        resolve("late");
        // The tool itself is ended at `patienceMs`; one that dies at once was merely slow.
      }, patienceMs + 1200);
    });
    try {
      return await Promise.race([running.then(answerOf, refusal), late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** One call's probing: what is found, and how long it may take. */
interface Task {
  readonly found: Map<string, Properties>;
  readonly endsAt: number;
  readonly groupMs: number;
  readonly signal: AbortSignal | undefined;
}

interface Answer {
  readonly exitCode: number;
  readonly stderr: string;
  /** One for each device, in the order of the arguments. */
  readonly blocks: readonly Properties[];
}

const answerOf = ({ exitCode, stderr, stdout }: RunResult): Answer => ({
  exitCode,
  stderr,
  blocks: parseBlkid(stdout),
});

function refusal(error: unknown): "late" | "missing" | Answer {
  if (error instanceof ToolMissing) return "missing";
  if (error instanceof CommandFailed)
    return error.exitCode < 0 ? "late" : { exitCode: error.exitCode, stderr: error.stderr, blocks: [] };
  throw error;
}

/** Parses `blkid -o udev` for several devices: blocks of `KEY=value` lines with a blank line between them. */
export const parseBlkid = (stdout: string): Properties[] =>
  stdout
    .split("\n\n")
    .map((block) => block.split("\n").filter((line) => line !== ""))
    .filter((lines) => lines.length > 0)
    .map(parseProperties);
