import { createInterface } from "node:readline/promises";
import type { Command } from "../../generated/commands.gen.js";
import type { MyOs } from "../../sdk/connect.js";
import type { Io } from "./io.js";
import { bytesText } from "./table.js";
import { UsageError } from "./usage.js";
import { printable } from "./width.js";

/** What stands in a parameter and names a block device. */
const DEVICE_PARAMS = ["disk", "device", "devices", "array"];

/** Asks before a call that can destroy data, telling what it would be done to; throws `UsageError` where nobody can be asked. */
export async function confirm(
  command: Command,
  params: Readonly<Record<string, unknown>>,
  os: MyOs<"exact">,
  io: Io,
): Promise<boolean> {
  const lines = await targetLines(params, os);
  const words = ["my-os-ctl", ...command.path].join(" ");
  io.err(
    `${io.errStyle.bad("This can destroy data:")} ${words}\n${lines.map((line) => `  ${printable(line)}\n`).join("")}`,
  );
  if (!io.isInteractive)
    throw new UsageError("nobody can be asked here, and nothing was done", "say --yes to do it without a question");
  const dialogue = createInterface({ input: io.input, output: io.terminal });
  try {
    return /^y(es)?$/i.test((await dialogue.question("Go on? [y/N] ")).trim());
  } finally {
    dialogue.close();
  }
}

/** Each target with what tells it from every other: model, serial, size, and what is on it. */
async function targetLines(params: Readonly<Record<string, unknown>>, os: MyOs<"exact">): Promise<string[]> {
  const devices = DEVICE_PARAMS.flatMap((name) => params[name] ?? []).filter((name) => typeof name === "string");
  const others = Object.entries(params).filter(([name]) => !DEVICE_PARAMS.includes(name));
  const known = devices.length === 0 ? [] : await blockDevices(os);
  const told = devices.map(
    (device) => known.find((one) => one.names.includes(device))?.line ?? `${device} (not listed by the daemon)`,
  );
  return [
    ...told,
    ...others.map(
      ([name, value]) => `${name.replaceAll("_", "-")}: ${typeof value === "object" ? JSON.stringify(value) : value}`,
    ),
  ];
}

interface Known {
  readonly names: readonly string[];
  readonly line: string;
}

/** A target that cannot be looked up is asked about all the same: the daemon's own guards come after. */
async function blockDevices(os: MyOs<"exact">): Promise<Known[]> {
  const [disks, partitions] = await Promise.all([
    os.vol.list_disks().catch(() => []),
    os.vol.list_partitions().catch(() => []),
  ]);
  const known = (device: (typeof disks)[number] | (typeof partitions)[number]): Known => {
    const identity = "model" in device ? [device.model, device.serial && `serial ${device.serial}`] : [];
    const content = [device.fstype, device.label, ...device.mountpoints.map((target) => `mounted at ${target}`)];
    const words = [device.path, ...identity, bytesText(device.size_bytes), ...content].filter(Boolean);
    return {
      names: [device.path, device.name, ...(device.by_id ?? []), ...(device.by_path ?? [])],
      line: words.join("  "),
    };
  };
  return [...disks.map(known), ...partitions.map(known)];
}
