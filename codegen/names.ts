import { type Method, type Spec, tagOf } from "./spec.js";

/**
 * The one mapping from the specification's names to those of types, interfaces, files, SDK and CLI paths.
 * Everything that is derived from a method or tag is named here and nowhere else.
 */

const METHOD_NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+$/;
const WORD = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/** A callable namespace is a function, and a namespace may be awaited by mistake: neither may lose its own members. */
const FUNCTION_MEMBERS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(Function.prototype),
  ...Object.getOwnPropertyNames(Object.prototype),
  "prototype",
  "then",
]);

/** Names that the generated files use themselves. */
const OWN_NAMES: readonly string[] =
  "Uint64 MethodInfo MethodName MethodTypes ErrorKind ErrorDataByKind Handlers HandlersByTag CallContext Validator Client Call CallOptions Command Flag Array Promise Record Readonly AbortSignal Object".split(
    " ",
  );

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** `net.routes.add` → `NetRoutesAdd`. */
const pascal = (name: string): string => name.split(/[._]/).map(capital).join("");

/** `NotFound` → `not_found`. */
export const errorKind = (key: string): string =>
  key.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

export const errorDataType = (key: string): string => `${key}ErrorData`;
export const paramsType = (method: string): string => `${pascal(method)}Params`;
export const resultType = (method: string): string => `${pascal(method)}Result`;
export const handlersType = (tag: string): string => `${pascal(tag)}Handlers`;

/** The interface of a namespace of the client: `net.routes` → `NetRoutesClient`, the root → `Client`. */
export const clientType = (path: readonly string[]): string => `${pascal(path.join("."))}Client`;

/** Where the SDK has the method: `vol.list_disks` → `["vol", "list_disks"]`. */
export const sdkPath = (method: string): string[] => method.split(".");

/** The words after `my-os-ctl`: `vol.list_disks` → `["vol", "list-disks"]`. */
export const cliPath = (method: string): string[] => method.replaceAll("_", "-").split(".");

/** A parameter's flag: `size_bytes` → `--size-bytes`. */
export const cliFlag = (param: string): string => `--${param.replaceAll("_", "-")}`;

/** The file that implements a tag's handlers: `net.routes` → `src/native/net/routes.ts`. */
export function handlerFile(tag: string): string {
  const [domain, ...topic] = tag.split(".");
  return topic.length === 0 ? `src/rpc/${domain}.ts` : `src/native/${domain}/${topic.join("-")}.ts`;
}

/** The reference page of a tag, beneath `generated/`. */
export const referencePage = (tag: string): string => `reference/${tag}.md`;

/** A name that two things would get, or that something would lose its own meaning by. */
export interface NameProblem {
  readonly where: string;
  readonly sentence: string;
}

function* shapeProblems(method: Method): Generator<NameProblem> {
  if (!METHOD_NAME.test(method.name)) {
    yield { where: method.name, sentence: "the name is not lower-case words joined by dots and single underscores" };
  }
  for (const segment of sdkPath(method.name)) {
    if (FUNCTION_MEMBERS.has(segment)) {
      yield {
        where: method.name,
        sentence: `\`${segment}\` would clobber a member that every function has in the SDK`,
      };
    }
  }
  for (const { name } of method.params) {
    if (!WORD.test(name)) yield { where: method.name, sentence: `the parameter \`${name}\` is not snake_case` };
    if (name in {}) yield { where: method.name, sentence: `every object has a member \`${name}\` already` };
  }
}

/** Every name that generation makes, with what it is made for; two entries of one name are a collision. */
function* madeNames(spec: Spec): Generator<readonly [kind: string, name: string, owner: string]> {
  for (const name of OWN_NAMES) yield ["type", name, "the generated files' own vocabulary"];
  for (const key of Object.keys(spec.components.schemas)) yield ["type", key, `components.schemas.${key}`];
  for (const tag of new Set(spec.methods.map(tagOf).filter(Boolean))) {
    yield ["type", handlersType(tag), `the handlers of the tag \`${tag}\``];
    yield ["file", handlerFile(tag), `the tag \`${tag}\``];
  }
  const namespaces = new Set(
    spec.methods.flatMap(({ name }) => sdkPath(name).map((_, i, path) => path.slice(0, i).join("."))),
  );
  for (const path of namespaces) if (path) yield ["type", clientType([path]), `the client's namespace \`${path}\``];
  for (const { name } of spec.methods) {
    yield ["type", paramsType(name), `the parameters of ${name}`];
    yield ["type", resultType(name), `the result of ${name}`];
    yield ["command", cliPath(name).join(" "), `the command of ${name}`];
  }
}

/** Boolean flags have a `--no-…` form, which must not be another parameter's flag. */
function* flagProblems(method: Method): Generator<NameProblem> {
  const flags = new Set(method.params.map(({ name }) => cliFlag(name)));
  for (const { name } of method.params) {
    if (flags.has(`--no-${cliFlag(name).slice(2)}`)) {
      yield { where: method.name, sentence: `the CLI's negation of \`${name}\` is another parameter's flag` };
    }
  }
}

/** What keeps the mapping from being injective, or a name from being usable. */
export function* nameProblems(spec: Spec): Generator<NameProblem> {
  for (const method of spec.methods) {
    yield* shapeProblems(method);
    yield* flagProblems(method);
  }
  const owners = new Map<string, string>();
  for (const [kind, name, owner] of madeNames(spec)) {
    const other = owners.get(`${kind} ${name}`);
    if (other !== undefined && other !== owner) {
      yield { where: owner, sentence: `its ${kind} name \`${name}\` is also that of ${other}` };
    }
    owners.set(`${kind} ${name}`, other ?? owner);
  }
}
