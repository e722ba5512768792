import type { ErrorObject } from "ajv";
import type { Problem } from "../../generated/types.gen.js";
import { nearest } from "../words/nearest.js";

// These say that something beneath them failed, which is listed too, unless too much succeeded.
const wrappers: ReadonlySet<string> = new Set(["if", "allOf", "anyOf", "oneOf"]);

/** ajv's findings about `data` as a person would put them, one a place and reason, in the order of the schema. */
export function problemsOf(errors: readonly ErrorObject[], data: unknown): Problem[] {
  const precise = errors.filter(({ keyword }) => !wrappers.has(keyword));
  const problems = (precise.length > 0 ? precise : errors).map((error) => problemOf(error, data));
  return [...new Map(problems.map((problem) => [`${problem.field}\0${problem.reason}`, problem])).values()];
}

function problemOf(error: ErrorObject, data: unknown): Problem {
  const { keyword, params } = error;
  if (keyword === "additionalProperties") {
    const name = cut(params.additionalProperty);
    return { field: fieldOf(error.instancePath, name), reason: "unknown parameter" };
  }
  if (keyword === "required" || keyword === "dependencies" || keyword === "dependentRequired") {
    return { field: fieldOf(error.instancePath, cut(params.missingProperty)), reason: "is required and missing" };
  }
  const problem = { field: fieldOf(error.instancePath), reason: reasonOf(error).slice(0, 1024) };
  if (keyword !== "enum") return problem;
  const given = valueAt(data, error.instancePath);
  const words = [params.allowedValues].flat().filter((value) => typeof value === "string");
  const meant = typeof given === "string" ? nearest(given, words) : undefined;
  return meant === undefined ? problem : { ...problem, nearest: meant };
}

function reasonOf({ keyword, params, message }: ErrorObject): string {
  const limit: unknown = params.limit;
  switch (keyword) {
    case "type":
      return `must be ${[params.type].flat().join(" or ")}`;
    case "enum":
      return `must be one of ${[params.allowedValues]
        .flat()
        .map((value) => JSON.stringify(value))
        .join(", ")}`;
    case "const":
      return `must be ${JSON.stringify(params.allowedValue)}`;
    case "pattern":
      return `must match ${params.pattern}`;
    case "minimum":
      return `must be at least ${limit}`;
    case "maximum":
      return `must be at most ${limit}`;
    case "minLength":
      return `must have at least ${limit} characters`;
    case "maxLength":
      return `must have at most ${limit} characters`;
    case "minItems":
      return `must have at least ${limit} entries`;
    case "maxItems":
      return `must have at most ${limit} entries`;
    case "uniqueItems":
      return `must not hold the same entry twice (entries ${params.j} and ${params.i})`;
    default:
      return message ?? "is not valid";
  }
}

/** The value that a JSON Pointer of ajv's leads to. */
function valueAt(data: unknown, instancePath: string): unknown {
  let value = data;
  for (const part of partsOf(instancePath)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = Reflect.get(value, part);
  }
  return value;
}

const partsOf = (instancePath: string): string[] =>
  instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

/** `/nexthops/0/gateway` as `nexthops[0].gateway`. */
export function fieldOf(instancePath: string, last?: string): string {
  const parts = partsOf(instancePath);
  if (last !== undefined) parts.push(last);
  const field = parts
    .map((part, index) => (/^\d+$/.test(part) ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
  return field.slice(0, 512);
}

const cut = (name: unknown): string => String(name).slice(0, 256);
