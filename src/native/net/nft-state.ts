import type { Conntrack } from "../../kernel/conntrack.js";
import { CommandFailed } from "../../kernel/exec.js";
import type { Files } from "../../kernel/files.js";
import type { NetReader } from "../../kernel/net-model.js";
import type { Nft } from "../../kernel/nft.js";
import * as nft from "../../kernel/nft-expressions.js";
import type { NftTable } from "../../kernel/nft-model.js";
import {
  isOwnTable,
  SAME_INTERFACE,
  TRACKING,
  tableChanges,
  tableDrift,
  type WantedTable,
} from "../../kernel/nft-own-table.js";
import { OWN_TABLE } from "../../kernel/ownership.js";
import type { Registry } from "../../state/registry.js";
import type { Steps } from "../../state/steps.js";
import type { NativeState } from "../state.js";
import { baseRules, type FirewallEntry, firewallRules, isFirewallEntry } from "./firewall-rule.js";
import { byNarrowness, type DnatEntry, dnatRules, isDnatEntry } from "./nat-dnat.js";
import { bySpecificity, isSnatEntry, type SnatEntry, snatRules } from "./nat-snat.js";

/** The daemon's configuration of its packet filter. */
export interface FirewallConfig {
  readonly inputPolicy: "accept" | "drop";
  /** `tcp/22`; open whatever the policy. */
  readonly alwaysAllow: readonly string[];
  readonly acceptMark?: number | undefined;
}

export const DEFAULT_FIREWALL: FirewallConfig = { inputPolicy: "accept", alwaysAllow: ["tcp/22"] };

export interface PacketRulesDeps {
  readonly files: Files;
  readonly net: NetReader;
  readonly nft: Nft;
  readonly conntrack: Conntrack;
  readonly state: NativeState;
  readonly config: FirewallConfig;
}

const QUEUE = ["nft"];

/** Everything that the daemon wants in its nftables table: the three registries and the configuration, as one. */
export class PacketRules {
  readonly firewall: Registry<FirewallEntry>;
  readonly dnat: Registry<DnatEntry>;
  readonly snat: Registry<SnatEntry>;

  constructor(readonly deps: PacketRulesDeps) {
    this.firewall = deps.state.registry("firewall", isFirewallEntry);
    this.dnat = deps.state.registry("dnat", isDnatEntry);
    this.snat = deps.state.registry("snat", isSnatEntry);
  }

  /** One write at a time: they share a table and its transactions. */
  write<T>(work: (steps: Steps) => Promise<T>): Promise<T> {
    return this.deps.state.queue.run(QUEUE, () => this.deps.state.steps(work));
  }

  /** What is to be in the table by the registries as they are now; `except` is an id that is on its way out. */
  wanted(except?: string): WantedTable {
    const { inputPolicy, alwaysAllow, acceptMark } = this.deps.config;
    const others = <E>(registry: Registry<E>) => [...registry.entries].filter(([id]) => id !== except);
    const forwards = others(this.dnat).sort(byNarrowness);
    const isHairpin = forwards.some(([, { hairpin }]) => hairpin);
    const isNat = this.dnat.entries.size + this.snat.entries.size > 0;
    const remember = [nft.rememberInterface(SAME_INTERFACE)];
    return {
      inputPolicy,
      rules: [
        ...(inputPolicy === "drop" ? baseRules(alwaysAllow) : []),
        ...others(this.firewall).flatMap(([id, entry]) => firewallRules(id, entry, acceptMark)),
        ...(isHairpin ? [{ chain: "prerouting" as const, id: "base-interfaces", expr: remember }] : []),
        ...forwards.flatMap(([id, entry]) => dnatRules(id, entry)),
        ...(isNat ? [{ chain: "postrouting" as const, id: TRACKING, expr: [nft.established] }] : []),
        ...others(this.snat)
          .sort(bySpecificity)
          .flatMap(([id, entry]) => snatRules(id, entry)),
      ],
    };
  }

  /** Our table as it is; undefined where there is none. */
  table(): Promise<NftTable | undefined> {
    return this.deps.nft.table(OWN_TABLE.family, OWN_TABLE.name);
  }

  /** Whether every rule of an id is in the kernel as it is wanted now. */
  async isWhole(id: string): Promise<boolean> {
    const { missing, differing } = tableDrift(await this.table(), this.wanted());
    return !missing.has(id) && !differing.has(id);
  }

  /**
   * Makes the table what is wanted, in one transaction, and checks that it is. Counters of what is there already stay.
   * @param retired ids of rules that go
   */
  async settle(wanted: WantedTable, retired: readonly string[] = []): Promise<void> {
    for (let tries = 1; ; tries++) {
      const commands = tableChanges(await this.table(), wanted, [...retired]);
      if (commands.length === 0) return;
      try {
        await this.deps.nft.apply(commands);
      } catch (error) {
        // Somebody changed the table since it was read: a handle is gone.
        if (tries < 3 && error instanceof CommandFailed && error.stderr.includes("No such file")) continue;
        throw error;
      }
      return;
    }
  }

  /** Changes the table as a step: what it was before is wanted again when a later one fails. */
  async settleStep(steps: Steps, before: WantedTable, added: readonly string[]): Promise<void> {
    await steps.do(
      "nft",
      () => this.settle(this.wanted()),
      () => this.settle(before, added),
    );
  }

  /** Takes a rule out of the kernel, then out of its registry. */
  async removal<E>(steps: Steps, id: string, registry: Registry<E>, entry: E): Promise<void> {
    const before = this.wanted();
    const after = this.wanted(id);
    // With the last rule that needs one, a rule of the table's base goes too: no registry would know it.
    const retired = before.rules.map((rule) => rule.id).filter((one) => !after.rules.some((rule) => rule.id === one));
    await steps.do(
      "nft",
      () => this.settle(after, retired),
      () => this.settle(before),
    );
    await steps.do(
      "registry",
      () => registry.remove(id),
      () => registry.put(id, entry),
    );
  }

  /** All tables, ours among them, read back; throws where ours is not what is wanted. */
  async readBack(ids: readonly string[]): Promise<{ tables: NftTable[]; own: NftTable | undefined }> {
    const tables = await this.deps.nft.ruleset();
    const own = tables.find(isOwnTable);
    const { missing, differing } = tableDrift(own, this.wanted());
    const broken = ids.find((id) => missing.has(id) || differing.has(id));
    if (broken !== undefined) throw new Error(`rule ${broken} is not in the kernel as it was written`);
    return { tables, own };
  }
}
