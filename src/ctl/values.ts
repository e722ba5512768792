import type { Flag } from "../../generated/commands.gen.js";
import { parseExactly } from "../../sdk/exact.js";
import { nearest } from "../words/nearest.js";
import { UsageError } from "./usage.js";

/** What a flag's text says, as the wire wants it. Throws `UsageError` naming flag, wanted and given. */
export function readValue(flag: Flag, text: string): unknown {
  if (flag.nullable && text === "null") return null;
  if (flag.enum) return oneOf(flag, flag.enum, text);
  switch (flag.type) {
    case "string":
      return text;
    case "boolean":
      return toggle(flag, text);
    case "integer":
      return integer(flag, text);
    case "number":
      if (text.trim() === "" || !Number.isFinite(Number(text))) throw wrong(flag, text, "a number is wanted");
      return Number(text);
    case "json":
      return json(flag, text);
  }
}

function oneOf(flag: Flag, words: readonly string[], text: string): string {
  if (words.includes(text)) return text;
  const meant = nearest(text, words);
  throw wrong(flag, text, `one of ${words.join(", ")} is wanted`, meant && `did you mean ${meant}?`);
}

function toggle(flag: Flag, text: string): boolean {
  if (text === "true") return true;
  if (text === "false") return false;
  throw wrong(flag, text, "true or false is wanted");
}

const UNITS: Readonly<Record<string, bigint>> = {
  K: 1n << 10n,
  M: 1n << 20n,
  G: 1n << 30n,
  T: 1n << 40n,
  P: 1n << 50n,
};

/** Integers, exact beyond 2^53; those in bytes also as `10G` or `10GiB`, which are powers of 1024. */
function integer(flag: Flag, text: string): number | bigint {
  const [, digits, unit] = /^(-?\d{1,20})(?:([KMGTP])(?:iB)?)?$/.exec(text) ?? [];
  const isBytes = flag.name.endsWith("_bytes");
  if (digits === undefined || (unit !== undefined && !isBytes)) {
    throw wrong(flag, text, isBytes ? "a whole number is wanted, in bytes or as 10G" : "a whole number is wanted");
  }
  const exact = BigInt(digits) * (UNITS[unit ?? ""] ?? 1n);
  return Number.isSafeInteger(Number(exact)) ? Number(exact) : exact;
}

function json(flag: Flag, text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    // A word needs no quotes: `--data raid1`.
    if (/^[A-Za-z][\w.-]*$/.test(text)) return text;
    throw wrong(flag, text, "a JSON value is wanted");
  }
}

const wrong = (flag: Flag, text: string, wanted: string, hint?: string): UsageError =>
  new UsageError(`${flag.flag}: ${wanted}, not ${JSON.stringify(text.slice(0, 80))}`, hint);
