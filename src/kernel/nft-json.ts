import { isUtf8 } from "node:buffer";
import type { Exact } from "./net-model.js";
import { decodeText } from "./text.js";

/** A value as libnftables prints it; numbers are exact. */
export type NftValue = string | Exact | boolean | null | NftValue[] | NftObjectValue;
export type NftObjectValue = { [name: string]: NftValue };

export const isNftObject = (value: NftValue | undefined): value is NftObjectValue =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const STRING_OR_LONG_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d{16,}/g;
/** Before a number that JSON would round; no text of a kernel's begins with it. */
const MARK = "\u0000";

/** Reads libnftables' JSON: 64-bit counters stay exact, bytes that are no UTF-8 become `\xNN`. */
export function parseNftJson(output: Buffer): NftValue {
  const text = isUtf8(output)
    ? output.toString("utf8")
    : decodeText(output).replace(/(?<!\\)\\x(?=[0-9a-f]{2})/g, "\\\\x");
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const marked = text.replace(STRING_OR_LONG_NUMBER, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === "string" && value.startsWith(MARK) ? exact(value.slice(1)) : value,
  );
}

const exact = (digits: string): Exact => (Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits));

/** The objects that a listing is made of: what each is, and it. */
export function* listed(output: NftValue): Generator<[kind: string, object: NftObjectValue]> {
  const items = isNftObject(output) ? output.nftables : undefined;
  for (const item of Array.isArray(items) ? items : []) {
    if (!isNftObject(item)) continue;
    for (const [kind, object] of Object.entries(item)) if (isNftObject(object)) yield [kind, object];
  }
}

export const textOf = (value: NftValue | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

export const numberOf = (value: NftValue | undefined): number | undefined =>
  typeof value === "number" ? value : undefined;

/** A 64-bit counter; libnftables prints those beyond 2^63 as negative numbers. */
export function counterOf(value: NftValue | undefined): Exact | undefined {
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  return value < 0 ? exact(String(BigInt.asUintN(64, BigInt(value)))) : value;
}

/** One text or a list of them, as libnftables collapses lists of one. */
export function textsOf(value: NftValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => (typeof item === "string" ? item : writeValue(item)));
}

/** A value as JSON text, 64-bit numbers exact. */
export function writeValue(value: NftValue): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(writeValue).join(",")}]`;
  if (!isNftObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, inner]) => `${JSON.stringify(name)}:${writeValue(inner)}`)
    .join(",")}}`;
}
