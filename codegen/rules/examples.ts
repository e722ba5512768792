import type { Ajv, ValidateFunction } from "ajv";
import { allSchemas } from "../schema-walk.js";
import type { Example, Method } from "../spec.js";
import { compileSchema, makeAjv, paramsSchema } from "../validation.js";
import type { Rule, Violation } from "../violation.js";

interface MethodValidators {
  readonly params: ReadonlyMap<string, ValidateFunction>;
  readonly result: ValidateFunction;
}

const validatorsOf = (ajv: Ajv, method: Method): MethodValidators => ({
  params: new Map(
    Object.entries(paramsSchema(method).properties ?? {}).map(([name, schema]) => [name, compileSchema(ajv, schema)]),
  ),
  result: compileSchema(ajv, method.result.schema),
});

function* exampleProblems(ajv: Ajv, method: Method, example: Example, validators: MethodValidators): Generator<string> {
  const given = new Set<string>();
  for (const { name, value } of example.params) {
    const validate = validators.params.get(name);
    if (given.has(name)) yield `gives the parameter \`${name}\` twice`;
    given.add(name);
    if (!validate) yield `gives \`${name}\`, which is no parameter`;
    else if (!validate(value)) yield `does not fit: ${ajv.errorsText(validate.errors, { dataVar: name })}`;
  }
  for (const { name, required } of method.params) {
    if (required && !given.has(name)) yield `lacks the required parameter \`${name}\``;
  }
  if (!example.result) yield "has no result";
  else if (!validators.result(example.result.value)) {
    yield `does not fit: ${ajv.errorsText(validators.result.errors, { dataVar: "result" })}`;
  }
}

/** Every example is a call that the daemon would take and an answer that it could give. */
const methodExamples: Rule = function* (spec): Generator<Violation> {
  const ajv = makeAjv(spec, { source: false });
  for (const method of spec.methods) {
    const validators = validatorsOf(ajv, method);
    const names = new Set<string>();
    for (const example of method.examples ?? []) {
      if (names.has(example.name)) yield { where: method.name, sentence: `two examples are named "${example.name}"` };
      names.add(example.name);
      for (const problem of exampleProblems(ajv, method, example, validators)) {
        yield { where: method.name, sentence: `the example "${example.name}" ${problem}` };
      }
    }
  }
};

/** Every stated default is a value that could be given. */
const defaults: Rule = function* (spec): Generator<Violation> {
  const ajv = makeAjv(spec, { source: false });
  for (const { schema, where } of allSchemas(spec)) {
    if (schema.default === undefined) continue;
    const validate = compileSchema(ajv, schema);
    if (!validate(schema.default)) {
      yield { where, sentence: `its default does not fit: ${ajv.errorsText(validate.errors, { dataVar: "default" })}` };
    }
  }
};

/** Needs schemas that compile: run after the schema and reference rules. */
export const exampleRules: Rule = function* (spec): Generator<Violation> {
  yield* methodExamples(spec);
  yield* defaults(spec);
};
