import type { Handlers, RpcHandlers } from "../../generated/handlers.gen.js";
import type { MethodName, methods } from "../../generated/methods.gen.js";
import { vlanReader } from "../kernel/bridge-vlans.js";
import { Conntrack } from "../kernel/conntrack.js";
import type { Files } from "../kernel/files.js";
import { Identities } from "../kernel/identities.js";
import type { NetReader } from "../kernel/net-model.js";
import { netReader } from "../kernel/net-reader.js";
import { NetWriter } from "../kernel/net-writer.js";
import { Nft } from "../kernel/nft.js";
import { SpaceReader } from "../kernel/statfs.js";
import type { CallContext } from "../rpc/context.js";
import { type RpcError, rpcError } from "../rpc/errors.js";
import type { StepHook } from "../state/steps.js";
import { afterRestore } from "./after-restore.js";
import type { Managed } from "./managed.js";
import { bridge } from "./net/bridge.js";
import { config } from "./net/config.js";
import { conntrack } from "./net/conntrack.js";
import { dns } from "./net/dns.js";
import { firewall } from "./net/firewall.js";
import { health } from "./net/health.js";
import { interfaces } from "./net/interfaces.js";
import { lease } from "./net/lease.js";
import { leaseRestart } from "./net/lease-restart.js";
import { ManagedLinks } from "./net/link-managed.js";
import { type LinkDeps, openLinkState } from "./net/link-state.js";
import { nat } from "./net/nat.js";
import { neighbors } from "./net/neighbors.js";
import { managedRules } from "./net/nft-managed.js";
import { DEFAULT_FIREWALL, type FirewallConfig, PacketRules } from "./net/nft-state.js";
import { prefix } from "./net/prefix.js";
import { routes } from "./net/routes.js";
import { status } from "./net/status.js";
import { sysctl } from "./net/sysctl.js";
import { verify } from "./net/verify.js";
import { vlan } from "./net/vlan.js";
import { vm } from "./net/vm.js";
import { Restore } from "./restore.js";
import { NativeState } from "./state.js";
import { blockWrites } from "./vol/block-writes.js";
import { disks } from "./vol/disks.js";
import { filesystems } from "./vol/filesystems.js";
import { freeSpace } from "./vol/free-space.js";
import { filesystemTopics } from "./vol/fs-topics.js";
import { inventory } from "./vol/inventory.js";
import { mdReads } from "./vol/md-reads.js";
import { type Mounts, mounts } from "./vol/mounts.js";
import { partitions } from "./vol/partitions.js";
import { topologies } from "./vol/topologies.js";
import { usage } from "./vol/usage.js";

export interface NativeOptions {
  readonly files: Files;
  readonly stateDir: string;
  /** The served specification's. */
  readonly version: string;
  readonly nodeId: string;
  readonly log: CallContext["log"];
  /** Default: nothing is shut. */
  readonly firewall?: FirewallConfig;
  /** Told after each step of every write; tests alone give one. */
  readonly hook?: StepHook;
}

/** What the topics are made from. */
interface NativeDeps extends Omit<NativeOptions, "hook"> {
  readonly state: NativeState;
  readonly net: NetReader;
  readonly links: LinkDeps;
  readonly rules: PacketRules;
  readonly restore: Restore;
  readonly managed: readonly Managed[];
  readonly identities: Identities;
  readonly space: SpaceReader;
  readonly mounted: Mounts;
}

/** The native daemon's handlers, with what it owns being made again behind them. */
export interface Native {
  readonly handlers: Present & Nowhere;
  readonly restore: Restore;
  /** All that is made again after a restart. */
  readonly managed: readonly Managed[];
  /** What does not work as it should while the daemon goes on. */
  degraded(): { part: string; reason: string }[];
}

type MosOnly = { [M in MethodName]: (typeof methods)[M]["mosOnly"] extends true ? M : never }[MethodName];
/** Every method has a handler here, or is of MOS nodes only. */
type Present = Pick<Handlers, Exclude<MethodName, MosOnly | keyof RpcHandlers>>;
/** And none is both: a handler for a method that still stands in the list does not compile. */
type Nowhere = { readonly [M in MosOnly]?: never };

/** Composes the native daemon; restoring has begun when it answers, and writes wait for its end. */
export async function nativeDaemon({ hook, ...options }: NativeOptions): Promise<Native> {
  const { files, stateDir, log } = options;
  const state = await NativeState.open({ folder: stateDir, files, log, ...(hook && { hook }) });
  const net = netReader(files, (reason) => log.warn("netlink cannot be used; net.* reads run ip instead", { reason }));
  // In the order of their needs: bridges, ports, connections, taps, routes, the nft table; mounts need none of them.
  const identities = new Identities(files);
  const space = new SpaceReader();
  const links = openLinkState({ files, net, writer: new NetWriter(files), state });
  const mounted = mounts({ files, identities, space, state, stateDir, log });
  const config = options.firewall ?? DEFAULT_FIREWALL;
  const rules = new PacketRules({ files, net, state, config, nft: new Nft(stateDir), conntrack: new Conntrack(files) });
  const ours = new ManagedLinks(links);
  const managed: readonly Managed[] = files.live ? [...ours.parts, ...managedRules(rules), mounted.managed] : [];
  const restore = new Restore(managed, log);
  const handlers = nativeHandlers({
    ...options,
    state,
    net,
    links,
    rules,
    restore,
    managed,
    identities,
    space,
    mounted,
  });
  if (files.live) void restore.done.then(() => ours.watch(restore, log));
  return {
    handlers: afterRestore(handlers, files, restore),
    restore,
    managed,
    degraded: () => [
      ...state.troubles().map(({ file, reason }) => ({ part: file, reason })),
      ...restore.waiting
        .filter(({ isExpected }) => !isExpected)
        .map(({ kind, id, reason }) => ({ part: `${kind} ${id}`, reason })),
    ],
  };
}

/** All that the native daemon answers, topic by topic. */
function nativeHandlers(deps: NativeDeps): Present & Nowhere {
  const { files, net, links, rules, state, stateDir, identities, space, mounted } = deps;
  const reads = { files, identities, stateDir, space, registry: mounted.registry };
  return {
    ...status(deps),
    ...interfaces({ files, net }),
    ...bridge(links),
    ...vm(links),
    ...routes(links),
    ...neighbors({ files, net }),
    ...dns({ files }),
    ...config({ files, net, nft: rules.deps.nft, firewall: rules.deps.config }),
    ...conntrack(rules.deps),
    ...firewall(rules),
    ...nat(rules),
    ...sysctl({ files }),
    ...vlan({ files, net, vlans: vlanReader() }),
    ...lease({ files, net }),
    ...leaseRestart(links),
    ...prefix({ files, net }),
    ...verify(deps),
    ...health(deps),
    ...disks({ files, identities, stateDir }),
    ...partitions({ files, identities, stateDir }),
    ...mounted.handlers,
    ...filesystems(reads),
    ...freeSpace(reads),
    ...inventory(reads),
    ...topologies(reads),
    ...mdReads(reads),
    ...usage({ files, space }),
    ...blockWrites({ files, identities, state, stateDir }),
    ...filesystemTopics(deps),
  };
}

/** Why the native daemon does not answer a method: those that it has no handler for need a MOS node. */
export function absentFromNative(method: MethodName): RpcError {
  const reason = "Open vSwitch is answered on MOS nodes only";
  return rpcError("unsupported", { reason, mode: "native" }, `${method}: ${reason}`);
}
