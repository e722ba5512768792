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

const line = async (files: Files, path: string): Promise<string | undefined> =>
  (await files.readIfThere(path))?.trim() || undefined;

/** The host's name: the kernel's, or the configured one of a recorded machine without `/proc`. */
export async function hostName(files: Files): Promise<string> {
  return (await line(files, `${KERNEL}/hostname`)) ?? (await line(files, "/etc/hostname")) ?? "localhost";
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
  return (await line(files, `${KERNEL}/random/boot_id`)) ?? NO_BOOT;
}

/** Seconds since the kernel booted; 0 for a recorded machine that does not say. */
export async function systemUptime(files: Files): Promise<number> {
  const [seconds = "0"] = ((await line(files, "/proc/uptime")) ?? "0").split(" ");
  return Math.floor(Number(seconds));
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
  const text = (await files.readIfThere("/etc/os-release")) ?? (await files.readIfThere("/usr/lib/os-release"));
  if (text === undefined) return undefined;
  const values = parseAssignments(text);
  const version = values.get("VERSION_ID");
  const pretty = values.get("PRETTY_NAME");
  return {
    id: values.get("ID") ?? "linux",
    ...(version !== undefined && { version_id: version }),
    ...(pretty !== undefined && { pretty_name: pretty }),
  };
}
