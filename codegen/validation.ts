import { _, Ajv, type CodeKeywordDefinition, type ValidateFunction } from "ajv";
import { schemaKey } from "./references.js";
import type { Method, Schema, Spec } from "./spec.js";

/** Schemas are known to ajv under addresses that never resolve: a bare `p:name` would parse as a URI scheme. */
const BASE = "https://my-os-server.invalid";
const schemaId = (key: string): string => `${BASE}/schemas/${key}`;

/** Keywords for readers; validators carry none of them. */
const ANNOTATIONS: ReadonlySet<string> = new Set(
  "title description default examples deprecated contentEncoding contentMediaType x-open x-secret x-complete".split(
    " ",
  ),
);
const MAPS_OF_SCHEMAS: ReadonlySet<string> = new Set(["properties", "patternProperties"]);
const DATA: ReadonlySet<string> = new Set(["enum", "const", "required"]);

/**
 * An exact unsigned 64-bit integer: a `bigint` up to 2^64 − 1, or a `number` that is safe. A larger `number` has
 * already lost its last digits, so it is refused.
 */
const uint64: CodeKeywordDefinition = {
  keyword: "x-uint64",
  schemaType: "number",
  code(context) {
    const { data, schema } = context;
    const least = Number(schema);
    context.pass(
      _`typeof ${data} == "bigint" ? ${data} >= BigInt(${least}) && ${data} <= BigInt("18446744073709551615") : Number.isSafeInteger(${data}) && ${data} >= ${least}`,
    );
  },
  error: { message: "must be an exact unsigned 64-bit integer" },
};

/** A schema as ajv gets it: annotations dropped, references absolute, 64-bit integers by our own keyword. */
function forAjv(schema: Schema): object {
  if (schema["x-uint64"]) return { "x-uint64": schema.minimum ?? 0 };
  const entries = Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, convert(keyword, value)]));
}

function convert(keyword: string, value: unknown): unknown {
  if (keyword === "$ref") return schemaId(schemaKey(String(value)) ?? "");
  if (DATA.has(keyword) || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(forAjv);
  if (!MAPS_OF_SCHEMAS.has(keyword)) return forAjv(value);
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, forAjv(schema)]));
}

/**
 * An ajv that knows every component. It stops at the first problem: a hostile array of half a million wrong entries
 * must cost one error, not half a million.
 */
export function makeAjv(spec: Spec, options: { readonly source: boolean }): Ajv {
  const ajv = new Ajv({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    strictTuples: true,
    allowUnionTypes: true,
    inlineRefs: false,
    messages: true,
    code: options.source ? { source: true, esm: true, lines: true } : {},
  });
  ajv.addKeyword(uint64);
  for (const [key, schema] of Object.entries(spec.components.schemas)) {
    ajv.addSchema({ $id: schemaId(key), ...forAjv(schema) });
  }
  return ajv;
}

/** Registers a schema that is no component and gives the address that ajv knows it by. */
export function addSchema(ajv: Ajv, path: string, schema: Schema): string {
  const $id = `${BASE}/${path}`;
  ajv.addSchema({ $id, ...wrapped(forAjv(schema)) });
  return $id;
}

/** In draft 7 a `$ref` hides what stands beside it, an `$id` too. */
const wrapped = (schema: object): object => ("$ref" in schema ? { allOf: [schema] } : schema);

/** The parameters of a method as one closed object. */
export const paramsSchema = (method: Method): Schema => ({
  type: "object",
  additionalProperties: false,
  required: method.params.filter(({ required }) => required).map(({ name }) => name),
  properties: Object.fromEntries(method.params.map(({ name, schema }) => [name, schema])),
});

/** A validator of one schema, for use while generating. */
export const compileSchema = (ajv: Ajv, schema: Schema): ValidateFunction => ajv.compile(wrapped(forAjv(schema)));
