import type { MethodInfo } from "../../generated/methods.gen.js";
import { encodeJson } from "./encode.js";
import type { Call } from "./envelope.js";

/** Longest text of parameters in a line, in characters. */
const MOST = 4096;
const MASK = "***";

/** The parameters of a call as its line holds them: whole, or the beginning of a text that would be too long. */
export type AuditedParams =
  | { readonly params?: Readonly<Record<string, unknown>> }
  | { readonly params_text: string; readonly params_length: number };

/** What the specification says of a method's parameters. */
type Named = Pick<MethodInfo, "params" | "secrets">;

/** The parameters by name, secrets masked. They need not be valid: what has no name in the specification is masked too. */
export function auditedParams({ params: names, secrets }: Named, given: Call["params"]): AuditedParams {
  if (given === undefined) return {};
  try {
    const params = named(names, given);
    const paths = secrets.map((path) => path.split("."));
    const shown = Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        names.includes(name) ? masked(value, beneath(paths, name)) : MASK,
      ]),
    );
    const text = encodeJson(shown);
    return text.length <= MOST ? { params: shown } : { params_text: text.slice(0, MOST), params_length: text.length };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { params_text: "(nested too deeply)", params_length: 0 };
  }
}

const isPositional = (params: NonNullable<Call["params"]>): params is readonly unknown[] => Array.isArray(params);

/** By position as the specification orders them; entries that it has no name for keep their position for one. */
const named = (names: readonly string[], given: NonNullable<Call["params"]>): Readonly<Record<string, unknown>> =>
  isPositional(given) ? Object.fromEntries(given.map((value, index) => [names[index] ?? `[${index}]`, value])) : given;

type Paths = readonly (readonly string[])[];

const beneath = (paths: Paths, key: string): Paths =>
  paths.filter(([first]) => first === key || first === "*").map(([, ...rest]) => rest);

/** A value without what stands at the ends of the paths; where a path leads into no object, all of it is masked. */
function masked(value: unknown, paths: Paths): unknown {
  if (paths.length === 0) return value;
  if (typeof value !== "object" || value === null || paths.some((path) => path.length === 0)) return MASK;
  if (Array.isArray(value)) return value.map((entry) => masked(entry, beneath(paths, "*")));
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, masked(entry, beneath(paths, key))]));
}
