import { resolve } from "../references.js";
import type { Method, Schema, Spec } from "../spec.js";
import type { Rule, Violation } from "../violation.js";

/** What a list holds, or the value itself. */
function element(spec: Spec, schema: Schema): Schema {
  const resolved = resolve(spec, schema);
  return resolved.items ? element(spec, resolved.items) : resolved;
}

/** Whether objects of this schema have what a column shows: a field, or two beside each other as `local/prefixlen`. */
function hasColumn(spec: Spec, schema: Schema, path: string): boolean {
  const dot = path.lastIndexOf(".") + 1;
  return path
    .slice(dot)
    .split("/")
    .every((field) => has(spec, schema, path.slice(0, dot) + field));
}

/** Whether objects of this schema have a field behind the path; a path goes through lists. */
function has(spec: Spec, schema: Schema, path: string): boolean {
  const [key = "", ...rest] = path.split(".");
  const at = element(spec, schema);
  const parts = [at, ...(at.anyOf ?? []), ...(at.oneOf ?? []), ...(at.allOf ?? [])].map((part) => resolve(spec, part));
  const found = parts.find(({ properties }) => properties !== undefined && Object.hasOwn(properties, key));
  const property = found?.properties?.[key];
  return property !== undefined && (rest.length === 0 || has(spec, property, rest.join(".")));
}

function* tableViolations(spec: Spec, { name, result, "x-table": table }: Method): Generator<Violation> {
  if (table === undefined) return;
  for (const column of table.columns) {
    const path = table.rows === undefined ? column : `${table.rows}.${column}`;
    if (!hasColumn(spec, result.schema, path))
      yield { where: name, sentence: `\`x-table\` names \`${path}\`, which no result has` };
  }
}

function* completionViolations(spec: Spec, key: string, schema: Schema): Generator<Violation> {
  for (const { method, field } of schema["x-complete"] ?? []) {
    const read = spec.methods.find(({ name }) => name === method);
    if (read === undefined || read["x-right"] !== "read" || !has(spec, read.result.schema, field))
      yield {
        where: key,
        sentence: `\`x-complete\` names \`${method}\` and \`${field}\`, which are no read and its field`,
      };
  }
}

/** What the command line is told by marks exists. */
export const markRules: Rule = function* (spec): Generator<Violation> {
  for (const method of spec.methods) yield* tableViolations(spec, method);
  for (const [key, schema] of Object.entries(spec.components.schemas)) yield* completionViolations(spec, key, schema);
};
