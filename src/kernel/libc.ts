import { createRequire } from "node:module";

/** The few system calls that Node does not offer. Each answers −1 on failure, and then `errno()` says why. */
export interface Libc {
  /** `socket(2)`: a new descriptor, or −1. */
  socket(domain: number, type: number, protocol: number): number;
  /** `bind(2)` to a raw socket address. */
  bind(fd: number, address: Uint8Array): number;
  /** `connect(2)` to a raw socket address. */
  connect(fd: number, address: Uint8Array): number;
  /** `setsockopt(2)` with the option's raw bytes. */
  setsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** `getsockopt(2)` into `value`: how many bytes the kernel wrote, or −1. */
  getsockopt(fd: number, level: number, option: number, value: Uint8Array): number;
  /** `flock(2)`. */
  flock(fd: number, operation: number): number;
  /**
   * `ioctl(2)` on a thread of the pool, for calls that may wait for a disk; `argument` has at least the size that is
   * encoded in `request`. Answers the result, or the error number negated. The descriptor stays open until then.
   */
  ioctl(fd: number, request: number, argument: Uint8Array): Promise<number>;
  /** `ioctl(2)` whose argument is a number itself, which no pointer can go wrong with. */
  ioctlNumber(fd: number, request: number, argument: number): number;
  /** The error number of the last call that answered −1. */
  errno(): number;
}

let loaded: Libc | undefined;

/** The C library cannot be called: the npm package koffi is not there, or has no binary for this platform. */
export class LibcUnavailable extends Error {
  override readonly name = "LibcUnavailable";

  constructor(cause: unknown) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    super(`the C library cannot be called: install the npm package koffi with a binary for this platform (${why})`);
  }
}

/** Loads koffi; `from` is tests' alone. */
export function loadKoffi(from: string = import.meta.url): typeof import("koffi") {
  try {
    return createRequire(from)("koffi");
  } catch (error) {
    throw new LibcUnavailable(error);
  }
}

/** The C library, loaded at first use; throws where koffi has no binary for this platform. */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  const koffi = loadKoffi();
  // The process's own symbols: glibc and musl alike.
  const lib = koffi.load(null);
  const socket = lib.func("int socket(int, int, int)");
  const bind = lib.func("int bind(int, const uint8_t *, uint32_t)");
  const connect = lib.func("int connect(int, const uint8_t *, uint32_t)");
  const setsockopt = lib.func("int setsockopt(int, int, int, const uint8_t *, uint32_t)");
  const getsockopt = lib.func("int getsockopt(int, int, int, _Out_ uint8_t *, _Inout_ uint32_t *)");
  const flock = lib.func("int flock(int, int)");
  const ioctl = lib.func("int ioctl(int, unsigned long, _Inout_ uint8_t *)");
  const ioctlNumber = lib.func("int ioctl(int, unsigned long, unsigned long)");
  return {
    socket: (domain, type, protocol) => socket(int(domain), int(type), int(protocol)),
    bind: (fd, address) => bind(int(fd), bytes(address), address.length),
    connect: (fd, address) => connect(int(fd), bytes(address), address.length),
    setsockopt: (fd, level, option, value) => setsockopt(int(fd), int(level), int(option), bytes(value), value.length),
    getsockopt(fd, level, option, value) {
      const length = [value.length];
      const failed = getsockopt(int(fd), int(level), int(option), bytes(value), length) !== 0;
      return failed ? -1 : (length[0] ?? 0);
    },
    flock: (fd, operation) => flock(int(fd), int(operation)),
    ioctl: (fd, request, argument) =>
      new Promise((resolve, reject) => {
        const [number, buffer] = [int(fd), sized(argument, request)];
        // Within the callback `errno` is that of the thread that made the call.
        ioctl.async(number, request, buffer, (error: unknown, result: number) => {
          if (error) reject(error);
          else resolve(result < 0 ? -koffi.errno() : result);
        });
      }),
    ioctlNumber: (fd, request, argument) => ioctlNumber(int(fd), unsigned(request), unsigned(argument)),
    errno: () => koffi.errno(),
  };
}

// A wrong argument to a foreign function ends the process, so nothing but these two kinds gets through.
function int(value: number): number {
  if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff) {
    throw new RangeError(`not a C int: ${value}`);
  }
  return value;
}

function bytes(value: Uint8Array): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length === 0 || value.length > 0xffff_ffff) {
    throw new TypeError("a system call takes a byte buffer that is not empty");
  }
  return value;
}

/** The most that a request number can say of its argument's size (`_IOC_SIZE`), and where it says so. */
const SIZE_MASK = 0x3fff;
const SIZE_SHIFT = 16;

function unsigned(value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw new RangeError(`not 32 bits: ${value}`);
  return value;
}

function sized(argument: Uint8Array, request: number): Uint8Array {
  if (!Number.isInteger(request) || request < 0 || request > 0xffff_ffff) {
    throw new RangeError(`not an ioctl request: ${request}`);
  }
  if (bytes(argument).length < ((request >>> SIZE_SHIFT) & SIZE_MASK)) {
    throw new RangeError("the buffer is smaller than what the kernel reads and writes there");
  }
  return argument;
}
