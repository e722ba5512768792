import { errorKind, paramsType, resultType } from "../names.js";
import { errorKey } from "../references.js";
import { BANNER, importTypes, literal, type OutputFile } from "../source.js";
import { type Method, type Spec, tagOf } from "../spec.js";

/** Kinds of the errors that a method lists. */
export const listedKinds = (method: Method): string[] =>
  (method.errors ?? []).map(({ $ref }) => errorKind(errorKey($ref) ?? ""));

const DECLARATIONS = `
/** A right; each includes the ones before it. */
export type Right = "none" | "read" | "write" | "admin";

export interface MethodInfo {
  /** What the caller needs. */
  readonly right: Right;
  /** The topic: the name of the handler's file, its interface and its page. */
  readonly tag: string;
  readonly summary: string;
  /** Names in positional order. */
  readonly params: readonly string[];
  readonly deadlineMs: number;
  /** Answered on MOS nodes only. */
  readonly mosOnly: boolean;
  /** Can destroy data. */
  readonly destructive: boolean;
  readonly deprecated: boolean;
  /** What the method can answer besides \`commonErrors\`. */
  readonly errors: readonly ErrorKind[];
}
`;

const methodInfo = (method: Method) => ({
  right: method["x-right"],
  tag: tagOf(method),
  summary: method.summary,
  params: method.params.map(({ name }) => name),
  deadlineMs: method["x-deadline-ms"],
  mosOnly: method["x-mos-only"] ?? false,
  destructive: method["x-destructive"] ?? false,
  deprecated: method.deprecated ?? false,
  errors: listedKinds(method),
});

/** `methods.gen.ts`: the one table of methods, and the types of their parameters and results. */
export function emitMethods(spec: Spec): OutputFile {
  const names = spec.methods.map(({ name }) => name);
  const table = Object.fromEntries(spec.methods.map((method) => [method.name, methodInfo(method)]));
  const types = names.map((name) => `  "${name}": { params: ${paramsType(name)}; result: ${resultType(name)} };\n`);
  return {
    path: "methods.gen.ts",
    text: [
      BANNER,
      importTypes(["ErrorKind"], "./errors.gen.js"),
      importTypes(
        names.flatMap((name) => [paramsType(name), resultType(name)]),
        "./types.gen.js",
      ),
      DECLARATIONS,
      `\n/** Every method, in the order of the specification. Look a name up with \`Object.hasOwn\`. */\n`,
      `export const methods = ${literal(table)} as const satisfies Record<string, MethodInfo>;\n`,
      "\nexport type MethodName = keyof typeof methods;\n",
      "\n/** Errors that any method can answer. */\n",
      `export const commonErrors = ${literal(spec["x-common-errors"].map(errorKind))} as const satisfies readonly ErrorKind[];\n`,
      `\nexport interface MethodTypes {\n${types.join("")}}\n`,
    ].join(""),
  };
}
