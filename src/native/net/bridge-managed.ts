import type { DriftItem } from "../../../generated/types.gen.js";
import type { Delayed, Managed } from "../managed.js";
import { finishDeletion } from "./bridge-delete.js";
import { wayAround } from "./bridge-loops.js";
import { BRIDGE_ALIAS, bridgeDifferences, ensureBridge } from "./bridge-make.js";
import { burdenOf, Migration } from "./bridge-migrate.js";
import { CONNECT_ALIAS } from "./bridge-shape.js";
import { endsOf, ensureConnection, pairOf } from "./connection-make.js";
import {
  type BridgeEntry,
  type BridgesEntry,
  bridgeKey,
  type ConnectionEntry,
  type PortEntry,
} from "./link-entries.js";
import { changeLinks, HALF_DELETED, isBridge, isHalfDeleted, type LinkDeps, Links } from "./link-state.js";
import { Pending } from "./pending.js";

type Kind = BridgesEntry["kind"];

/** What the three kinds of `bridges.json` have in common. */
abstract class ManagedOfBridges<E extends BridgesEntry> implements Managed {
  abstract readonly kind: Kind;
  private readonly pending: Pending<BridgesEntry>;

  constructor(protected readonly deps: LinkDeps) {
    this.pending = new Pending(deps.bridges, (entry) => this.isMine(entry));
  }

  count(): number {
    return this.mine().length;
  }

  restore(): Promise<readonly Delayed[]> {
    return this.pending.restore(
      (entry) => (this.isMine(entry) ? this.idOf(entry) : ""),
      (key) =>
        changeLinks(this.deps, async () => {
          const entry = this.deps.bridges.get(key);
          return entry && this.isMine(entry) ? this.restoreOne(key, entry) : undefined;
        }),
    );
  }

  async verify(signal: AbortSignal): Promise<readonly DriftItem[]> {
    const links = await Links.look(this.deps, signal);
    return [...this.mine().flatMap(([, entry]) => this.compare(entry, links)), ...this.extra(links)];
  }

  protected abstract isMine(entry: BridgesEntry): entry is E;
  protected abstract idOf(entry: E): string;
  /** Makes it again, or finishes what a write began; answers why it must wait. */
  protected abstract restoreOne(key: string, entry: E): Promise<string | undefined>;
  protected abstract compare(entry: E, links: Links): DriftItem[];
  protected abstract extra(links: Links): DriftItem[];

  protected mine(): [string, E][] {
    return [...this.deps.bridges.entries].flatMap(([key, entry]): [string, E][] =>
      this.isMine(entry) ? [[key, entry]] : [],
    );
  }

  protected async settle(key: string, { phase, ...entry }: E): Promise<undefined> {
    // Without its phase an entry is of the same kind as before.
    if (phase !== undefined) await this.deps.bridges.put(key, entry as E);
    return undefined;
  }

  protected item(id: string, state: DriftItem["state"], more: Partial<DriftItem> = {}): DriftItem {
    return { kind: this.kind, id, state, repairable: state === "missing" || state === "delayed", ...more };
  }
}

/** The bridges of ours. */
export class ManagedBridges extends ManagedOfBridges<BridgeEntry> {
  readonly kind = "bridge";

  protected isMine(entry: BridgesEntry): entry is BridgeEntry {
    return entry.kind === "bridge";
  }

  protected idOf({ name }: BridgeEntry): string {
    return name;
  }

  protected async restoreOne(key: string, entry: BridgeEntry): Promise<string | undefined> {
    const { deps } = this;
    const links = await Links.look(deps);
    const there = links.get(entry.name);
    if (entry.phase === "deleting") return void (await finishDeletion(deps, entry, links));
    if (!there && !entry.persist && entry.phase === undefined) return void (await deps.bridges.remove(key));
    return (await ensureBridge(deps, entry, links)) ?? this.settle(key, entry);
  }

  protected compare(entry: BridgeEntry, links: Links): DriftItem[] {
    const link = links.get(entry.name);
    if (!link) return entry.persist ? [this.item(entry.name, "missing")] : [];
    if (!isBridge(link)) {
      return [this.item(entry.name, "differs", { field: "kind", expected: "bridge", actual: link.link_type })];
    }
    if (isHalfDeleted(this.deps, entry)) return [this.item(entry.name, "differs", HALF_DELETED)];
    const differences = bridgeDifferences(entry, link);
    if (link.ifalias !== BRIDGE_ALIAS) {
      differences.push({ field: "ifalias", expected: BRIDGE_ALIAS, actual: link.ifalias ?? "" });
    }
    if (differences.length === 0) return [this.item(entry.name, "ok")];
    return differences.map((one) => this.item(entry.name, "differs", one));
  }

  protected extra(links: Links): DriftItem[] {
    return links.all
      .filter(({ ifalias, ifname }) => ifalias === BRIDGE_ALIAS && !this.deps.bridges.get(bridgeKey(ifname)))
      .map(({ ifname }) => this.item(ifname, "extra"));
  }
}

