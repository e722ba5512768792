import { run } from "./exec.js";
import { present } from "./identity.js";

/** What `mdadm --detail` reads from an array's superblocks; what it does not print is absent. */
export interface MdadmDetail {
  readonly layout?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly workingDevices?: number;
  readonly totalDevices?: number;
  readonly events?: bigint;
}

/** What `mdadm --examine` reads from one member's superblock. */
export interface MdadmMember {
  readonly events?: bigint;
  readonly deviceUuid?: string;
  readonly dataOffsetBytes?: bigint;
}

/** `Name : value` lines. */
const fieldsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [, name, value] = /^\s*([A-Za-z][A-Za-z ]*?) : (.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value.trim()] as const];
    }),
  );

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^[0-9]+/.test(text) ? Number.parseInt(text, 10) : undefined;

/** Events are one number, or with metadata 0.90 `high.low`, 32 bits each. */
function eventsOf(text: string | undefined): bigint | undefined {
  const [, high, low] = /^([0-9]+)(?:\.([0-9]+))?$/.exec(text ?? "") ?? [];
  if (high === undefined) return undefined;
  return low === undefined ? BigInt(high) : (BigInt(high) << 32n) + BigInt(low);
}

/** mdadm prints times as `ctime(3)` does, in the machine's own zone, which is this process's too. */
function timeOf(text: string | undefined): string | undefined {
  const time = new Date(text ?? "");
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString().replace(".000Z", "Z");
}

/** Parses `mdadm --detail`. */
export function parseDetail(text: string): MdadmDetail {
  const fields = fieldsOf(text);
  return present({
    // What mdadm has no word for.
    layout: fields.get("Layout")?.replace(/^-unknown-$/, "") || undefined,
    createdAt: timeOf(fields.get("Creation Time")),
    updatedAt: timeOf(fields.get("Update Time")),
    workingDevices: number(fields.get("Working Devices")),
    totalDevices: number(fields.get("Total Devices")),
    events: eventsOf(fields.get("Events")),
  });
}

/** Parses `mdadm --examine` of one member. */
export function parseExamine(text: string): MdadmMember {
  const fields = fieldsOf(text);
  const sectors = number(fields.get("Data Offset"));
  // Metadata 0.90 has no UUIDs of members.
  const uuid = fields.get("Device UUID")?.replaceAll(":", "");
  return present({
    events: eventsOf(fields.get("Events")),
    deviceUuid: uuid?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5"),
    dataOffsetBytes: sectors === undefined ? undefined : BigInt(sectors) * 512n,
  });
}

/** Reads an array's superblocks. Throws `ToolMissing` or `CommandFailed`. */
export async function readDetail(node: string): Promise<MdadmDetail> {
  // 1 to 4 tell of a degraded or inactive array, and are answers; only 4 may come without one.
  const { stdout } = await run("mdadm", ["--detail", node], { okCodes: [0, 1, 2, 3, 4] });
  return parseDetail(stdout);
}

/** An array's name without its host, as its superblocks have it; undefined where it has none or mdadm cannot tell. */
export async function readArrayName(node: string): Promise<string | undefined> {
  const { stdout } = await run("mdadm", ["--detail", "--export", node], { okCodes: [0, 1, 2, 3, 4] });
  return parseExportedName(stdout);
}

/** Parses the name that `mdadm --detail --export` prints. */
const parseExportedName = (text: string): string | undefined => /^MD_NAME=(?:[^:\n]*:)?(.+)$/m.exec(text)?.[1];

/** Reads one member's superblock; nothing where it has none any more. */
export async function readMember(node: string): Promise<MdadmMember> {
  const { stdout } = await run("mdadm", ["--examine", node], { okCodes: [0, 1] });
  return parseExamine(stdout);
}
