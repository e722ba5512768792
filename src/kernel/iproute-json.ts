import type { Exact } from "./net-model.js";
import { decodeText } from "./text.js";

/** A value as `ip -j` writes it. An object is a list of entries, since `ip` repeats keys (a tunnel's `dst` in a route's). */
export type IpValue = string | Exact | boolean | null | IpValue[] | IpObject;

/** The entries of one object, in order. */
export class IpObject {
  constructor(readonly entries: readonly (readonly [name: string, value: IpValue])[]) {}

  /** The first value of a key. */
  get(name: string): IpValue | undefined {
    return this.entries.find(([key]) => key === name)?.[1];
  }

  text(name: string): string | undefined {
    const value = this.get(name);
    return typeof value === "string" ? value : undefined;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    return typeof value === "number" ? value : undefined;
  }

  object(name: string): IpObject | undefined {
    const value = this.get(name);
    return value instanceof IpObject ? value : undefined;
  }

  /** The objects of a list; none where it is absent. */
  objects(name: string): IpObject[] {
    const value = this.get(name);
    return Array.isArray(value) ? value.filter((item) => item instanceof IpObject) : [];
  }

  texts(name: string): string[] {
    const value = this.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
  }

  /** Whether a key is there as a flag: `ip` writes null, or true. */
  flag(name: string): boolean {
    const value = this.get(name);
    return value === null || value === true;
  }
}

const TOKEN =
  /\s*(?:([[\]{}:,])|"((?:[^"\\]|\\[\s\S])*)"|(-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)|(true|false|null))/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["f", "\f"],
  ["b", "\b"],
]);

/** Undoes the escapes of `ip`: it also writes `\'`, and leaves control characters and odd bytes as they are. */
const plainText = (latin1: string): string => {
  const plain = latin1.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (ESCAPES.get(code) ?? code),
  );
  return decodeText(Buffer.from(plain, "latin1"));
};

const exact = (digits: string): Exact => {
  const value = Number(digits);
  return Number.isSafeInteger(value) || !/^-?[0-9]+$/.test(digits) ? value : BigInt(digits);
};

/**
 * Reads `ip -j`'s output, which is not quite JSON: keys repeat, `\'` is an escape, control characters stand bare,
 * numbers go to 2^64. Throws `SyntaxError` where it is not even that.
 */
export function parseIpJson(output: Buffer): IpValue {
  const parser = new Parser(output.toString("latin1"));
  const value = parser.value(parser.next());
  parser.end();
  return value;
}

type Token = readonly [kind: "mark" | "text" | "number" | "word", text: string];

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  next(): Token {
    TOKEN.lastIndex = this.at;
    const [whole, mark, text, number, word] = TOKEN.exec(this.text) ?? [];
    if (whole === undefined) throw new SyntaxError(`no JSON at character ${this.at} of ip's output`);
    this.at += whole.length;
    if (mark !== undefined) return ["mark", mark];
    if (text !== undefined) return ["text", text];
    return number === undefined ? ["word", word ?? ""] : ["number", number];
  }

  value([kind, text]: Token): IpValue {
    if (kind === "text") return plainText(text);
    if (kind === "number") return exact(text);
    if (kind === "word") return text === "null" ? null : text === "true";
    if (text === "[") return this.list();
    if (text === "{") return this.object();
    throw new SyntaxError(`'${text}' at character ${this.at} of ip's output`);
  }

  end(): void {
    if (this.text.slice(this.at).trim() !== "") throw new SyntaxError("ip's output goes on after its end");
  }

  private list(): IpValue[] {
    const items: IpValue[] = [];
    for (let token = this.next(); token[1] !== "]" || token[0] !== "mark"; token = this.next()) {
      if (token[0] === "mark" && token[1] === ",") continue;
      items.push(this.value(token));
    }
    return items;
  }

  private object(): IpObject {
    const entries: [string, IpValue][] = [];
    for (let token = this.next(); token[1] !== "}" || token[0] !== "mark"; token = this.next()) {
      if (token[0] === "mark" && token[1] === ",") continue;
      const [kind, colon] = this.next();
      if (token[0] !== "text" || kind !== "mark" || colon !== ":") {
        throw new SyntaxError(`no key at character ${this.at} of ip's output`);
      }
      entries.push([plainText(token[1]), this.value(this.next())]);
    }
    return new IpObject(entries);
  }
}
