import { unescapeHex } from "./text.js";

/** What is written on a device: superblock, partition table, and its own entry in its disk's table. */
export interface DeviceIdentity {
  /** `probe`: read from the device now; `udev`: from udev's database; `none`: nobody knows, the rest is absent. */
  readonly source: "probe" | "udev" | "none";
  /** Two valid signatures contradict each other. */
  readonly ambivalent: boolean;
  /** What the type is used for: `filesystem`, `raid`, `crypto`, `other` (swap among them). */
  readonly usage?: string;
  readonly fstype?: string;
  readonly fsver?: string;
  readonly label?: string;
  readonly uuid?: string;
  readonly uuidSub?: string;
  readonly table?: { readonly type: string; readonly uuid?: string };
  readonly entry?: PartitionEntry;
}

interface PartitionEntry {
  /** Type of the table that it stands in: `gpt`, `dos`, … */
  readonly scheme: string;
  readonly type?: string;
  readonly uuid?: string;
  readonly label?: string;
  /** `0x…`; absent where no bit is set. */
  readonly flags?: string;
}

export const UNKNOWN_IDENTITY: DeviceIdentity = { source: "none", ambivalent: false };

/** The names that udev's database and `blkid -o udev` share. */
export type Properties = ReadonlyMap<string, string>;

/** Splits `KEY=value` lines. */
export const parseProperties = (lines: readonly string[]): Properties =>
  new Map(
    lines.flatMap((line) => {
      const at = line.indexOf("=");
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
    }),
  );

/** Reads an identity out of udev's properties; `_ENC` values carry every byte, the plain ones are made safe. */
export function identityOf(properties: Properties, source: "probe" | "udev"): DeviceIdentity {
  const text = (...names: string[]): string | undefined => {
    const found = names.map((name) => properties.get(name)).find((value) => value !== undefined && value !== "");
    return found === undefined ? undefined : unescapeHex(found);
  };
  const isAmbivalent = properties.has("ID_FS_AMBIVALENT");
  const superblock = isAmbivalent
    ? {}
    : present({
        usage: text("ID_FS_USAGE"),
        fstype: text("ID_FS_TYPE"),
        fsver: text("ID_FS_VERSION"),
        label: text("ID_FS_LABEL_ENC", "ID_FS_LABEL"),
        uuid: text("ID_FS_UUID_ENC", "ID_FS_UUID"),
        uuidSub: text("ID_FS_UUID_SUB_ENC", "ID_FS_UUID_SUB"),
      });
  const tableType = text("ID_PART_TABLE_TYPE");
  const scheme = text("ID_PART_ENTRY_SCHEME");
  return {
    source,
    ambivalent: isAmbivalent,
    ...superblock,
    ...(tableType !== undefined && {
      table: { type: tableType, ...present({ uuid: text("ID_PART_TABLE_UUID")?.toLowerCase() }) },
    }),
    ...(scheme !== undefined && {
      entry: {
        scheme,
        ...present({
          type: text("ID_PART_ENTRY_TYPE")?.toLowerCase(),
          uuid: text("ID_PART_ENTRY_UUID")?.toLowerCase(),
          label: text("ID_PART_ENTRY_NAME"),
          flags: text("ID_PART_ENTRY_FLAGS")?.toLowerCase(),
        }),
      },
    }),
  };
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same object without the keys that have no value. */
export function present<T extends object>(object: T): Present<T>;
export function present(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
