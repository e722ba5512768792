import { type Direction, schemaChanges } from "./compatibility-schemas.js";
import type { ContentDescriptor, Method, Spec } from "./spec.js";

/** A change that breaks callers who wrote against the older specification. */
export interface BreakingChange {
  /** The method or error that callers know it by. */
  readonly where: string;
  readonly sentence: string;
  /** The older specification already called it deprecated. */
  readonly announced: boolean;
}

const RIGHTS = ["none", "read", "write", "admin"];
const byName = <T extends { readonly name: string }>(items: readonly T[]): Map<string, T> =>
  new Map(items.map((item) => [item.name, item]));

/** What a specification change breaks for those who wrote against the older one. */
export function breakingChanges(before: Spec, after: Spec): BreakingChange[] {
  const methods = byName(after.methods);
  return [
    ...before.methods.flatMap((old) => {
      const now = methods.get(old.name);
      if (now) return methodChanges(before, after, old, now);
      return [{ where: old.name, sentence: "the method is gone", announced: old.deprecated ?? false }];
    }),
    ...errorChanges(before, after),
  ];
}

function methodChanges(before: Spec, after: Spec, old: Method, now: Method): BreakingChange[] {
  const announced = old.deprecated ?? false;
  const sentences: string[] = [];
  if (RIGHTS.indexOf(now["x-right"]) > RIGHTS.indexOf(old["x-right"])) {
    sentences.push(`it needs the right \`${now["x-right"]}\` instead of \`${old["x-right"]}\``);
  }
  if (now["x-mos-only"] && !old["x-mos-only"]) sentences.push("it is answered on MOS nodes only");
  if (now.paramStructure !== old.paramStructure) sentences.push("it takes parameters in another structure");
  for (const change of changesOf(before, after, "out", old.result, now.result)) sentences.push(`result${change}`);
  return [
    ...sentences.map((sentence) => ({ where: old.name, sentence, announced })),
    ...paramChanges(before, after, old, now).map((change) => ({ ...change, announced: change.announced || announced })),
  ];
}

function paramChanges(before: Spec, after: Spec, old: Method, now: Method): BreakingChange[] {
  const where = old.name;
  const [oldParams, newParams] = [byName(old.params), byName(now.params)];
  const gone = old.params.filter(({ name }) => !newParams.has(name));
  const kept = old.params.filter(({ name }) => newParams.has(name)).map(({ name }) => name);
  const changes: BreakingChange[] = gone.map(({ name, deprecated }) => ({
    where,
    sentence: `the parameter \`${name}\` is gone`,
    announced: deprecated ?? false,
  }));
  for (const param of now.params) {
    const previous = oldParams.get(param.name);
    const sentences = previous ? narrowings(before, after, previous, param) : newParamSentences(param);
    changes.push(...sentences.map((sentence) => ({ where, sentence, announced: previous?.deprecated ?? false })));
  }
  // Arrays are mapped by position: what was the third parameter must stay the third.
  const positions = now.params.slice(0, kept.length).map(({ name }) => name);
  if (gone.length === 0 && positions.join() !== kept.join()) {
    changes.push({ where, sentence: "the parameters stand in another order", announced: false });
  }
  return changes;
}

const newParamSentences = ({ name, required }: ContentDescriptor): string[] =>
  required ? [`the new parameter \`${name}\` is required`] : [];

function narrowings(before: Spec, after: Spec, old: ContentDescriptor, now: ContentDescriptor): string[] {
  const required = now.required && !old.required ? [`the parameter \`${now.name}\` became required`] : [];
  const changes = changesOf(before, after, "in", old, now);
  return [...required, ...changes.map((change) => `the parameter \`${now.name}\`${change}`)];
}

const changesOf = (before: Spec, after: Spec, direction: Direction, old: ContentDescriptor, now: ContentDescriptor) =>
  schemaChanges(before, after, direction, old.schema, now.schema);

function errorChanges(before: Spec, after: Spec): BreakingChange[] {
  return Object.entries(before.components.errors).flatMap(([key, { code }]) => {
    const where = `error ${key}`;
    const now = Object.hasOwn(after.components.errors, key) ? after.components.errors[key] : undefined;
    if (!now) return [{ where, sentence: "it is gone", announced: false }];
    const data = { $ref: `#/components/schemas/${key}ErrorData` };
    const sentences = schemaChanges(before, after, "out", data, data).map((change) => `data${change}`);
    if (now.code !== code) sentences.push(`its code is ${now.code} instead of ${code}`);
    return sentences.map((sentence) => ({ where, sentence, announced: false }));
  });
}

/** Which part of a version a release raises, compared with the one before. */
export type Bump = "none" | "patch" | "minor" | "major";

const PARTS = ["major", "minor", "patch"] as const;

const numbers = (version: string): number[] => version.split(/[.+-]/).slice(0, 3).map(Number);

export function bumpOf(before: string, after: string): Bump {
  const [old, now] = [numbers(before), numbers(after)];
  const index = PARTS.findIndex((_, position) => now[position] !== old[position]);
  const part = PARTS[index];
  return part !== undefined && (now[index] ?? 0) > (old[index] ?? 0) ? part : "none";
}

/**
 * The changes that the newer version's number does not allow. A break wants a new major version (before 1.0 a new
 * minor one); what the older specification already called deprecated may go in a minor one.
 */
export function refusedChanges(before: Spec, after: Spec): BreakingChange[] {
  const bump = bumpOf(before.info.version, after.info.version);
  if (bump === "major") return [];
  const early = before.info.version.startsWith("0.");
  const changes = breakingChanges(before, after);
  return bump === "minor" ? changes.filter(({ announced }) => !announced && !early) : changes;
}
