import type { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { BANNER, literal, type OutputFile } from "../source.js";
import type { Spec } from "../spec.js";
import { addSchema, makeAjv } from "../validation.js";
import { PARAMS_VALIDATOR } from "./params-validator.js";

const HEADER = `${BANNER}// @ts-nocheck: compiled by ajv from the schemas.
import type { ErrorObject } from "ajv";
import type { MethodName } from "./methods.gen.js";
`;

const VALIDATOR_TYPE = `
/** Answers whether data fits; after a misfit \`errors\` says why. */
export type Validator = ((data: unknown) => boolean) & { errors?: ErrorObject[] | null };
`;

/** The validators of one file: ajv's code, with its `require`s as imports, and the name of each schema's function. */
interface Compiled {
  readonly imports: string;
  readonly code: string;
}

/**
 * ajv asks for its runtime by `require` even in ES modules. That runtime is CommonJS with a `default`, which Node hands
 * over as it is while bundlers and test runners unwrap it.
 */
const REQUIRE = /const (\w+) = require\("([^"]+)"\)\.default;\n?/g;

function compile(ajv: Ajv, exportNames: Readonly<Record<string, string>>): Compiled {
  // The module is CommonJS whose `default` is the function itself.
  const source = standalone.default(ajv, exportNames);
  const imports = [...source.matchAll(REQUIRE)].map(
    ([, name, path]) =>
      `import ${name}Module from "${path}.js";\nconst ${name} = ${name}Module.default ?? ${name}Module;\n`,
  );
  const code = source
    .replace(REQUIRE, "")
    .replace(/^"use strict";\n?/, "")
    .replace(/^export const /gm, "const ")
    .replace(/^\/\*# sourceURL=.*\*\/;\n/gm, "");
  return { imports: [...new Set(imports)].join(""), code: withoutUnusedSchemas(code) };
}

/** ajv emits every schema as a constant and uses a few of them, for long enumerations. */
function withoutUnusedSchemas(code: string): string {
  const uses = new Map<string, number>();
  for (const [name] of code.matchAll(/\bschema\d+\b/g)) uses.set(name, (uses.get(name) ?? 0) + 1);
  return code.replace(/^const (schema\d+) = .*;\n/gm, (line, name: string) => (uses.get(name) === 1 ? "" : line));
}

const record = (name: string, comment: string, entries: readonly (readonly [string, string])[]): string =>
  `\n/** ${comment} */\nexport const ${name}: Readonly<Record<MethodName, Validator>> = {\n${entries
    .map(([method, expression]) => `  "${method}": ${expression},\n`)
    .join("")}};\n`;

/** `results.gen.ts`: a validator of every method's result. */
export function emitResultValidators(spec: Spec): OutputFile {
  const ajv = makeAjv(spec, { source: true });
  const names = spec.methods.map((_, index) => `result${index}`);
  const ids = spec.methods.map(({ name, result }) => addSchema(ajv, `results/${name}`, result.schema));
  const { imports, code } = compile(ajv, Object.fromEntries(names.map((name, index) => [name, ids[index] ?? ""])));
  const entries = spec.methods.map(({ name }, index) => [name, names[index] ?? ""] as const);
  const text =
    HEADER +
    imports +
    VALIDATOR_TYPE +
    code +
    record("validateResult", "Whether a result is what the specification promises.", entries);
  return { path: "results.gen.ts", text };
}

/** `params.gen.ts`: a validator of every method's parameters by name. */
export function emitParamValidators(spec: Spec): OutputFile {
  const ajv = makeAjv(spec, { source: true });
  const exportNames: Record<string, string> = {};
  const entries = spec.methods.map(({ name, params }, index) => {
    const properties = params.map((param, position) => {
      const validator = `param${index}_${position}`;
      exportNames[validator] = addSchema(ajv, `params/${name}/${param.name}`, param.schema);
      return `${JSON.stringify(param.name)}: ${validator}`;
    });
    const required = params.filter((param) => param.required).map((param) => param.name);
    return [name, `paramsValidator({${properties.join(", ")}}, ${literal(required)})`] as const;
  });
  const { imports, code } = compile(ajv, exportNames);
  const text =
    HEADER +
    imports +
    VALIDATOR_TYPE +
    code +
    PARAMS_VALIDATOR +
    record("validateParams", "Whether parameters by name are what the specification asks for.", entries);
  return { path: "params.gen.ts", text };
}
