import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolBytes } from "./loop.js";

const PROJECT = join(import.meta.dirname, "../..");
const SCRIPT = "test/world/call-vol.mjs";
/** What the script needs of the project. */
const OPENED = ["dist", "node_modules", "test"];

/** Answers methods from the built daemon's own code. */
export const CALL_VOL = join(PROJECT, SCRIPT);

/** Who asks: root, or an ordinary user by his id. */
export interface Asker {
  readonly uid?: number;
}

/** What came of a call. */
export interface Called<T> {
  readonly result?: T;
  readonly error?: { readonly kind: string; readonly message: string; readonly [detail: string]: unknown };
  readonly degraded: readonly { readonly part: string; readonly reason: string }[];
}

/** A mount namespace of its own, private to its process: what is mounted there is gone with it. */
export class MountNamespace {
  /** Where ordinary users see the project: its own place may be closed to them. */
  private open: string | undefined;

  private constructor(private readonly holder: ChildProcess) {}

  /** `asInit`: inside, the process that holds the namespace stands for pid 1, so that the namespace is everybody's. */
  static async open({ asInit = false }: { asInit?: boolean } = {}): Promise<MountNamespace> {
    const init = asInit ? "mount --bind /proc/$$ /proc/1; " : "";
    const holder = spawn(
      "unshare",
      ["--mount", "--propagation", "private", "sh", "-c", `${init}echo ready; exec sleep 600`],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    await once(holder.stdout, "data");
    return new MountNamespace(holder);
  }

  get pid(): number {
    return this.holder.pid ?? 0;
  }

  /** What puts a command into the namespace. */
  get wrapper(): string[] {
    return ["nsenter", `--mount=/proc/${this.pid}/ns/mnt`, "--"];
  }

  /** Runs a command inside. */
  run(command: string, args: readonly string[] = [], input: string | Buffer = ""): Buffer {
    const [enter = "", ...words] = this.wrapper;
    return toolBytes(enter, [...words, command, ...args], input);
  }

  /** Runs a shell script inside. */
  script(text: string): void {
    this.run("sh", ["-eu"], text);
  }

  /** A method's answer, asked by a process that lives inside. */
  call<T>(method: string, params: object = {}, asker: Asker = {}): T {
    const { result, error } = this.ask<T>(method, params, asker);
    if (result === undefined) throw new Error(`${method}: ${error?.message}`);
    return result;
  }

  /** The same with errors. */
  ask<T>(method: string, params: object = {}, { uid = 0 }: Asker = {}): Called<T> {
    const asUser = uid === 0 ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
    const [command = "", ...args] = [
      ...asUser,
      process.execPath,
      join(uid === 0 ? PROJECT : this.openProject(), SCRIPT),
      method,
      JSON.stringify(params),
    ];
    return JSON.parse(this.run(command, args).toString());
  }

  private openProject(): string {
    if (this.open !== undefined) return this.open;
    const folder = mkdtempSync(join(tmpdir(), "mos-t-open-"));
    this.open = folder;
    chmodSync(folder, 0o755);
    cpSync(join(PROJECT, "package.json"), join(folder, "package.json"));
    // One by one: a bound folder keeps its mode, and the project's own may be private.
    for (const part of OPENED) {
      mkdirSync(join(folder, part));
      this.script(`mount --bind ${join(PROJECT, part)} ${join(folder, part)}`);
    }
    return folder;
  }

  async close(): Promise<void> {
    if (this.holder.exitCode !== null || this.holder.signalCode !== null) return;
    const gone = once(this.holder, "exit");
    this.holder.kill("SIGKILL");
    await gone;
    this.closeProject();
  }

  private closeProject(): void {
    if (this.open === undefined) return;
    // Nothing is bound here outside the namespace; were it, an empty folder alone could be removed.
    for (const part of OPENED) rmdirSync(join(this.open, part));
    rmSync(join(this.open, "package.json"));
    rmdirSync(this.open);
  }
}
