import { errorDataType, errorKind } from "../names.js";
import { component, errorKey } from "../references.js";
import type { Spec } from "../spec.js";
import { compileSchema, makeAjv } from "../validation.js";
import type { Rule, Violation } from "../violation.js";

/** What a method lists: references to errors that not every method can answer, each once. */
function* listedErrors(spec: Spec): Generator<Violation> {
  const common = new Set(spec["x-common-errors"]);
  for (const { name: where, errors = [] } of spec.methods) {
    const seen = new Set<string>();
    for (const { $ref } of errors) {
      if ($ref === undefined) {
        yield { where, sentence: "defines an error inline: put it into `components.errors` and refer to it" };
        continue;
      }
      const key = errorKey($ref) ?? $ref;
      if (common.has(key)) yield { where, sentence: `lists \`${key}\`, which any method can answer` };
      if (seen.has(key)) yield { where, sentence: `lists \`${key}\` twice` };
      seen.add(key);
    }
  }
}

/** What `x-common-errors` names is there, and every error component is common or listed. */
function* errorUse(spec: Spec): Generator<Violation> {
  const used = new Set(spec["x-common-errors"]);
  for (const key of spec["x-common-errors"]) {
    if (!Object.hasOwn(spec.components.errors, key)) {
      yield { where: "x-common-errors", sentence: `\`${key}\` is not in \`components.errors\`` };
    }
  }
  for (const { errors = [] } of spec.methods) for (const { $ref } of errors) used.add(errorKey($ref ?? "") ?? "");
  for (const key of Object.keys(spec.components.errors)) {
    if (!used.has(key)) {
      yield { where: `components.errors.${key}`, sentence: "is neither in `x-common-errors` nor listed by a method" };
    }
  }
}

/** Key, kind and the schema of the data belong together, and the sample data fits that schema. */
function* errorJoin(spec: Spec): Generator<Violation> {
  const ajv = makeAjv(spec, { source: false });
  const codes = new Map<number, string>();
  for (const [key, { code, data }] of Object.entries(spec.components.errors)) {
    const where = `components.errors.${key}`;
    const other = codes.get(code);
    if (other !== undefined) yield { where, sentence: `the code ${code} is also that of \`${other}\`` };
    codes.set(code, key);
    const schema = component(spec, errorDataType(key));
    if (!schema) {
      yield { where, sentence: `the schema of its data, \`${errorDataType(key)}\`, is not in \`components.schemas\`` };
      continue;
    }
    if (schema.properties?.kind?.const !== errorKind(key)) {
      yield {
        where: `components.schemas.${errorDataType(key)}`,
        sentence: `\`kind\` is not the constant \`${errorKind(key)}\``,
      };
    }
    const validate = compileSchema(ajv, schema);
    if (!validate(data))
      yield {
        where,
        sentence: `its sample data does not fit: ${ajv.errorsText(validate.errors, { dataVar: "data" })}`,
      };
  }
}

/** Needs references that resolve: run after `danglingReferences`. */
export const errorRules: Rule = function* (spec): Generator<Violation> {
  yield* listedErrors(spec);
  yield* errorUse(spec);
  yield* errorJoin(spec);
};
