import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import type { Path, Position } from "./problems.js";

/** Where the parts of a TOML text stand. */
export interface Places {
  /** The place of a value, or of the nearest thing around it that has one. */
  positionOf(path: Path): Position | undefined;
  /** A date that is in no calendar, such as the 30th of February: the parser of values takes it for another day. */
  readonly impossibleDate?: Position;
}

/**
 * Finds places in a TOML text that is known to be valid. A text that this parser cannot read is a text without
 * places, never an error: whether it is valid is decided elsewhere.
 */
export function placesIn(text: string): Places {
  const positions = new Map<string, Position>();
  try {
    for (const node of parseTOML(text).body[0].body) visit(node, [], positions);
  } catch (error) {
    // A text too deep for this parser overflows its stack; whatever it throws, places are all that is lost.
    return { positionOf: () => undefined, ...impossibleDateIn(error) };
  }
  return {
    positionOf(path) {
      for (let length = path.length; length > 0; length--) {
        const position = positions.get(keyOf(path.slice(0, length)));
        if (position) return position;
      }
      return undefined;
    },
  };
}

type Statement = AST.TOMLTable | AST.TOMLKeyValue;

function visit(node: Statement, parent: Path, positions: Map<string, Position>): void {
  if (node.type === "TOMLTable") {
    note(node.resolvedKey, node, positions);
    for (const entry of node.body) visit(entry, node.resolvedKey, positions);
    return;
  }
  let path = parent;
  for (const key of node.key.keys) {
    path = [...path, key.type === "TOMLBare" ? key.name : key.value];
    note(path, node, positions);
  }
  visitValue(node.value, path, positions);
}

function visitValue(value: AST.TOMLContentNode, path: Path, positions: Map<string, Position>): void {
  if (value.type === "TOMLInlineTable") for (const entry of value.body) visit(entry, path, positions);
  if (value.type !== "TOMLArray") return;
  for (const [index, element] of value.elements.entries()) {
    const inner = [...path, index];
    note(inner, element, positions);
    visitValue(element, inner, positions);
  }
}

/** The first mention counts: `[a.b]` after `[a]` does not move `a`. */
function note(path: Path, { loc }: AST.HasLocs, positions: Map<string, Position>): void {
  for (let length = path.length; length > 0; length--) {
    const key = keyOf(path.slice(0, length));
    if (positions.has(key)) return;
    positions.set(key, { line: loc.start.line, column: loc.start.column + 1 });
  }
}

const keyOf = (path: Path): string => JSON.stringify(path);

function impossibleDateIn(error: unknown): { impossibleDate?: Position } {
  if (!(error instanceof ParseError) || !/invalid date/.test(error.message)) return {};
  return { impossibleDate: { line: error.lineNumber, column: error.column + 1 } };
}
