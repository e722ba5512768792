import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Daemon } from "../world/daemon.js";
import { Mock } from "../world/mock.js";
import { MosNode } from "../world/mos-node.js";
import { send } from "../world/peer.js";
import { accessListText, people } from "../world/people.js";
import { SealedWorld } from "../world/sealed.js";
import type { Failure } from "./specification.js";

export const fronts = ["native", "mos", "mock"] as const;
export type FrontName = (typeof fronts)[number];

export type Who = "nobody" | "reader" | "operator" | "admin";

export interface Reply {
  readonly result?: unknown;
  readonly error?: Failure;
}

/** Something that answers the interface, for people of different rights, in a world of its own. */
export class Front {
  private constructor(
    private readonly socket: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(name: FrontName): Promise<Front> {
    if (name === "mock") {
      const mock = await Mock.start();
      return new Front(mock.socket, () => mock.stop());
    }
    const folder = mkdtempSync(join(tmpdir(), "mos-t-contract-"));
    const acl = join(folder, "acl.toml");
    writeFileSync(acl, accessListText("read"), { mode: 0o600 });
    const world = new SealedWorld();
    const away = () => {
      world.remove();
      rmSync(folder, { recursive: true });
    };
    try {
      world.prepare();
      const running =
        name === "native"
          ? await Daemon.start(["--acl", acl, "--check-results"], world.wrapper)
          : await MosNode.start(world.wrapper, {}, acl);
      const { socket } = running instanceof Daemon ? running : running.proxy;
      return new Front(socket, () => running.stop().finally(away));
    } catch (error) {
      away();
      throw error;
    }
  }

  /** The answer to a body as it came. */
  async post(body: string, who: Who): Promise<string> {
    const key = who === "nobody" ? {} : { "X-Public-Key": people[who].publicKey };
    const headers = { "Content-Type": "application/json", ...key };
    return (await send({ socket: this.socket, method: "POST", path: "/rpc", headers, body })).text;
  }

  async call(method: string, params: unknown, who: Who = "admin"): Promise<Reply> {
    return JSON.parse(await this.post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }), who));
  }

  async stop(): Promise<void> {
    await this.end();
  }
}
