import { docComment } from "../doc-comment.js";
import { clientType, paramsType, resultType, sdkPath } from "../names.js";
import { BANNER, importTypes, type OutputFile } from "../source.js";
import type { Method, Spec } from "../spec.js";

/** A word of the SDK's paths: a method, a namespace of more words, or both. */
interface Namespace {
  readonly path: readonly string[];
  readonly members: Map<string, Namespace>;
  method?: Method;
}

function tree(methods: readonly Method[]): Namespace {
  const root: Namespace = { path: [], members: new Map() };
  for (const method of methods) {
    let at = root;
    for (const word of sdkPath(method.name)) {
      const next = at.members.get(word) ?? { path: [...at.path, word], members: new Map() };
      at.members.set(word, next);
      at = next;
    }
    at.method = method;
  }
  return root;
}

const isNamespace = (node: Namespace): boolean => node.members.size > 0;

function signature(method: Method): string {
  const optional = method.params.some(({ required }) => required) ? "" : "?";
  const result = `Promise<Given<I, ${resultType(method.name)}>>`;
  return `(params${optional}: ${paramsType(method.name)}, options?: CallOptions): ${result};\n`;
}

function comment(method: Method, indent: string): string {
  const params = method.params.map(
    ({ name, required, description }) => `@param params.${name} ${required ? "" : "(optional) "}${description ?? ""}`,
  );
  const notes = [
    method["x-destructive"] ? "**Can destroy data.**" : undefined,
    method["x-mos-only"] ? "Answered on MOS nodes only." : undefined,
    `Right: ${method["x-right"]}.`,
  ];
  const about = [method.summary, method.description, notes.filter(Boolean).join(" "), ...params];
  return docComment([...about, method.deprecated ? "@deprecated" : undefined], indent);
}

function member([word, node]: readonly [string, Namespace]): string {
  if (isNamespace(node)) return `  readonly ${word}: ${clientType(node.path)}<I>;\n`;
  return node.method ? `${comment(node.method, "  ")}  ${word}${signature(node.method)}` : "";
}

function interfaces(node: Namespace): string {
  const name = node.path.length === 0 ? "Client" : clientType(node.path);
  const call = node.method ? `${comment(node.method, "  ")}  ${signature(node.method)}` : "";
  const own = `\nexport interface ${name}<I extends Integers = "number"> {\n${call}${[...node.members].map(member).join("")}}\n`;
  return own + [...node.members.values()].filter(isNamespace).map(interfaces).join("");
}

/** A name that is a method and a namespace at once is a function with members. */
function implementation(node: Namespace, indent: string): string {
  const inner = `${indent}  `;
  const members = [...node.members].map(([word, child]) => `${inner}${word}: ${implementation(child, inner)},\n`);
  const object = `{\n${members.join("")}${indent}}`;
  if (!node.method) return object;
  const { name, params } = node.method;
  const fallback = params.some(({ required }) => required) ? "" : " = {}";
  const run = `(params: ${paramsType(name)}${fallback}, options?: CallOptions) => call("${name}", params, options)`;
  return isNamespace(node) ? `Object.assign(${run}, ${object})` : run;
}

const DECLARATIONS = `
/**
 * What 64-bit integers come as: always \`number\`, rounded beyond 2^53 - 1, or \`bigint\` where they would be rounded.
 */
export type Integers = "number" | "exact";

/** A result with its 64-bit integers as they were asked for. */
export type Given<I extends Integers, T> = I extends "exact" ? T : Numbers<T>;

type Numbers<T> = T extends bigint
  ? never
  : T extends readonly (infer Item)[]
    ? Numbers<Item>[]
    : T extends object
      ? { [K in keyof T]: Numbers<T[K]> }
      : T;

export interface CallOptions {
  /** Gives the call up; a write that was sent may happen all the same. */
  readonly signal?: AbortSignal;
  /** Milliseconds to wait for the answer; by default what the method may take, and a little more. */
  readonly timeoutMs?: number;
}

/** Sends one call and answers its result, or throws what the daemon answered instead. */
export type Call<I extends Integers = "number"> = <M extends MethodName>(
  method: M,
  params: MethodTypes[M]["params"],
  options?: CallOptions,
) => Promise<Given<I, MethodTypes[M]["result"]>>;
`;

/** `client.gen.ts`: every method as a typed function under its own path, over one function that sends. */
export function emitClient(spec: Spec): OutputFile {
  const root = tree(spec.methods);
  const types = spec.methods.flatMap(({ name }) => [paramsType(name), resultType(name)]);
  return {
    path: "client.gen.ts",
    text: [
      BANNER,
      importTypes(["MethodName", "MethodTypes"], "./methods.gen.js"),
      importTypes(types, "./types.gen.js"),
      DECLARATIONS,
      interfaces(root),
      `\n/** Makes a client whose every method goes through \`call\`. */\nexport const createClient = <I extends Integers = "number">(call: Call<I>): Client<I> => (${implementation(root, "")});\n`,
    ].join(""),
  };
}
