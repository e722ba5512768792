import { closeSync, writeSync } from "node:fs";
import { libc } from "./libc.js";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
/** `sun_path`. */
const LONGEST_ADDRESS = 108;

/** The datagram socket on which a service tells its service manager how it is (sd_notify(3)). */
export class NotifySocket {
  private constructor(private readonly fd: number) {}

  /** `address` is `$NOTIFY_SOCKET`: an absolute path, or `@` and an abstract name. Throws, naming the reason, where it cannot be used. */
  static open(address: string): NotifySocket {
    const c = libc();
    const fd = c.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) throw new Error(`socket(AF_UNIX): errno ${c.errno()}`);
    try {
      if (c.connect(fd, socketAddress(address)) !== 0) throw new Error(`connect to ${address}: errno ${c.errno()}`);
      return new NotifySocket(fd);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Sends one message of `NAME=value` lines; throws `EAGAIN` where the manager has fallen behind, and whatever else `write` says. */
  send(state: Readonly<Record<string, string | number>>): void {
    const lines = Object.entries(state).map(([name, value]) => `${name}=${String(value).replaceAll("\n", " ")}`);
    writeSync(this.fd, lines.join("\n"));
  }
}

/** `struct sockaddr_un`, its length saying where the name ends. */
function socketAddress(address: string): Buffer {
  const isAbstract = address.startsWith("@");
  if (!isAbstract && !address.startsWith("/")) throw new Error(`${address} is neither a path nor an abstract name`);
  const name = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (name.length > LONGEST_ADDRESS) throw new Error(`${address} is longer than a socket's address may be`);
  const family = Buffer.alloc(2);
  new DataView(family.buffer, family.byteOffset).setUint16(0, AF_UNIX, IS_LITTLE);
  return Buffer.concat([family, name]);
}

const IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
