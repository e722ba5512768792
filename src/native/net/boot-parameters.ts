import type { BootParameter } from "../../../generated/types.gen.js";
import type { BootWord } from "../../kernel/command-line.js";
import { canonicalAddress } from "../../kernel/ip-address.js";
import { type IpPrefix, parseIpPrefix } from "../../kernel/ip-prefix.js";
import { isInterfaceName, kernelAddress, mosAddress, type Understood, type WantedIp } from "./boot-addresses.js";

interface WantedBridge {
  /** Absent where no bridge is wanted. */
  readonly name?: string;
  readonly ports: readonly string[];
}

interface WantedNat {
  /** Absent where none is wanted. */
  readonly rule?: {
    readonly sources: IpPrefix;
    readonly out_interface: string;
    /** Absent where they are to be masqueraded. */
    readonly to_source?: string;
  };
}

/** A parameter with its meaning, by what it is about. */
interface Meaning {
  readonly ip?: WantedIp;
  readonly bridge?: WantedBridge;
  readonly nat?: WantedNat;
}

/** One parameter as it is told, and what it means. */
export interface Told {
  readonly parameter: BootParameter;
  /** As it stands on the command line. */
  readonly text: string;
  readonly meaning: Meaning;
}

const problem = (text: string): { problem: string } => ({ problem: text.slice(0, 512) });

function bridgeOf(value: string): Understood<WantedBridge> {
  if (value === "off" || value === "none") return { meaning: { ports: [] } };
  // dracut takes a bare `bridge` for this.
  const [name = "", list, ...more] = (value === "" ? "br0:eth0" : value).split(":");
  const ports = (list ?? "").split(",").filter(Boolean);
  if (more.length > 0) return problem("it is not bridge:port,port");
  const odd = [name, ...ports].find((one) => !isInterfaceName(one));
  if (odd !== undefined) return problem(`${JSON.stringify(odd)} cannot be an interface's name`);
  if (ports.length > 256) return problem("it names more than 256 ports");
  return { meaning: { name, ports } };
}

const onOff = (value: string): Understood<undefined> =>
  /^[0-9]+$/.test(value) ? { meaning: undefined } : problem(`${value || "it"} is no number`);

/** `10.0.0.0/24:eth0`, then perhaps `:192.0.2.1`. */
const MOSNAT = /^([0-9A-Fa-f:.]+\/[0-9]{1,3}):([^:]*)(?::([0-9A-Fa-f:.]+))?$/;

function natOf(value: string): Understood<WantedNat> {
  if (value === "off" || value === "none") return { meaning: {} };
  const [, cidr = "", out_interface = "", to] = MOSNAT.exec(value) ?? [];
  const sources = parseIpPrefix(cidr)?.prefix;
  if (!sources) return problem("it is not prefix:interface or prefix:interface:address");
  if (!isInterfaceName(out_interface)) {
    return problem(`${JSON.stringify(out_interface)} cannot be an interface's name`);
  }
  if (to === undefined) return { meaning: { rule: { sources, out_interface } } };
  const to_source = canonicalAddress(to);
  if (to_source === undefined) return problem(`${to} is no address`);
  if (to_source.includes(":") !== (sources.family === "inet6")) return problem(`${to} is of the other address family`);
  return { meaning: { rule: { sources, out_interface, to_source } } };
}

/** A name, and behind a colon what it is made of. */
const named = (value: string): Understood<undefined> => {
  const [name = ""] = value.split(":");
  return isInterfaceName(name) ? { meaning: undefined } : problem(`${name || "it"} cannot be an interface's name`);
};

const MAC = /^([0-9a-f]{2}[:-]){5,6}[0-9a-f]{2}$/i;

const as = <K extends keyof Meaning>(key: K, told: Understood<NonNullable<Meaning[K]>>): Understood<Meaning> =>
  "problem" in told ? told : { meaning: { [key]: told.meaning } };

const plain = (told: Understood<undefined>): Understood<Meaning> => ("problem" in told ? told : { meaning: {} });

const READ: Readonly<Record<string, (value: string) => Understood<Meaning>>> = {
  mosip4: (value) => as("ip", mosAddress(value, "inet")),
  mosip6: (value) => as("ip", mosAddress(value, "inet6")),
  ip: (value) => as("ip", kernelAddress(value)),
  mosbridge: (value) => as("bridge", bridgeOf(value)),
  bridge: (value) => as("bridge", bridgeOf(value)),
  mosnat: (value) => as("nat", natOf(value)),
  nameserver: (value) =>
    canonicalAddress(value.replace(/^\[(.*)\]$/, "$1")) === undefined
      ? problem(`${value || "it"} is no address`)
      : { meaning: {} },
  vlan: (value) => plain(named(value)),
  bond: (value) => plain(named(value === "" ? "bond0" : value)),
  ifname: (value) => plain(named(value)),
  BOOTIF: (value) => (MAC.test(value) ? { meaning: {} } : problem(`${value || "it"} is no MAC address`)),
  "net.ifnames": (value) => plain(onOff(value)),
  "ipv6.disable": (value) => plain(onOff(value)),
  "ipv6.disable_ipv6": (value) => plain(onOff(value)),
  "ipv6.autoconf": (value) => plain(onOff(value)),
};

/** Parameters that may stand several times, each for a thing of its own. */
const REPEATABLE: ReadonlySet<string> = new Set(["nameserver", "vlan", "bond", "ifname"]);

/** What a later parameter of the same name would take the place of. */
const placeOf = ({ name }: BootWord, { ip }: Meaning): string =>
  name === "ip" ? `${name} ${ip?.family} ${ip?.interface ?? ""}` : name;

/** Every network parameter with its meaning, in order; of several that speak of the same thing the last one counts. */
export function readParameters(words: readonly BootWord[]): Told[] {
  const told = words.map((word) => ({ word, understood: READ[word.name]?.(word.value) ?? problem("it is not known") }));
  const last = new Map<string, number>();
  for (const [at, { word, understood }] of told.entries()) {
    if ("meaning" in understood && !REPEATABLE.has(word.name)) last.set(placeOf(word, understood.meaning), at);
  }
  return told.map(({ word, understood }, at) => {
    const { name, value } = word;
    const text = value === "" ? name : `${name}=${value}`.slice(0, 4096);
    if ("problem" in understood) {
      return { text, meaning: {}, parameter: { name, value, recognised: false, problem: understood.problem } };
    }
    const isLast = REPEATABLE.has(name) || last.get(placeOf(word, understood.meaning)) === at;
    const parameter = { name, value, recognised: true, ...(!isLast && { overridden: true }) };
    return { text, meaning: understood.meaning, parameter };
  });
}

/** The parameters that count: understood, and no later one in their place. */
export const inOrder = (told: readonly Told[]): Told[] =>
  told.filter(({ parameter }) => parameter.recognised && parameter.overridden !== true);
