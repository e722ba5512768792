import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { describe } from "vitest";

const MAX_OUTPUT = 1 << 28;

/** A suite that makes namespaces; for a user who may make none it is skipped, and its name says why. */
export const describeNetwork = (title: string, suite: () => void): void => {
  if (process.getuid?.() === 0) describe(title, suite);
  else describe.skip(`${title} (skipped: network namespaces need root)`, suite);
};

/** A network namespace of its own, made at its first use; what is made in it is gone with it. */
export class Namespace {
  private made: string | undefined;

  get name(): string {
    if (this.made === undefined) {
      const name = `mos-t-${randomBytes(4).toString("hex")}`;
      execFileSync("ip", ["netns", "add", name]);
      this.made = name;
    }
    return this.made;
  }

  /** What puts a command into the namespace, `/sys` of the namespace included. */
  get wrapper(): string[] {
    return ["ip", "netns", "exec", this.name];
  }

  /** Runs a command inside. */
  run(command: string, ...args: string[]): Buffer {
    return execFileSync("ip", ["netns", "exec", this.name, command, ...args], {
      env: { ...process.env, LC_ALL: "C" },
      maxBuffer: MAX_OUTPUT,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** `ip` inside, its arguments split at blanks; a word that holds one itself is given apart. */
  ip(words: string, ...more: string[]): Buffer {
    return execFileSync("ip", ["-n", this.name, ...words.split(" "), ...more], {
      maxBuffer: MAX_OUTPUT,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Many `ip` commands in one process, one a line, of one family where an address does not say which. */
  batch(lines: readonly string[], family?: "-4" | "-6"): void {
    execFileSync("ip", ["-n", this.name, ...(family ? [family] : []), "-batch", "-"], {
      input: lines.join("\n"),
      stdio: ["pipe", "pipe", "pipe"],
    });
  }

  sysctl(name: string, value: string | number): void {
    this.run("sh", "-c", `echo ${value} > /proc/sys/${name.replaceAll(".", "/")}`);
  }

  /** The answers of `net.*` methods, asked by one process that lives inside. */
  ask(calls: readonly NetCall[], { reader = "netlink" }: { reader?: "netlink" | "ip" } = {}): Asked {
    const script = join(import.meta.dirname, "call-net.mjs");
    return JSON.parse(this.run(process.execPath, script, reader, JSON.stringify(calls)).toString());
  }

  remove(): void {
    if (this.made !== undefined) execFileSync("ip", ["netns", "delete", this.made]);
    this.made = undefined;
  }
}

export type NetCall = readonly [method: string, params?: object];

export interface Asked {
  /** One a call: its result, or the error's kind and details. */
  readonly answers: readonly unknown[];
  /** Milliseconds that each call took. */
  readonly ms: readonly number[];
  /** How often the event loop went round while the calls ran. */
  readonly rounds: number;
  /** Resident memory of the process at the end, in MiB. */
  readonly rssMiB: number;
}
