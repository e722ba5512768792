import type { HealthCheck } from "../../../generated/types.gen.js";
import { askNeighbors, type Hop, isAnswering } from "../../kernel/neighbor-probe.js";
import type { IpFamily, KernelNeighbor, NetReader } from "../../kernel/net-model.js";
import type { Seen } from "./health-links.js";

/** A gateway of a default route of a family. */
interface Gateway extends Hop {
  readonly family: IpFamily;
}

/** More gateways than any node has; each one is asked. */
const MAX_GATEWAYS = 64;

function gatewaysOf({ links, defaults }: Seen): Gateway[] {
  const found = new Map<string, Gateway>();
  for (const { family, nexthops, ...route } of defaults) {
    for (const { dev, gateway, via } of nexthops ?? [route]) {
      const address = gateway ?? via?.host;
      const link = links.find(({ ifname }) => ifname === dev);
      if (address === undefined || dev === undefined || !link) continue;
      found.set(`${family} ${address} ${dev}`, { family, address, dev, ifindex: link.ifindex });
    }
  }
  return [...found.values()].slice(0, MAX_GATEWAYS);
}

/** One check for each gateway of a default route. */
export async function gatewayChecks(net: NetReader, seen: Seen, signal: AbortSignal): Promise<HealthCheck[]> {
  const gateways = gatewaysOf(seen);
  if (gateways.length === 0) {
    return [{ name: "gateway", status: "ok", message: "no default route leads over a gateway" }];
  }
  const entries = await askNeighbors(net, gateways, signal);
  return gateways.map((gateway, at) => {
    const isReachable = isAnswering(entries[at]);
    const check = { name: "gateway", subject: gateway.address, threshold: 1, unit: "boolean" } as const;
    const place = `${gateway.address} ${isReachable ? "answers" : "does not answer"} on ${gateway.dev}`;
    if (isReachable) return { ...check, status: "ok", value: 1, message: place };
    // One that answers in its stead still takes the traffic of its family.
    const isOnly = !gateways.some((other, place) => other.family === gateway.family && isAnswering(entries[place]));
    return { ...check, status: isOnly ? "fail" : "warn", value: 0, message: `${place} (${stateOf(entries[at])})` };
  });
}

const stateOf = (entry: KernelNeighbor | undefined): string =>
  entry === undefined ? "it is not in the neighbour table" : `its neighbour entry is ${entry.state.join(", ")}`;
