import type { Files } from "../files.js";
import type { NetReader } from "../net-model.js";
import { inForce } from "./in-force.js";
import { dhclientLeases, dhcpcdLeases, networkdLeases, networkManagerLeases } from "./kept-leases.js";
import type { LeaseRecord } from "./lease.js";
import { type Situation, situationOf } from "./situation.js";
import { dhcp6cLeases, networkdPrefixes, unkeptAddresses } from "./unkept-leases.js";

/** The leases in force, and the situation that they were judged by. */
export interface Leases {
  readonly leases: LeaseRecord[];
  readonly situation: Situation;
}

/** Every lease in force on this node, by interface, family and address. */
export async function readLeases(files: Files, net: NetReader, signal?: AbortSignal): Promise<Leases> {
  const [links, defaults, rejects] = await Promise.all([
    net.links({}, signal),
    net.routes({ dst: "default", type: "unicast" }, signal),
    net.routes({ family: "inet6", type: "unreachable" }, signal),
  ]);
  const situation = await situationOf(files, links, [...defaults, ...rejects]);
  const kept = await Promise.all([
    networkdLeases(files, situation),
    networkManagerLeases(situation),
    dhclientLeases(files, situation.clients),
    dhcpcdLeases(files, links),
    dhcp6cLeases(files, situation),
  ]);
  const known = inForce(kept.flat(), situation);
  const prefixes = networkdPrefixes(situation).filter(({ prefix }) => !known.some((lease) => lease.prefix === prefix));
  const all = [...known, ...prefixes, ...unkeptAddresses(known, situation)];
  return { leases: all.sort(byInterfaceFamilyAddress), situation };
}

const keyOf = ({ interface: ifname, family, address, prefix }: LeaseRecord): string =>
  [ifname, family, address ?? prefix ?? ""].join("\0");

function byInterfaceFamilyAddress(a: LeaseRecord, b: LeaseRecord): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  return first === second ? 0 : first < second ? -1 : 1;
}
