import type { Schema, Spec } from "./spec.js";

/** A schema and where it stands, such as `components.schemas.Route.properties.dst`. */
export interface Located {
  readonly schema: Schema;
  readonly where: string;
  /** How many inline objects it stands in, its own component or parameter included. */
  readonly objectDepth: number;
  /** Whether it says what a value is, and not only a condition on one that is described elsewhere. */
  readonly isValue: boolean;
}

const isSchema = (value: unknown): value is Schema => typeof value === "object" && value !== null;

function* children({ schema, where, objectDepth, isValue }: Located): Generator<Located> {
  const inside = schema.properties === undefined ? objectDepth : objectDepth + 1;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    yield { schema: property, where: `${where}.properties.${name}`, objectDepth: inside, isValue };
  }
  for (const keyword of ["items", "additionalProperties"] as const) {
    const child = schema[keyword];
    if (isSchema(child)) yield { schema: child, where: `${where}.${keyword}`, objectDepth: inside, isValue };
  }
  for (const keyword of ["not", "if", "then", "else"] as const) {
    const child = schema[keyword];
    if (isSchema(child)) yield { schema: child, where: `${where}.${keyword}`, objectDepth: inside, isValue: false };
  }
  for (const keyword of ["allOf", "anyOf", "oneOf"] as const) {
    for (const [index, child] of (schema[keyword] ?? []).entries()) {
      yield { schema: child, where: `${where}.${keyword}[${index}]`, objectDepth: inside, isValue: false };
    }
  }
}

function* walk(located: Located): Generator<Located> {
  yield located;
  for (const child of children(located)) yield* walk(child);
}

/** A schema and every schema inside it, without following `$ref`s. */
export const subschemas = (schema: Schema, where: string): Generator<Located> =>
  walk({ schema, where, objectDepth: 0, isValue: true });

/** The schemas that stand on their own: components, parameters, results. */
function* rootSchemas(spec: Spec): Generator<Located> {
  for (const [key, schema] of Object.entries(spec.components.schemas)) {
    yield { schema, where: `components.schemas.${key}`, objectDepth: 0, isValue: true };
  }
  for (const method of spec.methods) {
    for (const param of method.params) {
      yield { schema: param.schema, where: `${method.name} params.${param.name}`, objectDepth: 0, isValue: true };
    }
    yield { schema: method.result.schema, where: `${method.name} result`, objectDepth: 0, isValue: true };
  }
}

/** Every schema of the specification, with where it stands. */
export function* allSchemas(spec: Spec): Generator<Located> {
  for (const root of rootSchemas(spec)) yield* walk(root);
}
