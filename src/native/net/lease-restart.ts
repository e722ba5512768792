import { setTimeout as pause } from "node:timers/promises";
import type { NetLeaseHandlers } from "../../../generated/handlers.gen.js";
import type { LeaseRestart, NetLeaseRestartParams, RestartLeaseResult, Warning } from "../../../generated/types.gen.js";
import type { RunningClient } from "../../kernel/dhcp/clients.js";
import type { LeaseRecord } from "../../kernel/dhcp/lease.js";
import { type Leases, readLeases } from "../../kernel/dhcp/lease-reader.js";
import { type RestartAction, restartAction, restartClient } from "../../kernel/dhcp/restart.js";
import { clientOf, type Situation } from "../../kernel/dhcp/situation.js";
import { type IpFamily, NoSuchInterface } from "../../kernel/net-model.js";
import type { CallContext } from "../../rpc/context.js";
import { rpcError } from "../../rpc/errors.js";
import { pathsOver, protectedPaths, usedBy } from "./caller-path.js";
import { leaseOf } from "./lease-shape.js";
import { type LinkDeps, Links } from "./link-state.js";
import { askKernel } from "./live.js";

/** The write of the `net.lease` topic. */
export const leaseRestart = (deps: LinkDeps): Pick<NetLeaseHandlers, "net.lease.restart"> => ({
  "net.lease.restart": (params, context) => askKernel(deps, () => restart(deps, params, context)),
});

/** A client on an interface, and the families in which it is to start over. */
interface Target {
  readonly ifname: string;
  readonly client: RunningClient;
  readonly action: RestartAction;
  readonly families: readonly IpFamily[];
  readonly before: readonly LeaseRecord[];
}

const FAMILIES: readonly IpFamily[] = ["inet", "inet6"];

async function restart(
  deps: LinkDeps,
  params: NetLeaseRestartParams,
  context: CallContext,
): Promise<RestartLeaseResult> {
  const seen = await readLeases(deps.files, deps.net);
  const targets = targetsOf(seen, params);
  const cut = await pathsCut(deps, targets, context);
  if (cut.paths.length > 0 && params.force !== true) throw usedBy("interface", cut.ifname, cut.paths);
  if (cut.paths.some(({ reason }) => reason === "the caller's own connection")) {
    answerFirst(deps, targets, context);
    return resultOf(targets.flatMap((target) => entriesOf(target, target.before, seen.situation.now, true)));
  }
  const held = await startAllOver(deps, targets);
  return resultOf(targets.flatMap((target, at) => entriesOf(target, held[at] ?? [], Date.now(), false)));
}

/** What is to start over. Throws `not_found`, or `unsupported` where no client can. */
function targetsOf({ leases, situation }: Leases, { interface: wanted, family }: NetLeaseRestartParams): Target[] {
  if (wanted !== undefined && !situation.links.some(({ ifname }) => ifname === wanted))
    throw new NoSuchInterface(wanted);
  const names = situation.links
    .map(({ ifname }) => ifname)
    .filter((ifname) => wanted === undefined || ifname === wanted);
  const asked = FAMILIES.filter((one) => family === undefined || one === family);
  const targets = names.flatMap((ifname) => targetsOn(ifname, asked, leases, situation, wanted !== undefined));
  if (targets.length > 0) return targets;
  const others = names.flatMap((ifname) => asked.flatMap((one) => clientOf(situation, ifname, one)?.name ?? []));
  const place = wanted === undefined ? "any interface" : wanted;
  const reason =
    others.length > 0
      ? `${[...new Set(others)].join(" and ")} holds no lease that it could be asked to start over with`
      : `no DHCP client runs for ${place}, and this daemon runs none of its own`;
  throw rpcError("unsupported", { reason, mode: "native" }, reason);
}

/** The clients of one interface: one of them may serve both families, and each family may have one of its own. */
function targetsOn(
  ifname: string,
  asked: readonly IpFamily[],
  leases: readonly LeaseRecord[],
  situation: Situation,
  isNamed: boolean,
): Target[] {
  // No program takes it for an option so.
  if (ifname.startsWith("-")) return [];
  const found = new Map<RunningClient, IpFamily[]>();
  for (const family of asked) {
    const client = clientOf(situation, ifname, family);
    if (!client || !restartAction(client)) continue;
    const holds = leases.some((lease) => isHeld(lease, ifname, family, client));
    // One that was asked for by name starts over without a lease too: that is when it is needed most.
    const isOwn = client.families.length === 1 || family === "inet" || asked.length === 1;
    if (holds || (isNamed && isOwn)) found.set(client, [...(found.get(client) ?? []), family]);
  }
  return [...found].flatMap(([client, families]) => {
    const action = restartAction(client);
    const before = leases.filter((lease) => families.some((family) => isHeld(lease, ifname, family, client)));
    return action ? [{ ifname, client, action, families, before }] : [];
  });
}

/** Addresses by SLAAC are no leases of a server, whoever makes them. */
const isHeld = (lease: LeaseRecord, ifname: string, family: IpFamily, client: RunningClient): boolean =>
  lease.interface === ifname && lease.family === family && lease.client === client.name && lease.kind !== "slaac";

/** The connections that would lose their address, and over which interface. */
async function pathsCut(deps: LinkDeps, targets: readonly Target[], context: CallContext) {
  const paths = await protectedPaths(deps, context);
  const links = paths.length > 0 ? await Links.look(deps) : new Links([]);
  const cut = targets.map(({ ifname }) => ({ ifname, paths: pathsOver(ifname, paths, links) }));
  const [first] = cut.filter((one) => one.paths.length > 0);
  return { ifname: first?.ifname ?? "", paths: [...new Set(cut.flatMap((one) => one.paths))] };
}

