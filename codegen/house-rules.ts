import { duplicateKeys } from "./duplicate-keys.js";
import { metaSchemaProblem } from "./meta-schema.js";
import { nameProblems } from "./names.js";
import { errorRules } from "./rules/errors.js";
import { exampleRules } from "./rules/examples.js";
import { markRules } from "./rules/marks.js";
import { methodRules } from "./rules/methods.js";
import { paramRules } from "./rules/params.js";
import { danglingReferences, recursiveComponents, unusedComponents } from "./rules/references.js";
import { componentRules, schemaRules } from "./rules/schemas.js";
import type { Spec } from "./spec.js";
import { SPEC_FILE } from "./spec.js";
import { type Rule, SpecificationError, type Violation } from "./violation.js";

/** Rules that read the document as it stands. */
const shape: readonly Rule[] = [
  methodRules,
  paramRules,
  schemaRules,
  componentRules,
  danglingReferences,
  unusedComponents,
  recursiveComponents,
  nameProblems,
];

/** Rules that run the schemas, which must be sound for that. */
const meaning: readonly Rule[] = [errorRules, exampleRules, markRules];

const apply = (rules: readonly Rule[], spec: Spec): Violation[] => rules.flatMap((rule) => [...rule(spec)]);

/** All broken house rules of a document that fits the OpenRPC meta-schema. */
export function houseRules(spec: Spec): Violation[] {
  const violations = apply(shape, spec);
  try {
    return [...violations, ...apply(meaning, spec)];
  } catch (error) {
    // Schemas that are broken by another rule cannot be run; that rule's sentence is the one to read.
    if (violations.length > 0) return violations;
    throw error;
  }
}

/** What the meta-schema leaves open and every rule relies on. */
function* foundations(document: unknown): Generator<Violation> {
  const { methods, components, "x-common-errors": common } = document as Partial<Spec>; // an object, by the meta-schema
  if (!components?.schemas || !components.errors) {
    yield { where: "components", sentence: "`schemas` and `errors` must both be there" };
  }
  if (!Array.isArray(common))
    yield { where: "x-common-errors", sentence: "must list the errors that any method can answer" };
  for (const method of methods ?? []) {
    if ("$ref" in method) yield { where: "methods", sentence: "a method must stand where it is, not behind a `$ref`" };
    else if (!method.result?.schema) yield { where: method.name, sentence: "has no `result`" };
    for (const param of method.params ?? []) {
      if (!param.schema)
        yield { where: method.name, sentence: "a parameter must stand where it is, not behind a `$ref`" };
    }
  }
}

/**
 * Reads a specification from its text.
 * @throws SpecificationError with every violation that can be told at once
 */
export function parseSpec(text: string, file: string = SPEC_FILE): Spec {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new SpecificationError(file, [{ where: "document", sentence: `is not JSON: ${String(error)}` }]);
  }
  const violations: Violation[] = duplicateKeys(text).map((where) => ({ where, sentence: "the key stands twice" }));
  const misfit = metaSchemaProblem(document);
  if (misfit !== undefined) {
    violations.push({ where: "document", sentence: `does not fit the OpenRPC meta-schema: ${misfit}` });
  } else {
    violations.push(...foundations(document));
  }
  if (violations.length > 0) throw new SpecificationError(file, violations);
  const spec = document as Spec; // the meta-schema and `foundations` vouch for what every rule reads
  const broken = houseRules(spec);
  if (broken.length > 0) throw new SpecificationError(file, broken);
  return spec;
}
