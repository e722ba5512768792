import { createInterface } from "node:readline/promises";
import type { Command } from "../../generated/commands.gen.js";
import type { MyOs } from "../../sdk/connect.js";
import type { Io } from "./io.js";
import { bytesText } from "./table.js";
import { UsageError } from "./usage.js";
import { printable, wrapped } from "./width.js";

/** What stands in a parameter and names a block device. */
const DEVICE_PARAMS = ["disk", "device", "devices", "array"];
const TARGET_PARAMS: ReadonlySet<string> = new Set([...DEVICE_PARAMS, "path"]);

/** Prompts are wrapped for terminals between these widths. */
const MIN_COLUMNS = 40;
const MAX_COLUMNS = 100;

/** Asks before a call that can destroy data, telling what it would be done to; throws `UsageError` where nobody can be asked. */
export async function confirm(
  command: Command,
  params: Readonly<Record<string, unknown>>,
  os: MyOs<"exact">,
  io: Io,
): Promise<boolean> {
  const lines = [...(await targetLines(params, os)), ...paramLines(command, params)];
  const words = ["my-os-ctl", ...command.path].join(" ");
  const edge = Math.max(MIN_COLUMNS, Math.min(io.width, MAX_COLUMNS));
  const rows = lines.flatMap((line) =>
    wrapped(printable(line), edge - 4).map((row, index) => (index === 0 ? `  ${row}` : `    ${row}`)),
  );
  io.err(`${io.errStyle.bad("This can destroy data:")} ${words}\n${rows.join("\n")}\n`);
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
  const known = devices.length === 0 ? [] : await blockDevices(os);
  const told = devices.map(
    (device) => known.find((one) => one.names.includes(device))?.line ?? `${device} (not listed by the daemon)`,
  );
  return typeof params.path === "string" ? [...told, await pathLine(params.path, os)] : told;
}

/** The other parameters. A switch is told in the specification's words: `force: true` says nothing to a tired eye. */
function paramLines({ flags }: Command, params: Readonly<Record<string, unknown>>): string[] {
  const others = Object.entries(params).filter(([name]) => !TARGET_PARAMS.has(name));
  return others.map(([name, value]) => {
    const flag = flags.find((one) => one.name === name);
    if (flag && value === true) return `${flag.flag}: ${flag.description}`;
    return `${name.replaceAll("_", "-")}: ${typeof value === "object" ? JSON.stringify(value) : value}`;
  });
}

/** A path, and the filesystem that holds it. */
async function pathLine(path: string, os: MyOs<"exact">): Promise<string> {
  const mounts = await os.vol.list_mounts().catch(() => []);
  const holding = mounts.filter(({ target }) => target === "/" || `${path}/`.startsWith(`${target}/`));
  const mount = holding.toSorted((a, b) => a.target.length - b.target.length).at(-1);
  return mount ? `${path}  on ${mount.source} (${mount.fstype}) mounted at ${mount.target}` : path;
}

interface Known {
  readonly names: readonly string[];
  readonly line: string;
}

/** A target that cannot be looked up is asked about all the same: the daemon's own guards come after. */
async function blockDevices(os: MyOs<"exact">): Promise<Known[]> {
  const [disks, partitions, arrays] = await Promise.all([
    os.vol.list_disks().catch(() => []),
    os.vol.list_partitions().catch(() => []),
    os.vol.list_md_arrays().catch(() => []),
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
  return [...arrays.map(knownArray), ...disks.map(known), ...partitions.map(known)];
}

/** An array is a disk as well, but only here its level, name and UUID are known. */
function knownArray(array: Awaited<ReturnType<MyOs<"exact">["vol"]["list_md_arrays"]>>[number]): Known {
  const { path, name, array_name: called, level, raid_devices: count, uuid, links, size_bytes: size } = array;
  const words = [path, level, `of ${count} devices`, called, bytesText(size), uuid && `UUID ${uuid}`];
  return { names: [path, name, ...links], line: words.filter(Boolean).join("  ") };
}
