import type { PortSpan } from "./conntrack-model.js";
import type { IpPrefix } from "./ip-prefix.js";
import type { IpFamily } from "./net-model.js";

/** The packets that open the connections which a rule is about, as a hook sees them; what is absent can be anything. */
export interface PacketClass {
  readonly family: IpFamily;
  /** `tcp`, `udp`, `sctp`, `icmp`, `icmpv6`. */
  readonly protocol?: string;
  readonly destinationPorts?: PortSpan;
  readonly source?: IpPrefix;
  readonly destination?: IpPrefix;
  readonly iif?: string;
  readonly oif?: string;
  /** To this node itself; else in transit. */
  readonly isLocal: boolean;
  /** Its destination was translated, before this hook. */
  readonly isTranslated: boolean;
}

/**
 * How many of the packets of a class a test lets through. `some`: those of a source or an interface that the class does
 * not name; `unforeseeable`: nobody can say from here.
 */
export type Fit = "all" | "some" | "none" | "unforeseeable";
