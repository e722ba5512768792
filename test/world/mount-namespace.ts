import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { toolBytes } from "./loop.js";

/** A mount namespace of its own, private to its process: what is mounted there is gone with it. */
export class MountNamespace {
  private constructor(private readonly holder: ChildProcess) {}

  static async open(): Promise<MountNamespace> {
    const holder = spawn("unshare", ["--mount", "--propagation", "private", "sh", "-c", "echo ready; exec sleep 600"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(holder.stdout, "data");
    return new MountNamespace(holder);
  }

  get pid(): number {
    return this.holder.pid ?? 0;
  }

  /** Runs a command inside. */
  run(command: string, args: readonly string[] = [], input = ""): Buffer {
    return toolBytes("nsenter", [`--mount=/proc/${this.pid}/ns/mnt`, "--", command, ...args], input);
  }

  /** Runs a shell script inside. */
  script(text: string): void {
    this.run("sh", ["-eu"], text);
  }

  /** A storage method's answer, asked by a process that lives inside; `uid` makes it an ordinary user's. */
  call<T>(method: string, params: object = {}, { uid = 0 }: { uid?: number } = {}): T {
    const asUser = uid === 0 ? [] : ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"];
    const [command = "", ...args] = [
      ...asUser,
      process.execPath,
      join(import.meta.dirname, "call-vol.mjs"),
      method,
      JSON.stringify(params),
    ];
    return JSON.parse(this.run(command, args).toString());
  }

  async close(): Promise<void> {
    if (this.holder.exitCode !== null || this.holder.signalCode !== null) return;
    const gone = once(this.holder, "exit");
    this.holder.kill("SIGKILL");
    await gone;
  }
}
