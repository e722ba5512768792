import { compile } from "json-schema-to-typescript";
import { commentText } from "../doc-comment.js";
import { paramsType, resultType } from "../names.js";
import { schemaKey } from "../references.js";
import { BANNER, type OutputFile } from "../source.js";
import type { Method, Schema, Spec } from "../spec.js";
import { paramsSchema } from "../validation.js";

const ROOT = "EverySchema";
/** Keywords that say something about values, not about types. */
const VALUES_ONLY: ReadonlySet<string> = new Set("examples title default if then else not".split(" "));

type Definition = Record<string, unknown>;

/**
 * A schema as the type compiler reads it. Titles of inner schemas would become exported types, and a `$ref` with
 * words beside it a second type, so titles go and references stand in an `allOf`.
 */
function forTypes(schema: Schema): Definition {
  if (schema["x-uint64"])
    return { tsType: "Uint64", ...(schema.description && { description: commentText(schema.description) }) };
  const entries = Object.entries(schema).filter(([keyword]) => !VALUES_ONLY.has(keyword));
  const converted = Object.fromEntries(entries.map(([keyword, value]) => [keyword, convert(keyword, value)]));
  return isConditionsOnly(schema) ? withoutConditions(converted) : converted;
}

function convert(keyword: string, value: unknown): unknown {
  if (keyword === "$ref") return `#/definitions/${schemaKey(String(value))}`;
  if (keyword === "description") return commentText(String(value));
  if (keyword === "enum" || keyword === "const" || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((entry) => (typeof entry === "object" ? forTypes(entry) : entry));
  if (keyword !== "properties") return forTypes(value);
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, forTypes(schema)]));
}

/** Whether an object's combiners only say which fields go together: no type can say that without losing the names. */
const isConditionsOnly = (schema: Schema): boolean =>
  schema.properties !== undefined && (schema.allOf ?? schema.anyOf ?? schema.oneOf) !== undefined;

const withoutConditions = ({ allOf, anyOf, oneOf, ...rest }: Definition): Definition => rest;

/** A definition under its own name; one that is only a reference would be dropped. */
const definition = (title: string, schema: Schema): Definition =>
  schema.$ref === undefined ? { ...forTypes(schema), title } : { title, allOf: [forTypes(schema)] };

function paramsDefinition(method: Method): Definition {
  const title = paramsType(method.name);
  const description = `Parameters of \`${method.name}\`.`;
  // An empty interface would take any object, misspelt names included.
  if (method.params.length === 0) return { title, description, tsType: "Record<string, never>" };
  const schema = paramsSchema(method);
  const properties = method.params.map(({ name, description, deprecated, schema }) => [
    name,
    {
      ...(schema.$ref === undefined ? forTypes(schema) : { allOf: [forTypes(schema)] }),
      description: commentText(description ?? ""),
      ...(deprecated && { deprecated }),
    },
  ]);
  return {
    title,
    description,
    type: "object",
    additionalProperties: false,
    required: schema.required,
    properties: Object.fromEntries(properties),
  };
}

function resultDefinition(method: Method): Definition {
  const title = resultType(method.name);
  return { ...definition(title, method.result.schema), description: `Result of \`${method.name}\`.` };
}

function definitions(spec: Spec): Record<string, Definition> {
  const components = Object.entries(spec.components.schemas).map(
    ([key, schema]) => [key, definition(key, schema)] as const,
  );
  const calls = spec.methods.flatMap((method) => [
    [paramsType(method.name), paramsDefinition(method)] as const,
    [resultType(method.name), resultDefinition(method)] as const,
  ]);
  return Object.fromEntries([...components, ...calls]);
}

/** Comments that the compiler adds of its own, about where a definition is referred to from. */
const PROVENANCE = /^ \*(?:\n \*)? This (?:interface|type) was referenced by `.*\n \* via the `definition` ".*"\.\n/gm;

/** `types.gen.ts`: every component schema under its title, and every method's parameters and result. */
export async function emitTypes(spec: Spec): Promise<OutputFile> {
  const root = {
    title: ROOT,
    type: "object",
    additionalProperties: false,
    properties: {},
    definitions: definitions(spec),
  };
  // The compiler's own schema type knows neither `tsType` nor our marks.
  const compiled = await compile(root as Parameters<typeof compile>[0], ROOT, {
    bannerComment: "",
    unreachableDefinitions: true,
    ignoreMinAndMaxItems: true,
    unknownAny: true,
    additionalProperties: false,
    style: { printWidth: 110 },
  });
  const types = compiled
    .replace(`export interface ${ROOT} {}\n`, "")
    .replace(PROVENANCE, "")
    .replace(/^\/\*\*\n \*\/\n/gm, "");
  const uint64 =
    "/** An exact unsigned 64-bit integer: `number` when safe, else `bigint`. */\nexport type Uint64 = number | bigint;\n";
  return { path: "types.gen.ts", text: `${BANNER}\n${uint64}\n${types.trimStart()}` };
}
