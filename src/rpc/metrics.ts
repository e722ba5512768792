import type { MethodName } from "../../generated/methods.gen.js";
import { RpcError } from "./errors.js";
import type { Verdict } from "./identity.js";

type ErrorKind = RpcError["kind"];

/** Upper bounds of the latency buckets, in seconds; beyond the last there is one more. */
export const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

/** What became of the calls of one method. */
export interface MethodFigures {
  /** How many ended within each bucket's bound and beyond the one before. */
  readonly buckets: Float64Array;
  /** Seconds that all of them took. */
  seconds: number;
  readonly outcomes: Map<ErrorKind | "ok", number>;
}

/** Why a connection was refused before anything was read of it as HTTP. */
export type ConnectionRefusal = "limit" | "address_limit" | "handshake" | "plain_text";

/**
 * Counts what happens, for `GET /metrics`. Counting is all that a call pays for: how it is told is loaded by whoever
 * first asks.
 */
export class Metrics {
  readonly methods = new Map<string, MethodFigures>();
  /** Results that did not fit the specification, where they are checked. */
  readonly unfitResults = new Map<MethodName, number>();
  readonly refusedIdentities = new Map<string, number>();
  readonly refusedConnections = new Map<ConnectionRefusal, number>();

  /** Counts one call; `method` is undefined where there is no such method, for anybody could make up names. */
  called(method: MethodName | undefined, outcome: ErrorKind | "ok", milliseconds: number): void {
    const figures = this.#figuresOf(method ?? "unknown");
    const seconds = milliseconds / 1000;
    const found = BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = found === -1 ? BUCKETS.length : found;
    figures.buckets[bucket] = (figures.buckets[bucket] ?? 0) + 1;
    figures.seconds += seconds;
    count(figures.outcomes, outcome);
  }

  resultUnfit(method: MethodName): void {
    count(this.unfitResults, method);
  }

  /** Counts a request whose credentials were not good. */
  identified(verdict: Verdict): void {
    if (!(verdict instanceof RpcError)) return;
    const { reason }: { readonly reason?: unknown } = verdict.details;
    count(this.refusedIdentities, typeof reason === "string" ? reason : verdict.kind);
  }

  connectionRefused(reason: ConnectionRefusal): void {
    count(this.refusedConnections, reason);
  }

  #figuresOf(method: string): MethodFigures {
    const known = this.methods.get(method);
    if (known !== undefined) return known;
    const figures = { buckets: new Float64Array(BUCKETS.length + 1), seconds: 0, outcomes: new Map() };
    this.methods.set(method, figures);
    return figures;
  }
}

const count = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);
