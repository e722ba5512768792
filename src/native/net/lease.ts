import type { NetLeaseHandlers } from "../../../generated/handlers.gen.js";
import type { Lease, NetLeaseParams } from "../../../generated/types.gen.js";
import { readLeases } from "../../kernel/dhcp/lease-reader.js";
import type { Files } from "../../kernel/files.js";
import { type NetReader, NoSuchInterface } from "../../kernel/net-model.js";
import { leaseOf } from "./lease-shape.js";
import { askKernel } from "./live.js";

export interface LeaseDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The read of the `net.lease` topic: what the network lent to this node, whichever client asked for it. */
export const lease = (deps: LeaseDeps): Pick<NetLeaseHandlers, "net.lease"> => ({
  "net.lease": (params, { signal }) => askKernel(deps, () => leasesOf(deps, params, signal)),
});

async function leasesOf({ files, net }: LeaseDeps, params: NetLeaseParams, signal: AbortSignal): Promise<Lease[]> {
  const { leases, situation } = await readLeases(files, net, signal);
  const { interface: wanted, family } = params;
  if (wanted !== undefined && !situation.links.some(({ ifname }) => ifname === wanted)) {
    throw new NoSuchInterface(wanted);
  }
  return leases
    .filter(
      (one) => (wanted === undefined || one.interface === wanted) && (family === undefined || one.family === family),
    )
    .map((one) => leaseOf(one, situation.now));
}
