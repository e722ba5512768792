import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { methods } from "../../generated/methods.gen.js";

const tables = readFileSync(join(import.meta.dirname, "../fixtures/reference-methods.txt"), "utf8");

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

describe("the generated method table against the reference's tables", () => {
  const reference = parse(tables);

  it("knows all 74 methods of the reference and no other", () => {
    expect(reference).toHaveLength(74);
    expect(Object.keys(methods).sort()).toEqual(reference.map(({ method }) => method).sort());
  });

  it.each(reference)("$method needs the right $right", ({ method, right, mosOnly }) => {
    expect(methods[method as keyof typeof methods]).toMatchObject({ right, mosOnly });
  });
});
