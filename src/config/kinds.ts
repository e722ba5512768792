import { isIPv6 } from "node:net";

/** A value that a setting cannot take, in words that complete "… is wrong: ". */
export class BadValue {
  constructor(readonly reason: string) {}
}

/** How a setting's value is written on a command line or in the environment (text), and in TOML (a value). */
export interface Kind<T> {
  /** What stands for the value in `--help`; absent for switches, which need none. */
  readonly placeholder?: string;
  fromText(text: string): T | BadValue;
  fromToml(value: unknown): T | BadValue;
  /** Whether a value is a path: a relative one is meant from the folder of the file that holds it. */
  isPath?(value: T): boolean;
}

export const path: Kind<string> = {
  placeholder: "PATH",
  isPath: () => true,
  fromText: (text) => (text.includes("\0") ? new BadValue("a path cannot hold a NUL") : text),
  fromToml: (value) =>
    typeof value === "string" && value !== "" ? path.fromText(value) : new BadValue("a path, in quotes, is wanted"),
};

/** A path, or one of some words that stand for something else; a file of that name is `./word`. */
export const pathOr = (...words: readonly string[]): Kind<string> => ({
  ...path,
  placeholder: ["PATH", ...words].join("|"),
  isPath: (value) => !words.includes(value),
});

export const toggle: Kind<boolean> = {
  fromText(text) {
    if (["1", "true", "yes", "on"].includes(text.toLowerCase())) return true;
    if (["0", "false", "no", "off"].includes(text.toLowerCase())) return false;
    return new BadValue("`true` or `false` is wanted");
  },
  fromToml: (value) => (typeof value === "boolean" ? value : new BadValue("`true` or `false` is wanted")),
};

/** A whole number between two bounds, both included. */
export function integer(minimum: number, maximum: number): Kind<number> {
  const wanted = new BadValue(`a whole number from ${minimum} to ${maximum} is wanted`);
  const fromToml = (value: unknown): number | BadValue =>
    typeof value === "number" && Number.isInteger(value) && value >= minimum && value <= maximum ? value : wanted;
  return {
    placeholder: "N",
    fromText: (text) => (/^\d{1,15}$/.test(text) ? fromToml(Number(text)) : wanted),
    fromToml,
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Kind<T> {
  const fromToml = (value: unknown): T | BadValue =>
    words.find((word) => word === value) ?? new BadValue(`one of ${words.join(", ")} is wanted`);
  return { placeholder: words.join("|"), fromText: fromToml, fromToml };
}

/** Where to listen on the network. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `address:port`, `host:port`, or `[IPv6 address]:port`. */
export const hostPort: Kind<HostPort> = {
  placeholder: "HOST:PORT",
  fromText(text) {
    const [, address, name, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
    const host = address ?? name ?? "";
    const isHost = address === undefined ? isHostName(host) : isIPv6(address);
    if (isHost && Number(digits) <= 65_535) return { host, port: Number(digits) };
    return new BadValue("host:port or [address]:port is wanted, with a port from 0 (any) to 65535");
  },
  fromToml: (value) =>
    typeof value === "string" ? hostPort.fromText(value) : new BadValue("host:port, in quotes, is wanted"),
};

/** Host names and addresses, separated by commas; `*.` stands for any one label. */
export const names: Kind<readonly string[]> = {
  placeholder: "NAME,…",
  fromText: (text) => names.fromToml(text.split(",").map((name) => name.trim())),
  fromToml(value) {
    const given: readonly unknown[] = Array.isArray(value) ? value : [];
    const hosts = given.filter((name) => typeof name === "string").map((name) => name.toLowerCase());
    const areHosts = hosts.every((name) => isIPv6(name) || isHostName(name.replace(/^\*\./, "")));
    if (hosts.length > 0 && hosts.length === given.length && areHosts) return hosts;
    return new BadValue("host names or addresses are wanted, without ports");
  },
};

const isHostName = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(text);

/** Ports that stay open: `tcp/22`, `udp/60000-61000`, separated by commas; `none` is none. */
export const openPorts: Kind<readonly string[]> = {
  placeholder: "tcp/PORT,…|none",
  fromText: (text) => openPorts.fromToml(text === "none" ? [] : text.split(",").map((port) => port.trim())),
  fromToml(value) {
    const given: readonly unknown[] | undefined = Array.isArray(value) ? value : undefined;
    const ports = given?.filter((port) => typeof port === "string").filter(isOpenPort);
    if (ports !== undefined && ports.length === given?.length && ports.length <= 256) return ports;
    return new BadValue("ports such as tcp/22 or udp/60000-61000 are wanted; at most 256 of them");
  },
};

function isOpenPort(text: string): boolean {
  const [, first, last = first] = /^(?:tcp|udp|sctp)\/([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text) ?? [];
  return first !== undefined && Number(first) <= Number(last) && Number(last) <= 65_535;
}
