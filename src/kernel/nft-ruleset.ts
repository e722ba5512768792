import { nftElement } from "./nft-elements.js";
import {
  counterOf,
  isNftObject,
  listed,
  type NftObjectValue,
  type NftValue,
  numberOf,
  textOf,
  textsOf,
} from "./nft-json.js";
import type { NftChain, NftFamily, NftObject, NftRule, NftSet, NftTable } from "./nft-model.js";
import { chainKey, type Listing, ruleTexts } from "./nft-text.js";

const FAMILIES: readonly string[] = ["ip", "ip6", "inet", "arp", "bridge", "netdev"] satisfies NftFamily[];
const isFamily = (text: string | undefined): text is NftFamily => text !== undefined && FAMILIES.includes(text);

/** The tables of a listing in libnftables' JSON, in the kernel's order; rules have no text yet, tables no flags. */
export function nftTables(output: NftValue): NftTable[] {
  const tables = new Map<string, NftTable>();
  const chains = new Map<string, NftChain>();
  for (const [kind, object] of listed(output)) {
    const { family } = object;
    if (kind === "metainfo" || !isFamily(textOf(family))) continue;
    if (kind === "table") {
      const table = tableOf(object);
      tables.set(`${table.family} ${table.name}`, table);
      continue;
    }
    const table = tables.get(`${textOf(family)} ${textOf(object.table)}`);
    if (!table) continue;
    if (kind === "chain") {
      const chain = chainOf(object);
      table.chains.push(chain);
      chains.set(chainKey(table.family, table.name, chain.name), chain);
    } else if (kind === "rule") {
      const chain = chains.get(chainKey(table.family, table.name, textOf(object.chain) ?? ""));
      chain?.rules.push(ruleOf(object, chain.rules.length));
    } else if (kind === "set" || kind === "map") table.sets.push(setOf(object));
    else table.objects.push(objectOf(kind, object));
  }
  return [...tables.values()];
}

/** Gives each rule its text and each table its flags; false where the two listings are of different moments. */
export function addTexts(tables: readonly NftTable[], { chains: texts, tableFlags }: Listing): boolean {
  for (const table of tables) {
    const { family, name } = table;
    table.flags = [...(tableFlags.get(`${family} ${name}`) ?? [])];
    for (const chain of table.chains) {
      const handles = chain.rules.map(({ handle }) => handle);
      const found = ruleTexts(texts.get(chainKey(family, name, chain.name)), handles);
      if (!found) return false;
      for (const [index, rule] of chain.rules.entries()) rule.text = found[index] ?? "";
    }
  }
  return true;
}

const handleOf = (object: NftObjectValue): number => numberOf(object.handle) ?? 0;
const nameOf = (object: NftObjectValue): string => textOf(object.name) ?? "";

const commentOf = (object: NftObjectValue): { comment?: string } => {
  const comment = textOf(object.comment);
  return comment === undefined ? {} : { comment };
};

const tableOf = (object: NftObjectValue): NftTable => {
  const family = textOf(object.family);
  return {
    family: isFamily(family) ? family : "inet",
    name: nameOf(object),
    handle: handleOf(object),
    flags: [],
    ...commentOf(object),
    chains: [],
    sets: [],
    objects: [],
  };
};

function chainOf(object: NftObjectValue): NftChain {
  const chain: NftChain = { name: nameOf(object), handle: handleOf(object), rules: [] };
  const type = textOf(object.type);
  const hook = textOf(object.hook);
  const prio = numberOf(object.prio);
  const policy = textOf(object.policy);
  if (type !== undefined) chain.type = type;
  if (hook !== undefined) chain.hook = hook;
  if (prio !== undefined) chain.prio = prio;
  if (policy === "accept" || policy === "drop") chain.policy = policy;
  const devs = textsOf(object.dev);
  if (devs.length > 0) chain.devs = devs;
  return Object.assign(chain, commentOf(object));
}

function ruleOf(object: NftObjectValue, index: number): NftRule {
  const expr = (Array.isArray(object.expr) ? object.expr : []).filter(isNftObject);
  const rule: NftRule = { handle: handleOf(object), index, expr, text: "", ...commentOf(object) };
  const counter = expr.map((statement) => statement.counter).find((found) => isNftObject(found));
  if (!isNftObject(counter)) return rule;
  const packets = counterOf(counter.packets);
  const bytes = counterOf(counter.bytes);
  if (packets !== undefined) rule.packets = packets;
  if (bytes !== undefined) rule.bytes = bytes;
  return rule;
}

function setOf(object: NftObjectValue): NftSet {
  const elements = Array.isArray(object.elem) ? object.elem : [];
  const isMap = object.map !== undefined;
  const set: NftSet = {
    name: nameOf(object),
    handle: handleOf(object),
    type: textsOf(object.type),
    flags: textsOf(object.flags),
    total: elements.length,
    elements: elements.map((element) => nftElement(element, isMap)),
    ...commentOf(object),
  };
  if (isMap) set.map = textsOf(object.map);
  const numbers = { size: object.size, timeout_seconds: object.timeout, gc_interval_seconds: object["gc-interval"] };
  for (const [name, value] of Object.entries(numbers)) {
    const number = numberOf(value);
    if (number !== undefined) Object.assign(set, { [name]: number });
  }
  const policy = textOf(object.policy);
  if (policy !== undefined) set.policy = policy;
  if (object["auto-merge"] === true) set.auto_merge = true;
  return set;
}

function objectOf(kind: string, object: NftObjectValue): NftObject {
  const { family: _, table: __, ...rest } = object;
  const counters = Object.entries(rest).filter(([name]) => name === "packets" || name === "bytes");
  const exact = Object.fromEntries(counters.map(([name, value]) => [name, counterOf(value) ?? value]));
  return { ...rest, ...exact, type: kind, name: nameOf(object), handle: handleOf(object) };
}
