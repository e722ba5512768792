import { subschemas } from "./schema-walk.js";
import type { Schema, Spec } from "./spec.js";

const SCHEMAS = "#/components/schemas/";
const ERRORS = "#/components/errors/";

/** The component's key that a `$ref` to a schema names, or undefined where it names something else. */
export const schemaKey = (ref: string): string | undefined =>
  ref.startsWith(SCHEMAS) ? ref.slice(SCHEMAS.length) : undefined;

/** The component's key that a `$ref` to an error names, or undefined where it names something else. */
export const errorKey = (ref: string): string | undefined =>
  ref.startsWith(ERRORS) ? ref.slice(ERRORS.length) : undefined;

/** The component that a key names; undefined for keys that are not there, `__proto__` among them. */
export const component = (spec: Spec, key: string): Schema | undefined =>
  Object.hasOwn(spec.components.schemas, key) ? spec.components.schemas[key] : undefined;

/** The key of the component that a schema stands for, if it is a `$ref` or a `$ref` with words of its own. */
export function referencedKey(schema: Schema): string | undefined {
  if (schema.$ref !== undefined) return schemaKey(schema.$ref);
  const [only, ...others] = schema.allOf ?? [];
  return only?.$ref !== undefined && others.length === 0 && schema.type === undefined
    ? schemaKey(only.$ref)
    : undefined;
}

/** What a schema says once `$ref`s, and `allOf`s that only wrap one, are followed. */
export function resolve(spec: Spec, schema: Schema): Schema {
  const key = referencedKey(schema);
  const target = key === undefined ? undefined : component(spec, key);
  return target ? resolve(spec, target) : schema;
}

/** Keys of the components that a schema names, itself or in any part of it; not what those name in turn. */
export function directReferences(schema: Schema): Set<string> {
  const keys = new Set<string>();
  for (const { schema: part } of subschemas(schema, "")) {
    const key = part.$ref === undefined ? undefined : schemaKey(part.$ref);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

/** Keys of all components that the schemas need, directly or through others, in the order of the specification. */
export function neededComponents(spec: Spec, schemas: Iterable<Schema>): string[] {
  const needed = new Set<string>();
  const visit = (schema: Schema): void => {
    for (const key of directReferences(schema)) {
      const target = component(spec, key);
      if (!target || needed.has(key)) continue;
      needed.add(key);
      visit(target);
    }
  };
  for (const schema of schemas) visit(schema);
  return Object.keys(spec.components.schemas).filter((key) => needed.has(key));
}
