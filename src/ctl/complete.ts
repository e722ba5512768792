import { type Command, commands, type Flag } from "../../generated/commands.gen.js";
import type { MyOs } from "../../sdk/connect.js";
import { type GlobalFlag, type GlobalName, type Globals, globalNames, globals } from "./globals.js";
import { followers, leadingWords } from "./parse.js";
import { placeNames } from "./place.js";

/** Completion must feel immediate: a daemon that is slower is not waited for. */
const PATIENCE_MS = 1000;

type Ask = (place: Globals) => Promise<MyOs<"exact">>;

/** What can stand at the end of these words (the last one is being typed), one candidate each. */
export async function complete(words: readonly string[], daemon: Ask): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const all = await candidates(words.slice(0, -1), typed, daemon);
  // What holds a line break or an escape sequence cannot be offered in a line, nor typed.
  return [...new Set(all)].filter((word) => word.startsWith(typed) && !/\p{Cc}/u.test(word)).sort();
}

async function candidates(earlier: readonly string[], typed: string, daemon: Ask): Promise<string[]> {
  const { words: path } = leadingWords(earlier);
  const command = commands.find((one) => one.path.join(" ") === path.join(" "));
  const [, assigned] = /^(--[^=]+)=/.exec(typed) ?? [];
  const last = assigned ?? earlier.at(-1) ?? "";
  const values = await valuesAfter(last, command, () => daemon(placeIn(earlier)));
  if (values) return assigned ? values.map((value) => `${assigned}=${value}`) : values;
  if (typed.startsWith("-"))
    return [...(command?.flags.flatMap(flagWords) ?? []), ...globalNames.map((name) => `--${name}`)];
  // After the command's own flags no further word of a command can follow.
  return path.length === 0 || earlier.at(-1) === path.at(-1) ? [...followers(path)] : [];
}

/** What can stand after a flag; undefined for what takes no value, and for what is no flag. */
async function valuesAfter(
  last: string,
  command: Command | undefined,
  daemon: () => Promise<MyOs<"exact">>,
): Promise<string[] | undefined> {
  const flag = command?.flags.find((one) => one.flag === last && one.type !== "boolean");
  if (flag) return valuesOf(flag, daemon);
  const name = globalNames.find(
    (one) => `--${one}` === last || ("short" in globals[one] && `-${globals[one].short}` === last),
  );
  return name && "placeholder" in globals[name] ? globalValues(name) : undefined;
}

/** Where the line so far wants to be answered: another node has other names. */
function placeIn(earlier: readonly string[]): Globals {
  const given = (["context", ...placeNames] as const).flatMap((name) => {
    const at = earlier.findLastIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
    const word = earlier[at];
    const value = word === undefined ? undefined : word.includes("=") ? word.slice(name.length + 3) : earlier[at + 1];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

const flagWords = ({ flag, type }: Flag): string[] => (type === "boolean" ? [flag, `--no-${flag.slice(2)}`] : [flag]);

function globalValues(name: GlobalName): string[] {
  const row: GlobalFlag = globals[name];
  return row.placeholder?.includes("|") ? row.placeholder.split("|") : [];
}

/** The words that a flag takes, or what is there now on the node: interfaces, disks, mount points. */
async function valuesOf(
  { enum: words, complete: sources }: Flag,
  daemon: () => Promise<MyOs<"exact">>,
): Promise<string[]> {
  if (words) return [...words];
  if (sources === undefined) return [];
  let os: MyOs<"exact"> | undefined;
  try {
    const asked = await daemon();
    os = asked;
    const lists = await Promise.all(
      sources.map(async ({ method, field }) => {
        const rows: unknown = await asked.call(method, {} as never, { timeoutMs: PATIENCE_MS });
        return (Array.isArray(rows) ? rows : []).map((row) => row?.[field]);
      }),
    );
    return lists.flat().filter((value) => typeof value === "string");
  } catch {
    // Who completes has asked no question that an error would answer.
    return [];
  } finally {
    os?.close();
  }
}
