import type { Settings } from "../config/settings.js";
import type { CallLimits } from "../rpc/admission.js";
import type { AnswerParts } from "../rpc/answer.js";

/** Every limit of the daemon, in the units of the code that keeps it. */
export interface Limits extends CallLimits, Readonly<AnswerParts["limits"]> {
  readonly bodyBytes: number;
  /** The same for who comes over the network without a name. */
  readonly strangerBodyBytes: number;
  readonly headerBytes: number;
  readonly headerMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly requests: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

export const limitsOf = (settings: Settings): Limits => ({
  calls: settings.limit_calls,
  callsPerPeer: settings.limit_calls_per_peer,
  batch: settings.limit_batch,
  responseBytes: settings.limit_response_bytes,
  bodyBytes: settings.limit_body_bytes,
  strangerBodyBytes: settings.limit_stranger_body_bytes,
  headerBytes: settings.limit_header_bytes,
  headerMs: settings.limit_header_seconds * 1000,
  requestMs: settings.limit_request_seconds * 1000,
  keepAliveMs: settings.limit_keep_alive_seconds * 1000,
  requests: settings.limit_requests,
  connections: settings.limit_connections,
  connectionsPerAddress: settings.limit_connections_per_address,
});
