import { endianness } from "node:os";

/** Netlink speaks the machine's own byte order. */
export const LITTLE = endianness() === "LE";

export const HEADER_BYTES = 16;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
/** Of a refusal: only the head of the refused message follows the error number, and words about it follow that. */
const NLM_F_CAPPED = 0x100;
const NLM_F_ACK_TLVS = 0x200;
const NLMSGERR_ATTR_MSG = 1;
const NLA_F_NESTED = 0x8000;
/** On every part of a dump; a notice of a change does not carry it. */
export const NLM_F_MULTI = 0x2;
export const NLM_F_DUMP_INTR = 0x10;
const NLM_F_DUMP = 0x300;

/** Bytes with a view on them, as a receive buffer or a copied message is. */
export interface Chunk {
  readonly bytes: Buffer;
  readonly view: DataView;
}

export const chunkOf = (bytes: Buffer): Chunk => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
});

/** Messages and attributes start at multiples of four. */
export const align = (size: number): number => (size + 3) & ~3;

/** One attribute: length, type, payload, padding. */
export function attribute(type: number, payload: Uint8Array): Buffer {
  const whole = Buffer.alloc(align(4 + payload.length));
  const { view } = chunkOf(whole);
  view.setUint16(0, 4 + payload.length, LITTLE);
  view.setUint16(2, type, LITTLE);
  whole.set(payload, 4);
  return whole;
}

/** An attribute that holds one unsigned 32-bit number. */
export function attributeU32(type: number, value: number): Buffer {
  const payload = Buffer.alloc(4);
  chunkOf(payload).view.setUint32(0, value, LITTLE);
  return attribute(type, payload);
}

export const attributeU8 = (type: number, value: number): Buffer => attribute(type, Uint8Array.of(value));

export function attributeU16(type: number, value: number): Buffer {
  const payload = Buffer.alloc(2);
  chunkOf(payload).view.setUint16(0, value, LITTLE);
  return attribute(type, payload);
}

/** Text with the NUL that ends it; the kernel would cut it at a NUL of its own. */
export function attributeText(type: number, text: string): Buffer {
  if (text.includes("\0")) throw new RangeError("text for the kernel holds a NUL");
  return attribute(type, Buffer.from(`${text}\0`, "utf8"));
}

/** Attributes within an attribute. */
export const attributeNested = (type: number, parts: readonly Uint8Array[]): Buffer =>
  attribute(type | NLA_F_NESTED, Buffer.concat(parts));

/** An attribute as it was sent, header and padding included; `type` is without the flags. */
export interface WholeAttribute {
  readonly type: number;
  readonly whole: Buffer;
}

/** Copies of the attributes of a message, to be sent again. */
export function attributesOf(message: Buffer, start: number): WholeAttribute[] {
  const { view } = chunkOf(message);
  const found: WholeAttribute[] = [];
  for (let at = start; at + 4 <= message.length; ) {
    const length = view.getUint16(at, LITTLE);
    if (length < 4 || at + length > message.length) break;
    const whole = Buffer.alloc(align(length));
    message.copy(whole, 0, at, at + length);
    found.push({ type: view.getUint16(at + 2, LITTLE) & ~(NLA_F_NESTED | 0x4000), whole });
    at += align(length);
  }
  return found;
}

/** A request that is acknowledged, without its sequence number, which the socket fills in. */
export const changeRequest = (type: number, flags: number, body: readonly Uint8Array[]): Buffer =>
  request(type, NLM_F_REQUEST | NLM_F_ACK | flags, body);

/** A dump request without its sequence number, which the socket fills in. */
export const dumpRequest = (type: number, family: Uint8Array, attributes: readonly Uint8Array[] = []): Buffer =>
  request(type, NLM_F_REQUEST | NLM_F_DUMP, [family, ...attributes]);

function request(type: number, flags: number, body: readonly Uint8Array[]): Buffer {
  const message = Buffer.concat([Buffer.alloc(HEADER_BYTES), ...body]);
  const { view } = chunkOf(message);
  view.setUint32(0, message.length, LITTLE);
  view.setUint16(4, type, LITTLE);
  view.setUint16(6, flags, LITTLE);
  return message;
}

