import { posix } from "node:path";
import type { BlockNode } from "./block.js";
import type { Files } from "./files.js";
import { type Properties, present } from "./identity.js";
import { attribute, attributeBytes, linkTarget } from "./sysfs.js";
import { decodeText, unescapeHex } from "./text.js";
import { readTransport } from "./transport.js";

/** Which piece of hardware a disk is, without padding. What nothing says is absent. */
export interface Hardware {
  readonly model?: string;
  readonly serial?: string;
  readonly wwn?: string;
  readonly vendor?: string;
  readonly rev?: string;
  readonly transport?: string;
  /** SCSI address, host:channel:target:lun. */
  readonly hctl?: string;
  readonly state?: string;
  /** The device or a bus above it can be unplugged while running. */
  readonly hotplug: boolean;
}

/** Buses whose devices come and go while running, as libblkid's users agree on. */
const HOTPLUG_BUSES: ReadonlySet<string> = new Set(["usb", "ieee1394", "pcmcia", "mmc", "ccw"]);

const padded = (text: string | undefined): string | undefined => text?.replace(/\s+/g, " ").trim() || undefined;

/**
 * Reads what a disk is. udev's word comes first for model, serial and WWN: it asks the drive itself,
 * where the kernel's SCSI layer cuts ATA names at 16 characters. Without udev sysfs says nearly the same.
 */
export async function readHardware(
  files: Files,
  { name, dmUuid }: BlockNode,
  { isRemovable, udev }: { readonly isRemovable: boolean; readonly udev?: Properties },
): Promise<Hardware> {
  const folder = `/sys/class/block/${name}`;
  const place = await placeOf(files, folder);
  const link = await linkTarget(files, `${folder}/device`);
  const device = link === undefined || place === undefined ? undefined : posix.resolve(place, link);
  // Loop devices, RAM disks, arrays and mappings are no hardware.
  if (device === undefined || place === undefined)
    return { hotplug: isRemovable, ...present({ state: await mappingState(files, folder, dmUuid) }) };
  const read = (key: string) => attribute(files, `${folder}/device/${key}`);
  const noted = (...keys: string[]) => padded(unescapeHex(keys.map((key) => udev?.get(key)).find(Boolean) ?? ""));
  const hctl = /^[0-9]+:[0-9]+:[0-9]+:[0-9]+$/.exec(posix.basename(device ?? ""))?.[0];
  const chain = await busesAbove(files, place);
  return {
    ...present({
      model: noted("ID_MODEL_ENC", "ID_MODEL") ?? padded(await read("model")),
      serial: noted("SCSI_IDENT_SERIAL", "ID_SCSI_SERIAL", "ID_SERIAL_SHORT") ?? (await serial(files, folder)),
      wwn: noted("ID_WWN_WITH_EXTENSION", "ID_WWN") ?? (await worldWideName(files, folder)),
      vendor: padded(await read("vendor")),
      rev: noted("ID_REVISION") ?? padded((await read("rev")) ?? (await read("firmware_rev"))),
      transport: await readTransport(files, name, device, hctl, chain),
      hctl,
      state: await read("state"),
    }),
    hotplug: isRemovable || chain.some((bus) => HOTPLUG_BUSES.has(bus)),
  };
}

/** The device's own folder: what its class link leads to. Nothing below `/sys/devices` is reached through a link. */
async function placeOf(files: Files, folder: string): Promise<string | undefined> {
  const target = await linkTarget(files, folder);
  return target === undefined ? undefined : posix.resolve(posix.dirname(folder), target);
}

async function mappingState(files: Files, folder: string, dmUuid: string | undefined): Promise<string | undefined> {
  if (dmUuid === undefined) return undefined;
  return (await attribute(files, `${folder}/dm/suspended`)) === "1" ? "suspended" : "running";
}

/** The subsystems of the devices above it, nearest first. */
async function busesAbove(files: Files, place: string): Promise<string[]> {
  const buses: string[] = [];
  for (let at = posix.dirname(place); at.startsWith("/sys/devices/"); at = posix.dirname(at)) {
    const subsystem = await linkTarget(files, `${at}/subsystem`);
    if (subsystem !== undefined) buses.push(posix.basename(subsystem));
  }
  return buses;
}

/** NVMe and MMC say it in plain text, virtio beside the disk, SCSI in vital product data page 0x80. */
async function serial(files: Files, folder: string): Promise<string | undefined> {
  const plain = (await attribute(files, `${folder}/device/serial`)) ?? (await attribute(files, `${folder}/serial`));
  if (plain !== undefined) return padded(plain);
  const page = await attributeBytes(files, `${folder}/device/vpd_pg80`);
  return page === undefined ? undefined : parseSerialPage(page);
}

/** The serial number in a SCSI unit serial number page (SPC-5, 7.7.17): two bytes of length at offset 2, then text. */
export function parseSerialPage(page: Buffer): string | undefined {
  if (page.length < 4 || page[1] !== 0x80) return undefined;
  const text = page.subarray(4, 4 + page.readUInt16BE(2));
  return padded(decodeText(text).replaceAll("\0", " "));
}

/** The kernel's `wwid`: `eui.…`, `nvme.…` or `uuid.…` as they are, `naa.…` as the number that udev makes of it; `t10.…` is no WWN. */
async function worldWideName(files: Files, folder: string): Promise<string | undefined> {
  const wwid = (await attribute(files, `${folder}/wwid`)) ?? (await attribute(files, `${folder}/device/wwid`));
  if (wwid === undefined || wwid.startsWith("t10.")) return undefined;
  return wwid.startsWith("naa.") ? `0x${wwid.slice("naa.".length)}` : padded(wwid);
}
