import { keyFit, matchFit } from "./nft-fit.js";
import { isNftObject, type NftObjectValue, type NftValue, textOf } from "./nft-json.js";
import type { NftChain, NftFamily, NftRule, NftTable } from "./nft-model.js";
import { xtFit, xtVerdict } from "./nft-xt.js";
import type { Fit, PacketClass } from "./packet-class.js";

/** What a base chain may do with the packets of a class. */
export interface ChainJudgement {
  readonly accepts: boolean;
  readonly drops: boolean;
  /** The rule that drops; absent where the policy does. */
  readonly handle?: number;
}

/** A base chain with its judgement. */
export interface JudgedChain extends ChainJudgement {
  readonly table: NftTable;
  readonly chain: NftChain;
}

/** Deeper jumps than the kernel allows. */
const MAX_DEPTH = 18;

interface Ending {
  accepts: boolean;
  drops: boolean;
  /** Some packets come to the chain's end. */
  ends: boolean;
  handle?: number | undefined;
}

type Verdict =
  | { readonly kind: "accept" | "drop" | "return" | "unforeseeable" }
  | { readonly kind: "jump" | "goto"; readonly target: string };

/** The families whose chains see packets of a family. */
const seesFamily = (table: NftFamily, packet: PacketClass): boolean =>
  table === "inet" || table === (packet.family === "inet" ? "ip" : "ip6");

/** The filtering base chains on a hook that packets of the class meet, in the order of meeting them, each judged. */
export function judgeHook(tables: readonly NftTable[], hook: string, packet: PacketClass): JudgedChain[] {
  const chains = tables
    .filter(({ family, flags }) => seesFamily(family, packet) && !flags.includes("dormant"))
    .flatMap((table) => table.chains.map((chain) => ({ table, chain })))
    .filter(({ chain }) => chain.hook === hook && chain.type !== "nat");
  return chains
    .sort((a, b) => (a.chain.prio ?? 0) - (b.chain.prio ?? 0))
    .map(({ table, chain }) => ({ table, chain, ...judgeChain(table, chain, packet) }));
}

/** What one base chain may do. */
export function judgeChain(table: NftTable, chain: NftChain, packet: PacketClass): ChainJudgement {
  const walk = new Walk(table, packet);
  const ending = walk.chain(chain, false, 0);
  const byPolicy = ending.ends && chain.policy === "drop";
  return {
    accepts: ending.accepts || (ending.ends && chain.policy !== "drop"),
    drops: ending.drops || byPolicy,
    ...(ending.drops && ending.handle !== undefined && { handle: ending.handle }),
  };
}

class Walk {
  private readonly chains: ReadonlyMap<string, NftChain>;
  private readonly known = new Map<string, Ending>();

  constructor(
    table: NftTable,
    private readonly packet: PacketClass,
  ) {
    this.chains = new Map(table.chains.map((chain) => [chain.name, chain]));
  }

  /** @param isNarrow only packets of some source or interface get here: what drops those does not drop the class */
  chain(chain: NftChain, isNarrow: boolean, depth: number): Ending {
    const ending: Ending = { accepts: false, drops: false, ends: false };
    for (const rule of chain.rules) {
      if (!this.rule(rule, ending, isNarrow, depth)) return ending;
    }
    ending.ends = true;
    return ending;
  }

  /** Enters what a rule may do; false where no packet gets past it. */
  private rule(rule: NftRule, ending: Ending, isNarrow: boolean, depth: number): boolean {
    let fit: Fit = "all";
    for (const statement of rule.expr) {
      fit = both(fit, this.statementFit(statement, rule));
      if (fit === "none") return true;
      const verdict = verdictOf(statement);
      if (verdict && !this.follow(verdict, fit, rule, ending, isNarrow, depth)) return false;
      const map = statement.vmap;
      if (isNftObject(map) && !this.verdictMap(map, fit, rule, ending, isNarrow, depth)) return false;
    }
    return true;
  }

  private statementFit(statement: NftObjectValue, rule: NftRule): Fit {
    if (isNftObject(statement.match)) return matchFit(statement.match, this.packet);
    if (isNftObject(statement.xt)) return xtFit(statement.xt, rule.text, this.packet);
    // How much passes a limit depends on how much comes.
    return "limit" in statement || "quota" in statement ? "unforeseeable" : "all";
  }

  private verdictMap(
    map: NftObjectValue,
    fit: Fit,
    rule: NftRule,
    ending: Ending,
    isNarrow: boolean,
    depth: number,
  ): boolean {
    const entries = isNftObject(map.data) && Array.isArray(map.data.set) ? map.data.set : undefined;
    if (entries === undefined) return this.follow({ kind: "unforeseeable" }, fit, rule, ending, isNarrow, depth);
    for (const entry of entries) {
      if (!Array.isArray(entry)) continue;
      const [key = null, data = null] = entry;
      const one = both(fit, keyFit(map.key ?? null, key, this.packet));
      const verdict = isNftObject(data) ? verdictOf(data) : undefined;
      if (one === "none" || !verdict) continue;
      if (!this.follow(verdict, one, rule, ending, isNarrow, depth)) return false;
    }
    return true;
  }

  private follow(
    verdict: Verdict,
    fit: Fit,
    { handle }: NftRule,
    ending: Ending,
    isNarrow: boolean,
    depth: number,
  ): boolean {
    const drop = (at: number | undefined) => {
      if (fit === "some" || isNarrow) return;
      ending.drops = true;
      ending.handle ??= at;
    };
    if (verdict.kind === "accept" || verdict.kind === "unforeseeable") ending.accepts = true;
    if (verdict.kind === "drop" || verdict.kind === "unforeseeable") drop(handle);
    if (verdict.kind === "unforeseeable") return true;
    if (verdict.kind === "return") ending.ends = true;
    let getsPast = fit !== "all";
    if (verdict.kind === "jump" || verdict.kind === "goto") {
      const inner = this.enter(verdict.target, isNarrow || fit === "some", depth + 1);
      ending.accepts ||= inner.accepts;
      if (inner.drops) drop(inner.handle);
      if (verdict.kind === "goto") ending.ends ||= inner.ends;
      else getsPast ||= inner.ends;
    }
    return getsPast;
  }

  private enter(name: string, isNarrow: boolean, depth: number): Ending {
    const key = `${isNarrow} ${name}`;
    const chain = this.chains.get(name);
    const known = this.known.get(key);
    if (known) return known;
    if (!chain || depth > MAX_DEPTH) return { accepts: false, drops: false, ends: true };
    const ending = this.chain(chain, isNarrow, depth);
    this.known.set(key, ending);
    return ending;
  }
}

/** How many packets pass two tests. */
function both(a: Fit, b: Fit): Fit {
  if (a === "none" || b === "none") return "none";
  if (a === "unforeseeable" || b === "unforeseeable") return "unforeseeable";
  return a === "some" || b === "some" ? "some" : "all";
}

function verdictOf(statement: NftObjectValue): Verdict | undefined {
  for (const kind of ["accept", "drop", "return"] as const) if (kind in statement) return { kind };
  if ("reject" in statement) return { kind: "drop" };
  // Whoever listens on the queue decides.
  if ("queue" in statement) return { kind: "unforeseeable" };
  for (const kind of ["jump", "goto"] as const) {
    const target = targetOf(statement[kind]);
    if (target !== undefined) return { kind, target };
  }
  return isNftObject(statement.xt) ? xtVerdict(statement.xt) : undefined;
}

const targetOf = (value: NftValue | undefined): string | undefined =>
  isNftObject(value) ? textOf(value.target) : undefined;
