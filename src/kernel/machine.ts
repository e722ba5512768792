import { machine } from "node:os";
import type { Files } from "./files.js";

export interface KernelFacts {
  sysname: string;
  release: string;
  version: string;
  machine: string;
}

export interface OsFacts {
  id: string;
  version_id?: string;
  pretty_name?: string;
}

const KERNEL = "/proc/sys/kernel";
const NO_BOOT = "00000000-0000-0000-0000-000000000000";

/** The kernel's own limit on each of `uname`'s words; a recorded machine's file can hold anything. */
const MAX_WORD = 64;
const MAX_HOST_NAME = 253;
const MAX_PRETTY_NAME = 256;
const MAX_FILE = 64 * 1024;

const line = async (files: Files, path: string, max = MAX_WORD): Promise<string | undefined> =>
  (await files.headIfThere(path, MAX_FILE))?.trim().slice(0, max) || undefined;

/** The host's name: the kernel's, or the configured one of a recorded machine without `/proc`. */
export async function hostName(files: Files): Promise<string> {
  const [told, configured] = await Promise.all(
    [`${KERNEL}/hostname`, "/etc/hostname"].map((path) => line(files, path, MAX_HOST_NAME)),
  );
  return told ?? configured ?? "localhost";
}

/** What `uname` tells, from `/proc/sys/kernel`; a recorded machine's missing fields are empty. */
export async function kernelFacts(files: Files): Promise<KernelFacts> {
  const [sysname, release, version, arch] = await Promise.all(
    ["ostype", "osrelease", "version", "arch"].map((name) => line(files, `${KERNEL}/${name}`)),
  );
  return {
    sysname: sysname ?? "Linux",
    release: release ?? "",
    version: version ?? "",
    // Kernels before 6.1 have no `arch` file.
    machine: arch ?? (files.live ? machine() : ""),
  };
}

/** The id of this boot; all zeros for a recorded machine that holds none. */
export async function bootId(files: Files): Promise<string> {
  const id = (await line(files, `${KERNEL}/random/boot_id`)) ?? "";
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) ? id : NO_BOOT;
}

/** Seconds since the kernel booted; 0 for a recorded machine that does not say. */
export async function systemUptime(files: Files): Promise<number> {
  return Number(/^[0-9]{1,15}/.exec((await line(files, "/proc/uptime")) ?? "")?.[0] ?? 0);
}

const unquote = (value: string): string => {
  const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  return quoted === undefined ? value : quoted.replace(/\\(.)/g, "$1");
};

/** Reads shell-like `KEY=value` lines, as in `os-release` and systemd's runtime files; the last of a key counts. */
export function parseAssignments(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const row of text.split("\n")) {
    const [, key, value] = /^([A-Z0-9_]+)=(.*)$/.exec(row.trim()) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquote(value));
  }
  return values;
}

/** The distribution; undefined where there is no `os-release`. */
export async function osFacts(files: Files): Promise<OsFacts | undefined> {
  const text =
    (await files.headIfThere("/etc/os-release", MAX_FILE)) ??
    (await files.headIfThere("/usr/lib/os-release", MAX_FILE));
  if (text === undefined) return undefined;
  const values = parseAssignments(text);
  const version = values.get("VERSION_ID")?.slice(0, MAX_WORD);
  const pretty = values.get("PRETTY_NAME")?.slice(0, MAX_PRETTY_NAME);
  return {
    id: (values.get("ID") ?? "linux").slice(0, MAX_WORD),
    ...(version !== undefined && { version_id: version }),
    ...(pretty !== undefined && { pretty_name: pretty }),
  };
}
