// No text that a daemon sends begins so.
const mark = `\u0000${crypto.randomUUID()}:`;
// Strings are matched so that digits inside one are never taken for a number.
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** `JSON.parse` that gives integers beyond 2^53 - 1 as bigint instead of rounding them. */
export function parseExactly(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(stringOrNumber, (token) =>
    /^-?\d{16,20}$/.test(token) && !Number.isSafeInteger(Number(token)) ? JSON.stringify(mark + token) : token,
  );
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === "string" && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

/** `JSON.stringify` that writes bigint as an integer. */
export function stringifyExactly(value: unknown): string {
  const integers: string[] = [];
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== "bigint") return item;
    integers.push(item.toString());
    return `${mark}${integers.length - 1}`;
  });
  if (integers.length === 0) return text;
  const marked = new RegExp(`"${JSON.stringify(mark).slice(1, -1).replaceAll("\\", "\\\\")}(\\d+)"`, "g");
  return text.replace(marked, (_whole, index: string) => integers[Number(index)] ?? "null");
}
