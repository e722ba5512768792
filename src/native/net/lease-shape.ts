import type { Lease } from "../../../generated/types.gen.js";
import type { LeaseRecord } from "../../kernel/dhcp/lease.js";

const FOREVER = 0xffff_ffff;
/** The end of the year 9999: the wire's timestamps have four digits of year. */
const LAST_MOMENT = 253_402_300_799_000;

/** A moment as the wire has it; undefined for never, and for what no calendar holds. */
export const timestamp = (moment: number | undefined): string | undefined =>
  moment !== undefined && moment >= 0 && moment <= LAST_MOMENT ? new Date(moment).toISOString() : undefined;

/** Seconds from now until a moment: 0 where it is past, 4294967295 where it never comes. */
export const secondsUntil = (moment: number | undefined, now: number): number | undefined =>
  moment === undefined
    ? undefined
    : moment === Number.POSITIVE_INFINITY
      ? FOREVER
      : Math.min(FOREVER, Math.max(0, Math.round((moment - now) / 1000)));

function stateOf({ renewAt, rebindAt, expiresAt }: LeaseRecord, now: number): Lease["state"] {
  if (expiresAt === undefined) return "unknown";
  if (expiresAt <= now) return "expired";
  if (rebindAt !== undefined && rebindAt <= now) return "rebinding";
  return renewAt !== undefined && renewAt <= now ? "renewing" : "bound";
}

type Timing = Pick<
  Lease,
  | "obtained_at"
  | "renew_at"
  | "rebind_at"
  | "expires_at"
  | "remaining_seconds"
  | "renew_in_seconds"
  | "rebind_in_seconds"
  | "preferred_seconds"
  | "valid_seconds"
>;

/** Each moment both as absolute time and as what remains. */
function timing(lease: LeaseRecord, now: number): Timing {
  const { renewAt, rebindAt, expiresAt, preferredUntil } = lease;
  return without({
    obtained_at: timestamp(lease.obtainedAt),
    renew_at: timestamp(renewAt),
    rebind_at: timestamp(rebindAt),
    expires_at: timestamp(expiresAt),
    remaining_seconds: secondsUntil(expiresAt, now),
    renew_in_seconds: secondsUntil(renewAt, now),
    rebind_in_seconds: secondsUntil(rebindAt, now),
    preferred_seconds: secondsUntil(preferredUntil, now),
    valid_seconds: lease.family === "inet6" ? secondsUntil(expiresAt, now) : undefined,
  });
}

/** A lease as the wire has it, at a moment in milliseconds since the epoch. */
export const leaseOf = (lease: LeaseRecord, now: number): Lease => ({
  interface: lease.interface,
  family: lease.family,
  kind: lease.kind,
  client: lease.client,
  state: stateOf(lease, now),
  routers: lease.routers,
  dns: lease.dns,
  source: lease.source,
  ...without({
    address: lease.address,
    prefix: lease.prefix,
    prefixlen: lease.prefixlen,
    server: lease.server,
    server_duid: lease.serverDuid,
    ntp: lease.ntp,
    domain: lease.domain,
    search: lease.search,
    hostname: lease.hostname,
    mtu: lease.mtu,
    broadcast: lease.broadcast,
    routes: lease.routes?.map((route) => ({ ...route })),
    client_id: lease.clientId,
    iaid: lease.iaid,
    duid: lease.duid,
    lifetime_seconds: lease.lifetimeSeconds,
  }),
  ...timing(lease, now),
});

type Defined<T> = { [K in keyof T]?: NonNullable<T[K]> };

/** Leaves out what is undefined. */
export const without = <T extends object>(fields: T): Defined<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
