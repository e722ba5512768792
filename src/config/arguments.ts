import { parseArgs } from "node:util";
import { nearest } from "../words/nearest.js";
import { wrongUsage } from "./exit.js";
import { type Action, actions, flagOf, type Program, type SettingName, settings, settingsOf } from "./settings.js";

export interface Arguments {
  /** What each flag was given; a switch without a value is `true`. */
  readonly given: ReadonlyMap<SettingName, string>;
  readonly action: Action | undefined;
}

interface FlagToken {
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value was written behind `=`. */
  readonly inlineValue: boolean | undefined;
}

type Option = { readonly type: "string" | "boolean"; readonly short?: string };

const actionNames = Object.keys(actions).filter((name): name is Action => Object.hasOwn(actions, name));
const actionsByFlag = new Map(actionNames.map((name) => [flagOf(name), name]));

function optionOf(row: { readonly kind?: { readonly placeholder?: string }; readonly short?: string }): Option {
  const type = row.kind?.placeholder === undefined ? "boolean" : "string";
  return row.short === undefined ? { type } : { type, short: row.short };
}

const optionsOf = (names: readonly SettingName[]): Record<string, Option> =>
  Object.fromEntries([
    ...names.map((name) => [flagOf(name), optionOf(settings[name])]),
    ...actionNames.map((name) => [flagOf(name), optionOf(actions[name])]),
  ]);

/** Reads a daemon's command line; throws `StartRefused` naming the word that is wrong and the nearest right one. */
export function readArguments(argv: readonly string[], program: Program): Arguments {
  const names = settingsOf(program);
  const settingsByFlag = new Map(names.map((name) => [flagOf(name), name]));
  const options = optionsOf(names);
  const given = new Map<SettingName, string>();
  let action: Action | undefined;
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") throw wrongUsage(`\`${token.value}\` is not understood; only flags are`);
    if (token.kind === "option-terminator") continue;
    const name = settingsByFlag.get(token.name);
    const wanted = actionsByFlag.get(token.name);
    if (name !== undefined) given.set(name, textOf(name, token));
    else if (wanted === undefined) throw unknownFlag(token.rawName, token.name, Object.keys(options));
    else if (token.value !== undefined) throw wrongUsage(`${token.rawName} takes no value`);
    else action ??= wanted;
  }
  return { given, action };
}

function textOf(name: SettingName, { rawName, value, inlineValue }: FlagToken): string {
  if (settings[name].kind.placeholder === undefined) return value ?? "true";
  // `--socket --verbose` lacks a path; `--socket=--verbose` has a strange one; `-` alone is no flag.
  const isFlag = value?.startsWith("-") && value !== "-" && !inlineValue;
  const isMissing = value === undefined || value === "" || isFlag;
  if (isMissing) throw wrongUsage(`${rawName} wants a value`);
  return value;
}

function unknownFlag(rawName: string, name: string, known: readonly string[]) {
  const meant = nearest(name, known);
  return wrongUsage(
    `there is no flag ${rawName}${meant === undefined ? "; see --help" : `; did you mean --${meant}?`}`,
  );
}
