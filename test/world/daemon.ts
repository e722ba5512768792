import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A program of the build. */
export const built = (name: string): string => join(import.meta.dirname, "../../dist/src/bin", `${name}.js`);

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A daemon of its own in a temporary folder; `stop` ends it and removes the folder. */
export class Daemon {
  private constructor(
    readonly folder: string,
    readonly child: ChildProcess,
    private readonly output: string[],
  ) {}

  /** Starts the built daemon; `wrapper` puts it into a namespace (`["ip", "netns", "exec", "…"]`). */
  static async start(
    flags: readonly string[] = [],
    wrapper: readonly string[] = [],
    program: "my-os-server-native" | "my-os-server-mos" = "my-os-server-native",
  ): Promise<Daemon> {
    const folder = mkdtempSync(join(tmpdir(), "my-os-daemon-"));
    const [command = process.execPath, ...args] = [
      ...wrapper,
      process.execPath,
      built(program),
      "--socket",
      join(folder, "os.sock"),
      "--state-dir",
      join(folder, "state"),
      ...flags,
    ];
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    const output: string[] = [];
    child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
    const daemon = new Daemon(folder, child, output);
    try {
      await daemon.untilReady();
    } catch (error) {
      await daemon.stop();
      throw error;
    }
    return daemon;
  }

  get socket(): string {
    return join(this.folder, "os.sock");
  }

  /** Everything written to standard error so far. */
  get log(): string {
    return this.output.join("");
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resident memory of the process in MiB. */
  get rss(): number {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, "utf8"))?.[1];
    return Number(kib) / 1024;
  }

  post(
    body: string | Buffer,
    headers: Record<string, string> = { "content-type": "application/json" },
  ): Promise<Answer> {
    return this.send("POST", "/rpc", headers, body);
  }

  get(path: string): Promise<Answer> {
    return this.send("GET", path, {}, "");
  }

  /** One call; the JSON-RPC response as it came. */
  async call(method: string, params: unknown = {}): Promise<{ result?: unknown; error?: RpcErrorObject }> {
    const { body } = await this.post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    return JSON.parse(body.toString());
  }

  async stop(): Promise<void> {
    if (this.isAlive) {
      const gone = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), 8_000);
      await gone;
      clearTimeout(timer);
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private send(method: string, path: string, headers: Record<string, string>, body: string | Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ socketPath: this.socket, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }

  private async untilReady(): Promise<void> {
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; await pause(10)) {
      if (!this.isAlive) throw new Error(`the daemon ended before it was ready:\n${this.log}`);
      if (
        await this.get("/health").then(
          ({ status }) => status === 200,
          () => false,
        )
      )
        return;
    }
    throw new Error(`the daemon was not ready in time:\n${this.log}`);
  }
}

export interface RpcErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly kind: string; readonly request_id: string; readonly [key: string]: unknown };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