/** Time for the answer to leave before the address that it leaves from does. */
const HEAD_START_MS = 500;

function answerFirst(deps: LinkDeps, targets: readonly Target[], { log }: CallContext): void {
  const later = pause(HEAD_START_MS).then(() => startAllOver(deps, targets));
  later.catch((error: unknown) => log.error("a DHCP client could not start over", { reason: String(error) }));
}

const LOOK_MS = 200;
/** How long a new lease is waited for: several tries of every client, within the call's deadline. */
const WAIT_MS = 20_000;
/** NetworkManager makes no new exchange where it finds nothing to change. */
const REAPPLY_WAIT_MS = 5000;

/** Restarts every client once, side by side, and answers what each target holds afterwards. */
function startAllOver(deps: LinkDeps, targets: readonly Target[]): Promise<LeaseRecord[][]> {
  const begun = new Map<string, Promise<void>>();
  // A dhclient that serves several interfaces starts over on all of them at once.
  const keyOf = ({ action, client, ifname }: Target) => `${client.pid} ${action === "release_and_start" || ifname}`;
  const begin = (target: Target): Promise<void> => {
    const started = begun.get(keyOf(target)) ?? restartClient(deps, target.client, target.ifname);
    begun.set(keyOf(target), started);
    return started;
  };
  const turn = (target: Target) => () => begin(target).then(() => settled(deps, target));
  return Promise.all(targets.map((target) => deps.state.queue.run([`lease ${target.ifname}`], turn(target))));
}

/** Waits until the client holds a new lease in each family, and answers what it holds then. */
async function settled(deps: LinkDeps, target: Target): Promise<LeaseRecord[]> {
  const limit = target.action === "reapply" ? REAPPLY_WAIT_MS : WAIT_MS;
  let now: LeaseRecord[] = [];
  for (let waited = 0; waited < limit; waited += LOOK_MS) {
    await pause(LOOK_MS);
    now = await heldNow(deps, target);
    if (target.families.every((family) => isSettled(target, now, family))) break;
  }
  return now;
}

async function heldNow({ files, net }: LinkDeps, { ifname, client, families }: Target): Promise<LeaseRecord[]> {
  const { leases } = await readLeases(files, net);
  return leases.filter((lease) => families.some((family) => isHeld(lease, ifname, family, client)));
}

const ofFamily = (leases: readonly LeaseRecord[], family: IpFamily) =>
  leases.filter((lease) => lease.family === family);

/** There is a lease again, and it is another one or a newer one. */
const isSettled = (target: Target, now: readonly LeaseRecord[], family: IpFamily): boolean => {
  const held = ofFamily(now, family);
  return held.length > 0 && (hasChanged(target, now, family) || held.some((lease) => isNewer(lease, target.before)));
};

/** The kernel tells what remains in whole seconds: the same moment is seen up to a second apart. */
const SAME_MS = 1500;

const sameMoment = (a: number | undefined, b: number | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && Math.abs(a - b) <= SAME_MS);

const sameAddress = (a: LeaseRecord, b: LeaseRecord): boolean =>
  a.kind === b.kind && a.address === b.address && a.prefix === b.prefix && a.prefixlen === b.prefixlen;

const isSame = (a: LeaseRecord, b: LeaseRecord): boolean =>
  sameAddress(a, b) && a.server === b.server && a.serverDuid === b.serverDuid && sameMoment(a.expiresAt, b.expiresAt);

const isNewer = (lease: LeaseRecord, before: readonly LeaseRecord[]): boolean =>
  before.some((old) => sameAddress(old, lease) && !sameMoment(old.obtainedAt, lease.obtainedAt));

/** Whether a lease has another server or another expiry, or came or went. */
function hasChanged({ before, client }: Target, now: readonly LeaseRecord[], family: IpFamily): boolean {
  const [old, held] = [ofFamily(before, family), ofFamily(now, family)];
  // udhcpc keeps no times: it gave the lease back and has one again, so this is another one.
  if (client.name === "udhcpc") return held.length > 0 || old.length > 0;
  return old.length !== held.length || held.some((lease) => !old.some((one) => isSame(one, lease)));
}

const entriesOf = (target: Target, now: readonly LeaseRecord[], at: number, pending: boolean): LeaseRestart[] =>
  target.families.map((family) => ({
    interface: target.ifname,
    family,
    client: target.client.name,
    action: target.action,
    changed: !pending && hasChanged(target, now, family),
    pending,
    leases: ofFamily(now, family).map((lease) => leaseOf(lease, at)),
    previous: ofFamily(target.before, family).map((lease) => leaseOf(lease, at)),
  }));

function resultOf(restarted: LeaseRestart[]): RestartLeaseResult {
  const same = restarted.filter(({ changed, pending }) => !changed && !pending);
  return {
    changed: restarted.some(({ changed }) => changed),
    warnings: same.slice(0, 64).map(unchanged),
    restarted,
  };
}

const NAMES: Readonly<Record<IpFamily, string>> = { inet: "DHCPv4", inet6: "DHCPv6" };

const unchanged = ({ interface: ifname, family, client, leases }: LeaseRestart): Warning => ({
  kind: "lease_unchanged",
  message:
    leases.length > 0
      ? `${client} still holds the same ${NAMES[family]} lease on ${ifname}`
      : `${client} got no ${NAMES[family]} lease on ${ifname}: no server answered in time`,
  object: ifname,
  ...(client === "networkmanager" &&
    leases.length > 0 && { remedy: `nmcli device disconnect ${ifname}; nmcli device connect ${ifname}` }),
});
