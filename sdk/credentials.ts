import { createPrivateKey } from "node:crypto";
import type { Integers } from "../generated/client.gen.js";
import { isObject } from "./errors.js";
import { type ConnectOptions, fileAt } from "./options.js";
import { type SigningKey, signingKey, signRequest } from "./signature.js";
import type { Transport } from "./transport.js";

const SERVICE = "/.well-known/heroservice.json";
const SERVICE_TIMEOUT_MS = 5000;

/** What every request says of who sends it. */
export class Credentials {
  private readonly fixed: Readonly<Record<string, string>>;
  private readonly key: SigningKey | undefined;
  private node: Promise<string> | undefined;
  /** How far the daemon's clock is ahead of ours, in seconds. */
  private ahead = 0;

  constructor(
    { token, publicKey, key, keyFile, node }: ConnectOptions<Integers>,
    private readonly transport: Transport,
  ) {
    this.fixed = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(publicKey !== undefined && { "x-public-key": publicKey }),
    };
    this.node = node === undefined ? undefined : Promise.resolve(node);
    const pem = key ?? fileAt(keyFile);
    this.key = pem === undefined ? undefined : signingKey(createPrivateKey(pem));
  }

  /** The header fields for one request, good once. */
  async fields(method: "GET" | "POST", target: string, body: string): Promise<Record<string, string>> {
    if (this.key === undefined) return { ...this.fixed };
    this.node ??= this.nodeOf();
    const node = await this.node.catch((error: unknown) => {
      this.node = undefined;
      throw error;
    });
    const isRemote = !("socketPath" in this.transport.address);
    const request = { method, target, body, node, ...(isRemote && { authority: this.transport.authority }) };
    const created = Math.floor(Date.now() / 1000) + this.ahead;
    return { ...this.fixed, ...signRequest(request, this.key, { created }) };
  }

  /** Takes the daemon's clock for ours where it refused a signature because of it; answers whether to sign anew. */
  learnClock(data: unknown): boolean {
    if (this.key === undefined || !isObject(data) || data.reason !== "clock") return false;
    if (typeof data.server_time !== "number") return false;
    this.ahead = Math.ceil(data.server_time - Date.now() / 1000);
    return true;
  }

  private async nodeOf(): Promise<string> {
    const { status, headers, text } = await this.transport.send({
      method: "GET",
      path: SERVICE,
      headers: {},
      body: "",
      isWrite: false,
      timeoutMs: SERVICE_TIMEOUT_MS,
    });
    const named = headers["x-os-node"];
    if (typeof named === "string") return named;
    const service: unknown = status === 200 ? JSON.parse(text) : undefined;
    if (isObject(service) && typeof service.node === "string") return service.node;
    throw new TypeError(`GET ${SERVICE} does not say which node this is`);
  }
}
