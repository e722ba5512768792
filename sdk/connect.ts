import {
  type Call,
  type CallOptions,
  type Client,
  createClient,
  type Given,
  type Integers,
} from "../generated/client.gen.js";
import { type MethodName, type MethodTypes, methods, version } from "../generated/methods.gen.js";
import type { RpcDiscoverResult } from "../generated/types.gen.js";
import type { MyOsError } from "./errors.js";
import type { ConnectOptions } from "./options.js";
import { Session } from "./session.js";

/** One entry of a batch: the method, and its parameters where it needs any. */
export type BatchCall = { [M in MethodName]: readonly [method: M, params?: MethodTypes[M]["params"]] }[MethodName];

/** How one call of a batch ended. */
export type BatchOutcome<I extends Integers, C extends BatchCall> =
  | { readonly ok: true; readonly result: Given<I, MethodTypes[C[0]]["result"]> }
  | { readonly ok: false; readonly error: MyOsError };

/** Who the daemon takes this caller for. */
export interface WhoAmI {
  readonly kind: "anonymous_local" | "anonymous_remote" | "identified";
  readonly right: "none" | "read" | "write" | "admin";
  /** The public key, 64 hex digits, and how it was proven. */
  readonly key?: string;
  readonly proof?: "peer" | "token" | "certificate" | "signature";
  readonly groups?: readonly string[];
  readonly peer?: { readonly uid: number; readonly pid: number; readonly gid: number };
  readonly address?: string;
}

/** How the daemon is; readers also see what does not work as it should. */
export interface Health {
  readonly status: "ok";
  readonly degraded?: readonly { readonly part: string; readonly reason: string }[];
}

/** A daemon: every method of the specification under its own path, and what is not a method. */
export interface MyOs<I extends Integers = "number"> extends Client<I> {
  /** Calls a method by its name. */
  call<M extends MethodName>(
    method: M,
    ...rest: Record<never, never> extends MethodTypes[M]["params"]
      ? [params?: MethodTypes[M]["params"], options?: CallOptions]
      : [params: MethodTypes[M]["params"], options?: CallOptions]
  ): Promise<Given<I, MethodTypes[M]["result"]>>;
  /** Sends several calls at once; they are carried out in order, and one that fails does not stop the others. */
  batch<const C extends readonly BatchCall[]>(
    calls: C,
    options?: CallOptions,
  ): Promise<{ [N in keyof C]: BatchOutcome<I, C[N]> }>;
  /** The daemon's specification; a warning is emitted where it is of another version than this SDK. */
  discover(options?: CallOptions): Promise<RpcDiscoverResult>;
  /** `GET /whoami`. */
  whoami(options?: CallOptions): Promise<WhoAmI>;
  /** `GET /health`. */
  health(options?: CallOptions): Promise<Health>;
  /** Closes idle connections; calls that run come to their end. */
  close(): void;
}

/**
 * Speaks to a daemon; nothing is sent before the first call.
 *
 *     const os = connect();
 *     for (const { ifname, operstate } of await os.net.interfaces()) console.log(ifname, operstate);
 *
 * Calls reject with `MyOsError` (what the daemon answered) or `MyOsConnectionError` (there is no answer).
 * Throws a `TypeError` for options that exclude each other, and Node's own error for a file that cannot be read.
 */
export function connect<I extends Integers = "number">(options: ConnectOptions<I> = {}): MyOs<I> {
  const session = new Session(options);
  // The daemon's results fit the specification that the types are generated from; `I` says how integers are read.
  const call = ((method: string, params: unknown = {}, limits?: CallOptions) =>
    session.call({ method, params }, limits)) as Call<I>;
  return {
    ...createClient<I>(call),
    call: ((method: MethodName, params = {}, limits?: CallOptions) => call(method, params, limits)) as MyOs<I>["call"],
    batch: (async (calls: readonly BatchCall[], limits?: CallOptions) => {
      const outcomes = await session.batch(
        calls.map(([method, params = {}]) => ({ method, params })),
        limits,
      );
      return outcomes.map((outcome) => ("error" in outcome ? { ok: false, ...outcome } : { ok: true, ...outcome }));
    }) as MyOs<I>["batch"],
    discover: async (limits) => {
      const document = (await session.call({ method: "rpc.discover", params: {} }, limits)) as RpcDiscoverResult;
      warnOfOtherVersion(document);
      return document;
    },
    whoami: async (limits) => (await session.page("/whoami", limits)) as WhoAmI,
    health: async (limits) => (await session.page("/health", limits)) as Health,
    close: () => session.close(),
  };
}

function warnOfOtherVersion({ info, methods: theirs }: RpcDiscoverResult): void {
  if (info.version === version) return;
  const names = new Set(theirs.map(({ name }) => String(name)));
  const missing = Object.keys(methods).filter((name) => !names.has(name));
  const lacks =
    missing.length === 0 ? "" : `; it lacks ${missing.slice(0, 5).join(", ")}${missing.length > 5 ? ", …" : ""}`;
  process.emitWarning(
    `the daemon is of version ${info.version}, @my-os/sdk of ${version}${lacks}`,
    "MyOsVersionWarning",
  );
}
