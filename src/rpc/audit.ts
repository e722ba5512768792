import { type MethodName, methods } from "../../generated/methods.gen.js";
import { type AuditedParams, auditedParams } from "./audit-params.js";
import { encodeJson } from "./encode.js";
import type { Call } from "./envelope.js";
import { RpcError, rpcError } from "./errors.js";
import type { Caller, Verdict } from "./identity.js";
import { RefusalCap } from "./refusal-cap.js";
import type { Sender } from "./sender.js";
import { Unauthenticated } from "./signature/refused.js";

/** Where the lines go. */
export interface AuditSink {
  /** Why a line could not be written now; undefined where one could. It tries, so that it sees that all is well again. */
  obstacle(): string | undefined;
  /** Appends a line before it returns; one that cannot be written now is kept and goes before all later ones. */
  append(line: string): void;
}

/** What a line says of the request that a call came in. */
export interface AuditedRequest {
  readonly requestId: string;
  readonly caller: Verdict;
  readonly sender: Sender;
}

/** A write or admin call that is running. */
export interface AuditedCall {
  /** Writes its line. */
  end(error?: RpcError): void;
  /** Writes how it ended in the end, where its caller was told `timeout` meanwhile. */
  late(error?: RpcError): void;
}

/** What was refused: a method, or a page as `GET /path`. */
export interface Refused {
  readonly what: string;
  readonly error: RpcError;
  /** When it was asked, on the clock of `performance.now()`. */
  readonly started: number;
  /** Absent where nothing says which of them are secret. */
  readonly params?: () => AuditedParams;
}

type Outcome = { readonly outcome: string; readonly reason?: string };
const MAX_REASON = 256;

/** Whether a method changes something. */
export const isWrite = (method: MethodName): boolean => ["write", "admin"].includes(methods[method].right);

/** Who did what, and who was refused what: a line each, written before the answer is. */
export class Audit {
  readonly #running = new Set<() => void>();
  readonly #cap = new RefusalCap(({ peer, count }) => {
    if (this.#isReady()) this.#tell({ event: "refusals_not_listed", peer, count });
    else this.#lost += count;
  });
  /** Refusals that came while nothing could be written. */
  #lost = 0;

  constructor(private readonly sink: AuditSink) {}

  /** Writes that the daemon began; a place that cannot be written shows at once. */
  started(): void {
    this.#tell({ event: "started", pid: process.pid });
  }

  /** Begins a call that writes; answers an `internal_error` where its line could not be written. */
  begin(method: MethodName, { params }: Call, request: AuditedRequest): AuditedCall | RpcError {
    if (!this.#isReady()) return unavailable(method);
    const started = performance.now();
    const head = { ...whose(request), method, ...auditedParams(methods[method], params) };
    const tell = (outcome: Outcome) => this.#tell({ ...head, ...outcome, duration_ms: since(started) });
    const unfinished = () => tell({ outcome: "unfinished" });
    this.#running.add(unfinished);
    return {
      end: (error) => {
        this.#running.delete(unfinished);
        tell(outcomeOf(error));
      },
      late: (error) => this.#tell({ ...head, late: true, ...outcomeOf(error), duration_ms: since(started) }),
    };
  }

  /** Writes that somebody was refused something, unless that peer was refused too often of late: then it is counted. */
  refused({ what, error, started, params }: Refused, request: AuditedRequest): void {
    if (!this.#cap.lists(request.sender)) return;
    if (!this.#isReady()) {
      this.#lost += 1;
      return;
    }
    const head = { ...whose(request), method: what.slice(0, 256), ...params?.() };
    this.#tell({ ...head, ...outcomeOf(error), duration_ms: since(started) });
  }

  /** Writes what else is known: refusals that were only counted, and calls that the daemon's end cuts off. */
  close(): void {
    this.#cap.close();
    this.#isReady();
    for (const unfinished of this.#running) unfinished();
    this.#running.clear();
  }

  #isReady(): boolean {
    if (this.sink.obstacle() !== undefined) return false;
    if (this.#lost > 0) this.#tell({ event: "refusals_lost", count: this.#lost });
    this.#lost = 0;
    return true;
  }

  #tell(fields: Readonly<Record<string, unknown>>): void {
    this.sink.append(`${encodeJson({ time: new Date().toISOString(), ...fields })}\n`);
  }
}

const since = (started: number): number => Math.round((performance.now() - started) * 1000) / 1000;

const whose = ({ requestId, caller, sender }: AuditedRequest) => ({
  request_id: requestId,
  identity: caller instanceof RpcError ? impostor(caller) : identityOf(caller),
  ...placeOf(sender),
});

/** Nobody, and the key that was claimed: proven by nothing. */
function impostor(error: RpcError) {
  const claimed = error instanceof Unauthenticated ? error.claimed : undefined;
  return { kind: "unauthenticated", ...(claimed === undefined ? {} : { claimed_key: claimed }) };
}

function placeOf(sender: Sender) {
  if (sender.transport === "tls") return { address: sender.address };
  return sender.peer === undefined ? {} : { peer: { uid: sender.peer.uid, pid: sender.peer.pid } };
}

const identityOf = (caller: Caller) =>
  caller.kind === "identified" ? { kind: caller.kind, key: caller.key, proof: caller.proof } : { kind: caller.kind };

function outcomeOf(error: RpcError | undefined): Outcome {
  if (error === undefined) return { outcome: "ok" };
  const { reason, required, granted }: { [name: string]: unknown } = { ...error.details };
  if (typeof granted === "string") return { outcome: error.kind, reason: `needs ${required}, has ${granted}` };
  return { outcome: error.kind, ...(typeof reason === "string" ? { reason: reason.slice(0, MAX_REASON) } : {}) };
}

function unavailable(method: MethodName): RpcError {
  const message = `${method} was refused and nothing was done: it would write, and the audit cannot be written now; the daemon's log says why`;
  return rpcError("internal_error", { reason: "audit_unavailable" }, message);
}
