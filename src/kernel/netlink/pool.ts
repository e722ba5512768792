import { type Chunk, NetlinkError, NetlinkTruncated, type Visit } from "./message.js";

const FIRST_BUFFER = 64 * 1024;
const LARGEST_BUFFER = 4 * 1024 * 1024;

/** Each dump under way keeps one of libuv's four threads busy; two leave room for files. */
const MAX_AT_ONCE = 2;

/** A table that changes all the time never dumps cleanly; after so many tries the last one is the answer, as with `ip`. */
const MAX_TRIES = 10;

/** Of a watched dump few tries are enough: what one missed another has. */
const MAX_WATCHED_TRIES = 4;

/** The kernel had no memory for the next datagram and dropped it: the dump is incomplete, and worth another try. */
const ENOBUFS = 105;

/** What decodes one message; undefined leaves it out. */
export type Decode<T> = (type: number, chunk: Chunk, start: number, end: number) => T | undefined;

/** What the pool needs of a `NetlinkSocket`. */
export interface DumpSocket {
  /** Hands each message to `visit`; answers whether the kernel's tables changed meanwhile. */
  dump(request: Buffer, visit: Visit, signal?: AbortSignal): Promise<boolean>;
  close(): void;
}

/** How to dump a table whose dumps the kernel does not mark as interrupted, though a change makes them skip and repeat. */
export interface Watched<T> {
  /** Makes a socket that hears of changes too; it is used once. */
  readonly open: (bufferBytes: number) => DumpSocket;
  /** What several dumps say together where none of them was left in peace; the last one is the newest. */
  readonly together: (dumps: readonly T[][]) => T[];
}

/** Dumps over a few sockets of one netlink protocol, kept open between calls. */
export class NetlinkPool {
  private readonly idle: DumpSocket[] = [];
  private readonly waiting: (() => void)[] = [];
  private busy = 0;
  private bufferBytes = FIRST_BUFFER;

  /** `open` makes a socket that receives into a buffer of so many bytes. */
  constructor(private readonly open: (bufferBytes: number) => DumpSocket) {}

  /**
   * Dumps and decodes, again where the kernel's tables changed meanwhile, a message did not fit or was lost.
   * `decode` sees a message only during its call. Rejects with `NetlinkError` or the signal's reason.
   */
  dump<T>(request: Buffer, decode: Decode<T>, signal?: AbortSignal, watched?: Watched<T>): Promise<T[]> {
    return this.dumpAnew(request, () => decode, signal, watched);
  }

  /** The same for a decoder that remembers what it has seen: each try begins with a new one. */
  async dumpAnew<T>(request: Buffer, begin: () => Decode<T>, signal?: AbortSignal, watched?: Watched<T>): Promise<T[]> {
    const most = watched ? MAX_WATCHED_TRIES : MAX_TRIES;
    const disturbed: T[][] = [];
    for (let tries = 1; ; tries++) {
      const decoded: T[] = [];
      const decode = begin();
      const visit: Visit = (type, chunk, start, end) => {
        const one = decode(type, chunk, start, end);
        if (one !== undefined) decoded.push(one);
      };
      try {
        const interrupted = await this.use((socket) => socket.dump(request, visit, signal), signal, watched?.open);
        if (!interrupted) return decoded;
        if (watched) disturbed.push(decoded);
        if (tries >= most) return watched?.together(disturbed) ?? decoded;
      } catch (error) {
        if (error instanceof NetlinkTruncated && this.bufferBytes < LARGEST_BUFFER) this.enlarge();
        else if (!(error instanceof NetlinkError && error.errno === ENOBUFS && tries < most)) throw error;
      }
    }
  }

  /** Closes what is open; dumps under way end first. */
  close(): void {
    for (const socket of this.idle.splice(0)) socket.close();
  }

  private enlarge(): void {
    this.bufferBytes *= 2;
    this.close();
  }

  /** Works with an idle socket, or with one that `once` opens and that is closed afterwards. */
  private async use<T>(
    work: (socket: DumpSocket) => Promise<T>,
    signal?: AbortSignal,
    once?: (bufferBytes: number) => DumpSocket,
  ): Promise<T> {
    if (this.busy >= MAX_AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.busy += 1;
    try {
      signal?.throwIfAborted();
      const socket = once?.(this.bufferBytes) ?? this.idle.pop() ?? this.open(this.bufferBytes);
      try {
        const result = await work(socket);
        if (once) socket.close();
        else this.idle.push(socket);
        return result;
      } catch (error) {
        // The rest of the dump may still be queued on it.
        socket.close();
        throw error;
      }
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.busy -= 1;
    }
  }
}
