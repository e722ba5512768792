/** What `nft -a list` says beside libnftables' JSON. */
export interface Listing {
  readonly chains: RuleTexts;
  /** By family and name; nft 1.0.6 prints a table's name in their place in its JSON. */
  readonly tableFlags: ReadonlyMap<string, readonly string[]>;
}

/** The rules of each chain as text, by what `chainKey` makes of family, table and chain. */
type RuleTexts = ReadonlyMap<string, ChainText>;

/** A chain's body as `nft -a list ruleset` prints it, to be read from front to back. */
interface ChainText {
  readonly lines: readonly string[];
}

export const chainKey = (family: string, table: string, chain: string): string => `${family} ${table} ${chain}`;

const TABLE = /^table (\S+) (.*) \{(?: # handle \d+)?$/;
const TABLE_FLAGS = /^\tflags [a-z,]+$/;
const CHAIN = /^\tchain (.*) \{(?: # handle \d+)?$/;

/** Splits `nft -a list ruleset` into the flags of its tables and the bodies of its chains. */
export function splitListing(listing: string): Listing {
  const chains = new Map<string, ChainText>();
  const tableFlags = new Map<string, readonly string[]>();
  let table = "";
  let lines: string[] | undefined;
  for (const line of listing.split("\n")) {
    const inTable = TABLE.exec(line);
    const inChain = lines ? undefined : CHAIN.exec(line);
    if (inTable && !lines) table = `${inTable[1]} ${inTable[2]}`;
    else if (inChain) {
      lines = [];
      chains.set(`${table} ${inChain[1]}`, { lines });
    } else if (line === "\t}" && lines) lines = undefined;
    else if (lines) lines.push(line);
    else if (TABLE_FLAGS.test(line)) tableFlags.set(table, line.slice("\tflags ".length).split(","));
  }
  return { chains, tableFlags };
}

/**
 * The texts of rules with these handles, in the chain's order; undefined where the listing does not hold them so, because
 * it is of another moment. A rule may go over several lines, and its comment may look like the end of one.
 */
export function ruleTexts(chain: ChainText | undefined, handles: readonly number[]): string[] | undefined {
  if (handles.length === 0) return [];
  const texts: string[] = [];
  let part: string[] = [];
  for (const line of withoutHead(chain?.lines ?? [])) {
    const end = ` # handle ${handles[texts.length]}`;
    if (!line.endsWith(end)) {
      part.push(line);
      continue;
    }
    part.push(line.slice(0, -end.length));
    texts.push(part.join("\n").replace(/^\t\t/, ""));
    part = [];
  }
  return texts.length === handles.length && part.length === 0 ? texts : undefined;
}

/** Without the base chain's own lines: its comment, `type filter hook input priority 0; policy accept;`. */
function withoutHead(lines: readonly string[]): readonly string[] {
  let at = 0;
  while (/^\t\t(type \S+ hook \S+ .*;|comment "[^"]*")$/.test(lines[at] ?? "")) at += 1;
  return lines.slice(at);
}
