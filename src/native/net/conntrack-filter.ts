import type { NetConntrackParams } from "../../../generated/types.gen.js";
import type { ConntrackFilter } from "../../kernel/conntrack-model.js";
import { hasPorts, protocolNumber } from "../../kernel/conntrack-names.js";
import type { IpPrefix } from "../../kernel/ip-prefix.js";
import { addressRange, refused } from "./addresses.js";

type Filters = Pick<
  NetConntrackParams,
  "zone" | "family" | "protocol" | "source" | "destination" | "source_port" | "destination_port" | "mark"
>;

/** A call's filters as the kernel layer wants them. Throws `invalid_argument` where they cannot be met together. */
export function conntrackFilter(params: Filters): ConntrackFilter {
  const { zone, mark, source_port, destination_port } = params;
  const protocol = params.protocol === undefined ? undefined : protocolOf(params.protocol);
  for (const [field, port] of Object.entries({ source_port, destination_port })) {
    if (port === undefined || (protocol !== undefined && hasPorts(protocol))) continue;
    throw refused(field, "a port needs a `protocol` that has ports, such as tcp or udp");
  }
  const source = params.source === undefined ? undefined : addressRange("source", params.source);
  const destination = params.destination === undefined ? undefined : addressRange("destination", params.destination);
  const family = params.family ?? source?.family ?? destination?.family;
  for (const [field, range] of Object.entries({ source, destination })) agree(field, range, family);
  return {
    ...(zone !== undefined && { zone }),
    ...(mark !== undefined && { mark }),
    ...(family !== undefined && { family }),
    ...(protocol !== undefined && { protocol }),
    ...(source && { source }),
    ...(destination && { destination }),
    ...(source_port !== undefined && { sourcePorts: { first: source_port, last: source_port } }),
    ...(destination_port !== undefined && { destinationPorts: { first: destination_port, last: destination_port } }),
  };
}

function protocolOf(text: string): number {
  const number = protocolNumber(text);
  if (number !== undefined) return number;
  throw refused("protocol", `${text} is no transport protocol that is known here; give its number`);
}

function agree(field: string, range: IpPrefix | undefined, family: string | undefined): void {
  if (range !== undefined && range.family !== family) throw refused(field, `it is no address of family ${family}`);
}
