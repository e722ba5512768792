import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

export interface TerminalOptions {
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly columns?: number;
}

const ROWS = 50;
const PATIENCE_MS = 30_000;

/** A program in a real terminal, which tmux plays: keys are typed, and the screen is looked at. */
export class Terminal {
  private readonly server = `mos-t-${randomBytes(4).toString("hex")}`;

  constructor({ command, env, folder, columns = 160 }: TerminalOptions) {
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const size = ["-x", String(columns), "-y", String(ROWS)];
    this.tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", folder, "env", "-i", ...variables, ...command);
  }

  /** Types keys by tmux' names, such as `Tab` and `Enter`. */
  press(...keys: readonly string[]): void {
    this.tmux("send-keys", ...keys);
  }

  type(text: string): void {
    this.tmux("send-keys", "-l", "--", text);
  }

  /** What stands on the screen; with `colours` as a terminal would be told it. */
  screen({ colours = false } = {}): string {
    return this.tmux("capture-pane", "-p", "-J", ...(colours ? ["-e"] : [])).trimEnd();
  }

  /** Waits until the screen shows something, and answers the screen. */
  async until(wanted: RegExp): Promise<string> {
    for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
      const screen = this.screen();
      if (wanted.test(screen)) return screen;
      await wait(100);
    }
    throw new Error(`the screen never showed ${wanted}:\n${this.screen()}`);
  }

  close(): void {
    this.tmux("kill-server");
  }

  private tmux(...words: readonly string[]): string {
    return execFileSync("tmux", ["-L", this.server, ...words], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C.UTF-8" },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}
