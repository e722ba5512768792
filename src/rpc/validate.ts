import type { ErrorObject } from "ajv";
import { type MethodName, methods } from "../../generated/methods.gen.js";
import { validateParams } from "../../generated/params.gen.js";
import type { Problem } from "../../generated/types.gen.js";
import { nearest } from "../words/nearest.js";
import type { Call } from "./envelope.js";
import { type RpcError, rpcError } from "./errors.js";
import { fieldOf, problemsOf } from "./problems.js";

const MAX_PROBLEMS = 32;

/** The parameters by name and valid by the method's schema, or `invalid_params` with what is wrong. */
export function validParams(method: MethodName, given: Call["params"]): Readonly<Record<string, unknown>> {
  const names: readonly string[] = methods[method].params;
  const named = isPositional(given) ? byName(method, names, given) : (given ?? {});
  refuseUnknown(method, names, named);
  const validate = validateParams[method];
  if (!fits(validate, named)) throw invalidParams(method, problemsOf(validate.errors ?? [], named));
  const broken = [...brokenTexts(named, "")];
  if (broken.length > 0) throw invalidParams(method, broken);
  return named;
}

/** Texts that UTF-8 cannot carry: the kernel would get another name than was asked for. */
function* brokenTexts(value: unknown, path: string): Generator<Problem> {
  if (typeof value === "string") {
    if (/\p{Surrogate}/u.test(value))
      yield { field: fieldOf(path), reason: "must be Unicode: half of a surrogate pair stands alone" };
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* brokenTexts(item, `${path}/${key}`);
  }
}

/** All unknown names at once: the validator stops at the first, which is what bounds its work on hostile input. */
function refuseUnknown(method: MethodName, names: readonly string[], named: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(named).filter((name) => !names.includes(name));
  if (unknown.length === 0) return;
  const problems = unknown.slice(0, MAX_PROBLEMS).map((name): Problem => {
    const problem = { field: name.slice(0, 512), reason: "unknown parameter" };
    const meant = nearest(name, names);
    return meant === undefined ? problem : { ...problem, nearest: meant };
  });
  throw invalidParams(method, problems, unknown.length);
}

const isPositional = (params: Call["params"]): params is readonly unknown[] => Array.isArray(params);

function byName(method: MethodName, names: readonly string[], given: readonly unknown[]): Record<string, unknown> {
  if (given.length > names.length) {
    const takes = names.length === 0 ? "no parameters" : `at most ${names.length} (${names.join(", ")})`;
    const extra = given.slice(names.length, names.length + MAX_PROBLEMS).map((_, index) => names.length + index);
    throw invalidParams(
      method,
      extra.map((index) => ({ field: `[${index}]`, reason: `one entry too many: the method takes ${takes}` })),
      given.length - names.length,
    );
  }
  return Object.fromEntries(given.map((value, index) => [names[index] ?? "", value]));
}

// Comparing what is nested beyond reason can exhaust the stack; no parameter of ours is.
function fits(validate: { (data: unknown): boolean; errors?: ErrorObject[] | null }, named: unknown): boolean {
  try {
    return validate(named);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    validate.errors = null;
    return false;
  }
}

function invalidParams(method: MethodName, found: readonly Problem[], count = found.length): RpcError {
  const problems = found.length > 0 ? found.slice(0, MAX_PROBLEMS) : [{ field: "", reason: "nested too deeply" }];
  const more = count > 1 ? ` (and ${count - 1} more)` : "";
  return rpcError("invalid_params", { problems }, `${method}: ${problems.slice(0, 1).map(sentence).join("")}${more}`);
}

const sentence = ({ field, reason, nearest: meant }: Problem): string =>
  `${field === "" ? "" : `\`${field}\`: `}${reason}${meant === undefined ? "" : `; did you mean \`${meant}\`?`}`;
