import { randomInt } from "node:crypto";
import { closeSync, read, readSync, write, writeSync } from "node:fs";
import { libc } from "../libc.js";
import {
  align,
  type Chunk,
  chunkOf,
  HEADER_BYTES,
  LITTLE,
  NetlinkError,
  NetlinkTruncated,
  type Visit,
  walkDatagram,
} from "./message.js";

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
const SOL_NETLINK = 270;
const NETLINK_ADD_MEMBERSHIP = 1;
const NETLINK_NO_ENOBUFS = 5;
const NETLINK_CAP_ACK = 10;
const NETLINK_EXT_ACK = 11;
const NETLINK_GET_STRICT_CHK = 12;

/** A read that gets nothing for this long gives its libuv thread back: four stuck ones would stop the whole process. */
const RECEIVE_TIMEOUT_SECONDS = 5;

/** `sockaddr_nl`: the family, and a port that the kernel chooses. */
const ANY_ADDRESS = Buffer.alloc(12);
chunkOf(ANY_ADDRESS).view.setUint16(0, AF_NETLINK, LITTLE);

/** Datagrams that one `drain` takes; what is left waits for the next. */
const MOST_AT_ONCE = 256;

const int = (number: number): Buffer => {
  const value = Buffer.alloc(4);
  chunkOf(value).view.setInt32(0, number, LITTLE);
  return value;
};

const timeval = (seconds: number): Buffer => {
  const value = Buffer.alloc(16);
  chunkOf(value).view.setBigInt64(0, BigInt(seconds), LITTLE);
  return value;
};

/** A netlink socket. It carries one dump at a time, and none any more once one has failed midway: close it then. */
export class NetlinkSocket {
  /** Begins anywhere, so that a notice, which carries its cause's number, is not taken for an answer. */
  private sequence = randomInt(0x1_0000_0000);
  private readonly chunk: Chunk;

  private constructor(
    private readonly fd: number,
    bufferBytes: number,
  ) {
    this.chunk = chunkOf(Buffer.alloc(bufferBytes));
  }

  /** Opens a socket of the process's network namespace. Throws where koffi cannot load or the kernel refuses. */
  static open(protocol: number, bufferBytes: number, mode = 0): NetlinkSocket {
    const c = libc();
    const fd = c.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | mode, protocol);
    if (fd < 0) throw new NetlinkError(c.errno(), `socket(AF_NETLINK): errno ${c.errno()}`);
    if (c.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, timeval(RECEIVE_TIMEOUT_SECONDS)) !== 0) {
      const errno = c.errno();
      closeSync(fd);
      throw new NetlinkError(errno, `setsockopt(SO_RCVTIMEO): errno ${errno}`);
    }
    // Kernels before 4.20 do not know it and send more than was asked for; every reader filters again anyway.
    c.setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, int(1));
    return new NetlinkSocket(fd, bufferBytes);
  }

  /** A socket whose dumps are also interrupted by any change that the kernel announces to a group. To be used once. */
  static openWatching(protocol: number, bufferBytes: number, group: number): NetlinkSocket {
    const socket = NetlinkSocket.open(protocol, bufferBytes);
    // Notices beyond the first ones add nothing: what of them does not fit may be lost.
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, int(1));
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int(group));
    return socket;
  }

  /** A socket that hears of a group's changes and never waits for one: see `drain`. */
  static openListening(protocol: number, bufferBytes: number, group: number): NetlinkSocket {
    const socket = NetlinkSocket.open(protocol, bufferBytes, SOCK_NONBLOCK);
    // Without an address of its own it counts as the kernel, which is not told of its own changes.
    if (libc().bind(socket.fd, ANY_ADDRESS) !== 0) {
      socket.close();
      throw new NetlinkError(libc().errno(), `bind(AF_NETLINK): errno ${libc().errno()}`);
    }
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, int(1));
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, int(group));
    return socket;
  }

  /** Hands the notices that have come to `visit`, without waiting for more. */
  drain(visit: Visit): void {
    const { bytes, view } = this.chunk;
    for (let left = MOST_AT_ONCE; left > 0; left -= 1) {
      const size = this.readNow();
      if (size === 0) return;
      for (let at = 0; at + HEADER_BYTES <= size; ) {
        const length = view.getUint32(at, LITTLE);
        if (length < HEADER_BYTES || at + length > Math.min(size, bytes.length)) break;
        visit(view.getUint16(at + 4, LITTLE), this.chunk, at + HEADER_BYTES, at + length);
        at += align(length);
      }
    }
  }

  private readNow(): number {
    try {
      return readSync(this.fd, this.chunk.bytes);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
      throw error;
    }
  }

  /** A socket for requests that change something: a refusal says why in words. */
  static openForChanges(protocol: number, bufferBytes: number): NetlinkSocket {
    const socket = NetlinkSocket.open(protocol, bufferBytes);
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_CAP_ACK, int(1));
    libc().setsockopt(socket.fd, SOL_NETLINK, NETLINK_EXT_ACK, int(1));
    return socket;
  }

  /**
   * Sends a request that is acknowledged and hands each message before the acknowledgement to `visit`. The kernel does
   * the work while it takes the request, which can last: so that is waited for beside the event loop.
   */
  async change(request: Buffer, visit: Visit): Promise<void> {
    this.stamp(request);
    await new Promise<void>((resolve, reject) => {
      write(this.fd, request, 0, request.length, null, (error) => (error ? reject(error) : resolve()));
    });
    await this.answers(visit);
  }

  /**
   * Sends a dump request and hands each message to `visit`; between datagrams the event loop goes on.
   * Answers whether the kernel's tables changed meanwhile. Rejects with `NetlinkError` or the signal's reason.
   */
  async dump(request: Buffer, visit: Visit, signal?: AbortSignal): Promise<boolean> {
    this.stamp(request);
    writeSync(this.fd, request);
    return this.answers(visit, signal);
  }

  close(): void {
    closeSync(this.fd);
  }

  private stamp(request: Buffer): void {
    this.sequence = (this.sequence + 1) >>> 0;
    chunkOf(request).view.setUint32(8, this.sequence, LITTLE);
  }

  private async answers(visit: Visit, signal?: AbortSignal): Promise<boolean> {
    let interrupted = false;
    for (;;) {
      const size = await this.receive();
      signal?.throwIfAborted();
      // A read of a datagram drops what does not fit, at a message's end perhaps, where nothing else would tell.
      if (size === this.chunk.bytes.length) throw new NetlinkTruncated();
      const progress = walkDatagram(this.chunk, size, this.sequence, visit);
      interrupted ||= progress.interrupted;
      if (progress.done) return interrupted;
    }
  }

  private receive(): Promise<number> {
    const { bytes } = this.chunk;
    return new Promise((resolve, reject) => {
      read(this.fd, bytes, 0, bytes.length, null, (error, size) => {
        if (error) reject(new NetlinkError(error.errno ?? 0, `reading netlink: ${error.code ?? error.message}`));
        else if (size === 0) reject(new NetlinkError(0, "reading netlink: nothing came"));
        else resolve(size);
      });
    });
  }
}
