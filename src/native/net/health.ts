import type { NetHealthHandlers } from "../../../generated/handlers.gen.js";
import type { HealthCheck, HealthReport, HealthStatus } from "../../../generated/types.gen.js";
import { conntrackFill } from "../../kernel/conntrack-stats.js";
import type { IpFamily, NetReader } from "../../kernel/net-model.js";
import { netSwitch } from "../../kernel/sysctl.js";
import { dnsOf } from "./dns.js";
import { gatewayChecks } from "./health-gateways.js";
import { addressChecks, carrierChecks, forwardingChecks, routeChecks, type Seen } from "./health-links.js";
import { askKernel } from "./live.js";
import { compareAll, type VerifyDeps } from "./verify.js";

export interface HealthDeps extends VerifyDeps {
  readonly net: NetReader;
}

/** The `net.health` topic: named checks against the live kernel. */
export const health = (deps: HealthDeps): NetHealthHandlers => ({
  "net.health": (_, { signal }) => askKernel(deps, () => examine(deps, signal)),
});

async function examine(deps: HealthDeps, signal: AbortSignal): Promise<HealthReport> {
  const { net } = deps;
  const [links, defaults] = await Promise.all([
    net.links({}, signal),
    net.routes({ dst: "default", type: "unicast" }, signal),
  ]);
  const seen: Seen = { links, defaults };
  const [gateways, dns, conntrack, forwarding, managed] = await Promise.all([
    gatewayChecks(net, seen, signal),
    dnsCheck(deps),
    conntrackCheck(deps),
    forwardingSwitches(deps),
    managedCheck(deps, signal),
  ]);
  const checks = [
    ...carrierChecks(seen),
    ...addressChecks(seen),
    ...routeChecks(seen),
    ...gateways,
    dns,
    conntrack,
    ...forwardingChecks(seen, forwarding, natFamilies(deps)),
    managed,
  ].slice(0, MAX_CHECKS);
  return { status: worst(checks), checked_at: new Date().toISOString(), checks };
}

const MAX_CHECKS = 4096;

const RANK: Readonly<Record<HealthStatus, number>> = { ok: 0, warn: 1, fail: 2 };

const worst = (checks: readonly HealthCheck[]): HealthStatus =>
  checks.reduce<HealthStatus>((status, check) => (RANK[check.status] > RANK[status] ? check.status : status), "ok");

async function dnsCheck({ files }: HealthDeps): Promise<HealthCheck> {
  const check = { name: "dns", threshold: 1, unit: "count" } as const;
  try {
    const { servers } = await dnsOf(files);
    const value = servers.length;
    if (value === 0) return { ...check, status: "warn", value, message: "no name server is configured: see net.dns" };
    return {
      ...check,
      status: "ok",
      value,
      message: `${value} name server${value === 1 ? " is" : "s are"} configured`,
    };
  } catch (error) {
    return { name: "dns", status: "warn", message: `name resolution cannot be read: ${wordsOf(error)}` };
  }
}

const CONNTRACK_WARN = 80;
const CONNTRACK_FAIL = 95;

async function conntrackCheck({ files }: HealthDeps): Promise<HealthCheck> {
  const fill = await conntrackFill(files);
  const check = { name: "conntrack", threshold: CONNTRACK_WARN, unit: "percent" } as const;
  // A limit of 0 is none.
  if (!fill || fill.max === 0) {
    return {
      name: "conntrack",
      status: "ok",
      message: fill ? "the table has no limit" : "connections are not tracked",
    };
  }
  const value = Math.round((fill.count / fill.max) * 1000) / 10;
  const status = value >= CONNTRACK_FAIL ? "fail" : value >= CONNTRACK_WARN ? "warn" : "ok";
  const remedy = status === "ok" ? "" : "; raise net.netfilter.nf_conntrack_max";
  const message = `the conntrack table is ${value} % full (${fill.count} of ${fill.max})${remedy}`;
  return { ...check, status, value, message };
}

const forwardingSwitches = async ({ files }: HealthDeps) => ({
  inet: await netSwitch(files, "ipv4/ip_forward"),
  inet6: await netSwitch(files, "ipv6/conf/all/forwarding"),
});

/** The families in which our NAT rules want forwarding. */
const natFamilies = ({ managed }: HealthDeps): ReadonlySet<IpFamily> =>
  new Set(managed.flatMap((part) => [...(part.forwardingFamilies?.() ?? [])]));

async function managedCheck(deps: HealthDeps, signal: AbortSignal): Promise<HealthCheck> {
  const check = { name: "managed", unit: "count" } as const;
  try {
    const items = (await compareAll(deps, undefined, signal)).filter(({ kind }) => kind !== "registry");
    const ids = new Set(items.filter(({ state }) => state !== "extra").map(({ kind, id }) => `${kind} ${id}`));
    const bad = items.filter(({ state }) => state !== "ok" && state !== "extra");
    const wrong = new Set(bad.map(({ kind, id }) => `${kind} ${id}`));
    const [threshold, value] = [ids.size, ids.size - wrong.size];
    const broken = deps.state.troubles();
    const isMissing = bad.some(({ state }) => state === "missing");
    const status = isMissing ? "fail" : wrong.size > 0 || broken.length > 0 ? "warn" : "ok";
    const first = bad[0] ? `; ${bad[0].kind} ${bad[0].id} is ${bad[0].state}: see net.verify` : "";
    const files = broken[0] ? `; ${broken[0].file}: ${broken[0].reason}` : "";
    const message = `${value} of ${threshold} managed objects are there${first}${files}`.slice(0, 1024);
    return { ...check, status, value, threshold, message };
  } catch (error) {
    if (signal.aborted) throw error;
    return { name: "managed", status: "warn", message: `managed objects could not be compared: ${wordsOf(error)}` };
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 900);