/** Interfaces that `net.bridge.add_port` put into bridges. */
export class ManagedPorts extends ManagedOfBridges<PortEntry> {
  readonly kind = "bridge_port";

  protected isMine(entry: BridgesEntry): entry is PortEntry {
    return entry.kind === "bridge_port";
  }

  protected idOf({ bridge, interface: port }: PortEntry): string {
    return `${bridge}/${port}`;
  }

  protected async restoreOne(key: string, entry: PortEntry): Promise<string | undefined> {
    const { deps } = this;
    const links = await Links.look(deps);
    const [bridge, port] = [links.get(entry.bridge), links.get(entry.interface)];
    const isIn = port !== undefined && port.master === entry.bridge;
    if (!isIn && !entry.persist && entry.phase === undefined) return void (await deps.bridges.remove(key));
    if (!bridge || !isBridge(bridge)) return `there is no bridge ${entry.bridge}`;
    if (!port) return `there is no interface ${entry.interface}`;
    const path = isIn ? undefined : wayAround(port, bridge, links);
    if (path) return `it reaches the bridge already: ${path.join(", ")}`;
    // Only what a write left half done is taken from another master: drift is told, not repaired.
    if (!isIn && port.master !== undefined && entry.phase === undefined) return undefined;
    await deps.state.steps(async (steps) => {
      const { routes, addresses } = await burdenOf(deps, port);
      const migration = entry.migrate ? new Migration(deps, port, bridge, steps) : undefined;
      if (!isIn) {
        await migration?.takeAddress();
        await deps.writer.changeLink(port.ifindex, { master: bridge.ifindex, up: true });
      }
      // Half done, its routes may have moved and our entries of them not.
      if (routes.length + addresses.length > 0 || entry.phase !== undefined) await migration?.moveRest();
    });
    await this.forgetOthers(key, entry);
    return this.settle(key, entry);
  }

  /** An interface is a port of one bridge. */
  private async forgetOthers(key: string, { interface: port, phase }: PortEntry): Promise<void> {
    if (phase === undefined) return;
    for (const [other, entry] of this.mine()) {
      if (other !== key && entry.interface === port) await this.deps.bridges.remove(other);
    }
  }

  protected compare(entry: PortEntry, links: Links): DriftItem[] {
    const id = this.idOf(entry);
    const port = links.get(entry.interface);
    if (port?.master === entry.bridge) return [this.item(id, "ok")];
    if (!entry.persist) return [];
    if (!port) return [this.item(id, "delayed", { actual: `there is no interface ${entry.interface}` })];
    if (!links.get(entry.bridge)) return [this.item(id, "delayed", { actual: `there is no bridge ${entry.bridge}` })];
    if (port.master === undefined) return [this.item(id, "missing")];
    return [this.item(id, "differs", { field: "master", expected: entry.bridge, actual: port.master })];
  }

  protected extra(): DriftItem[] {
    // A port carries no mark of ours: it is another owner's link.
    return [];
  }
}

/** Connections between two bridges. */
export class ManagedConnections extends ManagedOfBridges<ConnectionEntry> {
  readonly kind = "connection";

  protected isMine(entry: BridgesEntry): entry is ConnectionEntry {
    return entry.kind === "connection";
  }

  protected idOf({ a, b }: ConnectionEntry): string {
    return `${a}+${b}`;
  }

  protected async restoreOne(key: string, entry: ConnectionEntry): Promise<string | undefined> {
    const { deps } = this;
    const links = await Links.look(deps);
    const pair = pairOf(entry.a, entry.b);
    if (!endsOf(pair, links) && !entry.persist && entry.phase === undefined) {
      return void (await deps.bridges.remove(key));
    }
    return (await ensureConnection(deps, entry, links)) ?? this.settle(key, entry);
  }

  protected compare(entry: ConnectionEntry, links: Links): DriftItem[] {
    const id = this.idOf(entry);
    const pair = pairOf(entry.a, entry.b);
    const ends = endsOf(pair, links);
    if (!ends) return entry.persist ? [this.item(id, "missing")] : [];
    const differences = [
      { field: "a", expected: pair.a, actual: ends.near.master ?? "no bridge" },
      { field: "b", expected: pair.b, actual: ends.far.master ?? "no bridge" },
      { field: "mtu", expected: String(entry.mtu), actual: String(ends.near.mtu) },
    ].filter(({ expected, actual }) => expected !== actual);
    if (differences.length === 0) return [this.item(id, "ok")];
    return differences.map((one) => this.item(id, "differs", one));
  }

  protected extra(links: Links): DriftItem[] {
    const known = new Set(this.mine().flatMap(([, { a, b }]) => [pairOf(a, b).nearName, pairOf(a, b).farName]));
    return links.all
      .filter(({ ifalias, ifname }) => ifalias === CONNECT_ALIAS && !known.has(ifname))
      .map(({ ifname }) => this.item(ifname, "extra"));
  }
}
