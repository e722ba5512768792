import { errorDataType } from "../names.js";
import { component, directReferences, errorKey, neededComponents, schemaKey } from "../references.js";
import { allSchemas } from "../schema-walk.js";
import type { Spec } from "../spec.js";
import type { Rule, Violation } from "../violation.js";

/** Every `$ref` points at a component that is there. */
export const danglingReferences: Rule = function* (spec): Generator<Violation> {
  for (const { schema, where } of allSchemas(spec)) {
    if (schema.$ref === undefined) continue;
    const key = schemaKey(schema.$ref);
    if (key === undefined || !component(spec, key)) {
      yield { where, sentence: `\`$ref\` points at \`${schema.$ref}\`, which is not there` };
    }
  }
  for (const { name, errors = [] } of spec.methods) {
    for (const { $ref } of errors) {
      const key = $ref === undefined ? undefined : errorKey($ref);
      if ($ref !== undefined && !(key !== undefined && Object.hasOwn(spec.components.errors, key))) {
        yield { where: name, sentence: `\`$ref\` points at \`${$ref}\`, which is not there` };
      }
    }
  }
};

/** Roots of what is used: methods and the data of errors. */
function* usedSchemas(spec: Spec) {
  for (const { params, result } of spec.methods) {
    for (const { schema } of params) yield schema;
    yield result.schema;
  }
  for (const key of Object.keys(spec.components.errors)) {
    yield { $ref: `#/components/schemas/${errorDataType(key)}` };
  }
}

/** Every component is needed by a method or an error. */
export const unusedComponents: Rule = function* (spec): Generator<Violation> {
  const needed = new Set(neededComponents(spec, usedSchemas(spec)));
  for (const key of Object.keys(spec.components.schemas)) {
    if (!needed.has(key)) yield { where: `components.schemas.${key}`, sentence: "nothing refers to it" };
  }
};

/** No component contains itself: tools that resolve references, the generator among them, would never end. */
export const recursiveComponents: Rule = function* (spec): Generator<Violation> {
  for (const [key, schema] of Object.entries(spec.components.schemas)) {
    if (neededComponents(spec, [schema]).includes(key) || directReferences(schema).has(key)) {
      yield { where: `components.schemas.${key}`, sentence: "contains itself" };
    }
  }
};
