import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { TomlValue } from "smol-toml";
import { readArguments } from "./arguments.js";
import { type ExitCode, exitCodes, StartRefused } from "./exit.js";
import { readSettingsFile } from "./file.js";
import { BadValue, type Kind } from "./kinds.js";
import {
  DEFAULT_CONFIG_FILE,
  type Environment,
  flagOf,
  type Program,
  type Setting,
  type SettingName,
  type Settings,
  settingNames,
  settings,
  variableOf,
} from "./settings.js";

export interface Loaded {
  readonly settings: Settings;
  /** Where each value is from: `--flag`, `$VARIABLE`, the file's path, or `default`. */
  readonly origins: ReadonlyMap<SettingName, string>;
}

/** What decides the configuration besides the command line. */
export interface Ambient {
  readonly env: Environment;
  readonly uid: number;
  readonly cwd: string;
  /** Read if present and no other file is named. */
  readonly defaultFile: string;
}

export const ambient = (): Ambient => ({
  env: process.env,
  uid: process.getuid?.() ?? -1,
  cwd: process.cwd(),
  defaultFile: DEFAULT_CONFIG_FILE,
});

/** A value as somebody wrote it, where, and what a mistake in it is. */
type Written = { readonly origin: string; readonly exitCode: ExitCode } & (
  | { readonly text: string; readonly base: string }
  | { readonly toml: TomlValue; readonly base: string }
);

/** Flags over environment over file over defaults; throws `StartRefused` for the first value that is wrong. */
export function loadSettings(
  argv: readonly string[],
  program: Program,
  around: Ambient = ambient(),
):
  | { readonly action: "help" }
  | { readonly action: "version" }
  | (Loaded & { readonly action: "print_config" | undefined }) {
  const { given, action } = readArguments(argv, program);
  if (action === "help" || action === "version") return { action };
  const early = fromArgumentsOrEnvironment("config", given, around);
  const file = early === undefined ? presentDefault(around) : checked("config", settings.config, early);
  const inFile = file === undefined ? new Map<SettingName, TomlValue>() : readSettingsFile(file);

  const origins = new Map<SettingName, string>();
  const read = <T>(name: SettingName, row: Setting<T>): T => {
    const toml = inFile.get(name);
    const fromFile =
      toml === undefined || file === undefined
        ? undefined
        : { toml, origin: `${file} (${row.toml})`, exitCode: exitCodes.config, base: dirname(file) };
    // A file that is wrong is wrong even where a flag wins over it.
    if (fromFile !== undefined) checked(name, row, fromFile);
    const written = fromArgumentsOrEnvironment(name, given, around) ?? fromFile;
    origins.set(name, written?.origin ?? "default");
    return written === undefined ? row.default(around.env, around.uid, program) : checked(name, row, written);
  };
  const values = Object.fromEntries(settingNames.map((name) => [name, read<unknown>(name, settings[name])]));
  if (early === undefined && file !== undefined) {
    values.config = file;
    origins.set("config", "present");
  }
  // Each value came through its own row's kind, which is what `Settings` is made of.
  return { settings: values as Settings, origins, action };
}

function presentDefault({ defaultFile }: Ambient): string | undefined {
  return existsSync(defaultFile) ? defaultFile : undefined;
}

function fromArgumentsOrEnvironment(
  name: SettingName,
  given: ReadonlyMap<SettingName, string>,
  { env, cwd }: Ambient,
): Written | undefined {
  const flag = given.get(name);
  if (flag !== undefined) return { text: flag, origin: `--${flagOf(name)}`, exitCode: exitCodes.usage, base: cwd };
  const variable = variableOf(name);
  // An empty variable counts as unset: that is how scripts and units switch one off.
  const own = env[variable];
  if (own) return { text: own, origin: `$${variable}`, exitCode: exitCodes.config, base: cwd };
  const row: Setting<unknown> = settings[name];
  const other = row.alsoEnv && env[row.alsoEnv.name];
  if (!row.alsoEnv || !other) return undefined;
  return { text: row.alsoEnv.value(other), origin: `$${row.alsoEnv.name}`, exitCode: exitCodes.config, base: cwd };
}

function checked<T>(name: SettingName, { kind }: Setting<T>, written: Written): T {
  const value = "text" in written ? kind.fromText(written.text) : kind.fromToml(written.toml);
  if (value instanceof BadValue) {
    const shown = "text" in written ? written.text : JSON.stringify(written.toml);
    throw new StartRefused(written.exitCode, `${written.origin}: ${shown} is wrong for ${name}: ${value.reason}`);
  }
  return fromBase(kind, value, written.base);
}

function fromBase<T>(kind: Kind<T>, value: T, base: string): T {
  // Only the kinds of paths say so, and their values are strings.
  return kind.isPath?.(value) && typeof value === "string" ? (resolve(base, value) as T & string) : value;
}
