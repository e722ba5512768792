import { type Command, commands, type Flag } from "../../generated/commands.gen.js";
import { nearest } from "../words/nearest.js";
import { type GlobalName, type Globals, globalNames, globals } from "./globals.js";
import { locals } from "./locals.js";
import { UsageError } from "./usage.js";
import { readValue } from "./values.js";

/** A command line as it is understood. */
export type Parsed =
  | {
      readonly kind: "call";
      readonly command: Command;
      readonly params: Record<string, unknown>;
      readonly globals: Globals;
    }
  /** A command of this program's own, with the words after it. */
  | { readonly kind: "local"; readonly name: string; readonly words: readonly string[]; readonly globals: Globals }
  /** Help for the words so far: nothing more is said by them. */
  | { readonly kind: "help"; readonly path: readonly string[]; readonly globals: Globals };

interface Token {
  readonly name: string;
  /** As it was typed. */
  readonly typed: string;
  readonly value: string | undefined;
}

/** Reads a command line; throws `UsageError` with the nearest right word where there is one. */
export function parse(argv: readonly string[]): Parsed {
  // The shell's completion asks about words of any kind, so none of them is read here.
  if (argv[0] === "__complete") return { kind: "local", name: "__complete", words: argv.slice(1), globals: {} };
  const { words, rest } = leadingWords(argv);
  const local = locals.find(({ path }) => path.every((word, index) => words[index] === word));
  if (local) {
    const { given, extra } = readFlags([...words.slice(local.path.length), ...rest], []);
    return given.help
      ? { kind: "help", path: local.path, globals: given }
      : { kind: "local", name: local.path.join(" "), words: extra, globals: given };
  }
  const command = commands.find(
    ({ path }) => path.length === words.length && path.every((word, i) => words[i] === word),
  );
  if (command === undefined) return helpOrUnknown(words, rest);
  const { given, params, extra } = readFlags(rest, command.flags);
  if (given.help) return { kind: "help", path: command.path, globals: given };
  const [stray] = extra;
  if (stray !== undefined)
    throw new UsageError(`\`${stray}\` is not understood: parameters are given as flags`, seeHelp(command.path));
  return { kind: "call", command, params, globals: given };
}

const isFlag = (word: string): boolean => word.startsWith("-") && word !== "-";

/** The command's words, and all flags: global ones may stand before the command as well. */
export function leadingWords(argv: readonly string[]): { words: string[]; rest: string[] } {
  let start = 0;
  while (isFlag(argv[start] ?? "")) {
    const name = globalNameOf(argv[start] ?? "");
    start += name && takesValue(name) && !argv[start]?.includes("=") ? 2 : 1;
  }
  let end = start;
  while (end < argv.length && !isFlag(argv[end] ?? "")) end += 1;
  return { words: argv.slice(start, end), rest: [...argv.slice(0, start), ...argv.slice(end)] };
}

function globalNameOf(word: string): GlobalName | undefined {
  if (!word.startsWith("--")) return globalNames.find((name) => shortOf(name) === word.slice(1, 2));
  const name = word.slice(2).split("=", 1)[0];
  return globalNames.find((known) => known === name);
}

const shortOf = (name: GlobalName): string | undefined => ("short" in globals[name] ? globals[name].short : undefined);
const takesValue = (name: GlobalName): boolean => "placeholder" in globals[name];

function helpOrUnknown(words: readonly string[], rest: readonly string[]): Parsed {
  const { given } = readFlags(rest, [], true);
  let known = 0;
  while (known < words.length && followers(words.slice(0, known)).has(words[known] ?? "")) known += 1;
  const path = words.slice(0, known);
  const unknown = words[known];
  if (unknown === undefined) return { kind: "help", path, globals: given };
  const meant = nearest(unknown, followers(path));
  const place = path.length === 0 ? "there is no command" : `\`${path.join(" ")}\` has no command`;
  throw new UsageError(
    `${place} \`${unknown}\``,
    meant ? `did you mean \`${[...path, meant].join(" ")}\`?` : seeHelp(path),
  );
}

