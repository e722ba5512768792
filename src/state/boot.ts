/**
 * What tells one boot of a machine from the next. The boot id alone does not: containers share their host's, and a soft
 * reboot keeps it.
 */
export interface BootIdentity {
  readonly boot_id: string;
  /** When pid 1 started, in clock ticks after the kernel's start. */
  readonly pid1_start: string;
  /** Inode number of the daemon's mount namespace. */
  readonly mount_namespace: string;
  readonly soft_reboots: number;
}

/** Whether nothing was booted between the two, so that what is missing now was taken away by somebody. */
export const sameBoot = (a: BootIdentity, b: BootIdentity): boolean =>
  a.boot_id === b.boot_id &&
  a.pid1_start === b.pid1_start &&
  a.mount_namespace === b.mount_namespace &&
  a.soft_reboots === b.soft_reboots;

export const isBootIdentity = (value: unknown): value is BootIdentity =>
  typeof value === "object" &&
  value !== null &&
  "boot_id" in value &&
  typeof value.boot_id === "string" &&
  "pid1_start" in value &&
  typeof value.pid1_start === "string" &&
  "mount_namespace" in value &&
  typeof value.mount_namespace === "string" &&
  "soft_reboots" in value &&
  typeof value.soft_reboots === "number";
