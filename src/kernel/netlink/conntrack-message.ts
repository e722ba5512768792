import type { ConntrackFilter } from "../conntrack-model.js";
import { holdsAt, type IpPrefix } from "../ip-prefix.js";
import type { IpFamily } from "../net-model.js";
import { AF_INET, AF_INET6 } from "./addresses.js";
import { Attributes } from "./attributes.js";
import { acknowledgedRequest, attribute, type Chunk, dumpRequest } from "./message.js";

/** The subsystem's number is the upper byte of a message type. */
const CTNETLINK = 1 << 8;
const CT_NEW = CTNETLINK | 0;
const CT_GET = CTNETLINK | 1;
const CT_DELETE = CTNETLINK | 2;
const NFGENMSG_BYTES = 4;

export const CTA = {
  TUPLE_ORIG: 1,
  TUPLE_REPLY: 2,
  STATUS: 3,
  PROTOINFO: 4,
  HELP: 5,
  TIMEOUT: 7,
  MARK: 8,
  COUNTERS_ORIG: 9,
  COUNTERS_REPLY: 10,
  USE: 11,
  ID: 12,
  ZONE: 18,
  SECCTX: 19,
  TIMESTAMP: 20,
  LABELS: 22,
} as const;

export const TUPLE = {
  IP: 1,
  PROTO: 2,
  ZONE: 3,
  V4_SRC: 1,
  V4_DST: 2,
  V6_SRC: 3,
  V6_DST: 4,
  NUMBER: 1,
  SRC_PORT: 2,
  DST_PORT: 3,
} as const;

/** Nested attributes carry this flag. */
const NESTED = 0x8000;

const header = (family: number): Buffer => Buffer.from([family, 0, 0, 0]);

const familyNumber = (family: IpFamily): number => (family === "inet" ? AF_INET : AF_INET6);

/** All entries of one family, or of both. */
export const conntrackDump = (family?: IpFamily): Buffer =>
  dumpRequest(CT_GET, header(family === undefined ? 0 : familyNumber(family)));

/** What identifies an entry: its own tuple as the kernel sent it, its zone and its id. */
export interface ConntrackKey {
  readonly id: number;
  readonly family: IpFamily;
  /** The payload of the original tuple. */
  readonly tuple: Buffer;
  /** Absent where it is the default zone, or one of a single direction, which the tuple holds. */
  readonly zone?: number;
}

/** Deletes the one entry; the kernel answers ENOENT where it is gone, or has become another one. */
export function deleteRequest({ id, family, tuple, zone }: ConntrackKey): Buffer {
  const parts = [attribute(CTA.TUPLE_ORIG | NESTED, tuple), attribute(CTA.ID, bigEndian(4, id))];
  if (zone !== undefined) parts.push(attribute(CTA.ZONE, bigEndian(2, zone)));
  return acknowledgedRequest(CT_DELETE, header(familyNumber(family)), parts);
}

/** Deletes everything of the network namespace, in all zones and families. */
export const flushRequest = (): Buffer => acknowledgedRequest(CT_DELETE, header(0), []);

function bigEndian(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}

/** One message of a dump, refilled for each: a table of a million entries makes no garbage for those that are left out. */
export class ConntrackMessage {
  readonly top = new Attributes();
  private readonly tuple = new Attributes();
  private readonly ip = new Attributes();
  private readonly ports = new Attributes();
  family: IpFamily = "inet";

  /** Takes a message; false where it is no entry. */
  fill(type: number, chunk: Chunk, start: number, end: number): boolean {
    if (type !== CT_NEW || start + NFGENMSG_BYTES > end) return false;
    this.family = chunk.view.getUint8(start) === AF_INET ? "inet" : "inet6";
    this.top.fill(chunk, start + NFGENMSG_BYTES, end);
    if (!this.top.nested(CTA.TUPLE_ORIG, this.tuple)) return false;
    return (
      this.tuple.nested(TUPLE.IP, this.ip) !== undefined && this.tuple.nested(TUPLE.PROTO, this.ports) !== undefined
    );
  }

  get id(): number {
    return this.top.be32(CTA.ID) ?? 0;
  }

  get zone(): number {
    return this.top.be16(CTA.ZONE) ?? this.tuple.be16(TUPLE.ZONE) ?? 0;
  }

  get mark(): number {
    return this.top.be32(CTA.MARK) ?? 0;
  }

  get status(): number {
    return this.top.be32(CTA.STATUS) ?? 0;
  }

  get protocol(): number {
    return this.ports.u8(TUPLE.NUMBER) ?? 0;
  }

  /** What to delete it by; a copy. */
  get key(): ConntrackKey {
    const zone = this.top.be16(CTA.ZONE);
    const tuple = Buffer.from(this.top.bytes(CTA.TUPLE_ORIG));
    return { id: this.id, family: this.family, tuple, ...(zone !== undefined && { zone }) };
  }

  /** Whether the opener's packets are what the filter asks for. */
  matches(filter: ConntrackFilter): boolean {
    const { family, protocol, zone, mark, sourcePorts, destinationPorts } = filter;
    if (family !== undefined && family !== this.family) return false;
    if (protocol !== undefined && protocol !== this.protocol) return false;
    if (zone !== undefined && zone !== this.zone) return false;
    if (mark !== undefined && mark !== this.mark) return false;
    if (sourcePorts && !within(this.ports.be16(TUPLE.SRC_PORT), sourcePorts)) return false;
    if (destinationPorts && !within(this.ports.be16(TUPLE.DST_PORT), destinationPorts)) return false;
    return this.holds(filter.source, TUPLE.V4_SRC) && this.holds(filter.destination, TUPLE.V4_DST);
  }

  /** `v4`: the attribute of an IPv4 address; that of an IPv6 one is two higher. */
  private holds(range: IpPrefix | undefined, v4: number): boolean {
    if (range === undefined) return true;
    if (range.family !== this.family) return false;
    return holdsAt(range, this.ip.bytes(this.family === "inet" ? v4 : v4 + 2), 0);
  }
}

const within = (port: number | undefined, { first, last }: { first: number; last: number }): boolean =>
  port !== undefined && port >= first && port <= last;
