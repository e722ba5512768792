import type { MethodName } from "../../generated/methods.gen.js";
import { paramsOf, resolved, type Schema, specification } from "./specification.js";

/** One call with one thing wrong, and the parameter that must be named for it. */
export interface Wrong {
  readonly method: MethodName;
  readonly what: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly field: string;
}

const UNKNOWN = "unheard_of";
const ANY: readonly unknown[] = [{ [UNKNOWN]: 1 }, "no such word", -1.5, true, [[]], null];

const typeOf = (value: unknown): string =>
  value === null ? "null" : Array.isArray(value) ? "array" : typeof value === "number" ? "number" : typeof value;

function typesIn(schema: Schema): Set<string> {
  const { type, anyOf = [], enum: words = [] } = resolved(schema);
  const named = [type ?? []].flat().map((name) => (name === "integer" ? "number" : name));
  return new Set([...named, ...words.map(typeOf), ...anyOf.flatMap((one) => [...typesIn(one)])]);
}

/** Values that a schema has no room for. */
function* beyond(schema: Schema): Generator<readonly [string, unknown]> {
  const { type, maxLength = 5000, minimum, maximum, maxItems, anyOf = [] } = resolved(schema);
  const isText = typesIn(schema).has("string");
  const longest = Math.max(...[{ maxLength }, ...anyOf.map(resolved)].map((one) => one.maxLength ?? 0));
  if (isText) yield ["too long", "x".repeat(longest + 1)];
  if (maximum !== undefined) yield ["too large", maximum + Math.max(1, maximum * 1e-15)];
  if (minimum !== undefined) yield ["too small", minimum - 1];
  if (type === "integer") yield ["no whole number", 1.5];
  if (maxItems !== undefined) yield ["too many", Array.from({ length: maxItems + 1 }, (_, index) => `x${index}`)];
}

/** For every method: each parameter missing, of each type that it is not of, and beyond its bounds, and one that nobody has. */
export const wrongParams: readonly Wrong[] = specification.methods.flatMap(({ name: method, params, examples }) => {
  const [example] = examples;
  const right = example === undefined ? {} : paramsOf(example);
  const extra = { method, what: "unknown", params: { ...right, [UNKNOWN]: 1 }, field: UNKNOWN };
  return [extra, ...params.flatMap((param) => wrongFor(method, param, right))];
});

function wrongFor(
  method: MethodName,
  { name: field, required, schema }: { name: string; required?: boolean; schema: Schema },
  right: Readonly<Record<string, unknown>>,
): Wrong[] {
  const { [field]: _, ...without } = right;
  const missing = required ? [{ method, what: "missing", params: without, field }] : [];
  const types = typesIn(schema);
  const wrong = [
    ...ANY.filter((value) => !types.has(typeOf(value))).map((value) => [`${typeOf(value)}`, value] as const),
    ...beyond(schema),
  ];
  return [...missing, ...wrong.map(([what, value]) => ({ method, what, params: { ...right, [field]: value }, field }))];
}
