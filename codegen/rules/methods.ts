import { type Method, tagOf } from "../spec.js";
import type { Rule, Violation } from "../violation.js";

const RIGHTS: ReadonlySet<string> = new Set(["none", "read", "write", "admin"]);
const MARKS: ReadonlySet<string> = new Set(["x-right", "x-deadline-ms", "x-mos-only", "x-destructive", "x-table"]);
const LONGEST_DEADLINE_MS = 86_400_000;

type MethodRule = (method: Method) => string | undefined;

const domain = (name: string): string => name.split(".")[0] ?? "";

const rules: readonly MethodRule[] = [
  ({ summary }) => (summary?.trim() ? undefined : "has no `summary`"),
  ({ summary }) =>
    summary && !/^\S[^\n]*\.$/.test(summary) ? "`summary` is not one line that ends with a period" : undefined,
  ({ description }) => (description?.trim() ? undefined : "has no `description`"),
  ({ tags }) => (tags?.length === 1 ? undefined : `has ${tags?.length ?? 0} tags; every method has exactly one`),
  (method) => {
    const tag = tagOf(method);
    if (tag === "" || domain(tag) === domain(method.name)) return undefined;
    return `the tag \`${tag}\` does not start with \`${domain(method.name)}\` as the method does`;
  },
  ({ paramStructure }) => (paramStructure === "either" ? undefined : '`paramStructure` is not "either"'),
  (method) => (RIGHTS.has(method["x-right"]) ? undefined : "`x-right` is none of `none`, `read`, `write`, `admin`"),
  (method) =>
    method["x-right"] === "none" && domain(method.name) !== "rpc"
      ? "the right `none` is for `rpc.*` methods only"
      : undefined,
  (method) => {
    const deadline = method["x-deadline-ms"];
    if (Number.isInteger(deadline) && deadline >= 1 && deadline <= LONGEST_DEADLINE_MS) return undefined;
    return `\`x-deadline-ms\` is not an integer between 1 and ${LONGEST_DEADLINE_MS}`;
  },
  (method) => ((method.examples?.length ?? 0) > 0 ? undefined : "has no example"),
];

function* unknownMarks(method: Method): Generator<string> {
  for (const key of Object.keys(method)) {
    if (key.startsWith("x-") && !MARKS.has(key)) yield `\`${key}\` is no mark that a method can have`;
  }
  for (const mark of ["x-mos-only", "x-destructive"] as const) {
    if (method[mark] !== undefined && method[mark] !== true) yield `\`${mark}\` is either true or absent`;
  }
}

/** What every method says about itself. */
export const methodRules: Rule = function* (spec): Generator<Violation> {
  const seen = new Set<string>();
  for (const method of spec.methods) {
    const where = method.name;
    if (seen.has(where)) yield { where, sentence: "another method has this name" };
    seen.add(where);
    for (const rule of rules) {
      const sentence = rule(method);
      if (sentence !== undefined) yield { where, sentence };
    }
    for (const sentence of unknownMarks(method)) yield { where, sentence };
  }
};
