import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { awaitConnection, Channel } from "./guest/channel.js";
import { ownedFolder } from "./guest/folder.js";
import { writeInitrd } from "./guest/initrd.js";
import { diskPath, firstModules, guestObstacle, machineCommand } from "./guest/kernel.js";

const BOOT_SECONDS = 180;
const HOOK_MS = (BOOT_SECONDS + 10) * 1000;
const CONSOLE_KEPT = 16_384;

export interface GuestOptions {
  /** Sizes in bytes of empty disks; their paths are `guest.disks`. */
  readonly disks?: readonly number[];
  /** Modules to load at boot, with what they need; one that is not there fails the boot. */
  readonly modules?: readonly string[];
  /** Default 2048. What the guest writes outside its disks lies in memory too. */
  readonly memoryMiB?: number;
  /** Boots systemd as process 1 in place of a bare shell. */
  readonly systemd?: boolean;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** When the command is killed and `run` throws; default 120. */
  readonly timeoutSeconds?: number;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** A suite that boots a guest; where it cannot, it is skipped and its name says why. */
export const describeGuest = (title: string, suite: () => void): void => {
  const obstacle = guestObstacle();
  // Where two guests and other suites share two cores, what takes a second alone takes ten.
  if (obstacle === undefined) describe(title, { timeout: HOOK_MS }, suite);
  else describe.skip(`${title} (skipped: ${obstacle})`, suite);
};

/** A guest for the suite at hand: booted before its first test, stopped after its last. */
export function suiteGuest(options: GuestOptions = {}): () => Guest {
  let guest: Guest | undefined;
  beforeAll(async () => {
    guest = await Guest.boot(options);
  }, HOOK_MS);
  afterAll(() => guest?.stop());
  return () => {
    if (guest === undefined) throw new Error("the guest boots before the first test, not earlier");
    return guest;
  };
}

/**
 * A Debian kernel of its own for one test file, for what the host's kernel lacks: VLANs, MD arrays, vfat, partition tables,
 * a reboot, systemd. It sees the host's root, with the project and the installed tools, under an overlay: what it writes there
 * stays in its memory and is gone with it. It boots in about 6 s and runs at a tenth of the host's speed (0.25 s a command,
 * 0.5 s a `node`). It ends with the process that booted it, however that ends.
 *
 *     describeGuest("arrays", () => {
 *       const guest = suiteGuest({ modules: ["raid1"], disks: [64 << 20, 64 << 20] });
 *       it("…", async () => {
 *         await guest().output(["mdadm", "--create", "/dev/md0", "--level=1", "--raid-devices=2", "--run", ...guest().disks]);
 */
export class Guest {
  /** The disks' paths in the guest, in the order of `disks`. */
  readonly disks: readonly string[];
  private requests = 0;
  private console = "";
  private machine: ChildProcess | undefined;
  private channel = new Channel((how) => new Error(`the guest ${how}`));

  private constructor(
    private readonly folder: string,
    private readonly options: GuestOptions,
  ) {
    this.disks = (options.disks ?? []).map((_, index) => diskPath(index));
  }

  static async boot(options: GuestOptions = {}): Promise<Guest> {
    const guest = new Guest(ownedFolder(), options);
    try {
      mkdirSync(guest.shared);
      for (const [index, bytes] of (options.disks ?? []).entries()) {
        writeFileSync(guest.diskFile(index), "");
        truncateSync(guest.diskFile(index), bytes);
      }
      writeInitrd(guest.initrd, firstModules());
      await guest.start();
      return guest;
    } catch (error) {
      await guest.stop();
      throw error;
    }
  }

  /** Runs a command and answers what it wrote, whatever its exit code; argument by argument, no shell sees them. */
  async run(
    argv: readonly string[],
    { input = "", env = {}, cwd = "/", timeoutSeconds = 120 }: RunOptions = {},
  ): Promise<Ran> {
    const request = String(this.requests++);
    const folder = join(this.shared, request);
    mkdirSync(folder);
    const words = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const command = ["timeout", "--kill-after=5", String(timeoutSeconds), "env", ...words, ...argv]
      .map(quoted)
      .join(" ");
    writeFileSync(join(folder, "command"), `cd ${quoted(cwd)} && exec ${command}\n`);
    writeFileSync(join(folder, "stdin"), input);
    await this.channel.request(request, timeoutSeconds + 30);
    const [stdout = "", stderr = "", code = ""] = await Promise.all(
      ["stdout", "stderr", "code"].map((name) => readFile(join(folder, name), "utf8")),
    );
    await rm(folder, { recursive: true });
    if (Number(code) === 124) throw new Error(`${argv.join(" ")} did not end within ${timeoutSeconds} s: ${stderr}`);
    return { stdout, stderr, code: Number(code) };
  }

  /** What a command wrote on stdout; throws with its last words where it fails. */
  async output(argv: readonly string[], options?: RunOptions): Promise<string> {
    const { stdout, stderr, code } = await this.run(argv, options);
    if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr || stdout}`);
    return stdout;
  }

  /** Runs a shell script, stopping at the first command that fails. */
  script(text: string, options: Omit<RunOptions, "input"> = {}): Promise<string> {
    return this.output(["sh", "-eu"], { ...options, input: text });
  }

  /** Cuts the power after a sync and boots again: same disks, everything else as at the first boot. */
  async reboot(): Promise<void> {
    await this.output(["sync"]);
    await this.cutPower();
    await this.start();
  }

  /** The last that the kernel and process 1 said. */
  get consoleTail(): string {
    return this.console;
  }

  /** Ends it and removes what it had on the host. */
  async stop(): Promise<void> {
    await this.cutPower();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private get shared(): string {
    return join(this.folder, "shared");
  }

  private get initrd(): string {
    return join(this.folder, "initrd");
  }

  private diskFile(index: number): string {
    return join(this.folder, `disk${index}.img`);
  }

  private async start(): Promise<void> {
    const { modules = [], memoryMiB = 2048, systemd = false } = this.options;
    const channel = join(this.folder, "channel");
    const argv = machineCommand({
      initrd: this.initrd,
      memoryMiB,
      disks: this.disks.map((_, index) => this.diskFile(index)),
      shared: this.shared,
      channel,
      words: [`guest.modules=${modules.join(",")}`, `guest.init=${systemd ? "systemd" : "shell"}`],
    });
    const { connection } = await awaitConnection(channel);
    // It ends with this process, even if that is killed.
    const machine = spawn("setpriv", ["--pdeathsig", "KILL", ...argv], { stdio: ["ignore", "pipe", "pipe"] });
    this.machine = machine;
    for (const output of [machine.stdout, machine.stderr]) output.on("data", (data) => this.note(data));
    this.channel = new Channel((how) => new Error(`the guest ${how}; its console said last:\n${this.console}`));
    machine.once("exit", () => this.channel.close("has ended"));
    const ready = this.channel.answer("ready", BOOT_SECONDS);
    connection.then((socket) => this.channel.open(socket));
    await ready;
    const { remarks } = this.channel;
    if (remarks.length > 0) throw new Error(`the guest booted with ${remarks.join(", ")}`);
  }

  private note(output: Buffer): void {
    this.console = `${this.console}${output}`.slice(-CONSOLE_KEPT);
  }

  private async cutPower(): Promise<void> {
    if (this.machine === undefined || this.machine.exitCode !== null || this.machine.signalCode !== null) return;
    const gone = once(this.machine, "exit");
    this.machine.kill("SIGKILL");
    await gone;
  }
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
