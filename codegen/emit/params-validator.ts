/**
 * The part of `params.gen.ts` that is not ajv's: a caller learns about every parameter that is wrong, while hostile
 * input costs no more than a few errors, because each parameter's own validator stops at its first problem and the
 * list as a whole is cut off.
 */
export const PARAMS_VALIDATOR = `
/** The most problems that one call is told about. */
const MOST_PROBLEMS = 32;

function problem(keyword, params, message) {
  return { instancePath: "", schemaPath: "#/" + keyword, keyword, params, message };
}

/** What is wrong with the parameters as a whole: none at all, or required ones that are missing. */
function shapeProblems(data, required) {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return [problem("type", { type: "object" }, "must be object")];
  }
  return required
    .filter((name) => !Object.hasOwn(data, name))
    .map((name) => problem("required", { missingProperty: name }, "must have required property '" + name + "'"));
}

function paramProblems(data, name, validators) {
  if (!Object.hasOwn(validators, name)) {
    return [problem("additionalProperties", { additionalProperty: name }, "must NOT have additional properties")];
  }
  const validate = validators[name];
  return validate(data[name], { instancePath: "/" + name, parentData: data, parentDataProperty: name, rootData: data })
    ? []
    : validate.errors;
}

function paramsValidator(validators, required): Validator {
  const validate: Validator = (data) => {
    const problems = shapeProblems(data, required);
    if (problems[0]?.keyword !== "type") {
      for (const name of Object.keys(data)) {
        if (problems.length >= MOST_PROBLEMS) break;
        problems.push(...paramProblems(data, name, validators));
      }
    }
    validate.errors = problems.length > 0 ? problems.slice(0, MOST_PROBLEMS) : null;
    return problems.length === 0;
  };
  return validate;
}
`;
