import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LoopDevice, tool } from "./loop.js";

/** LVM's settings for a machine whose own disks, configuration and device-mapper are never looked at. */
export const lvmConfig = (lockFolder: string): string =>
  [
    "devices { use_devicesfile=0 obtain_device_list_from_udev=0 scan_lvs=0 hints=none }",
    "backup { backup=0 archive=0 }",
    `global { locking_dir="${lockFolder}" event_activation=0 use_lvmpolld=0 }`,
    "activation { udev_sync=0 udev_rules=0 monitoring=0 }",
  ].join(" ");

const pathOf = (device: LoopDevice, partition?: number): string =>
  partition === undefined ? device.path : device.partition(partition);

/** Makes a device an LVM physical volume with the real tool, which is shown that one device. */
export function makePhysicalVolume(device: LoopDevice, partition?: number): void {
  const locks = mkdtempSync(join(tmpdir(), "mos-t-lvm-"));
  try {
    device.wreck(
      "pvcreate",
      ["--quiet", "--quiet", "--yes", "--devices", pathOf(device, partition), "--config", lvmConfig(locks)],
      partition,
    );
  } finally {
    rmSync(locks, { recursive: true, force: true });
  }
}

/** Writes a LUKS header with the real tool; a cheap key derivation, as nothing secret is within. */
export function sealLuks(type: "luks1" | "luks2", device: LoopDevice, partition?: number): void {
  device.assertOurs();
  const path = pathOf(device, partition);
  const cheap = ["--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"];
  const label = type === "luks2" ? ["--label", "precious"] : [];
  tool("cryptsetup", ["luksFormat", "--batch-mode", "--type", type, ...cheap, ...label, path], "passphrase");
}
