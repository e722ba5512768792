import type { Files } from "../files.js";
import type { IpFamily } from "../net-model.js";
import { attribute, attributeBytes, entries, linkTarget } from "../sysfs.js";
import type { LeaseClientName } from "./lease.js";

/** A DHCP client that runs in this network namespace. */
export interface RunningClient {
  readonly name: Exclude<LeaseClientName, "kernel" | "unknown">;
  readonly pid: number;
  /** The interfaces that it was started for; undefined means that it takes all that it finds. */
  readonly interfaces: readonly string[] | undefined;
  /** The families that it serves. */
  readonly families: readonly IpFamily[];
  readonly argv: readonly string[];
  /** The lease file, or the configuration of a client that keeps none, where its command line names one. */
  readonly file?: string;
}

/** What the kernel calls a process: the first fifteen bytes of its program's name. */
const NAMES: ReadonlyMap<string, RunningClient["name"]> = new Map([
  ["systemd-network", "systemd-networkd"],
  ["NetworkManager", "networkmanager"],
  ["dhcpcd", "dhcpcd"],
  ["dhclient", "dhclient"],
  ["udhcpc", "udhcpc"],
  ["dhcp6c", "dhcp6c"],
]);

const BOTH: readonly IpFamily[] = ["inet", "inet6"];

/** Every DHCP client of the network namespace that the daemon lives in. */
export async function runningClients(files: Files): Promise<RunningClient[]> {
  const own = await linkTarget(files, "/proc/self/ns/net");
  const found: RunningClient[] = [];
  for (const pid of await entries(files, "/proc")) {
    if (!/^[1-9][0-9]*$/.test(pid)) continue;
    const client = await clientAt(files, `/proc/${pid}`, own);
    if (client) found.push(client);
  }
  return found;
}

async function clientAt(
  files: Files,
  folder: string,
  ownNamespace: string | undefined,
): Promise<RunningClient | undefined> {
  const comm = await attribute(files, `${folder}/comm`);
  if (comm === undefined || !(NAMES.has(comm) || comm === "busybox")) return undefined;
  const argv = words(await attributeBytes(files, `${folder}/cmdline`));
  // One that has ended and whose parent has not heard of it has a name, and nothing else.
  if (argv.length === 0) return undefined;
  const name = NAMES.get(comm) ?? (argv[1] === "udhcpc" ? "udhcpc" : undefined);
  if (name === undefined) return undefined;
  const namespace = await linkTarget(files, `${folder}/ns/net`);
  // Unreadable for an ordinary user: then what is seen in /proc is taken for the node's own.
  if (namespace !== undefined && ownNamespace !== undefined && namespace !== ownNamespace) return undefined;
  const uid = Number(/^Uid:\s+([0-9]+)/m.exec((await attribute(files, `${folder}/status`)) ?? "")?.[1] ?? Number.NaN);
  if (!isBelieved(name, uid)) return undefined;
  const told = READ[name](name === "udhcpc" && comm === "busybox" ? argv.slice(1) : argv);
  return told && { name, pid: Number(folder.slice("/proc/".length)), argv, ...told };
}

/** The clients that run as users of their own; the others need root, and their command lines name files and programs. */
const SERVICES: ReadonlySet<string> = new Set(["systemd-networkd", "networkmanager", "dhcpcd"]);
/** Debian's and systemd's bound between users of the system and people. */
const FIRST_PERSON = 1000;

/** Anybody can run a program that is only called like a client. */
const isBelieved = (name: RunningClient["name"], uid: number): boolean =>
  uid === 0 || uid === process.getuid?.() || (SERVICES.has(name) && uid < FIRST_PERSON);

const words = (cmdline: Buffer | undefined): string[] => {
  const all = (cmdline ?? Buffer.alloc(0)).subarray(0, 65_536).toString("utf8").split("\0");
  return all.at(-1) === "" ? all.slice(0, -1) : all;
};

type Told = Pick<RunningClient, "interfaces" | "families" | "file">;

