import type { Style } from "./style.js";
import { cut, padded, printable, widthOf, wrapped } from "./width.js";

export interface Column {
  readonly title: string;
  /** Numbers stand on the right. */
  readonly isNumber: boolean;
  /** A cell that is a list goes on below where its items do not fit side by side. */
  readonly cells: readonly (string | readonly string[])[];
}

const GAP = 2;
/** No column is made narrower than this; the first, which says what the row is about, and a list's items not than that. */
const NARROWEST = 8;
const NARROWEST_WHOLE = 24;
/** A longer list ends in `…`. */
const MOST_LINES = 6;

/** A table that fits: columns that are too wide share what is there, and the last ones are left out where that is too little. */
export function tableText(columns: readonly Column[], style: Style, width: number): string {
  const shown = fitting(columns, width);
  const widths = shared(shown, width);
  const line = (texts: readonly string[]) =>
    shown
      .map(({ isNumber }, index) => {
        const text = texts[index] ?? "";
        if (isNumber) return text.padStart((widths[index] ?? 0) - (widthOf(text) - text.length));
        return index === shown.length - 1 ? text : padded(text, widths[index] ?? 0);
      })
      .join(" ".repeat(GAP));
  const row = (_: unknown, at: number) => {
    const cells = shown.map((column, index) => cellLines(column.cells[at] ?? "", widths[index] ?? NARROWEST));
    const height = Math.max(...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_line, down) => line(cells.map((lines) => lines[down] ?? "")));
  };
  const rows = shown[0]?.cells.flatMap(row).map((text) => `${colouredRow(text.trimEnd(), style)}\n`) ?? [];
  const hidden = columns.slice(shown.length).map(({ title }) => title);
  const note = hidden.length === 0 ? [] : wrapped(`not shown: ${hidden.join(", ")} (--json)`, width);
  const notes = note.map((text) => `${style.dim(text)}\n`);
  return `${style.bold(line(shown.map(({ title }) => title)).trimEnd())}\n${rows.join("")}${notes.join("")}`;
}

/** A cell as lines of this width: a text is cut, a list goes on below. */
function cellLines(cell: string | readonly string[], width: number): string[] {
  const lines = typeof cell === "string" ? [cell] : wrapped(cell.join(" "), width);
  const kept = lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), "…"] : lines;
  return kept.map((text) => cut(text, width));
}

const GOOD = /\b(UP|ok|REACHABLE|FORWARDING|active|clean|finished)\b/g;
const WARN = /\b(warn|STALE|DELAY|degraded|delayed|differs|shadowed|running|paused|LISTENING|LEARNING)\b/g;
const BAD = /\b(fail|FAILED|DOWN|missing|aborted|blackhole|unreachable|BLOCKING)\b/g;

/** States are coloured as they would be said: well, careful, not well. */
export function colouredRow(row: string, style: Style): string {
  if (!style.isColoured) return row;
  return row
    .replace(GOOD, (word) => style.good(word))
    .replace(WARN, (word) => style.warn(word))
    .replace(BAD, (word) => style.bad(word));
}

const wanted = ({ title, cells }: Column): number =>
  Math.max(widthOf(title), ...cells.map((cell) => widthOf(typeof cell === "string" ? cell : cell.join(" "))));
const longestItem = ({ cells }: Column): number =>
  Math.max(0, ...cells.flatMap((cell) => (typeof cell === "string" ? [] : cell.map(widthOf))));
const least = (column: Column, index: number): number => {
  const whole = index === 0 ? NARROWEST_WHOLE : Math.min(NARROWEST_WHOLE, longestItem(column));
  return Math.min(wanted(column), Math.max(whole, NARROWEST, widthOf(column.title)));
};
const total = (widths: readonly number[]): number =>
  widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);

function fitting(columns: readonly Column[], width: number): readonly Column[] {
  let shown = columns;
  while (shown.length > 1 && total(shown.map(least)) > width) shown = shown.slice(0, -1);
  return shown;
}

/** The widest column gives until all fit. */
function shared(columns: readonly Column[], width: number): number[] {
  const widths = columns.map(wanted);
  const floors = columns.map(least);
  while (total(widths) > width) {
    const slack = widths.map((own, index) => own - (floors[index] ?? 0));
    const widest = slack.indexOf(Math.max(...slack));
    if ((slack[widest] ?? 0) <= 0) break;
    const over = total(widths) - width;
    widths[widest] = Math.max(
      floors[widest] ?? 0,
      (widths[widest] ?? 0) - Math.max(1, Math.min(over, Math.ceil((slack[widest] ?? 0) / 2))),
    );
  }
  return widths;
}

/** One value as a table shows it: a list of plain values as its items. */
export function tableCell(value: unknown, name = ""): string | readonly string[] {
  const isList = Array.isArray(value) && value.length > 1 && value.every((item) => typeof item !== "object");
  return isList ? value.map((item) => cellText(item, name)) : cellText(value, name);
}

/** One value in one line. */
export function cellText(value: unknown, name = ""): string {
  if (value === undefined || value === null) return "-";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if ((typeof value === "number" || typeof value === "bigint") && name.endsWith("_bytes")) return bytesText(value);
  if (typeof value === "number" && name.endsWith("_seconds")) return durationText(value);
  if (Array.isArray(value)) return value.length === 0 ? "-" : value.map((item) => cellText(item, name)).join(" ");
  if (typeof value === "object") {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined && item !== null);
    return entries.map(([key, item]) => `${key}=${cellText(item, key)}`).join(",");
  }
  return printable(String(value));
}

const SIZES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

/** `931.5 GiB`: powers of 1024, exact below one KiB. */
export function bytesText(bytes: number | bigint): string {
  let amount = Number(bytes);
  let unit = 0;
  while (Math.abs(amount) >= 1024 && unit < SIZES.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? amount : amount.toFixed(1)} ${SIZES[unit]}`;
}

/** `2d 3h`, `4m 5s`, `12s`: the two largest units. */
export function durationText(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [Math.floor(seconds % 60), "s"],
  ];
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first < 0) return `${seconds}s`;
  const shown = parts.slice(first, first + 2).filter(([amount]) => amount > 0);
  return shown.map(([amount, unit]) => `${amount}${unit}`).join(" ");
}
