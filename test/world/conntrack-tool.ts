import type { Namespace } from "./namespace.js";
import type { Random } from "./random.js";

/** What `conntrack -L -o extended,id` prints by id, as `net.conntrack` answers it, without what it does not print (bits, start). */
export function conntrackList(namespace: Namespace): Map<number, PrintedEntry> {
  const lines = ["ipv4", "ipv6"].flatMap((family) =>
    namespace.run("conntrack", "-L", "-f", family, "-o", "extended,id").toString().split("\n"),
  );
  const entries = lines.filter((line) => line !== "").map(entryOf);
  return new Map(entries.map((entry) => [Number(entry.id), entry]));
}

export type PrintedEntry = Readonly<Record<string, unknown>> & { readonly timeout: number };
type PrintedTuple = Record<string, string | number>;

const NAMES: Readonly<Record<string, string>> = {
  src: "src",
  dst: "dst",
  sport: "sport",
  dport: "dport",
  type: "icmp_type",
  code: "icmp_code",
  dstkey: "gre_key",
  packets: "packets",
  bytes: "bytes",
  "zone-orig": "zone",
  "zone-reply": "zone",
};

function entryOf(line: string): PrintedEntry {
  const [layer3 = "", , protocol = "", number = "", timeout = "", ...words] = line.split(/\s+/);
  const tuples: PrintedTuple[] = [];
  const own: Record<string, string | number> = {};
  for (const word of words) {
    const [name = "", value] = word.split("=");
    if (name === "src") tuples.push({});
    if (value === undefined && /^[A-Z_0-9]+$/.test(word)) own.state = word;
    // The ICMP id stands in the tuples, the entry's own at the end.
    else if (["mark", "zone", "use"].includes(name) || (name === "id" && "use" in own)) own[name] = Number(value);
    else addToTuple(tuples.at(-1), name, value ?? "");
  }
  const [original, reply] = tuples;
  return {
    family: layer3 === "ipv4" ? "inet" : "inet6",
    protocol: protocol === "unknown" ? number : protocol,
    protocol_number: Number(number),
    timeout: Number(timeout),
    zone: original?.zone ?? 0,
    ...own,
    original,
    reply,
  };
}

function addToTuple(tuple: PrintedTuple | undefined, name: string, value: string): void {
  const known = name === "id" ? "icmp_id" : NAMES[name];
  if (tuple && known !== undefined) tuple[known] = known === "src" || known === "dst" ? value : Number(value);
}

/** Arguments of `conntrack -I` for an entry that is like no other one: `index` is in its ports. */
export function randomEntry(random: Random, index: number): string[] {
  const isV6 = random.chance(0.4);
  const host = () => random.between(1, 250);
  const address = () => (isV6 ? `fd00:${random.between(1, 3)}::${host()}` : `10.${random.between(1, 3)}.0.${host()}`);
  const protocol = random.pick(["tcp", "tcp", "udp", "udp", "icmp", "sctp", "gre", "99"]);
  const words = ["-I", "-s", address(), "-d", address(), "-t", String(random.between(1000, 60_000))];
  const ports = ["--sport", String(1024 + index), "--dport", String(random.pick([53, 80, 443, 8080]))];
  if (protocol === "icmp") words.push("-p", isV6 ? "icmpv6" : "icmp", ...icmp(isV6, index));
  else if (protocol === "gre") words.push("-p", "gre", "--srckey", String(1024 + index), "--dstkey", "9");
  else words.push("-p", protocol, ...(protocol === "99" ? [] : ports));
  if (protocol === "tcp") words.push("--state", random.pick(["SYN_SENT", "ESTABLISHED", "TIME_WAIT", "LISTEN"]));
  if (protocol === "sctp") words.push("--state", "ESTABLISHED", "--orig-vtag", "1", "--reply-vtag", "2");
  const zone = random.pick([[], [], ["-w", "5"], ["--orig-zone", "7"], ["--reply-zone", "8"]]);
  words.push(...zone);
  if (random.chance(0.4)) words.push("-m", String(random.between(1, 5)));
  if (random.chance(0.3)) words.push("-u", "SEEN_REPLY,ASSURED");
  // Translations of one direction's zone would be refused as often as not.
  if (zone.length === 0 && ["tcp", "udp"].includes(protocol) && random.chance(0.4)) {
    words.push(
      random.pick(["-n", "-g"]),
      isV6 ? `[fd00:9::${host()}]:${30_000 + index}` : `10.9.0.${host()}:${30_000 + index}`,
    );
  }
  return words;
}

const icmp = (isV6: boolean, index: number): string[] =>
  isV6
    ? ["--icmpv6-type", "128", "--icmpv6-code", "0", "--icmpv6-id", String(index)]
    : ["--icmp-type", "8", "--icmp-code", "0", "--icmp-id", String(index)];
