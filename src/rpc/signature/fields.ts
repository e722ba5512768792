import { refused, shown } from "./refused.js";

/** A request's header fields as they came, repetitions included. */
export class Fields {
  readonly #values = new Map<string, string[]>();

  /** Takes names and values in turn, which is how Node's `rawHeaders` has them. */
  constructor(rawHeaders: readonly string[]) {
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = (rawHeaders[index] ?? "").toLowerCase();
      const value = trimmed(rawHeaders[index + 1] ?? "");
      const known = this.#values.get(name);
      if (known === undefined) this.#values.set(name, [value]);
      else known.push(value);
    }
  }

  /** The one value of a field, undefined where it did not come; refuses a field that came twice, or with nothing in it. */
  one(name: string): string | undefined {
    const [value, ...more] = this.#values.get(name) ?? [];
    if (more.length > 0) throw refused("duplicated", `the field ${shown(name)} came ${more.length + 1} times`);
    if (value === "") throw refused("empty", `the field ${shown(name)} is empty`);
    return value;
  }

  /** The one value of a field; refuses a field that did not come, too. */
  required(name: string): string {
    const value = this.one(name);
    if (value === undefined) throw refused("malformed", `the field ${shown(name)} is missing`);
    return value;
  }
}

/** Without the blanks around it; a pattern would take quadratic time for a long run of them in the middle. */
function trimmed(value: string): string {
  const isBlank = (at: number) => value[at] === " " || value[at] === "\t";
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return value.slice(start, end);
}
