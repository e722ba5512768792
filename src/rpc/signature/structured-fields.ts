import { refused } from "./refused.js";

/** A bare item of RFC 9651 (decimals, dates and display strings, which no signature field uses, are refused). */
export type BareItem =
  | { readonly type: "string" | "token"; readonly value: string }
  | { readonly type: "integer"; readonly value: number }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "bytes"; readonly value: Buffer };

export type Parameters = ReadonlyMap<string, BareItem>;

export interface Item {
  readonly kind: "item";
  readonly bare: BareItem;
  readonly parameters: Parameters;
}

export interface InnerList {
  readonly kind: "list";
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}

export type Dictionary = ReadonlyMap<string, Item | InnerList>;

/** Several times what a signature needs; a stranger's text is not worth reading at any length. */
const LONGEST = 2048;
const KEY = /[a-z*][a-z0-9_.*-]*/y;
const STRING = /"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"/y;
const INTEGER = /-?\d{1,15}(?![\d.])/y;
const TOKEN = /[A-Za-z*][!#$%&'*+.^_`|~0-9A-Za-z:/-]*/y;
const BYTES = /:([A-Za-z0-9+/]*={0,2}):/y;
const BOOLEAN = /\?([01])/y;
const SPACES = / */y;
const BLANKS = /[ \t]*/y;

/**
 * Reads a dictionary. Stricter than RFC 9651, under which the last of equal keys silently wins:
 * here a key that comes twice is `duplicated`. Refuses everything else that is no dictionary as `malformed`.
 */
export function parseDictionary(field: string, text: string): Dictionary {
  if (text.length > LONGEST) throw refused("malformed", `${field} has more than ${LONGEST} characters`);
  return new Reader(field, text).dictionary();
}

class Reader {
  #at = 0;

  constructor(
    private readonly field: string,
    private readonly text: string,
  ) {}

  dictionary(): Dictionary {
    const members = new Map<string, Item | InnerList>();
    this.#take(SPACES);
    while (!this.#isAtEnd) {
      const key = this.#newKey(members);
      members.set(key, this.#is("=") ? this.#member() : this.#item({ type: "boolean", value: true }));
      this.#take(BLANKS);
      if (this.#isAtEnd) break;
      this.#expect(",");
      this.#take(BLANKS);
      if (this.#isAtEnd) throw this.#malformed("something after the last comma");
    }
    return members;
  }

  #member(): Item | InnerList {
    return this.#is("(") ? this.#innerList() : this.#item(this.#bare());
  }

  #innerList(): InnerList {
    const items: Item[] = [];
    for (;;) {
      const spaces = this.#take(SPACES)?.[0] ?? "";
      if (this.#is(")")) return { kind: "list", items, parameters: this.#parameters() };
      if (items.length > 0 && spaces === "") throw this.#malformed("a space or `)`");
      items.push(this.#item(this.#bare()));
    }
  }

  #item(bare: BareItem): Item {
    return { kind: "item", bare, parameters: this.#parameters() };
  }

  #parameters(): Parameters {
    const parameters = new Map<string, BareItem>();
    while (this.#is(";")) {
      this.#take(SPACES);
      const key = this.#newKey(parameters);
      parameters.set(key, this.#is("=") ? this.#bare() : { type: "boolean", value: true });
    }
    return parameters;
  }

  #bare(): BareItem {
    const string = this.#take(STRING)?.[1];
    if (string !== undefined) return { type: "string", value: string.replace(/\\(.)/g, "$1") };
    const bytes = this.#take(BYTES)?.[1];
    if (bytes !== undefined) return { type: "bytes", value: this.#decoded(bytes) };
    const integer = this.#take(INTEGER)?.[0];
    if (integer !== undefined) return { type: "integer", value: Number(integer) };
    const boolean = this.#take(BOOLEAN)?.[1];
    if (boolean !== undefined) return { type: "boolean", value: boolean === "1" };
    const token = this.#take(TOKEN)?.[0];
    if (token !== undefined) return { type: "token", value: token };
    throw this.#malformed("a string, bytes, an integer, a boolean or a token");
  }

  /** Only the one spelling of the bytes: Buffer itself would read almost anything as base64. */
  #decoded(base64: string): Buffer {
    const bytes = Buffer.from(base64, "base64");
    if (bytes.toString("base64") !== base64) throw this.#malformed("padded base64 before here");
    return bytes;
  }

  #newKey(known: ReadonlyMap<string, unknown>): string {
    const key = this.#take(KEY)?.[0];
    if (key === undefined) throw this.#malformed("a lower-case key");
    if (known.has(key)) throw refused("duplicated", `${this.field} has \`${key.slice(0, 80)}\` twice`);
    return key;
  }

  get #isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  /** Steps over a character if it comes next. */
  #is(character: string): boolean {
    if (this.text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #expect(character: string): void {
    if (!this.#is(character)) throw this.#malformed(`\`${character}\``);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text) ?? undefined;
    if (match !== undefined) this.#at += match[0].length;
    return match;
  }

  #malformed(wanted: string) {
    return refused("malformed", `${this.field} is no structured dictionary: ${wanted} is missing at byte ${this.#at}`);
  }
}

/** The bytes of a member that is nothing but bytes. */
export const bytesOf = (member: Item | InnerList): Buffer | undefined =>
  member.kind === "item" && member.bare.type === "bytes" && member.parameters.size === 0
    ? member.bare.value
    : undefined;

/** The one way to write an inner list down (RFC 9651 §4.1.1.1), whatever spaces it came with. */
export const serializeInnerList = ({ items, parameters }: InnerList): string =>
  `(${items.map((item) => serializeBare(item.bare) + serializeParameters(item.parameters)).join(" ")})${serializeParameters(parameters)}`;

export const serializeString = (value: string): string => `"${value.replace(/["\\]/g, "\\$&")}"`;

function serializeBare(bare: BareItem): string {
  switch (bare.type) {
    case "string":
      return serializeString(bare.value);
    case "bytes":
      return `:${bare.value.toString("base64")}:`;
    case "boolean":
      return bare.value ? "?1" : "?0";
    default:
      return String(bare.value);
  }
}

const serializeParameters = (parameters: Parameters): string =>
  [...parameters]
    .map(([key, bare]) => (bare.type === "boolean" && bare.value ? `;${key}` : `;${key}=${serializeBare(bare)}`))
    .join("");
