import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { Files } from "./files.js";
import { libc } from "./libc.js";

const DEVICE = "/dev/net/tun";
const TUNSETIFF = 0x4004_54ca;
const TUNSETPERSIST = 0x4004_54cb;
const TUNSETOWNER = 0x4004_54cc;
const TUNSETGROUP = 0x4004_54ce;
const IFF_TAP = 0x0002;
const IFF_MULTI_QUEUE = 0x0100;
const IFF_NO_PI = 0x1000;
/** Only a new interface: without it an existing one of the name would be opened. */
const IFF_TUN_EXCL = 0x8000;
const IFREQ_BYTES = 40;
const IFREQ_FLAGS = 16;
const MAX_NAME_BYTES = 15;

export interface NewTap {
  /** At most 15 bytes, no `%`. */
  readonly name: string;
  readonly owner: number;
  readonly group?: number;
  readonly multiQueue: boolean;
}

/** The kernel did not make the tap. */
export class TapRefused extends Error {
  override readonly name = "TapRefused";

  constructor(
    readonly errno: number,
    call: string,
  ) {
    super(`${call} failed with errno ${errno}`);
  }
}

function settled(result: number, call: string): void {
  if (result < 0) throw new TapRefused(libc().errno(), call);
}

/**
 * Makes a tap and, when `configure` has done the rest, lets it outlive us. Until then it goes with this process: a tap
 * that is half made is never left behind. Rejects with `TapRefused`, with the system's error where there is no
 * `/dev/net/tun`, or as `configure` does.
 */
export async function createTap({ name, owner, group, multiQueue }: NewTap, configure: () => Promise<void>) {
  const request = Buffer.alloc(IFREQ_BYTES);
  const bytes = Buffer.from(name, "utf8");
  if (bytes.length > MAX_NAME_BYTES || name.includes("%")) throw new RangeError(`no name for a tap: ${name}`);
  bytes.copy(request);
  const flags = IFF_TAP | IFF_NO_PI | IFF_TUN_EXCL | (multiQueue ? IFF_MULTI_QUEUE : 0);
  new Uint16Array(request.buffer, request.byteOffset + IFREQ_FLAGS, 1)[0] = flags;
  const device = await open(DEVICE, constants.O_RDWR);
  try {
    const made = await libc().ioctl(device.fd, TUNSETIFF, request);
    if (made < 0) throw new TapRefused(-made, "TUNSETIFF");
    settled(libc().ioctlNumber(device.fd, TUNSETOWNER, owner), "TUNSETOWNER");
    if (group !== undefined) settled(libc().ioctlNumber(device.fd, TUNSETGROUP, group), "TUNSETGROUP");
    await configure();
    settled(libc().ioctlNumber(device.fd, TUNSETPERSIST, 1), "TUNSETPERSIST");
  } finally {
    await device.close();
  }
}

/** A process that has a tap open. */
export interface TapHolder {
  readonly pid: number;
  /** The command's short name. */
  readonly name: string;
}

interface Found extends TapHolder {
  readonly tap: string;
  readonly isNear: boolean;
}

/** The taps that a process has open, from its descriptors; none where it is not to be looked at, or is gone. */
async function tapsOf(files: Files, pid: string): Promise<string[]> {
  const descriptors = await files.listIfThere(`/proc/${pid}/fd`).catch(() => []);
  const taps: string[] = [];
  for (const fd of descriptors) {
    if (!(await files.link(`/proc/${pid}/fd/${fd}`).catch(() => ""))?.endsWith("/net/tun")) continue;
    const info = (await files.readIfThere(`/proc/${pid}/fdinfo/${fd}`).catch(() => "")) ?? "";
    const tap = /^iff:\t(.+)$/m.exec(info)?.[1];
    if (tap !== undefined) taps.push(tap);
  }
  return taps;
}

/** Which processes have which taps of this network namespace open, by the tap's name. */
export async function tapHolders(files: Files): Promise<ReadonlyMap<string, readonly TapHolder[]>> {
  const own = await files.link("/proc/self/ns/net");
  const found: Found[] = [];
  const pids = (await files.list("/proc")).filter((name) => /^[0-9]+$/.test(name));
  for (const pid of pids) {
    for (const tap of new Set(await tapsOf(files, pid))) {
      const comm = (await files.readIfThere(`/proc/${pid}/comm`).catch(() => undefined))?.trim() ?? "";
      const namespace = await files.link(`/proc/${pid}/ns/net`).catch(() => undefined);
      found.push({ tap, pid: Number(pid), name: comm, isNear: namespace === own });
    }
  }
  // A name says nothing of the namespace: a process elsewhere counts only where none in ours has one of that name.
  const near = new Set(found.filter(({ isNear }) => isNear).map(({ tap }) => tap));
  const holders = new Map<string, TapHolder[]>();
  for (const { tap, pid, name, isNear } of found) {
    if (isNear || !near.has(tap)) holders.set(tap, [...(holders.get(tap) ?? []), { pid, name }]);
  }
  return holders;
}
