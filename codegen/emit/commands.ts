import { cliFlag, cliPath } from "../names.js";
import { resolve } from "../references.js";
import { BANNER, importTypes, literal, type OutputFile } from "../source.js";
import type { ContentDescriptor, Method, Schema, Spec } from "../spec.js";

const DECLARATIONS = `
export interface Flag {
  /** The parameter's name on the wire. */
  readonly name: string;
  /** As typed: \`--size-bytes\`. A boolean also has a \`--no-\` form. */
  readonly flag: string;
  /** What the text after the flag is read as; \`json\` is a JSON value. */
  readonly type: "string" | "integer" | "number" | "boolean" | "json";
  readonly required: boolean;
  /** May be given more than once: the values make a list. */
  readonly repeatable: boolean;
  /** May be \`null\`, which lifts a limit. */
  readonly nullable: boolean;
  readonly description: string;
  /** The only values that are taken. */
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean | readonly string[];
  /** Where its values can be had from: reads, and the field of their rows. */
  readonly complete?: readonly { readonly method: MethodName; readonly field: string }[];
}

export interface Command {
  /** The words after the program's name. */
  readonly path: readonly string[];
  readonly method: MethodName;
  readonly summary: string;
  readonly description: string;
  readonly right: Right;
  /** Can destroy data. */
  readonly destructive: boolean;
  readonly mosOnly: boolean;
  readonly deprecated: boolean;
  /** What people want to see of a result: its rows (itself, or a list in it) and their fields, most wanted first. */
  readonly table?: { readonly rows?: string; readonly columns: readonly string[] };
  readonly flags: readonly Flag[];
}
`;

const SCALARS: ReadonlySet<string> = new Set(["string", "integer", "number", "boolean"]);

const typesOf = ({ type }: Schema): readonly string[] => (typeof type === "string" ? [type] : (type ?? []));

/** How one value is typed on a command line. */
function scalar(schema: Schema): { type: string; enum?: readonly string[] } {
  const [only, ...others] = typesOf(schema).filter((type) => type !== "null");
  const values = schema.enum?.filter((value) => typeof value === "string");
  if (values && values.length > 0) return { type: "string", enum: values };
  return { type: only !== undefined && others.length === 0 && SCALARS.has(only) ? only : "json" };
}

const isNull = ({ type }: Schema): boolean => type === "null";

/** What a value is when it is not `null`, and whether it may be. */
function withoutNull(spec: Spec, schema: Schema): { schema: Schema; nullable: boolean } {
  const resolved = resolve(spec, schema);
  const alternatives = resolved.anyOf ?? resolved.oneOf ?? [];
  const [only, ...others] = alternatives.filter((alternative) => !isNull(alternative));
  const nullable = alternatives.some(isNull) || typesOf(resolved).includes("null");
  const isOne = only !== undefined && others.length === 0 && resolved.type === undefined;
  return { schema: isOne ? resolve(spec, only) : resolved, nullable };
}

function flag(spec: Spec, param: ContentDescriptor) {
  const { schema, nullable } = withoutNull(spec, param.schema);
  const items = typesOf(schema).includes("array") && schema.items ? scalar(resolve(spec, schema.items)) : undefined;
  const repeatable = items !== undefined && items.type !== "json";
  return {
    name: param.name,
    flag: cliFlag(param.name),
    ...(repeatable ? items : scalar(schema)),
    required: param.required ?? false,
    repeatable,
    nullable,
    description: param.description ?? "",
    default: param.schema.default ?? schema.default,
    complete: schema["x-complete"] ?? (schema.items && resolve(spec, schema.items)["x-complete"]),
  };
}

const command = (spec: Spec, method: Method) => ({
  path: cliPath(method.name),
  method: method.name,
  summary: method.summary,
  description: method.description,
  right: method["x-right"],
  destructive: method["x-destructive"] ?? false,
  mosOnly: method["x-mos-only"] ?? false,
  deprecated: method.deprecated ?? false,
  table: method["x-table"],
  flags: method.params.map((param) => flag(spec, param)),
});

/** `commands.gen.ts`: every method as a command line. */
export function emitCommands(spec: Spec): OutputFile {
  const table = literal(spec.methods.map((method) => command(spec, method)));
  return {
    path: "commands.gen.ts",
    text: [
      BANNER,
      importTypes(["MethodName", "Right"], "./methods.gen.js"),
      DECLARATIONS,
      `\n/** Every command, in the order of the specification. */\nexport const commands: readonly Command[] = ${table};\n`,
    ].join(""),
  };
}
