import { canonicalAddress, parseAddress } from "../ip-address.js";
import { classlessRoutes } from "./dhcp4-message.js";
import {
  after,
  capped,
  colonHex,
  domainName,
  hostName,
  type LeaseDetails,
  type LentRoute,
  maskLength,
  present,
  seconds32,
  some,
} from "./lease.js";

/** One address or prefix of a lease file of dhclient. */
export interface DhclientLease {
  readonly ifname: string;
  readonly kind: "dhcp4" | "dhcp6" | "prefix_delegation";
  readonly details: LeaseDetails;
}

/** A word, or a quoted string with its escapes undone, one character a byte. */
interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** `words;`, or `words { statements }`. */
interface Statement {
  readonly words: readonly Token[];
  readonly block: readonly Statement[];
}

const TOKEN = /\s+|#[^\n]*|"((?:[^"\\]|\\[\s\S])*)"|([{};,])|([^\s"{};,#]+)|(["\s\S])/y;
const MAX_DEPTH = 8;

const unquoted = (text: string): string =>
  text.replace(/\\([0-7]{3}|[\s\S])/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8) & 0xff) : code,
  );

function* tokens(text: string): Generator<Token & { readonly mark: boolean }> {
  TOKEN.lastIndex = 0;
  for (let found = TOKEN.exec(text); found; found = TOKEN.exec(text)) {
    const [, quoted, mark, word] = found;
    if (quoted !== undefined) yield { text: unquoted(quoted), quoted: true, mark: false };
    else if (mark !== undefined) yield { text: mark, quoted: false, mark: true };
    else if (word !== undefined) yield { text: word, quoted: false, mark: false };
  }
}

/** The statements of a file; one that is cut off (the client may be writing it) is left out. */
function statements(text: string): Statement[] {
  const open: { words: Token[]; block: Statement[] }[] = [];
  let current: { words: Token[]; block: Statement[] } = { words: [], block: [] };
  let words: Token[] = [];
  for (const token of tokens(text)) {
    if (!token.mark) words.push(token);
    else if (token.text === "{") {
      if (open.length >= MAX_DEPTH) return [];
      open.push(current);
      current = { words, block: [] };
      words = [];
    } else if (token.text === ";") {
      if (words.length > 0) current.block.push({ words, block: [] });
      words = [];
    } else if (token.text === "}") {
      const outer = open.pop();
      if (!outer) return [];
      outer.block.push(current);
      current = outer;
      words = [];
    }
  }
  return open[0]?.block ?? current.block;
}

/**
 * Reads dhclient's lease file (dhclient.leases(5)). The last `lease` of an interface is the one that counts, and the
 * last `lease6`; a released one counts as none.
 * @param text the file, one character a byte
 */
export function parseDhclientLeases(text: string): DhclientLease[] {
  const last = new Map<string, DhclientLease[]>();
  let duid: string | undefined;
  for (const statement of statements(text)) {
    const [head] = statement.words;
    if (head?.text === "default-duid") duid = octets(statement.words[1]);
    if (head?.text !== "lease" && head?.text !== "lease6") continue;
    const ifname = wordOf(statement, "interface")?.text;
    if (ifname === undefined || ifname.length > 15) continue;
    const found = head.text === "lease" ? lease4(ifname, statement) : lease6(ifname, statement, duid);
    last.set(`${head.text} ${ifname}`, found);
  }
  return [...last.values()].flat();
}

const statementOf = ({ block }: Statement, ...path: string[]): Statement | undefined =>
  block.findLast(({ words }) => path.every((word, place) => words[place]?.text === word));

const wordOf = (statement: Statement, ...path: string[]): Token | undefined =>
  statementOf(statement, ...path)?.words[path.length];

const option = (statement: Statement, name: string): readonly Token[] =>
  statementOf(statement, "option", name)?.words.slice(2) ?? [];

const addresses = (words: readonly Token[]): string[] => words.flatMap(({ text }) => canonicalAddress(text) ?? []);

/** A number of bytes as a list of decimal ones, as dhclient writes what it has no type for. */
const decimalBytes = (words: readonly Token[]): Uint8Array => Uint8Array.from(words, ({ text }) => Number(text) & 0xff);

/** Bytes written as colon-separated hexadecimal, or as a string where all of them are printable. */
function octets(token: Token | undefined): string | undefined {
  if (token === undefined) return undefined;
  if (token.quoted) return colonHex(Buffer.from(token.text, "latin1"));
  if (!/^[0-9a-f]{1,2}(:[0-9a-f]{1,2})*$/i.test(token.text)) return undefined;
  return colonHex(Uint8Array.from(token.text.split(":"), (digits) => Number.parseInt(digits, 16)));
}

const integer = (token: Token | undefined): number | undefined =>
  token !== undefined && /^[0-9]{1,10}$/.test(token.text) ? Number(token.text) : undefined;

/** `3 2026/11/25 19:43:57` in UTC, `epoch 1795632237`, or `never`. */
function moment(statement: Statement, name: string): number | undefined {
  const [, first, second, third] = statementOf(statement, name)?.words.map(({ text }) => text) ?? [];
  if (first === "never") return Number.POSITIVE_INFINITY;
  if (first === "epoch") return /^[0-9]{1,12}$/.test(second ?? "") ? Number(second) * 1000 : undefined;
  const date = /^([0-9]{4})\/([0-9]{2})\/([0-9]{2})$/.exec(second ?? "");
  const time = /^([0-9]{2}):([0-9]{2}):([0-9]{2})$/.exec(third ?? "");
  if (!date || !time) return undefined;
  const at = Date.UTC(
    +(date[1] ?? 0),
    +(date[2] ?? 0) - 1,
    +(date[3] ?? 0),
    +(time[1] ?? 0),
    +(time[2] ?? 0),
    +(time[3] ?? 0),
  );
  return Number.isFinite(at) ? at : undefined;
}

