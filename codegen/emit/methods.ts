import { errorKind, paramsType, resultType } from "../names.js";
import { component, errorKey, schemaKey } from "../references.js";
import { BANNER, importTypes, literal, type OutputFile } from "../source.js";
import { type Method, type Schema, type Spec, tagOf } from "../spec.js";

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
  /** Paths of the parameters that no record may hold, such as \`peers.*.password\`; \`*\` is any entry or key. */
  readonly secrets: readonly string[];
  /** What the method can answer besides \`commonErrors\`. */
  readonly errors: readonly ErrorKind[];
}
`;

/** Where a schema holds what is marked `x-secret`; what holds itself is followed once. */
function* secretPaths(spec: Spec, schema: Schema, path: string, within: readonly string[] = []): Generator<string> {
  if (schema["x-secret"]) return yield path;
  const key = schema.$ref === undefined ? undefined : schemaKey(schema.$ref);
  const target = key === undefined || within.includes(key) ? undefined : component(spec, key);
  if (target && key !== undefined) yield* secretPaths(spec, target, path, [...within, key]);
  const { properties = {}, items, additionalProperties: others } = schema;
  for (const [name, property] of Object.entries(properties))
    yield* secretPaths(spec, property, `${path}.${name}`, within);
  for (const part of [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
    yield* secretPaths(spec, part, path, within);
  for (const entry of [items, others])
    if (typeof entry === "object") yield* secretPaths(spec, entry, `${path}.*`, within);
}

/** The paths of all secrets in a method's parameters. */
const secretsOf = (spec: Spec, { params }: Method): string[] => [
  ...new Set(params.flatMap(({ name, schema }) => [...secretPaths(spec, schema, name)])),
];

const methodInfo = (spec: Spec, method: Method) => ({
  right: method["x-right"],
  tag: tagOf(method),
  summary: method.summary,
  params: method.params.map(({ name }) => name),
  deadlineMs: method["x-deadline-ms"],
  mosOnly: method["x-mos-only"] ?? false,
  destructive: method["x-destructive"] ?? false,
  deprecated: method.deprecated ?? false,
  secrets: secretsOf(spec, method),
  errors: listedKinds(method),
});

/** `methods.gen.ts`: the one table of methods, and the types of their parameters and results. */
export function emitMethods(spec: Spec): OutputFile {
  const names = spec.methods.map(({ name }) => name);
  const table = Object.fromEntries(spec.methods.map((method) => [method.name, methodInfo(spec, method)]));
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
      `\n/** The specification's version, which is the package's. */\nexport const version = ${literal(spec.info.version)};\n`,
      `\n/** Every method, in the order of the specification. Look a name up with \`Object.hasOwn\`. */\n`,
      `export const methods = ${literal(table)} as const satisfies Record<string, MethodInfo>;\n`,
      "\nexport type MethodName = keyof typeof methods;\n",
      "\n/** Errors that any method can answer. */\n",
      `export const commonErrors = ${literal(spec["x-common-errors"].map(errorKind))} as const satisfies readonly ErrorKind[];\n`,
      `\nexport interface MethodTypes {\n${types.join("")}}\n`,
    ].join(""),
  };
}
