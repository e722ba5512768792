import type { Handlers, RpcHandlers } from "../../generated/handlers.gen.js";
import { type MethodInfo, type MethodName, methods } from "../../generated/methods.gen.js";
import type { CallContext } from "../rpc/context.js";
import { EncodedJson } from "../rpc/encode.js";
import { type RpcError, rpcError } from "../rpc/errors.js";
import { Upstream } from "./upstream.js";

/** Our first segment of a method's name, whose daemon answers it, and the upstream's first segment. */
const domains = {
  net: { daemon: "mosnetd", namespace: "mosnet" },
  vol: { daemon: "mos_volmgrd", namespace: "storage" },
} as const;

type Domain = keyof typeof domains;

export interface ProxyOptions {
  /** The upstream daemons' sockets, by domain. */
  readonly sockets: Readonly<Record<Domain, string>>;
  /** Longest answer that is taken from an upstream daemon, in bytes. */
  readonly maxBytes: number;
  readonly log: CallContext["log"];
}

type Forwarded = Omit<Handlers, keyof RpcHandlers>;

/** Every method but the `rpc` topic, each passed on to the daemon of its domain. */
export interface Proxy {
  readonly handlers: { readonly [M in keyof Forwarded]: Handler };
  /** The upstream daemons that cannot be reached now. */
  degraded(): Promise<{ part: string; reason: string }[]>;
}

type Handler = (params: unknown, context: CallContext) => Promise<EncodedJson>;

export const domainOf = (method: MethodName): string => method.slice(0, method.indexOf("."));

const isDomain = (word: string): word is Domain => Object.hasOwn(domains, word);

/** The daemon whose answer a method waits for. */
export function answererOf(method: MethodName): string | undefined {
  const domain = domainOf(method);
  return isDomain(domain) ? domains[domain].daemon : undefined;
}

export function proxy({ sockets, maxBytes, log }: ProxyOptions): Proxy {
  const upstream = (domain: Domain) =>
    new Upstream({ name: domains[domain].daemon, socket: sockets[domain], maxBytes, log });
  const upstreams: Readonly<Record<Domain, Upstream>> = { net: upstream("net"), vol: upstream("vol") };
  const rows = Object.entries(methods).flatMap(([method, info]) => {
    const [domain = "", ...rest] = method.split(".");
    if (!isDomain(domain)) return [];
    const upstreamMethod = [domains[domain].namespace, ...rest].join(".");
    return [[method, forward(upstreams[domain], upstreamMethod, info)] as const];
  });
  return {
    // A row for every method of the table but the `rpc` ones.
    handlers: Object.fromEntries(rows) as Proxy["handlers"],
    degraded: async () =>
      (await Promise.all(Object.values(upstreams).map((one) => one.trouble()))).filter(
        (trouble) => trouble !== undefined,
      ),
  };
}

/** How long a write whose caller has got `timeout` is still waited for, so that the audit can say how it ended. */
const GRACE_MS = 30_000;

function forward(upstream: Upstream, method: string, { right, deadlineMs }: MethodInfo): Handler {
  const isWrite = right === "write" || right === "admin";
  return async (params, { caller, signal }) => {
    const key = caller.kind === "identified" ? caller.key : undefined;
    // A write's own signal never ends it; a silent daemon must not hold its place here forever.
    const until = isWrite ? AbortSignal.timeout(deadlineMs + GRACE_MS) : signal;
    return new EncodedJson(await upstream.call({ method, params, key, isWrite, deadlineMs, signal: until }));
  };
}

/** Why the proxy does not answer a method: it answers them all. */
export const absentFromProxy = (method: MethodName): RpcError =>
  rpcError(
    "unsupported",
    { reason: "no upstream daemon answers it", mode: "mos" },
    `${method}: no upstream daemon answers it`,
  );
