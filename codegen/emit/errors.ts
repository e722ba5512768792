import { errorDataType, errorKind } from "../names.js";
import { BANNER, importTypes, literal, type OutputFile } from "../source.js";
import type { Spec } from "../spec.js";

/** `errors.gen.ts`: the catalogue of errors by kind, and the types of their data. */
export function emitErrors(spec: Spec): OutputFile {
  const errors = Object.entries(spec.components.errors);
  const table = Object.fromEntries(errors.map(([key, { code, message }]) => [errorKind(key), { code, message }]));
  const data = errors.map(([key]) => `  ${errorKind(key)}: ${errorDataType(key)};\n`);
  return {
    path: "errors.gen.ts",
    text: [
      BANNER,
      importTypes(
        errors.map(([key]) => errorDataType(key)),
        "./types.gen.js",
      ),
      "\n/** Every error that a caller can see, by its kind: the stable name in `error.data.kind`. */\n",
      `export const errors = ${literal(table)} as const;\n`,
      "\nexport type ErrorKind = keyof typeof errors;\n",
      `\n/** What \`error.data\` holds, by kind. */\nexport interface ErrorDataByKind {\n${data.join("")}}\n`,
    ].join(""),
  };
}
