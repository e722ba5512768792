import type { Files } from "./files.js";

/** One word of the kernel's command line; a bare word has an empty value. */
export interface BootWord {
  readonly name: string;
  readonly value: string;
}

/** The parameters that shape the network. */
const NETWORK: ReadonlySet<string> = new Set([
  "mosip4",
  "mosip6",
  "mosbridge",
  "mosnat",
  "ip",
  "nameserver",
  "ifname",
  "vlan",
  "bond",
  "bridge",
  "BOOTIF",
  "net.ifnames",
  "ipv6.disable",
  "ipv6.disable_ipv6",
  "ipv6.autoconf",
]);

const MAX_LINE = 65_536;
const MAX_WORDS = 256;
const MAX_VALUE = 4096;

/** The kernel's command line, without the newline; empty where none is recorded. */
export async function commandLine(files: Files): Promise<string> {
  const text = (await files.headIfThere("/proc/cmdline", MAX_LINE)) ?? "";
  // Neither can a kernel be given nor JSON carry what is no text.
  return text.replace(/[\n\0]+$/, "").slice(0, MAX_LINE);
}

/** Splits as the kernel does: at blanks that stand outside of double quotes, which go from around a word or a value. */
export function bootWords(line: string): BootWord[] {
  const words = line.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
  return words.map((word) => {
    const plain = word.startsWith('"') ? word.replace(/^"|"$/g, "") : word;
    const equals = plain.indexOf("=");
    if (equals < 0) return { name: plain, value: "" };
    return { name: plain.slice(0, equals), value: plain.slice(equals + 1).replace(/^"([^"]*)"?$/, "$1") };
  });
}

/** The network parameters in order. What stands behind `--` is for the first program, not for the kernel. */
export function networkWords(line: string): BootWord[] {
  const words = bootWords(line);
  const end = words.findIndex(({ name, value }) => name === "--" && value === "");
  return (end < 0 ? words : words.slice(0, end))
    .filter(({ name }) => NETWORK.has(name))
    .map(({ name, value }) => ({ name, value: value.slice(0, MAX_VALUE) }))
    .slice(0, MAX_WORDS);
}

/** Whether the kernel itself got its IPv4 address by DHCP (`ip=dhcp`), by what it notes of that. */
export async function kernelUsedDhcp(files: Files): Promise<boolean> {
  return /^#PROTO: (DHCP|BOOTP)/m.test((await files.headIfThere("/proc/net/pnp", 4096)) ?? "");
}
