import { readFileSync } from "node:fs";
import { parse, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import { nearest } from "../words/nearest.js";
import { wrongConfig } from "./exit.js";
import { type SettingName, settingNames, settings } from "./settings.js";

const namesByPath = new Map(
  settingNames.flatMap((name) => {
    const { toml } = settings[name];
    return toml === undefined ? [] : [[toml, name] as const];
  }),
);
const sections = new Set([...namesByPath.keys()].flatMap((path) => path.split(".").slice(0, -1)));

/** The settings that a TOML file makes, unchecked; throws `StartRefused` naming the file and what is wrong in it. */
export function readSettingsFile(file: string): Map<SettingName, TomlValue> {
  const values = new Map<SettingName, TomlValue>();
  for (const [path, value] of leaves(parsed(file), file)) {
    const name = namesByPath.get(path);
    if (name === undefined) throw wrongConfig(`${file}: there is no setting \`${path}\`${suggestion(path)}`);
    values.set(name, value);
  }
  return values;
}

function parsed(file: string): TomlTable {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    throw wrongConfig(`${file}: cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ""] = error.message.split("\n");
    throw wrongConfig(`${file}:${error.line}:${error.column}: ${reason}`);
  }
}

function* leaves(table: TomlTable, file: string): Generator<[string, TomlValue]> {
  for (const [key, value] of Object.entries(table)) {
    if (!sections.has(key)) yield [key, value];
    else if (!isTable(value)) throw wrongConfig(`${file}: \`${key}\` is a section: write [${key}]`);
    else for (const [inner, leaf] of Object.entries(value)) yield [`${key}.${inner}`, leaf];
  }
}

const isTable = (value: TomlValue): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);

function suggestion(path: string): string {
  const meant = nearest(path, [...namesByPath.keys(), ...sections]);
  return meant === undefined ? "" : `; did you mean \`${meant}\`?`;
}