/** The words that may follow these. */
export function followers(path: readonly string[]): Set<string> {
  const paths = [...commands.map((command) => command.path), ...locals.map((local) => local.path)];
  const longer = paths.filter(
    (other) => other.length > path.length && path.every((word, index) => other[index] === word),
  );
  return new Set(longer.map((other) => other[path.length] ?? ""));
}

interface Read {
  readonly given: Partial<Record<GlobalName, string>>;
  readonly params: Record<string, unknown>;
  readonly extra: readonly string[];
}

function readFlags(argv: readonly string[], flags: readonly Flag[], lenient = false): Read {
  const given: Partial<Record<GlobalName, string>> = {};
  const params: Record<string, unknown> = {};
  const extra: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (word === "--") {
      extra.push(...argv.slice(at + 1));
      break;
    }
    if (!isFlag(word)) {
      extra.push(word);
      continue;
    }
    const token = tokenOf(word);
    const next = argv[at + 1];
    const takeNext = (): string => {
      at += 1;
      // `--dst --dev` lacks a value; `--dst=--dev` has a strange one.
      if (next === undefined || (isFlag(next) && !/^-\d/.test(next)))
        throw new UsageError(`${token.typed} wants a value`);
      return next;
    };
    if (takeParam(token, flags, params, takeNext) || takeGlobal(token, given, takeNext) || lenient) continue;
    throw unknownFlag(token, flags);
  }
  return { given, params, extra };
}

function tokenOf(word: string): Token {
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word : word.slice(0, equals);
  const value = equals < 0 ? undefined : word.slice(equals + 1);
  if (word.startsWith("--")) return { name: typed.slice(2), typed, value };
  const name = globalNames.find((known) => shortOf(known) === typed.slice(1));
  return { name: name ?? "", typed, value };
}

function takeParam(
  token: Token,
  flags: readonly Flag[],
  params: Record<string, unknown>,
  takeNext: () => string,
): boolean {
  const exact = flags.find(({ flag }) => flag === token.typed);
  const negated = flags.find(({ flag, type }) => type === "boolean" && `--no-${flag.slice(2)}` === token.typed);
  const flag = exact ?? negated;
  if (flag === undefined) return false;
  if (negated && exact === undefined) {
    if (token.value !== undefined) throw new UsageError(`${token.typed} takes no value`);
    if (Object.hasOwn(params, flag.name)) throw new UsageError(`${flag.flag} is given twice`);
    params[flag.name] = false;
    return true;
  }
  const text = token.value ?? (flag.type === "boolean" ? "true" : takeNext());
  const value = readValue(flag, text);
  if (flag.repeatable && value !== null) {
    const earlier = params[flag.name];
    params[flag.name] = [...(Array.isArray(earlier) ? earlier : []), value];
    return true;
  }
  if (Object.hasOwn(params, flag.name)) throw new UsageError(`${flag.flag} is given twice`);
  params[flag.name] = value;
  return true;
}

function takeGlobal(
  { name, typed, value }: Token,
  given: Partial<Record<GlobalName, string>>,
  takeNext: () => string,
): boolean {
  const known = globalNames.find((one) => one === name);
  if (known === undefined) return false;
  if (!takesValue(known) && value !== undefined) throw new UsageError(`${typed} takes no value`);
  given[known] = takesValue(known) ? (value ?? takeNext()) : "true";
  return true;
}

function unknownFlag({ typed }: Token, flags: readonly Flag[]): UsageError {
  const names = [...flags.map(({ flag }) => flag), ...globalNames.map((name) => `--${name}`)];
  const meant = nearest(typed, names);
  return new UsageError(`there is no flag ${typed}`, meant ? `did you mean ${meant}?` : undefined);
}

const seeHelp = (path: readonly string[]): string => `see \`${["my-os-ctl", ...path, "--help"].join(" ")}\``;
