/** A delegated prefix that dhcp6c asks for, and the inner interfaces that it gives subnets of it. */
interface WantedPrefix {
  /** The uplink. */
  readonly ifname: string;
  readonly iaid: number;
  readonly subnets: readonly { readonly ifname: string; readonly slaBits: number }[];
}

/** Which associations dhcp6c asks for, by uplink. */
export interface Dhcp6cConfig {
  readonly prefixes: readonly WantedPrefix[];
  readonly addresses: readonly { readonly ifname: string; readonly iaid: number }[];
}

/** dhcp6c's default: sixteen bits of the prefix are left for subnets. */
const DEFAULT_SLA_BITS = 16;

const TOKEN = /\s+|#[^\n]*|\/\*[\s\S]*?\*\/|"([^"]*)"|([{};,])|([^\s"{};,#]+)|(["\s\S])/y;

function* tokens(text: string): Generator<string> {
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const token = found[1] ?? found[2] ?? found[3];
    if (token !== undefined) yield token;
  }
}

interface Block {
  readonly words: readonly string[];
  readonly inner: Block[];
}

/** `words;`, or `words { … };`, as a tree of at most three levels: dhcp6c.conf(5) has no more. */
function blocks(text: string): Block[] {
  const root: Block = { words: [], inner: [] };
  const open = [root];
  let words: string[] = [];
  const close = () => {
    if (words.length > 0) open.at(-1)?.inner.push({ words, inner: [] });
    words = [];
  };
  for (const token of tokens(text)) {
    if (token === ";") close();
    else if (token === "{") {
      const block = { words, inner: [] };
      open.at(-1)?.inner.push(block);
      if (open.length > 3) return [];
      open.push(block);
      words = [];
    } else if (token === "}") {
      close();
      if (open.length === 1) return [];
      open.pop();
    } else words.push(token);
  }
  return root.inner;
}

/** Reads dhcp6c.conf(5); what it cannot be asked for is left out. */
export function parseDhcp6cConfig(text: string): Dhcp6cConfig {
  const all = blocks(text);
  const asked = all
    .filter(({ words }) => words[0] === "interface")
    .flatMap(({ words, inner }) => inner.flatMap((line) => associationsOf(words[1] ?? "", line)));
  const prefixes = asked
    .filter(({ kind }) => kind === "pd")
    .map(({ ifname, iaid }) => ({ ifname, iaid, subnets: subnetsOf(all, iaid) }));
  return {
    prefixes,
    addresses: asked.filter(({ kind }) => kind === "na").map(({ ifname, iaid }) => ({ ifname, iaid })),
  };
}

/** `send ia-pd 5, ia-na 6;` */
const associationsOf = (ifname: string, { words }: Block) =>
  words[0] !== "send"
    ? []
    : words.flatMap((word, at) => {
        const kind = /^ia-(pd|na)$/.exec(word)?.[1];
        const iaid = Number(words[at + 1]);
        return kind !== undefined && Number.isInteger(iaid) && iaid >= 0 && iaid <= 0xffff_ffff
          ? [{ kind, ifname, iaid }]
          : [];
      });

function subnetsOf(all: readonly Block[], iaid: number) {
  const association = all.find(
    ({ words }) => words[0] === "id-assoc" && words[1] === "pd" && Number(words[2] ?? 0) === iaid,
  );
  return (association?.inner ?? [])
    .filter(({ words }) => words[0] === "prefix-interface")
    .map(({ words, inner }) => {
      const bits = Number(inner.find((line) => line.words[0] === "sla-len")?.words[1] ?? DEFAULT_SLA_BITS);
      return { ifname: words[1] ?? "", slaBits: bits >= 0 && bits <= 64 ? bits : DEFAULT_SLA_BITS };
    });
}
