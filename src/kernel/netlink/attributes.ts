import { decodeText } from "../text.js";
import { align, type Chunk, chunkOf, LITTLE } from "./message.js";

/** The upper two bits of a type are flags (nested, network byte order), not part of the number. */
const TYPE_MASK = 0x3fff;

/** More attribute types than any message that we read has; those beyond it are not ours to know. */
const KNOWN_TYPES = 96;

const TWO_TO_32 = 0x1_0000_0000;
const EMPTY = chunkOf(Buffer.alloc(0));

/** Calls `visit` for each well-formed attribute between two offsets; a malformed one ends the walk, as in the kernel. */
export function eachAttribute(
  chunk: Chunk,
  start: number,
  end: number,
  visit: (type: number, payload: number, size: number) => void,
): void {
  for (let at = start; at + 4 <= end; ) {
    const length = chunk.view.getUint16(at, LITTLE);
    if (length < 4 || at + length > end) return;
    visit(chunk.view.getUint16(at + 2, LITTLE) & TYPE_MASK, at + 4, length - 4);
    at += align(length);
  }
}

/** An unsigned 64-bit number at an offset: a number where that is exact, else a bigint. */
export function exactU64(view: DataView, at: number): number | bigint {
  const high = view.getUint32(LITTLE ? at + 4 : at, LITTLE);
  const low = view.getUint32(LITTLE ? at : at + 4, LITTLE);
  return high < 0x20_0000 ? high * TWO_TO_32 + low : view.getBigUint64(at, LITTLE);
}

/**
 * The attributes of one message, or of one nested attribute, by type. Reading an absent one, or one that is too short
 * for what it should hold, gives undefined. An instance can be filled again and again, so that a dump of a hundred
 * thousand messages makes no garbage; the last of several attributes of one type counts.
 */
export class Attributes {
  private chunk: Chunk = EMPTY;
  /** Offsets of the payloads; 0 is absent, since a payload always follows a header. Plain arrays: typed ones cost more to make. */
  private readonly at: number[] = new Array<number>(KNOWN_TYPES).fill(0);
  private readonly sizes: number[] = new Array<number>(KNOWN_TYPES).fill(0);

  /** Forgets what was there and takes the attributes between two offsets. */
  fill(chunk: Chunk, start: number, end: number): this {
    this.chunk = chunk;
    this.at.fill(0);
    const { view } = chunk;
    for (let at = start; at + 4 <= end; ) {
      const length = view.getUint16(at, LITTLE);
      if (length < 4 || at + length > end) break;
      const type = view.getUint16(at + 2, LITTLE) & TYPE_MASK;
      if (type < KNOWN_TYPES) {
        this.at[type] = at + 4;
        this.sizes[type] = length - 4;
      }
      at += align(length);
    }
    return this;
  }

  has(type: number): boolean {
    return this.offset(type) !== 0;
  }

  /** Where the payload starts in the chunk; 0 where the attribute is absent. */
  offset(type: number): number {
    return this.at[type] ?? 0;
  }

  /** How many bytes the payload has; 0 where the attribute is absent. */
  size(type: number): number {
    return this.offset(type) === 0 ? 0 : (this.sizes[type] ?? 0);
  }

  u8(type: number): number | undefined {
    return this.size(type) >= 1 ? this.chunk.view.getUint8(this.offset(type)) : undefined;
  }

  u16(type: number): number | undefined {
    return this.size(type) >= 2 ? this.chunk.view.getUint16(this.offset(type), LITTLE) : undefined;
  }

  /** A 16-bit number in network byte order, as ports are. */
  be16(type: number): number | undefined {
    return this.size(type) >= 2 ? this.chunk.view.getUint16(this.offset(type), false) : undefined;
  }

  u32(type: number): number | undefined {
    return this.size(type) >= 4 ? this.chunk.view.getUint32(this.offset(type), LITTLE) : undefined;
  }

  be32(type: number): number | undefined {
    return this.size(type) >= 4 ? this.chunk.view.getUint32(this.offset(type), false) : undefined;
  }

  s32(type: number): number | undefined {
    return this.size(type) >= 4 ? this.chunk.view.getInt32(this.offset(type), LITTLE) : undefined;
  }

  u64(type: number): number | bigint | undefined {
    return this.size(type) >= 8 ? exactU64(this.chunk.view, this.offset(type)) : undefined;
  }

  /** Text up to its NUL; bytes that are no UTF-8 are written `\xNN`. */
  text(type: number): string | undefined {
    if (!this.has(type)) return undefined;
    const payload = this.bytes(type);
    const nul = payload.indexOf(0);
    return decodeText(nul < 0 ? payload : payload.subarray(0, nul));
  }

  /** The payload, valid until the buffer is received into again; empty where the attribute is absent. */
  bytes(type: number): Buffer {
    const at = this.offset(type);
    return this.chunk.bytes.subarray(at, at + this.size(type));
  }

  /** The attributes within an attribute, or undefined where it is absent. */
  nested(type: number, into: Attributes = new Attributes()): Attributes | undefined {
    const at = this.offset(type);
    return at === 0 ? undefined : into.fill(this.chunk, at, at + this.size(type));
  }

  /** Visits the attributes within an attribute in order, for lists that repeat one type. */
  each(type: number, visit: (inner: number, chunk: Chunk, payload: number, size: number) => void): void {
    const at = this.offset(type);
    if (at === 0) return;
    const { chunk } = this;
    eachAttribute(chunk, at, at + this.size(type), (inner, payload, size) => visit(inner, chunk, payload, size));
  }
}

/** An unsigned 64-bit number in network byte order, as netfilter sends them. */
export function bigEndianU64(from: Attributes, type: number): number | bigint | undefined {
  if (from.size(type) < 8) return undefined;
  const value = from.bytes(type).readBigUInt64BE();
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
