import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built } from "./daemon.js";

/** The mock in a process of its own. */
export class Mock {
  private readonly folder = mkdtempSync(join(tmpdir(), "mos-t-mock-"));
  readonly socket = join(this.folder, "mock.sock");
  child!: ChildProcess;

  static async start(): Promise<Mock> {
    const mock = new Mock();
    await mock.run();
    return mock;
  }

  /** Starts it, again where it was ended. */
  async run(): Promise<void> {
    const args = [built("my-os-server-mock"), "--socket", this.socket];
    this.child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    const [said] = this.child.stdout ? await once(this.child.stdout.setEncoding("utf8"), "data") : [];
    if (said !== `${this.socket}\n`) throw new Error(`the mock said ${said}`);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, "exit");
      this.child.kill();
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
