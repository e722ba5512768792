import { errorKind } from "./names.js";
import { schemaNovelties } from "./novelty-schemas.js";
import { errorKey } from "./references.js";
import type { ContentDescriptor, Method, Spec } from "./spec.js";

/** Something that is new or wider, and breaks nobody. */
export interface Novelty {
  /** The method or error that callers know it by. */
  readonly where: string;
  readonly sentence: string;
}

const RIGHTS = ["none", "read", "write", "admin"];

/** What a specification has that the older one had not, but for what breaks callers. */
export function novelties(before: Spec, after: Spec): Novelty[] {
  const known = new Map(before.methods.map((method) => [method.name, method]));
  return [
    ...after.methods.flatMap((now) => {
      const old = known.get(now.name);
      const sentences = old ? methodNovelties(before, after, old, now) : [newMethod(now)];
      return sentences.map((sentence) => ({ where: now.name, sentence }));
    }),
    ...errorNovelties(before, after),
  ];
}

const newMethod = (method: Method): string =>
  [
    `new method, with the right \`${method["x-right"]}\``,
    method["x-mos-only"] ? "on MOS nodes only" : "",
    method["x-destructive"] ? "which can destroy data" : "",
  ]
    .filter(Boolean)
    .join(", ");

function methodNovelties(before: Spec, after: Spec, old: Method, now: Method): string[] {
  const sentences: string[] = [];
  if (RIGHTS.indexOf(now["x-right"]) < RIGHTS.indexOf(old["x-right"]))
    sentences.push(`it needs only the right \`${now["x-right"]}\` instead of \`${old["x-right"]}\``);
  if (old["x-mos-only"] && !now["x-mos-only"]) sentences.push("it is answered on every node");
  if (now.deprecated && !old.deprecated) sentences.push("it is deprecated");
  if (Boolean(now["x-destructive"]) !== Boolean(old["x-destructive"]))
    sentences.push(now["x-destructive"] ? "it counts as what can destroy data" : "it no longer counts as destructive");
  if (now["x-deadline-ms"] !== old["x-deadline-ms"])
    sentences.push(`its deadline is ${now["x-deadline-ms"] / 1000} s instead of ${old["x-deadline-ms"] / 1000} s`);
  return [
    ...sentences,
    ...paramNovelties(before, after, old, now),
    ...schemaNovelties(before, after, "out", old.result.schema, now.result.schema).map((change) => `result${change}`),
    ...listedErrors(old, now),
  ];
}

function paramNovelties(before: Spec, after: Spec, old: Method, now: Method): string[] {
  const known = new Map(old.params.map((param) => [param.name, param]));
  return now.params.flatMap((param) => {
    const previous = known.get(param.name);
    if (previous) return widenings(before, after, previous, param);
    return param.required ? [] : [`new parameter \`${param.name}\``];
  });
}

function widenings(before: Spec, after: Spec, old: ContentDescriptor, now: ContentDescriptor): string[] {
  const name = `the parameter \`${now.name}\``;
  return [
    ...(old.required && !now.required ? [`${name} may be left out`] : []),
    ...(now.deprecated && !old.deprecated ? [`${name} is deprecated`] : []),
    ...schemaNovelties(before, after, "in", old.schema, now.schema).map((change) => `${name}${change}`),
  ];
}

const kindsOf = ({ errors = [] }: Method): string[] => errors.map(({ $ref }) => errorKind(errorKey($ref) ?? ""));

function listedErrors(old: Method, now: Method): string[] {
  const [earlier, later] = [kindsOf(old), kindsOf(now)];
  return [
    ...later.filter((kind) => !earlier.includes(kind)).map((kind) => `it may answer \`${kind}\``),
    ...earlier.filter((kind) => !later.includes(kind)).map((kind) => `it no longer answers \`${kind}\``),
  ];
}

function errorNovelties(before: Spec, after: Spec): Novelty[] {
  return Object.entries(after.components.errors).flatMap(([key, { code }]) => {
    const where = `error ${key}`;
    if (!Object.hasOwn(before.components.errors, key))
      return [{ where, sentence: `new kind \`${errorKind(key)}\`, with the code ${code}` }];
    const data = { $ref: `#/components/schemas/${key}ErrorData` };
    return schemaNovelties(before, after, "out", data, data).map((change) => ({ where, sentence: `data${change}` }));
  });
}
