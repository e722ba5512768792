import { run } from "./exec.js";
import { type Files, isForbidden } from "./files.js";
import type { IpFamily } from "./net-model.js";
import type { NftObjectValue, NftValue } from "./nft-json.js";
import type { NftChain, NftTable } from "./nft-model.js";

/** A table of iptables-legacy that is loaded. */
export interface LegacyTable {
  readonly family: IpFamily;
  readonly table: string;
}

const NAMES = [
  ["inet", "/proc/net/ip_tables_names"],
  ["inet6", "/proc/net/ip6_tables_names"],
] as const;

/** The tables of iptables-legacy that are loaded; none where the daemon's user may not look. */
export async function legacyTables(files: Files): Promise<LegacyTable[]> {
  const found: LegacyTable[] = [];
  for (const [family, path] of NAMES) {
    const text = await files.readIfThere(path).catch((error: unknown) => {
      if (isForbidden(error)) return undefined;
      throw error;
    });
    for (const table of (text ?? "").split("\n")) if (table !== "") found.push({ family, table });
  }
  return found;
}

/** Their rules as nftables would have them, so that one walk goes through both. Rejects with `ToolMissing`, `CommandFailed`. */
export async function legacyRules(family: IpFamily, signal?: AbortSignal): Promise<NftTable[]> {
  const tool = family === "inet" ? "iptables-legacy-save" : "ip6tables-legacy-save";
  const { stdout } = await run(tool, [], signal ? { signal } : {});
  return parseSave(stdout, family);
}

const HOOKS: Readonly<Record<string, string>> = {
  PREROUTING: "prerouting",
  INPUT: "input",
  FORWARD: "forward",
  OUTPUT: "output",
  POSTROUTING: "postrouting",
};
const PRIORITIES: Readonly<Record<string, number>> = { raw: -300, mangle: -150, nat: -100, filter: 0, security: 50 };

/** Reads what `iptables-legacy-save` prints. */
export function parseSave(text: string, family: IpFamily): NftTable[] {
  const tables: NftTable[] = [];
  for (const line of text.split("\n")) {
    const table = tables.at(-1);
    if (line.startsWith("*")) tables.push(emptyTable(family, line.slice(1)));
    else if (line.startsWith(":") && table) table.chains.push(chainOf(table.name, line));
    else if (line.startsWith("-A ") && table) addRule(table, words(line));
  }
  return tables;
}

const emptyTable = (family: IpFamily, name: string): NftTable => ({
  family: family === "inet" ? "ip" : "ip6",
  name,
  handle: 0,
  flags: [],
  chains: [],
  sets: [],
  objects: [],
});

function chainOf(table: string, line: string): NftChain {
  const [name = "", policy] = line.slice(1).split(" ");
  const hook = HOOKS[name];
  const chain: NftChain = { name, handle: 0, rules: [] };
  if (hook === undefined || policy === "-") return chain;
  const type = table === "nat" ? "nat" : "filter";
  return { ...chain, type, hook, prio: PRIORITIES[table] ?? 0, policy: policy === "DROP" ? "drop" : "accept" };
}

/** The words of a line; quoted ones hold blanks, and `\"`. */
const words = (line: string): string[] =>
  [...line.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

function addRule(table: NftTable, [, name, ...rest]: string[]): void {
  const chain = table.chains.find((one) => one.name === name);
  if (!chain) return;
  const expr = [...options(rest)].flatMap(({ option, values, isNegated }) => statement(option, values, isNegated));
  chain.rules.push({ handle: 0, index: chain.rules.length, expr, text: rest.join(" ") });
}

interface Option {
  readonly option: string;
  readonly values: readonly string[];
  readonly isNegated: boolean;
}

/** `! -s 10.0.0.0/8 -p tcp` as options with their values; those of a target are left out. */
function* options(rest: readonly string[]): Generator<Option> {
  let isNegated = false;
  for (let at = 0; at < rest.length; at++) {
    const option = rest[at] ?? "";
    if (option === "!") {
      isNegated = true;
      continue;
    }
    const values: string[] = [];
    while (at + 1 < rest.length && !/^(-|!$)/.test(rest[at + 1] ?? "-")) values.push(rest[++at] ?? "");
    yield { option, values, isNegated };
    if (option === "-j" || option === "-g") return;
    isNegated = false;
  }
}

const VERDICTS: Readonly<Record<string, NftObjectValue>> = {
  ACCEPT: { accept: null },
  DROP: { drop: null },
  REJECT: { reject: null },
  RETURN: { return: null },
  QUEUE: { queue: null },
  NFQUEUE: { queue: null },
};
/** Targets after which a packet goes on. */
const GOES_ON = /^(LOG|NFLOG|MARK|CONNMARK|CT|TCPMSS|TRACE|DSCP|TOS|CLASSIFY|SET|AUDIT|CHECKSUM|NOTRACK|HL|TTL)$/;
/** Options that say nothing about packets. */
const SILENT: ReadonlySet<string> = new Set(["-m", "--comment"]);

function statement(option: string, values: readonly string[], isNegated: boolean): NftObjectValue[] {
  const [value = ""] = values;
  if (SILENT.has(option)) return [];
  if (option === "-g") return [{ goto: { target: value } }];
  if (option === "-j") {
    if (GOES_ON.test(value)) return [];
    return [VERDICTS[value] ?? { jump: { target: value } }];
  }
  const compared = comparison(option, value);
  if (!compared) return [{ limit: null }];
  return [{ match: { op: isNegated ? "!=" : "==", ...compared } }];
}

function comparison(option: string, value: string): { left: NftValue; right: NftValue } | undefined {
  const family = value.includes(":") ? "ip6" : "ip";
  switch (option) {
    case "-s":
      return { left: { payload: { protocol: family, field: "saddr" } }, right: value };
    case "-d":
      return { left: { payload: { protocol: family, field: "daddr" } }, right: value };
    case "-i":
      return { left: { meta: { key: "iifname" } }, right: value.replace(/\+$/, "*") };
    case "-o":
      return { left: { meta: { key: "oifname" } }, right: value.replace(/\+$/, "*") };
    case "-p":
      return { left: { meta: { key: "l4proto" } }, right: value };
    case "--dport":
    case "--dports":
      return { left: { payload: { protocol: "th", field: "dport" } }, right: { set: value.split(",").map(ports) } };
    case "--sport":
      return { left: { payload: { protocol: "th", field: "sport" } }, right: ports(value) };
    case "--ctstate":
    case "--state":
      return { left: { ct: { key: "state" } }, right: value.toLowerCase().split(",") };
    case "--dst-type":
      return { left: { fib: { result: "type", flags: "daddr" } }, right: value.toLowerCase() };
    default:
      return undefined;
  }
}

function ports(text: string): NftValue {
  const [first = Number.NaN, last] = text.split(":").map(Number);
  return last === undefined ? first : { range: [first, last] };
}
