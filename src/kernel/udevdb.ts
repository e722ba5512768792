import type { Files } from "./files.js";
import { type Properties, parseProperties } from "./identity.js";
import { attributeBytes } from "./sysfs.js";

/** What udev noted about a block device at its last event. */
export interface UdevRecord {
  readonly properties: Properties;
  /** Its links beneath `/dev`, as full paths. */
  readonly links: readonly string[];
}

/** Parses a record of `/run/udev/data`: `E:` lines are properties, `S:` lines links. */
export function parseUdevRecord(text: string): UdevRecord {
  const lines = text.split("\n");
  const tagged = (tag: string) => lines.filter((line) => line.startsWith(tag)).map((line) => line.slice(tag.length));
  return { properties: parseProperties(tagged("E:")), links: tagged("S:").map((link) => `/dev/${link}`) };
}

/** The record of the block device with that number; undefined where udev does not run or does not know it. */
export async function readUdevRecord(files: Files, majMin: string): Promise<UdevRecord | undefined> {
  const text = (await attributeBytes(files, `/run/udev/data/b${majMin}`))?.toString("utf8");
  return text === undefined ? undefined : parseUdevRecord(text);
}
