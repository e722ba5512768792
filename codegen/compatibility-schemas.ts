import { isDeepStrictEqual } from "node:util";
import { resolve } from "./references.js";
import type { Schema, Spec } from "./spec.js";

/** `in`: callers send it, so it may not become narrower. `out`: callers read it, so it may not lose or change anything. */
export type Direction = "in" | "out";

export interface Comparison {
  readonly before: Spec;
  readonly after: Spec;
  readonly direction: Direction;
}

/** Bounds of values that callers send: a lower one may not rise, an upper one may not fall. */
export const LOWER = ["minimum", "minLength", "minItems", "minProperties"] as const;
export const UPPER = ["maximum", "maxLength", "maxItems", "maxProperties"] as const;
/** What can only be compared as a whole. */
const OPAQUE = ["anyOf", "oneOf", "allOf", "not", "if", "then", "else"] as const;

/**
 * What changed in a schema that breaks callers: each a path and a few words, such as
 * `.gateway: the type is integer instead of string`.
 */
export const schemaChanges = (before: Spec, after: Spec, direction: Direction, old: Schema, now: Schema): string[] =>
  compare({ before, after, direction }, old, now, "");

function compare(comparison: Comparison, oldSchema: Schema, newSchema: Schema, path: string): string[] {
  const old = resolve(comparison.before, oldSchema);
  const now = resolve(comparison.after, newSchema);
  const changes = [
    ...typeChanges(comparison, old, now),
    ...valueChanges(comparison, old, now),
    ...(comparison.direction === "in" ? narrowedBounds(old, now) : []),
    ...opaqueChanges(comparison, old, now),
    ...(comparison.direction === "in" ? defaultChanges(comparison, oldSchema, newSchema) : []),
  ];
  return [
    ...changes.map((change) => `${path}: ${change}`),
    ...propertyChanges(comparison, old, now, path),
    ...(old.items && now.items ? compare(comparison, old.items, now.items, `${path}[]`) : []),
  ];
}

export const typesOf = ({ type }: Schema): readonly string[] => [type ?? []].flat();

/** Callers who send must keep every type they had; callers who read must not meet a new one. */
function typeChanges({ direction }: Comparison, old: Schema, now: Schema): string[] {
  const [wider, narrower] = direction === "in" ? [typesOf(now), typesOf(old)] : [typesOf(old), typesOf(now)];
  const fits = (type: string): boolean => wider.includes(type) || (type === "integer" && wider.includes("number"));
  const changes: string[] = [];
  if (!narrower.every(fits) || wider.length > 0 !== narrower.length > 0) {
    changes.push(
      `the type is ${typesOf(now).join(" or ") || "open"} instead of ${typesOf(old).join(" or ") || "open"}`,
    );
  }
  if (direction === "out" && now["x-uint64"] && !old["x-uint64"])
    changes.push("the value may now exceed a safe integer");
  if (direction === "in" && old["x-uint64"] && !now["x-uint64"])
    changes.push("the value can no longer be any 64-bit integer");
  return changes;
}

/** The values that a schema lists, if it lists any. */
export const constants = (schema: Schema) => schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);

/** A list of values may grow either way; callers who send must keep every value they had. */
function valueChanges({ direction }: Comparison, old: Schema, now: Schema): string[] {
  const [oldValues, newValues] = [constants(old), constants(now)];
  if (direction === "out") {
    const replaced = old.const !== undefined && !newValues?.some((value) => isDeepStrictEqual(value, old.const));
    return replaced ? [`the value is no longer ${JSON.stringify(old.const)}`] : [];
  }
  if (!newValues) return [];
  if (!oldValues) return ["only listed values are taken now"];
  const gone = oldValues.filter((value) => !newValues.some((other) => isDeepStrictEqual(other, value)));
  return gone.map((value) => `the value ${JSON.stringify(value)} is gone`);
}

function narrowedBounds(old: Schema, now: Schema): string[] {
  const changes: string[] = [];
  for (const bound of LOWER) {
    if ((now[bound] ?? -Infinity) > (old[bound] ?? -Infinity)) changes.push(`\`${bound}\` rose to ${now[bound]}`);
  }
  for (const bound of UPPER) {
    if ((now[bound] ?? Infinity) < (old[bound] ?? Infinity)) changes.push(`\`${bound}\` fell to ${now[bound]}`);
  }
  if (now.pattern !== undefined && now.pattern !== old.pattern) changes.push("the pattern changed");
  if (now.uniqueItems && !old.uniqueItems) changes.push("the items must be unique now");
  return changes;
}

/** Combinations are not taken apart: any change counts, that of a type they refer to as well. */
function opaqueChanges({ before, after }: Comparison, old: Schema, now: Schema): string[] {
  const changed = OPAQUE.filter(
    (keyword) => !isDeepStrictEqual(expand(before, old[keyword]), expand(after, now[keyword])),
  );
  return changed.map((keyword) => `\`${keyword}\` changed`);
}

const WORDS: ReadonlySet<string> = new Set(["title", "description", "examples"]);

/** A part of a schema with every reference replaced by what it refers to, and no words. */
function expand(spec: Spec, part: unknown): unknown {
  if (Array.isArray(part)) return part.map((entry) => expand(spec, entry));
  if (typeof part !== "object" || part === null) return part;
  const target = "$ref" in part ? resolve(spec, { $ref: String(part.$ref) }) : part;
  const entries = Object.entries(target).filter(([keyword]) => !WORDS.has(keyword));
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, expand(spec, value)]));
}

function defaultChanges({ before, after }: Comparison, old: Schema, now: Schema): string[] {
  const oldDefault = old.default ?? resolve(before, old).default;
  const newDefault = now.default ?? resolve(after, now).default;
  if (isDeepStrictEqual(oldDefault, newDefault)) return [];
  const text = (value: unknown): string => (value === undefined ? "none" : JSON.stringify(value));
  return [`the default is ${text(newDefault)} instead of ${text(oldDefault)}`];
}

function propertyChanges(comparison: Comparison, old: Schema, now: Schema, path: string): string[] {
  const properties = now.properties ?? {};
  const changes = Object.entries(old.properties ?? {}).flatMap(([name, schema]) => {
    const other = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return other ? compare(comparison, schema, other, `${path}.${name}`) : [`${path}.${name}: the field is gone`];
  });
  const [oldRequired, newRequired] = [old.required ?? [], now.required ?? []];
  if (comparison.direction === "in") {
    const demanded = newRequired.filter((name) => !oldRequired.includes(name));
    changes.push(...demanded.map((name) => `${path}.${name}: the field became required`));
    const closed =
      now.additionalProperties === false && typesOf(old).includes("object") && old.additionalProperties !== false;
    if (closed) changes.push(`${path}: other fields are no longer taken`);
  } else {
    const kept = oldRequired.filter((name) => Object.hasOwn(properties, name) && !newRequired.includes(name));
    changes.push(...kept.map((name) => `${path}.${name}: the field may be absent now`));
  }
  return changes;
}
