import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { libc } from "./libc.js";

/** The process at the other end of a Unix socket, as the kernel recorded it when the connection was made. */
export interface Peer {
  /** 0 where the process is outside this pid namespace. */
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
}

const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SO_PEERCRED = 17;
const SO_ACCEPTCONN = 30;
const SO_DOMAIN = 39;
const AF_UNIX = 1;
const SOCK_STREAM = 1;
const UCRED_BYTES = 12;
const NO_UID = 0xffff_ffff;

/** `SO_PEERCRED` of a connected Unix socket; undefined where the kernel cannot say (TCP, a closed socket, no koffi). */
export function peerOf(socket: Socket): Peer | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined) return undefined;
  const ucred = Buffer.alloc(UCRED_BYTES);
  try {
    if (libc().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ucred) !== UCRED_BYTES) return undefined;
  } catch {
    return undefined;
  }
  const uid = ucred.readUInt32LE(4);
  return uid === NO_UID ? undefined : { pid: ucred.readInt32LE(0), uid, gid: ucred.readUInt32LE(8) };
}

/** Whether a descriptor is a Unix stream socket that listens; throws where that cannot be found out. */
export function isUnixListener(fd: number): boolean {
  return option(fd, SO_DOMAIN) === AF_UNIX && option(fd, SO_TYPE) === SOCK_STREAM && option(fd, SO_ACCEPTCONN) === 1;
}

/** A socket option that is one integer; undefined where the descriptor is no socket. */
function option(fd: number, name: number): number | undefined {
  const value = Buffer.alloc(4);
  return libc().getsockopt(fd, SOL_SOCKET, name, value) === value.length ? value.readInt32LE(0) : undefined;
}

/** A process's command line for people, cut at 200 characters. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim().slice(0, 200);
  } catch {
    return "its command cannot be read";
  }
}

// Node keeps the descriptor on an undocumented handle; nothing else gives it.
function descriptorOf(socket: Socket): number | undefined {
  const handle: unknown = Reflect.get(socket, "_handle");
  if (typeof handle !== "object" || handle === null) return undefined;
  const fd: unknown = Reflect.get(handle, "fd");
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}
