import type { TomlTable, TomlValue } from "smol-toml";
import { nearest } from "../../words/nearest.js";
import type { Located, Path, Problems } from "./problems.js";
import type { Read } from "./public-key.js";
import { shown } from "./shown.js";
import { isTable, typeOf } from "./syntax.js";

/** Reads one table field by field; whatever does not fit is noted as a problem and left out. */
export class TableReader {
  constructor(
    private readonly table: TomlTable,
    readonly path: Path,
    private readonly problems: Problems,
    allowed: readonly string[],
  ) {
    for (const key of Object.keys(table)) {
      if (allowed.includes(key)) continue;
      const reason = `there is no such key here; the keys are ${quotedList(allowed)}`;
      problems.add([...path, key], reason, nearest(key, allowed));
    }
  }

  /** The field's value; a required one that is not there is a problem of the table. */
  field(name: string, presence: "required" | "optional"): Located<TomlValue> | undefined {
    const value = Object.hasOwn(this.table, name) ? this.table[name] : undefined;
    if (value !== undefined) return { value, path: [...this.path, name] };
    if (presence === "required") this.problems.add(this.path, `lacks \`${name}\``);
    return undefined;
  }

  /** A string, as `read` understands it. */
  text<T>(name: string, presence: "required" | "optional", read: (text: string) => Read<T>): Located<T> | undefined {
    const field = this.field(name, presence);
    return field && this.#read(field, read);
  }

  /** An array of strings, as `read` understands each; empty where it is absent. */
  texts<T>(name: string, presence: "required" | "optional", read: (text: string) => Read<T>): readonly Located<T>[] {
    return this.elements(name, presence, "strings").flatMap((element) => this.#read(element, read) ?? []);
  }

  elements(name: string, presence: "required" | "optional", of: string): readonly Located<TomlValue>[] {
    const field = this.field(name, presence);
    if (!field) return [];
    const { value, path } = field;
    if (Array.isArray(value)) return value.map((element, index) => ({ value: element, path: [...path, index] }));
    this.problems.add(path, `is ${typeOf(value)}; wanted an array of ${of}`);
    return [];
  }

  /** The tables of an array of tables `[[name]]`, with their places. */
  tables(name: string): readonly Located<TomlTable>[] {
    const field = this.field(name, "optional");
    if (!field) return [];
    if (Array.isArray(field.value)) return field.value.flatMap((value, index) => this.#tableAt(value, index, name));
    this.problems.add(field.path, `is ${typeOf(field.value)}; wanted an array of tables: write [[${name}]]`);
    return [];
  }

  #tableAt(value: TomlValue, index: number, name: string): Located<TomlTable>[] {
    const path = [...this.path, name, index];
    if (isTable(value)) return [{ value, path }];
    this.problems.add(path, `is ${typeOf(value)}; wanted a table: write [[${name}]]`);
    return [];
  }

  #read<T>({ value, path }: Located<TomlValue>, read: (text: string) => Read<T>): Located<T> | undefined {
    if (typeof value !== "string") {
      this.problems.add(path, `is ${typeOf(value)}; wanted a string`);
      return undefined;
    }
    const result = read(value);
    if ("value" in result) return { value: result.value, path };
    this.problems.add(path, result.problem, result.nearest);
    return undefined;
  }
}

/** Reads one of a few words. */
export function oneOf<W extends string>(words: readonly W[]): (text: string) => Read<W> {
  return (text) => {
    const word = words.find((known) => known === text);
    if (word !== undefined) return { value: word };
    const meant = nearest(text, words);
    const problem = `is ${shown(text)}; wanted ${quotedList(words)}`;
    return meant === undefined ? { problem } : { problem, nearest: meant };
  };
}

function quotedList(words: readonly string[]): string {
  const quoted = words.map((word) => `\`${word}\``);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}
