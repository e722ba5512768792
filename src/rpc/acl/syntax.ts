import { parse, TomlDate, TomlError, type TomlTable, type TomlValue } from "smol-toml";
import type { AclProblem } from "./problems.js";

/** The tables of a TOML text, integers as bigint so that `0.0` is told from `0`; or its first syntax error. */
export function tablesOf(text: string): { readonly table: TomlTable } | { readonly problem: AclProblem } {
  try {
    return { table: parse(text, { integersAsBigInt: true, maxDepth: 32 }) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ""] = error.message.split("\n");
    const reason = `is not valid TOML: ${first.replace(/^Invalid TOML document: /, "")}`;
    return { problem: { path: "", line: error.line, column: error.column, reason } };
  }
}

export const isTable = (value: TomlValue): value is TomlTable =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Date);

/** A value's type in TOML's own words, with its article. */
export function typeOf(value: TomlValue): string {
  if (typeof value === "bigint") return "an integer";
  if (typeof value === "number") return "a float";
  if (typeof value === "object") return typeOfObject(value);
  return `a ${typeof value}`;
}

function typeOfObject(value: object): string {
  if (Array.isArray(value)) return "an array";
  if (!(value instanceof TomlDate)) return "a table";
  if (value.isDate()) return "a local date";
  if (value.isTime()) return "a local time";
  return value.isLocal() ? "a local date-time" : "an offset date-time";
}
