import { randomUUID } from "node:crypto";

// Nobody outside can guess it, so no string of theirs passes for a number.
const mark = `${randomUUID()}:`;
// Strings are matched so that digits inside one are never taken for a number.
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * `JSON.parse` that gives 64-bit integers beyond 2^53 − 1 as bigint instead of rounding them.
 * What is longer than any of them is left to `JSON.parse`: reading a million digits would cost more than they are worth.
 */
export function parseExactly(text: string): unknown {
  const rounded: unknown = JSON.parse(text);
  if (!/\d{16}/.test(text)) return rounded;
  const marked = text.replace(stringOrNumber, (token) =>
    /^-?\d{16,20}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}
