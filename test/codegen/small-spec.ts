import { readFileSync } from "node:fs";
import type { Spec } from "../../codegen/spec.js";

const text = readFileSync(new URL("fixtures/small.openrpc.json", import.meta.url), "utf8");

/** A change to a document: a value at a path of keys joined by `/` (`-` appends to an array); `undefined` removes. */
export type Edit = readonly [path: string, value: unknown];

type Container = Record<string, unknown>;

function apply(document: Container, [path, value]: Edit): void {
  const keys = path.split("/");
  const last = keys.pop() ?? "";
  let at = document;
  for (const key of keys) at = at[key] as Container; // paths are written for the fixture beside this file
  if (Array.isArray(at) && last === "-") at.push(value);
  else if (Array.isArray(at) && value === undefined) at.splice(Number(last), 1);
  else if (value === undefined) delete at[last];
  // A plain assignment of `__proto__` would set the prototype.
  else Object.defineProperty(at, last, { value, enumerable: true, configurable: true, writable: true });
}

/** The text of a small specification that keeps every house rule, with changes. */
export function smallText(...edits: readonly Edit[]): string {
  const document: Container = JSON.parse(text);
  for (const edit of edits) apply(document, edit);
  return JSON.stringify(document);
}

/** The same as a document, unchecked. */
export const smallSpec = (...edits: readonly Edit[]): Spec => JSON.parse(smallText(...edits));
