import { anchor, code, link, prose, table } from "../markdown.js";
import { neededComponents, referencedKey, resolve } from "../references.js";
import { type Method, methodsByTag, type Schema, type Spec } from "../spec.js";

/** The page of types that several topics use. */
export const TYPES_PAGE = "types.md";

/** Which page each component is on: that of the one topic that uses it, or the page of types. */
export type Pages = ReadonlyMap<string, string>;

const schemasOf = ({ params, result }: Method): Schema[] => [...params.map(({ schema }) => schema), result.schema];

/** Spreads the components over the pages; `shared` are those that errors use too. */
export function typePages(spec: Spec, shared: Iterable<string>): Pages {
  const pages = new Map<string, string>();
  for (const [tag, methods] of methodsByTag(spec)) {
    for (const key of neededComponents(spec, methods.flatMap(schemasOf))) {
      pages.set(key, pages.has(key) ? TYPES_PAGE : `${tag}.md`);
    }
  }
  for (const key of shared) pages.set(key, TYPES_PAGE);
  return pages;
}

/** Renders schemas as seen from one page: a type on that page is a link within it. */
export class TypeText {
  constructor(
    private readonly spec: Spec,
    private readonly pages: Pages,
    private readonly page: string,
  ) {}

  /** A type's name, linked to where it is described. */
  name(key: string): string {
    const page = this.pages.get(key) ?? TYPES_PAGE;
    return link(key, `${page === this.page ? "" : page}#${anchor(key)}`);
  }

  /** What values a schema takes, in a few words. */
  of(schema: Schema): string {
    const key = referencedKey(schema);
    if (key !== undefined) return this.name(key);
    if (schema.const !== undefined) return code(JSON.stringify(schema.const));
    if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(", ");
    if (schema.type === "array" && schema.items) return `list of ${this.of(schema.items)}, at most ${schema.maxItems}`;
    const alternatives = schema.oneOf ?? schema.anyOf;
    if (schema.type === undefined && alternatives) return alternatives.map((one) => this.of(one)).join(" or ");
    return [[schema.type ?? "any"].flat().join(" or "), ...limits(schema)].join(", ");
  }

  /** The fields of an object, one a row; an inline object's own fields follow it. */
  private rows(schema: Schema, prefix = ""): string[][] {
    return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
      [code(prefix + name), this.of(property), schema.required?.includes(name) ? "yes" : "", this.describe(property)],
      ...this.rows(property.items ?? property, `${prefix}${name}${property.items ? "[]" : ""}.`),
    ]);
  }

  /** The words for a field: its own, or those of the type that it refers to. */
  private describe(schema: Schema): string {
    const fallback = schema.default === undefined ? "" : ` Default: ${code(JSON.stringify(schema.default))}.`;
    return prose(schema.description ?? resolve(this.spec, schema).description ?? "") + fallback;
  }

  /** The fields of an object as a table, or nothing. */
  fields(schema: Schema): string {
    const rows = this.rows(schema);
    const open = schema["x-open"] ? `Other fields may be there too: ${prose(schema["x-open"])}\n` : "";
    return [rows.length > 0 ? table(["Field", "Type", "Always", "Meaning"], rows) : "", open]
      .filter(Boolean)
      .join("\n");
  }

  /** The section of one component. */
  section(key: string): string {
    const schema = this.spec.components.schemas[key] ?? {};
    const fields = this.fields(schema);
    const type = fields ? "" : `${this.of(schema)}\n`;
    return [`### ${key}\n`, `${prose(schema.description ?? "")}\n`, type, fields].filter(Boolean).join("\n");
  }

  /** The sections of all components of this page. */
  sections(): string {
    const keys = Object.keys(this.spec.components.schemas).filter((key) => this.pages.get(key) === this.page);
    return keys.map((key) => this.section(key)).join("\n");
  }
}

function* limits(schema: Schema): Generator<string> {
  if (schema["x-uint64"]) yield `${schema.minimum ?? 0} to 2^64 − 1`;
  else if (schema.minimum !== undefined || schema.maximum !== undefined) yield `${schema.minimum} to ${schema.maximum}`;
  if (schema.maxLength !== undefined) yield `at most ${schema.maxLength} characters`;
  if (schema.pattern !== undefined) yield code(schema.pattern.replaceAll("`", "\\x60"));
}
