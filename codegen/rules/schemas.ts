import { allSchemas, type Located } from "../schema-walk.js";
import type { Schema } from "../spec.js";
import type { Rule, Violation } from "../violation.js";

/** The keywords of JSON Schema draft 7 that generation understands, and our own marks. */
const KEYWORDS: ReadonlySet<string> = new Set(
  `$ref title description type enum const default examples deprecated
   properties required additionalProperties minProperties maxProperties
   items minItems maxItems uniqueItems minLength maxLength pattern contentEncoding
   minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
   allOf anyOf oneOf not if then else x-open x-uint64 x-secret x-complete`.split(/\s+/),
);

type SchemaRule = (located: Located) => string | undefined;

const hasType = ({ type }: Schema, name: string): boolean =>
  (typeof type === "string" ? [type] : (type ?? [])).includes(name);
const isClosedList = (schema: Schema): boolean => schema.enum !== undefined || schema.const !== undefined;
const isPlainObject = (value: unknown): boolean => typeof value === "object" && value !== null && !Array.isArray(value);

const SAYS_TYPE = ["type", "$ref", "enum", "const", "allOf", "anyOf", "oneOf"] as const;

const rules: readonly SchemaRule[] = [
  ({ schema, isValue }) =>
    isValue && SAYS_TYPE.every((keyword) => schema[keyword] === undefined) ? "has no `type`" : undefined,
  ({ schema }) => {
    const siblings = Object.keys(schema).filter((key) => key !== "$ref");
    if (schema.$ref === undefined || siblings.length === 0) return undefined;
    return `${siblings.map((key) => `\`${key}\``).join(", ")} beside \`$ref\` is ignored by draft 7; wrap the reference in \`allOf\``;
  },
  ({ schema }) => {
    const unknown = Object.keys(schema).filter((key) => !KEYWORDS.has(key));
    return unknown.length === 0
      ? undefined
      : `${unknown.map((key) => `\`${key}\``).join(", ")} is no draft-07 keyword or mark that we use`;
  },
  ({ schema }) => {
    if (!hasType(schema, "object")) return undefined;
    const reason = schema["x-open"];
    if (schema.additionalProperties === false)
      return reason === undefined ? undefined : "is closed, so `x-open` is wrong";
    return reason?.trim()
      ? undefined
      : "is an open object: close it with `additionalProperties: false` or say why in `x-open`";
  },
  ({ schema, isValue }) =>
    isValue && schema.properties !== undefined && !hasType(schema, "object")
      ? "has `properties` but is no `object`"
      : undefined,
  ({ schema }) =>
    hasType(schema, "string") && schema.maxLength === undefined && !isClosedList(schema)
      ? "is a string without `maxLength`"
      : undefined,
  ({ schema }) =>
    hasType(schema, "array") && schema.maxItems === undefined ? "is an array without `maxItems`" : undefined,
  ({ schema }) =>
    hasType(schema, "array") && !isPlainObject(schema.items)
      ? "is an array without one schema for its `items`"
      : undefined,
  ({ schema }) => {
    if ((!hasType(schema, "integer") && !hasType(schema, "number")) || isClosedList(schema)) return undefined;
    const bounded = schema.minimum !== undefined && schema.maximum !== undefined;
    return bounded ? undefined : "is a number without `minimum` and `maximum`";
  },
  ({ schema }) => {
    const missing = (schema.required ?? []).filter((name) => !Object.hasOwn(schema.properties ?? {}, name));
    if (missing.length === 0 || schema.type === undefined) return undefined;
    return `requires ${missing.map((name) => `\`${name}\``).join(", ")}, which it does not define`;
  },
  ({ schema }) => {
    if (schema.pattern === undefined) return undefined;
    try {
      new RegExp(schema.pattern, "u");
      return undefined;
    } catch {
      return "has a `pattern` that is no Unicode regular expression";
    }
  },
  ({ schema, objectDepth }) =>
    schema.properties !== undefined && objectDepth > 1
      ? "is an object inside an inline object: give it a component of its own"
      : undefined,
  ({ schema }) =>
    schema["x-uint64"] !== undefined && !(schema["x-uint64"] === true && schema.type === "integer")
      ? "`x-uint64` is true, on integers only"
      : undefined,
];

function* propertyProblems({ schema, where, isValue }: Located): Generator<Violation> {
  if (!isValue) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const at = `${where}.properties.${name}`;
    if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) yield { where: at, sentence: "the name is not snake_case" };
    if (name in {}) yield { where: at, sentence: "every object has a member of this name already" };
    // A bare reference is described by its target.
    if (property.$ref === undefined && !property.description?.trim()) {
      yield { where: at, sentence: "has no `description`" };
    }
  }
}

/** What every schema, wherever it stands, must be: closed, bounded, described and of draft 7. */
export const schemaRules: Rule = function* (spec): Generator<Violation> {
  for (const located of allSchemas(spec)) {
    for (const rule of rules) {
      const sentence = rule(located);
      if (sentence !== undefined) yield { where: located.where, sentence };
    }
    yield* propertyProblems(located);
  }
};

/** What a schema must be to stand in `components.schemas`. */
export const componentRules: Rule = function* (spec): Generator<Violation> {
  for (const [key, schema] of Object.entries(spec.components.schemas)) {
    const where = `components.schemas.${key}`;
    if (!/^[A-Z][A-Za-z0-9]*$/.test(key)) yield { where, sentence: "the key is not PascalCase" };
    if (schema.title !== key)
      yield { where, sentence: `\`title\` is ${JSON.stringify(schema.title) ?? "absent"}, not the key` };
    if (!schema.description?.trim()) yield { where, sentence: "has no `description`" };
  }
};
