import type { DriftItem } from "../../../generated/types.gen.js";
import type { Delayed, Managed } from "../managed.js";
import type { TapEntry } from "./link-entries.js";
import { changeLinks, HALF_DELETED, isHalfDeleted, isTap, type LinkDeps, Links } from "./link-state.js";
import { Pending } from "./pending.js";
import { Accounts, ensureTap, TAP_ALIAS, tapDifferences, tapValues } from "./tap-make.js";

/** The taps of `taps.json` against the kernel. */
export class ManagedTaps implements Managed {
  readonly kind = "tap";
  private readonly pending: Pending<TapEntry>;

  constructor(private readonly deps: LinkDeps) {
    this.pending = new Pending(deps.taps);
  }

  count(): number {
    return this.deps.taps.entries.size;
  }

  restore(): Promise<readonly Delayed[]> {
    return this.pending.restore(
      ({ name }) => name,
      (name) => changeLinks(this.deps, () => this.restoreOne(name)),
    );
  }

  private async restoreOne(name: string): Promise<string | undefined> {
    const { deps } = this;
    const entry = deps.taps.get(name);
    if (!entry) return undefined;
    const links = await Links.look(deps);
    if (entry.phase === "deleting") {
      const there = links.get(name);
      if (there?.ifalias === TAP_ALIAS) await deps.writer.deleteLink(there.ifindex);
      return void (await deps.taps.remove(name));
    }
    const reason = await ensureTap(deps, entry, links);
    if (reason !== undefined || entry.phase === undefined) return reason;
    const { phase: _, ...settled } = entry;
    await deps.taps.put(name, settled);
    return undefined;
  }

  async verify(signal: AbortSignal): Promise<readonly DriftItem[]> {
    const { deps } = this;
    const [links, accounts] = await Promise.all([Links.look(deps, signal), Accounts.read(deps.files)]);
    const known = [...deps.taps.entries.values()].flatMap((entry) => this.compare(entry, links, accounts));
    const extra = links.all.filter(({ ifalias, ifname }) => ifalias === TAP_ALIAS && !deps.taps.get(ifname));
    return [...known, ...extra.map(({ ifname }) => this.item(ifname, "extra"))];
  }

  private compare(entry: TapEntry, links: Links, accounts: Accounts): DriftItem[] {
    const { name } = entry;
    const link = links.get(name);
    if (!link) {
      if (links.get(entry.bridge)) return [this.item(name, "missing")];
      return [this.item(name, "delayed", { actual: `there is no bridge ${entry.bridge}` })];
    }
    if (!isTap(link)) return [this.item(name, "differs", { field: "kind", expected: "tap", actual: link.link_type })];
    if (isHalfDeleted(this.deps, entry)) return [this.item(name, "differs", HALF_DELETED)];
    const values = tapValues(link, accounts);
    const { bridge, ...rest } = entry;
    const differences = tapDifferences(entry.detached ? rest : { ...rest, bridge }, values);
    if (link.ifalias !== TAP_ALIAS) {
      differences.push({ field: "ifalias", expected: TAP_ALIAS, actual: link.ifalias ?? "" });
    }
    if (differences.length === 0) return [this.item(name, "ok")];
    return differences.map((one) =>
      // In no bridge at all is put right at the next start.
      this.item(name, "differs", { ...one, repairable: one.field === "bridge" && link.master === undefined }),
    );
  }

  private item(id: string, state: DriftItem["state"], more: Partial<DriftItem> = {}): DriftItem {
    return { kind: this.kind, id, state, repairable: state === "missing" || state === "delayed", ...more };
  }
}
