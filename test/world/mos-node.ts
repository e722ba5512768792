import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, Daemon, pause } from "./daemon.js";
import { send } from "./peer.js";

export type UpstreamName = "mosnet" | "storage";

/** A MOS node: the upstream daemons' stand-in and the proxy in front of it; without an access list local callers may do everything. */
export class MosNode {
  private readonly folder = mkdtempSync(join(tmpdir(), "mos-t-node-"));
  private standIn: ChildProcess | undefined;
  proxy!: Daemon;

  private constructor(
    private readonly wrapper: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Starts both; `wrapper` puts them into a namespace, `acl` is an access list instead of its own. */
  static async start(
    wrapper: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
    acl?: string,
  ): Promise<MosNode> {
    const node = new MosNode(wrapper, env);
    try {
      await node.startUpstreams();
      const own = join(node.folder, "acl.toml");
      writeFileSync(own, '[policy]\nanonymous_local = "admin"\n');
      node.proxy = await Daemon.start(["--acl", acl ?? own, ...node.sockets], wrapper, "my-os-server-mos");
      return node;
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  socketOf(upstream: UpstreamName): string {
    return join(this.folder, `${upstream}.sock`);
  }

  private get sockets(): string[] {
    return ["--net-socket", this.socketOf("mosnet"), "--vol-socket", this.socketOf("storage")];
  }

  async startUpstreams(): Promise<void> {
    const [command = "", ...args] = [
      ...this.wrapper,
      process.execPath,
      built("my-os-upstream-standin"),
      "--state-dir",
      join(this.folder, "state"),
      ...this.sockets,
    ];
    this.standIn = spawn(command, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...this.env },
    });
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(20))
      if (existsSync(this.socketOf("mosnet")) && existsSync(this.socketOf("storage"))) return;
    throw new Error("the stand-in did not come up");
  }

  /** The process that answers as both upstream daemons. */
  get upstreamPid(): number | undefined {
    return this.standIn?.pid;
  }

  /** Kills both upstream daemons as a crash would. */
  async killUpstreams(): Promise<void> {
    const child = this.standIn;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** One call of an upstream daemon itself, under its own name. */
  async upstream(method: string, params: object): Promise<{ result?: unknown; error?: unknown }> {
    const [domain = "", ...rest] = method.split(".");
    const name: UpstreamName = domain === "net" ? "mosnet" : "storage";
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: [name, ...rest].join("."), params });
    const { text } = await send({
      socket: this.socketOf(name),
      method: "POST",
      path: "/rpc",
      headers: { "content-type": "application/json" },
      body,
    });
    return JSON.parse(text);
  }

  async stop(): Promise<void> {
    await this.proxy?.stop();
    await this.killUpstreams();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
