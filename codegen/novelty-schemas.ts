import { isDeepStrictEqual } from "node:util";
import { type Comparison, constants, type Direction, LOWER, typesOf, UPPER } from "./compatibility-schemas.js";
import { resolve } from "./references.js";
import type { Schema, Spec } from "./spec.js";

/**
 * What a schema takes (`in`) or gives (`out`) that the older one did not, and that breaks nobody: the counterpart of
 * `schemaChanges`, in the same form.
 */
export const schemaNovelties = (before: Spec, after: Spec, direction: Direction, old: Schema, now: Schema): string[] =>
  compare({ before, after, direction }, old, now, "");

function compare(comparison: Comparison, oldSchema: Schema, newSchema: Schema, path: string): string[] {
  const old = resolve(comparison.before, oldSchema);
  const now = resolve(comparison.after, newSchema);
  const changes = [
    ...typeNovelties(comparison, old, now),
    ...valueNovelties(comparison, old, now),
    ...(comparison.direction === "in" ? widerBounds(old, now) : []),
    ...(now.deprecated && !old.deprecated ? ["it is deprecated"] : []),
  ];
  return [
    ...changes.map((change) => `${path}: ${change}`),
    ...propertyNovelties(comparison, old, now, path),
    ...(old.items && now.items ? compare(comparison, old.items, now.items, `${path}[]`) : []),
  ];
}

function typeNovelties({ direction }: Comparison, old: Schema, now: Schema): string[] {
  const [narrower, wider] = direction === "in" ? [typesOf(old), typesOf(now)] : [typesOf(now), typesOf(old)];
  const others = wider.filter((type) => !narrower.includes(type));
  const fits = narrower.every((type) => wider.includes(type) || (type === "integer" && wider.includes("number")));
  // Types that do not fit break somebody, and are told of there.
  if (narrower.length === 0 || others.length === 0 || !fits) return [];
  return [direction === "in" ? `${others.join(" and ")} is taken too` : `it is never ${others.join(" or ")} any more`];
}

function valueNovelties({ direction }: Comparison, old: Schema, now: Schema): string[] {
  const [oldValues, newValues] = [constants(old), constants(now)];
  if (!oldValues) return [];
  if (!newValues) return [direction === "in" ? "any value is taken" : "it may have other values"];
  const fresh = newValues.filter((value) => !oldValues.some((other) => isDeepStrictEqual(other, value)));
  return fresh.map((value) => `new value ${JSON.stringify(value)}`);
}

function widerBounds(old: Schema, now: Schema): string[] {
  const changes: string[] = [];
  const bound = (value: number | undefined): string => (value === undefined ? "is gone" : `is ${value}`);
  for (const name of LOWER)
    if ((now[name] ?? -Infinity) < (old[name] ?? -Infinity)) changes.push(`\`${name}\` ${bound(now[name])}`);
  for (const name of UPPER)
    if ((now[name] ?? Infinity) > (old[name] ?? Infinity)) changes.push(`\`${name}\` ${bound(now[name])}`);
  if (old.pattern !== undefined && now.pattern === undefined) changes.push("the pattern is gone");
  if (old.uniqueItems && !now.uniqueItems) changes.push("the items may repeat");
  if (now["x-uint64"] && !old["x-uint64"]) changes.push("any 64-bit integer is taken");
  return changes;
}

function propertyNovelties(comparison: Comparison, old: Schema, now: Schema, path: string): string[] {
  const known = old.properties ?? {};
  const [oldRequired, newRequired] = [old.required ?? [], now.required ?? []];
  return Object.entries(now.properties ?? {}).flatMap(([name, schema]) => {
    const field = `${path}.${name}`;
    const isRequired = newRequired.includes(name);
    const previous = Object.hasOwn(known, name) ? known[name] : undefined;
    // A field that callers must send breaks them, and is told of there.
    if (!previous) return comparison.direction === "in" && isRequired ? [] : [`${field}: new field`];
    const presence = presenceNovelty(comparison.direction, oldRequired.includes(name), isRequired);
    return [...presence.map((change) => `${field}: ${change}`), ...compare(comparison, previous, schema, field)];
  });
}

function presenceNovelty(direction: Direction, wasRequired: boolean, isRequired: boolean): string[] {
  if (wasRequired === isRequired) return [];
  if (direction === "in") return isRequired ? [] : ["the field may be left out"];
  return isRequired ? ["the field is always there"] : [];
}
