/** A cell of the database in OVSDB's JSON (RFC 7047 §5.1): an atom, `["uuid", …]`, `["set", […]]` or `["map", […]]`. */
type Cell = unknown;

/** One row of a table, read column by column; a column that this version does not have reads as empty. */
export class Row {
  constructor(private readonly cells: ReadonlyMap<string, Cell>) {}

  get uuid(): string {
    return this.text("_uuid") ?? "";
  }

  /** An atom, or the only member of a set; undefined where the set is empty. */
  private atom(column: string): unknown {
    const cell = this.cells.get(column);
    if (!Array.isArray(cell)) return cell;
    if (cell[0] === "uuid") return cell[1];
    return cell[0] === "set" ? this.members(column)[0] : undefined;
  }

  text(column: string): string | undefined {
    const atom = this.atom(column);
    return typeof atom === "string" && atom !== "" ? atom : undefined;
  }

  number(column: string): number | undefined {
    const atom = this.atom(column);
    return typeof atom === "number" ? atom : undefined;
  }

  flag(column: string): boolean | undefined {
    const atom = this.atom(column);
    return typeof atom === "boolean" ? atom : undefined;
  }

  /** The text, where it is one of these words. */
  word<W extends string>(column: string, words: readonly W[]): W | undefined {
    const text = this.text(column);
    return words.find((word) => word === text);
  }

  private members(column: string): unknown[] {
    const cell = this.cells.get(column);
    if (cell === undefined || cell === "") return [];
    if (!Array.isArray(cell) || cell[0] === "uuid") return [uuidIn(cell)];
    return cell[0] === "set" && Array.isArray(cell[1]) ? cell[1].map(uuidIn) : [];
  }

  texts(column: string): string[] {
    return this.members(column).filter((member) => typeof member === "string");
  }

  numbers(column: string): number[] {
    return this.members(column).filter((member) => typeof member === "number");
  }

  strings(column: string): Record<string, string> {
    return Object.fromEntries(this.pairs(column).map(([key, value]) => [String(key), String(value)]));
  }

  counters(column: string): Record<string, number> {
    return Object.fromEntries(
      this.pairs(column).flatMap(([key, value]) =>
        typeof value === "number" && value >= 0 ? [[String(key), value]] : [],
      ),
    );
  }

  private pairs(column: string): [unknown, unknown][] {
    const cell = this.cells.get(column);
    return Array.isArray(cell) && cell[0] === "map" && Array.isArray(cell[1]) ? cell[1] : [];
  }
}

const uuidIn = (atom: unknown): unknown => (Array.isArray(atom) && atom[0] === "uuid" ? atom[1] : atom);

/** The rows of one `ovs-vsctl --format=json list`. Throws a SyntaxError for what is none. */
export function parseTable(line: string): Row[] {
  const table: unknown = JSON.parse(line);
  if (typeof table !== "object" || table === null || !("headings" in table) || !("data" in table)) {
    throw new SyntaxError("ovs-vsctl printed no table");
  }
  const { headings, data } = table;
  if (!Array.isArray(headings) || !Array.isArray(data)) throw new SyntaxError("ovs-vsctl printed no table");
  return data.map(
    (cells: unknown[]) => new Row(new Map(headings.map((heading, index) => [String(heading), cells[index]]))),
  );
}
