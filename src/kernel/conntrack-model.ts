import type { IpPrefix } from "./ip-prefix.js";
import type { Exact, IpFamily } from "./net-model.js";

/** One direction of a connection, as packets carry it. */
export interface ConntrackTuple {
  src: string;
  dst: string;
  sport?: number;
  dport?: number;
  icmp_type?: number;
  icmp_code?: number;
  icmp_id?: number;
  zone?: number;
  gre_key?: number;
  packets?: Exact;
  bytes?: Exact;
}

/** One entry of the kernel's connection table. */
export interface ConntrackEntry {
  id: number;
  zone: number;
  family: IpFamily;
  protocol: string;
  protocol_number: number;
  state?: string;
  status: string[];
  /** Seconds. */
  timeout: number;
  mark: number;
  secctx?: string;
  /** The bitmap, hexadecimal after `0x`. */
  labels?: string;
  helper?: string;
  use?: number;
  nat: ("snat" | "dnat")[];
  original: ConntrackTuple;
  reply: ConntrackTuple;
  /** ISO 8601. */
  start_at?: string;
  delta_seconds?: number;
}

/** What entries are chosen by; all of it looks at the original direction, before any translation. */
export interface ConntrackFilter {
  readonly zone?: number;
  readonly family?: IpFamily;
  readonly protocol?: number;
  readonly source?: IpPrefix;
  readonly destination?: IpPrefix;
  readonly sourcePorts?: PortSpan;
  readonly destinationPorts?: PortSpan;
  readonly mark?: number;
}

/** Ports from the first to the last. */
export interface PortSpan {
  readonly first: number;
  readonly last: number;
}
