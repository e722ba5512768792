import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The right that the line opening a table grants to the methods below it. */
const opens: readonly (readonly [RegExp, string])[] = [
  [/^Read-only/, "read"],
  [/^Write/, "write"],
  [/^Admin/, "admin"],
  [/^Built-in/, "none"],
];

interface Row {
  readonly method: string;
  readonly right: string;
  readonly mosOnly: boolean;
}

function parse(text: string): Row[] {
  let right = "";
  const rows: Row[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries()) {
    right = opens.find(([pattern]) => pattern.test(line))?.[1] ?? right;
    const method = /^`?((?:net|vol|rpc)\.[a-z_.]+)`?\s*\|/.exec(line)?.[1];
    if (method) rows.push({ method, right, mosOnly: (lines[index + 1] ?? "").includes("(MOS only)") });
  }
  return rows;
}

/** The methods and their rights as the reference's own tables have them. */
export const referenceTable: readonly Row[] = parse(
  readFileSync(join(import.meta.dirname, "../fixtures/reference-methods.txt"), "utf8"),
);