function lease4(ifname: string, from: Statement): DhclientLease[] {
  const address = canonicalAddress(wordOf(from, "fixed-address")?.text ?? "");
  if (address === undefined) return [];
  const lifetime = seconds32(integer(option(from, "dhcp-lease-time")[0]));
  const expiresAt = moment(from, "expire");
  const routes = routesOf(option(from, "rfc3442-classless-static-routes"));
  const mask = parseAddress(option(from, "subnet-mask")[0]?.text ?? "");
  const defaults = routes?.flatMap(({ dst, gateway }) => (dst === "default" && gateway ? [gateway] : []));
  const details = present<LeaseDetails>({
    address,
    prefixlen: mask && maskLength(mask),
    server: addresses(option(from, "dhcp-server-identifier"))[0],
    routers: capped(defaults ?? addresses(option(from, "routers"))),
    dns: capped(addresses(option(from, "domain-name-servers"))),
    ntp: some(addresses(option(from, "ntp-servers"))),
    domain: domainName(option(from, "domain-name")[0]?.text),
    search: some(option(from, "domain-search").flatMap(({ text }) => domainName(text) ?? [])),
    hostname: hostName(option(from, "host-name")[0]?.text),
    mtu: mtuOf(option(from, "interface-mtu")[0]),
    broadcast: addresses(option(from, "broadcast-address"))[0],
    routes,
    clientId: octets(option(from, "dhcp-client-identifier")[0]),
    // The file holds the end of the lease; its start is as long before it as the server lent it for.
    obtainedAt:
      expiresAt !== undefined && lifetime !== undefined && Number.isFinite(expiresAt)
        ? expiresAt - lifetime * 1000
        : undefined,
    renewAt: moment(from, "renew"),
    rebindAt: moment(from, "rebind"),
    expiresAt,
    lifetimeSeconds: lifetime,
  });
  return [{ ifname, kind: "dhcp4", details }];
}

const mtuOf = (token: Token | undefined): number | undefined => {
  const mtu = integer(token);
  return mtu !== undefined && mtu <= 65_535 ? mtu : undefined;
};

const routesOf = (words: readonly Token[]): LentRoute[] | undefined =>
  words.length > 0 ? classlessRoutes(decimalBytes(words)).slice(0, 1024) : undefined;

function lease6(ifname: string, from: Statement, duid: string | undefined): DhclientLease[] {
  if (statementOf(from, "released")) return [];
  const shared = present<LeaseDetails>({
    routers: [],
    dns: capped(addresses(option(from, "dhcp6.name-servers"))),
    ntp: some(addresses(option(from, "dhcp6.sntp-servers"))),
    search: some(option(from, "dhcp6.domain-search").flatMap(({ text }) => domainName(text) ?? [])),
    duid: octets(option(from, "dhcp6.client-id")[0]) ?? duid,
    serverDuid: octets(option(from, "dhcp6.server-id")[0]),
  });
  return from.block.flatMap((association) => {
    const [kind, id] = association.words;
    if (kind?.text !== "ia-na" && kind?.text !== "ia-ta" && kind?.text !== "ia-pd") return [];
    const iaid = octets(id)?.split(":").join("");
    const common = {
      ...shared,
      ...(iaid?.length === 8 && { iaid: Number.parseInt(iaid, 16) }),
      ...timers(association),
    };
    return association.block.flatMap((entry) => granted(ifname, entry, common));
  });
}

const timers = (association: Statement): Partial<LeaseDetails> => {
  const starts = integer(wordOf(association, "starts"));
  if (starts === undefined) return {};
  const at = (name: string): number | undefined => {
    const seconds = integer(wordOf(association, name));
    return seconds === undefined || seconds === 0 ? undefined : after(starts * 1000, seconds);
  };
  return present<Partial<LeaseDetails>>({ renewAt: at("renew"), rebindAt: at("rebind") });
};

/** `iaaddr 2001:db8::1 { … }` or `iaprefix 2001:db8::/56 { … }`. */
function granted(ifname: string, entry: Statement, common: LeaseDetails): DhclientLease[] {
  const [kind, value] = entry.words;
  const [text = "", length] = value?.text.split("/") ?? [];
  const address = canonicalAddress(text);
  const starts = integer(wordOf(entry, "starts"));
  const valid = seconds32(integer(wordOf(entry, "max-life")));
  const preferred = seconds32(integer(wordOf(entry, "preferred-life")));
  if (address === undefined || starts === undefined) return [];
  const times = present<Partial<LeaseDetails>>({
    obtainedAt: starts * 1000,
    preferredUntil: preferred === undefined ? undefined : after(starts * 1000, preferred),
    expiresAt: valid === undefined ? undefined : after(starts * 1000, valid),
    lifetimeSeconds: valid,
  });
  if (kind?.text === "iaaddr") return [{ ifname, kind: "dhcp6", details: { ...common, ...times, address } }];
  const prefixlen = /^[0-9]{1,3}$/.test(length ?? "") ? Number(length) : Number.NaN;
  if (kind?.text !== "iaprefix" || !(prefixlen <= 128)) return [];
  return [{ ifname, kind: "prefix_delegation", details: { ...common, ...times, prefix: address, prefixlen } }];
}
