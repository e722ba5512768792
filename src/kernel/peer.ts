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
const SO_PEERCRED = 17;
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