/** A change that the kernel acknowledges or refuses: to a socket, a dump of nothing. */
export const acknowledgedRequest = (type: number, family: Uint8Array, attributes: readonly Uint8Array[]): Buffer =>
  changeRequest(type, 0, [family, ...attributes]);

/** The kernel refused, or what it sent cannot be understood. `errno` is positive where the kernel gave one. */
export class NetlinkError extends Error {
  override readonly name = "NetlinkError";

  constructor(
    readonly errno: number,
    message: string,
    /** The kernel's own words, where it has some. */
    readonly words?: string,
  ) {
    super(message);
  }
}

/** A message did not fit the receive buffer; the dump is to be repeated with a larger one. */
export class NetlinkTruncated extends NetlinkError {
  constructor() {
    super(0, "a netlink message did not fit the receive buffer");
  }
}

/** What one datagram said about the dump as a whole. */
export interface DumpProgress {
  done: boolean;
  /** The kernel's tables changed while it was dumping: the result may be inconsistent. */
  interrupted: boolean;
}

/** Takes one message of the dump: its type and where its payload lies in the chunk. */
export type Visit = (type: number, chunk: Chunk, start: number, end: number) => void;

const refuseIfNegative = (errno: number, words: string | undefined): void => {
  if (errno >= 0) return;
  const why = words === undefined ? "" : ` (${words})`;
  throw new NetlinkError(-errno, `the kernel refused a netlink request: errno ${-errno}${why}`, words);
};

/** What the kernel says in words about a refusal, where it was asked to (`NETLINK_EXT_ACK`). */
function wordsOf({ bytes, view }: Chunk, start: number, end: number, flags: number): string | undefined {
  if (!(flags & NLM_F_ACK_TLVS) || start + 4 + HEADER_BYTES > end) return undefined;
  const refused = flags & NLM_F_CAPPED ? HEADER_BYTES : align(view.getUint32(start + 4, LITTLE));
  for (let at = start + 4 + refused; at + 4 <= end; ) {
    const length = view.getUint16(at, LITTLE);
    if (length < 4 || at + length > end) return undefined;
    if (view.getUint16(at + 2, LITTLE) === NLMSGERR_ATTR_MSG) {
      return bytes.toString("utf8", at + 4, at + length).replace(/\0.*$/s, "");
    }
    at += align(length);
  }
  return undefined;
}

/** Takes the message between two offsets, which is an answer to us. */
function takeAnswer(chunk: Chunk, at: number, end: number, visit: Visit, progress: DumpProgress): void {
  const { view } = chunk;
  const type = view.getUint16(at + 4, LITTLE);
  const start = at + HEADER_BYTES;
  const flags = view.getUint16(at + 6, LITTLE);
  if (flags & NLM_F_DUMP_INTR) progress.interrupted = true;
  if (type === NLMSG_ERROR || type === NLMSG_DONE) {
    const words = type === NLMSG_ERROR ? wordsOf(chunk, start, end, flags) : undefined;
    if (end >= start + 4) refuseIfNegative(view.getInt32(start, LITTLE), words);
    progress.done = true;
  } else {
    visit(type, chunk, start, end);
  }
}

/**
 * Walks the messages of one received datagram, handing those of `sequence` to `visit`.
 * Throws `NetlinkTruncated` where a message goes beyond `size`, `NetlinkError` where the kernel reports a failure.
 */
export function walkDatagram(chunk: Chunk, size: number, sequence: number, visit: Visit): DumpProgress {
  const progress: DumpProgress = { done: false, interrupted: false };
  const { view } = chunk;
  for (let at = 0; at + HEADER_BYTES <= size && !progress.done; ) {
    const length = view.getUint32(at, LITTLE);
    if (length < HEADER_BYTES) throw new NetlinkError(0, "a netlink message is shorter than its header");
    if (at + length > size) throw new NetlinkTruncated();
    if (view.getUint32(at + 8, LITTLE) === sequence) {
      takeAnswer(chunk, at, at + length, visit, progress);
    } else if (!(view.getUint16(at + 6, LITTLE) & NLM_F_MULTI)) {
      // A notice, on a socket that asked to be told; a late answer to an earlier request, which is not ours, is no such thing.
      progress.interrupted = true;
    }
    at += align(length);
  }
  return progress;
}
