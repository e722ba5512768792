import type { Command } from "../../generated/commands.gen.js";
import { stringifyExactly } from "../../sdk/exact.js";
import { inFlags } from "./spoken.js";
import type { Style } from "./style.js";
import { type Column, cellText, colouredRow, tableCell, tableText } from "./table.js";
import { UsageError } from "./usage.js";
import { printable, wrapped } from "./width.js";

export type Form = "table" | "json" | "yaml" | "name";

export interface Screen {
  readonly style: Style;
  /** Columns of the terminal; what is no terminal has no edge. */
  readonly width: number;
}

/** The form that the flags ask for. */
export function formOf({ json, output }: { readonly json?: string; readonly output?: string }): Form {
  const forms: readonly Form[] = ["table", "json", "yaml", "name"];
  const form = json ? "json" : (forms.find((one) => one === (output ?? "table")) ?? undefined);
  if (form === undefined)
    throw new UsageError(`--output: one of ${forms.join(", ")} is wanted, not ${JSON.stringify(output)}`);
  return form;
}

/** A result as text, with a final line break. */
export async function resultText(command: Command, result: unknown, form: Form, screen: Screen): Promise<string> {
  if (form === "json") return `${stringifyExactly(result)}\n`;
  if (form === "yaml") return (await import("yaml")).stringify(result);
  if (form === "name") return namesIn(command, result);
  return peopleText(command, result, screen);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isRows = (value: unknown): value is readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject);

/** What a result's rows are: the result itself, or the list in it that its table shows. */
function rowsOf({ table }: Command, result: unknown): unknown {
  return table?.rows === undefined ? result : valueAt(result, table.rows);
}

/** The value behind a path such as `addr_info.local`; through lists, all of them; `local/prefixlen` is two fields as one text. */
function valueAt(value: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return at.map((item) => fieldOf(item, key)).filter((found) => found !== undefined);
    return fieldOf(at, key);
  }, value);
}

function fieldOf(value: unknown, key: string): unknown {
  if (!isObject(value)) return undefined;
  const [first = "", second] = key.split("/");
  if (second === undefined || value[first] === undefined || value[second] === undefined) return value[first];
  return `${value[first]}/${value[second]}`;
}

/** The first column of each row, a line each, or what a write made: what other commands take. */
function namesIn(command: Command, result: unknown): string {
  const rows = rowsOf(command, result);
  const [first] = command.table?.columns ?? [];
  const list = Array.isArray(rows) ? rows : [rows];
  const names = list.map((row) => (isObject(row) ? (first ? valueAt(row, first) : nameOf(row)) : row));
  return names.map((name) => `${cellText(name)}\n`).join("");
}

/** What tells one thing from another of its kind, the surest first. */
const NAMES = ["target", "path", "id", "name", "ifname", "dst", "uuid"];

/** The name of what an answer is about: its own, or that of the first thing in it that has one. */
function nameOf(answer: Readonly<Record<string, unknown>>): unknown {
  const things = [answer, ...Object.values(answer).filter(isObject)];
  const names = NAMES.flatMap((name) => things.map((thing) => thing[name]));
  return names.find((name) => typeof name === "string" || typeof name === "number") ?? Object.values(answer)[0];
}

function peopleText(command: Command, result: unknown, screen: Screen): string {
  const { table } = command;
  const rows = rowsOf(command, result);
  if (table && isRows(rows)) {
    const rest = table.rows === undefined || !isObject(result) ? {} : withoutKey(result, table.rows);
    return (
      detailText(rest, screen) + (Object.keys(rest).length === 0 ? "" : "\n") + rowsText(rows, screen, table.columns)
    );
  }
  if (isRows(result)) return rowsText(result, screen);
  if (Array.isArray(result))
    return result.length === 0 ? `${screen.style.dim("none")}\n` : result.map((item) => `${cellText(item)}\n`).join("");
  return isObject(result) ? detailText(withoutKey(result, "warnings"), screen) : `${cellText(result)}\n`;
}

const withoutKey = (object: Readonly<Record<string, unknown>>, key: string) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

/** Rows as a table; without given columns, those that hold plain values. */
function rowsText(
  rows: readonly Readonly<Record<string, unknown>>[],
  { style, width }: Screen,
  wanted?: readonly string[],
): string {
  const paths = wanted ?? [
    ...new Set(rows.flatMap((row) => Object.keys(row).filter((key) => !isObject(row[key]) && !isRows(row[key])))),
  ];
  const columns = paths.map((path): Column => {
    const values = rows.map((row) => valueAt(row, path));
    const name = lastOf(path);
    const isNumber =
      values.some((value) => value !== undefined) &&
      values.every((value) => value === undefined || typeof value === "number");
    const isShared = paths.some((other) => other !== path && titleOf(other) === titleOf(path));
    // `ports.ifname` beside `ifname` is a column of ports.
    return {
      title: isShared ? titleOf(path.split(".")[0] ?? path) : titleOf(path),
      isNumber,
      cells: values.map((value) => tableCell(value, name)),
    };
  });
  return tableText(columns, style, width);
}

const lastOf = (path: string): string => path.replace(/\/.*$/, "").replace(/^.*\./, "");

const titleOf = (path: string): string =>
  lastOf(path)
    .replace(/_(bytes|seconds)$/, "")
    .replaceAll("_", " ")
    .toUpperCase();

/** `key  value` a line; lists of objects as tables below. */
function detailText(object: Readonly<Record<string, unknown>>, screen: Screen): string {
  const plain = Object.entries(object).filter(([, value]) => !isRows(value) && !isDeep(value));
  const below = Object.entries(object).filter(([, value]) => isRows(value) || isDeep(value));
  const width = Math.max(0, ...plain.map(([key]) => key.length));
  const lines = plain.map(([key, value]) => {
    const [first = "", ...more] = wrapped(cellText(value, key), Math.max(20, screen.width - width - 2));
    const rows = [
      `${screen.style.bold(key.padEnd(width))}  ${colouredRow(first, screen.style)}`,
      ...more.map((row) => " ".repeat(width + 2) + row),
    ];
    return `${rows.join("\n")}\n`;
  });
  const blocks = below.map(
    ([key, value]) =>
      `\n${screen.style.bold(key)}\n${indent(isRows(value) ? rowsText(value, inner(screen)) : detailText(isObject(value) ? value : {}, inner(screen)))}`,
  );
  return lines.join("") + blocks.join("");
}

const inner = ({ style, width }: Screen): Screen => ({ style, width: width - 2 });
const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, "  ");

/** An object that one line would not hold. */
const isDeep = (value: unknown): boolean =>
  isObject(value) &&
  (Object.keys(value).length > 4 || Object.values(value).some((item) => isObject(item) || isRows(item)));

interface Warning {
  readonly kind: string;
  readonly message: string;
  readonly remedy?: string;
}

/** What a write warns of, for standard error. */
export function warningsText(result: unknown, style: Style, command: Command): string {
  const warnings = isObject(result) && Array.isArray(result.warnings) ? result.warnings.filter(isWarning) : [];
  return warnings
    .map(({ kind, message, remedy }) => {
      const next = remedy === undefined ? "" : `\n         ${printable(inFlags(remedy, command))}`;
      return `${style.warn("warning:")} ${printable(inFlags(message, command))} ${style.dim(`(${kind})`)}${next}\n`;
    })
    .join("");
}

const isWarning = (value: unknown): value is Warning =>
  isObject(value) && typeof value.kind === "string" && typeof value.message === "string";
