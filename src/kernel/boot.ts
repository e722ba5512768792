import { run } from "./exec.js";
import type { Files } from "./files.js";
import { bootId } from "./machine.js";
import { linkTarget } from "./sysfs.js";

/** Field 22 of `/proc/PID/stat`, counted after the command's closing bracket (the name may hold blanks and brackets). */
const START_TIME = 19;

/** What tells this boot from any other: see `BootIdentity` of the state layer, whose shape this is. */
export async function bootIdentity(files: Files): Promise<{
  boot_id: string;
  pid1_start: string;
  mount_namespace: string;
  soft_reboots: number;
}> {
  const [boot_id, stat, namespace, soft_reboots] = await Promise.all([
    bootId(files),
    files.readIfThere("/proc/1/stat").catch(() => undefined),
    linkTarget(files, "/proc/self/ns/mnt"),
    softReboots(files),
  ]);
  const pid1_start = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[START_TIME] ?? "";
  return { boot_id, pid1_start, mount_namespace: namespace ?? "", soft_reboots };
}

/** How often systemd rebooted its user space without the kernel; 0 for other inits and versions before 254. */
async function softReboots(files: Files): Promise<number> {
  if (!files.live || (await files.readIfThere("/proc/1/comm").catch(() => ""))?.trim() !== "systemd") return 0;
  try {
    const { stdout } = await run("systemctl", ["show", "--property=SoftRebootsCount", "--value"], { deadlineMs: 2000 });
    return Number(/^[0-9]{1,9}$/.exec(stdout.trim())?.[0] ?? 0);
  } catch {
    return 0;
  }
}
