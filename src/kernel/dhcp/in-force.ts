import { containsAddress } from "../ip-address.js";
import type { KernelAddress } from "../net-model.js";
import { FOREVER_SECONDS, type LeaseRecord } from "./lease.js";
import { holds, type Situation } from "./situation.js";

const addressOn = ({ links }: Situation, ifname: string, local: string): KernelAddress | undefined =>
  links.find((link) => link.ifname === ifname)?.addr_info.find((address) => address.local === local);

const isRunning = (situation: Situation, { client, interface: ifname, family }: LeaseRecord): boolean =>
  situation.clients.some((one) => one.name === client && holds(situation, one, ifname, family));

/** The leases that the kernel bears out, each once: of two clients' word on one address that of the running one counts. */
export function inForce(kept: readonly LeaseRecord[], situation: Situation): LeaseRecord[] {
  const chosen = new Map<string, LeaseRecord>();
  for (const lease of kept) {
    const borne = lease.kind === "prefix_delegation" ? bornePrefix(lease, situation) : borneAddress(lease, situation);
    if (!borne) continue;
    const key = `${borne.interface} ${borne.kind} ${borne.address ?? `${borne.prefix}/${borne.prefixlen}`}`;
    const other = chosen.get(key);
    if (!other || isBetter(borne, other, situation)) chosen.set(key, borne);
  }
  return [...chosen.values()];
}

function isBetter(lease: LeaseRecord, other: LeaseRecord, situation: Situation): boolean {
  const [first, second] = [isRunning(situation, lease), isRunning(situation, other)];
  return first === second ? (lease.obtainedAt ?? 0) > (other.obtainedAt ?? 0) : first;
}

function borneAddress(lease: LeaseRecord, situation: Situation): LeaseRecord | undefined {
  const address = addressOn(situation, lease.interface, lease.address ?? "");
  if (!address) return undefined;
  const withLength = { ...lease, prefixlen: lease.prefixlen ?? address.prefixlen };
  const kernel = kernelTimes(address, situation.now);
  // networkd's and dhcpcd's spans count from when the file was written, which may be later than the lease came.
  if (lease.client === "systemd-networkd") return shifted(withLength, kernel.expiresAt);
  return { ...kernel, ...withLength };
}

/** The lease's moments moved so that it ends when the kernel's address does. */
function shifted(lease: LeaseRecord, expiresAt: number | undefined): LeaseRecord {
  if (expiresAt === undefined || lease.expiresAt === undefined || !Number.isFinite(lease.expiresAt)) return lease;
  const by = expiresAt - lease.expiresAt;
  const moved = (moment: number | undefined): number | undefined => (moment === undefined ? undefined : moment + by);
  const { obtainedAt, renewAt, rebindAt } = lease;
  return {
    ...lease,
    expiresAt,
    ...defined({ obtainedAt: moved(obtainedAt), renewAt: moved(renewAt), rebindAt: moved(rebindAt) }),
  };
}

const defined = <T extends object>(fields: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<{
    [K in keyof T]: NonNullable<T[K]>;
  }>;

export interface KernelTimes {
  expiresAt?: number;
  preferredUntil?: number;
}

/** When the kernel lets an address go; an address that stays for ever says nothing about its lease. */
export const kernelTimes = (address: KernelAddress, now: number): KernelTimes =>
  address.valid_life_time === FOREVER_SECONDS
    ? {}
    : {
        expiresAt: now + address.valid_life_time * 1000,
        ...(address.family === "inet6" && {
          preferredUntil: now + Math.min(address.preferred_life_time, address.valid_life_time) * 1000,
        }),
      };

/** A prefix is in force while its client runs, or while something of it is in use and its time is not over. */
function bornePrefix(lease: LeaseRecord, situation: Situation): LeaseRecord | undefined {
  const { prefix, prefixlen } = lease;
  if (prefix === undefined || prefixlen === undefined) return undefined;
  if (!situation.links.some(({ ifname }) => ifname === lease.interface)) return undefined;
  if (isRunning(situation, lease)) return lease;
  const isUsed = situation.links.some(({ addr_info }) =>
    addr_info.some(({ family, local }) => family === "inet6" && containsAddress(prefix, prefixlen, local)),
  );
  return isUsed && (lease.expiresAt ?? 0) > situation.now ? lease : undefined;
}
