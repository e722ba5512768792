import { commands, type Flag } from "../../generated/commands.gen.js";
import type { MyOs } from "../../sdk/connect.js";
import { type GlobalFlag, globalNames, globals } from "./globals.js";
import { followers } from "./parse.js";

/** Completion must feel immediate: a daemon that is slower is not waited for. */
const PATIENCE_MS = 1000;

/** What can stand at the end of these words (the last one is being typed), one candidate each. */
export async function complete(words: readonly string[], daemon: () => Promise<MyOs<"exact">>): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  const earlier = words.slice(0, -1);
  const all = await candidates(earlier, typed, daemon);
  return all.filter((word) => word.startsWith(typed)).sort();
}

async function candidates(
  earlier: readonly string[],
  typed: string,
  daemon: () => Promise<MyOs<"exact">>,
): Promise<string[]> {
  const firstFlag = earlier.findIndex((word) => word.startsWith("-"));
  const path = firstFlag < 0 ? earlier : earlier.slice(0, firstFlag);
  const command = commands.find((one) => one.path.join(" ") === path.join(" "));
  const last = earlier.at(-1) ?? "";
  const flag = command?.flags.find((one) => one.flag === last && one.type !== "boolean");
  if (command && flag) return valuesOf(flag, daemon);
  const isGlobalValue = globalNames.some((name) => `--${name}` === last && "placeholder" in globals[name]);
  if (isGlobalValue) return globalValues(last);
  if (typed.startsWith("-"))
    return [...(command?.flags.flatMap(flagWords) ?? []), ...globalNames.map((name) => `--${name}`)];
  return firstFlag < 0 ? [...followers(path)] : [];
}

const flagWords = ({ flag, type }: Flag): string[] => (type === "boolean" ? [flag, `--no-${flag.slice(2)}`] : [flag]);

function globalValues(flag: string): string[] {
  const name = globalNames.find((one) => `--${one}` === flag);
  const row: GlobalFlag | undefined = name && globals[name];
  return row?.placeholder?.includes("|") ? row.placeholder.split("|") : [];
}

/** The words that a flag takes, or what is there now on the node: interfaces, disks, mount points. */
async function valuesOf(
  { enum: words, complete: sources }: Flag,
  daemon: () => Promise<MyOs<"exact">>,
): Promise<string[]> {
  if (words) return [...words];
  if (sources === undefined) return [];
  const os = await daemon();
  try {
    const lists = await Promise.all(
      sources.map(async ({ method, field }) => {
        const rows: unknown = await os.call(method, {} as never, { timeoutMs: PATIENCE_MS });
        return (Array.isArray(rows) ? rows : []).map((row) => row?.[field]);
      }),
    );
    return lists.flat().filter((value) => typeof value === "string");
  } catch {
    // Who completes has asked no question that an error would answer.
    return [];
  } finally {
    os.close();
  }
}
