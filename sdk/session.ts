import { setTimeout as wait } from "node:timers/promises";
import type { Integers } from "../generated/client.gen.js";
import { type MethodInfo, methods } from "../generated/methods.gen.js";
import { Credentials } from "./credentials.js";
import { errorOf, isMyOsError, isObject, MyOsConnectionError, type MyOsError, type WireError } from "./errors.js";
import { parseExactly, stringifyExactly } from "./exact.js";
import { addressOf, type ConnectOptions } from "./options.js";
import { type Received, Transport } from "./transport.js";

/** One call before it is sent. */
export interface Asked {
  readonly method: string;
  readonly params: unknown;
}

export interface Limits {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** How one call ended. */
export type Outcome = { readonly result: unknown } | { readonly error: MyOsError };

/** What is waited for beyond the time that a method may take: the daemon's own word for it should come first. */
const SLACK_MS = 5000;
const DEFAULT_CONNECTIONS = 8;
const DEFAULT_RETRIES = 2;
const PAGE_TIMEOUT_MS = 10_000;

const infos: Readonly<Record<string, MethodInfo>> = methods;
const isWrite = (method: string): boolean => !["none", "read"].includes(infos[method]?.right ?? "write");

/** Calls to one daemon: credentials, limits, retries, and what comes back. */
export class Session {
  private readonly transport: Transport;
  private readonly credentials: Credentials;
  private calls = 0;

  constructor(private readonly options: ConnectOptions<Integers>) {
    this.transport = new Transport(addressOf(options), options.maxConnections ?? DEFAULT_CONNECTIONS);
    this.credentials = new Credentials(options, this.transport);
  }

  /** Rejects with `MyOsError`, `MyOsConnectionError`, or the signal's reason. */
  async call(asked: Asked, limits: Limits = {}): Promise<unknown> {
    const [outcome] = await this.retried([asked], limits);
    if (outcome === undefined) throw this.malformed(false, "it answers nothing");
    if ("error" in outcome) throw outcome.error;
    return outcome.result;
  }

  /** Sends the calls as one batch, which is carried out in order; answers one outcome for each. */
  async batch(asked: readonly Asked[], limits: Limits = {}): Promise<Outcome[]> {
    return asked.length === 0 ? [] : this.retried(asked, limits, true);
  }

  /** A page of the daemon's, as JSON. */
  async page(path: string, limits: Limits = {}): Promise<unknown> {
    try {
      return await this.pageOnce(path, limits);
    } catch (error) {
      const isClock = isMyOsError(error, "unauthenticated") && this.credentials.learnClock(error.data);
      if (!isClock) throw error;
      return this.pageOnce(path, limits);
    }
  }

  private async pageOnce(path: string, { signal, timeoutMs = PAGE_TIMEOUT_MS }: Limits): Promise<unknown> {
    const headers = await this.credentials.fields("GET", path, "");
    const request = { method: "GET", path, headers, body: "", isWrite: false, timeoutMs, signal } as const;
    const { status, text } = await this.transport.send(request);
    const value = this.parsed(text, false);
    if (status === 200) return value;
    if (isObject(value) && isWireError(value.error)) throw errorOf(`GET ${path}`, value.error);
    throw this.malformed(false, `it answers HTTP ${status}`);
  }

  close(): void {
    this.transport.close();
  }

  /** Reads are asked again after a lost connection or `overloaded`; a wrong clock is set right once, for every call. */
  private async retried(asked: readonly Asked[], limits: Limits, asBatch = false): Promise<Outcome[]> {
    const isRead = !asked.some(({ method }) => isWrite(method));
    let left = isRead ? (this.options.retries ?? DEFAULT_RETRIES) : 0;
    let hasNewClock = false;
    for (;;) {
      try {
        const outcomes = await this.sent(asked, limits, asBatch);
        const refused = outcomes.map((outcome) => ("error" in outcome ? outcome.error : undefined));
        const isClock = refused.every(
          (error) => error?.kind === "unauthenticated" && this.credentials.learnClock(error.data),
        );
        if (isClock && !hasNewClock) {
          hasNewClock = true;
          continue;
        }
        const overloaded = refused.find((error) => error?.kind === "overloaded");
        if (overloaded === undefined || left === 0) return outcomes;
        await wait(pauseOf(overloaded), undefined, limits.signal ? { signal: limits.signal } : {});
      } catch (error) {
        if (!(error instanceof MyOsConnectionError) || error.reason !== "lost" || left === 0) throw error;
      }
      left -= 1;
    }
  }

  private async sent(asked: readonly Asked[], limits: Limits, asBatch: boolean): Promise<Outcome[]> {
    const write = asked.some(({ method }) => isWrite(method));
    const requests = asked.map(({ method, params }) => ({ jsonrpc: "2.0", id: this.nextId(), method, params }));
    const body = stringifyExactly(asBatch ? requests : requests[0]);
    const headers = await this.credentials.fields("POST", "/rpc", body);
    const timeoutMs = limits.timeoutMs ?? this.options.timeoutMs ?? patience(asked);
    const { signal } = limits;
    const received = await this.transport.send({
      method: "POST",
      path: "/rpc",
      headers,
      body,
      isWrite: write,
      timeoutMs,
      signal,
    });
    const replies = this.repliesIn(received, write, asBatch);
    return requests.map(({ id, method }) => this.outcomeOf(replies, id, method, write));
  }

  private repliesIn({ status, text }: Received, write: boolean, asBatch: boolean): Record<string, unknown>[] {
    const value = this.parsed(text, write);
    const replies = (Array.isArray(value) ? value : [value]).filter(isObject);
    if (asBatch === Array.isArray(value) || isRefusal(replies[0])) return replies;
    throw this.malformed(write, `it answers HTTP ${status} and no JSON-RPC`);
  }

  private outcomeOf(replies: readonly Record<string, unknown>[], id: number, method: string, write: boolean): Outcome {
    // A request that is refused as a whole is answered under the id null.
    const reply = replies.find((one) => one.id === id) ?? replies.find(isRefusal);
    if (reply !== undefined && "result" in reply) return { result: reply.result };
    if (isWireError(reply?.error)) return { error: errorOf(method, reply.error) };
    throw this.malformed(write, `its answer has nothing for call ${id}`);
  }

  private parsed(text: string, write: boolean): unknown {
    try {
      return this.options.integers === "exact" ? parseExactly(text) : JSON.parse(text);
    } catch {
      throw this.malformed(write, `it answers no JSON: ${JSON.stringify(text.slice(0, 80))}`);
    }
  }

  private malformed(mayHaveHappened: boolean, what: string): MyOsConnectionError {
    return new MyOsConnectionError("malformed", `this is no my_os_server: ${what}`, mayHaveHappened);
  }

  private nextId(): number {
    this.calls += 1;
    return this.calls;
  }
}

const patience = (asked: readonly Asked[]): number =>
  asked.reduce((sum, { method }) => sum + (infos[method]?.deadlineMs ?? PAGE_TIMEOUT_MS), SLACK_MS);

const pauseOf = ({ data }: MyOsError): number => ("retry_after_ms" in data ? data.retry_after_ms : 0);

const isRefusal = (reply: Record<string, unknown> | undefined): boolean =>
  reply?.id === null && isWireError(reply.error);

const isWireError = (error: unknown): error is WireError =>
  isObject(error) && typeof error.code === "number" && typeof error.message === "string";
