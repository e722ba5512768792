import { resolve } from "../references.js";
import type { ContentDescriptor, Method, Spec } from "../spec.js";
import type { Rule, Violation } from "../violation.js";

const DESCRIPTOR_KEYS: ReadonlySet<string> = new Set([
  "name",
  "summary",
  "description",
  "required",
  "deprecated",
  "schema",
]);

function* descriptorProblems(descriptor: ContentDescriptor, what: string): Generator<string> {
  for (const key of Object.keys(descriptor)) {
    if (!DESCRIPTOR_KEYS.has(key)) yield `${what} has \`${key}\`, which no parameter or result can have`;
  }
}

function* paramProblems({ params, result }: Method): Generator<string> {
  let optional: string | undefined;
  const seen = new Set<string>();
  for (const param of params) {
    yield* descriptorProblems(param, `the parameter \`${param.name}\``);
    if (seen.has(param.name)) yield `the parameter \`${param.name}\` stands twice`;
    seen.add(param.name);
    if (!param.description?.trim()) yield `the parameter \`${param.name}\` has no \`description\``;
    if (param.required && optional !== undefined) {
      yield `the required parameter \`${param.name}\` comes after the optional \`${optional}\``;
    }
    if (!param.required) optional ??= param.name;
  }
  yield* descriptorProblems(result, "the result");
}

/** What a caller learns from every write: whether anything changed, and what is worth knowing. */
function* writeResultProblems(spec: Spec, method: Method): Generator<string> {
  if (method["x-right"] !== "write" && method["x-right"] !== "admin") return;
  const { properties = {}, required = [] } = resolve(spec, method.result.schema);
  for (const name of ["changed", "warnings"]) {
    if (!Object.hasOwn(properties, name) || !required.includes(name)) {
      yield `it changes the node, so its result must require \`${name}\``;
    }
  }
}

/** The order, words and uniqueness of parameters, and the shape of a write's result. */
export const paramRules: Rule = function* (spec): Generator<Violation> {
  for (const method of spec.methods) {
    for (const sentence of paramProblems(method)) yield { where: method.name, sentence };
    for (const sentence of writeResultProblems(spec, method)) yield { where: method.name, sentence };
  }
};
