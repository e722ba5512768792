import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { CALL_VOL, type Called } from "./mount-namespace.js";

/** What a step's end does to the process or to the write. */
export interface Mishap {
  /** The process is killed after this step. */
  readonly dieAt?: string;
  /** The write fails after this step. */
  readonly failAt?: string;
}

/** The native daemon's handlers in a process of their own, without its socket: one question after the other. */
export class StorageDaemon {
  private waiting: ((line: string | undefined) => void)[] = [];

  private constructor(private readonly child: ChildProcess) {
    if (child.stdout === null) throw new Error("no pipe");
    createInterface({ input: child.stdout }).on("line", (line) => this.waiting.shift()?.(line));
    child.once("close", () => {
      for (const give of this.waiting.splice(0)) give(undefined);
    });
  }

  /** Starts it in a namespace (`wrapper`); what it restores is restored when the first answer comes. */
  static start(stateDir: string, wrapper: readonly string[]): StorageDaemon {
    const [command = "", ...args] = [...wrapper, process.execPath, CALL_VOL, "--serve", stateDir];
    return new StorageDaemon(spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] }));
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The answer, or undefined where the process ended before it. */
  async ask<T>(method: string, params: object = {}, mishap: Mishap = {}): Promise<Called<T> | undefined> {
    const answer = new Promise<string | undefined>((resolve) => this.waiting.push(resolve));
    this.child.stdin?.write(`${JSON.stringify({ method, params, ...mishap })}\n`);
    const line = await answer;
    return line === undefined ? undefined : JSON.parse(line);
  }

  async kill(): Promise<void> {
    if (!this.isAlive) return;
    const gone = once(this.child, "close");
    this.child.kill("SIGKILL");
    await gone;
  }
}