const READ: Readonly<Record<RunningClient["name"], (argv: readonly string[]) => Told | undefined>> = {
  "systemd-networkd": () => ({ interfaces: undefined, families: BOTH }),
  networkmanager: () => ({ interfaces: undefined, families: BOTH }),
  dhclient: dhclientArguments,
  dhcpcd: dhcpcdTitle,
  udhcpc: udhcpcArguments,
  dhcp6c: dhcp6cArguments,
};

/** Options of dhclient(8) that take a word. */
const DHCLIENT_VALUES: ReadonlySet<string> = new Set(
  "-p -D --dad-wait-time --prefix-len-hint --decline-wait-time --address-prefix-len -s -cf -df -lf -pf -e -sf -g -C -H -F -V -U -R --timeout --request-options".split(
    " ",
  ),
);

function dhclientArguments(argv: readonly string[]): Told {
  const interfaces: string[] = [];
  let file: string | undefined;
  let families: readonly IpFamily[] = ["inet"];
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (DHCLIENT_VALUES.has(word)) {
      at += 1;
      if (word === "-lf") file = argv[at];
    } else if (["-6", "-P", "-S", "-N", "-T"].includes(word)) families = ["inet6"];
    else if (!word.startsWith("-") && word !== "") interfaces.push(word);
  }
  return { interfaces: interfaces.length > 0 ? interfaces : undefined, families, ...(file !== undefined && { file }) };
}

/** dhcpcd writes what it does into its title; its helper processes are told by a word in brackets. */
function dhcpcdTitle(argv: readonly string[]): Told | undefined {
  const title = argv.join(" ").trim();
  const [, who = "", flags = ""] = /^dhcpcd: (\[(?:master|manager)\]|[^\s[]\S*)((?: \[\S+\])*)$/.exec(title) ?? [];
  if (who === "") return undefined;
  const families = BOTH.filter((family) => flags.includes(family === "inet" ? "[ip4]" : "[ip6]"));
  // A helper's title is an address, not an interface with families behind it.
  if (families.length === 0 && !who.startsWith("[")) return undefined;
  return { interfaces: who.startsWith("[") ? undefined : [who], families: families.length > 0 ? families : BOTH };
}

/** Of busybox udhcpc's letters in one word, the first that takes a value. */
const UDHCPC_OPTION = /^-[^-iprsxOVFHhtTAPc]*([iprsxOVFHhtTAPc])(.*)$/;

function udhcpcArguments(argv: readonly string[]): Told {
  let ifname = "eth0";
  for (let at = 1; at < argv.length; at++) {
    const [option, attached] = optionOf(argv[at] ?? "");
    if (option === undefined) continue;
    const value = attached ?? argv[at + 1];
    if (attached === undefined) at += 1;
    if (option === "i" && value !== undefined) ifname = value;
  }
  return { interfaces: [ifname], families: ["inet"] };
}

/** The option of a word that takes a value, as its letter, with the value where that is in the same word: `-fieth0`. */
function optionOf(word: string): [letter: string | undefined, attached?: string] {
  const long = /^--interface(?:=(.*))?$/.exec(word);
  if (long) return long[1] === undefined ? ["i"] : ["i", long[1]];
  const [, letter, rest] = UDHCPC_OPTION.exec(word) ?? [];
  return rest === undefined || rest === "" ? [letter] : [letter, rest];
}

function dhcp6cArguments(argv: readonly string[]): Told {
  const interfaces: string[] = [];
  let file = "/etc/wide-dhcpv6/dhcp6c.conf";
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (["-c", "-p", "-P"].includes(word)) {
      at += 1;
      if (word === "-c") file = argv[at] ?? file;
    } else if (!word.startsWith("-")) interfaces.push(word);
  }
  return { interfaces, families: ["inet6"], file };
}

/** Whether a client serves an interface in a family. */
export const serves = (client: RunningClient, ifname: string, family: IpFamily): boolean =>
  client.families.includes(family) && (client.interfaces?.includes(ifname) ?? true);
