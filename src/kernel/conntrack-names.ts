/** Transport protocols that connection tracking names, by number. */
const PROTOCOLS: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [47, "gre"],
  [58, "icmpv6"],
  [132, "sctp"],
  [136, "udplite"],
]);

const NUMBERS: ReadonlyMap<string, number> = new Map([...PROTOCOLS].map(([number, name]) => [name, number]));

/** Protocols whose tuples hold ports. */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);

/** A protocol's name, or its number as text. */
export const protocolName = (number: number): string => PROTOCOLS.get(number) ?? String(number);

/** A protocol by name or by number as text; undefined where it is none. */
export function protocolNumber(text: string): number | undefined {
  const known = NUMBERS.get(text);
  if (known !== undefined) return known;
  return /^[0-9]{1,3}$/.test(text) && Number(text) <= 255 ? Number(text) : undefined;
}

export const hasPorts = (protocol: number): boolean => WITH_PORTS.has(protocol);

/** Status bits by number; the 13th is the kernel's own, from kernels 5.10 on "lost a race". */
const STATUS_BITS = [
  "expected",
  "seen_reply",
  "assured",
  "confirmed",
  "snat",
  "dnat",
  "seq_adjust",
  "snat_done",
  "dnat_done",
  "dying",
  "fixed_timeout",
  "template",
  "nat_clash",
  "helper",
  "offload",
  "hw_offload",
] as const;

export const SOURCE_NAT = 1 << 4;
export const DESTINATION_NAT = 1 << 5;

/** The names of the bits that are set, lowest first. */
export function statusNames(status: number): string[] {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++) if ((status >>> bit) & 1) names.push(STATUS_BITS[bit] ?? `bit${bit}`);
  return names;
}

export const TCP_STATES = [
  "NONE",
  "SYN_SENT",
  "SYN_RECV",
  "ESTABLISHED",
  "FIN_WAIT",
  "CLOSE_WAIT",
  "LAST_ACK",
  "TIME_WAIT",
  "CLOSE",
  "SYN_SENT2",
] as const;

export const DCCP_STATES = [
  "NONE",
  "REQUEST",
  "RESPOND",
  "PARTOPEN",
  "OPEN",
  "CLOSEREQ",
  "CLOSING",
  "TIMEWAIT",
  "IGNORE",
  "INVALID",
] as const;

export const SCTP_STATES = [
  "NONE",
  "CLOSED",
  "COOKIE_WAIT",
  "COOKIE_ECHOED",
  "ESTABLISHED",
  "SHUTDOWN_SENT",
  "SHUTDOWN_RECD",
  "SHUTDOWN_ACK_SENT",
  "HEARTBEAT_SENT",
  "HEARTBEAT_ACKED",
] as const;
