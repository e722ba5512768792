import type { Files } from "./files.js";
import { attribute } from "./sysfs.js";

/** Transports that the kernel names by a class of SCSI hosts, in lsblk's order. */
const HOST_CLASSES = ["spi", "fc", "sas", "iscsi"] as const;

/**
 * How a disk is attached, as lsblk decides it: by its SCSI host's class, a bus on the way to it, its driver, its name.
 * @param buses subsystems of the devices above it
 */
export async function readTransport(
  files: Files,
  name: string,
  device: string | undefined,
  hctl: string | undefined,
  buses: readonly string[],
): Promise<string | undefined> {
  if (hctl !== undefined && device !== undefined) return scsiTransport(files, device, hctl, buses);
  if (name.startsWith("nvme")) return "nvme";
  if (name.startsWith("vd")) return "virtio";
  if (name.startsWith("mmcblk")) return "mmc";
  return undefined;
}

async function scsiTransport(
  files: Files,
  device: string,
  hctl: string,
  buses: readonly string[],
): Promise<string | undefined> {
  const host = `host${hctl.split(":", 1)[0]}`;
  for (const kind of HOST_CLASSES) {
    if (await files.exists(`/sys/class/${kind}_host/${host}`)) return kind === "fc" ? fibreChannel(files, host) : kind;
    if (kind === "sas" && (await files.exists(`${device}/sas_device`))) return kind;
  }
  if (await files.exists(`${device}/ieee1394_id`)) return "sbp";
  if (buses.includes("usb")) return "usb";
  const driver = (await attribute(files, `/sys/class/scsi_host/${host}/proc_name`)) ?? "";
  if (/^(ahci|sata)/.test(driver)) return "sata";
  if (driver.includes("ata")) return "ata";
  return driver.startsWith("virtio") ? "virtio" : undefined;
}

async function fibreChannel(files: Files, host: string): Promise<string> {
  const name = await attribute(files, `/sys/class/fc_host/${host}/symbolic_name`);
  return name?.includes(" over ") ? "fcoe" : "fc";
}
