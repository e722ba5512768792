import type { NetPrefixHandlers } from "../../../generated/handlers.gen.js";
import type { DelegatedPrefix, DelegatedSubnet, NetPrefixParams } from "../../../generated/types.gen.js";
import type { LeaseRecord } from "../../kernel/dhcp/lease.js";
import { readLeases } from "../../kernel/dhcp/lease-reader.js";
import type { Files } from "../../kernel/files.js";
import { containsAddress, networkOf } from "../../kernel/ip-address.js";
import { type KernelLink, type NetReader, NoSuchInterface } from "../../kernel/net-model.js";
import { secondsUntil, timestamp, without } from "./lease-shape.js";
import { askKernel } from "./live.js";

export interface PrefixDeps {
  readonly files: Files;
  readonly net: NetReader;
}

/** The `net.prefix` topic: delegated IPv6 prefixes and who uses them. */
export const prefix = (deps: PrefixDeps): NetPrefixHandlers => ({
  "net.prefix": (params, { signal }) => askKernel(deps, () => prefixesOf(deps, params, signal)),
});

async function prefixesOf(
  { files, net }: PrefixDeps,
  { interface: wanted }: NetPrefixParams,
  signal: AbortSignal,
): Promise<DelegatedPrefix[]> {
  const { leases, situation } = await readLeases(files, net, signal);
  const { links, now } = situation;
  if (wanted !== undefined && !links.some(({ ifname }) => ifname === wanted)) throw new NoSuchInterface(wanted);
  return leases
    .filter((lease) => wanted === undefined || lease.interface === wanted)
    .flatMap((lease) => delegated(lease, links, now));
}

function delegated(lease: LeaseRecord, links: readonly KernelLink[], now: number): DelegatedPrefix[] {
  const { kind, prefix, prefixlen, interface: uplink, client, source } = lease;
  if (kind !== "prefix_delegation" || prefix === undefined || prefixlen === undefined) return [];
  const told = without({
    iaid: lease.iaid,
    duid: lease.duid,
    server_duid: lease.serverDuid,
    preferred_seconds: secondsUntil(lease.preferredUntil, now),
    valid_seconds: secondsUntil(lease.expiresAt, now),
    expires_at: timestamp(lease.expiresAt),
  });
  const inner = links.filter(({ ifname }) => ifname !== uplink);
  const delegatedTo = inner.flatMap((link) => subnetsOf(link, prefix, prefixlen));
  return [{ prefix, prefixlen, interface: uplink, ...told, delegated_to: delegatedTo, client, source }];
}

/** The subnets of a prefix in which a link has an address. */
const subnetsOf = ({ ifname, addr_info }: KernelLink, prefix: string, prefixlen: number): DelegatedSubnet[] =>
  addr_info
    .filter((one) => one.family === "inet6" && containsAddress(prefix, prefixlen, one.local))
    .flatMap((one) => {
      const subnet = networkOf(one.local, one.prefixlen);
      return subnet === undefined
        ? []
        : [{ interface: ifname, prefix: subnet, prefixlen: one.prefixlen, address: one.local }];
    });
